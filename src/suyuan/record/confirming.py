"""What is on record of the acts that events say they confirm, and through which account it came."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from suyuan.families import Acted, Families, Placement, confirmed, things
from suyuan.model import Event, Viewer
from suyuan.record.access import grants_of
from suyuan.record.bodies import Unpress
from suyuan.record.read import event_key
from suyuan.store import Queries, ReadConnection
from suyuan.wire import event_from_normal

_Q = Queries(__package__)

Acts = dict[str, tuple[Acted, ...]]


def confirming(families: Families, placed: Iterable[tuple[Event, Placement]]) -> list[Event]:
    """Those of the events whose step is a second account's word for acts of others."""
    return [event for event, placement in placed if _confirms(families, placement)]


def acts_named(
    conn: ReadConnection, events: Iterable[Event], viewer: Viewer, *, secret: bytes
) -> Acts:
    """The acts that events confirm, by event id, as far as the viewer may see them."""
    named = {one for event in events for one in confirmed(event)}
    if not named:
        return {}
    keys = {event_key(one, secret=secret) for one in named}
    asked = {"event_keys": list(keys)} | grants_of(viewer, secret=secret).params
    found: Acts = {}
    for event, act in _standing(conn, conn.execute(_Q.acts, asked).fetchall()):
        if event in named:
            found[event] = (*found.get(event, ()), act)
    return found


def with_those_beside(acts: Acts, beside: Sequence[tuple[Event, Placement]], account: int) -> Acts:
    """The same, and the acts of the same document: whoever sent it reported them too."""
    found = dict(acts)
    for event, placement in beside:
        if event.event_id is not None and event.event_id not in acts:
            act = Acted(placement.family, placement.step, account, frozenset(things(event)))
            found[event.event_id] = (*found.get(event.event_id, ()), act)
    return found


def _confirms(families: Families, placement: Placement) -> bool:
    family = families.family(placement.family) if placement.family else None
    return family is not None and bool(placement.step and family.steps[placement.step].confirms)


def _standing(
    conn: ReadConnection, rows: Collection[tuple[Any, ...]]
) -> Iterator[tuple[str, Acted]]:
    """Each act with its event id, but for those that their reporter declared wrong."""
    bodies = Unpress(conn)
    read = [(event_from_normal(bodies.unpack(*row[4:7]).normal), row) for row in rows]
    gone = {(event.event_id, row[3]) for event, row in read if event.error is not None}
    for event, row in read:
        if event.event_id is not None and (event.event_id, row[3]) not in gone:
            family, step, account = row[:3]
            yield event.event_id, Acted(family, step, account, frozenset(things(event)))
