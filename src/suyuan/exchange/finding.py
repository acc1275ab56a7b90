"""Takes a query, who asks and a place; gives the events that answer, in the order of the record."""

from collections.abc import Iterator
from typing import Final

from suyuan.exchange.disclose import outgoing, shown_event
from suyuan.exchange.matching import Names, matches
from suyuan.exchange.narrow import narrowed
from suyuan.exchange.query import EventQuery
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker, resolved, uses_vocabulary
from suyuan.model import Event
from suyuan.record import Recorded, events_by_entries
from suyuan.store import ReadConnection
from suyuan.wire.types import Outgoing

AT_ONCE: Final = 500

Found = tuple[Recorded, Outgoing]


def shown(recorded: Recorded, asker: Asker) -> Outgoing | None:
    """The event as the asker may have it; None if not at all."""
    return outgoing(recorded, asker.viewer, families=asker.families, secret=asker.secret)


def _seen(recorded: Recorded, query: EventQuery, asker: Asker) -> Event | None:
    """The event as the viewer may know it, where the query asks for what may be kept from them."""
    if not (query.conditions or query.described):
        return recorded.event
    return shown_event(recorded, asker.viewer, families=asker.families, secret=asker.secret)


def answering(
    conn: ReadConnection,
    query: EventQuery,
    asker: Asker,
    place: Place,
    *,
    horizon: int | None = None,
    indexed: int | None = None,
    wanted: int = AT_ONCE,
) -> Iterator[Found]:
    """The answering events from a place on, in order; candidates are read in portions.

    `horizon` is up to where master data are read, if that is not where the events end, and
    `indexed` how far the index goes, if that is known. As a rule so many as are `wanted` suffice.
    """
    if indexed is None:
        _, indexed = reach(conn)
    query, names = resolved(conn, query, asker, upto=place.upto if horizon is None else horizon)
    compiled = narrowed(query, names, asker)
    limits = _growing(wanted)
    for rows in compiled.portions(conn, place, indexed=indexed, limits=limits):
        found = events_by_entries(conn, [row[0] for row in rows], asker.viewer, secret=asker.secret)
        by_entry = {recorded.entry: recorded for recorded in found}
        for row in rows:
            if (one := answer(by_entry[row[0]], query, names, asker)) is not None:
                yield one


def _growing(first: int) -> Iterator[int]:
    """How many are read at once: what is wanted, then more and more."""
    many = min(first, AT_ONCE)
    while True:
        yield many
        many = min(2 * many, AT_ONCE)


def answer(recorded: Recorded, query: EventQuery, names: Names, asker: Asker) -> Found | None:
    """The event as the asker may have it, if it answers."""
    seen = _seen(recorded, query, asker)
    if seen is None or not matches(seen, query, names):
        return None
    event = shown(recorded, asker)
    return None if event is None else (recorded, event)


def reach(conn: ReadConnection) -> tuple[int, int]:
    """How far the record goes, and how far the index; what lies between is looked at one by one."""
    (row,) = conn.execute(SQL.reach).fetchall()
    return row[0], row[1]


def whole(query: EventQuery, *, size: int, indexed: int) -> int:
    """Up to where a first page looks: what master data say must not change between pages."""
    return min(size, indexed) if uses_vocabulary(query) else size
