"""Takes a query, a viewer and a place to go on from; gives one page of events that answer it.

A page token holds the place in the order and the position the first page was complete to, so
that following pages neither skip nor repeat, whatever is captured meanwhile.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from suyuan.exchange.disclose import outgoing
from suyuan.exchange.matching import matches
from suyuan.exchange.parameters import EventQuery, QueryError
from suyuan.families import Families
from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.record import Recorded, event_by_id, events_by_entries, grants_of
from suyuan.record.types import EVENT_TYPES
from suyuan.store import Queries, ReadConnection
from suyuan.wire import write_document
from suyuan.wire.types import Kind, Outgoing

SQL = Queries("suyuan.exchange")

_AT_ONCE: Final = 500
_TOKEN = Text(
    "nextPageToken 不是本次查询给出的；请从第一页重新查询。",
    "The nextPageToken was not given for this query; ask again from the first page.",
)
_TOO_LARGE = Text(
    "结果多于 maxEventCount 的 {most} 条；请缩小范围。",
    "More than the {most} events of maxEventCount answer; narrow the query.",
)


class EventsPage(Struct, frozen=True, kw_only=True):
    """One page as an EPCISQueryDocument, and the token of the next, None at the end."""

    document: bytes
    token: str | None


class TooLargeError(QueryError):
    """More events answer than the caller allowed (EPCIS 2.0 §8.2.7)."""

    epcis = "epcisException:QueryTooLargeException"


class _Asker(Struct, frozen=True, kw_only=True):
    viewer: Viewer
    secret: bytes
    families: Families


class _Place(Struct, frozen=True, kw_only=True):
    """Where the next page begins; `query` is the digest of the query it belongs to."""

    query: str
    upto: int
    after: int
    at: datetime | None = None
    given: int = 0


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
    asker = _Asker(viewer=viewer, secret=secret, families=families)
    place = _resumed(query) if query.token else _begun(conn, query)
    size, most = _size(query, place)
    events: list[Outgoing] = []
    last = place
    for recorded, event in _answering(conn, query, asker, place):
        if len(events) == size:
            return _page(events, last if most is None or last.given < most else None, now)
        events.append(event)
        last = structs.replace(
            place,
            after=recorded.position,
            at=recorded.event.event_time,
            given=place.given + len(events),
        )
    _require_fits(query, last.given)
    return _page(events, None, now)


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
    found = event_by_id(conn, event_id, viewer, secret=secret)
    events = [event for each in found if (event := outgoing(each, viewer, families))]
    return write_document(events, kind=Kind.QUERY, created=now) if events else None


def _answering(
    conn: ReadConnection, query: EventQuery, asker: _Asker, place: _Place
) -> Iterator[tuple[Recorded, Outgoing]]:
    """The answering events from a place on, in order; candidates are read in portions."""
    after, at = place.after, place.at
    while True:
        given = {**_narrowed(query, asker), "upto": place.upto, "after": after, "after_time": at}
        rows = conn.execute(SQL[_statement(query)], {**given, "limit": _AT_ONCE}).fetchall()
        found = events_by_entries(conn, [row[0] for row in rows], asker.viewer, secret=asker.secret)
        by_entry = {recorded.entry: recorded for recorded in found}
        for entry, _, _ in rows:
            recorded = by_entry[entry]
            event = outgoing(recorded, asker.viewer, asker.families)
            if event is not None and matches(recorded.event, query):
                yield recorded, event
        if len(rows) < _AT_ONCE:
            return
        _, after, at = rows[-1]


def _narrowed(query: EventQuery, asker: _Asker) -> dict[str, Any]:
    types = [EVENT_TYPES.index(kind) for kind in query.event_type]
    things = next(iter(query.things.values()), None)
    return {
        **grants_of(asker.viewer, secret=asker.secret).params,
        "types": types or None,
        "ge_event": query.ge_event_time,
        "lt_event": query.lt_event_time,
        "ge_record": query.ge_record_time,
        "lt_record": query.lt_record_time,
        "things": None if things is None else list(things),
    }


def _statement(query: EventQuery) -> str:
    name = "by_time" if query.order == "eventTime" else "by_position"
    return f"{name}_down" if query.order is not None and query.descending else name


def _size(query: EventQuery, place: _Place) -> tuple[int, int | None]:
    """How many events this page may hold, and how many all pages together."""
    most = query.event_count_limit
    if query.max_event_count is not None:
        return query.max_event_count + 1, None
    return min(query.per_page, most - place.given) if most else query.per_page, most


def _require_fits(query: EventQuery, count: int) -> None:
    if query.max_event_count is not None and count > query.max_event_count:
        text = _TOO_LARGE.format(most=query.max_event_count)
        raise TooLargeError("query.too-large", text, "maxEventCount", status=413)


def _begun(conn: ReadConnection, query: EventQuery) -> _Place:
    row = conn.execute(SQL.upto).fetchone()
    return _Place(query=_digest(query), upto=row[0] if row else 0, after=-1)


def _resumed(query: EventQuery) -> _Place:
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(query.token or ""), type=_Place)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        place = None
    if place is None or place.query != _digest(query):
        raise QueryError("query.token", _TOKEN, "nextPageToken")
    return place


def _digest(query: EventQuery) -> str:
    """What a query asks, without how it is paged."""
    plain = structs.replace(query, token=None, per_page=1)
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()[:16]


def _page(events: list[Outgoing], place: _Place | None, now: datetime) -> EventsPage:
    token = None
    if place is not None:
        token = base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()
    return EventsPage(document=write_document(events, kind=Kind.QUERY, created=now), token=token)
