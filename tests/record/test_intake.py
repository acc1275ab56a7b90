"""A document goes in whole: every event gets its answer, its place and its time."""

import json
from typing import Any

import pytest
from given import CONTEXT, FARM, NOW, TRADER, Give, document, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.capture import EventResult, JobResult, OnRefusal, jobs
from suyuan.capture.types import RequestKeyError
from suyuan.model import Role, Verdict, Viewer
from suyuan.record import Recorded, Recorder, event_by_id, follow
from suyuan.store import Store

ADMIN = Viewer(account=9, role=Role.ADMIN)
BAD: dict[str, Any] = {"eventTime": "yesterday"}


def everything(store: Store) -> list[Recorded]:
    with store.read() as conn:
        return follow(conn, 0, 10_000)


def verdicts(result: JobResult) -> list[str]:
    return [told.verdict.value for told in result.events]


def rules(told: EventResult) -> set[str]:
    return {finding.rule for finding in told.findings}


def test_what_went_in_comes_back_with_its_place_time_bytes_and_meaning(
    database: Store, give: Give
) -> None:
    second_sent = event(2, bizStep="receiving") | {"suyuan:remark": "中文"}
    told = give(event(1), second_sent)
    assert [(one.index, one.position, one.recorded) for one in told.events] == [
        (0, 1, NOW),
        (1, 2, NOW),
    ]
    first, second = everything(database)
    assert json.loads(second.raw) == second_sent
    assert second.event.biz_step == "receiving"
    assert json.loads(second.head)["@context"] == CONTEXT
    assert (first.position, first.entry, first.job, first.ordinal) == (
        1, told.events[0].entry, told.job, 0,
    )  # fmt: skip
    assert (first.capturer, first.verdict) == (FARM.party, Verdict.ACCEPTED)
    assert first.findings == told.events[0].findings


def test_large_events_are_followed_in_smaller_batches_and_none_is_lost(
    database: Store, give: Give
) -> None:
    large = {"suyuan:note": ["x" * 60_000] * 16}
    for first in (1, 17):
        assert give(*(event(number) | large for number in range(first, first + 16))).success
    with database.read() as conn:
        batch = follow(conn, 0, 100)
        rest = follow(conn, batch[-1].position, 100)
        assert follow(conn, rest[-1].position, 100) == []
        assert [one.position for one in follow(conn, 0, 3)] == [1, 2, 3]
    assert sum(len(one.raw) for one in batch) < 20 << 20
    assert [one.position for one in (*batch, *rest)] == list(range(1, 33))


def test_a_bad_event_takes_the_good_ones_back_unless_asked_to_proceed(
    database: Store, give: Give
) -> None:
    events = (event(1), event(2, **BAD), event(3))
    back = give(*events, on_refusal=OnRefusal.ROLLBACK)
    assert verdicts(back) == ["refused"] * 3
    assert [("record.rolled-back" in rules(one)) for one in back.events] == [True, False, True]
    assert everything(database) == []
    on = give(*events)
    assert verdicts(on) == ["accepted", "refused", "accepted"]
    assert on.counts == {"accepted": 2, "refused": 1}
    assert [recorded.ordinal for recorded in everything(database)] == [0, 2]


def test_a_document_taken_back_leaves_its_job_the_bytes_refused_and_the_act_that_binds_them(
    database: Store, give: Give
) -> None:
    told = give(event(1), event(2, **BAD), on_refusal=OnRefusal.ROLLBACK)
    assert rows(database) == {"capture.job": 1, "capture.refused": 2} | BOUND
    with database.read() as conn:
        assert jobs.find(conn, told.job, ADMIN) == told
        kept = jobs.find_refused(conn, ADMIN, job_id=told.job)
    assert sorted(json.loads(one.body)["eventID"] for one in kept) == sorted(
        [event(1)["eventID"], event(2)["eventID"]]
    )


BOUND = {"ledger.act": 1, "ledger.leaf": 1}
"""Of what refuses something the log binds the answer."""


