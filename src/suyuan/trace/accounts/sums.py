"""Movements as sums: what was sent against what was received, in all reports that can be of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import inf

from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, Side, ThingGrain
from suyuan.trace.movements import one_sided
from suyuan.trace.pairing import groups
from suyuan.trace.places import source, target
from suyuan.trace.postings import Posting
from suyuan.trace.times import Micros, Told
from suyuan.trace.types import Column, Link, Pool

Usable = Callable[[Quantity | None], bool]


class Passage(Struct, frozen=True, eq=False):
    """Dispatches and receipts of a thing that can only be of one another, whatever the pairing.

    `sent` and `received` are their sums in the base unit `unit`; `is_clear`: one of them fits all
    the others, so that they surely are of one another.
    """

    sents: tuple[Told, ...]
    receipts: tuple[Told, ...]
    sent: Decimal | None
    received: Decimal | None
    unit: str | None
    is_clear: bool


_Met = tuple[tuple[Told, ...], tuple[Told, ...]]
_SIDES = {Side.SENT: 0, Side.RECEIVED: 1}


def alone_or_not(told: Iterable[Told], things: set[str]) -> tuple[list[Link], list[_Met]]:
    """Movements that one side alone reports; and dispatches with receipts that can be of them."""
    by_thing: dict[str, tuple[list[Told], list[Told]]] = defaultdict(lambda: ([], []))
    for item in told:
        side = _SIDES.get(item.fact.side or Side.BOTH)
        if item.fact.kind is FactKind.MOVED and item.fact.thing in things and side is not None:
            by_thing[item.fact.thing][side].append(item)
    alone: list[Link] = []
    met: list[_Met] = []
    for sent, received in by_thing.values():
        for group in groups(sent, received):
            sents = tuple(item for item in group if item.fact.side is Side.SENT)
            receipts = tuple(item for item in group if item.fact.side is Side.RECEIVED)
            if sents and receipts:
                met.append((sents, receipts))
            else:
                alone.extend(map(one_sided, group))
    return alone, met


def passages(met: Iterable[_Met], usable: Usable) -> Iterator[Passage]:
    """The groups of lots, added up; a sum is None if part of it is not known or differs in unit."""
    for sents, receipts in met:
        if sents[0].fact.grain is ThingGrain.INSTANCE:
            continue
        sides = [[_amount(each, usable) for each in side] for side in (sents, receipts)]
        known = [each for side in sides for each in side if each is not None]
        units = {each.unit for each in known}
        one = len(units) == 1
        sent, received = (_sum(side) if one else None for side in sides)
        clear = 1 in {len(sents), len(receipts)} and not any(t.held for t in (*sents, *receipts))
        yield Passage(sents, receipts, sent, received, known[0].unit if one else None, clear)


def _amount(item: Told, usable: Usable) -> Quantity | None:
    fact = item.fact
    stated = None if fact.quantity is None else Quantity(fact.quantity, fact.unit)
    return normal(stated) if stated is not None and usable(stated) else None


def _sum(side: Sequence[Quantity | None]) -> Decimal | None:
    known = [each.value for each in side if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(side) else None


def unpaired(found: Passage) -> Iterator[Posting]:
    """What one side of a passage may have kept silent about: the difference of the sums.

    More received than sent may have left without a report; more sent than received may have come
    since, or be under way.
    """
    sent, received = found.sent, found.received
    is_known = sent is not None and received is not None
    over = received - sent if sent is not None and received is not None else Decimal(0)
    much = Quantity(abs(over), found.unit) if is_known else None
    if over > 0 or not is_known:
        latest = max(item.hi for item in found.receipts)
        for item in found.sents:
            yield _silent(found, source(item), Column.WENT, much, (-inf, latest))
    if over < 0 or not is_known:
        earliest = min(item.lo for item in found.sents)
        for item in found.receipts:
            yield _silent(found, target(item), Column.CAME, much, (earliest, inf))


def _silent(
    found: Passage,
    place: Pool,
    column: Column,
    much: Quantity | None,
    when: tuple[Micros, Micros],
) -> Posting:
    entries = {entry for item in (*found.sents, *found.receipts) for entry in item.entries}
    return Posting(
        place=place,
        thing=place.thing,
        column=column,
        quantity=much,
        lo=when[0],
        hi=when[1],
        certain=False,
        stated=False,
        entries=tuple(sorted(entries)),
    )
