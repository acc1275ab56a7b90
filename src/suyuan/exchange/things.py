"""Takes who asks; gives the EPCs of events they may see, each once, in the order of the record.

An EPC is listed where it first stands in an event that the viewer may have, as an instance: in a
list of EPCs, as input or output, child or parent. What the index has not followed comes later.
"""

from datetime import datetime
from typing import Final

from suyuan.exchange.finding import answering, reach
from suyuan.exchange.listing import Listed, place_of, token_of
from suyuan.exchange.query import THINGS, EventQuery
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.store import ReadConnection

_KIND: Final = "epc"
_ANY: Final = "MATCH_anyEPC"
_MOST_EVENTS: Final = 2_000
"""Events looked at for one page; a page may have fewer EPCs than asked for, and a next one."""

_FEW: Final = 4


def epcs_page(
    conn: ReadConnection, asker: Asker, *, per_page: int, token: str | None, now: datetime
) -> Listed:
    """A page of EPCs.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    start = ("-1", "", str(min(reach(conn))))
    after, behind, upto = place_of(token, _KIND, start, asker, now)
    found: list[str] = []
    last = (after, behind)
    # The event in which the page before ended may have more.
    place = Place(upto=int(upto), after=int(after) - bool(behind))
    for looked, (recorded, _) in enumerate(answering(conn, EventQuery(), asker, place)):
        if looked >= _MOST_EVENTS:
            return Listed(members=found, token=token_of((*last, upto), _KIND, asker, now))
        for name in sorted(THINGS[_ANY](recorded.event)):
            if recorded.position == int(after) and name <= behind:
                continue
            if not _is_first(conn, name, recorded.position, asker):
                continue
            if len(found) == per_page:
                return Listed(members=found, token=token_of((*last, upto), _KIND, asker, now))
            found.append(name)
            last = (str(recorded.position), name)
        last = max(last, (str(recorded.position), ""), key=lambda each: int(each[0]))
    return Listed(members=found, token=None)


def _is_first(conn: ReadConnection, name: str, position: int, asker: Asker) -> bool:
    """Whether no event before this one that the viewer may have names it."""
    query = EventQuery(things={_ANY: (name,)})
    before = answering(conn, query, asker, Place(upto=position - 1), at_once=_FEW)
    return next(before, None) is None
