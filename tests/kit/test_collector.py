"""Whoever makes much that lives is not interrupted to look for cycles; after it they are found."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from suyuan.kit.collector import paused

PATIENCE = 30.0


class Ring:
    """Refers to itself, so counting references never frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _often() -> Iterator[None]:
    before, was = gc.get_threshold(), gc.isenabled()
    gc.enable()
    gc.set_threshold(10, 1, 1)
    yield
    gc.set_threshold(*before)
    if not was:
        gc.disable()


def is_found(kept: list[object]) -> bool:
    """Whether making things that live has a ring found that nothing refers to any more."""
    ring = weakref.ref(Ring())
    kept += [[] for _ in range(1_000)]
    return ring() is None


def test_cycles_wait_for_the_end_of_the_block() -> None:
    kept = list[object]()
    with paused():
        assert not is_found(kept)
    assert is_found(kept)


def test_cycles_are_looked_for_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), paused():
        1 / 0  # noqa: B018 -- it is to fail
    assert is_found([])


def test_who_had_the_collector_stopped_finds_it_stopped() -> None:
    gc.disable()
    with paused():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_of_blocks_that_overlap_for_ever_the_first_ends_the_pause() -> None:
    inside, leave = threading.Event(), threading.Event()

    def later() -> None:
        with paused():
            inside.set()
            leave.wait(PATIENCE)

    other = threading.Thread(target=later)
    with paused():
        other.start()
        assert inside.wait(PATIENCE)
    try:
        assert is_found([])
    finally:
        leave.set()
        other.join()
