"""Lots on their way: made into items, packed, shipped, received, unpacked and shipped again.

A chain is eight events and about 126 facts; every seventh lot is mixed into the next one made
at the same place. So a trace forward from a lot reaches some hundred places, and backward from
an item a handful.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from msgspec import Struct

from bench.draws import Actor, case, cast, item, lot
from bench.events import (
    START,
    EventDict,
    at_site,
    base,
    document,
    hand_over,
    make,
    pack,
)
from bench.pork import Report
from bench.taking import SENDER

FACTS = 126
EVENTS = 8
_MIXED, _ITEMS = 0.15, 24


class Chain(Struct, frozen=True, kw_only=True):
    """One lot's events in their order, its name, and one of the items made of it."""

    events: list[EventDict]
    lot: str
    item: str


def chains(seed: int) -> Iterator[Chain]:
    """Chains without end."""
    draw = Random(seed)
    world, at = cast(draw), START
    before: dict[Actor, str] = {}
    while True:
        at += timedelta(minutes=5)
        maker, trader, shop = draw.sample(world.actors, 3)
        name = lot(draw, draw.choice(world.products))
        into = [name]
        if maker in before and draw.random() < _MIXED:
            into.append(before[maker])
        before[maker] = name
        made = [item(draw, product) for product in [draw.choice(world.products)] * _ITEMS]
        said = _steps(draw, (maker, trader, shop), into, made)
        times = (at + timedelta(hours=6 * step) for step in range(EVENTS))
        events = [base(draw, when) | one for when, one in zip(times, said, strict=True)]
        yield Chain(events=events, lot=name, item=draw.choice(made))


def _steps(
    draw: Random, actors: tuple[Actor, Actor, Actor], into: list[str], made: list[str]
) -> list[EventDict]:
    maker, trader, shop = actors
    unit = case(draw)
    amounts = [{"epcClass": name, "quantity": 100, "uom": "KGM"} for name in into]

    def handed(sender: Actor, receiver: Actor, step: str, goods: list[str]) -> EventDict:
        return hand_over(draw, sender, receiver, step=step, goods=goods, loose=False)

    return [
        _lot(maker, into[0]),
        make(maker, made, {"inputQuantityList": amounts}),
        pack(maker, unit, made),
        handed(maker, trader, "shipping", [unit]),
        handed(maker, trader, "receiving", [unit]),
        pack(trader, unit, made, action="DELETE"),
        handed(trader, shop, "shipping", made),
        handed(trader, shop, "receiving", made),
    ]


def _lot(actor: Actor, name: str) -> EventDict:
    return {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        **at_site(actor),
        "quantityList": [{"epcClass": name, "quantity": 500, "uom": "KGM"}],
    }


def chain_report(some: list[Chain]) -> Report:
    """The document that reports some chains."""
    events = [event for chain in some for event in chain.events]
    return Report(party=SENDER, data=document(events), events=len(events))
