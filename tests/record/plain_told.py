"""Plain EPCIS as the tests of state rules tell it, and what became of it."""

import itertools
from datetime import timedelta
from typing import Any

from given import FARM, NOW
from msgspec import structs
from plain_twin import Found, Json

from suyuan.capture import EventResult, JobResult
from suyuan.model import Severity, StateRule
from suyuan.record import remembering
from suyuan.state import plain
from suyuan.store import ReadConnection, Store

SECRET = b"secret" * 6
BY_RULES = structs.replace(FARM, state_rules=frozenset(StateRule))
numbers = itertools.count(1)

ITEMS = tuple(f"urn:epc:id:sgtin:6901234.056789.{number}" for number in range(3))
BOXES = tuple(f"urn:epc:id:sscc:6901234.000000001{number}" for number in range(3))
ITEM, BOX, OTHER, THIRD = ITEMS[0], *BOXES


def told(kind: str, at: int, **members: Any) -> Json:
    """A plain event, so many minutes after the first."""
    number = next(numbers)
    happened = NOW - timedelta(days=1) + timedelta(minutes=at)
    named = {} if kind in ("AggregationEvent", "AssociationEvent", "TransformationEvent") else {
        "epcList": [ITEM]
    }  # fmt: skip
    return {
        "type": kind,
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "eventTime": happened.isoformat(),
        "eventTimeZoneOffset": "+08:00",
    } | named | members  # fmt: skip


def made(at: int, *things: str) -> Json:
    return told("ObjectEvent", at, action="ADD", epcList=list(things or (ITEM,)))


def seen(at: int, *things: str, **members: Any) -> Json:
    return told("ObjectEvent", at, action="OBSERVE", epcList=list(things or (ITEM,)), **members)


def gone(at: int, *things: str) -> Json:
    return told("ObjectEvent", at, action="DELETE", epcList=list(things or (ITEM,)))


def packed(at: int, box: str, *things: str, action: str = "ADD") -> Json:
    return told("AggregationEvent", at, action=action, parentID=box, childEPCs=list(things))


def unpacked(at: int, box: str, *things: str) -> Json:
    return packed(at, box, *things, action="DELETE")


def turned(at: int, old: str, new: str) -> Json:
    return told("TransformationEvent", at, inputEPCList=[old], outputEPCList=[new])


def declared(event: Json) -> Json:
    return event | {"errorDeclaration": {"declarationTime": NOW.isoformat()}}


def keep(database: Store, tenant: int = 1) -> None:
    """What switching the first rule on does."""
    with database.write() as conn:
        plain.begin(conn, tenant)
    assert remembering.keep(database, tenant, secret=SECRET)


def held(one: EventResult) -> set[Found]:
    """For which state rule, and where, an event is held."""
    return {
        (each.rule, each.path)
        for each in one.findings
        if each.rule.startswith("chain.") and each.severity is Severity.HOLD
    }


def late(one: EventResult) -> set[Found]:
    """Of which later reports, and where, an event is told that it makes them impossible."""
    return {
        (each.rule, each.path)
        for each in one.findings
        if each.rule.startswith("chain.later-") and each.severity is Severity.FLAG
    }


def last(result: JobResult) -> set[str]:
    """For what the last event of a document is held."""
    return {rule for rule, _ in held(result.events[-1])}


def rows(conn: ReadConnection, tenant: int) -> list[tuple[Any, ...]]:
    """All that is kept of a tenant."""
    return list(conn.execute(
        "select e.*, l.thing, l.what from state.plain_event as e join state.plain_line as l"
        " on l.entry = e.entry where e.tenant = %s order by e.entry, l.thing, l.what", (tenant,)
    ))  # fmt: skip
