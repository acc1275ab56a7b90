"""Takes a platform and a folder; writes the published log there as files, and mends what is.

A folder that holds another history is left as it is: it may be the evidence of a rewriting.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text, durable
from suyuan.ledger import retention, tree
from suyuan.ledger.types import LedgerError, LogShard, Shard, TamperedError
from suyuan.service.attesting import (
    list_file,
    listed_shards,
    no_file,
    opening_of,
    published_shard,
)
from suyuan.service.platform import Platform
from suyuan.service.retaining import proof_of_rule
from suyuan.store import ReadConnection
from suyuan.tlog import retained
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.continuing import head_of
from suyuan.tlog.encoding import HASH_BYTES, encode
from suyuan.tlog.mirror import CHECKPOINT, data_of, names_below
from suyuan.tlog.retained import PROMISE, RETENTION, LogRetention, retention_bytes
from suyuan.tlog.shards import BEGINNING, OPENING, SHARDS, by_shard
from suyuan.tlog.tiles import (
    WIDTH,
    Tile,
    is_in,
    parse_tile,
    parsed,
    tile_at,
    tile_path,
    tiles_of,
)
from suyuan.tlog.tree import Frontier, extend, root

_PUBLIC: Final = 0o644
_YEARS: Final = range(1000, 10_000)
_OTHER: Final = Text(
    "文件夹里是另一段历史：{theirs}；本日志 {ours} 不是它的延续。未改动任何文件。"
    "请保留该文件夹，它是证据；镜像请另选文件夹。",
    "The folder holds another history: {theirs}; this log, {ours}, does not continue it. No file "
    "was touched. Keep the folder: it is evidence; choose another one for the mirror.",
)
_HEAD: Final = Text(
    "{origin}（{size} 条，根哈希 {root}）", "{origin} ({size:entry|entries}, root {root})"
)


_ALTERED: Final = Text(
    "位置 {first} 至 {last} 的叶记录得不出保存的哈希：账本被改动。由它们推出的文件一个也不写，"
    "镜像里的是证据。请运行 suyuan doctor --deep --mirror 镜像 查明，并恢复备份。",
    "The leaves at positions {first} to {last} do not give the hash that is kept of them: the "
    "ledger was altered. No file is made of them, and what the mirror has is evidence. Run suyuan "
    "doctor --deep --mirror FOLDER to see what, and restore a backup.",
)


class _Part(Struct, frozen=True):
    """A shard as it is published, and what lies in its part of the folder."""

    listed: LogShard
    names: list[str]
    rule: LogRetention | None


def mirror_to(platform: Platform, folder: Path) -> int:
    """Write the published log as files below a folder, shard by shard; how many.

    The checkpoint of a shard comes after its files, the proof of the retention after all
    checkpoints, and the list of shards last. Tiles and bundles that are left of smaller trees
    stay, and are made right where they are not.

    Raises:
        LedgerError: nothing is published yet (404); `mirror.other`, the folder holds another
            history, and is left as it is; `mirror.altered`, leaves are not what was signed, and no
            file is made of them.
    """
    with platform.store.read() as conn:
        if not listed_shards(conn):
            raise no_file(0)
    folder.mkdir(parents=True, exist_ok=True)
    with durable.alone_in(folder), platform.store.read() as conn:
        listed, rule = listed_shards(conn), retention.published_rule(conn)
        names = names_below(folder)
        _require_continued(conn, folder, listed, names)
        there = by_shard(names, [each.number for each in listed])
        parts = [_Part(each, there[each.number], rule) for each in listed]
        count = sum(_write(conn, folder / part.listed.prefix, part) for part in parts)
        proof = proof_of_rule(conn)
    if proof is not None:
        _put(folder / PROMISE, proof)
        count += 1
    if len(listed) > 1:
        _put(folder / SHARDS, list_file(listed))
        count += 1
    return count


def _require_continued(
    conn: ReadConnection, folder: Path, listed: list[LogShard], names: Iterable[str]
) -> None:
    """See that this log continues every checkpoint in the folder; a torn one says nothing."""
    ours = {each.number: each for each in listed}
    for number, paths in by_shard(names, _YEARS).items():
        if CHECKPOINT not in paths:
            continue
        path = folder / (f"{number}/{CHECKPOINT}" if number else CHECKPOINT)
        try:
            head = head_of(data_of(path) or b"")
        except SuyuanError:
            continue
        if number not in ours or not _continues(conn, ours[number], head):
            raise _other(path, head, head_of(ours.get(number, listed[-1]).checkpoint.encode()))


def _continues(conn: ReadConnection, listed: LogShard, head: Checkpoint) -> bool:
    if head.origin != listed.origin or head.size > listed.size:
        return False
    return tree.gives(conn, published_shard(conn, listed.number)[0], head)


def _other(path: Path, theirs: Checkpoint, ours: Checkpoint) -> LedgerError:
    """Of one name it is a contradiction; of another the command is wrong."""
    kind = TamperedError if theirs.origin == ours.origin else LedgerError
    return kind("mirror.other", _OTHER.format(theirs=_told(theirs), ours=_told(ours)), str(path))


def _told(head: Checkpoint) -> Text:
    return _HEAD.format(origin=head.origin, size=head.size, root=encode(head.root))


def _write(conn: ReadConnection, folder: Path, part: _Part) -> int:
    """The files of one shard below its folder; how many it has by itself."""
    for name, data in _left(conn, part):
        _put(folder / name, data)
    count = 0
    for name, data in _files(conn, part):
        _put(folder / name, data)
        count += 1
    for name in part.names:
        if name.endswith(durable.FRESH) and parsed(name.removesuffix(durable.FRESH)):
            durable.remove(folder / name)  # a run that was broken off left it
    return count


class _Sure:
    """Tiles and bundles of a shard, none of leaves that do not give the hash kept above them.

    What was signed is made of the kept hashes: a leaf that was altered beneath them would otherwise
    be written over what the mirror still has of it.
    """

    def __init__(self, conn: ReadConnection, shard: Shard, size: int) -> None:
        self._conn, self._shard, self._size = conn, shard, size
        self._seen = -1

    def tile(self, tile: Tile) -> bytes:
        """The bytes of one.

        Raises:
            TamperedError: `mirror.altered`.
        """
        is_full = (tile.index + 1) * WIDTH <= self._size
        if tile.level <= 0 and is_full and tile.index != self._seen:
            self._require(tile.index)
        return tree.tile_of(self._conn, self._shard, tile)

    def _require(self, index: int) -> None:
        whole = tree.tile_of(self._conn, self._shard, Tile(0, index))
        found = root(extend(Frontier(), parse_tile(whole, len(whole) // HASH_BYTES)))
        at = index % WIDTH * HASH_BYTES
        above = tree.tile_of(self._conn, self._shard, Tile(1, index // WIDTH))
        if above[at : at + HASH_BYTES] != found:
            first = self._shard.first + index * WIDTH
            text = _ALTERED.format(first=first, last=first + WIDTH - 1)
            raise TamperedError("mirror.altered", text, f"position {first}")
        self._seen = index


def _left(conn: ReadConnection, part: _Part) -> Iterator[tuple[str, bytes]]:
    """What is left there of smaller trees, and of bundles withheld by now, as it should be."""
    shard, head = published_shard(conn, part.listed.number)
    own = retention.within(part.rule, shard)
    sure = _Sure(conn, shard, head.size)
    for name in part.names:
        tile = parsed(name)
        if tile is None or not is_in(tile, head.size):
            continue
        is_now = tile == tile_at(tile.level, tile.index, head.size)
        if not is_now or retained.is_withheld(tile, own):
            yield name, sure.tile(tile)


def _files(conn: ReadConnection, part: _Part) -> Iterator[tuple[str, bytes]]:
    """The files of one shard by their paths below it, its checkpoint last."""
    shard, head = published_shard(conn, part.listed.number)
    own = retention.within(part.rule, shard)
    sure = _Sure(conn, shard, head.size)
    for tile in tiles_of(head.size):
        if not retained.is_withheld(tile, own):
            yield tile_path(tile), sure.tile(tile)
    if own is not None:
        yield RETENTION, retention_bytes(own)
    if part.listed.number != BEGINNING:
        yield OPENING, opening_of(conn, shard)
    yield CHECKPOINT, head.note


def _put(path: Path, data: bytes) -> None:
    """A file as it should be; one that is so already is left, so a killed run is soon made good."""
    if data_of(path) == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write_whole(path, data, mode=_PUBLIC)
