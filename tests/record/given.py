"""What the tests of the record give it: capturers, events, documents."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from suyuan.capture import JobResult
from suyuan.model import Capturer

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FARM = Capturer(tenant=1, account=1, party="urn:suyuan:uscc:91330106MA2ABCDE1X")
TRADER = Capturer(tenant=1, account=2, party="urn:suyuan:uscc:91330106MA2ABCDE2Y")
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


def event(number: int, **members: Any) -> dict[str, Any]:
    """A valid event whose id and thing come from a number."""
    at = NOW - timedelta(days=1) + timedelta(seconds=number % 80_000)
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number).urn,
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:suyuan:item:A:{number}"],
    } | members


def document(*events: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-10T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        },
        ensure_ascii=False,
    ).encode()


Give = Callable[..., JobResult]
"""Captures events (or `data`); keywords: `by`, and the options."""
