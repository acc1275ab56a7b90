"""Which of the places that ways lead between lie on one circle: from each, ways lead back to it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)


def circles(onward: Mapping[_K, Iterable[_K]]) -> dict[_K, int]:
    """By place which circle it lies on, as a number; what lies on none is not in it.

    `onward` gives where ways lead from a place; one straight back to it makes no circle. Takes time
    linear in the number of ways, and does not recurse (Tarjan, SIAM J. Comput. 1972).
    """
    walk = _Walk(onward)
    for start in onward:
        if start not in walk.met:
            walk.from_(start)
    return walk.found


class _Walk(Generic[_K]):
    """Places as they are met; `least` is the first met that a place leads back to."""

    def __init__(self, onward: Mapping[_K, Iterable[_K]]) -> None:
        self._onward = onward
        self.met: dict[_K, int] = {}
        self.found: dict[_K, int] = {}
        self._least: dict[_K, int] = {}
        self._open: list[_K] = []
        self._closed: set[_K] = set()

    def from_(self, start: _K) -> None:
        """Meet all that a place leads to."""
        path = [(start, self._enter(start))]
        while path:
            here, ways = path[-1]
            for there in ways:
                if there not in self.met:
                    path.append((there, self._enter(there)))
                    break
                if there not in self._closed:
                    self._least[here] = min(self._least[here], self.met[there])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    self._least[before] = min(self._least[before], self._least[here])
                if self._least[here] == self.met[here]:
                    self._close(here)

    def _enter(self, place: _K) -> Iterator[_K]:
        self.met[place] = self._least[place] = len(self.met)
        self._open.append(place)
        return iter(self._onward.get(place, ()))

    def _close(self, first: _K) -> None:
        """All that is open since a place was met lies on its circle, if it is not alone."""
        circle = [self._open.pop()]
        while circle[-1] != first:
            circle.append(self._open.pop())
        self._closed.update(circle)
        if len(circle) > 1:
            self.found.update(dict.fromkeys(circle, self.met[first]))
