"""All facts that a question's answer may depend on, from the index, level by level.

Every level is one statement by names, so that it runs on one machine and on a distributed
PostgreSQL alike; nothing recurses. The index finds acts by hashes of names in their parts; that
the names are those asked for is seen here.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from suyuan.index import FACT_KINDS, GRAINS, SIDES
from suyuan.index.types import Part
from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Viewer
from suyuan.record import grants_of
from suyuan.store import Queries, ReadConnection
from suyuan.trace.spread import Found, Spread, Wanted
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


class _Act(NamedTuple):
    """A row of the statement `level`, column by column: some lines that say the same."""

    entry: int
    position: int
    line: int
    lo: datetime | None
    hi: datetime | None
    arrived_lo: datetime | None
    arrived_hi: datetime | None
    before: int | None
    after: int | None
    kind: int
    side: int | None
    grain: int
    held: bool
    instrument: bool
    inferred: bool
    head: str
    tails: list[str]
    quantities: list[Decimal | None] | None
    unit: str | None
    parent: str | None
    flow: str | None
    other: str | None
    lot: str | None
    documents: list[int] | None
    withdrawn_at: int | None
    event_key: int
    capturer: int
    digest: bytes


class _Line(NamedTuple):
    """One line of an act: one fact."""

    act: _Act
    place: int

    @property
    def thing(self) -> str:
        return self.act.head + self.act.tails[self.place]

    @property
    def quantity(self) -> Decimal | None:
        return None if self.act.quantities is None else self.act.quantities[self.place]


_Lines = dict[tuple[int, int], _Line]
"""Lines by their entry and number."""

_PARTS: dict[str, Part] = {
    "things": Part.THING,
    "carriers": Part.EMPTIED,
    "opened": Part.JOINED,
    "assembled": Part.ATTACHED,
    "lots": Part.LOT,
    "flows": Part.FLOW,
}


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
    spread = Spread(question.direction, (seed.thing for seed in question.seeds))
    lines: _Lines = {}
    truncated, levels = False, 0
    while any(wanted := spread.wanted()):
        room = bound.facts - len(lines)
        if room <= 0 or bound.expired():
            truncated = True
            break
        found = conn.execute(SQL.level, {**fixed, **_asked(wanted), "room": room + 1}).fetchall()
        said = [line for row in found for line in _said(_Act(*row), wanted)]
        truncated |= len(found) > room or len(said) > room
        new = {(line.act.entry, line.act.line + line.place): line for line in said[:room]}
        fresh = [line for key, line in new.items() if key not in lines]
        lines.update(new)
        spread.add(map(_found, fresh))
        levels += bool(fresh)  # a look at what is hidden must not count either
    names = _names(conn, lines)
    return Gathered(
        facts=tuple(_facts(lines, names)),
        position=names.position,
        truncated=truncated,
        levels=levels,
    )


def _fixed(question: Question, visible: dict[str, Any]) -> dict[str, Any]:
    return {**visible, "known_at": question.known_at, "as_of": question.as_of}


def _asked(wanted: Wanted) -> dict[str, list[Any]]:
    pairs = [
        (name, int(_PARTS[path]))
        for path, names in wanted._asdict().items()
        for name in sorted(names)
    ]
    return {"names": [name for name, _ in pairs], "parts": [part for _, part in pairs]}


def _said(act: _Act, wanted: Wanted) -> Iterator[_Line]:
    """The lines of an act that are wanted: all for what they share, or each for its own thing."""
    lines = [_Line(act, place) for place in range(len(act.tails))]
    if _is_wanted(act, wanted):
        yield from lines
        return
    emptied = act.parent in wanted.carriers
    for line in lines:
        thing = line.thing
        if thing in wanted.things or (emptied and not thing):
            yield line


def _is_wanted(act: _Act, wanted: Wanted) -> bool:
    kind = FACT_KINDS[act.kind]
    return (
        act.other in wanted.things
        or (act.parent in wanted.opened and kind is FactKind.JOINED)
        or (act.parent in wanted.assembled and kind is FactKind.ATTACHED)
        or act.lot in wanted.lots
        or act.flow in wanted.flows
    )


def _found(line: _Line) -> Found:
    act = line.act
    return Found(
        kind=FACT_KINDS[act.kind],
        side=None if act.side is None else SIDES[act.side],
        thing=line.thing,
        parent=act.parent,
        lot=act.lot,
        other=act.other,
        flow=act.flow,
        instrument=act.instrument,
        consumed=line.quantity != 0,
    )


class _Names(NamedTuple):
    """What numbers in acts stand for, and the position that the acts are complete to."""

    holders: dict[int, Holder]
    capturers: dict[int, str]
    documents: dict[int, str]
    position: int


def _names(conn: ReadConnection, lines: _Lines) -> _Names:
    acts = {id(line.act): line.act for line in lines.values()}.values()
    given = {
        "holders": list({end for act in acts for end in (act.before, act.after)} - {None}),
        "capturers": list({act.capturer for act in acts}),
        "documents": list({number for act in acts for number in act.documents or ()}),
    }
    names = _Names({}, {}, {}, -1)
    for kind, number, name, site in conn.execute(SQL.meanings, given):
        match kind:
            case 0:
                names = names._replace(position=number)
            case 1:
                names.holders[number] = Holder(name, site)
            case 2:
                names.capturers[number] = name
            case _:
                names.documents[number] = name
    return names


def _facts(lines: _Lines, names: _Names) -> Iterator[Fact]:
    shapes: dict[int, dict[str, Any]] = {}
    for _, line in sorted(lines.items()):
        act = line.act
        shape = shapes.get(id(act)) or shapes.setdefault(id(act), _shape(act, names))
        number = act.line + line.place
        yield Fact(line=number, thing=line.thing, quantity=line.quantity, **shape)


def _shape(act: _Act, names: _Names) -> dict[str, Any]:
    """What all facts of an act have in common."""
    arrived = act.arrived_lo is not None or act.arrived_hi is not None
    return {
        "entry": act.entry,
        "position": act.position,
        "kind": FACT_KINDS[act.kind],
        "when": Span(act.lo, act.hi),
        "grain": GRAINS[act.grain],
        "side": None if act.side is None else SIDES[act.side],
        "arrived": Span(act.arrived_lo, act.arrived_hi) if arrived else None,
        "before": None if act.before is None else names.holders[act.before],
        "after": None if act.after is None else names.holders[act.after],
        "parent": act.parent,
        "instrument": act.instrument,
        "unit": act.unit,
        "flow": act.flow,
        "other": act.other,
        "lot": act.lot,
        "document": tuple(names.documents[number] for number in act.documents or ()),
        "inferred": act.inferred,
        "held": act.held,
        "withdrawn_at": act.withdrawn_at,
        "event_id": f"{act.event_key:x}",
        "capturer": names.capturers.get(act.capturer, ""),
        "digest": bytes(act.digest),
    }
