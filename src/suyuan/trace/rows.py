"""Rows of the index as facts."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from suyuan.index import FACT_KINDS, GRAINS, SIDES
from suyuan.index.types import BETWEEN
from suyuan.kit import Span
from suyuan.model import Fact, Holder, Verdict
from suyuan.record.types import VERDICTS
from suyuan.store import Queries, ReadConnection

SQL = Queries("suyuan.trace")
COUNTING: Final = {"held": VERDICTS.index(Verdict.HELD)}
"""What the statements that read acts need to know of verdicts."""


class Act(NamedTuple):
    """A row of the statements that read acts, column by column: some lines that say the same.

    Most have one line: `head` is then its thing's name and `amount` how much of it, and there are
    no `tails` and `quantities`. `hi` is None of an instant, as of an open end.
    """

    entry: int
    position: int
    line: int
    lo: datetime | None
    hi: datetime | None
    instant: bool
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
    tails: str | None
    amount: str | None
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
    number: int
    thing: str
    quantity: Decimal | None


_decimal: Final = lru_cache(maxsize=4_096)(Decimal)
"""Amounts return in many acts."""

Lines = dict[tuple[int, int], Line]
"""Lines by their entry and number."""


def lines_of(act: Act) -> list[Line]:
    """The lines of an act."""
    if act.tails is None:
        amount = act.amount
        return [Line(act, act.line, act.head, None if amount is None else _decimal(amount))]
    much = act.quantities
    return [
        Line(act, number, act.head + tail, None if much is None else much[number - act.line])
        for number, tail in enumerate(act.tails.split(BETWEEN), act.line)
    ]


class Names(NamedTuple):
    """What numbers in acts stand for, and the position that the acts are complete to."""

    holders: dict[int, Holder]
    capturers: dict[int, str]
    position: int


def names_of(conn: ReadConnection, lines: Lines) -> Names:
    """What the numbers in these lines stand for."""
    holders, capturers, last = set[int | None](), set[int](), None
    for line in lines.values():
        act = line.act
        if act is not last:
            last = act
            holders.add(act.before)
            holders.add(act.after)
            capturers.add(act.capturer)
    given = {"holders": list(holders - {None}), "capturers": list(capturers)}
    names = Names({}, {}, -1)
    for kind, number, name, site in conn.execute(SQL.meanings, given, binary=True):
        match kind:
            case 0:
                names = names._replace(position=number)
            case 1:
                names.holders[number] = Holder(name, site)
            case _:
                names.capturers[number] = name
    return names


def facts_of(lines: Lines, names: Names) -> Iterator[Fact]:
    """One fact for each line, in the order of the record; acts are taken apart, being many.

    What is only compared is what the index has for it: both its `event_id` and its `digest` are the
    act's `copy_key`, and documents go by their numbers (to name those of a recall took a statement
    as long as a level).
    """
    holders, last = names.holders, None
    for key in sorted(lines):
        act, number, thing, quantity = lines[key]
        if act is not last:  # its lines follow one another
            last = act
            (
                entry, position, _, lo, hi, instant, arrived_lo, arrived_hi, before, after, kind,
                side, grain, held, instrument, inferred, _, _, _, _, unit, parent, flow, other,
                lot, documents, withdrawn_at, capturer, copy_key,
            ) = act  # fmt: skip
            when = Span(lo, lo if instant else hi)
            has_arrived = arrived_lo is not None or arrived_hi is not None
            arrived = Span(arrived_lo, arrived_hi) if has_arrived else None
            document = tuple(map(str, documents)) if documents else ()
            # Stands for both id and digest, which are only asked to tell copies, and together.
            copied = copy_key.to_bytes(8, "big", signed=True)
            event_id = copied.hex()
        yield Fact(  # by place: to name each takes five times as long
            entry,
            number,
            position,
            FACT_KINDS[kind],
            thing,
            when,
            GRAINS[grain],
            None if side is None else SIDES[side],
            arrived,
            None if before is None else holders[before],
            None if after is None else holders[after],
            parent,
            instrument,
            quantity,
            unit,
            flow,
            other,
            lot,
            document,
            inferred,
            held,
            None,  # a verdict is told as the newest override has it
            withdrawn_at,
            event_id,
            names.capturers.get(capturer, ""),
            copied,
        )
