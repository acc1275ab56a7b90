"""Proofs that an entry is in a tree, and that one tree is the beginning of another.

Made as RFC 6962 sections 2.1.1 and 2.1.2 define them, verified by the algorithms of RFC 9162
sections 2.1.3.2 and 2.1.4.2. Positions in a tree (`index`) begin at 0.
"""

from collections.abc import Sequence
from typing import Final

from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.tlog.encoding import HASH_BYTES
from suyuan.tlog.errors import ProofError
from suyuan.tlog.tree import Digest, Node, node_hash, span_hash

_OUTSIDE: Final = Text(
    "大小为 {size} 的树没有序号 {index}（序号从 0 起）；请核对序号与检查点是否配套。",
    "A tree of size {size} has no index {index} (counted from 0); "
    "check that index and checkpoint belong together.",
)
_LENGTH: Final = Text(
    "证明的长度与树的大小不符；请向存证方重新索取证明。",
    "The proof is not as long as the sizes ask for; ask the log for it again.",
)
_HASHES: Final = Text(
    "证明和根哈希都应为 32 字节；请使用原始文件。",
    "Every hash of a proof, and every root, has 32 bytes; use the files as they were issued.",
)
_NOT_INCLUDED: Final = Text(
    "证明得不出检查点的根哈希：该条目不在此序号，或内容被改动；请保留原件并报告。",
    "The path does not lead to the checkpoint's root: the entry is not at this index, or was "
    "changed; keep the originals and report it.",
)
_NOT_CONSISTENT: Final = Text(
    "新检查点不是旧检查点的延续：历史被改写，或证明不对；请保留两个检查点并报告。",
    "The newer checkpoint does not continue the older one: history was rewritten, or the proof "
    "is wrong; keep both checkpoints and report it.",
)
_SIZES: Final = Text(
    "一致性证明要求 0 < 旧大小 ≤ 新大小，实为 {old} 与 {size}；请核对两个检查点的先后。",
    "A consistency proof goes from a size above 0 to one not smaller, not from {old} to {size}; "
    "check which checkpoint is older.",
)


def inclusion_proof(
    node: Node, index: int, size: int, *, digest: Digest = sha256
) -> tuple[bytes, ...]:
    """PATH(index, D[size]): the siblings from the leaf's own up to the root's child.

    Raises:
        ProofError: `proof.index`, the tree has no such index.
    """
    _within(index, size)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(span_hash(node, middle, end, digest))
            end = middle
        else:
            path.append(span_hash(node, start, middle, digest))
            start = middle
    return tuple(reversed(path))


def consistency_proof(node: Node, old: int, size: int) -> tuple[bytes, ...]:
    """PROOF(old, D[size]); empty where the sizes are equal.

    Raises:
        ProofError: `proof.sizes`, the older size is 0 or above the newer.
    """
    _ordered(old, size)
    path, start, end = [], 0, size
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(span_hash(node, middle, end))
            end = middle
        else:
            path.append(span_hash(node, start, middle))
            start = middle
    if start:  # else it is the older root itself, which the verifier has
        path.append(span_hash(node, start, end))
    return tuple(reversed(path))


def root_by_inclusion(
    index: int, size: int, leaf: bytes, path: Sequence[bytes], *, digest: Digest = sha256
) -> bytes:
    """The root that a leaf hash and its path lead to (RFC 9162 section 2.1.3.2).

    Raises:
        ProofError: `proof.index`, `proof.length`, `proof.hashes`.
    """
    _within(index, size)
    _sound(leaf, *path)
    at, last, top = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("proof.length", _LENGTH)
        if at & 1 or at == last:
            top = node_hash(sibling, top, digest)
            at, last = _ascended(at, last)
        else:
            top = node_hash(top, sibling, digest)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("proof.length", _LENGTH)
    return top


def verify_inclusion(
    index: int, size: int, *, leaf: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """See that the leaf with this hash is at `index` of the tree of `size` with this root.

    Raises:
        ProofError: `proof.index`, `proof.length`, `proof.hashes`, `proof.inclusion`.
    """
    _sound(root)
    if root_by_inclusion(index, size, leaf, path) != root:
        raise ProofError("proof.inclusion", _NOT_INCLUDED)


def verify_consistency(
    old: int, size: int, *, old_root: bytes, root: bytes, path: Sequence[bytes]
) -> None:
    """See that the tree of `size` begins with the tree of `old` (RFC 9162 section 2.1.4.2).

    Every tree continues the empty one; there is nothing to verify, so `old` 0 is refused.

    Raises:
        ProofError: `proof.sizes`, `proof.length`, `proof.hashes`, `proof.consistency`.
    """
    _ordered(old, size)
    _sound(old_root, root, *path)
    if old == size:
        if path:
            raise ProofError("proof.length", _LENGTH)
        reached = (root, root)
    else:
        reached = _both_roots(old, size, old_root, path)
    if reached != (old_root, root):
        raise ProofError("proof.consistency", _NOT_CONSISTENT)


def _both_roots(old: int, size: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The older and the newer root that a path leads to."""
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    rest = list(path) if at else [old_root, *path]  # a complete older tree is its own start
    if not rest:
        raise ProofError("proof.length", _LENGTH)
    older = newer = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            raise ProofError("proof.length", _LENGTH)
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            at, last = _ascended(at, last)
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("proof.length", _LENGTH)
    return older, newer


def _ascended(at: int, last: int) -> tuple[int, int]:
    """Up to where a node is a right child again: levels on which it has no sibling are skipped."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _split(count: int) -> int:
    """The largest power of two below a count of at least 2."""
    return 1 << (count - 1).bit_length() - 1


def _within(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ProofError("proof.index", _OUTSIDE.format(index=index, size=size))


def _ordered(old: int, size: int) -> None:
    if not 0 < old <= size:
        raise ProofError("proof.sizes", _SIZES.format(old=old, size=size))


def _sound(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError("proof.hashes", _HASHES)
