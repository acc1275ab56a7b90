"""EPCIS documents as a network of companies sends them, drawn from a seed.

The mix: 70 % shipping and receiving, 12 % aggregation of 24 or 48, 9 % transformation, 5 %
sensor readings, 4 % commissioning of 100; about 1,450 bytes and ten references an event.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

import msgspec

from bench.draws import HOST, Actor, Cast, case, cast, digits, item, lot, uuid_urn

EventDict = dict[str, Any]

START = datetime(2026, 1, 5, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
MIX = {"hand over": 70, "pack": 12, "make": 9, "sense": 5, "commission": 4}


def document(events: Sequence[EventDict]) -> bytes:
    """An EPCIS 2.0 document of these events."""
    return msgspec.json.encode(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": events[-1]["eventTime"],
            "epcisBody": {"eventList": events},
        }
    )


def documents(seed: int, *, count: int, size: int) -> list[bytes]:
    """So many documents of so many events each."""
    events = mixed(Random(seed))
    return [document([next(events) for _ in range(size)]) for _ in range(count)]


def mixed(draw: Random) -> Iterator[EventDict]:
    """Events in the mix, without end."""
    world, at = cast(draw), START
    kinds, weights = list(MIX), list(MIX.values())
    while True:
        at += timedelta(seconds=draw.random() * 2)
        kind = draw.choices(kinds, weights)[0]
        actor = draw.choice(world.actors)
        yield base(draw, at) | _said(draw, world, actor, kind)


def base(draw: Random, at: datetime) -> EventDict:
    """What all events have: an id and a time."""
    return {
        "eventID": uuid_urn(draw),
        "eventTime": at.astimezone(CHINA).isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
    }


def _said(draw: Random, world: Cast, actor: Actor, kind: str) -> EventDict:
    product = draw.choice(world.products)
    match kind:
        case "hand over":
            other = draw.choice(world.actors)
            step = draw.choice(("shipping", "receiving"))
            goods = [case(draw) for _ in range(draw.choice((1, 1, 2, 3)))]
            return hand_over(draw, actor, other, step=step, goods=goods, loose=True)
        case "pack":
            inside = [item(draw, product) for _ in range(draw.choice((24, 48)))]
            return pack(actor, case(draw), inside)
        case "make":
            return _make(draw, world, actor)
        case "sense":
            return _sense(draw, actor)
        case _:
            return commission(draw, actor, [item(draw, product) for _ in range(100)])


def at_site(actor: Actor) -> EventDict:
    """Where it happened and where things then are."""
    return {"readPoint": {"id": f"{actor.site}/254/dock1"}, "bizLocation": {"id": actor.site}}


def hand_over(
    draw: Random, sender: Actor, receiver: Actor, *, step: str, goods: list[str], loose: bool
) -> EventDict:
    """Goods sent or taken in, with their papers and, `loose`, an amount of a lot beside them."""
    event: EventDict = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": "in_transit" if step == "shipping" else "in_progress",
        **at_site(sender if step == "shipping" else receiver),
        "epcList": goods,
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": f"urn:suyuan:document:91330106:{digits(draw, 9)}"},
            {"type": "po", "bizTransaction": f"urn:suyuan:document:91330106:{digits(draw, 9)}"},
        ],
        "sourceList": [
            {"type": "possessing_party", "source": sender.party},
            {"type": "location", "source": sender.site},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": receiver.party},
            {"type": "location", "destination": receiver.site},
        ],
    }
    if loose:
        number = lot(draw, draw.choice(_STAPLES))
        amount = {"epcClass": number, "quantity": draw.randrange(1, 9_000) / 10, "uom": "KGM"}
        event["quantityList"] = [amount]
    return event


_STAPLES = cast(Random(7)).products[:200]


def pack(actor: Actor, parent: str, inside: list[str], *, action: str = "ADD") -> EventDict:
    """Things put into a case, or taken out of it."""
    return {
        "type": "AggregationEvent",
        "action": action,
        "bizStep": "packing" if action == "ADD" else "unpacking",
        "disposition": "in_progress",
        **at_site(actor),
        "parentID": parent,
        "childEPCs": inside,
    }


def commission(draw: Random, actor: Actor, things: list[str]) -> EventDict:
    """Things brought into being, with what is said of their lot."""
    return {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        **at_site(actor),
        "epcList": things,
        "ilmd": {"cbvmda:lotNumber": f"L{digits(draw, 8)}", "suyuan:productionDate": "2026-01-05"},
    }


def _make(draw: Random, world: Cast, actor: Actor) -> EventDict:
    into, out = draw.choice(world.products), draw.choice(world.products)
    amounts = [
        {"epcClass": lot(draw, into), "quantity": draw.randrange(10, 9_000) / 10, "uom": "KGM"}
        for _ in range(3)
    ]
    made = [item(draw, out) for _ in range(4)]
    return make(actor, made, {"inputQuantityList": amounts})


def make(actor: Actor, outputs: list[str], inputs: EventDict) -> EventDict:
    """Inputs made into instances."""
    return {
        "type": "TransformationEvent",
        "bizStep": "creating_class_instance",
        "disposition": "active",
        **at_site(actor),
        **inputs,
        "outputEPCList": outputs,
        "ilmd": {"suyuan:productionDate": "2026-01-05"},
    }


def _sense(draw: Random, actor: Actor) -> EventDict:
    device = f"{HOST}/8004/69012345{digits(draw, 10)}"
    reports = [
        {"type": "Temperature", "value": draw.randrange(20, 80) / 10, "uom": "CEL"},
        {"type": "RelativeHumidity", "value": draw.randrange(400, 900) / 10, "uom": "A93"},
    ]
    sensors = [
        {
            "sensorMetadata": {"time": START.isoformat(), "deviceID": device},
            "sensorReport": reports,
        }
        for _ in range(3)
    ]
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        **at_site(actor),
        "epcList": [case(draw)],
        "sensorElementList": sensors,
    }
