"""All roots at once: what each reaches, each node carrying the set of its roots as packed bits.

A contact chain follows moves in the order of their days, equal days allowed (Nöremark and
Widgren 2014). Moves of one day are handed on to a fixed point, so their order does not matter
and cycles end. Room is bounded: roots are taken so many at a time.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.network.arrays import Bits, Flags, Ints, Nodes, columns, once, ranges
from suyuan.network.graph import Network, network
from suyuan.network.kernels import Kernels, chosen

ROOM = 1 << 28
"""Bytes that the sets of all nodes may take at a time."""
_WORD = 64
_ROWS = 4096


class Moves(Struct, frozen=True, eq=False):
    """Moves from node to node, each on a day (or any other whole time).

    `share`: which share of what left its source in truth each carried; None: nothing is known.
    """

    source: Nodes
    target: Nodes
    day: Ints
    share: NDArray[np.float64] | None = None

    def within(self, begin: int, end: int) -> "Moves":
        """Those of the days from `begin` to `end`, both included."""
        keep = (self.day >= begin) & (self.day <= end)
        return self.where(keep)

    def where(self, keep: Flags) -> "Moves":
        """Some of them."""
        share = None if self.share is None else self.share[keep]
        return Moves(self.source[keep], self.target[keep], self.day[keep], share)

    def against(self) -> "Moves":
        """The same moves backward, last day first."""
        return Moves(self.target, self.source, -self.day, self.share)


class Roots(Struct, frozen=True, eq=False):
    """So many roots, some of several nodes that are asked about as one.

    `nodes` are those of one root after the other, each once a root; `of` is of which root each is.
    """

    nodes: Ints
    of: Ints
    count: int


def degrees(nodes: int, moves: Moves) -> Ints:
    """For each node how many others it moved to directly."""
    apart = moves.source != moves.target
    pairs = once(moves.source[apart].astype(np.int64) * nodes + moves.target[apart])
    return np.bincount(pairs // max(nodes, 1), minlength=nodes)


def degrees_of(nodes: int, moves: Moves, roots: Roots) -> Ints:
    """For each root how many nodes but its own its nodes moved to directly."""
    single = once(moves.source.astype(np.int64) * nodes + moves.target)
    near, far = np.divmod(single, max(nodes, 1))
    begins, ends = (np.searchsorted(near, roots.nodes, side) for side in ("left", "right"))
    of = np.repeat(roots.of, ends - begins)
    pairs = once(of * nodes + far[ranges(begins, ends)])
    pairs = pairs[~np.isin(pairs, roots.of * nodes + roots.nodes)]
    return np.bincount(pairs // max(nodes, 1), minlength=roots.count)


def reached(
    nodes: int,
    moves: Moves,
    roots: Ints | Roots,
    *,
    worth: NDArray[np.float64] | None = None,
    kernels: str | None = None,
    room: int = ROOM,
) -> NDArray[np.float64]:
    """For each root how many nodes but its own it reaches, or what they are worth.

    Takes time near to linear in moves × roots / 64.
    """
    asked = roots if isinstance(roots, Roots) else Roots(roots, np.arange(len(roots)), len(roots))
    loops, day = chosen(len(moves.day), kernels), _sorted(moves)
    sums = np.ones(nodes) if worth is None else worth
    parts = [
        _counted(_carried(nodes, day, part, loops), part.count, sums)
        for part in _batches(asked, nodes, room)
    ]
    own = np.bincount(asked.of, weights=sums[asked.nodes], minlength=asked.count)
    return np.concatenate([np.zeros(0), *parts]) - own


def daily(nodes: int, moves: Moves) -> Network:
    """The network of the moves, each leaving and arriving on its day; entries are their places."""
    place = np.arange(len(moves.day))
    return network(columns(moves.source, moves.target, moves.day, moves.day, place), nodes=nodes)


class _Sorted(Struct, frozen=True, eq=False):
    """Moves by day, then source, each once a day; where days begin, and the end."""

    near: Nodes
    far: Nodes
    blocks: Ints


def _sorted(moves: Moves) -> _Sorted:
    order = np.lexsort((moves.target, moves.source, moves.day))
    near, far, day = moves.source[order], moves.target[order], moves.day[order]
    other = np.ones(len(day), np.bool_)
    other[1:] = (day[1:] != day[:-1]) | (near[1:] != near[:-1]) | (far[1:] != far[:-1])
    other &= near != far
    near, far, day = near[other], far[other], day[other]
    starts = np.flatnonzero(day[1:] != day[:-1]) + 1
    ends = [len(day)] if len(day) else []
    return _Sorted(near, far, np.concatenate(([0], starts, ends)).astype(np.int64))


def _batches(roots: Roots, nodes: int, room: int) -> Iterator[Roots]:
    size = max(room * 8 // max(nodes, 1) // _WORD, 1) * _WORD
    for first in range(0, roots.count, size):
        begin, end = np.searchsorted(roots.of, (first, first + size))
        part = slice(int(begin), int(end))
        count = min(size, roots.count - first)
        yield Roots(roots.nodes[part], roots.of[part] - first, count)


def _carried(nodes: int, day: _Sorted, roots: Roots, loops: Kernels) -> Bits:
    bits = np.zeros((nodes, (roots.count + _WORD - 1) // _WORD), np.uint64)
    place = roots.of.astype(np.uint64)
    np.bitwise_or.at(bits, (roots.nodes, roots.of // _WORD), np.uint64(1) << (place % _WORD))
    loops.spread(bits, day.near, day.far, day.blocks)
    return bits


def _counted(bits: Bits, roots: int, worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """The worth of the nodes that carry each root, some nodes at a time."""
    total = np.zeros(roots)
    rows = bits.astype("<u8", copy=False).view(np.uint8)
    for first in range(0, len(rows), _ROWS):
        part = slice(first, first + _ROWS)
        single = np.unpackbits(rows[part], axis=1, count=roots, bitorder="little")
        total += worth[part] @ single
    return total
