"""Facts and links as postings: so much came to what a holder has of a thing, or left it.

A posting is what one side reported, or what a link says of the side that kept silent. Balances
are drawn over postings (docs/concepts/balance.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.model import Fact, FactKind, Side, ThingGrain
from suyuan.trace.contents import contents
from suyuan.trace.places import consumes, source, target
from suyuan.trace.spells import Spells
from suyuan.trace.times import Micros, Told, high, low
from suyuan.trace.types import Column, Confirmed, Link, LinkKind, Pool

INTO = frozenset((Column.CAME, Column.MADE))
OUT_OF = frozenset((Column.WENT, Column.USED, Column.ENDED))
_MADE: Final = (Column.MADE,)
_CAME: Final = (Column.CAME,)
_WENT: Final = (Column.WENT,)
_BOTH: Final = (Column.WENT, Column.CAME)
_USED: Final = (Column.USED,)
_ENDED: Final = (Column.ENDED,)
_COUNTED: Final = (Column.COUNTED,)


class Posting(Struct, frozen=True, gc=False):
    """An amount that came to a place, left it or was counted there, at some time of [lo, hi].

    `quantity` None: not known. `certain`: it surely happened, and to all of the amount; `stated`:
    the books say so, whether or not that is held. `other` is the other side, where there is one.
    `alike`: as many such amounts as pieces are named, of which `thing` is the first; else one.
    """

    place: Pool
    thing: str
    column: Column
    quantity: Quantity | None
    lo: Micros
    hi: Micros
    certain: bool
    stated: bool
    entries: tuple[int, ...]
    other: Pool | None = None
    alike: tuple[str, ...] = ()

    @property
    def pieces(self) -> int:
        """How many times the amount came or went."""
        return len(self.alike) or 1


def of_facts(told: Iterable[Told], things: set[str]) -> Iterator[Posting]:
    """What was reported of these things themselves."""
    for item in told:
        if item.fact.thing in things:
            yield from _of_fact(item)


def of_links(links: Iterable[Link], things: set[str]) -> Iterator[Posting]:
    """What containers took along of these things, and the sides of movements that kept silent.

    The links are movements, and what containers took into transformations. What a report says was
    taken along is sure once, however many reports it may be of one movement with.
    """
    told = set[tuple[str, str, int]]()
    for link in links:
        is_both = link.confirmed is Confirmed.BOTH  # and then its facts say all of it
        box, thing = link.source.container, link.source.thing
        if (not is_both or box) and thing in things:
            said = {(thing, box, entry) for entry in link.entries} if box else set()
            again = not told.isdisjoint(said)
            told |= said
            for each in _of_link(link):
                yield replace(each, certain=False, stated=False) if again else each


def of_ends(told: Iterable[Told], things: set[str], stays: Spells) -> Iterator[Posting]:
    """What of these things was in containers that were sold, used up or destroyed."""
    for item in told:
        if item.fact.kind is FactKind.ENDED and item.fact.thing in stays.inside:
            yield from _ended_inside(item, stays, things)


def lots_of(told: Iterable[Told]) -> set[str]:
    """The things that are told by quantity."""
    return {item.fact.thing for item in told if item.fact.grain is not ThingGrain.INSTANCE}


def amount(fact: Fact) -> Quantity | None:
    """How much a fact is about; a piece counts one."""
    if fact.quantity is not None:
        return Quantity(fact.quantity, fact.unit)
    return Quantity(Decimal(1)) if fact.grain is ThingGrain.INSTANCE else None


def at_holder(place: Pool) -> Pool:
    """All that a holder has of a thing, in whatever container; transformations stay as they are."""
    if not place.container or not place.thing:
        return place
    return Pool(place.thing, place.party, place.site, "", place.unknown)


def columns_of(fact: Fact) -> Sequence[Column]:
    """In which columns a fact stands; a movement that one side tells for both, in two."""
    kind, side = fact.kind, fact.side
    if kind is FactKind.MOVED:
        if side is Side.SENT:
            return _WENT
        return _CAME if side is Side.RECEIVED else _BOTH
    if kind is FactKind.MADE or (kind is FactKind.BECAME and side is Side.OUTPUT):
        return _MADE
    if consumes(fact):
        return _USED
    if kind is FactKind.COUNTED:
        return () if fact.parent else _COUNTED
    return _ENDED if kind is FactKind.ENDED else ()


def place_of(item: Told, column: Column) -> Pool:
    """Where the amount was that stands in this column."""
    if column is Column.WENT or column is Column.USED or column is Column.ENDED:
        return source(item)
    return target(item)


def _of_fact(item: Told) -> Iterator[Posting]:
    for column in columns_of(item.fact):
        other = None
        if column is Column.WENT:
            other = target(item)
        elif column is Column.CAME:
            other = source(item)
        yield _own(item, place_of(item, column), column, other)


def _own(item: Told, place: Pool, column: Column, other: Pool | None = None) -> Posting:
    fact = item.fact
    when = fact.arrived if column is Column.CAME and fact.arrived is not None else fact.when
    return Posting(
        place=place,
        thing=fact.thing,
        column=column,
        quantity=amount(fact),
        lo=low(when),
        hi=high(when),
        certain=not item.held,
        stated=True,
        entries=item.entries,
        other=other,
    )


def _of_link(link: Link) -> Iterator[Posting]:
    """What a container took along; and the side of a movement that said nothing."""
    carried = bool(link.source.container)
    if link.kind is LinkKind.INPUT and carried:
        yield _drawn(link, Column.USED)
    elif link.kind is LinkKind.MOVED:
        if carried or link.confirmed is Confirmed.RECEIVED:
            yield _drawn(link, Column.WENT)
        if carried or link.confirmed is Confirmed.SENT:
            yield _brought(link)


def _drawn(link: Link, column: Column) -> Posting:
    carried = bool(link.source.container)
    much, unit = (link.quantity, link.unit) if carried else link.came
    return Posting(
        place=at_holder(link.source),
        thing=link.source.thing,
        column=column,
        quantity=None if much is None else Quantity(much, unit),
        lo=low(link.departure),
        hi=high(link.departure),
        certain=link.certain,
        stated=column is Column.WENT and (link.certain or not carried),
        entries=link.entries,
        other=at_holder(link.target),
    )


def _brought(link: Link) -> Posting:
    """What was sent and nobody says came: it may be there from then on."""
    confirmed = link.confirmed is not Confirmed.SENT
    much, unit = link.came
    return Posting(
        place=at_holder(link.target),
        thing=link.target.thing,
        column=Column.CAME,
        quantity=None if much is None else Quantity(much, unit),
        lo=low(link.arrival),
        hi=high(link.arrival) if confirmed else inf,
        certain=link.certain and confirmed,
        stated=link.certain and confirmed,
        entries=link.entries,
        other=at_holder(link.source),
    )


def _ended_inside(item: Told, stays: Spells, things: set[str]) -> Iterator[Posting]:
    for content in contents(stays, item.fact.thing, item.lo, item.hi):
        if content.thing in things:
            much, unit = content.stated
            whole = source(item)
            yield Posting(
                place=Pool(content.thing, whole.party, whole.site, "", whole.unknown),
                thing=content.thing,
                column=Column.ENDED,
                quantity=None if much is None else Quantity(much, unit),
                lo=item.lo,
                hi=item.hi,
                certain=content.sure and not item.held,
                stated=False,
                entries=item.entries,
            )
