"""All facts that a viewer may see, in the order of the record, for what is asked of a network.

The record is read stretch by stretch; where a limit is hit, what is given is complete to the end of
the last stretch, so that nothing looks missing that was only not read.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from suyuan.model import Fact, Viewer
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.folding import Folding, folded
from suyuan.trace.gather import Gathered, Limit
from suyuan.trace.rows import COUNTING, SQL, Act, Lines, lines_of, names_of

Advance = Callable[[int, int], None]
"""Is told how many positions have been read, and of how many."""

_STRETCH: Final = 2_000


def sweep(  # noqa: PLR0913 -- what is read, and how it is told, by name
    conn: ReadConnection,
    viewer: Viewer,
    *,
    secret: bytes,
    known_at: int | None = None,
    as_of: datetime | None = None,
    limit: Limit | None = None,
    advance: Advance = lambda _done, _all: None,
    folding: Folding | None = None,
) -> Gathered:
    """What the viewer may see of the record up to a position and a time of events.

    `secret` keys the access tags. `position` of what is found is the last that was read; with
    `folding`, of pieces that are alike one stands for all.
    """
    bound = limit or Limit()
    head = names_of(conn, {}).position
    last = head if known_at is None else min(head, known_at)
    asked = {
        **grants_of(viewer, secret=secret).params, **COUNTING, "as_of": as_of, "known_at": last,
    }  # fmt: skip
    lines: Lines = {}
    reached, levels = -1, 0
    while reached < last:
        until, room = min(reached + _STRETCH, last), bound.facts - len(lines)
        given = {**asked, "since": reached, "until": until, "room": room + 1}
        rows = conn.execute(SQL.stretch, given, binary=True).fetchall()
        said = [line for row in rows for line in lines_of(Act(*row))]
        if len(rows) > room or len(said) > room or bound.expired():
            break
        lines.update({(line.act.entry, line.number): line for line in said})
        reached, levels = until, levels + 1
        advance(max(reached, 0), max(last, 0))
        bound.advance(levels, len(lines))
    found = folded(lines, names_of(conn, lines), folding)
    return Gathered(
        facts=found.facts,
        alike=found.alike,
        position=reached,
        truncated=reached < last,
        levels=levels,
    )


def families_of(
    conn: ReadConnection, facts: Iterable[Fact], alike: Alike = NONE_ALIKE
) -> dict[str, str]:
    """The family of each thing, as far as an event of it was judged by one; of several the first.

    By name, so that the order of the record does not matter. Pieces alike are of one family.
    """
    given = {fact.entry: None for fact in facts}
    named: dict[int, str] = dict(
        conn.execute(SQL.families_named, {"entries": list(given)}).fetchall()
    )
    found: dict[str, str] = {}
    for fact in facts:
        name = named.get(fact.entry)
        if name is not None:
            found[fact.thing] = min(found.get(fact.thing, name), name)
    for stands, some in alike.items():
        if stands in found:
            found.update(dict.fromkeys(some, found[stands]))
    return found
