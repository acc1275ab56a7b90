"""What came, what went and what is left, exact and in the unit that was stated.

Amounts are taken from what each side reported, never from pairs of reports, so an ambiguous
pairing counts nothing twice. Single pieces have no balance: their whereabouts say it all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.kit.quantity import convert, normal, same_dimension
from suyuan.model import ThingGrain
from suyuan.trace.accord import Nodes
from suyuan.trace.alike import NONE_ALIKE, Alike, count_of
from suyuan.trace.links import Network
from suyuan.trace.places import consumes
from suyuan.trace.postings import (
    INTO,
    Posting,
    amount,
    at_holder,
    columns_of,
    lots_of,
    of_ends,
    of_links,
    place_of,
)
from suyuan.trace.times import Told
from suyuan.trace.types import Balance, BalanceKind, Column, Link, LinkKind, Pool

_ZERO = Decimal(0)
_Amount = Quantity | None


_Reported = list[tuple[_Amount, tuple[int, ...]]]  # with the entries that state it


class Account(Struct, frozen=True, gc=False):
    """Amounts of one pool, transformation or movement as stated; None where nobody said."""

    came: _Reported
    went: _Reported
    ended: _Reported


def balances(
    told: Sequence[Told],
    net: Network,
    reached: Iterable[Pool],
    alike: Alike = NONE_ALIKE,
) -> tuple[Balance, ...]:
    """Lines for every transformation, holder of a lot, and movement that came short, reached.

    `net` is all that the facts state, `reached` the nodes of the answer. Of pieces `alike` the
    facts have one, and every one of them counts.
    """
    wanted = {at_holder(place) for place in reached}
    flows = _flows(told, net.makings, alike)
    lines = [
        *_lines(BalanceKind.FLOW, {p: a for p, a in flows.items() if p in wanted}),
        *_of_pools(told, net, wanted),
        *(line for line in _short(net.links) if at_holder(line.pool) in wanted),
    ]
    return tuple(sorted(lines, key=lambda b: (b.kind, b.pool, b.unit or "", b.entries)))


class Sums(Struct, frozen=True, gc=False):
    """What came to a pool, went and ended there in all, in the base unit of its dimension."""

    came: Decimal
    went: Decimal
    ended: Decimal
    unit: str | None


class _Running(Struct, gc=False):
    """The same while it is added up; `is_one` says whether all amounts are known and compare."""

    came: Decimal = _ZERO
    went: Decimal = _ZERO
    ended: Decimal = _ZERO
    unit: str | None = None
    is_one: bool = True
    is_begun: bool = False

    def add(self, column: Column, quantity: Quantity | None) -> None:
        """One more amount in this column."""
        if quantity is None:
            self.is_one = False
            return
        base = normal(quantity)
        if not self.is_begun:
            self.unit, self.is_begun = base.unit, True
        elif base.unit != self.unit:
            self.is_one = False
        if column in INTO:
            self.came += base.value
        elif column is Column.ENDED:
            self.ended += base.value
        else:
            self.went += base.value


def sums_of(
    told: Iterable[Told], links: Iterable[Link], ends: Iterable[Posting] = ()
) -> dict[Pool, Sums | None]:
    """By holder of a lot the most that was reported of it, and that sides may have kept silent of.

    `ends` are what containers took with them. None: an amount is not known, or some do not compare.
    """
    found: dict[Pool, _Running] = defaultdict(_Running)
    for place, column, quantity, _ in _reported(told, links, only_stated=False):
        found[place].add(column, quantity)
    for each in ends:
        found[each.place].add(each.column, each.quantity)
    return {
        place: Sums(sums.came, sums.went, sums.ended, sums.unit) if sums.is_one else None
        for place, sums in found.items()
    }


def _of_pools(told: Sequence[Told], net: Network, wanted: Collection[Pool]) -> Iterator[Balance]:
    found = accounts_of(told, net)
    return _lines(BalanceKind.POOL, {p: a for p, a in found.items() if p in wanted})


def left(lines: Iterable[Balance]) -> dict[Pool, tuple[Decimal | None, str | None]]:
    """What is left at each holder of a lot, where it can be said in one unit."""
    found: dict[Pool, list[Balance]] = defaultdict(list)
    for line in lines:
        if line.kind is BalanceKind.POOL:
            found[line.pool].append(line)
    return {place: (some[0].stock, some[0].unit) for place, some in found.items() if len(some) == 1}


def _account() -> Account:
    return Account([], [], [])


def _flows(told: Iterable[Told], makings: Nodes, alike: Alike) -> dict[Pool, Account]:
    accounts: dict[Pool, Account] = defaultdict(_account)
    for item in told:
        for place, sure in makings.get((item.fact.entry, item.fact.line), ()):
            if sure:
                account = accounts[place]
                side = account.came if consumes(item.fact) else account.went
                said = amount(item.fact), item.entries
                side.extend([said] * count_of(item.fact.thing, alike))
    return accounts


def accounts_of(told: Sequence[Told], net: Network) -> dict[Pool, Account]:
    """By holder of a lot what was reported of it, and what links say of sides that kept silent.

    What surely was in a container that ended, ended with it; once if one event tells it both ways.
    """
    accounts: dict[Pool, Account] = defaultdict(_account)
    for place, column, quantity, entries in _reported(told, net.links):
        _side(accounts[place], column).append((quantity, entries))
    own = {
        (place, entry)
        for place, account in accounts.items()
        for _, entries in account.ended
        for entry in entries
    }
    for each in of_ends(told, lots_of(told), net.stays):
        if each.certain and own.isdisjoint((each.place, entry) for entry in each.entries):
            accounts[each.place].ended.append((each.quantity, each.entries))
    return accounts


def _reported(
    told: Iterable[Told], links: Iterable[Link], *, only_stated: bool = True
) -> Iterator[tuple[Pool, Column, _Amount, tuple[int, ...]]]:
    """Where and how much was reported of lots, and what links say of sides that kept silent."""
    lots = set[str]()
    for item in told:
        fact = item.fact
        if fact.grain is not ThingGrain.INSTANCE:
            lots.add(fact.thing)
            for column in columns_of(fact):
                if column is not Column.COUNTED:
                    yield place_of(item, column), column, amount(fact), item.entries
    for each in of_links(links, lots):
        if each.stated or not only_stated:
            yield each.place, each.column, each.quantity, each.entries


def _side(account: Account, column: Column) -> _Reported:
    if column is Column.CAME or column is Column.MADE:
        return account.came
    return account.ended if column is Column.ENDED else account.went


def _said(value: Decimal | None, unit: str | None) -> _Amount:
    return None if value is None else Quantity(value, unit)


def _lines(kind: BalanceKind, accounts: dict[Pool, Account]) -> Iterator[Balance]:
    for place, account in accounts.items():
        stated = [a for side in _sides(account) for a, _ in side if a is not None]
        for unit in _units(stated):
            yield _line(kind, place, account, unit)
        if not stated:
            yield _line(kind, place, account, None)


def _sides(account: Account) -> tuple[_Reported, ...]:
    return account.came, account.went, account.ended


def _units(stated: Iterable[Quantity]) -> list[str | None]:
    """One unit for each dimension, the first by name of those stated."""
    named = {a.unit for a in stated}
    if len(named) == 1:
        return list(named)
    units: list[str | None] = []
    for unit in sorted(named, key=lambda u: u or ""):
        if not any(same_dimension(unit, other) for other in units):
            units.append(unit)
    return units


def _line(kind: BalanceKind, place: Pool, account: Account, unit: str | None) -> Balance:
    sides = _sides(account)
    came, went, ended = (_sum([a for a, _ in side], unit) for side in sides)
    said = [each for side in sides for each in side]
    unknown = len([a for a, _ in said if a is None])
    entries = {entry for _, some in said for entry in some}
    rest = came - went - ended
    stock = max(rest, _ZERO) if kind is BalanceKind.POOL else _ZERO
    return Balance(
        kind=kind,
        pool=place,
        unit=unit,
        came=came,
        went=went,
        ended=ended,
        stock=None if unknown else stock,
        unexplained=None if unknown else rest - stock,
        unknown=unknown,
        entries=tuple(sorted(entries)),
    )


def _sum(amounts: Iterable[_Amount], unit: str | None) -> Decimal:
    total = _ZERO
    for much in amounts:
        if much is None:
            continue
        if much.unit == unit:
            total += much.value
        elif same_dimension(much.unit, unit):
            total += convert(much, unit).value
    return total


def _short(links: Iterable[Link]) -> Iterator[Balance]:
    """Movements of which both sides state an amount that compare, and not the same."""
    for link in links:
        if link.kind is LinkKind.MOVED and link.certain:
            sent = _said(link.quantity, link.unit)
            got = _said(link.received, link.received_unit)
            if sent is not None and got is not None and _differ(sent, got):
                account = Account([(sent, link.entries)], [(got, link.entries)], [])
                yield _line(BalanceKind.MOVEMENT, link.target, account, link.unit)


def _differ(sent: Quantity, got: Quantity) -> bool:
    """Whether these are amounts of one kind, and not equal."""
    return same_dimension(sent.unit, got.unit) and normal(sent) != normal(got)
