"""Documents to send: pigs tagged, examined, shipped, some reports declared wrong, many repeats."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
FAMILY = "edible-agricultural-products"
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SITES = ("https://id.gs1.org/414/6901234000016", "https://id.gs1.org/414/6901234000207")
WRONG = "urn:epcglobal:cbv:er:incorrect_data"

Event = dict[str, Any]


class Document(Struct, frozen=True):
    """One document, the key of its request, and the events in it by their ids."""

    request_key: str
    body: bytes
    events: tuple[str, ...]


def thing(number: int) -> str:
    """A pig's ear tag."""
    return f"urn:suyuan:ear-tag:1411725{number:08d}"


def event_id(number: int) -> str:
    """The id of an event."""
    return UUID(int=number + 1).urn


def event(number: int) -> Event:
    """The same event for the same number, always; every fifth thing is a pig's whole story."""
    pig, chapter = divmod(number, 5)
    at = START + timedelta(days=chapter, seconds=pig % 80_000)
    common = {
        "type": "ObjectEvent",
        "eventID": event_id(number),
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [thing(pig)],
        "suyuan:family": FAMILY,
    }
    return common | CHAPTERS[chapter] | (declared_wrong(number) if chapter == 4 else {})


def declared_wrong(number: int) -> Event:
    """Every third pig's shipment was reported wrongly; of the others the reader says nothing."""
    if number // 5 % 3:
        return {}
    told = event(number - 2)
    declaration = {"declarationTime": told["eventTime"], "reason": WRONG}
    return told | {"errorDeclaration": declaration}


CHAPTERS: tuple[Event, ...] = (
    {
        "action": "ADD",
        "bizStep": "commissioning",
        "suyuan:step": "tagging",
        "bizLocation": {"id": SITES[0]},
    },
    {"action": "OBSERVE", "bizStep": "inspecting", "readPoint": {"id": SITES[0]}},
    {
        "action": "OBSERVE",
        "bizStep": "shipping",
        "sourceList": [{"type": "location", "source": SITES[0]}],
        "destinationList": [{"type": "location", "destination": SITES[1]}],
    },
    {"action": "OBSERVE", "bizStep": "receiving", "bizLocation": {"id": SITES[1]}},
    {"action": "OBSERVE", "bizStep": "storing", "bizLocation": {"id": SITES[1]}},
)


def document(*events: Event) -> bytes:
    """An EPCIS 2.0 document."""
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": START.isoformat(),
            "epcisBody": {"eventList": list(events)},
        },
        ensure_ascii=False,
    ).encode()


def documents(seed: int, *, among: range) -> Iterator[Document]:
    """Documents of one to eight events drawn from few numbers, so that most overlap others."""
    draw = Random(seed)
    for index in count():
        told = [event(number) for number in draw.sample(among, draw.randint(1, 8))]
        names = tuple(dict.fromkeys(name_of(one) for one in told))
        yield Document(f"flow-{seed}-{index}", document(*told), names)


def name_of(told: Event) -> str:
    """What tells an event from all others: a declaration bears the id of what it declares."""
    return f"{told['eventID']}{' declared wrong' if 'errorDeclaration' in told else ''}"
