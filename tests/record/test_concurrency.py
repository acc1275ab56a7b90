"""Eight clients at once and a reader that follows: nothing lost, nothing twice, no gap."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from given import FARM, TRADER, Give, document, event

from suyuan import ledger, state
from suyuan.capture import JobResult, OnRefusal
from suyuan.kit import BusyError
from suyuan.model import Capturer, Verdict
from suyuan.record import Recorded, Recorder, follow, repeats, take
from suyuan.store import Store, StoreSettings, open_store

CLIENTS, CAPTURES = 8, 200
CAPTURERS = (FARM, TRADER)


@contextmanager
def following(store: Store, seen: list[Recorded]) -> Iterator[None]:
    """A reader that follows the record by position until the block ends, and then to its end."""
    done = threading.Event()

    def read() -> int:
        with store.read() as conn:
            new = follow(conn, seen[-1].position if seen else 0, 11)
        seen.extend(new)
        return len(new)

    def run() -> None:
        while not done.is_set():
            read()
        while read():
            pass

    reader = threading.Thread(target=run)
    reader.start()
    try:
        yield
    finally:
        done.set()
        reader.join()


def overlapping(capture: int) -> tuple[Capturer, list[dict[str, Any]]]:
    """Events drawn from few, so that most captures meet others; some with other content."""
    draw = Random(capture)
    numbers = draw.sample(range(60), draw.randint(1, 8))
    steps = draw.choices(("inspecting", "storing"), (9, 1), k=len(numbers))
    events = [event(n, bizStep=step) for n, step in zip(numbers, steps, strict=True)]
    return draw.choice(CAPTURERS), events


def test_two_hundred_captures_that_overlap_are_recorded_once_each_in_order(
    database: Store, give: Give
) -> None:
    seen: list[Recorded] = []

    def capture(number: int) -> tuple[Capturer, list[dict[str, Any]], JobResult]:
        by, events = overlapping(number)
        return by, events, give(*events, by=by)

    with following(database, seen), ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(capture, range(CAPTURES)))

    assert [one.position for one in seen] == list(range(1, len(seen) + 1))
    assert all(a.at <= b.at for a, b in pairwise(seen))
    recorded = Counter((one.capturer, one.event.event_id, one.event.biz_step) for one in seen)
    assert set(recorded.values()) == {1}
    asked = {
        (by.party, told["eventID"], told["bizStep"]) for by, events, _ in answers for told in events
    }
    assert set(recorded) == asked

    by_entry = {one.entry: one for one in seen}
    for by, events, result in answers:
        for sent, told in zip(events, result.events, strict=True):
            assert told.entry is not None
            found = by_entry[told.entry]
            assert (found.capturer, found.event.event_id, found.event.biz_step) == (
                by.party, sent["eventID"], sent["bizStep"],
            )  # fmt: skip
            assert (found.position, found.at, found.verdict) == (
                told.position, told.recorded, told.verdict,
            )  # fmt: skip
    first = Counter(
        told.entry for _, _, result in answers for told in result.events if not told.duplicate
    )
    assert set(first.values()) == {1}
    assert set(first) == set(by_entry)


def test_captures_that_roll_back_among_others_leave_no_gap(database: Store, give: Give) -> None:
    seen: list[Recorded] = []

    def capture(number: int) -> JobResult:
        wrong = {"eventTime": "never"} if number % 3 == 0 else {}
        events = [event(number * 10 + n) for n in range(3)] + [event(number * 10 + 9, **wrong)]
        return give(*events, on_refusal=OnRefusal.ROLLBACK)

    with following(database, seen), ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(capture, range(60)))

    with database.read() as conn:
        leaves = conn.execute("select entry > 0 from ledger.leaf order by position").fetchall()
        (end,) = conn.execute("select max(position) from ledger.leaf").fetchone() or (0,)
    assert end == len(leaves), "acts bind what was refused, and stand between"
    events = [at for at, (is_event,) in enumerate(leaves, 1) if is_event]
    assert [one.position for one in seen] == events
    assert len(events) == 40 * 4
    for number, result in enumerate(answers):
        assert all((one.entry is None) is (number % 3 == 0) for one in result.events)


@pytest.mark.parametrize("shuffled", [False, True])
def test_one_document_sent_by_all_at_once_is_recorded_once(
    database: Store, give: Give, *, shuffled: bool
) -> None:
    gate = threading.Barrier(CLIENTS)

    def capture(client: int) -> JobResult:
        events = [event(n) for n in range(30)]
        if shuffled:
            Random(client).shuffle(events)
        gate.wait()
        return give(*events)

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(capture, range(CLIENTS)))
    assert sum(answer.counts.get("accepted", 0) for answer in answers) == 30
    assert sum(answer.counts.get("duplicate", 0) for answer in answers) == 30 * (CLIENTS - 1)
    entries = {
        frozenset((told.event_id, told.entry, told.position) for told in answer.events)
        for answer in answers
    }
    assert len(entries) == 1
    with database.read() as conn:
        assert len(follow(conn, 0, 1000)) == 30


def test_one_request_sent_by_all_at_once_has_one_answer(give: Give) -> None:
    gate = threading.Barrier(CLIENTS)

    def capture(_client: int) -> JobResult:
        gate.wait()
        return give(event(1), event(2), request_key="k")

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers: list[Future[JobResult]] = [clients.submit(capture, n) for n in range(CLIENTS)]
    assert len({answer.result().job for answer in answers}) == 1
    told = answers[0].result()
    assert all(answer.result().events == told.events for answer in answers)


def test_what_is_committed_between_looking_up_and_writing_is_not_taken_for_a_repeat(
    database: Store, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = repeats._known
    others = [event(1, bizStep="storing")]

    def meanwhile(*asked: Any) -> dict[bytes, repeats.Known]:
        found = looked_up(*asked)
        if others:
            assert not give(others.pop()).events[0].duplicate
        return found

    monkeypatch.setattr(repeats, "_known", meanwhile)
    told = give(event(1)).events[0]
    assert (told.duplicate, told.verdict) == (False, Verdict.HELD)
    with database.read() as conn:
        assert [one.event.biz_step for one in follow(conn, 0, 10)] == ["storing", "inspecting"]


def test_a_document_that_waits_too_long_for_its_things_is_asked_to_come_again(
    migrated_database: str, recorder: Recorder
) -> None:
    settings = StoreSettings(
        data_dir=Path(), database_url=migrated_database, lock_timeout=0.05, pool_max=3
    )
    told = event(1) | {"suyuan:family": "edible-agricultural-products"}
    with open_store(settings) as store:
        with store.write() as other:
            state.load(other, told["epcList"], tenant=1, secret=recorder.secret)
            with pytest.raises(BusyError, match="Send it again") as caught:
                take(store, recorder, document(told), FARM)
        assert (caught.value.status, caught.value.retry_after) == (503, 10)
        (result,) = take(store, recorder, document(told), FARM).events
        assert result.entry is not None


def test_what_is_recorded_while_a_year_turns_slowly_gets_its_position_when_sent_again(
    migrated_database: str, recorder: Recorder
) -> None:
    settings = StoreSettings(
        data_dir=Path(), database_url=migrated_database, lock_timeout=0.05, pool_max=3
    )
    with open_store(settings) as store:
        with store.write() as other:
            ledger.sequence(other, now=recorder.clock())
            with pytest.raises(BusyError, match=r"ledger\.busy") as caught:
                take(store, recorder, document(event(1)), FARM)
            assert (caught.value.status, caught.value.retry_after) == (503, 10)
        (again,) = take(store, recorder, document(event(1)), FARM).events
        assert (again.duplicate, again.position) == (True, 1)
        with store.read() as conn:
            assert len(follow(conn, 0, 10)) == 1
