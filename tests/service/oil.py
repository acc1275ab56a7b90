"""A small story of oil by the lot: pressed, moved, blended, counted, with faults on purpose."""

import json
from typing import Any
from uuid import UUID

from suyuan.capture import Options
from suyuan.kit import Text
from suyuan.registry.types import Party, Product, Site
from suyuan.service import Platform, capture, follow, local_capturer, register

PRESS, BOTTLER, SHOP = (f"urn:suyuan:party:{name}" for name in ("press", "bottler", "shop"))
YARD, HALL, STALL = (f"urn:suyuan:site:{name}" for name in ("yard", "hall", "stall"))
SITES = {PRESS: YARD, BOTTLER: HALL, SHOP: STALL}
OIL = "https://id.gs1.org/01/06901234567892"
LOT, OTHER = f"{OIL}/10/A1", f"{OIL}/10/A2"
BLENDED = "https://id.gs1.org/01/16901234567899"
BLEND = f"{BLENDED}/10/B1"
TANK = "https://id.gs1.org/8003/069012345678921T07"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


def registered() -> list[Party | Site | Product]:
    names = {PRESS: ("榨油厂", "Press"), BOTTLER: ("灌装厂", "Bottler"), SHOP: ("粮油店", "Shop")}
    entries: list[Party | Site | Product] = []
    for party, (zh, en) in names.items():
        name = Text(zh, en)
        entries += [
            Party(uri=party, name=name),
            Site(uri=SITES[party], operator=party, name=name, division="330104"),
        ]
    products = ((OIL, "一级菜籽油", "Rapeseed oil"), (BLENDED, "调和油", "Blended oil"))
    entries += [
        Product(class_uri=uri, name=Text(zh, en), family="food", kind="edible_oil")
        for uri, zh, en in products
    ]
    return entries


def amounts(*lots: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"epcClass": lot, "quantity": much, "uom": "KGM"} for lot, much in lots]


def event(number: int, day: int, step: str, party: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number).urn,
        "action": "OBSERVE",
        "bizStep": step,
        "eventTime": f"2026-03-{day:02}T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "readPoint": {"id": SITES[party]},
        "bizLocation": {"id": SITES[party]},
        "suyuan:family": "food",
        "suyuan:productKind": "edible_oil",
        **members,
    }


def between(giver: str, taker: str) -> dict[str, Any]:
    return {
        "sourceList": [
            {"type": "possessing_party", "source": giver},
            {"type": "location", "source": SITES[giver]},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": taker},
            {"type": "location", "destination": SITES[taker]},
        ],
    }


def pressed(number: int, day: int, lot: str, much: int) -> dict[str, Any]:
    step = "creating_class_instance"
    return event(number, day, step, PRESS, action="ADD", quantityList=amounts((lot, much)))


def sold(number: int, day: int, much: int, lot: str = LOT) -> dict[str, Any]:
    lines = amounts((lot, much))
    return event(number, day, "retail_selling", SHOP, action="DELETE", quantityList=lines)


def moved(number: int, day: int, giver: str, taker: str, **more: Any) -> list[dict[str, Any]]:
    """A dispatch and its receipt; `got` is what the receiver says."""
    lot, much = more.get("lot", LOT), more["much"]
    got = more.get("got", much)
    ends = between(giver, taker)
    note = {"bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:suyuan:n:{number}"}]}
    sent, came = amounts((lot, much)), amounts((lot, got))
    return [
        event(number, day, "shipping", giver, quantityList=sent, **ends, **note)
        | {"bizLocation": {"id": SITES[giver]}},
        event(number + 1, day + 1, "receiving", taker, quantityList=came, **ends, **note),
    ]


def counted(number: int, day: int, party: str, lot: str, much: int) -> dict[str, Any]:
    return event(number, day, "stock_taking", party, quantityList=amounts((lot, much)))


def blended(number: int, day: int, put_in: int, got: int) -> dict[str, Any]:
    made = event(number, day, "commissioning", BOTTLER)
    made |= {
        "type": "TransformationEvent",
        "inputQuantityList": amounts((LOT, put_in)),
        "outputQuantityList": amounts((BLEND, got)),
    }
    return {name: value for name, value in made.items() if name != "action"}


def into_tank(number: int, day: int, action: str, much: int) -> dict[str, Any]:
    lines = {"childQuantityList": amounts((LOT, much))} if much else {}
    step = "packing" if action == "ADD" else "unpacking"
    made = event(number, day, step, BOTTLER, action=action, parentID=TANK, **lines)
    return made | {"type": "AggregationEvent"}


STORY = [
    (PRESS, [pressed(1, 1, LOT, 1000), pressed(2, 2, OTHER, 300)]),
    (PRESS, [moved(10, 3, PRESS, BOTTLER, much=600)[0], moved(20, 3, PRESS, SHOP, much=200)[0]]),
    (BOTTLER, [moved(10, 3, PRESS, BOTTLER, much=600, got=590)[1]]),
    (SHOP, [moved(20, 3, PRESS, SHOP, much=200)[1]]),
    (BOTTLER, [into_tank(30, 5, "ADD", 500), into_tank(31, 7, "DELETE", 400)]),
    (BOTTLER, [into_tank(32, 8, "DELETE", 103)]),  # 3 kg more than went in: 0.6 % of 500
    (BOTTLER, [blended(40, 9, 400, 410)]),
    (SHOP, [sold(50, 6, 80), sold(51, 7, 70), sold(52, 7, 70), sold(53, 12, 30)]),
    (PRESS, [counted(60, 15, PRESS, OTHER, 290)]),
]
"""Who reported what. Wrong in it: the shop told a sale of 70 kg twice, 10 kg were stolen from the
press's second lot, 10 kg were lost on the way to the bottler, and its blend has 10 kg too many."""


def told(platform: Platform, story: list[tuple[str, list[dict[str, Any]]]] | None = None) -> None:
    """Everybody's reports, recorded and followed."""
    register(platform, registered())
    for party, events in STORY if story is None else story:
        whole = {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-04-01T08:00:00Z",
            "epcisBody": {"eventList": events},
        }
        capturer = local_capturer(platform, party)
        result = capture(platform, json.dumps(whole).encode(), capturer, Options())
        assert result.success, result
    follow(platform)
