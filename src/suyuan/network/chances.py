"""How probably each node is reached from a root, where every move passes it on by chance.

Moves pass on independently, each with one probability. Ways share moves and are not independent,
so the probability is no product: it is exact where few moves matter (every way in which they may
pass is tried), and else estimated from random draws, 64 to a word, all carried at once. Beside it
stand bounds that hold in any case: at least that of the most probable way; at most what it
would be if all that leads to a node were independent, which is never less, because that one move
passes makes nothing else less probable (Harris 1960).
"""

from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.network.arrays import Bits, Ints, Nodes
from suyuan.network.graph import Network, links_of
from suyuan.network.kernels import Kernels, chosen
from suyuan.network.reach import Reach, reach

Floats = NDArray[np.float64]
FEW: Final = 14
"""Up to so many moves every way in which they may pass is tried."""
WORK: Final = 1 << 28
_WORD: Final = 64
_ROOM: Final = 1 << 26
_NEAR: Final = 1e-13
"""When a bound that rises has come near enough to where it ends."""


class Chances(Struct, frozen=True, eq=False):
    """Nodes that can be reached, by their number of moves, and how probably each is.

    `draws` is the number of draws that `chance` is the share of; 0: it is exact.
    """

    nodes: Nodes
    hops: Nodes
    chance: Floats
    least: Floats
    most: Floats
    draws: int


class _Days(Struct, frozen=True, eq=False):
    """Moves that can matter, by day and source, between nodes numbered anew from the root, 0."""

    nodes: int
    near: Nodes
    far: Nodes
    blocks: Ints
    passing: Floats


class Trial(Struct, frozen=True, kw_only=True):
    """With which probability a move passes it on; how many draws are made, and from which seed.

    Of `work` moves in all, each in each draw, no more are drawn: where there are many, draws are
    fewer.
    """

    passing: float
    draws: int
    seed: int
    work: int = WORK


def chances(
    net: Network,
    root: int,
    trial: Trial,
    *,
    shares: Floats | None = None,
    kernels: str | None = None,
) -> Chances:
    """The chances of all nodes but the root, in a network of moves by day (`chains.daily`).

    Moves follow each other by their days, equal days allowed. With `shares`, from 0 to 1 for each
    move by its place, a move passes with so much of the trial's probability. The same seed gives
    the same draws, whichever loops run.
    """
    met = reach(net, [root])
    days = _mattering(net, met, trial.passing, shares)
    loops = chosen(len(days.near), kernels)
    if len(days.near) <= FEW:
        words, chance = 0, _exact(days, loops)
    else:
        most = max(trial.work // len(days.near) // _WORD, 1)
        words = min(max(-(-trial.draws // _WORD), 1), most)
        chance = _drawn(days, trial, words, loops)
    least = _best_way(days)
    upper = np.maximum(_independent(days), least)
    within = np.clip(chance, least, upper)
    return Chances(met.nodes[1:], met.hops[1:], within[1:], least[1:], upper[1:], words * _WORD)


def _mattering(net: Network, met: Reach, passing: float, shares: Floats | None) -> _Days:
    """The moves that leave a node when something can have come there."""
    moves = links_of(net)
    place, since = np.full(net.nodes, -1, np.int64), np.zeros(net.nodes, np.int64)
    place[met.nodes], since[met.nodes] = np.arange(len(met.nodes)), met.time
    keep = (place[moves.source] >= 0) & (moves.departure >= since[moves.source])
    keep &= (moves.source != moves.target) & (place[moves.target] != 0)
    near, far = (place[end[keep]].astype(np.int32) for end in (moves.source, moves.target))
    day = moves.departure[keep]
    order = np.lexsort((far, near, day))
    near, far, day = near[order], far[order], day[order]
    places = moves.entry[keep][order]
    each = np.full(len(near), passing) if shares is None else passing * shares[places]
    starts = np.flatnonzero(np.diff(day)) + 1
    ends = [len(day)] if len(day) else []
    blocks = np.concatenate(([0], starts, ends)).astype(np.int64)
    return _Days(len(met.nodes), near, far, blocks, each)


def _carried(days: _Days, gates: Bits, loops: Kernels) -> Bits:
    """For each node the draws in which it is reached."""
    bits = np.zeros((days.nodes, gates.shape[1]), np.uint64)
    bits[0] = ~np.uint64(0)
    loops.spread(bits, days.near, days.far, days.blocks, gates)
    return bits


def _exact(days: _Days, loops: Kernels) -> Floats:
    """Every move passes in one half of all ways; a way weighs as its moves are probable."""
    count = len(days.near)
    ways = np.arange(max(1 << count, _WORD), dtype=np.int64)
    passes = (ways >> np.arange(count)[:, None] & 1).astype(np.uint8)
    passing = days.passing[:, None]
    weight = np.where(passes, passing, 1 - passing).prod(axis=0) * (ways < 1 << count)
    single = _apart(_carried(days, _packed(passes), loops))
    return np.asarray(single @ weight, np.float64)


def _drawn(days: _Days, trial: Trial, words: int, loops: Kernels) -> Floats:
    random = np.random.default_rng(trial.seed)
    at_once = max(_ROOM // (8 * _WORD * max(len(days.near), 1)), 1)
    total, left = np.zeros(days.nodes), words
    while left:
        some = min(at_once, left)
        passes = [
            random.random((len(days.near), _WORD)) < days.passing[:, None] for _ in range(some)
        ]
        gates = _packed(np.concatenate(passes, axis=1).astype(np.uint8))
        total += np.bitwise_count(_carried(days, gates, loops)).sum(axis=1)
        left -= some
    return total / (words * _WORD)


def _packed(passes: NDArray[np.uint8]) -> Bits:
    """A row a link, a bit a draw, the lowest first."""
    rows = np.packbits(passes, axis=1, bitorder="little")
    return np.ascontiguousarray(rows).view("<u8").astype(np.uint64)


def _apart(bits: Bits) -> NDArray[np.uint8]:
    rows = np.ascontiguousarray(bits.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(rows, axis=1, bitorder="little")


def _best_way(days: _Days) -> Floats:
    """The chance of the most probable way to each node: it is reached by that at least."""
    chance = np.zeros(days.nodes)
    chance[0] = 1.0
    for first, last in pairwise(days.blocks.tolist()):
        near, far = days.near[first:last], days.far[first:last]
        passing = days.passing[first:last]
        for _ in range(last - first):  # no way within a day is longer
            before = chance.copy()
            np.maximum.at(chance, far, passing * before[near])
            if (chance == before).all():
                break
    return chance


def _independent(days: _Days) -> Floats:
    """Day by day, the chance of each node if all that leads to it were independent."""
    chance = np.zeros(days.nodes)
    chance[0] = 1.0
    for first, last in pairwise(days.blocks.tolist()):
        near, far = days.near[first:last], days.far[first:last]
        passing = days.passing[first:last]
        before = 1.0 - chance
        for _ in range(last - first):  # no way within a day is longer
            missed = before.copy()
            np.multiply.at(missed, far, 1.0 - passing * chance[near])
            risen = np.abs(1.0 - missed - chance).max() > _NEAR
            chance = 1.0 - missed
            if not risen:
                break
    return chance
