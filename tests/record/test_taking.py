"""Whatever is handed over leaves the record and the job that it would have left at once."""

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from given import FARM, NOW, TRADER, document, event
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from suyuan.capture import JobResult, OnRefusal, Options, Repeat, jobs, waiting
from suyuan.capture.types import RequestKeyError, Room
from suyuan.model import Capturer, Role, Viewer
from suyuan.record import Recorder, follow, take
from suyuan.record.decode import Portion
from suyuan.record.taking import take_waiting
from suyuan.store import Store, StoreSettings, open_store
from suyuan.wire import Limits, Source

Copies = Callable[[str], AbstractContextManager[str]]
ADMIN = Viewer(account=3, role=Role.ADMIN)
KINDS = st.sampled_from(
    ["good", "good", "good", "other", "bad", "refused", "wrong", "nameless", "future"]
)
EVENTS = st.lists(st.tuples(KINDS, st.integers(0, 5), st.integers(0, 3)), max_size=7)


class Sent(Struct, frozen=True):
    """A document and how it is to be taken; `cut` bytes are missing at its end."""

    events: list[tuple[str, int, int]]
    by: Capturer
    options: Options
    cut: int

    @property
    def body(self) -> bytes:
        whole = document(*(made(*each) for each in self.events))
        return whole[: len(whole) - self.cut]


OPTIONS = st.builds(
    Options,
    strict=st.booleans(),
    on_refusal=st.sampled_from(OnRefusal),
    request_key=st.none() | st.sampled_from(["a", "b", "c", "d"]),
)
BY_TURNS = [FARM, FARM, TRADER]
"""Who sends so that what waits is not captured in the order in which it came."""
SENT = st.builds(
    Sent,
    events=EVENTS,
    by=st.sampled_from([FARM, TRADER]),
    options=OPTIONS,
    cut=st.sampled_from([0, 0, 0, 0, 1, 50]),
)


def made(kind: str, number: int, hour: int) -> dict[str, Any]:
    """An event of few ids, so that many are repeats, conflicts or declared wrong."""
    at = (NOW - timedelta(hours=hour + 1)).isoformat()
    said = event(number, eventTime=at)
    if kind == "nameless":
        return {name: value for name, value in said.items() if name != "eventID"}
    more = {
        "good": {},
        "other": {"bizStep": "shipping"},
        "bad": {"eventTime": "yesterday"},
        "refused": {"suyuan:family": "unheard-of"},
        "future": {"eventTime": (NOW + timedelta(days=hour + 1)).isoformat()},
        "wrong": {"errorDeclaration": {"declarationTime": NOW.isoformat()}},
    }
    return said | more[kind]


class Way(Struct):
    """A database, and how documents come into it; the hour is the same in both ways."""

    store: Store
    recorder: Recorder
    portion: Portion

    def at_once(self, sent: Sent) -> JobResult | str:
        try:
            return take(
                self.store, self.recorder, sent.body, sent.by,
                options=sent.options, portion=self.portion,
            )  # fmt: skip
        except RequestKeyError as error:
            return error.code

    def hand_over(self, sent: Sent) -> str:
        """The job's number, or why there is none; its answer is asked for later."""
        source = Source(sent.body)
        try:
            with self.store.write() as conn:
                batch = jobs.receive(
                    conn, source.sha256(), sent.by, options=sent.options,
                    now=self.recorder.clock(), ids=self.recorder.ids,
                )  # fmt: skip
                if isinstance(batch, Repeat):
                    return batch.result.job
                waiting.keep(
                    conn, source, batch, body=source.sha256(), room=Room(),
                    secret=self.recorder.secret,
                )  # fmt: skip
        except RequestKeyError as error:
            return error.code
        return batch.job

    def take_all(self) -> None:
        """As a server does that comes by much later."""
        late = structs.replace(self.recorder, clock=lambda: NOW + timedelta(days=9))
        while True:
            with self.store.read() as conn:
                due = waiting.due(conn, now=NOW + timedelta(days=9), limit=1)
            if not due:
                return
            assert take_waiting(
                self.store, late, due[0], limits=Limits(), most_tries=9, portion=self.portion
            )

    def job(self, number: str) -> JobResult | str:
        with self.store.read() as conn:
            found = jobs.find(conn, number, ADMIN)
        return number if found is None else found

    def record(self) -> list[tuple[object, ...]]:
        """Each party's in its order: of what waits, parties take turns."""
        with self.store.read() as conn:
            return [
                (
                    one.event, one.raw, one.head, one.capturer, one.ordinal, one.verdict,
                    one.findings, one.family, one.step, one.digest,
                )
                for one in sorted(follow(conn, 0, 10_000), key=attrgetter("capturer"))
            ]  # fmt: skip


