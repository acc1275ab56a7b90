"""From facts to stock accounts: every holder of a lot, site, vessel and transformation.

Each account is in one dimension. What is stated in another dimension, or not at all, is an unknown
amount in this one, and widens it; it is never nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity, Text
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain
from suyuan.trace.accord import nodes
from suyuan.trace.balance import amount
from suyuan.trace.books import Holders
from suyuan.trace.contents import carried, consumed_inside
from suyuan.trace.movements import movements
from suyuan.trace.places import consumes, source, target
from suyuan.trace.postings import Column, Posting, at_holder, lots_of, postings
from suyuan.trace.spells import spells
from suyuan.trace.stock import EVER, Entry
from suyuan.trace.sums import Passage, passages, unpaired
from suyuan.trace.times import Told
from suyuan.trace.types import Anomaly, BalanceKind, Pool
from suyuan.trace.unplaced import by_pieces, placed

ClassOf = Callable[[str], str]
"""The class of product that a thing's name says it is of; "" where it says none."""

_MOST_DIGITS: Final = 30
_UNUSABLE: Final = Text(
    "数量为负，或大得、细得不可能是数量；按未知计。请更正。",
    "The amount is negative, or no amount that can be; it is taken as not known. Correct it.",
)


Accounts = Mapping[tuple[BalanceKind, Pool], Sequence[Posting]]


class Ledger(Struct, frozen=True, eq=False):
    """Postings by account, whatever their units; movements as sums; unusable amounts."""

    accounts: Accounts
    passages: tuple[Passage, ...]
    anomalies: tuple[Anomaly, ...]
    links: int


def ledger(told: Sequence[Told], class_of: ClassOf) -> Ledger:
    """All accounts that the facts speak of. Single pieces have none."""
    bulk = _of_bulk(told)
    lots = lots_of(bulk)
    stays, moves = spells(bulk), movements(bulk)
    makings, _ = nodes(told)
    links = [
        *moves.links,
        *carried(moves.links, stays),
        *consumed_inside(bulk, stays, makings),
    ]
    accounts: dict[tuple[BalanceKind, Pool], list[Posting]] = defaultdict(list)
    grouped = tuple(passages(moves.groups, usable))
    silent = (each for passage in grouped for each in unpaired(passage))
    found = chain(postings(bulk, links, lots, stays), silent)
    for each in placed(found, by_pieces(told)):
        accounts[BalanceKind.POOL, each.place].append(each)
    _by_site(accounts, class_of)
    for each in _in_vessels(bulk):
        accounts[BalanceKind.VESSEL, each.place].append(each)
    for item in told:
        for node, sure in makings.get((item.fact.entry, item.fact.line), ()):
            if sure:
                accounts[BalanceKind.FLOW, node].append(_of_making(item, node))
    return Ledger(accounts, grouped, tuple(_unusable(told)), len(links))


def entries(found: Sequence[Posting]) -> Iterator[tuple[str | None, list[Entry]]]:
    """An account's entries in each of its dimensions, by base unit.

    Where one report tells the same in several dimensions, each is told in its own.
    """
    based = [(each, _base(each.quantity)) for each in found]
    units = {base.unit for _, base in based if base is not None}
    said = defaultdict(set)
    for each, base in based:
        if base is not None:
            said[each.thing, each.column, each.entries].add(base.unit)
    for unit in sorted(units, key=lambda name: name or "") or [None]:
        yield (
            unit,
            [
                _entry(each, base.value if base is not None and base.unit == unit else None)
                for each, base in based
                if base is None
                or base.unit == unit
                or unit not in said[each.thing, each.column, each.entries]
            ],
        )


def holders(kind: BalanceKind, place: Pool, found: Iterable[Posting]) -> Holders:
    """Whose account it is; of a vessel or a making, all who put something in or took it out."""
    if kind in {BalanceKind.POOL, BalanceKind.SITE}:
        return frozenset({(place.party, place.site)})
    others = (each.other for each in found if each.other is not None)
    return frozenset((other.party, other.site) for other in others)


def usable(quantity: Quantity | None) -> bool:
    """Whether an amount can be one: not negative, and of no more digits than trade has."""
    if quantity is None or quantity.value.is_zero():
        return True
    exponent = quantity.value.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and quantity.value > 0
        and quantity.value.adjusted() <= _MOST_DIGITS
        and exponent >= -_MOST_DIGITS
    )


