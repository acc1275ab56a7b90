"""Takes a query, a viewer and a place to go on from; gives one page of events that answer it.

A page token holds the place in the order and the position the first page was complete to, so
that following pages neither skip nor repeat, whatever is captured meanwhile.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct, structs

from suyuan.exchange import tokens
from suyuan.exchange.finding import Found, answering, reach, shown, whole
from suyuan.exchange.glancing import at_a_glance
from suyuan.exchange.notices import Notice
from suyuan.exchange.ordering import in_order
from suyuan.exchange.query import EventQuery, QueryError
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.kit import Text
from suyuan.record import Recorded
from suyuan.store import ReadConnection
from suyuan.store.types import Ask
from suyuan.wire import write_document
from suyuan.wire.types import Kind, QueryName

_TOO_LARGE = Text(
    "结果多于 maxEventCount 的 {most} 条；请缩小范围。",
    "More than the {most} events of maxEventCount answer; narrow the query.",
)


class EventsPage(Struct, frozen=True, kw_only=True):
    """One page as an EPCISQueryDocument, and the token of the next, None at the end.

    `notices` say what in the query is probably not meant so.
    """

    document: bytes
    token: str | None
    notices: tuple[Notice, ...] = ()


class TooLargeError(QueryError):
    """More events answer than the caller allowed (EPCIS 2.0 §8.2.7)."""

    epcis = "epcisException:QueryTooLargeException"


def events_page(
    conn: ReadConnection,
    query: EventQuery,
    asker: Asker,
    *,
    now: datetime,
    called: QueryName | None = None,
) -> EventsPage:
    """One page of the events that answer a query, `called` so, and that the asker may have.

    Raises:
        QueryError: the token is not of this query, or more answer than were allowed (413).
    """
    found, place = _found(conn, query, asker, now)
    return _page(found, place, query, asker, now=now, called=called)


def glanced_page(
    ask: Ask, query: EventQuery, asker: Asker, *, now: datetime, called: QueryName | None = None
) -> EventsPage | None:
    """The first page by a statement that needs no transaction; None: `events_page` tells it.

    Raises:
        QueryError: more answer than were allowed (413).
    """
    wanted = _size(query, Place(upto=0)) + 1
    if (led := at_a_glance(ask, query, asker, wanted=wanted)) is None:
        return None
    found, place = led
    _require_fits(query, iter(found))
    return _page(found, place, query, asker, now=now, called=called)


def _page(
    found: Sequence[Found],
    place: Place,
    query: EventQuery,
    asker: Asker,
    *,
    now: datetime,
    called: QueryName | None,
) -> EventsPage:
    """The page from a place on, of what answers there: all of it, or one more than it holds."""
    size, token = _size(query, place), None
    if len(found) > size and size < _left(query, place):
        following = _after(place, found[size - 1][0], size)
        token = tokens.written(following, query, asker.viewer, secret=asker.secret, now=now)
    events = [event for _, event in found[:size]]
    document = write_document(events, kind=Kind.QUERY, created=now, query=called)
    return EventsPage(document=document, token=token)


def _found(
    conn: ReadConnection, query: EventQuery, asker: Asker, now: datetime
) -> tuple[list[Found], Place]:
    """What answers from a place on, in order, one more than a page holds; and the place."""
    recorded, indexed = reach(conn)
    if query.token is None:
        place = Place(upto=whole(query, size=recorded, indexed=indexed))
        _require_fits(query, answering(conn, query, asker, place, indexed=indexed))
    else:
        place = tokens.read(query.token, query, asker.viewer, secret=asker.secret, now=now)
    wanted = _size(query, place) + 1
    found = in_order(conn, query, asker, place, indexed=indexed, wanted=wanted)
    return list(islice(found, wanted)), place


def event_document(found: Iterable[Recorded], asker: Asker, *, now: datetime) -> bytes | None:
    """What is recorded of an event, as far as the asker may have it; None if nothing is."""
    events = [event for each in found if (event := shown(each, asker))]
    return write_document(events, kind=Kind.QUERY, created=now) if events else None


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


def _require_fits(query: EventQuery, found: Iterator[Found]) -> None:
    """Count before anything is given: who asked for all of few must not get a part of many."""
    most = query.max_event_count
    if most is None:
        return
    count = sum(1 for _ in islice(found, most + 1))
    if count > most:
        text = _TOO_LARGE.format(most=most)
        raise TooLargeError("query.too-large", text, "maxEventCount", status=413)
