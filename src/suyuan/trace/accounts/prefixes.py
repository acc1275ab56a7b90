"""Entries in the order of one of their times, with the sums of those up to any time."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from suyuan.trace.times import Micros

_ZERO = Decimal(0)


class Measured(Protocol):
    """What has an amount; None: not known."""

    @property
    def amount(self) -> Decimal | None:
        """How much, in a unit common to all."""


_Item = TypeVar("_Item", bound=Measured)


class Prefixes(Struct, Generic[_Item], frozen=True, eq=False):
    """Sums over the items before a time, and how many of them have no known amount."""

    items: list[_Item]
    times: list[Micros]
    sums: list[Decimal]
    unknown: list[int]

    def upto(self, at: Micros) -> Decimal:
        """The sum of those at or before a time."""
        return self.sums[bisect_right(self.times, at)]

    def before(self, at: Micros) -> Decimal:
        """The sum of those before a time."""
        return self.sums[bisect_left(self.times, at)]

    def unknown_upto(self, at: Micros) -> int:
        """How many of unknown amount are at or before a time."""
        return self.unknown[bisect_right(self.times, at)]

    def unknown_before(self, at: Micros) -> int:
        """How many of unknown amount are before a time."""
        return self.unknown[bisect_left(self.times, at)]

    def between(self, first: Micros, last: Micros) -> Sequence[_Item]:
        """Those from one time to another, both included."""
        return self.items[bisect_left(self.times, first) : bisect_right(self.times, last)]


def prefixes(items: Iterable[_Item], time: Callable[[_Item], Micros]) -> Prefixes[_Item]:
    """The items by a time of theirs."""
    ordered = sorted(items, key=time)
    return Prefixes(
        ordered,
        [time(each) for each in ordered],
        [*accumulate((each.amount or _ZERO for each in ordered), initial=_ZERO)],
        [*accumulate((each.amount is None for each in ordered), initial=0)],
    )
