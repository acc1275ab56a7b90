"""All facts that a question's answer may depend on, from the index, level by level.

Every level is one statement by number on indexed columns, so that it runs on one machine and
on a distributed PostgreSQL alike; nothing recurses.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from suyuan.index import FACT_KINDS, GRAINS, SIDES
from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Viewer
from suyuan.record import grants_of
from suyuan.store import Queries, ReadConnection
from suyuan.trace.spread import Found, Spread
from suyuan.trace.types import Question

SQL = Queries("suyuan.trace")

_MOST_FACTS = 200_000


class Limit(Struct, frozen=True, kw_only=True):
    """How far gathering goes before it says that it is truncated.

    `expired` is asked before every level; it knows what time it is.
    """

    facts: int = _MOST_FACTS
    expired: Callable[[], bool] = lambda: False


class Gathered(Struct, frozen=True, kw_only=True):
    """The facts found, the record position they are complete to, and whether a limit was hit."""

    facts: tuple[Fact, ...]
    position: int
    truncated: bool
    levels: int


class _Row(NamedTuple):
    """A row of the statement `level`, column by column."""

    entry: int
    line: int
    position: int
    kind: int
    thing: int
    lo: datetime | None
    hi: datetime | None
    grain: int
    side: int | None
    arrived_lo: datetime | None
    arrived_hi: datetime | None
    before: int | None
    after: int | None
    parent: int | None
    instrument: bool
    quantity: Decimal | None
    unit: str | None
    flow: int | None
    other: int | None
    lot: int | None
    documents: list[int] | None
    inferred: bool
    held: bool
    withdrawn_at: int | None
    event_key: int
    capturer: int
    digest: bytes


def gather(
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
) -> Gathered:
    """The facts the viewer may see on which the answer depends, and perhaps a few more.

    `secret` keys the access tags of this installation.
    """
    bound = limit or Limit()
    fixed = _fixed(question, grants_of(viewer, secret=secret).params)
    names = _column(conn, SQL.numbers, uris=[seed.thing for seed in question.seeds])
    spread = Spread(question.direction, names.values())
    rows: dict[tuple[int, int], _Row] = {}
    truncated, levels = False, 0
    while any(wanted := spread.wanted()):
        room = bound.facts - len(rows)
        if room <= 0 or bound.expired():
            truncated = True
            break
        given = {**fixed, **_lists(wanted._asdict()), "room": room + 1}
        found = [_Row(*row) for row in conn.execute(SQL.level, given)]
        truncated |= len(found) > room
        new = {(row.entry, row.line): row for row in found[:room]}
        fresh = [row for key, row in new.items() if key not in rows]
        rows.update(new)
        spread.add(map(_found, fresh))
        levels += bool(fresh)  # a look at what is hidden must not count either
    facts = _facts(conn, list(rows.values()))
    return Gathered(facts=facts, position=_position(conn), truncated=truncated, levels=levels)


def _fixed(question: Question, visible: dict[str, Any]) -> dict[str, Any]:
    return {
        **visible,
        "known_at": question.known_at,
        "as_of": question.as_of,
        "joined": FACT_KINDS.index(FactKind.JOINED),
        "attached": FACT_KINDS.index(FactKind.ATTACHED),
    }


def _lists(wanted: dict[str, set[int]]) -> dict[str, list[int]]:
    return {name: sorted(numbers) for name, numbers in wanted.items()}


def _found(row: _Row) -> Found:
    return Found(
        kind=FACT_KINDS[row.kind],
        side=None if row.side is None else SIDES[row.side],
        thing=row.thing,
        parent=row.parent,
        lot=row.lot,
        other=row.other,
        flow=row.flow,
        instrument=row.instrument,
        consumed=row.quantity != 0,
    )


def _position(conn: ReadConnection) -> int:
    row = conn.execute(SQL.position).fetchone()
    return -1 if row is None else int(row[0])


def _column(conn: ReadConnection, statement: Any, **given: Sequence[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in conn.execute(statement, given)}


class _Names(NamedTuple):
    """What numbers in rows stand for."""

    things: dict[int, str]
    holders: dict[int, Holder]
    capturers: dict[int, str]


def _facts(conn: ReadConnection, rows: list[_Row]) -> tuple[Fact, ...]:
    names = _names(conn, rows)
    ordered = sorted(rows, key=lambda row: (row.entry, row.line))
    return tuple(_fact(row, names) for row in ordered)


def _names(conn: ReadConnection, rows: list[_Row]) -> _Names:
    things = {i for r in rows for i in (r.thing, r.parent, r.flow, r.other, r.lot)}
    things |= {i for r in rows for i in r.documents or ()}
    holders = _numbers(i for r in rows for i in (r.before, r.after))
    found = conn.execute(SQL.holders, {"ids": holders})
    return _Names(
        _column(conn, SQL.uris, ids=_numbers(things)),
        {number: Holder(party, site) for number, party, site in found},
        _column(conn, SQL.capturers, ids=_numbers(r.capturer for r in rows)),
    )


def _numbers(given: Iterable[int | None]) -> list[int]:
    return sorted({number for number in given if number is not None})


def _fact(row: _Row, names: _Names) -> Fact:
    def named(number: int | None) -> str | None:
        return None if number is None else names.things[number]

    arrived = row.arrived_lo is not None or row.arrived_hi is not None
    return Fact(
        entry=row.entry,
        line=row.line,
        position=row.position,
        kind=FACT_KINDS[row.kind],
        thing=names.things[row.thing],
        when=Span(row.lo, row.hi),
        grain=GRAINS[row.grain],
        side=None if row.side is None else SIDES[row.side],
        arrived=Span(row.arrived_lo, row.arrived_hi) if arrived else None,
        before=None if row.before is None else names.holders[row.before],
        after=None if row.after is None else names.holders[row.after],
        parent=named(row.parent),
        instrument=row.instrument,
        quantity=row.quantity,
        unit=row.unit,
        flow=named(row.flow),
        other=named(row.other),
        lot=named(row.lot),
        document=tuple(names.things[number] for number in row.documents or ()),
        inferred=row.inferred,
        held=row.held,
        withdrawn_at=row.withdrawn_at,
        event_id=f"{row.event_key:x}",
        capturer=names.capturers.get(row.capturer, ""),
        digest=bytes(row.digest),
    )
