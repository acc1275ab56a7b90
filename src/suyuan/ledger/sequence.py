"""One sequencer gives positions to committed leaves.

A number drawn before the commit would not do: a transaction that commits late carries a
smaller number than one already read, and a follower that has gone past it never returns.
So leaves wait in a queue, written in the record's transaction, and are numbered by
whoever comes next after that commit, one at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from psycopg.errors import LockNotAvailable

from suyuan.kit import BusyError, Text
from suyuan.kit.clock import in_china
from suyuan.ledger.shards import is_turn, open_shard, waits
from suyuan.ledger.types import AheadError, Head, Leaf, LedgerError, Sequenced
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded
from suyuan.tlog.artefact import SKEW

_Q: Final = Queries(__package__)
_AGAIN: Final = 10  # seconds
_BUSY: Final = Text(
    "排序器正忙，如新年首条正在开启分片：已记录的仍在，轮到时自会取得位置。"
    "请在 {seconds} 秒后原样再试。",
    "Positions are being given to others, as when the first entry of a year opens a shard. What is "
    "recorded is kept, and gets its position in its turn. Try again as it is in "
    "{seconds:second|seconds}.",
)

_AHEAD: Final = Text(
    "账本末尾的记录时间 {at} 比本机时钟 {now} 晚了 {seconds} 秒以上，不再给出位置：已记录的仍在，"
    "排队等候。请先核对本机时钟。时钟无误，则运行 suyuan doctor --deep：若只有末尾被改动，"
    "suyuan ledger rebuild 由叶记录重定末尾时间；若末尾各条真带着将来的时间，请等到那时，"
    "或恢复此前的备份，另起一部日志：suyuan restore 文件 --new-log。",
    "The ledger ends at the record time {at}, more than {seconds:second|seconds} ahead of this "
    "machine's clock ({now}): no position is given. What is recorded is kept and waits. See that "
    "the clock is right. If it is, run suyuan doctor --deep: where the head alone was altered, "
    "suyuan ledger rebuild sets its time from the leaves; where the last entries do bear that "
    "time, wait until then, or restore a backup from before, which begins another log: suyuan "
    "restore FILE --new-log.",
)


def enqueue(conn: WriteConnection, leaves: Sequence[tuple[int, bytes]]) -> None:
    """Let entries, each with its commitment, wait for positions; in their own transaction.

    One row for all of them: the queue is emptied at once, and a row for each would only be
    written to be deleted.
    """
    if leaves:
        entries, commitments = zip(*leaves, strict=True)
        row = {
            "entries": encoded.int8_array(entries), "commitments": encoded.bytea_array(commitments)
        }  # fmt: skip
        encoded.takes_encoded(conn.cursor()).execute(_Q.enqueue, row)


def hold(conn: WriteConnection) -> None:
    """Let nobody else give positions until this transaction ends.

    Raises:
        BusyError: `ledger.busy`, others do so for longer than a lock may take.
    """
    try:
        conn.execute(_Q.lock)
    except LockNotAvailable as error:
        text = _BUSY.format(seconds=_AGAIN)
        raise BusyError("ledger.busy", text, retry_after=_AGAIN) from error


def sequence(conn: WriteConnection, *, now: datetime) -> Sequenced:
    """Give positions to everything committed and waiting: acts, then entries, each in their order.

    To be called in a transaction of its own, after the commit of what waits; what a crash
    left is taken by the next call. Callers wait for each other. The record time of all
    leaves of a call is the later of `now` and the last one given. What is the first of a year (of
    China's) is preceded by the entry that opens the year's shard (`suyuan.ledger.shards`).

    Raises:
        BusyError: `ledger.busy`, others give positions for longer than a lock may take; nothing was
            changed, and what waits goes on waiting.
        AheadError: something waits, and the last record time is ahead of `now` by more than clocks
            may differ; nothing was changed.
        LedgerError: the head is not where it was read, though the lock is held; those of
            `open_shard`.
    """
    hold(conn)
    before = head(conn)
    if is_ahead(before, now) and waits(conn):
        raise _ahead(before, now)
    opened = is_turn(before, now) and waits(conn)
    if opened and not open_shard(conn, before, now=now):
        raise _moved(before.size)
    size = before.size + opened
    (row,) = conn.execute(_Q.sequence, {"size": size, "now": now}).fetchall()
    taken, moved = row
    if taken and not moved:
        raise _moved(size)
    return Sequenced(before.size + 1, size + taken)


def is_ahead(before: Head, now: datetime) -> bool:
    """Whether the ledger ends later than a clock that is as wrong as it may be could say."""
    return before.at is not None and before.at > now + timedelta(seconds=SKEW)


def _ahead(before: Head, now: datetime) -> AheadError:
    assert before.at is not None  # noqa: S101 -- else it is not ahead
    text = _AHEAD.format(at=in_china(before.at), now=in_china(now), seconds=SKEW)
    return AheadError("ledger.ahead", text, "ledger.head", status=503)


def _moved(size: int) -> LedgerError:
    text = Text(
        "账本末尾不在位置 {size}：有程序绕过了排序器；请运行 suyuan doctor。",
        "The ledger does not end at {size}: something wrote beside the sequencer; "
        "run suyuan doctor.",
    )
    return LedgerError("ledger.head", text.format(size=size), status=500)


def head(conn: ReadConnection) -> Head:
    """Where the ledger ends."""
    (row,) = conn.execute(_Q.head).fetchall()
    return Head(row[0], row[1])


def leaves_after(conn: ReadConnection, position: int, *, limit: int) -> list[Leaf]:
    """The next leaves after a position (0 is the start), in order, at most `limit`.

    What is returned is final: no leaf will ever appear between or before them.
    """
    rows = conn.execute(_Q.leaves_after, {"position": position, "limit": limit})
    return [Leaf(row[0], row[1], bytes(row[2]), row[3]) for row in rows]
