"""What was on sale where and when of each lot at its beginning, to locate a source by lots.

Material goes each way in proportion to the amounts (docs/concepts/trace.md, Locating the source),
here pool by pool, so that each lot is followed by itself; what was sold was on sale on the days of
its sale, what is left on each day since it came. Time takes from that what cannot be: of a lot
nothing was where no way leads in time, which leaves each pool only after it came there.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from math import inf
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.clock import CHINA, there
from suyuan.kit.quantity import normal
from suyuan.model import ThingGrain, is_carrier
from suyuan.network.mixing import Floats, Shares, solved
from suyuan.trace.closure import Examined
from suyuan.trace.flows import Flow, flows
from suyuan.trace.times import Micros, moment
from suyuan.trace.types import LinkKind, Pool, Rest, Whereabouts
from suyuan.trace.under_way import told_once

Holder = tuple[str, str]
"""Party and site."""
Place = tuple[Holder, int]
"""A holder on a day (its number, `date.toordinal`)."""

_SLIP: Final = 1e-9
"""What rounding may leave of amounts that are the same."""
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
    """An amount that left a pool: to another, or to be eaten there on each of some days.

    `by` is when it last may have left, `came` when it first may have come to the other.
    """

    source: Pool
    target: Pool | None
    much: float | None
    unit: str | None
    by: Micros = inf
    came: Micros = -inf
    days: range = range(0)


class _Left(Struct, frozen=True, eq=False):
    """What left a pool, in the order of `by`, when it last may have; `rest` left from each on.

    What comes in can be in what left from one of `begins` on, and in nothing before. These are its
    stages, numbered from `first`.
    """

    steps: Sequence[_Step]
    by: Sequence[Micros]
    rest: Sequence[float]
    begins: Sequence[int]
    first: int

    def stage(self, came: Micros) -> int | None:
        """At which stage is what comes then; None if nothing left after."""
        at = bisect_left(self.begins, bisect_left(self.by, came))
        return self.first + at if at < len(self.begins) else None

    def stages(self) -> Iterator[tuple[int, int, int]]:
        """The number of each stage, its first step, and where the next begins."""
        spans = pairwise((*self.begins, len(self.steps)))
        for number, (begin, end) in enumerate(spans, self.first):
            yield number, begin, end


def on_sale(
    found: Examined, rest: Iterable[Whereabouts], wanted: Sequence[Place], until: int
) -> OnSale:
    """Of a closure forward and what is still where; `until` is the last day that counts."""
    flowing, ways = _flowing(found)
    reached = {node.pool for node in found.closure.nodes} | ways
    facts = (told.fact for told in found.told)
    pieces = {
        fact.thing
        for fact in facts
        if fact.grain is ThingGrain.INSTANCE
        and not is_carrier(fact.thing)
        and fact.thing not in found.net.stays.inside
    }
    came = _came(flowing, reached)
    steps, left_out = _that_compare([*_gone(flowing, reached), *_kept(rest, pieces, came, until)])
    begun = _begun(flowing, reached)
    own = _own(steps, {flow.target for flow in flowing if flow.source is None})
    lots = {pool: lot for pool, lot in begun.items() if pool in own}
    much = np.array([own[pool] for pool in lots], np.float64)
    parted = [*_parted(steps, came)]
    # The shares are those without times, so that what was on sale adds up at each place.
    even = _followed([replace(each, came=-inf) for each in parted], lots, wanted) * much[:, None]
    in_time = _followed(parted, lots, wanted) > 0
    return OnSale(
        lots=[*lots.values()],
        amounts=np.where(in_time, even, 0)[:, :-1],
        total=even[:, -1],
        places=frozenset((each.source.party, each.source.site) for each in steps if each.days),
        left_out=left_out,
    )


def rows_at_most(found: Examined) -> int:
    """How many rows the equations have: a pool's is one, or as many as times that goods came.

    What is under way between reports of several steps is in a pool of its own.
    """
    came = Counter(link.target for link in found.net.links)
    pools = (node.pool for node in found.closure.nodes)
    moves = [link for link in found.net.links if link.kind is LinkKind.MOVED]
    told = Counter((link.source.thing, entry) for link in moves for entry in link.entries)
    shared = sum(any(told[link.source.thing, e] > 1 for e in link.entries) for link in moves)
    return sum(max(1, came[pool]) if pool.thing else 1 for pool in pools) + shared


def _flowing(found: Examined) -> tuple[list[Flow], set[Pool]]:
    """What flowed, each report once, and the pools that several reports of it have in common."""
    every = flows(found)
    once, shared = told_once(every)
    added = once[len(every) :]
    ends = {pool for flow in added for pool in (flow.source, flow.target) if pool is not None}
    plain = [flow for number, flow in enumerate(once) if number not in shared]
    return plain, {pool for pool in ends if not pool.thing}


def _own(steps: Iterable[_Step], made: Collection[Pool | None]) -> dict[Pool, float]:
    """How much of what left a pool began there: all, or where things were made the rest of it.

    That is what no step brought. So what is sent back to its maker makes him none the less one,
    and counts once.
    """
    out: dict[Pool, float] = defaultdict(float)
    into: dict[Pool, float] = defaultdict(float)
    units: dict[Pool, str | None] = {}
    for each in steps:
        out[each.source] += each.much or 0
        units[each.source] = each.unit
    for each in steps:
        if each.target is not None and units.get(each.target, each.unit) == each.unit:
            into[each.target] += each.much or 0
    entered = {each.target for each in steps}
    own = {pool: much - into[pool] for pool, much in out.items() if _is_own(pool, made, entered)}
    return {pool: much for pool, much in own.items() if much > out[pool] * _SLIP}


def _is_own(pool: Pool, made: Collection[Pool | None], entered: Collection[Pool | None]) -> bool:
    return pool in made or pool not in entered


def _came(flowing: Iterable[Flow], reached: set[Pool]) -> dict[Pool, list[Micros]]:
    """When something may first have come into each pool, each time that it did, in order."""
    found: dict[Pool, list[Micros]] = defaultdict(list)
    for flow in flowing:
        if flow.target in reached:
            found[flow.target].append(flow.came[0])
    return {pool: sorted(times) for pool, times in found.items()}


def _gone(flowing: Iterable[Flow], reached: set[Pool]) -> Iterator[_Step]:
    """What left each pool reached, once: not what steps of a lot may mean for its pieces."""
    for flow in flowing:
        source, much = flow.source, flow.sent if flow.sent is not None else flow.got
        if source is None or source not in reached or not flow.takes or flow.of_lot or flow.covered:
            continue
        amount = None if much is None else float(much)
        by = flow.left[1] if source.thing else inf  # a making mixes in any order
        if flow.target is None:
            yield _Step(source, None, amount, flow.unit, by, days=_days(*flow.left))
        elif flow.target in reached and flow.target != source:
            yield _Step(source, flow.target, amount, flow.unit, by, flow.came[0])


def _kept(
    rest: Iterable[Whereabouts], pieces: set[str], came: Mapping[Pool, list[Micros]], until: int
) -> Iterator[_Step]:
    """What is still there may have been eaten there on any day since it came; a piece is one."""
    for each in rest:
        amount = Decimal(1) if each.pool.thing in pieces else each.quantity
        if amount and each.pool in came and each.rest is not Rest.ENDED:
            since = _day(came[each.pool][0])
            much = normal(Quantity(amount, each.unit))
            days = range(0) if since is None else range(since, max(since, until) + 1)
            yield _Step(each.pool, None, float(much.value), much.unit, days=days)


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


def _begun(flowing: Iterable[Flow], reached: set[Pool]) -> dict[Pool, Lot]:
    """Pools that may be beginnings, with when; a making stands for the first thing it gave."""
    things = sorted(pool for pool in reached if pool.thing)
    begun = {pool: Lot(pool.thing, (pool.party, pool.site), None) for pool in things}
    days: dict[Pool, set[int | None]] = defaultdict(set)
    for flow in flowing:
        if flow.target is None:
            continue
        day = _one_day(*flow.came)
        if flow.source is None and flow.target in begun:
            days[flow.target].add(day)
        elif flow.source in reached and not flow.source.thing:
            holder = flow.target.party, flow.target.site
            begun.setdefault(flow.source, Lot(flow.target.thing, holder, day))
    sure = {
        pool: replace(begun[pool], day=next(iter(on))) for pool, on in days.items() if len(on) == 1
    }
    return begun | sure


def _parted(steps: Iterable[_Step], came: Mapping[Pool, list[Micros]]) -> Iterator[_Step]:
    """Steps, those of several days as one before and one after each day on which more came."""
    firsts: dict[Pool, list[tuple[int, Micros]]] = {}
    for each in steps:
        if not each.days:
            yield each
            continue
        if each.source not in firsts:
            firsts[each.source] = _firsts(came.get(each.source, ()))
        yield from _on_days(each, firsts[each.source])


def _firsts(came: Sequence[Micros]) -> list[tuple[int, Micros]]:
    """Each day on which something came, with the first time of it."""
    found: dict[int, Micros] = {}
    for at in came:
        if (day := _day(at)) is not None:
            found.setdefault(day, at)
    return [*found.items()]


def _on_days(step: _Step, came: Sequence[tuple[int, Micros]]) -> Iterator[_Step]:
    """What was eaten on days before more came, left before that."""
    begin = bisect_right(came, (step.days.start, inf))
    end = bisect_left(came, (step.days.stop, -inf))
    after = came[end][1] if end < len(came) else inf
    since = step.days.start
    for day, at in (*came[begin:end], (step.days.stop, after)):
        days = range(since, day)
        much = (step.much or 0) * len(days) / len(step.days)
        yield replace(step, much=much, by=min(step.by, at - 1), days=days)
        since = day


def _followed(steps: Iterable[_Step], lots: Iterable[Pool], wanted: Sequence[Place]) -> Floats:
    """Which share of what left the pool of each lot was on sale where wanted, and anywhere."""
    left = _staged(steps)
    absorbed = solved(_shares(left), _given(left, wanted))
    return absorbed[[left[pool].first for pool in lots]]


def _staged(steps: Iterable[_Step]) -> dict[Pool, _Left]:
    """What left each pool, in the stages at which something came."""
    leaving: dict[Pool, list[_Step]] = defaultdict(list)
    for each in sorted(steps, key=lambda step: step.by):
        leaving[each.source].append(each)
    by = {pool: [each.by for each in some] for pool, some in leaving.items()}
    begins = {pool: {0} for pool in leaving}
    for some in leaving.values():
        for each in some:
            if each.target is not None and each.target in by:
                begins[each.target].add(bisect_left(by[each.target], each.came))
    found: dict[Pool, _Left] = {}
    first = 0
    for pool, some in leaving.items():
        rest = [*accumulate(each.much or 0 for each in reversed(some))][::-1]
        stages = sorted(begins[pool] - {len(some)})
        found[pool] = _Left(some, by[pool], rest, stages, first)
        first += len(stages)
    return found


def _parts(left: Mapping[Pool, _Left]) -> Iterator[tuple[int, _Step, float]]:
    """Each step by the number of its stage, with its share of all that left from then on."""
    for pool in left.values():
        for number, begin, end in pool.stages():
            for each in pool.steps[begin:end]:
                yield number, each, (each.much or 0) / pool.rest[begin]


def _onward(left: Mapping[Pool, _Left]) -> Iterator[tuple[int, int, float]]:
    """Which share of what is at a stage goes on to which: later there, or in another pool."""
    for pool in left.values():
        for number, begin, end in pool.stages():
            if end < len(pool.steps):
                yield number, number + 1, pool.rest[end] / pool.rest[begin]
    for number, each, share in _parts(left):
        if each.target is not None and each.target in left:
            far = left[each.target].stage(each.came)
            if far is not None:
                yield number, far, share


def _shares(left: Mapping[Pool, _Left]) -> Shares:
    links = [*_onward(left)]
    near = np.array([near for near, _, _ in links], np.int64)
    far = np.array([far for _, far, _ in links], np.int64)
    return Shares(_count(left), near, far, np.array([share for _, _, share in links], np.float64))


def _count(left: Mapping[Pool, _Left]) -> int:
    return sum(len(pool.begins) for pool in left.values())


def _given(left: Mapping[Pool, _Left], wanted: Sequence[Place]) -> Floats:
    """What share of what is at a stage was on sale at each place asked for, and anywhere."""
    given = np.zeros((_count(left), len(wanted) + 1))
    columns: dict[Holder, list[tuple[int, int]]] = defaultdict(list)
    for column, (holder, day) in sorted(enumerate(wanted), key=lambda one: one[1][1]):
        columns[holder].append((day, column))
    for number, each, share in _parts(left):
        if each.target is None:
            given[number, -1] += share
        there = columns.get((each.source.party, each.source.site), ())
        begin = bisect_left(there, (each.days.start, -1))
        for _, column in there[begin : bisect_left(there, (each.days.stop, -1))]:
            given[number, column] += share / len(each.days)
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
