"""Events that are recorded and logged, one a document."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import psycopg

from suyuan.capture import OnRefusal, Options
from suyuan.service import Platform, capture, doctor, local_capturer

BODY = {
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-03-01T10:00:00+08:00",
}


def event(number: int, serial: str = "") -> dict[str, object]:
    """An inspection of one thing, a second after that of the number before."""
    at = datetime(2026, 3, 1, 2, tzinfo=UTC) + timedelta(seconds=number)
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "action": "OBSERVE",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "inspecting",
        "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0"},
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{serial}{number}"],
    }


def report(platform: Platform, numbers: Iterable[int], serial: str = "") -> list[str]:
    """One event a document; their ids."""
    made = [event(number, serial) for number in numbers]
    for each in made:
        _report(platform, [each])
    return [str(each["eventID"]) for each in made]


def report_all(platform: Platform, numbers: Iterable[int]) -> None:
    """All of them in one document."""
    _report(platform, [event(number) for number in numbers])


def _report(platform: Platform, events: list[dict[str, object]]) -> None:
    data = json.dumps(BODY | {"epcisBody": {"eventList": events}}).encode()
    capturer = local_capturer(platform, None)
    capture(platform, data, capturer, Options(on_refusal=OnRefusal.PROCEED))


def broken(platform: Platform, statement: str) -> None:
    """What somebody does who has the database."""
    with psycopg.connect(platform.store.dsn, autocommit=True) as conn:
        conn.execute(statement.encode())


def said(platform: Platform, name: str) -> tuple[bool, str]:
    """Whether a check of `doctor` holds, and what it says more."""
    (found,) = [each for each in doctor(platform) if each.name.en == name]
    return found.good, found.more.en
