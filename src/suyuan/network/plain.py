"""The engine's inner loops in numpy: every round works on all that the round before found."""

from collections.abc import Iterator

import numpy as np

from suyuan.network.arrays import NEVER, UNREACHED, Bits, Flags, Ints, Nodes, Side, Sides, ranges
from suyuan.network.kernels import Found, Timed


def closure(nodes: int, sides: Sides, seeds: Ints) -> Found:
    """The nodes that links lead to from the seeds, whatever their times."""
    hops, front, count = _begun(nodes, seeds), seeds, 0
    owner = np.empty(nodes, np.int64)
    while front.size:
        count += 1
        rows = [one.far[ranges(one.offsets[front], one.offsets[front + 1])] for one in sides]
        found = np.concatenate(rows)
        found = found[hops[found] < 0]
        hops[found] = count
        front = _once(found, owner)
    return _known(hops)


def earliest(nodes: int, sides: Sides, seeds: Ints, window: tuple[int, int], hold: int) -> Timed:
    """The nodes reached in the order of time, and when each may pass on at the earliest.

    A node that has come earlier opens exactly the links between its old time and its new one,
    so every link is taken once, whatever the order and whatever contradicts.
    """
    start, end = window
    hops, front, count = _begun(nodes, seeds), seeds, 0
    ready = np.full(nodes, UNREACHED, np.int64)
    ready[seeds] = start
    closed = [one.offsets[1:].copy() for one in sides]
    owner = np.empty(nodes, np.int64)
    while front.size:
        count += 1
        rows = [
            _open(one, front, ready, until, start, end)
            for one, until in zip(sides, closed, strict=True)
        ]
        far = np.concatenate([found for found, _ in rows])
        then = np.concatenate([comes for _, comes in rows]) + hold
        better = then < ready[far]
        far, then = far[better], then[better]
        np.minimum.at(ready, far, then)
        hops[far[hops[far] < 0]] = count
        front = _once(far, owner)
    return _timed(hops, ready)


def residing(
    nodes: int, sides: Sides, seeds: Ints, window: tuple[int, int], rest: tuple[int, int]
) -> Timed:
    """The nodes reached if what comes leaves again within `rest` or never, and when first.

    `rest` is the least and the longest time between coming and leaving. A node's past is no
    longer one number, so the search goes from link to link, and takes each once.
    """
    start, end = window
    hops, count = _begun(nodes, seeds), 0
    came = np.full(nodes, UNREACHED, np.int64)
    seen = [np.zeros(len(one), np.bool_) for one in sides]
    lows, highs = np.full(len(seeds), start), np.full(len(seeds), NEVER)
    front = seeds.astype(np.int64)
    while front.size:
        count += 1
        rows = [
            _stays(one, flags, front, (lows, highs), end)
            for one, flags in zip(sides, seen, strict=True)
        ]
        front = np.concatenate([far for far, _ in rows]).astype(np.int64)
        comes = np.concatenate([times for _, times in rows])
        np.minimum.at(came, front, comes)
        hops[front[hops[front] < 0]] = count
        lows, highs = np.maximum(comes + rest[0], start), comes + rest[1]
    return _timed(hops, came)


def spread(bits: Bits, near: Nodes, far: Nodes, blocks: Ints, gates: Bits | None = None) -> None:
    """Hand each node's bits on along the links, block after block, each to its fixed point.

    Links of a block are of one time, in the order of `near`; `blocks` says where blocks begin,
    and ends with the number of links. Of `gates`, a row a link, only the bits set pass it.
    """
    for first, last in zip(blocks[:-1].tolist(), blocks[1:].tolist(), strict=True):
        through = None if gates is None else gates[first:last]
        _settle(bits, near[first:last], far[first:last], through)


def _settle(bits: Bits, near: Nodes, far: Nodes, gates: Bits | None) -> None:
    if len(near) == 1 and gates is None:
        bits[far[0]] |= bits[near[0]]
        return
    chosen = np.arange(len(near))
    while chosen.size:
        order = chosen[np.argsort(far[chosen], kind="stable")]
        ends = far[order]
        firsts = np.flatnonzero(np.concatenate(([True], ends[1:] != ends[:-1])))
        passed = bits[near[order]]
        if gates is not None:
            passed &= gates[order]
        given = np.bitwise_or.reduceat(passed, firsts, axis=0)
        targets = ends[firsts]
        fresh = ((given & ~bits[targets]) != 0).any(axis=1)
        changed = targets[fresh]
        bits[changed] |= given[fresh]
        begins = np.searchsorted(near, changed, "left")
        chosen = ranges(begins, np.searchsorted(near, changed, "right"))


def _begun(nodes: int, seeds: Ints) -> Nodes:
    hops = np.full(nodes, -1, np.int32)
    hops[seeds] = 0
    return hops


def _known(hops: Nodes) -> Found:
    known = np.flatnonzero(hops >= 0)
    known = known[np.argsort(hops[known], kind="stable")]
    return known.astype(np.int32), hops[known]


def _timed(hops: Nodes, times: Ints) -> Timed:
    known, counts = _known(hops)
    return known, counts, times[known]


def _once(found: Nodes, owner: Ints) -> Ints:
    """Each node once, in time near to linear; `owner` is room to work in."""
    here = np.arange(len(found))
    owner[found] = here
    once: Nodes = found[owner[found] == here]
    return once.astype(np.int64)


def _open(
    one: Side, front: Ints, ready: Ints, closed: Ints, start: int, end: int
) -> tuple[Nodes, Ints]:
    """Links of the front that have become open, taken off `closed`."""
    ends = closed[front]
    begins = _bisect(one.leaves, one.offsets[front], ends, np.maximum(ready[front], start))
    closed[front] = begins
    chosen = ranges(begins, ends)
    return _timely(one, chosen, end)


def _stays(
    one: Side, seen: Flags, front: Ints, span: tuple[Ints, Ints], end: int
) -> tuple[Nodes, Ints]:
    """Links not seen before that leave the front within their spans of time."""
    rows = one.offsets[front], one.offsets[front + 1]
    begins = _bisect(one.leaves, *rows, span[0])
    ends = np.maximum(_bisect(one.leaves, *rows, span[1] + 1), begins)
    chosen = ranges(*_apart(begins, ends))
    chosen = chosen[~seen[chosen]]
    seen[chosen] = True
    return _timely(one, chosen, end)


def _timely(one: Side, chosen: Ints, end: int) -> tuple[Nodes, Ints]:
    comes = one.comes[chosen]
    within = comes <= end
    return one.far[chosen[within]], comes[within]


def _apart(begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The same numbers in ranges that do not overlap."""
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], np.maximum.accumulate(ends[order])
    begins[1:] = np.maximum(begins[1:], ends[:-1])
    return begins, np.maximum(ends, begins)


def _bisect(times: Ints, lows: Ints, highs: Ints, wanted: Ints) -> Ints:
    """In each row the first place whose time is not before the wanted one."""
    lows, highs = lows.copy(), highs.copy()
    for _ in _halvings(lows, highs):
        middle = (lows + highs) >> 1
        open_ = lows < highs
        early = open_ & (times[np.where(open_, middle, 0)] < wanted)
        lows = np.where(early, middle + 1, lows)
        highs = np.where(open_ & ~early, middle, highs)
    return lows


def _halvings(lows: Ints, highs: Ints) -> Iterator[int]:
    widest = int((highs - lows).max(initial=0))
    return iter(range(widest.bit_length()))
