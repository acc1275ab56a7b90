"""Takes the ledger and the index; gives what stands at another position than it was given."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import structs

from suyuan import ledger
from suyuan.index import comparing
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.ledger import ending
from suyuan.record import answering
from suyuan.record.types import Fault
from suyuan.service.asking import SQL
from suyuan.store import ReadConnection
from suyuan.tlog.artefact import SKEW

REBUILD: Final = Text("suyuan ledger rebuild", "suyuan ledger rebuild")
_DISPLACED: Final = Text(
    "位置 {position} 的事件 {event}：索引记着它在位置 {other}：位置被调换。",
    "Event {event} at position {position}: the index has it at position {other}; positions were "
    "exchanged.",
)
_PUT_IN: Final = Text(
    "位置 {first} 至 {last} 的 {count} 个事件（第一个是 {event}）：索引记着它们各在 {by} 个位置"
    "之前：在它们之前插入过条目。",
    "{count:event|events} at positions {first} to {last}, of which the first is {event}: the index "
    "has each {by:position|positions} before that; something was put in before them.",
)
_TAKEN_OUT: Final = Text(
    "位置 {first} 至 {last} 的 {count} 个事件（第一个是 {event}）：索引记着它们各在 {by} 个位置"
    "之后：在它们之前删去过条目。",
    "{count:event|events} at positions {first} to {last}, of which the first is {event}: the index "
    "has each {by:position|positions} behind that; something was taken out before them.",
)
FEW: Final = 3
"""From so many neighbours on that moved together, they are told as one."""
_DISORDERED: Final = Text(
    "位置 {position} 的 {event}：与相邻位置 {other} 的先后不是排序器所给的：位置被调换，"
    "是其一或两者。",
    "{event} at position {position}: it and its neighbour at {other} are not in the order in which "
    "positions are given; one of them or both were moved.",
)
_HEAD: Final = Text(
    "账本末尾的时间记为 {at}，而末条的叶记录是 {leaf}：末尾被改动。",
    "The end of the ledger says the record time {at} and its last leaf {leaf}: the end was "
    "altered.",
)
_LATE: Final = Text(
    "位置 {position} 的 {event}：记录时间 {at} 本机时钟还没有到：时钟拨错过，或叶记录被改动。",
    "{event} at position {position}: this machine's clock has not reached its record time {at}; a "
    "clock was wrong, or the leaf was altered.",
)
_LOST: Final = frozenset(("record.lost", "record.unlogged"))
_INDEXED: Final = Text(
    "{said}索引记着它在位置 {position}。", "{said} The index has it at position {position}."
)
_ACT: Final = Text("操作（第 {number} 个）", "Act number {number}")


class _Run(NamedTuple):
    """Neighbouring events that all stand by as much ahead of where the index has them."""

    first: int
    last: int
    many: int
    ahead: int
    entry: int
    end: int


def moved(conn: ReadConnection) -> list[comparing.Moved]:
    """Which entries the index has elsewhere than the ledger, in the order of their positions."""
    runs = [_Run(*row) for row in conn.execute(SQL.displaced).fetchall()]
    return [comparing.Moved(first=each.first, last=each.last, ahead=each.ahead) for each in runs]


def exchanged(conn: ReadConnection) -> Iterator[Fault]:
    """What the index has elsewhere; where it agrees, what is out of the sequencer's order.

    Where an entry was put in or taken out all behind it moved: that is told once for all of them.
    """
    runs = [_Run(*row) for row in conn.execute(SQL.displaced).fetchall()]
    if runs:
        yield from _displaced(conn, runs)
        return
    rows = conn.execute(SQL.disordered).fetchall()
    pairs = [(place, entry, other) for a, x, b, y in rows for place, entry, other in
             ((a, x, b), (b, y, a))]  # fmt: skip
    names = answering.names(conn, [entry for _, entry, _ in pairs])
    for position, entry, other in pairs:
        text = _DISORDERED.format(position=position, other=other, event=_called(entry, names))
        yield _fault("ledger.moved", position, entry, names.get(entry), text)


def _displaced(conn: ReadConnection, moved: Sequence[_Run]) -> Iterator[Fault]:
    names = answering.names(conn, [entry for run in moved for entry in (run.entry, run.end)])
    for run in moved:
        if run.many < FEW:
            for position, entry in {run.first: run.entry, run.last: run.end}.items():
                event, other = names.get(entry), position - run.ahead
                text = _DISPLACED.format(position=position, other=other, event=event or f"#{entry}")
                yield _fault("ledger.moved", position, entry, event, text)
            continue
        event = names.get(run.entry)
        text = (_PUT_IN if run.ahead > 0 else _TAKEN_OUT).format(
            count=run.many, first=run.first, last=run.last, by=abs(run.ahead),
            event=event or f"#{run.entry}",
        )  # fmt: skip
        fault = _fault("ledger.moved", run.first, run.entry, event, text)
        span = (min(run.first, run.first - run.ahead), max(run.last, run.last - run.ahead))
        yield structs.replace(fault, span=span)


def ends(conn: ReadConnection, now: datetime) -> Iterator[Fault]:
    """Where the ledger's end is not that of its last leaf, and what was recorded later than now."""
    end, last = ledger.head(conn).at, ending.last_time(conn)
    if end is not None and last is not None and end != last:
        text = _HEAD.format(at=in_china(end), leaf=in_china(last))
        yield _fault("ledger.end", None, None, None, text)
    rows = conn.execute(SQL.late_leaves, {"now": now + timedelta(seconds=SKEW)}).fetchall()
    names = answering.names(conn, [entry for _, entry, _ in rows])
    for position, entry, at in rows:
        text = _LATE.format(position=position, event=_called(entry, names), at=in_china(at))
        yield _fault("ledger.ahead", position, entry, names.get(entry), text)


def located(conn: ReadConnection, found: Sequence[Fault]) -> Iterator[Fault]:
    """What is wrong, and where the index still has what neither record nor ledger has."""
    lost = [each.entry for each in found if each.code in _LOST and each.entry is not None]
    rows = conn.execute(SQL.indexed_at, {"entries": lost}).fetchall() if lost else []
    places: dict[int, int] = dict(rows)
    for each in found:
        if (position := places.get(each.entry or 0)) is None or each.position is not None:
            yield each
            continue
        text = _INDEXED.format(said=each.text, position=position)
        yield structs.replace(each, text=text, position=position)


def _called(entry: int, names: dict[int, str]) -> Text:
    if entry < 0:
        return _ACT.format(number=-entry)
    event = names.get(entry, f"#{entry}")
    return Text(f"事件 {event}", f"Event {event}")


def _fault(
    code: str, position: int | None, entry: int | None, event: str | None, text: Text
) -> Fault:
    return Fault(position=position, entry=entry, event=event, code=code, text=text)
