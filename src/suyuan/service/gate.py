"""What is heavy is done a few at a time; whoever would wait long is told to come again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from suyuan.kit import BusyError, Text


class Gate:
    """Lets `at_once` through side by side while `waiting` more wait for `patience` seconds.

    Each of them holds one of the threads that all requests share, hence no queue without end.
    """

    def __init__(
        self, kind: str, busy: Text, *, at_once: int, waiting: int, patience: float = 5.0
    ) -> None:
        self._kind, self._busy, self._patience = kind, busy, patience
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._through = threading.BoundedSemaphore(at_once)

    @contextmanager
    def through(self) -> Iterator[None]:
        """Inside is one of the few.

        Raises:
            BusyError: there was no place to wait at, or the wait was in vain.
        """
        with (
            self._held(self._places, patience=0),
            self._held(self._through, patience=self._patience),
        ):
            yield

    @contextmanager
    def _held(self, places: threading.Semaphore, *, patience: float) -> Iterator[None]:
        if not places.acquire(timeout=patience):
            raise BusyError(f"{self._kind}.busy", self._busy, self._kind)
        try:
            yield
        finally:
            places.release()
