"""What is heavy is done a few at a time; whoever would wait long is told to come again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from suyuan.kit import BusyError, Text


class _Caller:
    """One who is at a gate, how often, and the one place inside."""

    def __init__(self) -> None:
        self.here, self.inside = 0, threading.BoundedSemaphore(1)


class Gate:
    """Lets `at_once` through side by side while `waiting` more wait for `patience` seconds.

    Each of them holds one of the threads that all requests share, hence no queue without end. Of
    those who come from one caller one is inside, and one more waits for it.
    """

    def __init__(
        self, kind: str, busy: Text, *, at_once: int, waiting: int, patience: float = 5.0
    ) -> None:
        self._kind, self._busy, self._patience = kind, busy, patience
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._through = threading.BoundedSemaphore(at_once)
        self._callers: dict[str, _Caller] = {}
        self._counting = threading.Lock()

    @contextmanager
    def through(self, caller: str = "") -> Iterator[None]:
        """Inside is one of the few, and of a caller who is named only one.

        Raises:
            BusyError: there was no place to wait at, or the wait was in vain.
        """
        with (
            self._alone(caller) if caller else nullcontext(),
            self._held(self._places, patience=0),
            self._held(self._through, patience=self._patience),
        ):
            yield

    @contextmanager
    def _alone(self, caller: str) -> Iterator[None]:
        """Who waits for another of the same caller takes no place of those that all share."""
        with self._counting:
            mine = self._callers.setdefault(caller, _Caller())
            if mine.here > 1:
                raise self._refusal()
            mine.here += 1
        try:
            with self._held(mine.inside, patience=self._patience):
                yield
        finally:
            with self._counting:
                mine.here -= 1
                if not mine.here:
                    del self._callers[caller]

    @contextmanager
    def _held(self, places: threading.Semaphore, *, patience: float) -> Iterator[None]:
        if not places.acquire(timeout=patience):
            raise self._refusal()
        try:
            yield
        finally:
            places.release()

    def _refusal(self) -> BusyError:
        return BusyError(f"{self._kind}.busy", self._busy, self._kind)