def rows(store: Store) -> dict[str, int]:
    """The rows of every table that a capture may write, where there are any."""
    tables = [
        "capture.job", "capture.refused", "state.event", "state.bundle", "record.head",
        "record.entry", "ledger.act", "ledger.queue", "ledger.leaf",
    ]  # fmt: skip
    with store.read() as conn:
        found = {name: conn.execute(f"select from {name}").rowcount for name in tables}
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"type": "EPCISDocument"}', b"[" * 10_000],
    ids=["empty", "cut", "list", "encoding", "bare", "deep"],
)
def test_a_document_that_cannot_be_read_leaves_its_job_and_the_act_that_binds_it(
    database: Store, give: Give, data: bytes
) -> None:
    told = give(data=data)
    assert told.problem is not None
    assert told.problem.message.zh
    assert not told.success
    assert rows(database) == {"capture.job": 1} | BOUND


def test_a_repeat_is_answered_as_the_first_time_and_recorded_once(
    database: Store, give: Give
) -> None:
    first = give(event(1), event(2))
    again = give(event(2), event(1), event(3))
    assert [one.duplicate for one in again.events] == [True, True, False]
    assert again.counts == {"duplicate": 2, "accepted": 1}
    for repeat, original in (
        (again.events[0], first.events[1]),
        (again.events[1], first.events[0]),
    ):
        assert structs.replace(repeat, index=original.index, duplicate=False) == original
    assert len(everything(database)) == 3


def test_the_same_meaning_in_other_words_is_a_repeat(give: Give) -> None:
    give(event(1))
    spelled = event(1) | {
        "eventTime": "2026-03-09T16:00:01+08:00",
        "bizStep": "https://ref.gs1.org/cbv/BizStep-inspecting",
    }
    assert give(dict(reversed(spelled.items()))).events[0].duplicate


def test_a_repeat_within_the_document_is_one_event(database: Store, give: Give) -> None:
    told = give(event(1), event(1), event(2))
    assert [one.duplicate for one in told.events] == [False, True, False]
    assert told.events[0].entry == told.events[1].entry
    assert told.events[1].position == 1
    assert len(everything(database)) == 2


@pytest.mark.parametrize("together", [True, False])
def test_other_content_under_a_known_id_is_held_and_its_repeats_are_known(
    database: Store, give: Give, *, together: bool
) -> None:
    other = event(1, bizStep="shipping")
    if together:
        first, conflict = give(event(1), other).events
    else:
        (first,), (conflict,) = give(event(1)).events, give(other).events
    assert (first.verdict, conflict.verdict) == (Verdict.ACCEPTED, Verdict.HELD)
    assert "record.event-id-conflict" in rules(conflict)
    repeat = give(other).events[0]
    assert (repeat.duplicate, repeat.entry, repeat.verdict) == (True, conflict.entry, Verdict.HELD)
    assert give(event(1)).events[0].entry == first.entry
    assert [one.verdict for one in everything(database)] == [Verdict.ACCEPTED, Verdict.HELD]


def test_other_content_under_a_known_id_is_refused_when_strict(database: Store, give: Give) -> None:
    give(event(1))
    told = give(event(1, bizStep="shipping"), strict=True).events[0]
    assert told.verdict is Verdict.REFUSED
    assert "record.event-id-conflict" in rules(told)
    assert len(everything(database)) == 1


def test_two_organisations_may_report_the_same_event(database: Store, give: Give) -> None:
    mine, theirs = give(event(1)).events[0], give(event(1), by=TRADER).events[0]
    assert not theirs.duplicate
    assert mine.entry != theirs.entry
    one, other = everything(database)
    assert (one.digest, one.event_key) == (other.digest, other.event_key)
    assert (one.capturer, other.capturer) == (FARM.party, TRADER.party)


def test_an_event_without_an_id_gets_one_that_its_request_repeats(
    database: Store, give: Give
) -> None:
    bare = {key: value for key, value in event(1).items() if key != "eventID"}
    first = give(bare, bare, request_key="k")
    ids = [one.event_id for one in first.events]
    assert len(set(ids)) == 2
    assert all(name is not None and name.startswith("urn:uuid:") for name in ids)
    assert give(bare, bare, request_key="k") == first
    assert give(bare).events[0].event_id not in ids
    assert len(everything(database)) == 3


