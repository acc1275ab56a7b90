"""Takes documents from those who do not stay for the outcome; captures each in its turn.

What is acknowledged is durable: the document is captured when its turn comes, whatever becomes of
this process. Who handed it over was known then, and a key that is void since does not undo that.
"""

import threading
from datetime import timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog

from suyuan.capture import JobResult, Options, Repeat, jobs, waiting
from suyuan.capture.types import Delayed, Queue
from suyuan.kit import BusyError
from suyuan.ledger.types import TamperedError
from suyuan.model import Capturer
from suyuan.record import taking
from suyuan.service import repeating
from suyuan.service.platform import Platform
from suyuan.store import StoreError
from suyuan.wire import Limits, Source

PATIENCE: Final = timedelta(minutes=10)
"""What waits longer is told of by `suyuan doctor`."""

_HEADS: Final = 16
_SOON: Final = timedelta(seconds=5)
_LONGEST: Final = 300
_PASSING: Final = (BusyError, TamperedError, StoreError, psycopg.OperationalError, OSError)
"""What will be right again, or is to be put right: never a reason to give a document up."""

_OF_ITS_OWN: Final = (
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.StatementTooComplex,
    psycopg.errors.TooManyArguments,
    psycopg.errors.TooManyColumns,
    psycopg.errors.QueryCanceled,
)
"""What a document meets at each try, though psycopg counts it among what the database's
operation brings: more than a statement, an index or its time can hold."""

_LOG = structlog.get_logger("suyuan.capture")
_FAILED = repeating.logged(_LOG, "capture.waiting", patience=5.0)


def require_room(platform: Platform, capturer: Capturer) -> None:
    """See that a document of a party may wait, before it is sent.

    Raises:
        FullError: as many of its party wait as may.
        BusyError: `capture.busy`, as many of all wait as may.
    """
    with platform.store.read() as conn:
        waiting.require_room(conn, capturer, platform.config.room)


def hand_over(
    platform: Platform, source: Source, capturer: Capturer, options: Options
) -> JobResult:
    """Keep a document until it is captured; what is known of its job, at first that it waits.

    Raises:
        RequestKeyError: the request key was used for another document.
        FullError: as many of its party wait as may.
        BusyError: `capture.busy`, as many of all wait as may.
    """
    digest = source.sha256()
    with platform.store.write() as conn:
        batch = jobs.receive(
            conn, digest, capturer, options=options, now=platform.clock(), ids=platform.ids
        )
        if isinstance(batch, Repeat):
            return batch.result
        room, secret = platform.config.room, platform.recorder.secret
        waiting.keep(conn, source, batch, body=digest, room=room, secret=secret)
    return JobResult(
        job=batch.job,
        party=capturer.party,
        on_refusal=options.on_refusal,
        received=batch.received,
        finished=None,
        counts={},
    )


def queue(platform: Platform) -> Queue:
    """How many documents wait, and since when."""
    with platform.store.read() as conn:
        return waiting.queue(conn)


def delayed(platform: Platform) -> tuple[Delayed, ...]:
    """Documents that wait longer than they should, or failed before."""
    with platform.store.read() as conn:
        return waiting.delayed(conn, since=platform.clock() - PATIENCE)


def take_next(platform: Platform) -> bool:
    """Capture the document whose turn it is; whether there was one.

    Those of one party come in their order, and parties take turns. One that another server is at
    is left to it.
    """
    with platform.store.read() as conn:
        due = waiting.due(conn, now=platform.clock(), limit=_HEADS)
    return any(_taken(platform, each) for each in due)


def _taken(platform: Platform, job: UUID) -> bool:
    with platform.store.write() as conn:
        pause = waiting.begin(conn, job, now=platform.clock(), longest=_LONGEST)
    if pause is None:
        return False
    limits = Limits(document_bytes=platform.config.max_document)
    tries = platform.config.capture_tries
    try:
        result = taking.take_waiting(
            platform.store, platform.recorder, job, limits=limits, most_tries=tries
        )
    except Exception as error:  # noqa: BLE001 -- one document's fault is not the others'
        _postpone(platform, job, error, pause)
        _LOG.exception("capture.failed", job=str(job))
        return True
    return result is not None


def _postpone(platform: Platform, job: UUID, error: Exception, pause: timedelta) -> None:
    """Try it again soon, and what is a fault of ours after `pause`, which is ever longer."""
    counted = isinstance(error, _OF_ITS_OWN) or not isinstance(error, _PASSING)
    with platform.store.write() as conn:
        if waiting.hold(conn, job, secret=platform.recorder.secret) is not None:
            until = platform.clock() + (pause if counted else _SOON)
            why = getattr(error, "code", type(error).__name__)
            waiting.postpone(conn, job, until=until, why=str(why), counted=counted)


def keep_capturing(platform: Platform, stop: threading.Event) -> None:
    """Capture what waits until told to stop; a database that is away is waited for."""

    def capture() -> None:
        try:
            while not stop.is_set() and take_next(platform):
                pass
        except Exception:
            if not stop.is_set():  # else it was cut off in the midst, and is begun again
                raise

    repeating.keep_on(capture, stop, every=platform.config.follow_every, failed=_FAILED)
