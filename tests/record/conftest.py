"""A recorder on a fresh database, and documents to give it."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.families import Families, load_families
from suyuan.model import Capturer
from suyuan.record import Recorder, take
from suyuan.store import Store

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


@pytest.fixture(scope="session")
def families() -> Families:
    return load_families()


@pytest.fixture
def recorder(families: Families) -> Recorder:
    numbers = itertools.count(1)
    return Recorder(
        clock=lambda: NOW,
        ids=lambda: UUID(int=next(numbers) << 64).urn,
        secret=b"secret" * 6,
        families=families,
    )


Give = Callable[..., JobResult]


@pytest.fixture
def give(database: Store, recorder: Recorder) -> Give:
    """Capture events; by the farm, proceeding, leniently, unless said otherwise."""

    def given(
        *events: dict[str, Any],
        by: Capturer = FARM,
        data: bytes | None = None,
        **options: Any,
    ) -> JobResult:
        wanted = Options(**({"on_refusal": OnRefusal.PROCEED} | options))
        body = document(*events) if data is None else data
        return take(database, recorder, body, by, options=wanted)

    return given
