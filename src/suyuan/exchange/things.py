"""Takes who asks; gives the EPCs of events they may see, each once, in the order of the record.

An EPC is listed where it first stands in an event that the viewer may have, as an instance: in a
list of EPCs, as input or output, child or parent. What the index has not followed comes later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from suyuan.exchange.finding import answering, reach, shown
from suyuan.exchange.listing import Listed, place_of, token_of
from suyuan.exchange.query import THINGS, EventQuery
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.record import Recorded, events_by_entries, grants_of
from suyuan.store import ReadConnection

_KIND: Final = "epc"
_ANY: Final = "MATCH_anyEPC"
_MOST_EVENTS: Final = 2_000
"""Events looked at for one page; a page may have fewer EPCs than asked for, and a next one."""

_AT_ONCE: Final = 500
_MORE: Final = 4
"""So many times more are looked at where those before did not settle it."""


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
    last = begun = (int(after), behind)
    # The event in which the page before ended may have more.
    place = Place(upto=int(upto), after=begun[0] - bool(behind))
    looked = 0
    for events in _stretches(answering(conn, EventQuery(), asker, place), per_page):
        named = _named(events, begun)
        earlier = _named_earlier(conn, named, asker)
        for name, position in named.items():
            if name in earlier:
                continue
            if len(found) == per_page:
                return Listed(members=found, token=_token(last, upto, asker, now))
            found.append(name)
            last = (position, name)
        last = (events[-1].position, "")
        looked += len(events)
        if looked >= _MOST_EVENTS:
            return Listed(members=found, token=_token(last, upto, asker, now))
    return Listed(members=found, token=None)


def _token(last: tuple[int, str], upto: str, asker: Asker, now: datetime) -> str:
    return token_of((str(last[0]), last[1], upto), _KIND, asker, now)


def _stretches(found: Iterable[tuple[Recorded, object]], first: int) -> Iterator[list[Recorded]]:
    """Events in stretches, few at first: mostly they have what a page wants."""
    events, size = iter(found), min(first, _AT_ONCE)
    while stretch := [recorded for recorded, _ in islice(events, size)]:
        yield stretch
        size = min(size * _MORE, _AT_ONCE)


def _named(events: Sequence[Recorded], begun: tuple[int, str]) -> dict[str, int]:
    """The names in these events behind a place, in order, and where each stands first."""
    named: dict[str, int] = {}
    for recorded in events:
        for name in sorted(THINGS[_ANY](recorded.event)):
            if (recorded.position, name) > begun:
                named.setdefault(name, recorded.position)
    return named


def _named_earlier(conn: ReadConnection, named: Mapping[str, int], asker: Asker) -> set[str]:
    """Those of the names that an event before, which the viewer may have, names too.

    They are asked for all at once; again only those that none of the first finds settled: the
    index has what is like a name as well, and what the viewer may not have.
    """
    earlier: set[str] = set()
    behind, most = dict.fromkeys(named, -1), 1
    while behind:
        asked = grants_of(asker.viewer, secret=asker.secret).params | {
            "names": list(behind),
            "after": list(behind.values()),
            "before": [named[name] for name in behind],
            "most": most,
        }
        rows = conn.execute(SQL.first_named, asked).fetchall()
        entries = {entry for _, entry, _ in rows}
        read = events_by_entries(conn, entries, asker.viewer, secret=asker.secret)
        events = {recorded.entry: recorded for recorded in read}
        names = tuple(behind)
        hits = [(names[place - 1], entry, position) for place, entry, position in rows]
        earlier.update(name for name, entry, _ in hits if _names(events.get(entry), name, asker))
        behind = {name: position for name, _, position in hits if name not in earlier}
        most = min(most * _MORE, _AT_ONCE)
    return earlier


def _names(recorded: Recorded | None, name: str, asker: Asker) -> bool:
    return (
        recorded is not None
        and name in THINGS[_ANY](recorded.event)
        and shown(recorded, asker) is not None
    )
