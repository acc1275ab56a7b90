"""Documents that wait to be captured: in order, once, by any of several servers, audited."""

# ruff: noqa: S608 -- an attack is a line of SQL

import json
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from installed import opened
from logged import BODY, broken, event, report
from msgspec import structs
from structlog.testing import capture_logs
from test_weird import CHECKS, SCHEMAS, attacked, attacks, found

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.capture import waiting as queued
from suyuan.capture.types import FullError
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.model import Capturer, StateRule, Verdict
from suyuan.record import taking
from suyuan.service import (
    OPERATOR,
    Config,
    Decision,
    Platform,
    backup,
    capture,
    doctor,
    erase,
    examine,
    job,
    local_capturer,
    on_store,
    publish,
    restore,
    waiting,
)
from suyuan.store import StoreSettings, open_store
from suyuan.wire import Source

Logs = list[MutableMapping[str, object]]
PARTIES = tuple(f"urn:suyuan:party:{name}" for name in "abc")
OTHERS = (
    "update capture.waiting_part as p set body = o.body from capture.waiting_part as o"
    " where p.job = '{job}' and o.job <> p.job"
)
NONE_WAITS = (
    "none waits; of a party 100 documents and 256 MiB may, in all 1000 and 2048 MiB, each given up "
    "after 12 faults of ours"
)
DECISION = Decision(by="杭州市市场监督管理局", ground="个人信息保护法第四十七条")


def document(*numbers: int, serial: str = "") -> bytes:
    events = [event(number, serial) for number in numbers]
    return json.dumps(BODY | {"epcisBody": {"eventList": events}}).encode()


def handed(platform: Platform, data: bytes, by: Capturer, **options: object) -> str:
    told = waiting.hand_over(platform, Source(data), by, Options(**options))  # type: ignore[arg-type]  # a test's own options
    assert told.running
    return told.job


def outcome(platform: Platform, number: str) -> JobResult:
    told = job(platform, number, OPERATOR)
    assert told is not None
    return told


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until and not condition():
        time.sleep(0.05)
    return condition()


def drain(platform: Platform) -> None:
    while waiting.take_next(platform):
        pass


