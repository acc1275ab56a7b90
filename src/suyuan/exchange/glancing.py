"""Takes a query and who asks; gives all that answers it, where the record tells it at a glance.

So it is with queries of event ids, things or documents that few events name: one statement has
those that may answer. Of others nothing is given; they are found in portions (`finding`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from suyuan.exchange.finding import Found, answer
from suyuan.exchange.narrow import documents_of, things_of
from suyuan.exchange.query import EventQuery
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker, uses_vocabulary
from suyuan.record import Recorded, glancing
from suyuan.record.types import Glance
from suyuan.store.types import Ask

NAMED: Final = glancing.positions_of(SQL.named)

_ORDERS: Final[Mapping[str | None, Callable[[Recorded], Any]]] = {
    None: lambda each: each.position,
    "recordTime": lambda each: each.position,
    "eventTime": lambda each: (each.event.event_time, each.position),
}


def at_a_glance(ask: Ask, query: EventQuery, asker: Asker) -> tuple[list[Found], Place] | None:
    """All that answers a query, in its order, and its first place; None: that takes more."""
    if query.token is not None or uses_vocabulary(query) or query.order not in _ORDERS:
        return None
    glance = _glance(ask, query, asker)
    if glance is None:
        return None
    inside = sorted(
        (each for each in glance.found if _in_time(each, query)), key=_ORDERS[query.order]
    )
    if query.order is not None and query.descending:
        inside.reverse()
    answers = (answer(each, query, {}, asker) for each in inside)
    return [each for each in answers if each is not None], Place(upto=glance.size)


def _glance(ask: Ask, query: EventQuery, asker: Asker) -> Glance | None:
    """What may answer."""
    ids = query.values.get("EQ_eventID")
    if ids is not None:
        return glancing.by_ids(ask, ids, asker.viewer, secret=asker.secret)
    names = things_of(query) or documents_of(query)
    if names is None:
        return None
    given = {"names": list(dict.fromkeys(names))}
    return glancing.by_positions(ask, NAMED, given, asker.viewer, secret=asker.secret)


def _in_time(recorded: Recorded, query: EventQuery) -> bool:
    """What else is decided in the database: whether type and times are those asked for."""
    event = recorded.event
    return (
        (not query.event_type or event.type in query.event_type)
        and _between(event.event_time, query.ge_event_time, query.lt_event_time)
        and _between(recorded.at, query.ge_record_time, query.lt_record_time)
    )


def _between(at: datetime, first: datetime | None, end: datetime | None) -> bool:
    return (first is None or at >= first) and (end is None or at < end)
