"""Takes the head of the ledger and a time; opens the shard of a new year, and says which there are.

Positions go on over all shards without a gap; a shard has a tree of its own over the leaves from
its first position on (`suyuan.tlog.shards`).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from suyuan.kit import Text
from suyuan.kit.clock import CHINA, there
from suyuan.ledger import tree
from suyuan.ledger.types import Head, LedgerError, Shard
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.commitment import commit
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import parse_note
from suyuan.tlog.shards import (
    BEGINNING,
    OPEN,
    OPENED,
    Opening,
    act_fields,
    log_of_shard,
    number_of,
    said_bytes,
)

_Q: Final = Queries(__package__)
_NO_SHARD: Final = Text(
    "日志没有编号为 {number} 的分片。", "The log has no shard of the number {number}."
)
_MISSING: Final = Text(
    "位置 {first} 至 {last} 中有叶记录缺失，不能开启新一年的分片；已采集的在排队等候。"
    "请恢复最近的备份：suyuan restore 文件。",
    "Leaves between positions {first} and {last} are missing, so the shard of the new year is not "
    "opened; what was captured waits. Restore the newest backup: suyuan restore FILE.",
)


def year_of(at: datetime) -> int:
    """The year on China's clock."""
    return there(at, CHINA).year


def until(conn: ReadConnection, size: int) -> list[Shard]:
    """The shards of the first `size` positions, in their order; there is always one."""
    rows = [(BEGINNING, 1), *conn.execute(_Q.shards).fetchall()]
    begun = [row for row in rows if row[1] <= size or row[0] == BEGINNING]
    ends = [*(first - 1 for _, first in begun[1:]), size]
    return [
        Shard(number=number, first=first, size=end - first + 1, is_closed=at < len(begun))
        for at, ((number, first), end) in enumerate(zip(begun, ends, strict=True), 1)
    ]


def shard_of(found: Sequence[Shard], number: int) -> Shard:
    """The shard of a number among these.

    Raises:
        LedgerError: `log.shard`, there is none (404).
    """
    for each in found:
        if each.number == number:
            return each
    raise LedgerError("log.shard", _NO_SHARD.format(number=number), "shard", status=404)


def shard_at(found: Sequence[Shard], position: int) -> Shard:
    """The shard among these, the first at least, that has a position or will have it."""
    return [each for each in found if each.first <= position or each is found[0]][-1]


def number_in(found: Sequence[Shard], origin: str, log: str | None = None) -> int:
    """Which shard of the ledger an origin names, whatever its log was called then.

    A log may have been begun anew under another name, which signs the same shards. The number of
    one that is not there is given only where `log` is the name of the origin's log.
    """
    number = None if log is None else number_of(origin, log)
    if number is not None:
        return number
    named = log_of_shard(origin)
    year = BEGINNING if named is None else number_of(origin, named)
    return year if year in {each.number for each in found} and year is not None else BEGINNING


def is_turn(before: Head, now: datetime) -> bool:
    """Whether what comes now is of another year than the ledger's last entry; never of an older."""
    return before.at is not None and year_of(now) > year_of(before.at)


def waits(conn: ReadConnection) -> bool:
    """Whether anything waits for its position."""
    ((found,),) = conn.execute(_Q.waits).fetchall()
    return bool(found)


def open_shard(conn: WriteConnection, before: Head, *, now: datetime) -> bool:
    """Open the shard of this year by its first entry; False where the head was moved meanwhile.

    To be called by the sequencer, under its lock, and only if something waits to stand in it: a
    year without entries has no shard. No hash is written, so it waits for no other writer.

    Raises:
        LedgerError: `ledger.gap`, leaves of the shard before are missing.
    """
    *_, last = until(conn, before.size)
    root = tree.whole_root(conn, last, _shown(conn, last.number))
    if root is None:
        text = _MISSING.format(first=last.first, last=last.last)
        raise LedgerError("ledger.gap", text, status=500)
    opening = Opening(
        shard=year_of(now), first=last.last + 1, previous=last.number, size=last.size, root=root
    )
    said = said_bytes(opening)
    row = {
        "size": before.size, "at": now, "kind": OPENED, "said": said, "secret": OPEN,
        "commitment": commit(act_fields(OPENED, now, None, said), OPEN), "number": opening.shard,
    }  # fmt: skip
    ((done,),) = conn.execute(_Q.open_shard, row).fetchall()
    return bool(done)


def _shown(conn: ReadConnection, number: int) -> Checkpoint | None:
    """What is published of a shard, unless there is nothing that can be read."""
    notes = [bytes(note) for shard, _, note in conn.execute(_Q.published) if shard == number]
    with suppress(FormatError):
        return parse_checkpoint(parse_note(notes[0]).text) if notes else None
    return None
