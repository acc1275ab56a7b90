"""For how long entry bundles are served, by a rule that is an entry of the log.

C2SP tlog-tiles allows a log to stop serving old entries under a published policy with a minimum
index. Hashes stay, all of them: every old checkpoint can be continued, every receipt verified and
issued; and so do the rows. The rule is the newest act `log.retention` (`suyuan.tlog.retained`) and
nothing beside it, so it is neither changed without an entry nor an entry without being changed; it
counts once a published checkpoint has it. It counts over all shards; of each shard it is served as
it counts there, and a shard that is closed may be withheld to its end.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from suyuan.kit import Text
from suyuan.kit.ids import Draw
from suyuan.ledger import acts, publishing, shards
from suyuan.ledger.durable import parsed, remove
from suyuan.ledger.keys import Log
from suyuan.ledger.sequence import hold
from suyuan.ledger.types import Done, LedgerError, Shard
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog import retained
from suyuan.tlog.errors import FormatError
from suyuan.tlog.retained import LONGEST, RETAINED, RETENTION, LogRetention
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile

_Q: Final = Queries(__package__)
_DAYS: Final = Text(
    "保留天数应为 1 至 36500：{days}。", "Days of retention are from 1 to 36500: {days}."
)
_NONE: Final = Text(
    "没有公布保留规则，不能停止提供条目；请先运行 suyuan ledger retain 天数。",
    "No retention is published, so no entry may be withheld; run suyuan ledger retain DAYS first.",
)


def published_act(conn: ReadConnection) -> acts.Act | None:
    """The newest act that says the rule and is in a published checkpoint; None where all is served.

    What is not as it was logged, or says no rule, is passed over: nothing goes by it.
    """
    found = acts.newest(conn, RETAINED, publishing.reached(conn))
    return next((act for act in found if act.proven and _ruled(act.said)), None)


def published_rule(conn: ReadConnection) -> LogRetention | None:
    """The rule by which bundles are served now; None where all are."""
    act = published_act(conn)
    return None if act is None else _ruled(act.said)


def changed(conn: WriteConnection, days: int) -> tuple[LogRetention, bool]:
    """The rule with so many days, and whether that is to be logged; what is withheld stays so.

    Raises:
        LedgerError: `ledger.retention`, no such number of days.
    """
    if not 1 <= days <= LONGEST:
        raise LedgerError("ledger.retention", _DAYS.format(days=days), "DAYS")
    hold(conn)
    before = _standing(conn)
    rule = LogRetention(days, before.first if before else 0)
    return rule, rule != before


def pruned(conn: WriteConnection, *, published: int, now: datetime) -> tuple[LogRetention, bool]:
    """The rule by which the bundles are withheld all of whose entries are older than it keeps them.

    And whether that is to be logged. Only what a checkpoint covers (`published` entries), and never
    less than before.

    Raises:
        LedgerError: `ledger.no-retention`.
    """
    hold(conn)
    rule = _standing(conn)
    if rule is None:
        raise LedgerError("ledger.no-retention", _NONE, status=409)
    old = _older(conn, now - timedelta(days=rule.days), published)
    before = shards.shard_at(shards.until(conn, published), old + 1).before  # all of which is old
    whole = before + (old - before) // WIDTH * WIDTH
    found = LogRetention(rule.days, max(rule.first, whole))
    return found, found != rule


def take_up(conn: WriteConnection, log: Log, *, now: datetime, draw: Draw) -> None:
    """Log the rule that lies in the log's folder, where it was kept before it was an act.

    The file goes after the commit (`forget_file`): whoever is killed between does it again, and
    what is an act already is not logged twice.

    Raises:
        FormatError: `ledger.file`, it is damaged.
    """
    path = _file(log)
    if not path.exists():
        return
    found = parsed(path, lambda text: retained.parse_retention(text.encode()))
    hold(conn)
    before = _standing(conn)
    if before is None or before.first < found.first:
        said = {"days": before.days if before else found.days, "first": found.first}
        acts.keep(conn, [Done(RETAINED, None, said)], now=now, draw=draw)


def forget_file(log: Log) -> None:
    """Take away the file whose rule is an act by now."""
    if (path := _file(log)).exists():
        remove(path)


def within(found: LogRetention | None, shard: Shard) -> LogRetention | None:
    """The rule as it is served of one shard, whose indices begin at 0."""
    return retained.within(retained.after(found, shard.before), size=shard.size)


def is_withheld(tile: Tile, found: LogRetention | None) -> bool:
    """Whether a file is not served any more: a bundle, and all of it before the first entry."""
    last = tile.index * WIDTH + tile.width
    return found is not None and tile.level == ENTRIES and last <= found.first


def _file(log: Log) -> Path:
    return log.folder / RETENTION


def _standing(conn: ReadConnection) -> LogRetention | None:
    """The rule that was said last, in a published checkpoint or not yet."""
    return next(_said(conn), None)


def _said(conn: ReadConnection) -> Iterator[LogRetention]:
    for (said,) in conn.execute(_Q.newest_said, {"kind": RETAINED}).fetchall():
        if rule := _ruled(bytes(said)):
            yield rule


def _ruled(said: bytes) -> LogRetention | None:
    with suppress(FormatError):
        return retained.parse_said(said)
    return None


def _older(conn: ReadConnection, since: datetime, size: int) -> int:
    """How many entries were recorded before a time: their times never decrease."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        ((is_old,),) = conn.execute(
            _Q.recorded_before, {"position": middle + 1, "since": since}
        ).fetchall()
        low, high = (middle + 1, high) if is_old else (low, middle)
    return low
