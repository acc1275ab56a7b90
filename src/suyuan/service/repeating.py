"""Takes work of a server's own threads; does it again and again, and less often while it fails."""

import threading
from collections.abc import Callable

import structlog

Failed = Callable[[Exception], float]
"""Says what went wrong, and gives how many seconds to wait at most before the next try."""


def keep_on(
    work: Callable[[], object], stop: threading.Event, *, every: float, failed: Failed
) -> None:
    """Work every so many seconds until told to stop, whatever befalls it.

    After a failure it waits twice as long as before, up to what `failed` gives of it.
    """
    wait = every
    while not stop.wait(wait):
        try:
            work()
            wait = every
        except Exception as error:  # noqa: BLE001 -- a server's thread outlives all that it meets
            wait = min(wait * 2, failed(error))


def logged(log: structlog.stdlib.BoundLogger, event: str, *, patience: float) -> Failed:
    """Say a failure in the log with where it came about; `patience` is the longest wait."""

    def failed(error: Exception) -> float:
        log.error(event, exc_info=error)
        return patience

    return failed
