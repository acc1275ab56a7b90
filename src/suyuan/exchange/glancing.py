"""Takes a query and who asks; gives what answers it first, where the record tells it at a glance.

So it is with queries of event ids, things or documents that few events name: one statement has
all that may answer. Of what many events have, one has those that come first (`walking`). Of others
nothing is given; they are found in portions (`finding`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from suyuan.exchange.finding import AT_ONCE, Found, answer
from suyuan.exchange.narrow import documents_of, narrowed, things_of
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


def at_a_glance(
    ask: Ask, query: EventQuery, asker: Asker, *, wanted: int
) -> tuple[list[Found], Place] | None:
    """What answers a query first, in its order, and the first place; None: that takes more.

    It is all that answers, or so many as are wanted.
    """
    if query.token is not None or uses_vocabulary(query) or query.order not in _ORDERS:
        return None
    glance = _glance(ask, query, asker)
    if glance is not None:
        inside = [each for each in glance.found if _in_time(each, query)]
        return _answers(inside, query, asker), Place(upto=glance.size)
    return _walked(ask, query, asker, wanted)


def _walked(
    ask: Ask, query: EventQuery, asker: Asker, wanted: int
) -> tuple[list[Found], Place] | None:
    """The first that answer, if of the first that may answer all do, or there are no more."""
    if wanted > AT_ONCE or query.max_event_count is not None:
        return None
    compiled = narrowed(query, {}, asker)
    walk = compiled.first(ask, asker, wanted=wanted)
    if walk is None:
        return None
    answers = _answers(walk.found, query, asker)
    is_all = not walk.is_more and len(walk.found) < wanted
    return (answers, Place(upto=walk.size)) if is_all or len(answers) >= wanted else None


def _answers(found: list[Recorded], query: EventQuery, asker: Asker) -> list[Found]:
    """Those of the events that answer, in the order of the query."""
    ordered = sorted(found, key=_ORDERS[query.order])
    if query.order is not None and query.descending:
        ordered.reverse()
    answers = (answer(each, query, {}, asker) for each in ordered)
    return [each for each in answers if each is not None]


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
