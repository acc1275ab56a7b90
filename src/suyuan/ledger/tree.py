"""The log's tree over the leaves: tiles, entry bundles and roots, all a pure function of rows.

The hashes of complete subtrees of 256, 65,536 … leaves are kept, so that a root or a proof reads
a few hundred rows however many there are; lost ones are made again.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from suyuan.ledger.types import Leaf
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile, bundle_bytes, nodes_from_tiles
from suyuan.tlog.tree import EMPTY_ROOT, Node, leaf_hash, nodes, span_hash

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 64  # bundles


def grow(conn: WriteConnection, size: int) -> None:
    """Keep the hashes of every complete subtree of the first `size` leaves."""
    _grow_lowest(conn, size // WIDTH)
    level = 2
    while (whole := size // WIDTH**level) > 0:
        for place in range(_grown(conn, level), whole):
            below = _kept(conn, level - 1, place * WIDTH, WIDTH)
            _keep(conn, level, place, [_folded(below)])
        level += 1


def regrow(conn: WriteConnection, size: int) -> None:
    """Make every kept hash again from the leaves."""
    conn.execute(_Q.forget_nodes)
    grow(conn, size)


def tree_of(conn: ReadConnection, size: int) -> Node:
    """Every complete subtree of the first `size` leaves, read as it is asked for."""
    return nodes_from_tiles(size, partial(tile_of, conn))


def root_of(conn: ReadConnection, size: int) -> bytes:
    """The root of the first `size` leaves, of which `grow` must have been told."""
    return span_hash(tree_of(conn, size), 0, size) if size else EMPTY_ROOT


def tile_of(conn: ReadConnection, tile: Tile) -> bytes:
    """The bytes of a tile or an entry bundle; shorter than its width where there are no leaves."""
    first = tile.index * WIDTH
    if tile.level > 0:
        return b"".join(_kept(conn, tile.level, first, tile.width))
    entries = [leaf.logged for leaf in leaves(conn, first + 1, first + tile.width)]
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


def _grow_lowest(conn: WriteConnection, whole: int) -> None:
    for start in range(_grown(conn, 1), whole, _AT_ONCE):
        end = min(start + _AT_ONCE, whole)
        found = leaves(conn, start * WIDTH + 1, end * WIDTH)
        hashes = [leaf_hash(leaf.logged) for leaf in found]
        parts = range(0, len(hashes) - WIDTH + 1, WIDTH)
        _keep(conn, 1, start, [_folded(hashes[at : at + WIDTH]) for at in parts])


def _grown(conn: ReadConnection, level: int) -> int:
    (row,) = conn.execute(_Q.grown, {"level": level}).fetchall()
    return int(row[0])


def _kept(conn: ReadConnection, level: int, first: int, count: int) -> list[bytes]:
    asked = {"level": level, "first": first, "last": first + count - 1}
    return [bytes(row[0]) for row in conn.execute(_Q.nodes, asked)]


def _keep(conn: WriteConnection, level: int, first: int, hashes: list[bytes]) -> None:
    conn.execute(_Q.keep_nodes, {"level": level, "first": first, "hashes": hashes})


def _folded(hashes: Sequence[bytes]) -> bytes:
    return nodes(hashes)(WIDTH.bit_length() - 1, 0)
