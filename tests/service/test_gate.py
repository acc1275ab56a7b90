"""A few at a time, few that wait, and all others answered at once."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from suyuan.kit import BusyError, Text
from suyuan.service.gate import Gate


def test_of_fifty_at_once_two_are_let_in_one_waits_and_the_rest_are_answered() -> None:
    gate = Gate("picture", Text("忙", "busy"), at_once=2, waiting=1, patience=60)
    leave, inside = threading.Event(), threading.Semaphore(0)

    def enter() -> str:
        with gate.through():
            inside.release()
            leave.wait()
        return "through"

    with ThreadPoolExecutor(50) as pool:
        entering: list[Future[str]] = [pool.submit(enter) for _ in range(50)]
        for _ in range(2):
            inside.acquire()
        while sum(each.done() for each in entering) < 47:
            pass
        refused = [each.exception() for each in entering if each.done()]
        leave.set()
    assert len(refused) == 47
    for error in refused:
        assert isinstance(error, BusyError)
        assert (error.code, error.status, error.retry_after) == ("picture.busy", 503, 10)
    through = [each.result() for each in entering if each.exception() is None]
    assert through == ["through"] * 3


def test_one_caller_has_one_place_inside_and_leaves_all_others_theirs() -> None:
    gate = Gate("picture", Text("忙", "busy"), at_once=2, waiting=0, patience=60)
    leave, inside = threading.Event(), threading.Semaphore(0)

    def enter(caller: str) -> str:
        with gate.through(caller):
            inside.release()
            leave.wait()
        return caller

    with ThreadPoolExecutor(20) as pool:
        entering = [pool.submit(enter, "a") for _ in range(10)]
        inside.acquire()
        while sum(each.done() for each in entering) < 8:  # one is inside, one waits for it
            pass
        other = pool.submit(enter, "b")
        inside.acquire()
        with pytest.raises(BusyError):
            enter("c")
        leave.set()
    assert other.result() == "b"
    assert sum(each.exception() is None for each in entering) == 2
    for caller in "abc":
        with gate.through(caller):
            pass


def test_a_wait_in_vain_ends_and_leaves_its_place() -> None:
    gate = Gate("label", Text("忙", "busy"), at_once=1, waiting=1, patience=0.01)
    for _ in range(3):
        with gate.through(), pytest.raises(BusyError), gate.through():
            pytest.fail("nobody is let in beside another")
    with gate.through():
        pass
