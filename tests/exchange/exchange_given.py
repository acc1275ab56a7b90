"""Events of every type, said in several spellings, and what a query must find among them.

The oracle keeps beside each event what it means, by hand, and filters with plain loops.
"""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.model import PUBLIC, Capturer, Role, Viewer
from suyuan.registry.types import Account
from suyuan.service import Platform, capture, events, follow, fresh_key, who

Json = dict[str, Any]

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:", "ex": "https://example.com/ns/", "hush": "urn:example:hush"},
]
FARM, SHOP, STRANGER = (f"urn:suyuan:party:{name}" for name in ("farm", "shop", "stranger"))

# Each name in the spellings that mean it: EPC URN and Digital Link, CBV word and URI.
INSTANCES = [
    (
        f"urn:epc:id:sgtin:6901234.000001.{serial}",
        f"https://id.gs1.org/01/06901234000016/21/{serial}",
        f"https://dl.example.org/01/06901234000016/21/{serial}".replace("dl.example", "id.gs1"),
    )
    for serial in range(6)
]
LOTS = [
    (
        f"urn:epc:class:lgtin:6901234.000001.{lot}",
        f"https://id.gs1.org/01/06901234000016/10/{lot}",
    )
    for lot in ("A1", "B2", "C3")
]
SITES = [
    (f"urn:epc:id:sgln:6901234.0000{n}.0", f"https://id.gs1.org/414/690123400{n:03}{check}")
    for n, check in ((0, 9), (1, 6), (2, 3))
]
STEPS = [
    (word, f"urn:epcglobal:cbv:bizstep:{word}", f"https://ref.gs1.org/cbv/BizStep-{word}")
    for word in ("receiving", "shipping", "inspecting")
]
DISPOSITIONS = [
    (word, f"urn:epcglobal:cbv:disp:{word}", f"https://ref.gs1.org/cbv/Disp-{word}")
    for word in ("in_progress", "in_transit")
]
ORDERS = [(f"https://example.com/po/{n}",) for n in range(3)]
PARTIES = [(FARM,), (SHOP,)]


class Told(Struct, frozen=True, kw_only=True):
    """An event as sent, and what it means: numbers stand for the names in the tables above."""

    sent: Json
    at: datetime
    kind: str
    action: str | None = None
    step: int | None = None
    disposition: int | None = None
    read_point: int | None = None
    location: int | None = None
    epcs: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    parent: int | None = None
    lots: tuple[int, ...] = ()
    input_lots: tuple[int, ...] = ()
    amounts: tuple[tuple[float, str | None], ...] = ()
    orders: tuple[int, ...] = ()
    source: int | None = None
    declared: bool = False

    @property
    def name(self) -> str:
        return str(self.sent["eventID"])


def spelt(chance: random.Random, names: Sequence[Sequence[str]], number: int) -> str:
    return chance.choice(names[number])


def told(number: int, chance: random.Random) -> Told:
    """One event of the corpus; the same number and chances give the same event."""
    kind = chance.choice(
        ["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent"]
    )
    # Few days, so that many events share their time and order must be kept by position.
    at = FIRST + timedelta(days=chance.randrange(4), hours=chance.randrange(2))
    sent: Json = {
        "type": kind,
        "eventID": UUID(int=number + 1).urn,
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+08:00",
    }
    meant: dict[str, Any] = {"at": at, "kind": kind}
    if kind != "TransformationEvent":
        sent["action"] = meant["action"] = chance.choice(["OBSERVE", "ADD", "DELETE"])
    _circumstances(sent, meant, chance)
    _things(sent, meant, chance)
    return Told(sent=sent, **meant)


