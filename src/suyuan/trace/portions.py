"""How much of a lot is in a container: what was put in, less what was taken out.

Taking out a part ends nothing: the rest goes where the container goes. All is out with the line
with which as much was taken as may have been put in by then. Amounts say so where every line has
one and all compare; where they do not, and of a piece, any taking out takes all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    `doubted`: the same were what is held to stand. `outs` are in order of their begin.
    """

    unit: str | None
    puts: Mapping[int, Decimal]
    outs: Sequence[tuple[Told, Decimal]]
    ended: Timeline
    doubted: Timeline

    def whole_from(self, join: Told) -> Micros:
        """From when on all that this put in may be out."""
        taken, much = _NONE, self.puts[id(join)]
        for out, amount in self.outs:
            if out.hi >= join.lo:
                taken += amount
                if taken >= much:
                    return out.lo
        return inf

    def rest(
        self, joins: Sequence[Told], lo: Micros, hi: Micros
    ) -> tuple[Decimal | None, str | None] | None:
        """How much of what these put in is left at a time; None: all of it, as nothing was taken.

        No amount is told where a part may or may not be out.
        """
        since, first = min(join.lo for join in joins), min(join.hi for join in joins)
        taken, is_part = _NONE, False
        for out, amount in self.outs:
            if out.lo > hi:
                break
            if out.hi >= since:
                if out.hi >= lo or out.held or out.lo <= first:
                    return None, None
                taken, is_part = taken + amount, True
        if not is_part:
            return None
        rest = sum((self.puts[id(join)] for join in joins), _NONE) - taken
        return (rest, self.unit) if rest > _NONE else (None, None)


def portions(
    joins: Sequence[Told], outs: Sequence[Told], resets: Iterable[Told]
) -> Portions | None:
    """What these lines of one lot and container say; None where amounts do not tell.

    `resets`: its emptyings and commissionings, which leave nothing of what was surely in before.
    """
    puts, taken = _amounts(joins), _amounts(outs)
    units = {each.unit for each in (*puts, *taken) if each is not None}
    if len(units) != 1 or None in puts or None in taken:
        return None
    put = {id(t): each.value for t, each in zip(joins, puts, strict=True) if each}
    took = {id(t): each.value for t, each in zip(outs, taken, strict=True) if each}
    ends = sorted((*outs, *resets), key=lambda t: (t.hi, t.lo, t.fact.entry, t.fact.line))
    level = _Level(joins, put)
    firm = [end for end in ends if not end.held]
    ordered = sorted(outs, key=lambda t: t.lo)
    return Portions(
        units.pop(),
        put,
        [(out, took[id(out)]) for out in ordered],
        timeline(level.ended(firm, took)),
        timeline(level.ended(ends, took)),
    )


def _amounts(told: Iterable[Told]) -> list[Quantity | None]:
    return [_amount(each) for each in told]


def _amount(told: Told) -> Quantity | None:
    fact = told.fact
    if fact.quantity is None or fact.grain is ThingGrain.INSTANCE:
        return None
    return normal(Quantity(fact.quantity, fact.unit))


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

    def ended(self, ends: Iterable[Told], took: Mapping[int, Decimal]) -> Iterator[Told]:
        """The lines with which all was out; what is left over of one emptying goes on."""
        inside, counted, begun = _NONE, _NONE, -inf
        for end in ends:
            put = self._maybe_by(end.hi)
            inside, counted = inside + put - counted, put
            amount = took.get(id(end))
            if amount is None:
                inside, begun = put - self._surely_before(end.lo), -inf
                continue
            inside, begun = inside - amount, max(begun, end.lo)
            if inside <= _NONE:
                yield replace(end, lo=begun, held=False)
                inside, begun = _NONE, -inf
