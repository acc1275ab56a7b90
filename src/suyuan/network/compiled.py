"""The engine's inner loops compiled by numba: the same answers as `plain`, link by link.

Each takes a base and one part beside it. Whatever is as long as the network begins as zeros,
which a system gives without touching memory; so a small answer costs little in a large network.
Hops are kept plus one, and times less `UNREACHED`, for that reason.
"""

import numpy as np
from numba import njit

from suyuan.network.arrays import NEVER, UNREACHED, Bits, Ints, Marks, Nodes, Side, Sides
from suyuan.network.kernels import Found, Timed

_EMPTY = np.zeros(0, np.int64)
_NOTHING = Side(_EMPTY, np.zeros(0, np.int32), _EMPTY, _EMPTY, _EMPTY)


def closure(nodes: int, sides: Sides, seeds: Ints) -> Found:
    """As `plain.closure`."""
    one, two = _two(sides)
    seen, front = np.zeros(nodes // 8 + 1, np.uint8), np.zeros(nodes // 8 + 1, np.uint8)
    found = np.empty(nodes + 1, np.int32), np.empty(nodes, np.int32)
    size = _closure(*found, seen, front, seeds, (one.offsets, one.far), (two.offsets, two.far))
    return found[0][:size], found[1][:size]


def earliest(nodes: int, sides: Sides, seeds: Ints, window: tuple[int, int], hold: int) -> Timed:
    """As `plain.earliest`."""
    ready, hops = np.zeros(nodes, np.int64), np.zeros(nodes, np.int32)
    one, two = (
        (side.offsets, side.far, side.leaves, side.comes, np.zeros(nodes, np.int64))
        for side in _two(sides)
    )
    found = _earliest(ready, hops, seeds, np.array((*window, hold)), one, two)
    return found, hops[found] - 1, ready[found] + UNREACHED


def residing(
    nodes: int, sides: Sides, seeds: Ints, window: tuple[int, int], rest: tuple[int, int]
) -> Timed:
    """As `plain.residing`."""
    came, hops = np.zeros(nodes, np.int64), np.zeros(nodes, np.int32)
    one, two = (
        (side.offsets, side.far, side.leaves, side.comes, np.zeros(len(side) + 1, np.int64))
        for side in _two(sides)
    )
    found = _residing(came, hops, seeds, np.array((*window, *rest)), one, two)
    return found, hops[found] - 1, came[found] + UNREACHED


def spread(bits: Bits, near: Nodes, far: Nodes, blocks: Ints, gates: Bits | None = None) -> None:
    """As `plain.spread`."""
    _spread(bits, near, far, blocks, np.zeros((0, 0), np.uint64) if gates is None else gates)


def _two(sides: Sides) -> tuple[Side, Side]:
    """A base and what is beside it; without any rows, if there is nothing."""
    first, second = (*sides, _NOTHING)[:2]
    return first, second


_DENSE = 32
"""If one node in so many waits, they are taken in the order of their rows: memory likes it."""


_AT_ONCE = 64
"""So many nodes are looked up together: a processor fetches their rows side by side."""


_Ahead = tuple[Ints, Nodes]
_Rows = tuple[Ints, Ints, Nodes]
"""Where the rows of some nodes begin and end, and what each leads to first."""


@njit(cache=True, nogil=True)
def _closure(
    queue: Nodes, hops: Nodes, seen: Marks, front: Marks, seeds: Ints, one: _Ahead, two: _Ahead
) -> int:
    """Fill the queue; how long it is. Who was seen is a bit each: a processor keeps those near."""
    head, tail, count = 0, 0, 0
    rows = (
        np.empty(_AT_ONCE, np.int64),
        np.empty(_AT_ONCE, np.int64),
        np.empty(_AT_ONCE, np.int32),
    )
    for seed in seeds:
        seen[seed >> 3] |= 1 << (seed & 7)
        queue[tail], hops[tail] = seed, count
        tail += 1
    while head < tail:
        end, count = tail, count + 1
        if (end - head) * _DENSE > len(queue):
            _in_rows(queue, head, end, front)
        for place in range(head, end, _AT_ONCE):
            few = min(place + _AT_ONCE, end)
            tail = _enter(one, place, few, rows, seen, queue, tail)
            if len(two[1]):
                tail = _enter(two, place, few, rows, seen, queue, tail)
        hops[end:tail] = count
        head = end
    return tail


@njit(inline="always")
def _in_rows(queue: Nodes, head: int, end: int, front: Marks) -> None:
    """Put a part of the queue in the order of its nodes; `front` is empty before and after."""
    for place in range(head, end):
        front[queue[place] >> 3] |= 1 << (queue[place] & 7)
    place = head
    for byte in range(len(front)):
        if front[byte]:
            for bit in range(8):
                if front[byte] >> bit & 1:
                    queue[place] = (byte << 3) + bit
                    place += 1
            front[byte] = 0


@njit(inline="always")
def _enter(
    side: _Ahead, place: int, few: int, rows: _Rows, seen: Marks, queue: Nodes, tail: int
) -> int:
    """Queue what a few places of the queue lead to and nobody saw; where the queue ends then.

    Each node is written behind its end, which moves on only for a new one: nothing to guess.
    """
    (offsets, far), (begins, ends, first) = side, rows
    for each in range(few - place):
        here = queue[place + each]
        begins[each], ends[each] = offsets[here], offsets[here + 1]
    for each in range(few - place):
        if begins[each] < ends[each]:
            first[each] = far[begins[each]]
    for each in range(few - place):
        for slot in range(begins[each], ends[each]):
            there = first[each] if slot == begins[each] else far[slot]
            was, bit = seen[there >> 3], 1 << (there & 7)
            seen[there >> 3] = was | bit
            queue[tail] = there
            tail += (was & bit) == 0
    return tail


_Row = tuple[Ints, Nodes, Ints, Ints, Ints]


@njit(inline="always")
def _bisect(times: Ints, low: int, high: int, wanted: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if times[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _earliest(ready: Ints, hops: Nodes, seeds: Ints, asked: Ints, one: _Row, two: _Row) -> Nodes:
    best, known = np.zeros(len(ready), np.int64), np.empty(len(ready), np.int32)
    front, following = np.empty(len(ready), np.int32), np.empty(len(ready), np.int32)
    size, tail, count = 0, 0, 1
    for seed in seeds:
        ready[seed] = best[seed] = asked[0] - UNREACHED
        hops[seed], front[size], known[tail] = count, seed, seed
        size, tail = size + 1, tail + 1
    while size:
        count += 1
        found = 0
        for place in range(size):
            found = _pass_on(front[place], asked, one, ready, best, following, found)
            if len(two[1]):
                found = _pass_on(front[place], asked, two, ready, best, following, found)
        for place in range(found):
            there = following[place]
            ready[there] = best[there]
            if not hops[there]:
                hops[there], known[tail] = count, there
                tail += 1
        front, following, size = following, front, found
    return known[:tail]


@njit(inline="always")
def _pass_on(
    here: int, asked: Ints, row: _Row, ready: Ints, best: Ints, following: Nodes, found: int
) -> int:
    """Better times for whom the newly open links lead to; how many wait for the next round."""
    offsets, far, leaves, comes, taken = row
    until = offsets[here + 1] - taken[here]
    begin = _bisect(leaves, offsets[here], until, max(ready[here] + UNREACHED, asked[0]))
    taken[here] += until - begin
    for slot in range(begin, until):
        there, then = far[slot], comes[slot] + asked[2] - UNREACHED
        if comes[slot] <= asked[1] and then < best[there]:
            if best[there] == ready[there]:
                following[found] = there
                found += 1
            best[there] = then
    return found


@njit(inline="always")
def _free(following: Ints, slot: int) -> int:
    """The first slot from here on that nobody has taken, halving the way there.

    `following` says how many to skip, so that it begins as zeros.
    """
    while following[slot]:
        following[slot] += following[slot + following[slot]]
        slot += following[slot]
    return slot


@njit(cache=True, nogil=True)
def _residing(came: Ints, hops: Nodes, seeds: Ints, asked: Ints, one: _Row, two: _Row) -> Nodes:
    size = len(one[1]) + len(two[1]) + len(seeds)
    nodes = np.empty(size, np.int32)
    low, high, steps = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int32)
    known = np.empty(len(came), np.int32)
    head, tail, count = 0, 0, 0
    for seed in seeds:
        hops[seed] = 1
        nodes[tail], low[tail], high[tail], steps[tail] = seed, asked[0], NEVER, 1
        known[count] = seed
        tail, count = tail + 1, count + 1
    while head < tail:
        for row in (one, two):
            offsets, far, leaves, comes, following = row
            if not len(far):
                continue
            end = offsets[nodes[head] + 1]
            slot = _bisect(leaves, offsets[nodes[head]], end, low[head])
            slot = _free(following, slot)
            while slot < end and leaves[slot] <= high[head]:
                following[slot] = 1
                if comes[slot] <= asked[1]:
                    there = far[slot]
                    came[there] = min(came[there], comes[slot] - UNREACHED)
                    if not hops[there]:
                        hops[there], known[count] = steps[head] + 1, there
                        count += 1
                    nodes[tail], steps[tail] = there, steps[head] + 1
                    low[tail] = max(comes[slot] + asked[2], asked[0])
                    high[tail] = comes[slot] + asked[3]
                    tail += 1
                slot = _free(following, slot)
        head += 1
    return known[:count]


@njit(inline="always")
def _hand_on(bits: Bits, near: int, far: int, gates: Bits, slot: int) -> bool:
    changed = False
    if len(gates):
        for word in range(bits.shape[1]):
            union = bits[far, word] | (bits[near, word] & gates[slot, word])
            if union != bits[far, word]:
                bits[far, word] = union
                changed = True
        return changed
    for word in range(bits.shape[1]):
        union = bits[far, word] | bits[near, word]
        if union != bits[far, word]:
            bits[far, word] = union
            changed = True
    return changed


@njit(cache=True, nogil=True)
def _spread(bits: Bits, near: Nodes, far: Nodes, blocks: Ints, gates: Bits) -> None:
    nodes = len(bits)
    first, last = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    waits = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes, np.int32)
    for block in range(len(blocks) - 1):
        begin, end = blocks[block], blocks[block + 1]
        if end - begin == 1:
            _hand_on(bits, near[begin], far[begin], gates, begin)
            continue
        head, size = 0, 0
        for slot in range(begin, end):
            if slot == begin or near[slot] != near[slot - 1]:
                first[near[slot]] = slot
                queue[size] = near[slot]
                waits[near[slot]] = True
                size += 1
            last[near[slot]] = slot + 1
        while size:
            here = queue[head]
            head, size = (head + 1) % nodes, size - 1
            waits[here] = False
            for slot in range(first[here], last[here]):
                there = far[slot]
                came = _hand_on(bits, here, there, gates, slot)
                if came and not waits[there] and first[there] < last[there]:
                    waits[there] = True
                    queue[(head + size) % nodes] = there
                    size += 1
        for slot in range(begin, end):
            first[near[slot]] = last[near[slot]] = 0
