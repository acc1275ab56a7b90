"""How much of a lot is in a container: what was put in, less what was taken out.

Taking out a part ends nothing: the rest goes where the container goes. All is out with the line
with which as much was taken as may have been put in by then. Amounts say so where all that was
put in has one and all compare. What is taken out without an amount, and a piece, is all that was
inside; where amounts do not say so, any of some amount may be a part.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import ThingGrain
from suyuan.trace.times import Micros, Timeline, Told, timeline

_NONE: Final = Decimal(0)


class Portions(Struct, frozen=True, eq=False):
    """A lot in a container by amounts, in one unit: what was put in and what was taken out.

    `ended`: the lines with which all was out, each from the latest begin of those that took part;
    `doubted`: the same were what is held to stand. `out_by`: of each that put in, from when on
    all of that may be out. `begins` are those of the takings in order, `tops` the latest end up to
    each; `sums` say how much the first so many took, `unsure` how many are held or of no amount.
    """

    unit: str | None
    puts: Mapping[int, Decimal]
    out_by: Mapping[int, Micros]
    ended: Timeline
    doubted: Timeline
    begins: Sequence[Micros]
    tops: Sequence[Micros]
    sums: Sequence[Decimal]
    unsure: Sequence[int]

    def rest(
        self, joins: Sequence[Told], lo: Micros, hi: Micros
    ) -> tuple[Decimal | None, str | None] | None:
        """How much of what these put in is left at a time; None: all of it, as nothing was taken.

        No amount is told where a part may or may not be out.
        """
        since, first = min(join.lo for join in joins), min(join.hi for join in joins)
        before, by_then = bisect_right(self.begins, min(first, hi)), bisect_right(self.begins, hi)
        if before and self.tops[before - 1] >= since:
            return None, None
        if by_then == before:
            return None
        if self.tops[by_then - 1] >= lo or self.unsure[by_then] > self.unsure[before]:
            return None, None
        put = sum((self.puts[id(join)] for join in joins), _NONE)
        rest = put - (self.sums[by_then] - self.sums[before])
        return (rest, self.unit) if rest > _NONE else (None, None)


def portions(
    joins: Sequence[Told], outs: Sequence[Told], resets: Iterable[Told]
) -> Portions | None:
    """What these lines of one lot and container say; None where amounts do not tell.

    One of `outs` at least has an amount.
    `resets`: its emptyings and commissionings, which leave nothing of what was surely in before.
    """
    puts, taken = _amounts(joins), _amounts(outs)
    units = {each.unit for each in (*puts, *taken) if each is not None}
    if len(units) != 1 or None in puts:
        return None
    put = {id(t): each.value for t, each in zip(joins, puts, strict=True) if each}
    alls = {id(out) for out, each in zip(outs, taken, strict=True) if each is None}
    took = dict.fromkeys(alls, sum(put.values(), _NONE))
    took |= {id(t): each.value for t, each in zip(outs, taken, strict=True) if each}
    ends = sorted((*outs, *resets), key=lambda t: (t.hi, t.lo, t.fact.entry, t.fact.line))
    level = _Level(joins, put)
    firm = [end for end in ends if not end.held]
    ordered = sorted(outs, key=lambda t: t.lo)
    begins, tops = [out.lo for out in ordered], [*accumulate((out.hi for out in ordered), max)]
    much = [took[id(out)] for out in ordered]
    return Portions(
        units.pop(),
        put,
        dict(_out_by(joins, put, _Takings(ordered, much, begins, tops))),
        timeline(level.ended(firm, took, alls)),
        timeline(level.ended(ends, took, alls)),
        begins,
        tops,
        [*accumulate(much, initial=_NONE)],
        [*accumulate((out.held or id(out) in alls for out in ordered), initial=0)],
    )


def _out_by(
    joins: Iterable[Told], put: Mapping[int, Decimal], takings: "_Takings"
) -> Iterator[tuple[int, Micros]]:
    """Of each that put in, from when on so much may have been taken since."""
    for join in sorted(joins, key=lambda t: t.lo):
        takings.leave_out_before(join.lo)
        yield id(join), takings.reached(put[id(join)], join.lo)


class _Takings:
    """Takings out in order of their begin, and sums over runs of them (a Fenwick tree).

    Those that were over before a time are left out; that time never goes back.
    """

    def __init__(
        self,
        outs: Sequence[Told],
        much: Sequence[Decimal],
        begins: Sequence[Micros],
        tops: Sequence[Micros],
    ) -> None:
        self._begins, self._tops, self._much = begins, tops, much
        self._over = sorted((out.hi, n) for n, out in enumerate(outs))
        self._gone = 0
        self._sums = [_NONE] * (len(outs) + 1)
        for n, amount in enumerate(much):
            self._add(n, amount)

    def _add(self, n: int, amount: Decimal) -> None:
        n += 1
        while n < len(self._sums):
            self._sums[n] += amount
            n += n & -n

    def leave_out_before(self, at: Micros) -> None:
        while self._gone < len(self._over) and self._over[self._gone][0] < at:
            n = self._over[self._gone][1]
            self._add(n, -self._much[n])
            self._gone += 1

    def reached(self, much: Decimal, since: Micros) -> Micros:
        """The begin of the taking with which so much is out; that of nothing is the first."""
        if much <= _NONE:
            n = bisect_left(self._tops, since)
        else:
            n, step = 0, 1 << len(self._sums).bit_length()
            while step := step >> 1:
                if n + step < len(self._sums) and self._sums[n + step] < much:
                    n, much = n + step, much - self._sums[n + step]
        return self._begins[n] if n < len(self._begins) else inf


def _amounts(told: Iterable[Told]) -> list[Quantity | None]:
    return [_amount(each) for each in told]


def _amount(told: Told) -> Quantity | None:
    fact = told.fact
    if fact.quantity is None or fact.grain is ThingGrain.INSTANCE:
        return None
    return normal(Quantity(fact.quantity, fact.unit))


def may_be_part(out: Told) -> bool:
    """Whether what is taken out may be a part: an amount of a lot, and no piece."""
    return out.fact.quantity is not None and out.fact.grain is not ThingGrain.INSTANCE


class _Level:
    """How much may have been put in by a time, or surely before one."""

    def __init__(self, joins: Sequence[Told], put: Mapping[int, Decimal]) -> None:
        self._begun = sorted(joins, key=lambda t: t.lo)
        self._over = sorted(joins, key=lambda t: t.hi)
        self._by_begin = [*accumulate((put[id(t)] for t in self._begun), initial=_NONE)]
        self._by_end = [*accumulate((put[id(t)] for t in self._over), initial=_NONE)]
        self._begins = [t.lo for t in self._begun]
        self._ends = [t.hi for t in self._over]

    def _maybe_by(self, at: Micros) -> Decimal:
        return self._by_begin[bisect_right(self._begins, at)]

    def _surely_before(self, at: Micros) -> Decimal:
        return self._by_end[bisect_left(self._ends, at)]

    def ended(
        self, ends: Iterable[Told], took: Mapping[int, Decimal], alls: Collection[int]
    ) -> Iterator[Told]:
        """The lines with which all was out; what is left over of one emptying goes on."""
        inside, counted, begun = _NONE, _NONE, -inf
        for end in ends:
            put = self._maybe_by(end.hi)
            inside, counted = inside + put - counted, put
            amount = took.get(id(end))
            if amount is None or id(end) in alls:
                if amount is not None:
                    yield end
                inside, begun = put - self._surely_before(end.lo), -inf
                continue
            inside, begun = inside - amount, max(begun, end.lo)
            if inside <= _NONE:
                yield replace(end, lo=begun, held=False)
                inside, begun = _NONE, -inf
