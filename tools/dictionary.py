"""Train the dictionary that the record presses event bodies with.

Run it when the normal form of events changes much: `python tools/dictionary.py` writes
`src/suyuan/record/events.dict` anew. Bodies pressed before name the dictionary they need, and
every database keeps those it has used. The documents trained on are drawn here, from a fixed
seed and of no real business.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import zstandard

from suyuan.check import judge_event
from suyuan.families import Families, Knowledge, load_families
from suyuan.wire import Mode, normal_bytes, read_document, read_event

TARGET = Path(__file__).resolve().parent.parent / "src" / "suyuan" / "record" / "events.dict"
SIZE = 64 << 10
EVENTS = 6_000
LEVEL = 3
SEED = 38155
OFTEN, SELDOM = 0.5, 0.3

STEPS = (
    "shipping receiving commissioning packing unpacking storing inspecting retail_selling "
    "loading arriving departing accepting transporting decommissioning destroying repackaging"
)
DISPOSITIONS = "in_transit in_progress active sellable_accessible container_closed retail_sold"
UNITS = ("KGM", "GRM", "TNE", "LTR", "MTR")
TYPES = {"Temperature": "CEL", "RelativeHumidity": "A93", "Mass": "KGM"}


class Maker:
    """Draws events; each draw takes what it needs from one seeded stream."""

    def __init__(self, seed: int, families: Families) -> None:
        self.families = families
        self.draw = Random(seed)
        self.at = datetime(2024, 1, 1, tzinfo=UTC)

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self.draw.choices("0123456789", k=count))

    def gtin(self) -> str:
        """A GTIN-14 with its check digit."""
        body = "0" + self.draw.choice(("690", "692", "697", "400", "061")) + self.digits(9)
        weights = (3, 1) * 7
        total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=False))
        return body + str(-total % 10)

    def gln(self) -> str:
        """A GLN with its check digit."""
        body = self.draw.choice(("690", "692", "697")) + self.digits(9)
        total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body))
        return body + str(-total % 10)

    def site(self) -> str:
        """A place, by GLN or by a number of our own."""
        if self.draw.random() < SELDOM:
            return f"urn:suyuan:site:{self.digits(6)}:{self.digits(4)}"
        return f"https://id.gs1.org/414/{self.gln()}"

    def party(self) -> str:
        """An organisation, by USCC or by GLN."""
        if self.draw.random() < OFTEN:
            return f"urn:suyuan:uscc:91{self.digits(6)}MA{self.digits(7)}X"
        return f"https://id.gs1.org/417/{self.gln()}"

    def items(self) -> list[str]:
        """One to two dozen instances of one class."""
        kind, first = self.gtin(), self.draw.randrange(10**9)
        prefix = self.draw.choice(
            (f"https://id.gs1.org/01/{kind}/21/", f"urn:epc:id:sgtin:{kind[1:8]}.{kind[8:13]}0.",
             f"urn:suyuan:item:{self.digits(8)}:", "urn:suyuan:ear-tag:1330106")
        )  # fmt: skip
        return [f"{prefix}{first + n}" for n in range(self.draw.choice((1, 2, 5, 10, 24)))]

    def amounts(self) -> list[dict[str, Any]]:
        """An amount of a lot."""
        lot = f"https://id.gs1.org/01/{self.gtin()}/10/L{self.digits(6)}"
        amount = self.draw.randrange(1, 9999) / self.draw.choice((1, 10))
        return [{"epcClass": lot, "quantity": amount, "uom": self.draw.choice(UNITS)}]

    def event(self) -> dict[str, Any]:
        """One event of any of four types."""
        self.at += timedelta(seconds=self.draw.randrange(1, 9000))
        kind = self.draw.choices(
            ("ObjectEvent", "AggregationEvent", "TransformationEvent", "TransactionEvent"),
            (8, 2, 1, 1),
        )[0]
        event = {
            "type": kind,
            "eventID": f"urn:uuid:{self.digits(8)}-{self.digits(4)}-4{self.digits(3)}-"
            f"8{self.digits(3)}-{self.digits(12)}",
            "eventTime": self.at.strftime("%Y-%m-%dT%H:%M:%S.000+08:00"),
            "eventTimeZoneOffset": "+08:00",
            "bizStep": self.draw.choice(STEPS.split()),
            "disposition": self.draw.choice(DISPOSITIONS.split()),
            "readPoint": {"id": self.site()},
            "bizLocation": {"id": self.site()},
        }
        event |= self.what(kind)
        for more in (self.ends, self.papers, self.law, self.measured):
            if self.draw.random() < OFTEN:
                event |= more()
        return event

    def what(self, kind: str) -> dict[str, Any]:
        """The things of an event."""
        if kind == "TransformationEvent":
            return {"inputEPCList": self.items(), "outputQuantityList": self.amounts()}
        action = {"action": self.draw.choice(("OBSERVE", "ADD", "DELETE"))}
        if kind == "AggregationEvent":
            parent = f"https://id.gs1.org/00/0{self.gtin()[1:]}{self.digits(4)}"
            return action | {"parentID": parent, "childEPCs": self.items()}
        listed = {"epcList": self.items(), "quantityList": self.amounts()}
        return action | listed | (self.papers() if kind == "TransactionEvent" else {})

    def ends(self) -> dict[str, Any]:
        """Who hands over to whom."""
        sender, receiver = self.party(), self.party()
        return {
            "sourceList": [
                {"type": "possessing_party", "source": sender},
                {"type": "location", "source": self.site()},
            ],
            "destinationList": [
                {"type": "possessing_party", "destination": receiver},
                {"type": "owning_party", "destination": receiver},
            ],
        }

    def papers(self) -> dict[str, Any]:
        """The document that goes with the goods."""
        kind = self.draw.choice(("desadv", "po", "inv", "bol"))
        number = f"urn:suyuan:document:{self.digits(8)}:{self.digits(10)}"
        return {"bizTransactionList": [{"type": kind, "bizTransaction": number}]}

    def law(self) -> dict[str, Any]:
        """What rules of a family ask for."""
        family = self.draw.choice(list(self.families.by_id.values()))
        return {
            "suyuan:family": family.id,
            "suyuan:step": self.draw.choice(list(family.steps)),
            "suyuan:productKind": self.draw.choice(list(family.kinds)),
            "ilmd": {
                "suyuan:productionDate": self.at.date().isoformat(),
                "suyuan:certificate": self.digits(10),
                "suyuan:inspector": self.digits(6),
                "cbvmda:lotNumber": f"L{self.digits(6)}",
            },
        }

    def measured(self) -> dict[str, Any]:
        """What a sensor said."""
        kind = self.draw.choice(list(TYPES))
        report = {"type": kind, "value": self.draw.randrange(300) / 10, "uom": TYPES[kind]}
        meta = {"time": self.at.isoformat(), "deviceID": f"https://id.gs1.org/8004/{self.gln()}1"}
        return {"sensorElementList": [{"sensorMetadata": meta, "sensorReport": [report]}]}


def samples(count: int, seed: int = SEED) -> list[bytes]:
    """Bodies as the record has them: an event's bytes, its normal form, what was found."""
    families = load_families()
    maker = Maker(seed, families)
    document = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"suyuan": "urn:suyuan:ns:1:", "cbvmda": "urn:epcglobal:cbv:mda:"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2024-01-01T00:00:00Z",
        "epcisBody": {"eventList": [maker.event() for _ in range(count)]},
    }
    read = read_document(json.dumps(document, separators=(",", ":")).encode())
    known = Knowledge(now=maker.at)
    bodies = []
    for raw in read.events:
        event = read_event(raw, read.context, capturer="urn:x:a", mode=Mode.LENIENT).event
        if event is not None:
            found = msgspec.json.encode(judge_event(event, known, families).findings)
            bodies.append(raw.raw + normal_bytes(event) + found)
    return bodies


def main() -> None:
    """Write the dictionary."""
    bodies = samples(EVENTS)
    trained = zstandard.train_dictionary(SIZE, bodies, level=LEVEL)
    TARGET.write_bytes(trained.as_bytes())


if __name__ == "__main__":
    main()
