"""Takes a query, who asks and a stretch of the record; gives the answering events in it.

What stands between two positions never changes, so the same stretch gives the same events however
often it is asked, as long as the viewer may see the same.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from suyuan.exchange.finding import answering, reach, whole
from suyuan.exchange.query import EventQuery, QueryError
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.kit import Text
from suyuan.store import ReadConnection
from suyuan.wire import write_document
from suyuan.wire.types import Kind, Outgoing, QueryName

_LARGEST: Final = 1 << 20
_SHAPED = Text(
    "订阅按记录先后给出全部事件；请让所订阅的查询不含 {name}。",
    "A subscription gives every event in the order of the record; have a query without {name} "
    "to subscribe to.",
)


class Stretch(Struct, frozen=True, kw_only=True):
    """The positions behind `after`, up to `upto`; master data are read up to `horizon`.

    Of the events at most `most` are given, and no more than a megabyte of them; None: all.
    """

    after: int
    upto: int
    horizon: int
    most: int | None = None


class Portion(Struct, frozen=True, kw_only=True):
    """Events of a stretch as an EPCISQueryDocument, and up to where they are all of them."""

    document: bytes
    count: int
    upto: int


def require_standing(query: EventQuery) -> None:
    """See that a query can be subscribed to: no order but the record's, and no end.

    Raises:
        QueryError: it asks for one, by name.
    """
    shaped = {
        "orderBy": query.order,
        "eventCountLimit": query.event_count_limit,
        "maxEventCount": query.max_event_count,
    }
    for name, value in shaped.items():
        if value is not None:
            error = QueryError("subscription.query", _SHAPED.format(name=name), name)
            error.epcis = "epcisException:SubscribeNotPermittedException"
            raise error


def recorded(conn: ReadConnection) -> int:
    """How far the record goes."""
    return reach(conn)[0]


def end_for(conn: ReadConnection, query: EventQuery) -> int:
    """Up to where a query can be answered for good: what needs the index waits for it."""
    size, indexed = reach(conn)
    return whole(query, size=size, indexed=indexed)


def since(query: EventQuery, initial: datetime | None) -> EventQuery:
    """The query for what was recorded from a time on."""
    if initial is None:
        return query
    earliest = max(filter(None, (query.ge_record_time, initial)))
    return structs.replace(query, ge_record_time=earliest)


def portion(
    conn: ReadConnection,
    query: EventQuery,
    asker: Asker,
    stretch: Stretch,
    *,
    called: QueryName,
    now: datetime,
) -> Portion:
    """The events of a stretch that answer a query and that the asker may have."""
    place = Place(upto=stretch.upto, after=stretch.after)
    found = answering(conn, query, asker, place, horizon=stretch.horizon)
    events: list[Outgoing] = []
    upto, size = stretch.upto, 0
    for recorded, event in found:
        size += len(event.raw)
        events.append(event)
        if stretch.most is not None and (len(events) >= stretch.most or size >= _LARGEST):
            upto = recorded.position
            break
    document = write_document(events, kind=Kind.QUERY, created=now, query=called)
    return Portion(document=document, count=len(events), upto=upto)
