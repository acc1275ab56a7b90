"""For how long entry bundles are served, by a rule that is published with them.

C2SP tlog-tiles allows a log to stop serving old entries under a published policy with a minimum
index. Hashes stay, all of them: every old checkpoint can be continued, every receipt verified and
issued; and so do the rows. The rule lies in the log's folder and is served as `/log/retention`:

    days 730
    first 51200

Entries before index `first` (from 0, a whole number of bundles) are not served any more. In the
folder it counts over all shards; each shard is served with a rule of its own that counts in it,
and a shard that is closed may be withheld to its end.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from suyuan.kit import Text
from suyuan.ledger import shards
from suyuan.ledger.durable import held, write_whole
from suyuan.ledger.keys import Log
from suyuan.ledger.types import LedgerError, LogRetention, Shard
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.mirror import RETENTION, parse_first
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile

_Q: Final = Queries(__package__)
_LONGEST: Final = 36_500
_DAYS: Final = Text(
    "保留天数应为 1 至 36500：{days}。", "Days of retention are from 1 to 36500: {days}."
)
_NONE: Final = Text(
    "没有公布保留规则，不能停止提供条目；请先运行 suyuan ledger retain 天数。",
    "No retention is published, so no entry may be withheld; run suyuan ledger retain DAYS first.",
)


def retention_in(folder: Path) -> LogRetention | None:
    """The published rule; None where everything is served.

    Raises:
        FormatError: the file is not one.
    """
    path = folder / RETENTION
    if not path.exists():
        return None
    days, first = parse_first(path.read_bytes())
    return LogRetention(days, first)


def retention_bytes(found: LogRetention) -> bytes:
    """The file that is served."""
    return f"days {found.days}\nfirst {found.first}\n".encode()


def publish_rule(log: Log, days: int) -> LogRetention:
    """Publish a rule, or change its days; what is not served any more stays so.

    Raises:
        LedgerError: `ledger.retention`, no such number of days.
    """
    if not 1 <= days <= _LONGEST:
        raise LedgerError("ledger.retention", _DAYS.format(days=days), "DAYS")
    with held(log.lock):
        before = retention_in(log.folder)
        return _kept(log, LogRetention(days, before.first if before else 0))


def prune(conn: ReadConnection, log: Log, *, published: int, now: datetime) -> LogRetention:
    """Withhold the bundles all of whose entries were recorded longer ago than the rule keeps them.

    Only what a checkpoint covers (`published` entries), and never less than before.

    Raises:
        LedgerError: `ledger.no-retention`.
    """
    with held(log.lock):
        rule = retention_in(log.folder)
        if rule is None:
            raise LedgerError("ledger.no-retention", _NONE, status=409)
        old = _older(conn, now - timedelta(days=rule.days), published)
        before = shards.shard_at(
            shards.until(conn, published), old + 1
        ).before  # all of which is old
        whole = before + (old - before) // WIDTH * WIDTH
        return _kept(log, LogRetention(rule.days, max(rule.first, whole)))


def within(found: LogRetention | None, shard: Shard) -> LogRetention | None:
    """The rule as it is served of one shard, whose indices begin at 0."""
    if found is None:
        return None
    return LogRetention(found.days, min(max(found.first - shard.before, 0), shard.size))


def is_withheld(tile: Tile, found: LogRetention | None) -> bool:
    """Whether a file is not served any more: a bundle, and all of it before the first entry."""
    last = tile.index * WIDTH + tile.width
    return found is not None and tile.level == ENTRIES and last <= found.first


def _kept(log: Log, found: LogRetention) -> LogRetention:
    write_whole(log.folder / RETENTION, retention_bytes(found))
    return found


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
