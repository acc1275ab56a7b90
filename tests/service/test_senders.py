"""A document is of who reported its events: another party or tenant in its place is told of."""

import json

import pytest
from logged import BODY, broken, event

from suyuan.capture import JobResult, Options
from suyuan.service import Platform, audit, capture, examine, local_capturer, publish

SHOP = "urn:suyuan:party:shop"
OTHER = "urn:suyuan:party:other"
CHANGES = {
    "the party": f"party = '{OTHER}'",
    "the tenant": "tenant = 2",
    "both": f"party = '{OTHER}', tenant = 2",
}


def send(platform: Platform, *numbers: int) -> JobResult:
    """One document of the shop, of which nothing is refused."""
    events = [event(number) for number in numbers]
    data = json.dumps(BODY | {"epcisBody": {"eventList": events}}).encode()
    return capture(platform, data, local_capturer(platform, SHOP), Options())


def change(platform: Platform, result: JobResult, what: str) -> str:
    job = result.job.removeprefix("urn:uuid:")
    broken(platform, f"update capture.job set {what} where id = '{job}'")  # noqa: S608
    return job


@pytest.mark.parametrize("what", CHANGES)
def test_a_document_given_to_another_is_told_once_with_both(platform: Platform, what: str) -> None:
    send(platform, 1)
    whole = send(platform, 2, 3, 4)
    publish(platform)
    job = change(platform, whole, CHANGES[what])
    for found in (audit(platform), examine(platform).damages):
        (told,) = found
        assert told.code == "capture.party"
        assert told.event == event(2)["eventID"]
        for text in (told.text.zh, told.text.en):
            assert job in text
            assert SHOP in text
            assert (OTHER if "party" in CHANGES[what] else "2") in text


def test_a_document_that_only_repeats_is_held_by_the_events_that_it_repeats(
    platform: Platform,
) -> None:
    send(platform, 1, 2)
    again = send(platform, 1, 2)
    assert all(each.duplicate for each in again.events)
    publish(platform)
    assert audit(platform) == []
    change(platform, again, CHANGES["the party"])
    assert [each.code for each in audit(platform)] == ["capture.party"]


@pytest.mark.parametrize("column", ["account = 77", "behaviour = 'x'", "body_digest = '\\x01'"])
def test_what_the_log_does_not_bind_is_free_as_its_page_says(
    platform: Platform, column: str
) -> None:
    result = send(platform, 1)
    publish(platform)
    change(platform, result, column)
    assert audit(platform) == []