def test_a_document_without_ids_handed_in_twice_is_recorded_once(
    database: Store, give: Give
) -> None:
    bare = {key: value for key, value in event(1).items() if key != "eventID"}
    first = give(bare, bare)
    again = give(bare, bare)
    assert (first.counts, again.counts) == ({"accepted": 2}, {"duplicate": 2})
    assert [one.entry for one in again.events] == [one.entry for one in first.events]
    assert give(bare, bare, by=TRADER).counts == {"accepted": 2}, "another reporter's is its own"
    assert give(bare).counts == {"accepted": 1}, "another document is another report"
    assert len(everything(database)) == 5


def test_what_was_refused_without_an_id_is_judged_anew(database: Store, give: Give) -> None:
    """A mended registry or clock must not meet the answer of before."""
    bare = {key: value for key, value in event(1).items() if key != "eventID"}
    late = event(2, eventTime="2262-01-01T00:00:00Z")
    data = document(bare, late)
    assert give(data=data, on_refusal=OnRefusal.ROLLBACK).counts == {"refused": 2}
    assert give(data=data).counts == {"accepted": 1, "refused": 1}
    assert give(data=data).counts == {"duplicate": 1, "refused": 1}
    assert len(everything(database)) == 1


def test_a_request_key_is_for_one_document(database: Store, give: Give) -> None:
    give(event(1), request_key="k")
    with pytest.raises(RequestKeyError):
        give(event(2), request_key="k")
    assert len(everything(database)) == 1


def test_an_original_and_its_error_declaration_are_both_given(
    database: Store, give: Give, recorder: Recorder
) -> None:
    wrong = {"declarationTime": "2026-03-10T01:00:00Z", "reason": "did_not_occur"}
    told = give(event(1), event(1, errorDeclaration=wrong), event(2))
    assert [one.duplicate for one in told.events] == [False] * 3
    with database.read() as conn:
        found = event_by_id(conn, event(1)["eventID"], ADMIN, secret=recorder.secret)
    assert [one.event.error is not None for one in found] == [False, True]


def test_an_unknown_family_is_refused_and_a_plain_event_is_not(give: Give) -> None:
    told = give(event(1), event(2, **{"suyuan:family": "unobtainium"}))
    assert verdicts(told) == ["accepted", "refused"]


def test_what_a_crash_left_unnumbered_is_numbered_with_the_next_capture(
    database: Store, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("suyuan.ledger.sequence", crash)
        with pytest.raises(KeyboardInterrupt):
            give(event(1))
    assert everything(database) == []
    told = give(event(1), event(2))
    assert [(one.duplicate, one.position) for one in told.events] == [(True, 1), (False, 2)]
    assert len(everything(database)) == 2


steps = st.sampled_from(["inspecting", "shipping"])
documents = st.lists(
    st.lists(st.tuples(st.integers(0, 5), steps, st.booleans()), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(documents)
def test_the_record_holds_exactly_what_a_slow_ledger_of_answers_says(
    database: Store, give: Give, story: list[list[tuple[int, str, bool]]]
) -> None:
    """One event for each (reporter, id, content); the first content stands, others are held."""
    before = everything(database)
    base = (len(before) + 1) * 1000
    first: dict[tuple[str, int], str] = {}
    seen: set[tuple[str, int, str]] = set()
    for part in story:
        for by in (FARM, TRADER):
            mine = [(number, step) for number, step, farm in part if farm is (by is FARM)]
            if not mine:
                continue
            told = give(*(event(base + number, bizStep=step) for number, step in mine), by=by)
            for (number, step), one in zip(mine, told.events, strict=True):
                key = (by.party, number, step)
                assert one.duplicate is (key in seen)
                held = first.setdefault((by.party, number), step) != step
                assert (one.verdict is Verdict.HELD) is held
                seen.add(key)
    after = everything(database)
    assert len(after) == len(before) + len(seen)
    assert [one.position for one in after] == list(range(1, len(after) + 1))
