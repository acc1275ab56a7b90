"""Takes a query that is to be ordered by an extension; gives its events in that order.

No index has extensions, so all that answers is read and ordered; that is for queries of which not
too many events answer. Numbers come before times before texts, and what has no such member last,
whichever the direction; what is equal stays in the order of the record.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from msgspec import structs

from suyuan.exchange.disclose import shown_event
from suyuan.exchange.finding import Found, answering
from suyuan.exchange.members import values_of
from suyuan.exchange.query import OF_ITS_OWN, EventQuery, QueryError
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.index import anatomy
from suyuan.kit import Text
from suyuan.store import ReadConnection

MOST_ORDERED: Final = 10_000
_TOO_COMPLEX: Final = Text(
    "按扩展字段排序最多 {most} 个事件；请缩小范围。",
    "At most {most} events can be ordered by an extension; narrow the query.",
)

Key = tuple[int, Decimal | datetime | str]


class TooComplexError(QueryError):
    """More than can be ordered (EPCIS 2.0 §8.2.5)."""

    epcis = "epcisException:QueryTooComplexException"


def in_order(
    conn: ReadConnection,
    query: EventQuery,
    asker: Asker,
    place: Place,
    *,
    indexed: int,
    wanted: int,
) -> Iterator[Found]:
    """The answering events from a place on, in the order that the query asks for.

    `indexed` is how far the index goes; as a rule so many as are `wanted` suffice.

    Raises:
        TooComplexError: too many to be ordered by an extension.
    """
    field = query.order
    if field is None or field in OF_ITS_OWN:
        return answering(conn, query, asker, place, indexed=indexed, wanted=wanted)
    plain = structs.replace(query, order=None)
    whole = Place(upto=place.upto)
    every = answering(conn, plain, asker, whole, indexed=indexed)
    found = list(islice(every, MOST_ORDERED + 1))
    if len(found) > MOST_ORDERED:
        text = _TOO_COMPLEX.format(most=MOST_ORDERED)
        raise TooComplexError("query.too-complex", text, "orderBy", status=413)
    keyed = [(_key(each, field, asker), each) for each in found]
    having = [(key, each) for key, each in keyed if key is not None]
    having.sort(key=lambda pair: pair[0], reverse=query.descending)
    ordered = [each for _, each in having] + [each for key, each in keyed if key is None]
    return iter(ordered[place.given :])


def _key(found: Found, field: str, asker: Asker) -> Key | None:
    """The first value of the member as far as the asker is shown it."""
    event = shown_event(found[0], asker.viewer, families=asker.families, secret=asker.secret)
    value: Any = None if event is None else next(values_of(event, field), None)
    if value is None:
        return None
    number = anatomy.number_of(value)
    if number is not None:
        return 0, number
    at = anatomy.instant_of(value)
    return (2, str(value)) if at is None else (1, at)
