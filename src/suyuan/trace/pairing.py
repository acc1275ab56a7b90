"""Which dispatch can be which receipt: same holders, same document or possible times.

Receipts are laid out by what is known of their holders, so that a thing sent to thousands of
places is paired without comparing every dispatch with every receipt.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from suyuan.trace.places import NOBODY
from suyuan.trace.times import Micros, Told

_Key = tuple[str | None, ...]
_HALVES = range(4)


class _Shelf:
    """Receipts whose holders agree as far as known, by document and by end of time."""

    def __init__(self, received: list[Told]) -> None:
        self.all = sorted(received, key=lambda r: r.hi)
        self.plain = [r for r in self.all if not r.fact.document]
        self.all_ends = [r.hi for r in self.all]
        self.plain_ends = [r.hi for r in self.plain]
        self.of_document: dict[str, list[Told]] = defaultdict(list)
        for item in self.all:
            for document in item.fact.document:
                self.of_document[document].append(item)

    def of(self, sent: Told) -> Iterator[Told]:
        """Those that can be the other side of this dispatch."""
        if not sent.fact.document:
            yield from _later(self.all, self.all_ends, sent.lo)
            return
        yield from _later(self.plain, self.plain_ends, sent.lo)
        named = (r for d in sent.fact.document for r in self.of_document.get(d, ()))
        yield from {id(r): r for r in named}.values()


def pairs(sent: list[Told], received: list[Told]) -> Iterator[tuple[Told, Told]]:
    """Every dispatch with every receipt of the thing that can be its other side."""
    by_known: dict[tuple[int, ...], list[Told]] = defaultdict(list)
    for item in received:
        by_known[_known(_halves(item))].append(item)
    tables: dict[tuple[tuple[int, ...], tuple[int, ...]], dict[_Key, _Shelf]] = {}
    for item in sent:
        halves = _halves(item)
        for known, items in by_known.items():
            common = tuple(i for i in known if halves[i] is not None)
            if (known, common) not in tables:
                tables[known, common] = _shelves(items, common)
            shelf = tables[known, common].get(tuple(halves[i] for i in common))
            if shelf is not None:
                yield from ((item, other) for other in shelf.of(item))


def _shelves(items: list[Told], common: tuple[int, ...]) -> dict[_Key, _Shelf]:
    lists: dict[_Key, list[Told]] = defaultdict(list)
    for item in items:
        halves = _halves(item)
        lists[tuple(halves[i] for i in common)].append(item)
    return {key: _Shelf(some) for key, some in lists.items()}


def _halves(item: Told) -> _Key:
    before, after = item.fact.before or NOBODY, item.fact.after or NOBODY
    return before.party, before.site, after.party, after.site


def _known(halves: _Key) -> tuple[int, ...]:
    return tuple(i for i in _HALVES if halves[i] is not None)


def _later(items: list[Told], ends: list[Micros], at: Micros) -> list[Told]:
    return items[bisect_left(ends, at) :]
