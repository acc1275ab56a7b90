"""Takes nothing; gives logs as JSON lines, one for each thing that happened."""

import sys
import traceback
from contextlib import suppress
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict

_DEEPEST = 12


def configure_logs() -> None:
    """Log to stderr, one JSON object a line, for the whole process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: _Lines(sys.stderr),
        cache_logger_on_first_use=True,
    )


class _Lines:
    """Writes lines; one for which there is no room is lost, and never what it tells of."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def msg(self, message: str) -> None:
        """Write one line, whole."""
        with suppress(OSError):
            self._file.write(f"{message}\n")
            self._file.flush()

    debug = info = warning = error = critical = msg


def _without_words(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as where it happened, without its message."""
    error = event.pop("exc_info", None)
    if error:
        found = error if isinstance(error, BaseException) else sys.exc_info()[1]
        event["where"] = where(found) if found is not None else []
    return event


def where(error: BaseException) -> list[str]:
    """What failed and the calls that led there, without its message.

    A message may quote what somebody sent (a driver quotes the row), and a log must not.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    called = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    ]
    chain = [f"{type(error).__module__}.{type(error).__qualname__}"]
    cause = error.__cause__ or error.__context__
    return chain + called + (where(cause) if cause is not None else [])
