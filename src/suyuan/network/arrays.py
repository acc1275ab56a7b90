"""The shapes that all modules here speak in: links as columns, and links in rows by their node."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Bits = NDArray[np.uint64]
Marks = NDArray[np.uint8]
"""A bit for each node, the lowest first."""
Sides = tuple["Side", ...]

EVER = -(2**61)
"""Before every time that a link may have."""
NEVER = 2**61
"""After every time that a link may have."""
LONGEST = 2**60
"""The longest span of time that a rule may ask for."""
UNREACHED = 2**62
"""The time of a node that nothing comes to: after every time with a span added."""


class Links(Struct, frozen=True, eq=False):
    """Links as columns of one length, in any order.

    `source` and `target` number nodes from 0; `departure` and `arrival` are in ticks of one
    clock, strictly between `EVER` and `NEVER`, and may contradict each other; `entry` is what
    the link is withdrawn by.
    """

    source: Nodes
    target: Nodes
    departure: Ints
    arrival: Ints
    entry: Ints

    def __len__(self) -> int:
        return len(self.source)


class Side(Struct, frozen=True, eq=False):
    """Links by the node they start at: node n has those from `offsets[n]` to `offsets[n + 1]`.

    Within a node they are in the order of `leaves`. Seen against their direction, a link starts
    at its target, and its times are mirrored (it leaves at minus its arrival), so that one
    search serves both directions.
    """

    offsets: Ints
    far: Nodes
    leaves: Ints
    comes: Ints
    entry: Ints

    def __len__(self) -> int:
        return len(self.far)


def columns(
    source: object, target: object, departure: object, arrival: object, entry: object
) -> Links:
    """Links from five sequences of whole numbers."""
    return Links(
        np.asarray(source, np.int32),
        np.asarray(target, np.int32),
        np.asarray(departure, np.int64),
        np.asarray(arrival, np.int64),
        np.asarray(entry, np.int64),
    )


def joined(parts: tuple[Links, ...]) -> Links:
    """All links of the parts, one part after the other."""

    def column(of: Callable[[Links], NDArray[np.generic]]) -> NDArray[np.generic]:
        return np.concatenate([of(part) for part in parts])

    return columns(
        column(lambda part: part.source),
        column(lambda part: part.target),
        column(lambda part: part.departure),
        column(lambda part: part.arrival),
        column(lambda part: part.entry),
    )


def side(links: Links, nodes: int, *, mirrored: bool = False) -> Side:
    """The links by their source; mirrored, by their target and against time."""
    near, far = links.source, links.target
    leaves, comes = links.departure, links.arrival
    if mirrored:
        near, far, leaves, comes = far, near, -comes, -leaves
    order = np.lexsort((leaves, near))
    offsets = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(near, minlength=nodes), out=offsets[1:])
    return Side(offsets, far[order], leaves[order], comes[order], links.entry[order])


def once(numbers: Ints) -> Ints:
    """The numbers, ascending, each once: sooner than `numpy.unique` where most differ."""
    found = np.sort(numbers)
    other = np.ones(len(found), np.bool_)
    np.not_equal(found[1:], found[:-1], out=other[1:])
    return found[other]


def ranges(starts: Ints, ends: Ints) -> Ints:
    """Every number from each start up to its end, one range after the other."""
    sizes = ends - starts
    shift = starts - np.cumsum(sizes) + sizes
    return np.repeat(shift, sizes) + np.arange(int(sizes.sum()), dtype=np.int64)
