"""The links out of one pool, handed out once each as soon as something arrived in time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

from suyuan.trace.times import Micros


class Takings:
    """A pool's departures, so laid out that a taking costs the logarithm of their number.

    They lie in order of `latest` (descending), under a tree of the least `earliest` of each
    stretch: a taking walks down only into stretches that still hold something wanted.
    """

    def __init__(
        self,
        items: list[int],
        *,
        latest: list[Micros],
        earliest: list[Micros],
        entries: list[tuple[int, ...]],
    ) -> None:
        order = sorted(range(len(items)), key=lambda i: (-latest[i], items[i]))
        self._items = [items[i] for i in order]
        self._falling = [-latest[i] for i in order]
        self._size = 1 << max(0, len(items) - 1).bit_length()
        # (0, earliest) while it waits; (1, ∞) once taken or where there is nothing.
        leaves = [(0, earliest[i]) for i in order]
        leaves += [_GONE] * (self._size - len(items))
        self._least = [_GONE] * self._size + leaves
        for node in range(self._size - 1, 0, -1):
            self._lift(node)
        self._by_entry: dict[int, list[int]] = defaultdict(list)
        for position, i in enumerate(order):
            for entry in entries[i]:
                self._by_entry[entry].append(position)

    def take(self, at_least: Micros, at_most: Micros) -> list[int]:
        """Those with `latest` ≥ at_least and `earliest` ≤ at_most, not taken before."""
        wanted, waiting = (0, at_most), [1]
        found: list[int] = []
        while waiting:
            node = waiting.pop()
            if node < 0:  # everything under it has been looked at
                self._lift(-node)
            elif self._least[node] > wanted or self._falling_at(node) > -at_least:
                continue
            elif node < self._size:
                waiting += (-node, 2 * node + 1, 2 * node)
            else:
                self._least[node] = _GONE
                found.append(self._items[node - self._size])
        return found

    def take_shared(self, entries: Iterable[int]) -> Iterator[int]:
        """Those stated by one of the entries, not taken before."""
        for entry in entries:
            for position in self._by_entry.pop(entry, ()):
                node = position + self._size
                if self._least[node] != _GONE:
                    yield self._remove(node)

    def _falling_at(self, node: int) -> Micros:
        """Minus the greatest `latest` in the stretch under this node."""
        first = node << (self._size.bit_length() - node.bit_length())
        position = first - self._size
        return self._falling[position] if position < len(self._falling) else inf

    def _remove(self, node: int) -> int:
        item = self._items[node - self._size]
        self._least[node] = _GONE
        while node > 1:
            node //= 2
            self._lift(node)
        return item

    def _lift(self, node: int) -> None:
        self._least[node] = min(self._least[2 * node], self._least[2 * node + 1])


_GONE: tuple[int, Micros] = (1, inf)
