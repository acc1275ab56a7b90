"""Documents that wait: parties take turns, and no document holds up its party for ever."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from msgspec import structs
from structlog.testing import capture_logs
from test_handed_over import (
    PARTIES,
    document,
    drain,
    eventually,
    failing,
    handed,
    later_by,
    outcome,
    recorded,
)

from suyuan.model import Capturer
from suyuan.record import taking
from suyuan.service import Platform, local_capturer, waiting


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """No failure is drawn with all that it held, which takes long."""
    with capture_logs():
        yield


@pytest.fixture
def parties(platform: Platform) -> list[Capturer]:
    return [local_capturer(platform, each) for each in PARTIES]


class Killed(BaseException):
    """As much of a kill -9 as can be had in one process: nothing of ours runs behind it."""


def test_a_party_that_handed_over_many_does_not_let_others_wait_for_all_of_them(
    platform: Platform, parties: list[Capturer]
) -> None:
    many = [handed(platform, document(each), parties[0]) for each in range(5)]
    one = handed(platform, document(10, serial="x"), parties[1])
    few = [handed(platform, document(20 + each, serial="y"), parties[2]) for each in range(2)]
    drain(platform)
    found = [number for number, _ in recorded(platform)]
    assert found == [many[0], one, few[0], many[1], few[1], *many[2:]]


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.ProgramLimitExceeded("index row size 2800 exceeds btree maximum 2704"),
        psycopg.errors.StatementTooComplex("stack depth limit exceeded"),
        psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
    ],
    ids=repr,
)
def test_a_document_that_the_database_can_never_take_is_given_up(
    platform: Platform,
    parties: list[Capturer],
    monkeypatch: pytest.MonkeyPatch,
    error: psycopg.OperationalError,
) -> None:
    number = handed(platform, document(1), parties[0])
    after = handed(platform, document(2), parties[0])
    with monkeypatch.context() as patched:
        patched.setattr(taking, "decode", failing(error))
        for hour in range(13):
            assert outcome(platform, number).running
            assert waiting.take_next(later_by(platform, hour * 3_600))
    done = outcome(platform, number)
    assert done.problem is not None
    assert done.problem.rule == "capture.failed"
    drain(platform)
    assert outcome(platform, after).success


def test_a_kill_alone_costs_a_document_nothing_but_a_second(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = handed(platform, document(1), parties[0])
    with monkeypatch.context() as patched:
        patched.setattr(taking, "decode", failing(Killed()))  # type: ignore[arg-type]  # no Exception
        with pytest.raises(Killed):
            waiting.take_next(platform)
    assert waiting.take_next(later_by(platform, 2))
    assert outcome(platform, number).counts == {"accepted": 1}


def test_a_document_at_which_the_process_dies_each_time_is_given_up(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = handed(platform, document(1), parties[0])
    after = handed(platform, document(2), parties[0])
    with monkeypatch.context() as patched:
        patched.setattr(taking, "decode", failing(Killed()))  # type: ignore[arg-type]  # no Exception
        for hour in range(12):
            assert outcome(platform, number).running
            with pytest.raises(Killed):
                waiting.take_next(later_by(platform, hour * 3_600))
    assert waiting.take_next(later_by(platform, 13 * 3_600))
    done = outcome(platform, number)
    assert done.problem is not None
    assert done.problem.rule == "capture.failed"
    drain(platform)
    assert outcome(platform, after).success


@pytest.mark.parametrize("tries", [1, 3])
def test_a_document_is_tried_as_often_as_it_is_set(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    config = structs.replace(platform.config, capture_tries=tries)
    platform = structs.replace(platform, config=config)
    number = handed(platform, document(1), parties[0])
    with monkeypatch.context() as patched:
        patched.setattr(taking, "decode", failing(RuntimeError("ours")))
        for hour in range(tries):
            assert outcome(platform, number).running
            assert waiting.take_next(later_by(platform, hour * 3_600))
        waiting.take_next(later_by(platform, tries * 3_600))
    problem = outcome(platform, number).problem
    assert problem is not None
    assert problem.rule == "capture.failed"


def test_several_workers_of_one_server_capture_different_parties_at_a_time(
    platform: Platform, parties: list[Capturer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither goes on before the other has begun; each party's come in their order all the same."""
    meet, stop = threading.Barrier(2), threading.Event()
    first = {
        handed(platform, document(1), parties[0]),
        handed(platform, document(2, serial="x"), parties[1]),
    }
    later = [handed(platform, document(10 + each), parties[0]) for each in range(3)]
    take = taking.take_waiting

    def together(*args: object, **named: object) -> object:
        if str(args[2]) in {number.removeprefix("urn:uuid:") for number in first}:
            meet.wait(60)
        return take(*args, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(taking, "take_waiting", together)
    workers = [
        threading.Thread(target=waiting.keep_capturing, args=(platform, stop)) for _ in range(2)
    ]
    for each in workers:
        each.start()
    try:
        assert eventually(lambda: len(recorded(platform)) == 5)
    finally:
        stop.set()
        for each in workers:
            each.join(60)
    assert not meet.broken
    assert [number for number, by in recorded(platform) if by == PARTIES[0]][1:] == later
    assert all(outcome(platform, number).success for number in (*first, *later))
