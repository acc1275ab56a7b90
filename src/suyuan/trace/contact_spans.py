"""Contacts where days are spans and stays are limited: two ends of each span matter at once.

The search is that of the lot engine, on holders instead of pools.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.network.arrays import Flags, Ints, Nodes
from suyuan.trace.reach import Reach, reach, stepping
from suyuan.trace.resting import Rest
from suyuan.trace.times import MICROS_A_DAY, OPEN, Micros
from suyuan.trace.types import Direction, Link, LinkKind, Pool, Question

Days = tuple[Ints, Ints]
"""The first and the last day on which something may have been, of each move."""
Hops = dict[int, int]
_NOWHERE: Final = Pool("-")
_UNSURE: Final = Link(
    kind=LinkKind.MOVED, source=_NOWHERE, target=_NOWHERE, departure=OPEN, arrival=OPEN,
    certain=False,
)  # fmt: skip
_SURE: Final = replace(_UNSURE, certain=True)
"""Moves as links: where they lead and when is said by numbers alone."""


class Spanned(Struct, frozen=True, eq=False):
    """Moves along the direction of a search, from near ends to far ends.

    Each leaves within `out` and comes within `into`; only those that are `sure` make anything
    certain.
    """

    near: Nodes
    far: Nodes
    out: Days
    into: Days
    sure: Flags


def searched(moves: Spanned, roots: Sequence[Sequence[int]], rest: Rest) -> Iterator[Reach]:
    """For each root, which is one node or several, the moves that may be on a way from it."""
    links = [_SURE if certain else _UNSURE for certain in moves.sure.tolist()]
    ends, days = (
        (moves.near.tolist(), moves.far.tolist()),
        (_micros(moves.out), _micros(moves.into)),
    )
    walk = stepping(links, ends, days, flows=0)
    asked = rest.of(Question(seeds=(), direction=Direction.FORWARD))
    for root in roots:
        yield reach(walk, dict.fromkeys(root, True), asked)


def chains(
    moves: Spanned, roots: Sequence[Sequence[int]], rest: Rest
) -> Iterator[tuple[Hops, Hops]]:
    """For each root the nodes surely reached and those possibly reached, with their fewest moves.

    No node of a root is reached by itself.
    """
    for root, found in zip(roots, searched(moves, roots, rest), strict=True):
        yield _nodes(moves.far, found.certain, root), _nodes(moves.far, found.hops, root)


def _micros(days: Days) -> list[tuple[Micros, Micros]]:
    first, last = ((each * MICROS_A_DAY).tolist() for each in days)
    return list(zip(first, last, strict=True))


def _nodes(far: Nodes, links: Hops, root: Sequence[int]) -> Hops:
    """Each node but the root's by the fewest moves of the links that lead to it."""
    own, found = {*root}, dict[int, int]()
    for link, hops in links.items():
        node = int(far[link])
        if node not in own:
            found[node] = min(hops, found.get(node, hops))
    return found
