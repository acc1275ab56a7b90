"""Documents received: what became of them, once and for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from suyuan.capture import (
    Batch,
    EventResult,
    JobResult,
    OnRefusal,
    Options,
    RefusedEvent,
    Repeat,
    jobs,
)
from suyuan.capture.types import RequestKeyError
from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.ledger import enqueue, sequence
from suyuan.model import PUBLIC, Capturer, Finding, Role, Severity, Verdict, Viewer
from suyuan.store import Store, WriteConnection

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FARM = Capturer(tenant=1, account=1, party="urn:suyuan:uscc:A")
OWNER = Viewer(account=1, party=FARM.party)
STRANGER = Viewer(account=2, party="urn:suyuan:uscc:B")
ADMIN = Viewer(account=3, role=Role.ADMIN)
WRONG = Finding(
    rule="wire.uri", severity=Severity.REFUSE, path="/epcList/0", message=Text("错", "wrong"),
    cure=Text("改", "mend"),
)  # fmt: skip
RESULTS = (
    EventResult(index=0, verdict=Verdict.ACCEPTED, event_id="urn:x:1", entry=7),
    EventResult(index=1, verdict=Verdict.REFUSED, findings=(WRONG,)),
    EventResult(index=2, verdict=Verdict.HELD, event_id="urn:x:0", entry=3, duplicate=True),
)
REFUSED = (RefusedEvent(index=1, body=b"{bad", findings=(WRONG,), event_id="urn:x:2"),)


def receive(
    conn: WriteConnection, number: int, *, data: bytes = b"{}", key: str | None = None
) -> Batch | Repeat:
    options = Options(on_refusal=OnRefusal.PROCEED, request_key=key)
    return jobs.receive(
        conn, sha256(data), FARM, options=options, now=NOW, ids=lambda: UUID(int=number).urn
    )


def taken(conn: WriteConnection, number: int, *, key: str | None = None) -> JobResult:
    batch = receive(conn, number, key=key)
    assert isinstance(batch, Batch)
    return jobs.finish(conn, batch, RESULTS, refused=REFUSED, now=NOW + timedelta(seconds=1))


def test_a_job_tells_its_own_party_what_became_of_each_event(database: Store) -> None:
    with database.write() as conn:
        told = taken(conn, 1)
    assert told.counts == {"accepted": 1, "refused": 1, "duplicate": 1}
    assert not told.success
    with database.read() as conn:
        assert jobs.find(conn, told.job, OWNER) == told
        assert jobs.find(conn, told.job, ADMIN) == told
        for other in (STRANGER, PUBLIC, structs.replace(OWNER, tenant=2)):
            assert jobs.find(conn, told.job, other) is None
        assert jobs.find(conn, UUID(int=2).urn, OWNER) is None
        assert jobs.find(conn, "no such thing", OWNER) is None


def test_positions_come_from_the_ledger_once_it_has_given_them(database: Store) -> None:
    with database.write() as conn:
        told = taken(conn, 1)
        enqueue(conn, [(3, b"a" * 32), (7, b"b" * 32)])
    with database.write() as conn:
        sequence(conn, now=NOW)
    with database.read() as conn:
        found = jobs.find(conn, told.job, OWNER)
    assert found is not None
    assert [(event.position, event.recorded) for event in found.events] == [
        (2, NOW),
        (None, None),
        (1, NOW),
    ]


def test_a_repeated_request_is_answered_as_the_first_time(database: Store) -> None:
    with database.write() as conn:
        told = taken(conn, 1, key="k")
    with database.write() as conn:
        assert receive(conn, 2, key="k") == Repeat(told)
        assert isinstance(receive(conn, 3, key="other"), Batch)
        assert isinstance(receive(conn, 4), Batch)
        assert isinstance(receive(conn, 5), Batch)
        with pytest.raises(RequestKeyError) as refused:
            receive(conn, 6, data=b"[]", key="k")
    assert refused.value.status == 409


def test_the_same_request_sent_twice_at_once_is_taken_once(database: Store) -> None:
    def second() -> Batch | Repeat:
        with database.write() as conn:
            return receive(conn, 2, key="k")

    with ThreadPoolExecutor(1) as other:
        with database.write() as conn:
            first = taken(conn, 1, key="k")
            waiting = other.submit(second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=10) == Repeat(first)


def test_a_document_that_could_not_be_read_leaves_its_problem_and_nothing_else(
    database: Store,
) -> None:
    with database.write() as conn:
        batch = receive(conn, 1)
        assert isinstance(batch, Batch)
        told = jobs.finish(conn, batch, (), problem=WRONG, now=NOW)
        found = jobs.find(conn, told.job, OWNER)
        assert jobs.find_refused(conn, OWNER) == []
    assert found == told
    assert found.problem == WRONG
    assert not found.success


def test_refused_bytes_are_kept_and_found_by_job_and_event_id(database: Store) -> None:
    with database.write() as conn:
        told = taken(conn, 1)
        taken(conn, 2)
    with database.read() as conn:
        both = jobs.find_refused(conn, OWNER)
        (one,) = jobs.find_refused(conn, OWNER, job_id=told.job)
        assert len(jobs.find_refused(conn, ADMIN, event_id="urn:x:2")) == 2
        assert jobs.find_refused(conn, OWNER, event_id="urn:x:9") == []
        assert jobs.find_refused(conn, STRANGER) == []
    assert [refused.job for refused in both] == [UUID(int=2).urn, told.job]
    assert (one.body, one.findings, one.received) == (b"{bad", (WRONG,), NOW)
