"""Solves X = W X + B over a network: what all paths together carry, cycles included.

Components are taken in the order in which they depend on each other, each solved exactly, so
a network without cycles costs one pass and one with cycles the cubes of their sizes.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.kit import SuyuanError, Text
from suyuan.network.arrays import Ints, columns
from suyuan.network.graph import network
from suyuan.network.reach import Way, closure

Floats = NDArray[np.float64]
MOST_IN_CIRCLE: Final = 5_000
"""Of so many places in one circle the equations take half a gigabyte and some seconds."""
_SLIP: Final = 1e-6
"""No share is less than nothing but for rounding."""
_CIRCLE: Final = Text(
    "{count} 处由往返的流向连成一个圈（最多 {most} 处），算起来内存不够；请缩短时段，"
    "或只看一种产品。",
    "Flows there and back join {count} of the places to one circle (at most {most}), and its "
    "equations would not fit into memory. Ask about a shorter time, or about one product.",
)
_CLOSED: Final = Text(
    "有 {count} 处的货几乎只在它们之间来回，从不售出或离开，份额算不出来；请补上它们卖到哪里，"
    "或核对数量。",
    "In a circle of {count:place|places} nearly all goes round and is never sold or sent on, so no "
    "share can be told. Add where it is sold, or compare the amounts.",
)


class MixingError(SuyuanError):
    """Flows whose shares cannot be worked out."""


class Shares(Struct, frozen=True, eq=False):
    """Weighted links: row `near` of W has `weight` in column `far`; rows sum to 1 at most."""

    nodes: int
    near: Ints
    far: Ints
    weight: Floats


def solved(shares: Shares, given: Floats) -> Floats:
    """The least X that is not negative, for B of one row a node and as many columns as wanted.

    Raises:
        MixingError: `network.circle`, places in one circle are more than `MOST_IN_CIRCLE`;
            `network.closed`, nothing comes out of some in the precision of the numbers.
    """
    rows = _rows(shares, given)
    found = np.zeros_like(given)
    for part in components(rows):
        _solve(part, rows, given, found)
    return found


_Rows = dict[int, list[tuple[int, float]]]


def _rows(shares: Shares, given: Floats) -> _Rows:
    """The rows of nodes that lead to something given; the others' X is 0."""
    zeros = np.zeros(len(shares.near))
    net = network(columns(shares.near, shares.far, zeros, zeros, zeros), nodes=shares.nodes)
    leads, _ = closure(net, np.flatnonzero(given.any(axis=1)), Way.BACKWARD)
    rows: _Rows = {node: [] for node in leads.tolist()}
    links = zip(shares.near.tolist(), shares.far.tolist(), shares.weight.tolist(), strict=True)
    for near, far, weight in links:
        if near in rows and far in rows:
            rows[near].append((far, weight))
    return rows


def _solve(part: list[int], rows: _Rows, given: Floats, found: Floats) -> None:
    if len(part) > MOST_IN_CIRCLE:
        text = _CIRCLE.format(count=f"{len(part):,}", most=f"{MOST_IN_CIRCLE:,}")
        raise MixingError("network.circle", text)
    place = {node: at for at, node in enumerate(part)}
    inside, beside = np.eye(len(part)), given[part].copy()
    for node, at in place.items():
        for far, weight in rows[node]:
            if far in place:
                inside[at, place[far]] -= weight
            else:
                beside[at] += weight * found[far]
    found[part] = _shared_out(inside, beside)


def _shared_out(inside: Floats, beside: Floats) -> Floats:
    """What solves the equations of one component."""
    told = np.full_like(beside, np.nan)
    with np.errstate(all="ignore"), suppress(np.linalg.LinAlgError):
        told[:] = beside / inside if len(inside) == 1 else np.linalg.solve(inside, beside)
    if not np.isfinite(told).all() or told.min(initial=0.0) < -_SLIP:
        raise MixingError("network.closed", _CLOSED.format(count=len(inside)))
    return told


def components(rows: _Rows) -> Iterator[list[int]]:
    """Strongly connected components, each after those it leads to (Tarjan 1972; no recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    stacked: set[int] = set()
    for root in rows:
        walk = [(root, iter(rows[root]))] if root not in index else []
        while walk:
            node, links = walk[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                stacked.add(node)
            for far, _ in links:
                if far not in index:
                    walk.append((far, iter(rows[far])))
                    break
                if far in stacked:
                    low[node] = min(low[node], index[far])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _taken(node, stack, stacked)


def _taken(node: int, stack: list[int], stacked: set[int]) -> list[int]:
    """What stands on the stack from the node on, taken off it."""
    part: list[int] = []
    while not part or part[-1] != node:
        part.append(stack.pop())
    stacked.difference_update(part)
    return part
