"""Pools by number, so that whatever walks links looks up and compares ints instead of names."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Final

from msgspec import Struct

from suyuan.trace.times import high, low
from suyuan.trace.types import Link, LinkKind, Pool

_KINDS: Final = {kind: place for place, kind in enumerate(sorted(LinkKind))}
_order = attrgetter("thing", "party", "site", "container", "unknown")
_thing = attrgetter("thing")


class Numbered(Struct, frozen=True, eq=False):
    """All pools in order, each once, and by their numbers where each link starts and leads.

    Transformations, which are pools of no thing, come first: they are the numbers below `flows`.
    """

    pools: list[Pool]
    sources: list[int]
    targets: list[int]

    @property
    def flows(self) -> int:
        """How many of the pools are transformations."""
        return self.of_thing("").stop

    def of(self, place: Pool) -> int:
        """The number of a pool that is among them."""
        return bisect_left(self.pools, place)

    def only(self, kept: Sequence[int]) -> "Numbered":
        """The same pools, and the ends of some of the links alone."""
        sources, targets = ([end[n] for n in kept] for end in (self.sources, self.targets))
        return Numbered(self.pools, sources, targets)

    def of_thing(self, thing: str) -> range:
        """The numbers of all pools of a thing."""
        first = bisect_left(self.pools, thing, key=_thing)
        return range(first, bisect_right(self.pools, thing, first, key=_thing))


Ends = tuple[list[int], list[int]]
"""Of every link where it starts and where it leads, as numbers in the order of first naming."""


def ends_of(links: Sequence[Link], named: dict[Pool, int]) -> Ends:
    """The ends of the links by their numbers in `named`, which numbers whatever it is asked for."""
    return [named[link.source] for link in links], [named[link.target] for link in links]


def in_order(
    links: Sequence[Link], ends: Ends, named: Mapping[Pool, int]
) -> tuple[list[Link], Numbered]:
    """Links by all that they say, each once, and their ends by the order of pools.

    Few have kind and both ends in common, so the rest is seldom asked.
    """
    pools, ranks = _ranked(list(named))
    sources, targets = ([ranks[n] for n in end] for end in ends)
    size = len(pools)
    keys = [
        (_KINDS[link.kind] * size + source) * size + target
        for link, source, target in zip(links, sources, targets, strict=True)
    ]
    placed = sorted(range(len(links)), key=keys.__getitem__)
    if len(set(keys)) < len(keys):
        same = groupby(placed, key=keys.__getitem__)
        placed = [*chain.from_iterable(_each_once(list(alike), links) for _, alike in same)]
    ordered = [links[n] for n in placed]
    return ordered, Numbered(pools, [sources[n] for n in placed], [targets[n] for n in placed])


def _ranked(named: list[Pool]) -> tuple[list[Pool], list[int]]:
    """The pools in order, and the place there of each."""
    keys = list(map(_order, named))
    placed = sorted(range(len(named)), key=keys.__getitem__)
    ranks = [0] * len(named)
    for rank, place in enumerate(placed):
        ranks[place] = rank
    return [named[place] for place in placed], ranks


def _each_once(alike: list[int], links: Sequence[Link]) -> Iterable[int]:
    """Places of links, of those that say the very same one, by all that they say."""
    if len(alike) == 1:
        return alike
    once = {links[place]: place for place in reversed(alike)}
    return sorted(once.values(), key=lambda place: order(links[place]))


def order(link: Link) -> tuple[object, ...]:
    """What links are sorted by: everything they say."""
    times = (low(link.departure), high(link.departure), low(link.arrival), high(link.arrival))
    units = (link.unit or "", link.received_unit or "")
    amounts = (str(link.quantity), str(link.received), *units)
    marks = (link.entries, link.certain, link.confirmed, link.of_lot)
    return link.kind, link.source, link.target, *times, *marks, *amounts
