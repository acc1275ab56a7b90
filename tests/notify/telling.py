"""Events to be told of, and what a test asks."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from suyuan.capture import OnRefusal, Options
from suyuan.model import Capturer, Viewer
from suyuan.notify.types import Subscription
from suyuan.service import Asking, Platform, capture, subscribe

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]


FARM = "urn:suyuan:party:farm"


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def name(number: int) -> str:
    return UUID(int=number + 1).urn


def event(number: int, **members: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": name(number),
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "eventTime": (AT + timedelta(minutes=number % 7)).isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.000001.{number}"],
    } | members


def document(*events: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-10T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        }
    ).encode()


def tell(platform: Platform, by: Capturer, *numbers: int, **members: Any) -> None:
    """Report events by their numbers; nothing may be refused."""
    sent = document(*(event(number, **members) for number in numbers))
    result = capture(platform, sent, by, Options(on_refusal=OnRefusal.PROCEED))
    assert not result.counts.get("refused"), result


def streaming(
    platform: Platform, viewer: Viewer, dest: str, query: str = "all", **more: Any
) -> Subscription:
    """A subscription that is told of each event as soon as it is there."""
    made, _ = subscribe(platform, query, Asking(dest=dest, stream=True, **more), viewer)
    return made


def names(*numbers: int) -> list[str]:
    return [name(number) for number in numbers]
