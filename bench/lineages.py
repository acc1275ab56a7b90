"""Lineages: six lots of farms, three things made of them, one lot, two hundred items in shops.

The lot's items leave in eight cases to eight traders, who unpack them and send them on to shops.
So a trace forward from the lot reaches a thousand nodes (an item is loose and packed at its maker's
and at the trader's, and at the shop), and backward from an item everything that it was made of.
Every seventh lot has something left over from the one made before at the same place in it. Beside
each, one lot is made with an additive of one and the same lot, and sent on: all of these together
are what a recall of the additive reaches.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from msgspec import Struct

from bench.draws import Actor, Cast, case, cast, item, lot
from bench.events import START, EventDict, at_site, base, document, hand_over, make, pack
from bench.pork import Report
from bench.taking import SENDER
from suyuan.kit import Text
from suyuan.registry.types import Party, Site

EVENTS = 80
CASES, INSIDE = 8, 25
_GROWERS, _PARTS, _MAKERS, _MIXED = 6, 3, 20, 0.15
_STEP = timedelta(hours=1)


class Lineage(Struct, frozen=True, kw_only=True):
    """One lot's events in their order, its name, and one of the items made of it."""

    events: list[EventDict]
    lot: str
    item: str


class World:
    """Who makes and trades, and the additive that all makers have of one lot."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self._cast: Cast = cast(self._draw)
        self._left: dict[Actor, str] = {}
        self._makers = self._cast.actors[:_MAKERS]
        self._begun = START
        self.additive = self._lot()

    def registered(self) -> Iterator[Party | Site]:
        """Who operates which site, as a platform's registry says it."""
        for actor in self._cast.actors:
            name = Text(actor.party, actor.party)
            yield Party(uri=actor.party, name=name)
            yield Site(uri=actor.site, operator=actor.party, name=name)

    def supplied(self) -> Report:
        """The document that reports how the additive was made and came to all makers."""
        source = self._cast.actors[_MAKERS]
        said = [_made(source, self.additive, 1_000_000)]
        for maker in self._makers:
            said += self._handed(source, maker, {"quantityList": [_of(self.additive, 40_000)]})
        return _report(self._dated(said, START - timedelta(days=3)))

    def lineages(self) -> Iterator[Lineage]:
        """Lineages without end."""
        while True:
            self._begun += timedelta(minutes=2)
            name, product = self._lot(), self._draw.choice(self._cast.products)
            made = [item(self._draw, product) for _ in range(CASES * INSIDE)]
            said = [*self._stages(name, made), *self._with_additive()]
            events = list(self._dated(said, self._begun))
            yield Lineage(events=events, lot=name, item=self._draw.choice(made))

    def _lot(self) -> str:
        return lot(self._draw, self._draw.choice(self._cast.products))

    def _dated(self, said: list[EventDict], begun: datetime) -> Iterator[EventDict]:
        for step, one in enumerate(said):
            yield base(self._draw, begun + step * _STEP) | one

    def _stages(self, name: str, made: list[str]) -> Iterator[EventDict]:
        maker = self._draw.choice(self._makers)
        parts = list[str]()
        for _ in range(_PARTS):
            part = self._lot()
            yield from self._part(part, maker)
            parts.append(part)
        into = list(parts)
        if maker in self._left and self._draw.random() < _MIXED:
            into.append(self._left[maker])
        self._left[maker] = parts[0]
        yield _mixed(maker, into, name)
        yield make(maker, made, {"inputQuantityList": [_of(name, 300)]})
        for at in range(0, len(made), INSIDE):
            yield from self._sold(maker, made[at : at + INSIDE])

    def _part(self, part: str, maker: Actor) -> Iterator[EventDict]:
        """Something made of lots of two farms, brought to the maker."""
        plant, *farms = self._draw.sample(self._cast.actors, 1 + _GROWERS // _PARTS)
        grown = [self._lot() for _ in farms]
        for farm, one in zip(farms, grown, strict=True):
            yield _made(farm, one, 100)
            yield from self._handed(farm, plant, {"quantityList": [_of(one, 100)]})
        yield _mixed(plant, grown, part)
        yield from self._handed(plant, maker, {"quantityList": [_of(part, 100)]})

    def _sold(self, maker: Actor, items: list[str]) -> Iterator[EventDict]:
        """A case of items to a trader, and its items to a shop."""
        trader, shop = self._draw.sample(self._cast.actors, 2)
        unit = case(self._draw)
        yield pack(maker, unit, items)
        yield from self._handed(maker, trader, {"epcList": [unit]})
        yield pack(trader, unit, items, action="DELETE")
        yield from self._handed(trader, shop, {"epcList": items})

    def _with_additive(self) -> Iterator[EventDict]:
        maker, shop = self._draw.choice(self._makers), self._draw.choice(self._cast.actors)
        name = self._lot()
        yield _mixed(maker, [self.additive], name)
        yield from self._handed(maker, shop, {"quantityList": [_of(name, 100)]})

    def _handed(self, sender: Actor, receiver: Actor, goods: EventDict) -> Iterator[EventDict]:
        """Sent and received under one document."""
        papers: object = None
        for step in ("shipping", "receiving"):
            event = hand_over(self._draw, sender, receiver, step=step, goods=[], loose=False)
            papers = papers or event["bizTransactionList"]
            yield event | {"bizTransactionList": papers} | goods


def reported(some: Iterator[Lineage], count: int) -> tuple[list[Lineage], Report]:
    """The next lineages, and the document that reports them."""
    found = list(islice(some, count))
    return found, _report(event for each in found for event in each.events)


def _report(events: Iterable[EventDict]) -> Report:
    said = list(events)
    return Report(party=SENDER, data=document(said), events=len(said))


def _of(name: str, amount: float) -> EventDict:
    return {"epcClass": name, "quantity": amount, "uom": "KGM"}


def _made(actor: Actor, name: str, amount: float) -> EventDict:
    return {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        **at_site(actor),
        "quantityList": [_of(name, amount)],
    }


def _mixed(actor: Actor, into: list[str], name: str) -> EventDict:
    """Some of each of these lots made into one."""
    return {
        "type": "TransformationEvent",
        "bizStep": "commissioning",
        **at_site(actor),
        "inputQuantityList": [_of(each, 50) for each in into],
        "outputQuantityList": [_of(name, 100)],
    }
