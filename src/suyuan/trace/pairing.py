"""Which dispatch can be which receipt: same holders, same document or possible times.

Receipts are laid out by what is known of their holders, so that a thing sent to thousands of
places is paired without comparing every dispatch with every receipt.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from suyuan.trace.places import NOBODY, agree
from suyuan.trace.times import Micros, Told
from suyuan.trace.unite import united

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

    def runs(self, sent: Told) -> Iterator[tuple[list[Told], int]]:
        """The same as lists, each with the place from which on they can be the other side."""
        if not sent.fact.document:
            yield self.all, bisect_left(self.all_ends, sent.lo)
            return
        yield self.plain, bisect_left(self.plain_ends, sent.lo)
        yield from ((self.of_document[d], 0) for d in sent.fact.document if d in self.of_document)


def groups(sent: list[Told], received: list[Told]) -> list[list[Told]]:
    """Dispatches and receipts of a thing that can be of one another, directly or through others.

    One that can be of no other is alone. Takes time near to linear, however many pairs there are.
    """
    joined: list[tuple[int, int]] = []
    firsts: dict[int, tuple[list[Told], int]] = {}
    for item, shelf in _shelves_for(sent, received):
        for some, first in shelf.runs(item):
            if first < len(some):
                joined.append((id(item), id(some[first])))
                firsts[id(some)] = some, min(first, firsts.get(id(some), (some, first))[1])
    for some, first in firsts.values():
        joined.extend((id(one), id(other)) for one, other in pairwise(some[first:]))
    top = united(joined)
    found: dict[int, list[Told]] = defaultdict(list)
    for item in (*sent, *received):
        found[top.get(id(item), id(item))].append(item)
    return list(found.values())


def pairs(sent: list[Told], received: list[Told]) -> Iterator[tuple[Told, Told]]:
    """Every dispatch with every receipt of the thing that can be its other side."""
    if len(sent) == 1 and len(received) == 1:  # as nearly all have been of a piece
        yield from zip(sent, received, strict=True) if are_one(*sent, *received) else ()
        return
    for item, shelf in _shelves_for(sent, received):
        yield from ((item, other) for other in shelf.of(item))


def are_one(sent: Told, received: Told) -> bool:
    """Whether the two can be the sides of one movement: what shelves find, of one of each."""
    one, other = sent.fact, received.fact
    if not (agree(one.before, other.before) and agree(one.after, other.after)):
        return False
    if one.document and other.document:
        return not set(one.document).isdisjoint(other.document)
    return received.hi >= sent.lo


def _shelves_for(sent: list[Told], received: list[Told]) -> Iterator[tuple[Told, _Shelf]]:
    """Every dispatch with the receipts whose holders agree with its own as far as known."""
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
                yield item, shelf


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
