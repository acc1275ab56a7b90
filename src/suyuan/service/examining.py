"""Takes a platform; gives every damage in it: rows, leaves, tree, checkpoints, index, files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct, field, structs

from suyuan import ledger
from suyuan.index import comparing
from suyuan.kit import SuyuanError, Text
from suyuan.kit.damage import Damage
from suyuan.ledger import checking, keys, retention, shards, tree
from suyuan.ledger.types import Shard
from suyuan.record import erasing
from suyuan.service import placing, salvaging
from suyuan.service.asking import SQL
from suyuan.service.attesting import folder_of, log_of
from suyuan.service.auditing import FURTHER, Progress, Wrong, audit, intruding
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, errors, standing
from suyuan.tlog import retained
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.mirror import CHECKPOINT, names_below
from suyuan.tlog.note import parse_note
from suyuan.tlog.retained import PROMISE, RETENTION
from suyuan.tlog.shards import BEGINNING, OPENING, SHARDS, by_shard, parse_list, shard_prefix
from suyuan.tlog.tiles import Tile, is_in, parsed, tile_path, tiles_of

PASSES: Final = 2
"""How often the record is read: against its leaves, and against the index."""

_HALF: Final = Text("{count} 处有头无尾：{what}", "{count} half-done: {what}")
_WHAT: Final[Mapping[str, Text]] = {
    "record.job": Text("条目没有采集任务", "an entry without its capture job"),
    "record.counts": Text("任务的计数与条目不符", "a job whose counts are not its entries"),
    "record.refused": Text("退回的事件没有任务", "refused bytes without their job"),
    "state.event": Text("状态所依据的条目不在", "a state of an event that is not recorded"),
    "state.bundle": Text("成组的物没有状态", "a bundle of things of which nothing is said"),
    "state.withdrawn": Text("撤回声明不在记录中", "a withdrawal by an event that is not recorded"),
    "registry.issued": Text("已发的码段超出计数", "a range of codes beyond what was counted"),
}
_PAGE: Final = Text(
    "数据库的文件损坏，读不出来：{why}。",
    "A file of the database is damaged and cannot be read: {why}.",
)
_SHIFTED: Final = Text(
    "位置 {first} 至 {last}：索引仍是移动之前的，各行按原来的位置核对过；"
    "错误声明、主数据等整体保存的没有核对。不要重建它，它是证据。",
    "Positions {first} to {last}: the index is as it was before these moved, and its rows were "
    "held against them there; what it keeps as a whole, such as declarations and master data, was "
    "not judged. Do not make it again, since it is evidence.",
)
_REWRITTEN: Final = frozenset(("ledger.gap", "ledger.moved", "ledger.rewritten", "ledger.shorter"))
"""Beside these the index says what the ledger was, so it is not to be made again."""
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
_MIRROR: Final = Text("suyuan ledger mirror {folder}", "suyuan ledger mirror {folder}")


_REINDEX: Final = Text("suyuan reindex", "suyuan reindex")
_FOREIGN: Final = Text("日志没有这个文件", "The log has no such file")
_AWAY: Final = Text("把它移出镜像。", "Take it out of the mirror.")
_KEEP: Final = Text(
    "保留该镜像，它是证据；suyuan ledger mirror 另选文件夹。",
    "Keep that mirror: it is evidence; choose another folder for suyuan ledger mirror.",
)


class Examined(Struct, frozen=True, kw_only=True):
    """How many entries were read, and all that is damaged; clean if nothing is.

    `erased` are gaps that a logged decision explains (`suyuan erase`): they are no damage.
    """

    entries: int
    erased: int
    damages: tuple[Damage, ...]


def examine(
    platform: Platform, *, mirror: Path | None = None, progress: Progress = lambda _: None
) -> Examined:
    """Read everything and hold it against everything else; nothing is changed.

    `mirror` is a folder of tiles to be held against the database too. `progress` is told how many
    entries were read, up to `PASSES` times as many as there are.
    """
    folder = folder_of(platform)
    damages = list(checking.files(folder))
    usable = keys.is_begun(folder) and not damages
    head = _Head()

    def rows() -> Iterator[Damage]:
        with platform.store.read() as conn:
            head.size = ledger.head(conn).size
            head.erased = sum(len(each.positions) for each in erasing.erasures(conn) if each.proven)
            yield from checking.rows(conn, log_of(platform) if usable else None)
            yield from _half_done(conn)
            yield from map(_as_damage, intruding(conn))

    def leaves() -> Iterator[Damage]:
        found = audit(platform, marked=usable, progress=progress)
        head.spans += [each.span for each in found if each.span is not None]
        head.codes |= {each.code for each in found}
        yield from map(_as_damage, found)

    def derived() -> Iterator[Damage]:
        with platform.store.read() as conn:
            moved = placing.moved(conn) if "ledger.moved" in head.codes else []
            indexed = _indexed(conn, head.size, moved, progress)
            is_evidence = bool(head.codes & _REWRITTEN)
            yield from map(_as_evidence, indexed) if is_evidence else indexed
            yield from map(_shifted, head.spans)
            if mirror is not None:
                yield from _mirrored(conn, mirror)

    for part in (rows, leaves, derived):
        damages.extend(_read(platform, part))
    pages = dict.fromkeys(each.place for each in damages if each.code == "store.page")
    with platform.store.read() as conn:
        for table in pages:
            damages.extend(salvaging.lost(conn, table))
    found = {(each.code, each.place, each.text): each for each in damages}
    return Examined(entries=head.size, erased=head.erased, damages=tuple(found.values()))


class _Head(Struct):
    size: int = 0
    erased: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


def _read(platform: Platform, part: Callable[[], Iterator[Damage]]) -> list[Damage]:
    """What a part finds; where a file of the database cannot be read, that too, and its table."""
    found: list[Damage] = []
    try:
        found.extend(part())
    except Exception as error:
        if not _is_page(error):
            raise
        with platform.store.read() as conn:
            place = standing.unreadable(conn, str(error))
        text = _PAGE.format(why=str(error).partition("\n")[0])
        cure = _REINDEX if place.startswith("index.") else checking.RESTORE
        found.append(Damage(code="store.page", place=place, text=text, cure=cure))
    return found


def _is_page(error: Exception) -> bool:
    """Whether PostgreSQL could not read a file of the database."""
    told = errors.in_midst(error)
    return told is not None and told.code == "store.page"


def _as_damage(wrong: Wrong) -> Damage:
    place = "ledger" if wrong.position is None else f"position {wrong.position}"
    return Damage(
        code=wrong.code, place=wrong.place or place, text=wrong.text,
        cure=wrong.cure or checking.RESTORE, event=wrong.event, position=wrong.position,
    )  # fmt: skip


def _half_done(conn: ReadConnection) -> Iterator[Damage]:
    for kind, count, place in conn.execute(SQL.half_done).fetchall():
        text = _HALF.format(count=count, what=_WHAT[kind])
        yield Damage(code=kind, place=place, text=text, cure=checking.RESTORE)


def _indexed(
    conn: ReadConnection, size: int, moved: Sequence[comparing.Moved], progress: Progress
) -> Iterator[Damage]:
    """A record that cannot be read has been told of; the index is then not to be judged."""
    try:
        end = ledger.head(conn).size  # of this moment: others may be recording meanwhile
        yield from comparing.differences(
            conn, end, moved=moved, progress=lambda at: progress(size + at)
        )
    except Exception as error:
        if _is_page(error):  # which is told with its table, and may be the index's own
            raise
        text = _UNREAD.format(why=type(error).__name__)
        yield Damage(code="record.unreadable", place="record", text=text, cure=checking.RESTORE)


def _as_evidence(damage: Damage) -> Damage:
    """The same of an index that says what the ledger was: making it again would destroy that."""
    return structs.replace(damage, cure=checking.RESTORE)


def _shifted(span: tuple[int, int]) -> Damage:
    """That the ledger moved against the index: one for all that moved together."""
    first, last = span
    text, place = _SHIFTED.format(first=first, last=last), f"index positions {first} to {last}"
    return Damage(code="index.differs", place=place, text=text, cure=checking.RESTORE)


def _mirrored(conn: ReadConnection, folder: Path) -> Iterator[Damage]:
    """Every shard of a mirror on the disk; those that came after it was made are no damage."""
    cure = _MIRROR.format(folder=folder)
    try:
        listed = parse_list((folder / SHARDS).read_bytes()) if (folder / SHARDS).exists() else ()
    except (OSError, SuyuanError) as error:
        yield _unread(folder / SHARDS, error, cure)
        return
    there = {each.number: each for each in shards.until(conn, ledger.head(conn).size)}
    names = by_shard(names_below(folder), [each.number for each in listed])
    for number in [each.number for each in listed] or [BEGINNING]:
        path = folder / shard_prefix(number)
        if (shard := there.get(number)) is None:
            text = _NO_SHARD.format(number=number)
            yield _on_disk(path, text, checking.RESTORE)
        else:
            there_too = set(names[number]) - ({OPENING} if number else {SHARDS, PROMISE})
            yield from _mirrored_shard(conn, shard, path, there_too)


def _mirrored_shard(
    conn: ReadConnection, shard: Shard, folder: Path, names: set[str]
) -> Iterator[Damage]:
    """Tiles and bundles on the disk, each against what the leaves give."""
    cure = _MIRROR.format(folder=folder)
    try:
        checkpoint = parse_checkpoint(parse_note((folder / CHECKPOINT).read_bytes()).text)
    except (OSError, SuyuanError) as error:
        yield _unread(folder / CHECKPOINT, error, cure)
        return
    if checkpoint.size > shard.size:
        found, last = checkpoint.size, shard.before + checkpoint.size
        text = _LONGER.format(found=found, size=shard.size, first=shard.last + 1, last=last)
        yield _on_disk(folder / CHECKPOINT, text, FURTHER)
        return
    if not tree.gives(conn, shard, checkpoint):
        cure = _KEEP
        yield _on_disk(folder / CHECKPOINT, _OTHER, cure)
    withheld = retention.within(retention.published_rule(conn), shard)
    for tile in tiles_of(checkpoint.size):
        path = folder / tile_path(tile)
        if not path.is_file() and retained.is_withheld(tile, withheld):
            continue
        if not path.is_file():
            yield _on_disk(path, _MISSING, cure)
        elif path.read_bytes() != tree.tile_of(conn, shard, tile):
            yield _on_disk(path, _OTHER, cure)
    wanted = {CHECKPOINT, RETENTION, *map(tile_path, tiles_of(checkpoint.size))}
    for name in sorted(names - wanted):
        yield from _beside(conn, shard, folder / name, parsed(name), cure)


def _beside(
    conn: ReadConnection, shard: Shard, path: Path, tile: Tile | None, cure: Text
) -> Iterator[Damage]:
    """A file that the checkpoint does not ask for: of a smaller or larger tree, or foreign."""
    if tile is None or not is_in(tile, shard.size):
        yield _on_disk(path, _FOREIGN, _AWAY)
    elif path.read_bytes() != tree.tile_of(conn, shard, tile):
        yield _on_disk(path, _OTHER, cure)


def _unread(path: Path, error: Exception, cure: Text) -> Damage:
    why = error.text if isinstance(error, SuyuanError) else str(error)
    return _on_disk(path, _UNREAD.format(why=why), cure)


def _on_disk(path: Path, found: Text, cure: Text) -> Damage:
    return Damage(code="mirror.file", place=str(path), text=_FILE.format(found=found), cure=cure)