def _base(quantity: Quantity | None) -> Quantity | None:
    return normal(quantity) if quantity is not None and usable(quantity) else None


def _entry(each: Posting, much: Decimal | None) -> Entry:
    return Entry(
        column=each.column,
        amount=much,
        lo=max(each.lo, EVER),
        hi=each.hi,
        certain=each.certain,
        entries=each.entries,
        other=each.other,
    )


def _of_bulk(told: Sequence[Told]) -> list[Told]:
    """The facts of what is told by quantity, and of all that may carry it, at any depth."""
    into: dict[str, set[str]] = defaultdict(set)
    for item in told:
        if item.fact.kind is FactKind.JOINED and item.fact.parent:
            into[item.fact.thing].add(item.fact.parent)
    wanted = lots_of(told)
    waiting = list(wanted)
    while waiting:
        fresh = into.get(waiting.pop(), set()) - wanted
        wanted |= fresh
        waiting.extend(fresh)
    return [
        item
        for item in told
        if item.fact.thing in wanted or (not item.fact.thing and item.fact.parent in wanted)
    ]


def _by_site(accounts: dict[tuple[BalanceKind, Pool], list[Posting]], class_of: ClassOf) -> None:
    """All lots of a class at a holder together; the class itself has no other account."""
    sites: dict[Pool, dict[str, list[Posting]]] = defaultdict(dict)
    for kind, place in list(accounts):
        group = class_of(place.thing) if kind is BalanceKind.POOL else ""
        if group:
            whole = Pool(group, place.party, place.site)
            sites[whole][place.thing] = accounts[kind, place]
    for whole, lots in sites.items():
        if whole.thing in lots:
            del accounts[BalanceKind.POOL, whole]
        elif len(lots) == 1:
            continue  # what there is to say of the class is said of its lot
        accounts[BalanceKind.SITE, whole] = [
            each
            for thing, some in lots.items()
            for each in some
            if each.column is not Column.COUNTED or thing == whole.thing
        ]


def _in_vessels(bulk: Iterable[Told]) -> Iterator[Posting]:
    """What went into each container, came out of it, or was counted in it, by quantity."""
    bulk = list(bulk)
    quantities = {
        item.fact.parent
        for item in bulk
        if item.fact.kind is FactKind.JOINED and item.fact.grain is not ThingGrain.INSTANCE
    }
    for item in bulk:
        column, vessel = _of_vessel(item)
        if column is not None and vessel in quantities:
            yield _posting(item, Pool("", container=vessel), column, at_holder(target(item)))


def _of_vessel(item: Told) -> tuple[Column | None, str]:
    fact = item.fact
    parent, by_quantity = fact.parent or "", fact.grain is not ThingGrain.INSTANCE
    if fact.kind is FactKind.LEFT and not fact.thing:
        return Column.EMPTIED, parent
    if fact.kind in {FactKind.MADE, FactKind.ENDED} or consumes(fact):
        return Column.EMPTIED, fact.thing
    columns = {
        FactKind.JOINED: Column.CAME,
        FactKind.LEFT: Column.WENT,
        FactKind.COUNTED: Column.COUNTED,
    }
    return columns.get(fact.kind) if by_quantity else None, parent


def _of_making(item: Told, node: Pool) -> Posting:
    """Time does not filter what goes into a making."""
    put_in = consumes(item.fact)
    holder = source(item) if put_in else target(item)
    made = _posting(item, node, Column.CAME if put_in else Column.WENT, at_holder(holder))
    return replace(made, lo=-inf, hi=EVER) if put_in else made


def _posting(item: Told, place: Pool, column: Column, other: Pool) -> Posting:
    return Posting(
        place=place,
        thing=item.fact.thing,
        column=column,
        quantity=None if column is Column.EMPTIED else amount(item.fact),
        lo=item.lo,
        hi=item.hi,
        certain=not item.held,
        stated=True,
        entries=item.entries,
        other=other,
    )


def _unusable(told: Iterable[Told]) -> Iterator[Anomaly]:
    for item in told:
        fact = item.fact
        if fact.quantity is not None and not usable(Quantity(fact.quantity, fact.unit)):
            yield Anomaly(
                code="unusable_amount", text=_UNUSABLE, thing=fact.thing, entries=item.entries
            )
