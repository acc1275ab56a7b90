"""From facts to stock accounts: every holder of a lot, site, vessel and transformation.

Each account is in one dimension. What is stated in another dimension, or not at all, is an unknown
amount in this one, and widens it; it is never nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from itertools import chain
from typing import Final

from msgspec import Struct

from suyuan.kit import Quantity, Text
from suyuan.kit.quantity import UNITS, normal
from suyuan.model import FactKind
from suyuan.trace.accord import nodes
from suyuan.trace.accounts.shelves import (
    Accounts,
    by_class,
    in_makings,
    in_vessels,
    of_lots,
    of_pieces,
)
from suyuan.trace.accounts.stock import EVER, Entry
from suyuan.trace.accounts.sums import Passage, alone_or_not, passages, unpaired
from suyuan.trace.accounts.types import Holders
from suyuan.trace.accounts.unplaced import by_pieces, placed
from suyuan.trace.alike import NONE_ALIKE, Alike, links_of
from suyuan.trace.contents import carried, consumed_inside
from suyuan.trace.folding import ClassOf
from suyuan.trace.movements import movements
from suyuan.trace.postings import Posting, lots_of
from suyuan.trace.spells import spells
from suyuan.trace.times import Told
from suyuan.trace.types import Anomaly, BalanceKind, Pool

_MOST_DIGITS: Final = 30
_MOST_STRANGE: Final = 8
_UNUSABLE: Final = Text(
    "数量为负，或大得、细得不可能是数量；按未知计。请更正。",
    "The amount is negative, or no amount that can be; it is taken as not known. Correct it.",
)


class Ledger(Struct, frozen=True, eq=False):
    """Postings by account, whatever their units; movements as sums; unusable amounts."""

    accounts: Accounts
    passages: tuple[Passage, ...]
    anomalies: tuple[Anomaly, ...]
    links: int


def ledger(told: Sequence[Told], class_of: ClassOf, alike: Alike = NONE_ALIKE) -> Ledger:
    """All accounts that the facts speak of. Single pieces are told by their class alone.

    Of pieces `alike` the facts have one, and what it did all did.
    """
    lots = lots_of(told)
    pieces = {item.fact.thing for item in told if class_of(item.fact.thing)} - lots
    told_of = with_carriers(told, lots | pieces)
    stays = spells(told_of)
    moves = movements([item for item in told_of if item.fact.thing in stays.inside])
    alone, met = alone_or_not(told_of, lots | pieces)
    makings, _ = nodes(told)
    links = [
        *alone,
        *carried(moves.links, stays),
        *consumed_inside(told_of, stays, makings),
    ]
    grouped = tuple(passages(met, usable))
    silent = (each for passage in grouped for each in unpaired(passage))
    found = chain(of_lots(told_of, links, lots, stays), silent)
    accounts: dict[tuple[BalanceKind, Pool], list[Posting]] = defaultdict(list)
    for each in placed(found, by_pieces(told)):
        accounts[BalanceKind.POOL, each.place].append(each)
    by_class(accounts, placed(of_pieces(told_of, links, pieces, stays, alike), {}), class_of)
    for each in in_vessels(told_of):
        accounts[BalanceKind.VESSEL, each.place].append(each)
    for each in in_makings(told, makings, alike):
        accounts[BalanceKind.FLOW, each.place].append(each)
    return Ledger(
        accounts, grouped, tuple(_unusable(told)), sum(links_of(link, alike) for link in links)
    )


def entries(found: Sequence[Posting]) -> Iterator[tuple[str | None, list[Entry]]]:
    """An account's entries in each of its dimensions, by base unit.

    Where one report tells the same in several dimensions, each is told in its own.
    """
    based = [(each, _base(each.quantity)) for each in found]
    units = Counter[str | None]()
    said = defaultdict(set)
    for each, base in based:
        if base is not None:
            units[base.unit] += each.pieces
            said[each.thing, each.column, each.entries].add(base.unit)
    for unit in _dimensions(units) or [None]:
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


def _dimensions(units: Mapping[str | None, int]) -> list[str | None]:
    """Base units by name; of codes that no table knows only those that most records state.

    Each has an account of its own in which all other records are unknown amounts, and a reporter
    can state any code: with one for every record that would be as many as records, squared.
    """
    strange = (unit for unit in units if unit not in UNITS)
    most = nsmallest(_MOST_STRANGE, strange, key=lambda unit: (-units[unit], unit or ""))
    return sorted([*(unit for unit in units if unit in UNITS), *most], key=lambda one: one or "")


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
        amount=None if much is None else much * each.pieces,
        lo=max(each.lo, EVER),
        hi=each.hi,
        certain=each.certain,
        entries=each.entries,
        other=each.other,
        alike=each.alike,
    )


def with_carriers(told: Sequence[Told], things: set[str]) -> list[Told]:
    """The facts of the things, and of all that may carry them, at any depth."""
    into: dict[str, set[str]] = defaultdict(set)
    for item in told:
        if item.fact.kind is FactKind.JOINED and item.fact.parent:
            into[item.fact.thing].add(item.fact.parent)
    wanted = set(things)
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


def _unusable(told: Iterable[Told]) -> Iterator[Anomaly]:
    for item in told:
        fact = item.fact
        if fact.quantity is not None and not usable(Quantity(fact.quantity, fact.unit)):
            yield Anomaly(
                code="unusable_amount", text=_UNUSABLE, thing=fact.thing, entries=item.entries
            )
