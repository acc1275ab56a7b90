"""Takes a platform; gives every damage in it: rows, leaves, tree, checkpoints, index, files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct, field, structs

from suyuan import ledger
from suyuan.capture import waiting
from suyuan.index import comparing
from suyuan.kit import Text
from suyuan.kit.damage import Damage
from suyuan.ledger import checking, keys
from suyuan.record import erasing
from suyuan.service import mirrored, placing, salvaging
from suyuan.service.asking import SQL
from suyuan.service.attesting import folder_of, log_of
from suyuan.service.auditing import Progress, Wrong, audit, intruding
from suyuan.service.platform import Platform
from suyuan.service.witnessing import WITNESS_FOLDER, damage_of
from suyuan.store import ReadConnection, errors, standing

PASSES: Final = 2
"""How often the record is read: against its leaves, and against the index."""

_KEEPING: Final = "state.keeping"
_HALF: Final = Text("{count} 处有头无尾：{what}", "{count} half-done: {what}")
_WHAT: Final[Mapping[str, Text]] = {
    "record.job": Text("条目没有采集任务", "an entry without its capture job"),
    "record.counts": Text("任务的计数与条目不符", "a job whose counts are not its entries"),
    "record.refused": Text("退回的事件没有任务", "refused bytes without their job"),
    "capture.unfinished": Text(
        "任务未完成，其报文也不在等待采集", "an unfinished job whose document does not wait"
    ),
    "capture.waiting": Text(
        "等待采集的报文没有未完成的任务", "a waiting document without an unfinished job"
    ),
    "capture.waiting-part": Text(
        "有报文的字节而没有等待采集的报文", "bytes of a document that does not wait"
    ),
    "state.event": Text("状态所依据的条目不在", "a state of an event that is not recorded"),
    "state.bundle": Text("成组的物没有状态", "a bundle of things of which nothing is said"),
    "state.withdrawn": Text("撤回声明不在记录中", "a withdrawal by an event that is not recorded"),
    "state.plain": Text(
        "普通 EPCIS 的状态所依据的条目不在", "a state by plain EPCIS that is not recorded"
    ),
    _KEEPING: Text(
        "租户启用了状态规则，但普通 EPCIS 的状态不全，规则只按产品门类的事件判断"
        "（registry.tenant）；或没有启用规则，却还留着这些状态（state.plain_tenant）",
        "a tenant's state rules without all that plain EPCIS says, so that they judge events of "
        "families alone (registry.tenant), or that kept without a rule (state.plain_tenant)",
    ),
    "registry.issued": Text("已发的码段超出计数", "a range of codes beyond what was counted"),
}
_ALTERED: Final = Text(
    "等待采集的报文不是当初收下的那一份：被改动或损坏；轮到它时会被退回。",
    "This document waits to be captured and is not what was handed over: it was changed or "
    "damaged. It will be refused when its turn comes.",
)
_SEND_AGAIN: Final = Text(
    "请报送方把它再发一次，或从备份恢复。",
    "Ask its sender to send it again, or restore a backup.",
)
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
_UNREAD: Final = Text("不能读取：{why}", "It cannot be read: {why}")
_WITNESS: Final = Text(
    "从最新的备份取回见证方文件夹中的这个文件；切勿用空文件代替。",
    "Take this file of the witness's folder from its newest backup; never put an empty one there.",
)
_REINDEX: Final = Text("suyuan reindex", "suyuan reindex")


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
    damages.extend(_of_witness(platform))
    head = _Head()

    def rows() -> Iterator[Damage]:
        with platform.store.read() as conn:
            head.size = ledger.head(conn).size
            head.erased = sum(len(each.positions) for each in erasing.erasures(conn) if each.proven)
            yield from checking.rows(conn, log_of(platform) if usable else None)
            yield from _half_done(conn)
            yield from _waiting(platform, conn)
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
                log = log_of(platform) if usable else None
                yield from mirrored.differences(conn, mirror, log, is_evidence=is_evidence)

    for part in (rows, leaves, derived):
        damages.extend(_read(platform, part))
    pages = dict.fromkeys(each.place for each in damages if each.code == "store.page")
    with platform.store.read() as conn:
        for table in pages:
            damages.extend(salvaging.lost(conn, table))
    if {each.code for each in damages} & _REWRITTEN:
        damages = [_as_evidence(each) if each.code == "ledger.node" else each for each in damages]
    found = {(each.code, each.place, each.text): each for each in damages}
    return Examined(entries=head.size, erased=head.erased, damages=tuple(found.values()))


def _of_witness(platform: Platform) -> Iterator[Damage]:
    if (error := damage_of(platform.config.data_dir / WITNESS_FOLDER)) is not None:
        yield Damage(code=error.code, place=error.place, text=error.text, cure=_WITNESS)


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
        cure = _REINDEX if kind == _KEEPING else checking.RESTORE
        yield Damage(code=kind, place=place, text=text, cure=cure)


def _waiting(platform: Platform, conn: ReadConnection) -> Iterator[Damage]:
    """Documents that wait to be captured and are not as they were handed over."""
    for job in waiting.altered(conn, secret=platform.recorder.secret):
        place = f"capture.waiting {job}"
        yield Damage(code="capture.altered", place=place, text=_ALTERED, cure=_SEND_AGAIN)


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
    """The same of what says what the ledger was: making it again would destroy that."""
    return structs.replace(damage, cure=checking.RESTORE)


def _shifted(span: tuple[int, int]) -> Damage:
    """That the ledger moved against the index: one for all that moved together."""
    first, last = span
    text, place = _SHIFTED.format(first=first, last=last), f"index positions {first} to {last}"
    return Damage(code="index.differs", place=place, text=text, cure=checking.RESTORE)
