"""A shard's tree over its leaves: tiles, entry bundles and roots, all a pure function of rows.

The hashes of complete subtrees of 256, 65,536 … leaves are kept, so that a root or a proof reads
a few hundred rows however many there are; lost ones are made again.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from suyuan.ledger.types import Leaf, Shard
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import FormatError
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile, bundle_bytes, nodes_from_tiles
from suyuan.tlog.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    extend,
    leaf_hash,
    nodes,
    root,
    span_hash,
)

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 64  # bundles


def grow(conn: WriteConnection, shard: Shard) -> None:
    """Keep the hashes of every complete subtree of the leaves that a shard has."""
    _grow_lowest(conn, shard)
    level = 2
    while (whole := shard.size // WIDTH**level) > 0:
        for place in range(_grown(conn, shard, level), whole):
            below = _kept(conn, shard, Tile(level - 1, place))
            _keep(conn, shard, level, place, [_folded(below)])
        level += 1


def regrow(conn: WriteConnection, shards: Iterable[Shard]) -> None:
    """Make every kept hash again from the leaves."""
    conn.execute(_Q.forget_nodes)
    for each in shards:
        grow(conn, each)


def tree_of(conn: ReadConnection, shard: Shard, size: int) -> Node:
    """Every complete subtree of a shard's first `size` leaves, read as it is asked for."""
    return nodes_from_tiles(size, partial(tile_of, conn, shard))


def root_of(conn: ReadConnection, shard: Shard, size: int) -> bytes:
    """The root of a shard's first `size` leaves, of which `grow` must have been told."""
    return span_hash(tree_of(conn, shard, size), 0, size) if size else EMPTY_ROOT


def whole_root(conn: ReadConnection, shard: Shard, known: Checkpoint | None) -> bytes | None:
    """The root of all leaves of a shard, nothing being written; None where leaves are missing.

    Kept hashes are gone by only where they give the root of `known`, a checkpoint of the shard:
    what is made of a rotten one could never be taken back.
    """
    kept = _kept(conn, shard, Tile(1, 0, shard.size // WIDTH)) if gives(conn, shard, known) else []
    if len(kept) != _grown(conn, shard, 1):
        kept = []
    frontier = Frontier(len(kept) * WIDTH, extend(Frontier(), kept).peaks)
    for first in range(shard.first + frontier.size, shard.last + 1, _AT_ONCE * WIDTH):
        found = leaves(conn, first, min(first + _AT_ONCE * WIDTH - 1, shard.last))
        frontier = extend(frontier, (leaf_hash(leaf.logged) for leaf in found))
        if not found:
            break
    return root(frontier) if frontier.size == shard.size else None


def gives(conn: ReadConnection, shard: Shard, known: Checkpoint | None) -> bool:
    """Whether the kept hashes give the root of a checkpoint of the shard, if there is one."""
    try:
        return known is None or root_of(conn, shard, known.size) == known.root
    except (FormatError, IndexError):  # hashes or rows are missing within a tile
        return False


def tile_of(conn: ReadConnection, shard: Shard, tile: Tile) -> bytes:
    """The bytes of a tile or an entry bundle; shorter than its width where there are no leaves."""
    if tile.level > 0:
        return b"".join(_kept(conn, shard, tile))
    before = shard.before + tile.index * WIDTH
    last = min(before + tile.width, shard.last)
    entries = [leaf.logged for leaf in leaves(conn, before + 1, last)]
    return bundle_bytes(entries) if tile.level == ENTRIES else b"".join(map(leaf_hash, entries))


def leaves(conn: ReadConnection, first: int, last: int) -> list[Leaf]:
    """The leaves from one position to another, both included."""
    return [_leaf(row) for row in conn.execute(_Q.leaves, {"first": first, "last": last})]


def leaf_of(conn: ReadConnection, entry: int) -> Leaf | None:
    """The leaf of an entry of the record, if it has its position."""
    row = conn.execute(_Q.leaf_of, {"entry": entry}).fetchone()
    return None if row is None else _leaf(row)


def _leaf(row: tuple[Any, ...]) -> Leaf:
    return Leaf(row[0], row[1], bytes(row[2]), row[3])


def _grow_lowest(conn: WriteConnection, shard: Shard) -> None:
    whole = shard.size // WIDTH
    for start in range(_grown(conn, shard, 1), whole, _AT_ONCE):
        end = min(start + _AT_ONCE, whole)
        found = leaves(conn, shard.first + start * WIDTH, shard.before + end * WIDTH)
        hashes = [leaf_hash(leaf.logged) for leaf in found]
        parts = range(0, len(hashes) - WIDTH + 1, WIDTH)
        _keep(conn, shard, 1, start, [_folded(hashes[at : at + WIDTH]) for at in parts])


def _grown(conn: ReadConnection, shard: Shard, level: int) -> int:
    (row,) = conn.execute(_Q.grown, {"shard": shard.number, "level": level}).fetchall()
    return int(row[0])


def _kept(conn: ReadConnection, shard: Shard, tile: Tile) -> list[bytes]:
    first = tile.index * WIDTH
    asked = {
        "shard": shard.number, "level": tile.level, "first": first, "last": first + tile.width - 1,
    }  # fmt: skip
    return [bytes(row[0]) for row in conn.execute(_Q.nodes, asked)]


def _keep(conn: WriteConnection, shard: Shard, level: int, first: int, hashes: list[bytes]) -> None:
    made = {"shard": shard.number, "level": level, "first": first, "hashes": hashes}
    conn.execute(_Q.keep_nodes, made)


def _folded(hashes: Sequence[bytes]) -> bytes:
    return nodes(hashes)(WIDTH.bit_length() - 1, 0)
