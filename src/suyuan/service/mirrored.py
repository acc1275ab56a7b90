"""Takes the database and a mirror's folder; gives what in its files is not what the database gives.

What says the retention is held against the entry that it is a receipt of, as `suyuan verify` does:
only by that may entries lack. Where the files are as the log was before an entry was put in or
taken out, that is one finding (`suyuan.service.shifted_files`).
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from suyuan import ledger
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.kit.damage import Damage
from suyuan.ledger import checking, keys, retention, shards, tree
from suyuan.ledger.types import Shard
from suyuan.service import shifted_files
from suyuan.service.attesting import opening_of
from suyuan.service.auditing import FURTHER
from suyuan.service.shifted_files import Other
from suyuan.store import ReadConnection
from suyuan.tlog import mirror, retained
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.mirror import CHECKPOINT, data_of, names_below
from suyuan.tlog.note import parse_note
from suyuan.tlog.policy import trusting
from suyuan.tlog.retained import ELSEWHERE, PROMISE, RETENTION, LogRetention, parse_promise
from suyuan.tlog.shards import (
    BEGINNING,
    OPENING,
    SHARDS,
    Listed,
    by_shard,
    parse_list,
    shard_origin,
    shard_prefix,
)
from suyuan.tlog.tiles import is_in, parsed, tile_path, tiles_of
from suyuan.tlog.tree import leaf_hash

_FILE: Final = Text(
    "{found}；应与数据库推出的一致。",
    "{found}; it should be what the database gives.",
)
_MISSING: Final = Text("文件缺失", "The file is missing")
_OTHER: Final = Text("文件内容不同", "The file says something else")
_UNREAD: Final = Text("不能读取：{why}", "It cannot be read: {why}")
_LONGER: Final = Text(
    "镜像的检查点有 {found} 条，而数据库只有 {size} 条，没有位置 {first} 至 {last}",
    "The mirror's checkpoint has {found:entry|entries} and the database {size}: it lacks positions "
    "{first} to {last}",
)
_NO_SHARD: Final = Text(
    "数据库没有编号 {number} 的分片", "The database has no shard of the number {number}"
)
_FOREIGN: Final = Text("日志没有这个文件", "The log has no such file")
_AWAY: Final = Text("把它移出镜像。", "Take it out of the mirror.")
_KEEP: Final = Text(
    "保留该镜像，它是证据；suyuan ledger mirror 另选文件夹。",
    "Keep that mirror: it is evidence; choose another folder for suyuan ledger mirror.",
)
_MIRROR: Final = Text("suyuan ledger mirror {folder}", "suyuan ledger mirror {folder}")


class _Kept(Struct, frozen=True, kw_only=True):
    """A mirror on the disk: its shards, which files are there, the rule by which entries may lack.

    `cure` is for what differs. Without the keys of the log `is_sure` is false: no receipt of the
    rule can be verified, so the database's own word counts.
    """

    folder: Path
    listed: Sequence[Listed]
    names: Mapping[int, Sequence[str]]
    rule: LogRetention | None
    is_sure: bool
    cure: Text


def differences(
    conn: ReadConnection, folder: Path, log: keys.Log | None, *, is_evidence: bool
) -> Iterator[Damage]:
    """Every file of a mirror against the database; shards that came since are no damage.

    `is_evidence` says that the database is not what was signed: the mirror is then to be kept.
    """
    cure = _MIRROR.format(folder=folder)
    there = {each.number: each for each in shards.until(conn, ledger.head(conn).size)}
    try:
        data = data_of(folder / SHARDS)
        listed = (Listed(number=BEGINNING, first=1),) if data is None else parse_list(data)
    except (OSError, SuyuanError) as error:
        yield _unread(folder / SHARDS, error, cure)
        return
    if any(there[each.number].first != each.first for each in listed if each.number in there):
        yield _on_disk(folder / SHARDS, _OTHER, cure)
    names = by_shard(names_below(folder), [each.number for each in listed])
    if is_evidence or not _is_continued(conn, folder, there):
        cure = _KEEP
    rule = retention.published_rule(conn)
    if log is not None:
        rule = yield from _promised(conn, folder, there, listed, log, cure)
    kept = _Kept(
        folder=folder, listed=listed, names=names, rule=rule, is_sure=log is not None, cure=cure
    )
    for each in listed:
        if (shard := there.get(each.number)) is None:
            text = _NO_SHARD.format(number=each.number)
            yield _on_disk(folder / shard_prefix(each.number), text, checking.RESTORE)
        else:
            yield from _of_shard(conn, shard, kept)


def _is_continued(conn: ReadConnection, folder: Path, there: Mapping[int, Shard]) -> bool:
    """Whether the database goes on from what the checkpoints of the folder say."""
    heads = (
        (each, _head(folder / shard_prefix(each.number) / CHECKPOINT)) for each in there.values()
    )
    return all(
        head is None or (head.size <= shard.size and tree.gives(conn, shard, head))
        for shard, head in heads
    )


def _promised(
    conn: ReadConnection,
    folder: Path,
    there: Mapping[int, Shard],
    listed: Sequence[Listed],
    log: keys.Log,
    cure: Text,
) -> Generator[Damage, None, LogRetention | None]:
    """The rule by which entries of the mirror may lack, or what is wrong with its receipt."""
    path = folder / PROMISE
    try:
        if (data := data_of(path)) is None:
            return None
        starts = {shard_origin(log.origin, each.number): each.first - 1 for each in listed}
        promise = parse_promise(data, trusting([*log.vkeys[:1], *log.rotated]), starts)
    except (OSError, SuyuanError) as error:
        yield _unread(path, error, cure)
        return None
    number = next(e.number for e in listed if shard_origin(log.origin, e.number) == promise.origin)
    head = _head(folder / shard_prefix(number) / CHECKPOINT)
    at = starts[promise.origin] + promise.index + 1
    found = [leaf_hash(each.logged) for each in tree.leaves(conn, at, at)]
    if number not in there or found != [promise.leaf] or not head or promise.index >= head.size:
        yield _on_disk(path, ELSEWHERE, cure)
    return promise.rule


def _of_shard(conn: ReadConnection, shard: Shard, kept: _Kept) -> Iterator[Damage]:
    """Checkpoint, tiles, bundles and what else lies there, each against what the leaves give."""
    folder, cure = kept.folder / shard_prefix(shard.number), kept.cure
    if not (folder / CHECKPOINT).is_file():
        yield _on_disk(folder / CHECKPOINT, _MISSING, cure)
        return
    try:
        checkpoint = _parsed(folder / CHECKPOINT)
    except (OSError, SuyuanError) as error:
        yield _unread(folder / CHECKPOINT, error, cure)
        return
    if checkpoint.size > shard.size:
        found, last = checkpoint.size, shard.before + checkpoint.size
        text = _LONGER.format(found=found, size=shard.size, first=shard.last + 1, last=last)
        yield _on_disk(folder / CHECKPOINT, text, FURTHER)
    elif not tree.gives(conn, shard, checkpoint):
        yield _on_disk(folder / CHECKPOINT, _OTHER, cure)
    rule = retained.after(kept.rule, shard.before)
    closed = shard.number != kept.listed[-1].number
    rule = retained.within(rule, size=checkpoint.size, is_closed=closed)
    yield from _retention(folder / RETENTION, rule, kept)
    yield from _opening(conn, shard, folder / OPENING, cure)
    others = list[Other]()
    yield from _tiles(conn, shard, checkpoint, kept, rule, others)
    for each in shifted_files.told(conn, shard, folder, checkpoint.size, others, cure):
        if isinstance(each, Damage):
            yield each
        elif is_in(each.tile, shard.size):  # of what the database lacks it is told above
            yield _on_disk(each.path, _OTHER, cure)


def _tiles(
    conn: ReadConnection,
    shard: Shard,
    checkpoint: Checkpoint,
    kept: _Kept,
    rule: LogRetention | None,
    others: list[Other],
) -> Iterator[Damage]:
    """What is missing or foreign; what only says something else is put to `others`."""
    folder, cure = kept.folder / shard_prefix(shard.number), kept.cure
    beside = {CHECKPOINT, RETENTION} | ({OPENING} if shard.number else {SHARDS, PROMISE})
    names = sorted(set(kept.names[shard.number]) - beside)
    wanted = {tile_path(tile): tile for tile in tiles_of(checkpoint.size)}
    for name, tile in [*wanted.items(), *((e, parsed(e)) for e in names if e not in wanted)]:
        path = folder / name
        if tile is None or not is_in(tile, max(shard.size, checkpoint.size)):
            yield _on_disk(path, _FOREIGN, _AWAY)
            continue
        try:
            data = data_of(path)
        except OSError as error:
            yield _unread(path, error, cure)
            continue
        if data is None:
            if not retained.is_withheld(tile, rule):
                yield _on_disk(path, _MISSING, cure)
        elif data != tree.tile_of(conn, shard, tile):
            others.append(Other(path, tile, data))


def _retention(path: Path, rule: LogRetention | None, kept: _Kept) -> Iterator[Damage]:
    """What a shard says of its retention, against the rule that the log signed."""
    try:
        data = data_of(path) if kept.is_sure else None
    except OSError as error:
        yield _unread(path, error, kept.cure)
        return
    for each in mirror.unsigned(data, rule):
        yield Damage(code=each.code, place=str(path), text=each.text, cure=kept.cure)


def _opening(conn: ReadConnection, shard: Shard, path: Path, cure: Text) -> Iterator[Damage]:
    """The disclosed first entry of a shard of a year."""
    if shard.number == BEGINNING:
        return
    try:
        data, wanted = data_of(path), opening_of(conn, shard)
    except OSError as error:
        yield _unread(path, error, cure)
        return
    except SuyuanError:  # the entry itself was altered: that is told of it
        return
    if data != wanted:
        yield _on_disk(path, _MISSING if data is None else _OTHER, cure)


def _head(path: Path) -> Checkpoint | None:
    try:
        return _parsed(path)
    except (OSError, SuyuanError):  # told of where its shard is looked at
        return None


def _parsed(path: Path) -> Checkpoint:
    return parse_checkpoint(parse_note(data_of(path) or b"").text)


def _unread(path: Path, error: OSError | SuyuanError, cure: Text) -> Damage:
    why = error.text if isinstance(error, SuyuanError) else oserrors.why(error)
    return _on_disk(path, _UNREAD.format(why=why), cure)


def _on_disk(path: Path, found: Text, cure: Text) -> Damage:
    return Damage(code="mirror.file", place=str(path), text=_FILE.format(found=found), cure=cure)
