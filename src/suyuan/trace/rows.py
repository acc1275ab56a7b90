"""Rows of the index as facts."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from suyuan.index import FACT_KINDS, GRAINS, SIDES
from suyuan.kit import Span
from suyuan.model import Fact, Holder, Verdict
from suyuan.record.types import VERDICTS
from suyuan.store import Queries, ReadConnection

SQL = Queries("suyuan.trace")
COUNTING: Final = {"held": VERDICTS.index(Verdict.HELD)}
"""What the statements that read acts need to know of verdicts."""


class Act(NamedTuple):
    """A row of the statements that read acts, column by column: some lines that say the same."""

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
    capturer: int
    copy_key: int


class Line(NamedTuple):
    """One line of an act: one fact."""

    act: Act
    place: int

    @property
    def thing(self) -> str:
        """Its thing's name, whole."""
        return self.act.head + self.act.tails[self.place]

    @property
    def quantity(self) -> Decimal | None:
        """How much of it."""
        return None if self.act.quantities is None else self.act.quantities[self.place]


Lines = dict[tuple[int, int], Line]
"""Lines by their entry and number."""


class Names(NamedTuple):
    """What numbers in acts stand for, and the position that the acts are complete to."""

    holders: dict[int, Holder]
    capturers: dict[int, str]
    documents: dict[int, str]
    position: int


def names_of(conn: ReadConnection, lines: Lines) -> Names:
    """What the numbers in these lines stand for."""
    acts = {id(line.act): line.act for line in lines.values()}.values()
    given = {
        "holders": list({end for act in acts for end in (act.before, act.after)} - {None}),
        "capturers": list({act.capturer for act in acts}),
        "documents": list({number for act in acts for number in act.documents or ()}),
    }
    names = Names({}, {}, {}, -1)
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


def facts_of(lines: Lines, names: Names) -> Iterator[Fact]:
    """One fact for each line, in the order of the record."""
    shapes: dict[int, dict[str, Any]] = {}
    for _, line in sorted(lines.items()):
        act = line.act
        shape = shapes.get(id(act)) or shapes.setdefault(id(act), _shape(act, names))
        number = act.line + line.place
        yield Fact(line=number, thing=line.thing, quantity=line.quantity, **shape)


def _shape(act: Act, names: Names) -> dict[str, Any]:
    """What all facts of an act have in common."""
    arrived = act.arrived_lo is not None or act.arrived_hi is not None
    said = act.copy_key.to_bytes(8, "big", signed=True)  # both: copies have the two in common
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
        "event_id": said.hex(),
        "capturer": names.capturers.get(act.capturer, ""),
        "digest": said,
    }
