"""Takes a query, a viewer and a place to go on from; gives one page of events that answer it.

A page token holds the place in the order and the position the first page was complete to, so
that following pages neither skip nor repeat, whatever is captured meanwhile.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from msgspec import Struct, structs

from suyuan.exchange import tokens
from suyuan.exchange.disclose import outgoing, shown_event
from suyuan.exchange.matching import matches
from suyuan.exchange.narrow import narrowed
from suyuan.exchange.query import EventQuery, QueryError
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker, resolved, uses_vocabulary
from suyuan.families import Families
from suyuan.kit import Text
from suyuan.model import Event, Viewer
from suyuan.record import Recorded, event_by_id, events_by_entries
from suyuan.store import ReadConnection
from suyuan.wire import write_document
from suyuan.wire.types import Kind, Outgoing

_AT_ONCE: Final = 500
_TOO_LARGE = Text(
    "结果多于 maxEventCount 的 {most} 条；请缩小范围。",
    "More than the {most} events of maxEventCount answer; narrow the query.",
)

Found = tuple[Recorded, Outgoing]


class EventsPage(Struct, frozen=True, kw_only=True):
    """One page as an EPCISQueryDocument, and the token of the next, None at the end."""

    document: bytes
    token: str | None


class TooLargeError(QueryError):
    """More events answer than the caller allowed (EPCIS 2.0 §8.2.7)."""

    epcis = "epcisException:QueryTooLargeException"


def events_page(
    conn: ReadConnection,
    query: EventQuery,
    viewer: Viewer,
    *,
    secret: bytes,
    families: Families,
    now: datetime,
) -> EventsPage:
    """One page of the events that answer a query and that the viewer may have.

    Raises:
        QueryError: the token is not of this query, or more answer than were allowed (413).
    """
    asker = Asker(viewer=viewer, secret=secret, families=families)
    if query.token is None:
        place = Place(upto=whole(conn, query))
        _require_fits(conn, query, asker, place)
    else:
        place = tokens.read(query.token, query, viewer, secret=secret, now=now)
    size = _size(query, place)
    found = list(islice(answering(conn, query, asker, place), size + 1))
    token = None
    if len(found) > size and size < _left(query, place):
        following = _after(place, found[size - 1][0], size)
        token = tokens.written(following, query, viewer, secret=secret, now=now)
    events = [event for _, event in found[:size]]
    return EventsPage(document=write_document(events, kind=Kind.QUERY, created=now), token=token)


def event_document(
    conn: ReadConnection,
    event_id: str,
    viewer: Viewer,
    *,
    secret: bytes,
    families: Families,
    now: datetime,
) -> bytes | None:
    """All that bears an event id, the original and its error declarations; None if nothing."""
    asker = Asker(viewer=viewer, secret=secret, families=families)
    found = event_by_id(conn, event_id, viewer, secret=secret)
    events = [event for each in found if (event := _shown(each, asker))]
    return write_document(events, kind=Kind.QUERY, created=now) if events else None


def _shown(recorded: Recorded, asker: Asker) -> Outgoing | None:
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
    at_once: int = _AT_ONCE,
) -> Iterator[Found]:
    """The answering events from a place on, in order; candidates are read in portions.

    `horizon` is up to where master data are read, if that is not where the events end.
    """
    _, indexed = reach(conn)
    query, names = resolved(conn, query, asker, upto=place.upto if horizon is None else horizon)
    fixed = {
        **narrowed(query, asker),
        "upto": place.upto,
        "indexed": indexed,
        "limit": at_once,
    }
    after, at = place.after, place.at
    while True:
        given = {**fixed, "after": after, "after_time": at}
        rows = conn.execute(SQL[_statement(query)], given).fetchall()
        found = events_by_entries(conn, [row[0] for row in rows], asker.viewer, secret=asker.secret)
        by_entry = {recorded.entry: recorded for recorded in found}
        for recorded in (by_entry[row[0]] for row in rows):
            seen = _seen(recorded, query, asker)
            answers = seen is not None and matches(seen, query, names)
            event = _shown(recorded, asker) if answers else None
            if event is not None:
                yield recorded, event
        if len(rows) < at_once:
            return
        _, after, at = rows[-1]


def _statement(query: EventQuery) -> str:
    name = "by_time" if query.order == "eventTime" else "by_position"
    return f"{name}_down" if query.order is not None and query.descending else name


def _left(query: EventQuery, place: Place) -> int:
    """How many events this page and all after it may hold together."""
    if query.event_count_limit is None:
        return query.per_page + 1
    return query.event_count_limit - place.given


def _size(query: EventQuery, place: Place) -> int:
    return min(query.per_page, _left(query, place))


def _after(place: Place, last: Recorded, count: int) -> Place:
    return structs.replace(
        place,
        after=last.position,
        at=last.event.event_time,
        given=place.given + count,
    )


def _require_fits(conn: ReadConnection, query: EventQuery, asker: Asker, place: Place) -> None:
    """Count before anything is given: who asked for all of few must not get a part of many."""
    most = query.max_event_count
    if most is None:
        return
    count = sum(1 for _ in islice(answering(conn, query, asker, place), most + 1))
    if count > most:
        text = _TOO_LARGE.format(most=most)
        raise TooLargeError("query.too-large", text, "maxEventCount", status=413)


def whole(conn: ReadConnection, query: EventQuery) -> int:
    """Up to where a first page looks: what master data say must not change between pages."""
    size, indexed = reach(conn)
    return min(size, indexed) if uses_vocabulary(query) else size


def reach(conn: ReadConnection) -> tuple[int, int]:
    """How far the record goes, and how far the index; what lies between is looked at one by one."""
    (row,) = conn.execute(SQL.reach).fetchall()
    return row[0], row[1]
