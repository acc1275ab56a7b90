"""What was on sale where and when of each lot at its beginning, to locate a source by lots.

Material goes each way in proportion to the amounts (docs/concepts/trace.md, Locating the source),
here pool by pool, so that each lot is followed by itself; what was sold was on sale on the days of
its sale, what is left on each day since it came.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import inf
from typing import Final

import numpy as np
from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.kit.clock import CHINA, there
from suyuan.kit.quantity import normal
from suyuan.model import ThingGrain, is_carrier
from suyuan.network.mixing import Floats, Shares, solved
from suyuan.trace.closure import Examined
from suyuan.trace.flows import Flow, flows
from suyuan.trace.times import Micros, moment
from suyuan.trace.types import Pool, Rest, Whereabouts

Holder = tuple[str, str]
"""Party and site."""
Place = tuple[Holder, int]
"""A holder on a day (its number, `date.toordinal`)."""

_LONGEST: Final = 31
"""A sale that may have been on any of more days than these says nothing of a day."""


class Lot(Struct, frozen=True):
    """A thing at its beginning: who made or first had it, and on which day (None: not known)."""

    thing: str
    holder: Holder
    day: int | None


class OnSale(Struct, frozen=True, eq=False):
    """By lot (rows) and place asked for (columns) how much was on sale, and anywhere in all.

    `places` are all at which anything was; `left_out` counts steps without an amount, or with one
    that does not compare, and sales without a day.
    """

    lots: Sequence[Lot]
    amounts: Floats
    total: Floats
    places: frozenset[Holder]
    left_out: int


class _Step(Struct, frozen=True):
    """An amount that left a pool: to another, or to be eaten there on each of some days."""

    source: Pool
    target: Pool | None
    much: float | None
    unit: str | None
    days: range = range(0)


def on_sale(
    found: Examined, rest: Iterable[Whereabouts], wanted: Sequence[Place], until: int
) -> OnSale:
    """Of a closure forward and what is still where; `until` is the last day that counts."""
    flowing = flows(found)
    number = {node.pool: at for at, node in enumerate(found.closure.nodes)}
    facts = (told.fact for told in found.told)
    pieces = {
        fact.thing
        for fact in facts
        if fact.grain is ThingGrain.INSTANCE
        and not is_carrier(fact.thing)
        and fact.thing not in found.net.stays.inside
    }
    steps, left_out = _that_compare(
        [*_gone(flowing, number), *_kept(rest, pieces, _came(flowing, number), until)]
    )
    out = np.zeros(len(number))
    for each in steps:
        out[number[each.source]] += each.much or 0
    moves = [each for each in steps if each.target is not None]
    sales = [each for each in steps if each.target is None]
    entered = {each.target for each in moves}
    lots = {pool: lot for pool, lot in _begun(flowing, number).items() if pool not in entered}
    rows = [number[pool] for pool in lots if out[number[pool]]]
    absorbed = solved(_shares(moves, number, out), _given(sales, wanted, number, out))
    amounts = absorbed[rows] * out[rows, None]
    return OnSale(
        lots=[lot for pool, lot in lots.items() if out[number[pool]]],
        amounts=amounts[:, :-1],
        total=amounts[:, -1],
        places=frozenset((each.source.party, each.source.site) for each in sales),
        left_out=left_out,
    )


def _came(flowing: Iterable[Flow], number: dict[Pool, int]) -> dict[Pool, Micros]:
    """When something may first have come into each pool."""
    first = dict.fromkeys(number, inf)
    for flow in flowing:
        if flow.target in first:
            first[flow.target] = min(first[flow.target], flow.came[0])
    return first


def _gone(flowing: Iterable[Flow], reached: dict[Pool, int]) -> Iterator[_Step]:
    """What left each pool reached, once: not what steps of a lot may mean for its pieces."""
    for flow in flowing:
        source, much = flow.source, flow.sent if flow.sent is not None else flow.got
        if source is None or source not in reached or not flow.takes or flow.of_lot or flow.covered:
            continue
        amount = None if much is None else float(much)
        if flow.target is None:
            yield _Step(source, None, amount, flow.unit, _days(*flow.left))
        elif flow.target in reached and flow.target != source:
            yield _Step(source, flow.target, amount, flow.unit)


def _kept(
    rest: Iterable[Whereabouts], pieces: set[str], came: dict[Pool, Micros], until: int
) -> Iterator[_Step]:
    """What is still there may have been eaten there on any day since it came; a piece is one."""
    for each in rest:
        amount = Decimal(1) if each.pool.thing in pieces else each.quantity
        if amount and each.pool in came and each.rest is not Rest.ENDED:
            since = _day(came[each.pool])
            much = normal(Quantity(amount, each.unit))
            days = range(0) if since is None else range(since, max(since, until) + 1)
            yield _Step(each.pool, None, float(much.value), much.unit, days)


def _that_compare(every: Sequence[_Step]) -> tuple[list[_Step], int]:
    """Steps with an amount in the unit that most of what leaves their pool is in, and a day."""
    units: dict[Pool, Counter[str | None]] = defaultdict(Counter)
    for each in every:
        if each.much:
            units[each.source][each.unit] += 1
    commonest = {
        pool: max(seen, key=lambda one: (seen[one], one or "")) for pool, seen in units.items()
    }
    kept = [
        each
        for each in every
        if each.much and each.unit == commonest[each.source] and (each.target or each.days)
    ]
    return kept, len(every) - len(kept)


def _begun(flowing: Iterable[Flow], reached: dict[Pool, int]) -> dict[Pool, Lot]:
    """Pools that may be beginnings, with when; a making stands for the first thing it gave."""
    begun = {pool: Lot(pool.thing, (pool.party, pool.site), None) for pool in reached if pool.thing}
    for flow in flowing:
        if flow.target is None:
            continue
        lot = Lot(flow.target.thing, (flow.target.party, flow.target.site), _one_day(*flow.came))
        if flow.source is None and flow.target in begun:
            begun[flow.target] = lot
        elif flow.source in reached and not flow.source.thing:
            begun.setdefault(flow.source, lot)
    return begun


def _shares(moves: Sequence[_Step], number: dict[Pool, int], out: Floats) -> Shares:
    near = np.array([number[each.source] for each in moves], np.int64)
    far = np.array([number[each.target] for each in moves if each.target is not None], np.int64)
    much = np.array([each.much for each in moves], np.float64)
    return Shares(len(number), near, far, much / out[near])


def _given(
    sales: Sequence[_Step], wanted: Sequence[Place], number: dict[Pool, int], out: Floats
) -> Floats:
    """What share of what left a pool was on sale at each place asked for, and anywhere."""
    given = np.zeros((len(number), len(wanted) + 1))
    columns: dict[Holder, list[tuple[int, int]]] = defaultdict(list)
    for column, (holder, day) in enumerate(wanted):
        columns[holder].append((column, day))
    for each in sales:
        row = number[each.source]
        share = (each.much or 0) / out[row]
        given[row, -1] += share
        for column, day in columns.get((each.source.party, each.source.site), ()):
            given[row, column] += share / len(each.days) if day in each.days else 0
    return given


def _day(at: Micros) -> int | None:
    known = moment(at)
    return None if known is None else there(known, CHINA).date().toordinal()


def _days(lo: Micros, hi: Micros) -> range:
    first, last = _day(lo), _day(hi)
    if first is None or last is None or last - first >= _LONGEST:
        return range(0)
    return range(first, last + 1)


def _one_day(lo: Micros, hi: Micros) -> int | None:
    """The day, if it is known to be one."""
    days = _days(lo, hi)
    return days[0] if len(days) == 1 else None
