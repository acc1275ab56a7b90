"""Solves X = W X + B over a network: what all paths together carry, cycles included.

Components are taken in the order in which they depend on each other, each solved exactly, so
a network without cycles costs one pass and one with cycles the cubes of their sizes.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.network.arrays import Ints, columns
from suyuan.network.graph import network
from suyuan.network.reach import Way, closure

Floats = NDArray[np.float64]


class Shares(Struct, frozen=True, eq=False):
    """Weighted links: row `near` of W has `weight` in column `far`; rows sum to 1 at most."""

    nodes: int
    near: Ints
    far: Ints
    weight: Floats


def solved(shares: Shares, given: Floats) -> Floats:
    """The least X that is not negative, for B of one row a node and as many columns as wanted."""
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
    place = {node: at for at, node in enumerate(part)}
    inside, beside = np.eye(len(part)), given[part].copy()
    for node, at in place.items():
        for far, weight in rows[node]:
            if far in place:
                inside[at, place[far]] -= weight
            else:
                beside[at] += weight * found[far]
    found[part] = beside / inside if len(part) == 1 else np.linalg.solve(inside, beside)


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
