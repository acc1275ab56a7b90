"""For how long entry bundles are served, by a rule that is an entry of the log.

C2SP tlog-tiles allows a log to stop serving old entries under a published policy with a minimum
index. Hashes stay, all of them: every old checkpoint can be continued, every receipt verified and
issued; and so do the rows. The rule is the newest act `log.retention` (`suyuan.tlog.retained`) and
nothing beside it, so it is neither changed without an entry nor an entry without being changed; it
counts once a published checkpoint has it. What is not as it was logged, says no rule, speaks of
what came after it, or goes back, never counts, however many such acts follow. It counts over all
shards; of each shard it is served as it counts there, and a shard that is closed may be withheld to
its end.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from suyuan.kit import Text
from suyuan.kit.durable import remove
from suyuan.kit.ids import Draw
from suyuan.ledger import acts, publishing, shards
from suyuan.ledger.files import is_there, parsed
from suyuan.ledger.keys import Log
from suyuan.ledger.sequence import head, hold, leaves_after
from suyuan.ledger.types import Done, LedgerError, Shard, TamperedError
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog import retained
from suyuan.tlog.artefact import SKEW
from suyuan.tlog.errors import FormatError
from suyuan.tlog.retained import LONGEST, RETAINED, RETENTION, LogRetention
from suyuan.tlog.tiles import WIDTH

_Q: Final = Queries(__package__)
_DAYS: Final = Text(
    "保留天数应为 1 至 36500：{days}。", "Days of retention are from 1 to 36500: {days}."
)
_NONE: Final = Text(
    "没有公布保留规则，不能停止提供条目；请先运行 suyuan ledger retain 天数。",
    "No retention is published, so no entry may be withheld; run suyuan ledger retain DAYS first.",
)
_ALTERED: Final = Text(
    "保留规则的操作（位置 {at}）不是当时存证的内容：被改动，不能据此另立规则。请运行 "
    "suyuan doctor --deep 查明，并恢复备份。",
    "The act that says the retention (position {at}) is not as it was logged: it was altered, and "
    "no rule is made from it. Run suyuan doctor --deep to see what, and restore a backup.",
)
_FILE: Final = Text(
    "{path} 说停止提供 first {first} 之前的条目，其中有还没有的、当天的，或不是整个条目包："
    "日志不会如此。请从备份放回原文件；若没有，删除它，所有条目就都提供。",
    "By {path} the entries before first {first} are withheld: some are not there, or of "
    "today, or no whole bundle: no log does that. Put the file back from a backup; if there is "
    "none, remove it, and all entries are served.",
)
_BEYOND: Final = Text(
    "保留规则（first {first}）超出它之前的条目，或不在整个条目包的边界上：不据此停止提供任何条目。",
    "The retention says first {first}, which is further than the entries before it, or not where a "
    "bundle begins: nothing is withheld by it.",
)
_BACK: Final = Text(
    "保留规则（first {first}）退回到此前的 {before} 之前：不据此执行。",
    "The retention says first {first} and goes back behind {before}, which was said before: "
    "nothing goes by it.",
)
_YOUNG: Final = Text(
    "保留规则说保留 {days} 天，却停止提供 first {first} 之前尚未满期的条目。",
    "The retention keeps entries {days:day|days} and withholds those before first {first}, some "
    "of which were not that old when it was logged.",
)
_SKEW: Final = timedelta(seconds=SKEW)


def published_act(conn: ReadConnection) -> acts.Act | None:
    """The act that says the rule and is in a published checkpoint; None where all is served.

    It is the newest of those that withhold the most, since a rule that goes back is none.
    """
    starts = _starts(conn)
    found = acts.until(conn, RETAINED, publishing.reached(conn))
    held = (act for act in found if _holding(act, starts, act.position - 1))
    return max(held, key=lambda act: (_said(act).first, act.position), default=None)


def published_rule(conn: ReadConnection) -> LogRetention | None:
    """The rule by which bundles are served now; None where all are."""
    act = published_act(conn)
    return None if act is None else _said(act)


def changed(conn: WriteConnection, days: int) -> tuple[LogRetention, bool]:
    """The rule with so many days, and whether that is to be logged; what is withheld stays so.

    Raises:
        LedgerError: `ledger.retention`, no such number of days; `ledger.rule`, what was logged of
            it last was altered since.
    """
    if not 1 <= days <= LONGEST:
        raise LedgerError("ledger.retention", _DAYS.format(days=days), "DAYS")
    hold(conn)
    before = _sure(conn)
    rule = LogRetention(days, before.first if before else 0)
    return rule, rule != before


def pruned(conn: WriteConnection, *, published: int, now: datetime) -> tuple[LogRetention, bool]:
    """The rule by which the bundles are withheld all of whose entries are older than it keeps them.

    And whether that is to be logged. Only what a checkpoint covers (`published` entries), and never
    less than before.

    Raises:
        LedgerError: `ledger.no-retention`; `ledger.rule`, as `changed` does.
    """
    hold(conn)
    rule = _sure(conn)
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
        LedgerError: `ledger.rule-file`, no log can have kept what it says.
    """
    path = _file(log)
    if not is_there(path):
        return
    found = _in_file(log)
    hold(conn)
    before, _ = _standing(conn)
    if before is None or before.first < found.first:
        days = before.days if before else found.days
        rules = _kept(conn, path, LogRetention(days, found.first), now)
        done = [Done(RETAINED, None, {"days": e.days, "first": e.first}) for e in rules]
        acts.keep(conn, done, now=now, draw=draw)


