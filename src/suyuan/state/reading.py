"""Takes what events say of things; reads the courses that state rules judge them by.

A statement or few for all events of a portion, however many they are; and more only where things
are ended, containers emptied, or packed that lie in others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from suyuan.model import Action, Event, EventType, StateRule
from suyuan.state.courses import Course, Courses
from suyuan.state.memory import DEPTH, EMPTIED, ENDED, SEEN, Line, Memory, Past
from suyuan.state.rows import Key, pasts, thing_key
from suyuan.store import Queries, ReadConnection, encoded

_Q: Final = Queries("suyuan.state")
# More than any single item has; of a thing with more nothing is said to be missing.
_LIMIT: Final = 1000
# So many things taken out of containers are looked at, to say which an emptying contradicts.
_MOST: Final = 20_000

_Times = frozenset[tuple[str, datetime]]


class Asked(Struct, frozen=True, kw_only=True):
    """What the state rules that are on ask of things that events name, which are locked.

    `ended` and `emptied` are things that these end and containers that they empty, and when;
    `packed` are those in which they pack something. They happened from `first` to `last`.
    """

    things: frozenset[str]
    ended: _Times
    emptied: _Times
    packed: frozenset[str]
    first: datetime
    last: datetime


def asked_by(
    events: Sequence[tuple[Event, Iterable[Line]]],
    things: frozenset[str],
    rules: Collection[StateRule],
) -> Asked:
    """What rules ask of events, at least one, and what these make of which things."""
    times = [event.event_time for event, _ in events]
    return Asked(
        things=things,
        ended=_made(events, ENDED) if StateRule.ENDED_IS_OVER in rules else frozenset(),
        emptied=_made(events, EMPTIED) if StateRule.UNPACKED_FROM_INSIDE in rules else frozenset(),
        packed=frozenset(
            event.parent
            for event, _ in events
            if StateRule.NOT_INSIDE_ITSELF in rules
            and event.parent is not None
            and (event.type, event.action) == (EventType.AGGREGATION, Action.ADD)
        ),
        first=min(times),
        last=max(times),
    )


def _made(events: Iterable[tuple[Event, Iterable[Line]]], kind: int) -> _Times:
    return frozenset(
        (thing, event.event_time) for event, lines in events for thing, what in lines if what & kind
    )


class _Reader(Struct, frozen=True):
    """What every reading needs: the courses that grow, how things are keyed, what is left out."""

    conn: ReadConnection
    courses: Courses
    key: Key
    without: Collection[bytes]

    def rows(self, query: Any, keys: Iterable[int], **more: Any) -> Iterable[tuple[Any, ...]]:
        """The rows of a statement that asks of things by their keys."""
        asked = {"things": encoded.int8_array(list(keys)), "limit": _LIMIT} | more
        cursor = encoded.takes_encoded(self.conn.cursor(binary=True))
        return cursor.execute(query, asked, prepare=False).fetchall()

    def keys(self, names: Iterable[str]) -> dict[str, int]:
        """The keys of things, in the order of their names."""
        return {name: self.key(name) for name in sorted(names)}


def courses(
    conn: ReadConnection,
    memory: Memory,
    asked: Asked,
    without: Collection[bytes],
    *,
    tenant: int,
    secret: bytes,
) -> Courses:
    """The courses of things, whose families' past is in the memory; whoever calls has locked them.

    `without` are events that the document at hand declares wrong. What the events do not name, as
    what their containers lie in, is not locked: who reports of it at this moment comes after this
    document, which says nothing of it.
    """
    found = Courses()
    reader = _Reader(conn, found, thing_key(secret, tenant), without)
    for thing in sorted(asked.things):
        for past, what in memory.things.get(thing, ()):
            found.learn(past, ((thing, what),))
        if thing in memory.cut:
            found.things.setdefault(thing, Course()).is_whole = False
    _read(reader, reader.keys(asked.things))
    _used(reader, asked.ended)
    _outwards(reader, asked)
    _taken(reader, asked)
    known = found.things.keys()
    outer = {move.container for each in found.things.values() for move in each.moves} - known
    _emptied(reader, outer)
    return found


def _read(reader: _Reader, keys: Mapping[str, int]) -> None:
    """Learn what events of no family made of things."""
    if not keys:
        return
    names, counts = list(keys), dict[str, int]()
    for place, what, at, container, entry, identity, gone in reader.rows(_Q.plain, keys.values()):
        name = names[place - 1]
        counts[name] = counts.get(name, 0) + 1
        if not (gone or identity in reader.without):
            past = Past(at=at, step="", container=container, entry=entry)
            reader.courses.learn(past, ((name, what),))
    for name, count in counts.items():
        if count > _LIMIT:
            reader.courses.things.setdefault(name, Course()).is_whole = False


def _used(reader: _Reader, ended: _Times) -> None:
    """Learn of the first use of things after these ends."""
    if not ended:
        return
    asked = sorted(ended)
    keys = [~reader.key(thing) for thing, _ in asked]
    times, without = [at for _, at in asked], list(reader.without)
    for place, at, entry in reader.rows(_Q.used, keys, times=times, without=without):
        reader.courses.learn(Past(at=at, step="", entry=entry), ((asked[place - 1][0], SEEN),))


def _outwards(reader: _Reader, asked: Asked) -> None:
    """Learn what the containers lie in, and those around them, so deep as is set."""
    known, level = set(asked.things), set(asked.packed)
    for _ in range(DEPTH):
        inner = [reader.courses.things[name] for name in level if name in reader.courses.things]
        found = (course.containers(asked.first, asked.last) for course in inner)
        level = set[str]().union(*found) - known
        if not level:
            return
        _read_both(reader, reader.keys(level))
        known |= level


def _taken(reader: _Reader, asked: Asked) -> None:
    """Learn of what was taken out of containers after they were emptied; unnamed, by its key."""
    if not asked.emptied:
        return
    # Of each container since it was emptied first.
    first = dict(sorted(asked.emptied, reverse=True))
    keys, times = [reader.key(thing) for thing in first], list(first.values())
    known = {reader.key(thing) for thing in asked.things}
    rows = reader.rows(_Q.taken_out, keys, times=times, most=_MOST)
    _read_both(reader, {f"{thing:x}": thing for (thing,) in rows if thing not in known})


def _read_both(reader: _Reader, keys: Mapping[str, int]) -> None:
    """Learn what events made of things that the document does not name, of families and none."""
    _read(reader, keys)
    names = {key: name for name, key in keys.items()}
    for past, lines in pasts(reader.conn, names, reader.without):
        reader.courses.learn(past, lines)


def _emptied(reader: _Reader, containers: Collection[str]) -> None:
    """Learn when containers that the document does not name were emptied."""
    if not containers:
        return
    keys = reader.keys(containers)
    names = list(keys)
    for place, at, entry, identity in reader.rows(_Q.emptied, keys.values()):
        if identity not in reader.without:
            past = Past(at=at, step="", entry=entry)
            reader.courses.learn(past, ((names[place - 1], EMPTIED),))
