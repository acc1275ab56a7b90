"""Which things belong to one group, from pairs that do."""

from collections.abc import Iterable
from typing import TypeVar

_T = TypeVar("_T", str, int)


def united(pairs: Iterable[tuple[_T, _T]]) -> dict[_T, _T]:
    """For everything named in the pairs the smallest name of its group."""
    above: dict[_T, _T] = {}
    for a, b in pairs:
        one, two = _top(above, a), _top(above, b)
        above[max(one, two)] = min(one, two)
    return {name: _top(above, name) for name in list(above)}


def _top(above: dict[_T, _T], name: _T) -> _T:
    path = []
    above.setdefault(name, name)
    while above[name] != name:
        path.append(name)
        name = above[name]
    for passed in path:
        above[passed] = name
    return name