def told(result: JobResult | str) -> object:
    """All that a job says, but for its number, its end and where its events are."""
    if isinstance(result, str):
        return result
    events = [
        structs.replace(each, entry=None, position=None, recorded=None) for each in result.events
    ]
    return structs.replace(result, job="", finished=None, events=tuple(events))


def recorder_of(recorder: Recorder) -> Recorder:
    """The same with numbers of its own, and secrets that come again."""
    numbers = itertools.count(1)
    return structs.replace(
        recorder,
        ids=lambda: UUID(int=next(numbers) << 64).urn,
        draw=random.Random(1).randbytes,
    )


@pytest.fixture
def ways(
    copy_database: Copies, migrated_template: str, recorder: Recorder
) -> Iterator[tuple[Way, Way]]:
    """Two installations of which nothing differs yet."""
    with ExitStack() as kept:
        both = list[Way]()
        for portion in (Portion(events=3), Portion(events=3)):
            dsn = kept.enter_context(copy_database(migrated_template))
            settings = StoreSettings(data_dir=Path(), database_url=dsn, pool_max=4)
            store = kept.enter_context(open_store(settings))
            both.append(Way(store, recorder_of(recorder), portion))
        yield both[0], both[1]


def test_what_is_handed_over_leaves_the_job_and_the_record_that_it_would_have_left_at_once(
    ways: tuple[Way, Way],
) -> None:
    """Any documents, on top of all that came before: repeats, conflicts, halves of documents."""
    at_once, later = ways
    seen = set[object]()

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(SENT, min_size=1, max_size=4))
    @example([Sent([("good", 90 + at, 0)], by, Options(), 0) for at, by in enumerate(BY_TURNS)])
    def same(documents: list[Sent]) -> None:
        ready = [at_once.at_once(each) for each in documents]
        numbers = list(map(later.hand_over, documents))
        later.take_all()
        assert [told(later.job(each)) for each in numbers] == list(map(told, ready))
        seen.update(each if isinstance(each, str) else each.success for each in ready)

    same()
    assert later.record() == at_once.record()
    assert seen == {True, False, "capture.request-key"}


def test_it_is_judged_as_of_when_it_came_and_finished_when_it_was_taken(
    ways: tuple[Way, Way],
) -> None:
    _, later = ways
    sent = Sent([("future", 1, 0)], FARM, Options(), 0)
    number = later.hand_over(sent)
    later.take_all()
    found = later.job(number)
    assert isinstance(found, JobResult)
    assert found.counts == {"refused": 1}
    assert (found.received, found.finished) == (NOW, NOW + timedelta(days=9))


def test_what_waits_no_more_is_not_taken(ways: tuple[Way, Way]) -> None:
    _, later = ways
    number = UUID(later.hand_over(Sent([("good", 1, 0)], FARM, Options(), 0)))
    later.take_all()
    again = take_waiting(later.store, later.recorder, number, limits=Limits(), most_tries=9)
    assert again is None
    assert len(later.record()) == 1


def test_a_document_of_that_size_was_taken_and_stays_good_whatever_the_limit_is_now(
    ways: tuple[Way, Way],
) -> None:
    _, later = ways
    number = UUID(later.hand_over(Sent([("good", 1, 0)], FARM, Options(), 0)))
    limits = Limits(document_bytes=10)
    found = take_waiting(later.store, later.recorder, number, limits=limits, most_tries=9)
    assert found is not None
    assert found.success