@pytest.fixture(autouse=True)
def logged_lines() -> Iterator[Logs]:
    """What is written to the log of a server meanwhile."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def parties(platform: Platform) -> list[Capturer]:
    return [local_capturer(platform, each) for each in PARTIES]


@contextmanager
def another(platform: Platform) -> Iterator[Platform]:
    """A second server on the same database."""
    settings = StoreSettings(data_dir=Path(), database_url=platform.store.dsn, pool_max=4)
    with open_store(settings) as store:
        yield on_store(store, platform.config)


def recorded(platform: Platform) -> list[tuple[str, str]]:
    """The jobs and parties of what is on record, in the order of the record."""
    with platform.store.read() as conn:
        rows = conn.execute(
            "select j.id, j.party from ledger.leaf as l join record.entry as e on e.id = l.entry"
            " join capture.job as j on j.id = e.job order by l.position"
        )
        return [(row[0].urn, row[1]) for row in rows]


def test_documents_are_captured_in_the_order_in_which_they_came(
    platform: Platform, parties: list[Capturer]
) -> None:
    sent = [
        handed(platform, document(number, serial=str(number % 3)), parties[number % 3])
        for number in range(9)
    ]
    drain(platform)
    assert [number for number, _ in recorded(platform)] == sent
    assert {outcome(platform, each).success for each in sent} == {True}
    with platform.store.read() as conn:
        for table in ("waiting", "waiting_part"):
            assert conn.execute(f"select count(*) from capture.{table}").fetchone() == (0,)
    assert examine(platform).damages == ()


def test_several_servers_share_what_waits_and_keep_the_order_of_each_party(
    platform: Platform, parties: list[Capturer]
) -> None:
    """And meanwhile more comes, at once and to wait."""
    sent: dict[str, list[str]] = {each: [] for each in PARTIES}
    for number in range(30):
        by = parties[number % 3]
        sent[by.party].append(handed(platform, document(number, serial=f"{number % 3}"), by))
    ready = threading.Barrier(3)

    def work(server: Platform) -> int:
        ready.wait()
        done = 0
        while waiting.take_next(server) or waiting.queue(server).documents:
            done += 1
        return done

    with another(platform) as second, ThreadPoolExecutor(3) as threads:
        working = [threads.submit(work, each) for each in (platform, second)]
        ready.wait()
        for number in range(100, 120):
            by = parties[number % 3]
            capture(platform, document(number, serial=f"{number % 3}"), by, Options())
            sent[by.party].append(
                handed(platform, document(number + 100, serial=f"{number % 3}"), by)
            )
        for each in working:
            each.result(120)
    drain(platform)
    found = recorded(platform)
    assert len(found) == len(set(found)) == 30 + 20 + 20
    handed_over = {number for numbers in sent.values() for number in numbers}
    for party, numbers in sent.items():
        assert [number for number, by in found if by == party and number in handed_over] == numbers
    assert examine(platform).damages == ()


def test_one_document_that_two_servers_take_at_once_is_captured_once(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = handed(platform, document(1), parties[0])
    reading, go_on = threading.Event(), threading.Event()
    decode = taking.decode

    def slow(*args: object, **named: object) -> object:
        reading.set()
        assert go_on.wait(60)
        return decode(*args, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(taking, "decode", slow)
    with another(platform) as second, ThreadPoolExecutor(1) as threads:
        first = threads.submit(waiting.take_next, platform)
        assert reading.wait(60)
        later = handed(platform, document(2), parties[0])
        other = handed(platform, document(3, serial="x"), parties[1])
        monkeypatch.setattr(taking, "decode", decode)
        assert waiting.take_next(second), "another party's need not wait for it"
        assert not waiting.take_next(second), "its party's next one has to"
        assert outcome(platform, number).running
        assert not outcome(platform, other).running
        go_on.set()
        assert first.result(60)
    assert outcome(platform, number).counts == {"accepted": 1}
    assert outcome(platform, later).running
    drain(platform)
    assert [each for each, _ in recorded(platform)] == [other, number, later]


def test_what_waits_is_captured_after_the_next_start(
    platform: Platform, parties: list[Capturer]
) -> None:
    number = handed(platform, document(1), parties[0])
    with another(platform) as second:
        stop = threading.Event()
        worker = threading.Thread(target=waiting.keep_capturing, args=(second, stop))
        worker.start()
        try:
            assert eventually(lambda: not outcome(platform, number).running)
        finally:
            stop.set()
            worker.join(60)
        assert not worker.is_alive()
    assert outcome(platform, number).counts == {"accepted": 1}


def test_a_large_document_is_kept_in_pieces_and_comes_back_as_it_was(
    platform: Platform, parties: list[Capturer], tmp_path: Path
) -> None:
    """Five times what is held of it in memory, from a file as over HTTP."""
    body = document(*range(1, 1_200))
    body = body[:-1] + b" " * (5 << 20) + b"}"
    (tmp_path / "file").write_bytes(body)
    with (tmp_path / "file").open("rb") as file:
        told = waiting.hand_over(platform, Source(file), parties[0], Options())
    with platform.store.read() as conn:
        ((parts, kept),) = conn.execute(
            "select count(*), sum(length(body)) from capture.waiting_part"
        ).fetchall()
    assert parts > 5
    assert kept < len(body) / 5
    secret = platform.recorder.secret
    swapped = "update capture.waiting_part set ordinal = {} where ordinal = {}"
    for before, after in ((0, 100), (3, 0), (100, 3)):
        broken(platform, swapped.format(after, before))
    with platform.store.read() as conn:
        assert list(queued.altered(conn, secret=secret)) == [UUID(told.job)]
    for before, after in ((3, 100), (0, 3), (100, 0)):
        broken(platform, swapped.format(after, before))
    with platform.store.read() as conn:
        assert list(queued.altered(conn, secret=secret)) == []
    drain(platform)
    assert outcome(platform, told.job).counts == {"accepted": 1_199}


def test_it_is_judged_as_of_when_it_came(platform: Platform, parties: list[Capturer]) -> None:
    """What was still to come then does not become the past by waiting."""
    soon = system_clock() + timedelta(days=2)
    told = event(1) | {"eventTime": soon.isoformat()}
    data = json.dumps(BODY | {"epcisBody": {"eventList": [told]}}).encode()
    at_once = capture(platform, data, parties[0], Options())
    number = handed(platform, data, parties[1])
    later = structs.replace(platform, clock=lambda: soon + timedelta(days=1))
    later = structs.replace(later, recorder=structs.replace(later.recorder, clock=later.clock))
    assert waiting.take_next(later)
    done = outcome(platform, number)
    assert at_once.counts == {"refused": 1}
    assert done.counts == at_once.counts
    assert [each.findings for each in done.events] == [each.findings for each in at_once.events]
    assert done.finished == soon + timedelta(days=1)
    assert done.received < soon


def test_the_rules_of_its_tenant_are_kept_with_it_as_they_were_then(
    platform: Platform, parties: list[Capturer]
) -> None:
    by = structs.replace(
        parties[0], state_rules=frozenset({StateRule.MADE_FIRST, StateRule.ENDED_IS_OVER})
    )
    number = handed(platform, document(1), by)
    with platform.store.write() as conn:
        held = queued.hold(conn, UUID(number), secret=platform.recorder.secret)
    assert held is not None
    assert held.sound
    assert held.batch.capturer == by


def failing(error: Exception) -> Callable[..., object]:
    def fails(*_args: object, **_named: object) -> object:
        raise error

    return fails


def later_by(platform: Platform, seconds: float) -> Platform:
    return structs.replace(platform, clock=lambda: system_clock() + timedelta(seconds=seconds))


def check(platform: Platform) -> tuple[bool, str]:
    (told,) = (each for each in doctor(platform) if each.name.en == "Documents to be captured")
    assert told.more.zh
    return told.good, told.more.en


@pytest.mark.parametrize(
    "error", [OSError("full"), BusyError("record.busy", Text("忙", "busy"))], ids=repr
)
def test_what_passes_only_delays_a_document_and_the_doctor_names_it(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    assert check(platform) == (True, NONE_WAITS)
    number = handed(platform, document(1), parties[0])
    after = handed(platform, document(2), parties[0])
    other = handed(platform, document(3, serial="x"), parties[1])
    good, more = check(platform)
    assert good
    assert more.startswith("3 wait, the oldest since ")
    with monkeypatch.context() as patched:
        patched.setattr(taking, "_decoded", failing(error))
        for hour in range(20):
            assert waiting.take_next(later_by(platform, hour * 3_600))
        assert outcome(platform, number).running
    drain(platform)
    assert outcome(platform, after).running, "its party's next waits behind it"
    good, more = check(platform)
    assert not good
    assert str(UUID(number)) in more
    assert PARTIES[0] in more
    drain(later_by(platform, 24 * 3_600))
    assert [each for each, by in recorded(platform) if by == PARTIES[0]] == [number, after]
    assert outcome(platform, other).success
    assert check(platform) == (True, NONE_WAITS)


def test_a_document_at_which_we_fail_again_and_again_is_given_up_and_its_job_says_so(
    platform: Platform,
    parties: list[Capturer],
    monkeypatch: pytest.MonkeyPatch,
    logged_lines: Logs,
) -> None:
    number = handed(platform, document(1), parties[0], on_refusal=OnRefusal.PROCEED)
    after = handed(platform, document(2), parties[0])
    monkeypatch.setattr(taking, "decode", failing(RuntimeError("a fault of ours")))
    hour = 0
    while outcome(platform, number).running:
        assert waiting.take_next(later_by(platform, hour * 3_600))
        hour += 1
    assert hour == 13
    told = [(each["event"], each["job"]) for each in logged_lines]
    assert told == [("capture.failed", str(UUID(number)))] * 12
    monkeypatch.undo()
    done = outcome(platform, number)
    assert done.problem is not None
    assert (done.problem.rule, done.success, done.events) == ("capture.failed", False, ())
    drain(platform)
    assert outcome(platform, after).success
    publish(platform)
    assert examine(platform).damages == ()


def test_between_two_tries_it_waits_ever_longer(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed(platform, document(1), parties[0])
    monkeypatch.setattr(taking, "decode", failing(RuntimeError("a fault of ours")))
    pauses = list[float]()
    for hour in range(11):
        now = later_by(platform, hour * 3_600)
        assert waiting.take_next(now)
        assert not waiting.take_next(now)
        with platform.store.read() as conn:
            ((due,),) = conn.execute("select due_at from capture.waiting").fetchall()
        pauses.append(round((due - now.clock()).total_seconds()))
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_what_waits_for_long_is_told_though_nothing_failed(
    platform: Platform, parties: list[Capturer]
) -> None:
    number = handed(platform, document(1), parties[0])
    assert check(later_by(platform, 500))[0]
    good, more = check(later_by(platform, 700))
    assert not good
    assert str(UUID(number)) in more
    assert "suyuan serve" in more


@pytest.mark.parametrize(
    "change",
    [
        OTHERS,
        "delete from capture.waiting_part where job = '{job}'",
        "update capture.waiting_part set body = '\\x00' where job = '{job}'",
        "update capture.job set account = account + 1 where id = '{job}'",
        "update capture.job set behaviour = 'proceed' where id = '{job}'",
        "update capture.job set received_at = received_at - interval '1 s' where id = '{job}'",
        "update capture.waiting set party = 'urn:suyuan:party:b' where job = '{job}'",
        "update capture.waiting set state_rules = '{{made-first}}' where job = '{job}'",
    ],
    ids=["other", "gone", "broken", "account", "behaviour", "time", "party", "rules"],
)
def test_what_was_changed_while_it_waited_is_named_and_refused_not_recorded(
    platform: Platform, parties: list[Capturer], change: str
) -> None:
    number = handed(platform, document(1), parties[0])
    other = handed(platform, document(2, serial="x"), parties[2])
    broken(platform, change.format(job=UUID(number)))
    told = [each for each in examine(platform).damages if each.code == "capture.altered"]
    assert [each.place for each in told] == [f"capture.waiting {UUID(number)}"]
    drain(platform)
    done = outcome(platform, number)
    assert done.problem is not None
    assert done.problem.rule == "capture.altered"
    assert outcome(platform, other).counts == {"accepted": 1}
    assert [each for each, _ in recorded(platform)] == [other]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("delete from capture.waiting", "capture.unfinished"),
        ("delete from capture.waiting", "capture.waiting-part"),
        ("delete from capture.job", "capture.waiting"),
        ("update capture.job set finished_at = received_at", "capture.waiting"),
    ],
)
def test_what_has_lost_its_other_half_is_named(
    platform: Platform, parties: list[Capturer], change: str, code: str
) -> None:
    handed(platform, document(1), parties[0])
    assert examine(platform).damages == ()
    broken(platform, change)
    assert code in {each.code for each in examine(platform).damages}
    drain(platform)
    assert recorded(platform) == []


FREE = {
    ("capture.waiting", "number"): "the order, which is nobody's but the server's",
    ("capture.waiting", "due_at"): "when it is tried next",
    ("capture.waiting", "tries"): "how often it failed",
    ("capture.waiting", "why"): "for the doctor alone",
    ("capture.waiting_part", "ordinal"): "which piece is before which, and that the digest holds",
}


def test_whatever_stands_in_a_column_of_what_waits_is_named_unless_it_is_free(
    platform: Platform, parties: list[Capturer]
) -> None:
    handed(platform, document(1), parties[0], request_key="k")
    handed(platform, document(2, serial="x"), parties[1], on_refusal=OnRefusal.PROCEED)
    assert examine(platform).damages == ()
    unseen, tried = list[tuple[str, str, str]](), set[tuple[str, str]]()
    with platform.store.write() as conn:
        for (statement,) in conn.execute(CHECKS, (SCHEMAS,)).fetchall():
            conn.execute(statement.encode())
        for table, column, statement in attacks(conn, "capture"):
            if (table, column) in FREE or not table.startswith("capture.waiting"):
                continue
            with attacked(conn, statement) as is_done:
                if is_done:
                    tried.add((table, column))
                    if all(each.code == "store.intruder" for each in found(platform, conn)):
                        unseen.append((table, column, statement))
        columns = conn.execute(
            "select 'capture.' || c.relname, a.attname from pg_attribute as a"
            " join pg_class as c on c.oid = a.attrelid where c.relname like 'waiting%%'"
            " and c.relnamespace = 'capture'::regnamespace and c.relkind = 'r' and a.attnum > 0"
        ).fetchall()
    assert unseen == []
    assert set(columns) - tried == set(FREE)


def test_an_event_that_may_come_again_in_what_waits_is_not_destroyed_before(
    platform: Platform, parties: list[Capturer]
) -> None:
    capture(platform, document(1), parties[0], Options())
    name = str(event(1)["eventID"])
    publish(platform)
    handed(platform, document(1), parties[1])
    handed(platform, document(1), parties[0])
    with pytest.raises(BusyError) as refused:
        erase(platform, name, DECISION, party=PARTIES[0], early=True)
    assert refused.value.code == "erase.waiting"
    assert PARTIES[0] in refused.value.text.en
    drain(platform)
    done = erase(platform, name, DECISION, party=PARTIES[0], early=True)
    assert len(done.positions) == 1
    with platform.store.read() as conn:
        assert not conn.execute("select from capture.waiting_part").fetchall()


def test_what_waits_is_in_a_backup_and_is_captured_after_it_is_restored(
    platform: Platform, parties: list[Capturer], empty_database: str, tmp_path: Path
) -> None:
    report(platform, (5,))
    number = handed(platform, document(1), parties[0])
    backup(platform, tmp_path / "file")
    drain(platform)
    target = Config(data_dir=tmp_path / "other", database_url=empty_database)
    restore(target, tmp_path / "file")
    with opened(empty_database, target.data_dir) as restored:
        assert outcome(restored, number).running
        drain(restored)
        assert outcome(restored, number).counts == {"accepted": 1}
        assert examine(restored).damages == ()


def test_a_document_that_cannot_be_kept_leaves_nothing(
    platform: Platform, parties: list[Capturer]
) -> None:
    small = structs.replace(platform.config, room=structs.replace(platform.config.room, of_party=1))
    tight = structs.replace(platform, config=small)
    handed(tight, document(1), parties[0])
    with pytest.raises(SuyuanError, match=r"capture\.waiting"):
        waiting.hand_over(tight, Source(document(2)), parties[0], Options())
    with platform.store.read() as conn:
        for table in ("job", "waiting", "waiting_part"):
            assert conn.execute(f"select count(*) from capture.{table}").fetchone() == (1,)


def test_hand_overs_at_once_keep_the_limit_to_the_last_place(
    platform: Platform, parties: list[Capturer]
) -> None:
    small = structs.replace(platform.config, room=structs.replace(platform.config.room, of_party=5))
    tight = structs.replace(platform, config=small)

    def one(number: int) -> bool:
        try:
            handed(tight, document(number), parties[0])
        except FullError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(one, range(12))) == 5
    assert waiting.queue(platform).documents == 5


def test_a_database_that_is_away_is_waited_for(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever befalls it, the worker goes on."""
    number = handed(platform, document(1), parties[0])
    stop, met = threading.Event(), threading.Event()
    due = queued.due

    def away(*args: object, **named: object) -> object:
        if not met.is_set():
            met.set()
            raise psycopg.OperationalError
        return due(*args, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(queued, "due", away)
    worker = threading.Thread(target=waiting.keep_capturing, args=(platform, stop))
    worker.start()
    try:
        assert eventually(lambda: not outcome(platform, number).running)
    finally:
        stop.set()
        worker.join(60)
    assert met.is_set()
    assert outcome(platform, number).events[0].verdict is Verdict.ACCEPTED
