"""Proofs that one checkpoint of a log continues another, made from its tiles by whoever has them.

Nobody need be trusted for that: a proof that does not hold cannot be made, and is found here.
"""

from collections.abc import Callable
from typing import Final

from suyuan.kit import Text
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.encoding import HASH_BYTES
from suyuan.tlog.errors import FormatError, UndecidedError
from suyuan.tlog.mirror import CHECKPOINT, Read
from suyuan.tlog.note import parse_note
from suyuan.tlog.proof import consistency_proof, verify_consistency
from suyuan.tlog.shards import number_of, shard_prefix
from suyuan.tlog.tiles import Tile, nodes_from_tiles, tile_at, tile_path
from suyuan.tlog.witness import request_bytes

Fetch = Callable[[Tile], bytes]
"""The bytes of a tile of a tree."""

_OTHER: Final = Text(
    "两个检查点属于 “{older}” 和 “{newer}”，不是同一棵树，无从互证；"
    "跨分片请核验整部日志的镜像（suyuan verify 镜像 --since）。",
    "The checkpoints are of '{older}' and of '{newer}', which are not one tree; over shards, "
    "verify a mirror of the whole log (suyuan verify MIRROR --since).",
)
_ORDER: Final = Text(
    "旧检查点有 {older} 条，新的有 {newer} 条：旧的应不少于 1 条，且不多于新的；请核对先后。",
    "The older checkpoint has {older:entry|entries}, and the newer one {newer}: the older has 1 at "
    "least and no more than the newer; see which is which.",
)
_SHORT: Final = Text(
    "这里的日志只有 {there} 条，检查点有 {size} 条：请换用更新的来源，或先发布。",
    "The log here has {there:entry|entries}, and the checkpoint {size}: use a newer source, or "
    "publish.",
)
_AWAY: Final = Text(
    "来源里没有 {path}；请核对文件夹或网址，它应有 checkpoint 和 tile/。",
    "The source has no {path}; check the folder or address, which has checkpoint and tile/ below "
    "it.",
)


def head_of(note: bytes, file: str = "") -> Checkpoint:
    """What a checkpoint says; its signatures are for `suyuan verify` to judge.

    Raises:
        FormatError: it is none; its place begins with the `file` that it is from.
    """
    try:
        return parse_checkpoint(parse_note(note).text)
    except FormatError as error:
        place = ", ".join(filter(None, (file, error.place)))
        raise FormatError(error.code, error.text, place) from error


def prove(older: bytes, newer: bytes, *, there: int, fetch: Fetch) -> bytes:
    """The file that proves that a checkpoint continues an older one of the same tree.

    Args:
        older: the older checkpoint as it was signed.
        newer: the newer one, which goes into the file whole.
        there: how many entries the tree has that tiles are fetched of.
        fetch: gives its tiles.

    Raises:
        FormatError: one is no checkpoint, or a tile is damaged.
        UndecidedError: `consistency.other`, `consistency.order`, `consistency.short`.
        ProofError: `proof.consistency`, it does not continue it.
    """
    old, new = head_of(older), head_of(newer)
    if old.origin != new.origin:
        text = _OTHER.format(older=old.origin, newer=new.origin)
        raise UndecidedError("consistency.other", text)
    if not 0 < old.size <= new.size:
        raise UndecidedError("consistency.order", _ORDER.format(older=old.size, newer=new.size))
    if new.size > there:
        raise UndecidedError("consistency.short", _SHORT.format(there=there, size=new.size))
    path = consistency_proof(nodes_from_tiles(new.size, fetch), old.size, new.size)
    verify_consistency(old.size, new.size, old_root=old.root, root=new.root, path=path)
    return request_bytes(old.size, path, newer)


def prove_from(read: Read, older: bytes, newer: bytes | None = None) -> bytes:
    """The same from a log's files, a mirror's or those that it serves; else its own checkpoint.

    Raises:
        UndecidedError: `consistency.source`, a file is not there; and those of `prove`.
        FormatError, ProofError: those of `prove`.
    """
    log, origin = head_of(_had(read, CHECKPOINT), CHECKPOINT), head_of(older).origin
    number = number_of(origin, log.origin)
    if number is None:
        text = _OTHER.format(older=origin, newer=log.origin)
        raise UndecidedError("consistency.other", text)
    prefix = shard_prefix(number)
    head = _had(read, prefix + CHECKPOINT)
    size = head_of(head, prefix + CHECKPOINT).size

    def fetch(tile: Tile) -> bytes:
        wide = tile_at(tile.level, tile.index, size)
        return _had(read, prefix + tile_path(wide))[: tile.width * HASH_BYTES]

    return prove(older, newer or head, there=size, fetch=fetch)


def _had(read: Read, path: str) -> bytes:
    found = read(path)
    if found is None:
        raise UndecidedError("consistency.source", _AWAY.format(path=path), path)
    return found
