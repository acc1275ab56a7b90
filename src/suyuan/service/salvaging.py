"""Takes a table of events of which pages are damaged; gives the events that are in them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

import psycopg
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.damage import Damage
from suyuan.record import answering
from suyuan.service.asking import SQL
from suyuan.store import ReadConnection, salvage

_ENTRIES: Final = salvage.Around("record.entry", SQL.entries_around, SQL.entries_there)
_LEAVES: Final = salvage.Around("ledger.leaf", SQL.leaves_around, SQL.leaves_there)
_MOST: Final = 100
"""Events that are named, and ranges of positions."""
_ONE: Final = Text(
    "事件 {event}（{place}）在 {table} 损坏的页里，读不出来。",
    "Event {event} ({place}) is in a damaged page of {table} and cannot be read.",
)
_ALL: Final = Text(
    "{count} 条读不出来，在位置 {positions}。",
    "{count:entry|entries} cannot be read, at positions {positions}.",
)
_MORE: Final = Text("{said} 等", "{said} and more")
_AT: Final = Text("位置 {position}", "position {position}")
_NOWHERE: Final = Text("位置不明", "position unknown")
_CURE: Final = Text(
    "恢复有位置 {last} 的备份（suyuan restore 文件 --check 说有多少条）。备份里没有的，"
    "其报告方有原文和回执：重新采集；suyuan verify 回执… --database 说明还缺哪些。",
    "Restore a backup that has position {last} (suyuan restore FILE --check says how many entries "
    "it has). What none has, its reporter has, document and receipt: capture it again; suyuan "
    "verify RECEIPT… --database names what is still missing.",
)


class _Lost(Struct, frozen=True):
    """What cannot be read: positions from first to last, and events by position and number."""

    spans: list[tuple[int, int]]
    events: list[tuple[int | None, int]]


def lost(conn: ReadConnection, table: str) -> Iterator[Damage]:
    """What of a table's events cannot be read; of a table of other things nothing.

    What the other table would have to tell is left out where that one is damaged too.
    """
    with suppress(psycopg.InternalError), conn.transaction():
        if table == _ENTRIES.table:
            yield from _told(conn, table, _entries(conn))
        elif table == _LEAVES.table:
            yield from _told(conn, table, _leaves(conn))


def _entries(conn: ReadConnection) -> _Lost:
    readable = [row[0] for row in salvage.readable(conn, _ENTRIES) if row[0] is not None]
    rows = conn.execute(SQL.entries_lost, {"readable": readable}).fetchall()
    return _Lost(list(_spans(position for position, _ in rows)), rows)


def _leaves(conn: ReadConnection) -> _Lost:
    rows = [row for row in salvage.readable(conn, _LEAVES) if row[0] is not None]
    positions, entries = [row[0] for row in rows], [row[1] for row in rows]
    spans = conn.execute(SQL.leaves_lost, {"readable": positions}).fetchall()
    with suppress(psycopg.InternalError), conn.transaction():
        return _Lost(spans, conn.execute(SQL.leafless, {"readable": entries}).fetchall())
    return _Lost(spans, [])


def _spans(positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending positions as ranges from first to last."""
    first = last = None
    for each in positions:
        if first is not None and last is not None and each != last + 1:
            yield first, last
            first = None
        first, last = each if first is None else first, each
    if first is not None and last is not None:
        yield first, last


def _told(conn: ReadConnection, table: str, found: _Lost) -> Iterator[Damage]:
    if not found.spans:
        return
    cure = _CURE.format(last=found.spans[-1][1])
    count = sum(last - first + 1 for first, last in found.spans)
    text = _ALL.format(count=count, positions=_listed(found.spans))
    yield Damage(code="store.lost", place=table, text=text, cure=cure)
    shown = found.events[:_MOST]
    names = answering.answered_names(conn, {entry for _, entry in shown})
    for position, entry in shown:
        place = _NOWHERE if position is None else _AT.format(position=position)
        event = names.get(entry)
        text = _ONE.format(event=event or f"#{entry}", place=place, table=table)
        where = table if position is None else f"position {position}"
        yield Damage(
            code="store.lost", place=where, text=text, cure=cure, event=event, position=position
        )


def _listed(spans: list[tuple[int, int]]) -> Text:
    """Ranges of positions, the first of very many."""
    said = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans[:_MOST])
    text = Text(said, said)
    return _MORE.format(said=text) if len(spans) > _MOST else text
