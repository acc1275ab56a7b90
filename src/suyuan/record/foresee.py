"""Takes an act that is asked about, as the event that would report it; gives what is found.

It reads what a report of it would be judged by, as it is now: registry, permits and the past of its
things. Nothing is recorded and nothing locked, so the answer is good for the moment it is given.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct, structs

from suyuan import state
from suyuan.check import contradictions, unconfirmed
from suyuan.families import Families, Knowledge, Placement
from suyuan.model import Event, Finding, StateRule, Viewer
from suyuan.record import naming
from suyuan.record.confirming import acts_named
from suyuan.record.knowledge import (
    permits_known,
    with_courses,
    with_products,
    with_registry,
    words_of,
)
from suyuan.state import plain, reading
from suyuan.store import ReadConnection
from suyuan.wire import lots_of

Given = Mapping[str, tuple[Any, ...]]


class Foreseen(Struct, frozen=True, kw_only=True):
    """What would be found in an act, and as what it was judged."""

    placement: Placement
    findings: tuple[Finding, ...]


class Asker(Struct, frozen=True, kw_only=True):
    """Who asks for whom, and by what: `party` is to do the act at `now`, through `account`."""

    families: Families
    secret: bytes
    tenant: int
    party: str
    now: datetime
    account: int | None = None
    state_rules: frozenset[StateRule] = frozenset()


def foresee(conn: ReadConnection, event: Event, given: Given, asker: Asker) -> Foreseen:
    """What would be found; an act of no known family and step is only placed."""
    families, tenant = asker.families, asker.tenant
    base = with_products(conn, [event], tenant=tenant, actor=asker.party, now=asker.now)
    placement = families.step_of(event, base)
    if placement.family is None or placement.step is None:
        return Foreseen(placement=placement, findings=placement.findings)
    words = words_of([event])
    known = with_registry(conn, base, [event], words, tenant=tenant)
    permits = permits_known(conn, words, tenant=tenant)
    known = structs.replace(known, permits=permits, state_rules=asker.state_rules)
    known = _with_past(conn, event, known, placement, asker)
    found = families.foresee(event, known, placement, given)
    acts = acts_named(
        conn,
        [event],
        Viewer(tenant=tenant, party=asker.party, parts_only=True),
        secret=asker.secret,
    )
    known = structs.replace(known, acts=acts, account=asker.account)
    beside = (*contradictions(event, known), *unconfirmed(event, known, families, placement))
    names = naming.known(
        conn, naming.numbers(beside), Viewer(tenant=tenant, party=asker.party), secret=asker.secret
    )
    beside = naming.told(beside, names)
    return Foreseen(placement=placement, findings=(*placement.findings, *found, *beside))


def _with_past(
    conn: ReadConnection, event: Event, known: Knowledge, placement: Placement, asker: Asker
) -> Knowledge:
    lines = state.lines_of(event)
    others = {*lots_of(event).values(), *asker.families.named(event, placement)}
    things = {thing for thing, _ in lines} | others
    memory = state.look(conn, things, tenant=asker.tenant, secret=asker.secret)
    asked = (*lines, *((name, 0) for name in sorted(others)))
    known = _with_record(conn, event, known, memory, asker)
    return structs.replace(
        known,
        things=memory.states(asked, event.event_time),
        inside=partial(memory.inside, until=event.event_time),
    )


def _with_record(
    conn: ReadConnection, event: Event, known: Knowledge, memory: state.Memory, asker: Asker
) -> Knowledge:
    """The same, and what state rules go by, where plain EPCIS is kept for them."""
    if not asker.state_rules or plain.keeping(conn, asker.tenant) is not plain.Keeping.WHOLE:
        return known
    own = state.lines_of(event)
    things = frozenset(thing for thing, _ in own)
    asked = reading.asked_by([(event, own)], things, asker.state_rules)
    record = reading.courses(conn, memory, asked, (), tenant=asker.tenant, secret=asker.secret)
    known = with_courses(known, record, event, own)
    past = state.happening(event, step=None)
    return structs.replace(known, later=record.later(past, record.doubts(past, own)))