def _circumstances(sent: Json, meant: dict[str, Any], chance: random.Random) -> None:
    for field, member, names in (
        ("step", "bizStep", STEPS),
        ("disposition", "disposition", DISPOSITIONS),
    ):
        if chance.random() < 0.7:
            meant[field] = chance.randrange(len(names))
            sent[member] = spelt(chance, names, meant[field])
    for field, member in (("read_point", "readPoint"), ("location", "bizLocation")):
        if chance.random() < 0.6:
            meant[field] = chance.randrange(len(SITES))
            sent[member] = {"id": spelt(chance, SITES, meant[field])}
    if meant["kind"] == "TransactionEvent" or chance.random() < 0.3:
        meant["orders"] = tuple(chance.sample(range(len(ORDERS)), chance.randint(1, 2)))
        sent["bizTransactionList"] = [
            {"type": "po", "bizTransaction": ORDERS[order][0]} for order in meant["orders"]
        ]
    if chance.random() < 0.4:
        meant["source"] = chance.randrange(len(PARTIES))
        sent["sourceList"] = [{"type": "owning_party", "source": PARTIES[meant["source"]][0]}]
    if chance.random() < 0.1:
        meant["declared"] = True
        sent["errorDeclaration"] = {
            "declarationTime": (meant["at"] + timedelta(days=1)).isoformat(),
            "reason": "incorrect_data",
        }


def _things(sent: Json, meant: dict[str, Any], chance: random.Random) -> None:
    some = tuple(chance.sample(range(len(INSTANCES)), chance.randint(1, 3)))
    names = [spelt(chance, INSTANCES, thing) for thing in some]
    lots = tuple(chance.sample(range(len(LOTS)), chance.randint(0, 2)))
    amounts = tuple((chance.choice([1.5, 2, 20]), chance.choice(["KGM", None])) for _ in lots)
    quantities = [
        {"epcClass": spelt(chance, LOTS, lot), "quantity": amount} | ({"uom": uom} if uom else {})
        for lot, (amount, uom) in zip(lots, amounts, strict=True)
    ]
    meant["amounts"] = amounts
    kind = meant["kind"]
    if kind == "TransformationEvent":
        split = len(some) // 2
        meant |= {"inputs": some[:split], "outputs": some[split:], "input_lots": lots}
        sent |= {"inputEPCList": names[:split], "outputEPCList": names[split:]}
        sent |= {"inputQuantityList": quantities, "transformationID": "https://example.com/t/1"}
        return
    meant |= {"epcs": some, "lots": lots}
    sent["childEPCs" if kind == "AggregationEvent" else "epcList"] = names
    sent["childQuantityList" if kind == "AggregationEvent" else "quantityList"] = quantities
    if kind == "AggregationEvent":
        meant["parent"] = chance.randrange(len(INSTANCES))
        sent["parentID"] = spelt(chance, INSTANCES, meant["parent"])


def corpus(size: int, seed: int = 7) -> list[Told]:
    chance = random.Random(seed)
    return [told(number, chance) for number in range(size)]


def document(sent: Iterable[Json]) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-10T00:00:00Z",
            "epcisBody": {"eventList": list(sent)},
        },
        ensure_ascii=False,
    ).encode()


def capturer(platform: Platform, party: str = FARM) -> Capturer:
    key = fresh_key(platform, Account(name=party, role=Role.CAPTURER, party=party))
    found = who(platform, f"Bearer {key}", address="").capturer
    assert found is not None
    return found


def take(platform: Platform, sent: Iterable[Json], by: Capturer) -> JobResult:
    """Capture events and let the index follow; nothing may be refused."""
    wanted = Options(on_refusal=OnRefusal.PROCEED)
    result = capture(platform, document(sent), by, wanted)
    assert not result.counts.get("refused"), result
    follow(platform)
    return result


def reader(party: str | None = FARM, **more: Any) -> Viewer:
    return PUBLIC if party is None else Viewer(role=Role.CAPTURER, party=party, **more)


def page(
    platform: Platform, asked: dict[str, str | list[str]], viewer: Viewer, **more: Any
) -> tuple[list[Json], str | None]:
    given = {name: [value] if isinstance(value, str) else value for name, value in asked.items()}
    found = events(platform, given, viewer, **more)
    body = json.loads(found.document)["epcisBody"]["queryResults"]["resultsBody"]
    return body["eventList"], found.token


def all_pages(platform: Platform, asked: dict[str, Any], viewer: Viewer, **more: Any) -> list[Json]:
    """Every page of a query, one after the other."""
    found, token = page(platform, asked, viewer, **more)
    while token is not None:
        next_ones, token = page(platform, {**asked, "nextPageToken": token}, viewer, **more)
        assert next_ones, "a token that leads to nothing"
        found += next_ones
    return found


def names(found: Iterable[Json]) -> list[str]:
    return [event["eventID"] for event in found]
