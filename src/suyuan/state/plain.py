"""Takes recorded events of no family; gives what state rules must know of the things they name.

Kept of those tenants alone that have a state rule on, since plain EPCIS may name a million things
that no rule ever asks about; and of their events only what a rule can ask: what made an instance,
ended it, packed it or took it out. What families' events say of things counts beside it, so that
a thing has one course. Nothing of it is anybody's verdict but that an event is held: all of it can
be made again from the record, as of whenever a rule is switched on.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Final

from msgspec import Struct, field

from suyuan.families import ThingState
from suyuan.model import Action, Event, EventType
from suyuan.state.memory import (
    EMPTIED,
    ENDED,
    ENDING,
    HELD,
    JOINED,
    LEFT,
    MADE,
    PACKS,
    Line,
    Memory,
    Past,
    happening,
    of_container,
)
from suyuan.state.rows import thing_key
from suyuan.store import Queries, ReadConnection, Store, WriteConnection, encoded

_Q: Final = Queries("suyuan.state")
# More than any single item has; of a thing with more nothing is said to be missing.
_LIMIT: Final = 1000
_AT_ONCE: Final = 20_000
_EVENT_TYPES: Final = ("int8", "int4", "timestamptz", "text", "bytea")
_LINE_TYPES: Final = ("int8", "int8", "int4")
_WHEN: Final = itemgetter(0)
_MOVES: Final = {Action.ADD: JOINED, Action.DELETE: LEFT}


class Keeping(Enum):
    """Whether what plain EPCIS says is kept of a tenant: not, from some time on, or all of it.

    `ENDING`: nothing more is kept, and what was is not all forgotten yet.
    """

    NO = "no"
    ENDING = "ending"
    PARTLY = "partly"
    WHOLE = "whole"

    @property
    def is_kept(self) -> bool:
        """Whether what is recorded now is kept."""
        return self in (Keeping.PARTLY, Keeping.WHOLE)


class Kept(Struct, frozen=True, kw_only=True, gc=False):
    """A recorded event of no family; `identity` is what a declaration would take back.

    `lines` are those of `plain_lines`, and there is at least one.
    """

    entry: int
    event: Event
    identity: bytes
    lines: tuple[Line, ...]


class Course(Struct):
    """What is on record of one thing: its earliest making and end, and where it was put, by time.

    `moves` are times and containers, and whether it was put in or taken out; `emptied` are times at
    which everything was taken out of it. `is_container`: things were packed in it, or taken out,
    and few commission what they pack in. Not `is_whole`: only the latest of it was read.
    """

    made: datetime | None = None
    ended: datetime | None = None
    moves: list[tuple[datetime, str, bool]] = []
    emptied: list[datetime] = []
    is_container: bool = False
    is_whole: bool = True

    def add(self, past: Past, what: int) -> None:
        """One more event, in whatever order; one that is held makes things, and does no more.

        What it ended, packed or took out is for who decides; of what it made, uses need not wait.
        """
        if what & MADE:
            self.made = min(past.at, self.made or past.at)
        self.is_container |= bool(what & PACKS)
        if what & HELD:
            return
        if what & ENDED:
            self.ended = min(past.at, self.ended or past.at)
        if what & (JOINED | LEFT):
            insort(self.moves, (past.at, past.container or "", bool(what & JOINED)))
        if what & EMPTIED:
            insort(self.emptied, past.at)

    def lies(self, until: datetime) -> tuple[datetime, str] | None:
        """Since when it lies in which container as of a time, were that never emptied.

        Of what happened at one time, taking it out comes before putting it elsewhere, and after
        putting it into the same; of two containers, one and the same is the last.
        """
        end = bisect_right(self.moves, until, key=_WHEN)
        if not end:
            return None
        since = self.moves[end - 1][0]
        last = self.moves[bisect_left(self.moves, since, hi=end, key=_WHEN) : end]
        left = {container for _, container, is_in in last if not is_in}
        put = [container for _, container, is_in in last if is_in and container not in left]
        return (since, put[-1]) if put else None


class Courses(Struct, frozen=True):
    """The courses of things; they grow while judging."""

    things: dict[str, Course] = field(default_factory=dict)

    def learn(self, past: Past, lines: Iterable[Line]) -> None:
        """Remember one more event, so that later events of the same document know it."""
        for thing, what in lines:
            self.things.setdefault(thing, Course()).add(past, what)

    def states(self, things: Iterable[str], until: datetime) -> dict[str, ThingState]:
        """What is on record of things as of a time, holders and marks left out.

        When a thing was made and when it ended is told even if that is later (`ThingState`); a
        container that nobody commissioned is there whenever it is asked for.
        """
        return {
            thing: ThingState(
                made=course.made or (until if course.is_container else None),
                ended=course.ended,
                container=self._container(course, until),
                is_whole=course.is_whole,
            )
            for thing in things
            if (course := self.things.get(thing)) is not None
        }

    def _container(self, course: Course, until: datetime) -> str | None:
        """What a thing lies in; packed at the very time of an emptying, it lies there still."""
        if (lies := course.lies(until)) is None:
            return None
        since, container = lies
        emptied = self.things[container].emptied if container in self.things else []
        at = bisect_right(emptied, since)
        return None if at < len(emptied) and emptied[at] <= until else container


def plain_lines(event: Event, *, held: bool = False) -> tuple[Line, ...]:
    """What an event of no family makes of instances, as far as state rules ask.

    By EPCIS alone (2.0 §7.4): ObjectEvent ADD and an output make a thing; ObjectEvent DELETE, an
    input, and a step that ends things end it; aggregation packs its children and takes them out,
    or all of them where DELETE names none, and its container is one. Transactions and associations
    do neither.
    """
    if event.error is not None:
        return ()
    judged = HELD if held else 0
    return tuple((thing, what | judged) for thing, what in dict(_lines(event)).items())


def _lines(event: Event) -> Iterator[Line]:
    if event.type is EventType.TRANSFORMATION:
        yield from ((epc, ENDED) for epc in event.input_epcs)
        yield from ((epc, MADE) for epc in event.output_epcs)
    elif event.type is EventType.AGGREGATION and event.action in _MOVES:
        yield from ((epc, _MOVES[event.action]) for epc in event.epcs)
        if event.parent is not None:
            yield event.parent, of_container(event)
    elif (what := _of_instances(event)) is not None:
        yield from ((epc, what) for epc in event.epcs)


def _of_instances(event: Event) -> int | None:
    """What an object event makes of its instances, or one of a transaction that ends them."""
    if event.type is EventType.OBJECT and event.action is Action.ADD:
        return MADE
    if event.type is EventType.OBJECT and event.action is Action.DELETE:
        return ENDED
    ends = event.type in (EventType.OBJECT, EventType.TRANSACTION) and event.biz_step in ENDING
    return ENDED if ends else None


def instances_of(event: Event) -> tuple[str, ...]:
    """The instances that an event names, and its container: what its state rules ask about."""
    parent = () if event.parent is None else (event.parent,)
    named = (*parent, *event.epcs, *event.input_epcs, *event.output_epcs)
    return tuple(dict.fromkeys(named))


def keeping(conn: ReadConnection, tenant: int) -> Keeping:
    """Whether what plain EPCIS says is kept of a tenant; asked before anything is locked."""
    return standing(conn, tenant)[0]


def standing(conn: ReadConnection, tenant: int) -> tuple[Keeping, int]:
    """The same, and up to which entry it was made or, where it ends, forgotten."""
    row = conn.execute(_Q.keeping, {"tenant": tenant}).fetchone()
    if row is None:
        return Keeping.NO, 0
    is_whole, is_ending, reached = row
    kept = Keeping.WHOLE if is_whole else Keeping.PARTLY
    return Keeping.ENDING if is_ending else kept, reached


def tenants(conn: ReadConnection) -> list[int]:
    """Those of which something is kept or still to be forgotten, ascending."""
    return [row[0] for row in conn.execute(_Q.kept_tenants)]


def load(
    conn: ReadConnection,
    memory: Memory,
    things: Collection[str],
    without: Collection[bytes],
    *,
    tenant: int,
    secret: bytes,
) -> Courses:
    """The courses of things, whose families' past is in the memory; whoever calls has locked them.

    `without` are events that the document at hand declares wrong.
    """
    courses, key = Courses(), thing_key(secret, tenant)
    named = sorted(things)
    for thing in named:
        for past, what in memory.things.get(thing, ()):
            courses.learn(past, ((thing, what),))
        if thing in memory.cut:
            courses.things.setdefault(thing, Course()).is_whole = False
    _read(conn, courses, {name: key(name) for name in named}, without)
    known = courses.things.keys()
    outer = {move[1] for each in courses.things.values() for move in each.moves} - known
    _empty(conn, courses, {name: key(name) for name in sorted(outer)}, without)
    return courses


def _read(
    conn: ReadConnection, courses: Courses, keys: Mapping[str, int], without: Collection[bytes]
) -> None:
    if not keys:
        return
    names, counts = list(keys), dict[str, int]()
    asked = {"things": encoded.int8_array(list(keys.values())), "limit": _LIMIT}
    cursor = encoded.takes_encoded(conn.cursor(binary=True))
    for place, what, at, container, identity, gone in cursor.execute(
        _Q.plain, asked, prepare=False
    ):
        name = names[place - 1]
        counts[name] = counts.get(name, 0) + 1
        if not (gone or identity in without):
            courses.learn(Past(at=at, step="", container=container), ((name, what),))
    for name, count in counts.items():
        if count > _LIMIT:
            courses.things.setdefault(name, Course()).is_whole = False


def _empty(
    conn: ReadConnection, courses: Courses, keys: Mapping[str, int], without: Collection[bytes]
) -> None:
    """Learn when containers that the document does not name were emptied; they are not locked.

    Who reports that at this moment comes after this document, which says nothing of it.
    """
    if not keys:
        return
    names = list(keys)
    asked = {"things": encoded.int8_array(list(keys.values())), "limit": _LIMIT}
    cursor = encoded.takes_encoded(conn.cursor(binary=True))
    for place, at, identity in cursor.execute(_Q.emptied, asked, prepare=False):
        if identity not in without:
            courses.learn(Past(at=at, step=""), ((names[place - 1], EMPTIED),))


def add(conn: WriteConnection, kept: Sequence[Kept], *, tenant: int, secret: bytes) -> None:
    """Remember recorded events, in the transaction that records them or makes all of it again."""
    if not kept:
        return
    key = thing_key(secret, tenant)
    with conn.cursor().copy(_Q.add_plain_events) as copy:
        copy.set_types(_EVENT_TYPES)
        for each in kept:
            past = happening(each.event, step=None)
            row = (each.entry, tenant, past.at, past.container, each.identity)
            copy.write_row(row)
    with conn.cursor().copy(_Q.add_plain_lines) as copy:
        copy.set_types(_LINE_TYPES)
        for each in kept:
            for thing, what in each.lines:
                copy.write_row((key(thing), each.entry, what))


def begin(conn: WriteConnection, tenant: int) -> None:
    """Keep what is recorded from now on: when this is committed, nobody records without."""
    hold(conn)  # or those who record would wait with us for whoever makes it again
    conn.execute(_Q.await_recorders)
    conn.execute(_Q.begin_keeping, {"tenant": tenant})


def hold(conn: WriteConnection) -> None:
    """Be alone in making or forgetting it until the transaction ends; it comes before all locks.

    Erasures and overrides wait (`beside`): a transaction that holds this is to be short.
    """
    conn.execute(_Q.plain_alone)


def beside(conn: WriteConnection) -> None:
    """Wait for whoever makes or forgets it, who waits for us then; it comes before all locks.

    Whoever changes what is kept of recorded events needs it. Everybody who locks more goes in one
    order, or three of us would wait in a circle: this or `hold`, then `keeping`, then things.
    """
    conn.execute(_Q.plain_beside)


def reach(conn: WriteConnection, tenant: int, entry: int) -> None:
    """Say up to which entry it was made or forgotten; it is held alone (`hold`)."""
    conn.execute(_Q.reach, {"tenant": tenant, "entry": entry})


def is_whole_now(conn: WriteConnection, tenant: int) -> None:
    """Say that all that came before is kept too."""
    conn.execute(_Q.keep_whole, {"tenant": tenant})


def forget(conn: WriteConnection, entries: Collection[int]) -> None:
    """Forget what is kept of entries; whoever calls is `beside`, or holds it alone."""
    if entries:
        asked = {"entries": list(entries), "first": min(entries), "last": max(entries)}
        conn.execute(_Q.forget_plain, asked)


def stop(conn: WriteConnection, tenant: int) -> None:
    """Keep nothing of a tenant once this is committed; `finish` forgets what was kept.

    It is held alone (`hold`). Others record on as soon as it is committed, however much was kept.
    """
    if keeping(conn, tenant).is_kept:
        conn.execute(_Q.await_recorders)
        conn.execute(_Q.stop_keeping, {"tenant": tenant})


def finish(store: Store, tenant: int) -> None:
    """Forget what was kept of a tenant since `stop`, portion by portion, each by itself durable.

    It ends where somebody keeps it again, and goes on where another that was cut off had come to.
    """
    is_more = True
    while is_more:
        with store.write() as conn:
            hold(conn)
            is_more = _forget_some(conn, tenant)


def _forget_some(conn: WriteConnection, tenant: int) -> bool:
    """Forget a portion; whether there may be more."""
    found, reached = standing(conn, tenant)
    if found is not Keeping.ENDING:
        return False
    asked = {"tenant": tenant, "entry": reached, "limit": _AT_ONCE}
    entries = [row[0] for row in conn.execute(_Q.plain_after, asked)]
    if not entries:
        conn.execute(_Q.end_keeping, {"tenant": tenant})
        return False
    forget(conn, entries)
    reach(conn, tenant, entries[-1])
    return True
