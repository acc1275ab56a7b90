"""Of a document that refused something the log binds the answer, wherever that is changed alike."""

# ruff: noqa: S608 -- an attack is a line of SQL

import json

import pytest
from logged import BODY, broken, event, report

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.model import Verdict
from suyuan.record.types import Decision
from suyuan.service import (
    Platform,
    audit,
    capture,
    erase,
    examine,
    local_capturer,
    logged_acts,
    publish,
)

KIND = "capture.refused"


def refuse(
    platform: Platform,
    *numbers: int,
    also: tuple[int, ...] = (),
    on_refusal: OnRefusal = OnRefusal.PROCEED,
) -> JobResult:
    """One document: some events that cannot be read, and some that can."""
    events = [event(number) | {"eventTime": "never"} for number in numbers]
    events += [event(number) for number in also]
    data = json.dumps(BODY | {"epcisBody": {"eventList": events}}).encode()
    return capture(platform, data, local_capturer(platform, None), Options(on_refusal=on_refusal))


def number(result: JobResult) -> str:
    return result.job.removeprefix("urn:uuid:")


@pytest.fixture
def refused(platform: Platform) -> tuple[Platform, str]:
    """Two events; a document of one refusal among others; one of refusals alone, whose job."""
    report(platform, (1, 2))
    refuse(platform, 7, also=(3,))
    job = number(refuse(platform, 8, 9))
    publish(platform)
    assert audit(platform) == []
    return platform, job


def codes(platform: Platform, job: str) -> set[str]:
    """What is told of a job, by both that look."""
    for found in (audit(platform), examine(platform).damages):
        told = {each.code for each in found if job in each.text.en and job in each.text.zh}
    return told


def test_each_document_that_refused_something_is_an_act_of_its_sender(platform: Platform) -> None:
    report(platform, (1,))
    mixed, alone = refuse(platform, 7, also=(3,)), refuse(platform, 8, 9)
    publish(platform)
    acts = list(logged_acts(platform, kind=KIND))
    told = [json.loads(each.said) for each in acts]
    assert [(each["job"], each["refused"]) for each in told] == [
        (number(mixed), 1), (number(alone), 2),
    ]  # fmt: skip
    assert all(each.party == mixed.party and each.proven for each in acts)


def test_an_unreadable_document_is_one_too(platform: Platform) -> None:
    result = capture(platform, b"{", local_capturer(platform, None), Options())
    assert result.problem is not None
    publish(platform)
    (act,) = logged_acts(platform, kind=KIND)
    assert number(result) in act.said.decode()
    broken(platform, "delete from capture.job")
    assert "capture.lost" in codes(platform, number(result))


def test_a_job_of_refusals_deleted_with_them_is_found(refused: tuple[Platform, str]) -> None:
    platform, job = refused
    broken(platform, f"delete from capture.refused where job = '{job}'")
    broken(platform, f"delete from capture.job where id = '{job}'")
    assert codes(platform, job) == {"capture.lost"}


def test_a_refusal_changed_alike_in_all_three_places_is_found(
    refused: tuple[Platform, str],
) -> None:
    """As whoever did it would write it: the same document, with one refusal less."""
    platform, job = refused
    shorter = number(refuse(platform, 8))
    publish(platform)
    broken(
        platform,
        f"delete from capture.refused where job = '{job}' and ordinal = 1; "
        "update capture.job as j set results = o.results, counts = o.counts "
        f"from capture.job as o where j.id = '{job}' and o.id = '{shorter}'",
    )
    assert codes(platform, job) == {"capture.bound"}


def test_all_refusals_of_a_job_made_an_answer_to_nothing_are_found(
    refused: tuple[Platform, str],
) -> None:
    platform, job = refused
    empty = number(refuse(platform))
    broken(
        platform,
        f"delete from capture.refused where job = '{job}'; "
        "update capture.job as j set results = o.results, counts = o.counts "
        f"from capture.job as o where j.id = '{job}' and o.id = '{empty}'",
    )
    assert codes(platform, job) == {"capture.bound"}


@pytest.mark.parametrize(
    "change",
    [
        "account = account + 1", "party = party || 'x'", "request_key = 'x'",
        "body_digest = sha256('x')", "behaviour = 'rollback'", "strict = not strict",
        "received_at = received_at + interval '1 us'", "tenant = tenant + 1",
        "finished_at = finished_at + interval '1 us'", "counts = '{}'", "results = '\\x00'",
        "problem = '{}'",
    ],
)  # fmt: skip
def test_whatever_of_such_a_job_is_changed_is_found(
    refused: tuple[Platform, str], change: str
) -> None:
    platform, job = refused
    broken(platform, f"update capture.job set {change} where id = '{job}'")
    assert "capture.bound" in codes(platform, job)


@pytest.mark.parametrize(
    "change",
    [
        "body = body || 'x'", "tenant = tenant + 1", "party = party || 'x'", "event_id = 'x'",
        "findings = '[]'", "received_at = received_at + interval '1 us'", "ordinal = ordinal + 5",
    ],
)  # fmt: skip
def test_whatever_of_a_refused_event_is_changed_is_found(
    refused: tuple[Platform, str], change: str
) -> None:
    platform, job = refused
    broken(platform, f"update capture.refused set {change} where job = '{job}' and ordinal = 0")
    assert "capture.bound" in codes(platform, job)


def test_a_refusal_that_was_made_up_is_found_once_refusals_are_bound(
    refused: tuple[Platform, str],
) -> None:
    platform, job = refused
    broken(
        platform,
        "insert into capture.job select gen_random_uuid(), tenant, account, party, null, "
        "body_digest, behaviour, strict, received_at + interval '1 minute', finished_at, state, "
        f"counts, results, problem from capture.job where id = '{job}'; "
        "insert into capture.refused (job, ordinal, tenant, party, event_id, body, findings, "
        "received_at) select (select id from capture.job order by received_at desc limit 1), "
        "ordinal, tenant, party, event_id, body, findings, received_at "
        f"from capture.refused where job = '{job}'",
    )
    assert [each.code for each in audit(platform)] == ["capture.unlogged"]


def test_documents_from_before_refusals_were_bound_are_not_told_of(platform: Platform) -> None:
    refuse(platform, 7)
    broken(
        platform,
        "delete from ledger.act; delete from ledger.leaf; "
        "update ledger.head set size = 0, at = '-infinity'",
    )
    assert audit(platform) == []
    refuse(platform, 8)
    publish(platform)
    assert audit(platform) == []


def test_what_is_destroyed_may_go_from_an_answer_that_refused_it(platform: Platform) -> None:
    """It was refused with another at first, and then recorded; what is left is bound anew."""
    first = refuse(platform, 9, also=(8,), on_refusal=OnRefusal.ROLLBACK)
    assert first.counts == {"refused": 2}
    (name,) = report(platform, (8,))
    publish(platform)
    erase(platform, name, Decision(by="court", ground="PIPL 47"))
    publish(platform)
    assert audit(platform) == []
    assert [json.loads(each.said)["job"] for each in logged_acts(platform, kind=KIND)] == [
        number(first), number(first),
    ]  # fmt: skip
    broken(platform, "delete from capture.refused")
    assert "capture.bound" in codes(platform, number(first))


def test_a_repeat_of_what_was_refused_is_bound_for_itself(platform: Platform) -> None:
    results = [refuse(platform, 8), refuse(platform, 8)]
    assert all(each.verdict is Verdict.REFUSED for one in results for each in one.events)
    publish(platform)
    assert len(list(logged_acts(platform, kind=KIND))) == 2
    assert audit(platform) == []
