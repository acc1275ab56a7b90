"""Takes recorded events of no family; gives what state rules must know of the things they name.

Kept of those tenants alone that have a state rule on, since plain EPCIS may name a million things
that no rule ever asks about; and of their events only what a rule can ask: what made an instance,
ended it, packed it, took it out or used it. What families' events say of things counts beside it,
so that a thing has one course. Nothing of it is anybody's verdict but that an event is held: all
of it can be made again from the record, as of whenever a rule is switched on.
"""

from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from suyuan.model import Action, Event, EventType
from suyuan.state.memory import (
    ENDED,
    ENDING,
    HELD,
    JOINED,
    LEFT,
    MADE,
    SEEN,
    Line,
    happening,
    of_container,
)
from suyuan.state.rows import thing_key
from suyuan.store import Queries, ReadConnection, Store, WriteConnection

_Q: Final = Queries("suyuan.state")
_AT_ONCE: Final = 20_000
_EVENT_TYPES: Final = ("int8", "int4", "timestamptz", "text", "bytea")
_LINE_TYPES: Final = ("int8", "int8", "int4")
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


def plain_lines(event: Event, *, held: bool = False) -> tuple[Line, ...]:
    """What an event of no family makes of instances, as far as state rules ask.

    By EPCIS alone (2.0 §7.4): ObjectEvent ADD and an output make a thing; ObjectEvent DELETE, an
    input, and a step that ends things end it; aggregation packs its children and takes them out,
    or all of them where DELETE names none, and its container is one. Whatever else names a thing
    uses it (SEEN), as transactions and associations do.
    """
    if event.error is not None:
        return ()
    judged = HELD if held else 0
    lines = dict.fromkeys(instances_of(event), SEEN) | dict(_lines(event))
    return tuple((thing, what | judged) for thing, what in lines.items())


def place_of(key: int, what: int) -> int:
    """Under which key a line is kept: uses apart, so that the rest is found beside many of them."""
    return ~key if what & ~HELD == SEEN else key


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
                copy.write_row((place_of(key(thing), what), each.entry, what))


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
