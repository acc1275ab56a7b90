"""Intervals laid out so that those meeting a given one are found without trying the others.

A crate used for years has thousands of stays, and one that nobody ended; a search must not
look at them all for every trip.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Generic, TypeVar

from suyuan.trace.times import Micros

T = TypeVar("T")


class Intervals(Generic[T]):
    """Items by the start of their interval, under a tree of the latest end of each stretch."""

    def __init__(self, items: Iterable[T], of: Callable[[T], tuple[Micros, Micros]]) -> None:
        placed = sorted(((of(item), item) for item in items), key=lambda pair: pair[0])
        self._items = [item for _, item in placed]
        self._starts = [span[0] for span, _ in placed]
        self._size = 1 << max(0, len(placed) - 1).bit_length()
        ends: list[Micros] = [span[1] for span, _ in placed]
        ends += [-inf] * (self._size - len(placed))
        self._latest = [-inf] * self._size + ends
        for node in range(self._size - 1, 0, -1):
            self._latest[node] = max(self._latest[2 * node], self._latest[2 * node + 1])

    def meeting(self, lo: Micros, hi: Micros) -> Iterator[T]:
        """Items whose closed interval meets [lo, hi], by start."""
        within = bisect_right(self._starts, hi)
        waiting = [1]
        while waiting:
            node = waiting.pop()
            if self._latest[node] < lo or self._first(node) >= within:
                continue
            if node < self._size:
                waiting += (2 * node + 1, 2 * node)
            else:
                yield self._items[node - self._size]

    def _first(self, node: int) -> int:
        """The place of the first item under a node of the tree."""
        shift = self._size.bit_length() - node.bit_length()
        return (node << shift) - self._size
