"""The Merkle tree of RFC 6962 section 2.1: hashes of leaves and nodes, and a tree that grows.

A growing tree needs only its frontier: the roots of the complete subtrees that its size is
made of, at most 63 hashes.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256 as _sha256
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.tlog.errors import FormatError

Digest = Callable[[bytes], bytes]
"""A hash function of 32 bytes: SHA-256 for the log; SM3 too within commitments."""
Node = Callable[[int, int], bytes]
"""The root of a complete subtree: `node(level, index)` spans leaves index·2^level and on."""

EMPTY_ROOT: Final = sha256(b"")
_LEAF: Final = b"\0"
_NODE: Final = b"\1"

_FRONTIER: Final = Text(
    "大小为 {size} 的树应有 {wanted} 个子树根，实有 {found} 个；请由叶记录重新计算。",
    "A tree of size {size} has {wanted} subtree roots but {found} were given; "
    "compute them again from the leaves.",
)


class Frontier(Struct, frozen=True):
    """A tree by its complete subtrees, the largest and leftmost first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()


def leaf_hash(data: bytes, digest: Digest = sha256) -> bytes:
    """The hash of one entry: H(0x00 ‖ data)."""
    return digest(_LEAF + data)


def node_hash(left: bytes, right: bytes, digest: Digest = sha256) -> bytes:
    """The hash of two subtrees: H(0x01 ‖ left ‖ right)."""
    return digest(_NODE + left + right)


def extend(frontier: Frontier, leaf_hashes: Iterable[bytes]) -> Frontier:
    """The tree after more leaves (their hashes), in order.

    Raises:
        FormatError: `tree.frontier`, the number of peaks is not that of the size.
    """
    size, peaks = frontier.size, list(frontier.peaks)
    if len(peaks) != size.bit_count():
        text = _FRONTIER.format(size=size, wanted=size.bit_count(), found=len(peaks))
        raise FormatError("tree.frontier", text)
    for leaf in leaf_hashes:
        top, full = leaf, size
        while full & 1:  # each subtree as large as what is added becomes part of it
            top = _sha256(_NODE + peaks.pop() + top).digest()
            full >>= 1
        peaks.append(top)
        size += 1
    return Frontier(size, tuple(peaks))


def root(frontier: Frontier) -> bytes:
    """The root hash; SHA-256 of nothing for the empty tree."""
    return bagged(frontier.peaks) if frontier.peaks else EMPTY_ROOT


def bagged(peaks: Sequence[bytes], digest: Digest = sha256) -> bytes:
    """One hash over adjacent complete subtrees, which shrink from left to right; at least one."""
    *rest, top = peaks
    for peak in reversed(rest):
        top = node_hash(peak, top, digest)
    return top


def nodes(leaf_hashes: Sequence[bytes], digest: Digest = sha256) -> Node:
    """Every complete subtree over some leaves, held in memory: twice the leaves."""
    levels = [list(leaf_hashes)]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([digest(_NODE + left + right) for left, right in pairs])
    return lambda level, index: levels[level][index]


def span_hash(node: Node, start: int, end: int, digest: Digest = sha256) -> bytes:
    """MTH(D[start:end]), for spans that a tree has: `start` a multiple of 2^k ≥ end - start."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return bagged(peaks, digest)
