"""Small events and views made by hand, for tests of predicates and placement."""

from datetime import UTC, datetime
from typing import Any

from suyuan.families import Knowledge
from suyuan.families.view import View
from suyuan.model import Action, Event, EventType

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
NS = "urn:suyuan:ns:1:"
PIG = "urn:suyuan:ear-tag:137060200000001"
LOT = "https://id.gs1.org/01/06901234567892/10/B7"


def an_event(**members: Any) -> Event:
    """Noon of 10 March 2026 in China."""
    given = {
        "type": EventType.OBJECT,
        "action": Action.OBSERVE,
        "event_time": NOON,
        "event_time_text": "2026-03-10T12:00:00+08:00",
        "offset": "+08:00",
        "epcs": (PIG,),
    }
    return Event(**(given | members))


def a_view(*, event: Event | None = None, **values: Any) -> View:
    """A view whose items have just these values; a value that is no tuple stands alone."""
    tuples = {
        name: value if isinstance(value, tuple) else (value,) for name, value in values.items()
    }
    readers = {name: (lambda _event, found=found: found) for name, found in tuples.items()}
    return View(event or an_event(), readers)


def known(**parts: Any) -> Knowledge:
    return Knowledge(**({"now": NOON} | parts))