def _kept(
    conn: ReadConnection, path: Path, found: LogRetention, now: datetime
) -> tuple[LogRetention, ...]:
    """The rule as a log can have kept it; two where its days were raised since it withheld."""
    if not found.first:
        return (found,)
    last = leaves_after(conn, found.first - 1, limit=1)
    old = (now - last[0].at).days if last else 0
    if old < 1 or not retained.fits(found, head(conn).size, _starts(conn)):
        text = _FILE.format(path=path, first=found.first)
        raise LedgerError("ledger.rule-file", text, str(path))
    raised = (found,) if old < found.days else ()
    return (LogRetention(min(old, found.days), found.first), *raised)


def require_sound(log: Log) -> None:
    """See that the file whose rule is no act yet, where there is one, can be read.

    Raises:
        FormatError: `ledger.file`.
    """
    if is_there(_file(log)):
        _in_file(log)


def _in_file(log: Log) -> LogRetention:
    return parsed(_file(log), lambda text: retained.parse_retention(text.encode()))


def forget_file(log: Log) -> None:
    """Take away the file whose rule is an act by now."""
    if is_there(path := _file(log)):
        remove(path)


def within(found: LogRetention | None, shard: Shard) -> LogRetention | None:
    """The rule as it is served of one shard, whose indices begin at 0."""
    own = retained.after(found, shard.before)
    return retained.within(own, size=shard.size, is_closed=shard.is_closed)


def astray(conn: ReadConnection) -> Iterator[tuple[acts.Act, Text]]:
    """Rules that a log cannot have kept, and why: nothing of them is excused by their being logged.

    Only proven acts that say a rule; of all others is told elsewhere. A rule may say what is in
    entries before it, in whole bundles, never less than before, and withhold more only of what is
    older than it keeps entries.
    """
    starts, size, before = _starts(conn), head(conn).size, 0
    for act in acts.every(conn, kind=RETAINED):
        rule = _ruled(act.said) if act.proven else None
        if rule is None:
            continue
        if not retained.fits(rule, act.position - 1 if act.position else size, starts):
            yield act, _BEYOND.format(first=rule.first)
        elif rule.first < before:
            yield act, _BACK.format(first=rule.first, before=before)
        else:
            if rule.first > before and _is_young(conn, rule, act.recorded):
                yield act, _YOUNG.format(first=rule.first, days=rule.days)
            before = rule.first


def _file(log: Log) -> Path:
    return log.folder / RETENTION


def _sure(conn: ReadConnection) -> LogRetention | None:
    """The same as `_standing`, where nothing that was logged of it since was altered."""
    rule, altered = _standing(conn)
    if altered is not None:
        place = f"position {altered.position}" if altered.position else "queue"
        text = _ALTERED.format(at=altered.position or "—")
        raise TamperedError("ledger.rule", text, place, status=409)
    return rule


def _standing(conn: ReadConnection) -> tuple[LogRetention | None, acts.Act | None]:
    """The rule that holds, published or not yet, and an act since then that is not as logged."""
    starts, size = _starts(conn), head(conn).size
    rule: LogRetention | None = None
    altered: acts.Act | None = None
    for act in acts.every(conn, kind=RETAINED):
        if not act.proven:
            altered = act
        elif (found := _holding(act, starts, act.position - 1 if act.position else size)) and (
            rule is None or found.first >= rule.first
        ):
            rule, altered = found, None
    return rule, altered


def _holding(act: acts.Act, starts: Sequence[int], index: int) -> LogRetention | None:
    """What an act says, if it is as it was logged and could be kept where it stands."""
    rule = _ruled(act.said) if act.proven else None
    return rule if rule is not None and retained.fits(rule, index, starts) else None


def _starts(conn: ReadConnection) -> list[int]:
    return [each.before for each in shards.until(conn, head(conn).size)]


def _said(act: acts.Act) -> LogRetention:
    return retained.parse_said(act.said)


def _ruled(said: bytes) -> LogRetention | None:
    with suppress(FormatError):
        return retained.parse_said(said)
    return None


def _is_young(conn: ReadConnection, rule: LogRetention, recorded: datetime) -> bool:
    """Whether the last entry that a rule withholds was not old when it was logged."""
    since = recorded - timedelta(days=rule.days) + _SKEW
    found = conn.execute(_Q.recorded_before, {"position": rule.first, "since": since}).fetchall()
    return found == [(False,)]  # one that is missing is told of as that


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
