"""Takes a document in: one transaction from its bytes to its recorded events and its answer.

Reading needs no database and is done before the transaction; positions are given after it.
When another transaction records one of the events meanwhile, everything is undone and done
again: the second time it is a repeat.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct, structs
from psycopg.errors import (
    DeadlockDetected,
    ForeignKeyViolation,
    LockNotAvailable,
    UniqueViolation,
)

from suyuan import ledger
from suyuan.capture import (
    Batch,
    EventResult,
    JobResult,
    Options,
    RefusedEvent,
    Repeat,
    jobs,
)
from suyuan.kit import BusyError, Text
from suyuan.ledger.types import AheadError
from suyuan.model import Capturer, Finding, Verdict
from suyuan.record import refusing
from suyuan.record.decode import Decoded, Portion, Reader, decode, portions
from suyuan.record.judging import Judging
from suyuan.record.repeats import Sorted, sort_out
from suyuan.record.types import Recorder
from suyuan.store import Store, WriteConnection
from suyuan.wire import Limits, Source

T = TypeVar("T")

# Each try that fails leaves one more event that is known at the next.
_TRIES: Final = 20
# How often a document waits as long as a lock may take (`StoreSettings.lock_timeout`).
_WAITS: Final = 4
_BUSY: Final = Text(
    "同样的物品正由另一份很大的报文占用，本次未记录任何内容；请在 {seconds} 秒后原样重发。",
    "A large document on the same things is being recorded; nothing of this one was. "
    "Send it again as it is in {seconds:second|seconds}.",
)
_AGAIN: Final = 10  # seconds
_NO_OPTIONS: Final = Options()
_LIMITS: Final = Limits()
_PORTION: Final = Portion()


class _Request(Struct, frozen=True, kw_only=True):
    """Who asks for what, under which number, and how much of it is held at once."""

    capturer: Capturer
    options: Options
    job: str
    portion: Portion


def take(
    store: Store,
    recorder: Recorder,
    data: bytes | Source,
    capturer: Capturer,
    *,
    options: Options = _NO_OPTIONS,
    limits: Limits = _LIMITS,
    portion: Portion = _PORTION,
) -> JobResult:
    """Record what a document reports, and say of each event what became of it.

    When this returns, what it says is recorded is durable and has its position. Of a document
    larger than a portion that much is held at once, and a few words of each event.

    Raises:
        RequestKeyError: the request key was used for another document.
        BusyError: `record.busy`, a document on the same things takes long, nothing was recorded;
            `ledger.busy`, it is recorded, and its position has to wait: sent again it is given.
    """
    request = _Request(capturer=capturer, options=options, job=recorder.ids(), portion=portion)
    source = Source(data) if isinstance(data, bytes) else data
    return number(store, recorder, _recorded(store, recorder, source, request, limits=limits))


def _recorded(
    store: Store, recorder: Recorder, source: Source, request: _Request, *, limits: Limits
) -> JobResult:
    """The result; of a large document what was read is much, and is gone when it is given."""
    decoded = decode(
        source,
        request.capturer,
        options=request.options,
        resolvers=recorder.resolvers,
        limits=limits,
        portion=request.portion,
    )
    return attempt(store, lambda conn: _taken(conn, decoded, recorder, request=request))


def attempt(store: Store, work: Callable[[WriteConnection], T]) -> T:
    """Do it in one transaction; where another recorded the same meanwhile, all of it once more.

    Raises:
        BusyError: `record.busy`, a document on the same things takes long, nothing was done.
    """
    remaining = _TRIES
    while True:
        remaining -= 1
        try:
            with store.write() as conn:
                return work(conn)
        except (UniqueViolation, ForeignKeyViolation, DeadlockDetected):
            if not remaining:  # a head is gone if all that had it were just erased
                raise
        except LockNotAvailable as error:
            if remaining <= _TRIES - _WAITS:
                text = _BUSY.format(seconds=_AGAIN)
                raise BusyError("record.busy", text, retry_after=_AGAIN) from error


def number(store: Store, recorder: Recorder, result: JobResult) -> JobResult:
    """Let the ledger number what waits, and add positions and record times to the result."""
    if all(event.entry is None for event in result.events):
        if _refuses(result):  # what binds it may wait: the answer says nothing of its position
            with suppress(BusyError, AheadError), store.write() as conn:
                ledger.sequence(conn, now=recorder.clock())
        return result
    for remaining in reversed(range(_WAITS)):
        try:
            with store.write() as conn:
                ledger.sequence(conn, now=recorder.clock())
            break
        except BusyError:
            if not remaining:
                raise
    with store.read() as conn:
        return jobs.placed(conn, result)


def _taken(
    conn: WriteConnection, decoded: Decoded, recorder: Recorder, *, request: _Request
) -> JobResult:
    batch = jobs.receive(
        conn, decoded.body, request.capturer, options=request.options, now=recorder.clock(),
        ids=lambda: request.job,
    )  # fmt: skip
    if isinstance(batch, Repeat):
        return batch.result
    return finished(conn, decoded, batch, recorder, portion=request.portion)


def finished(
    conn: WriteConnection, decoded: Decoded, batch: Batch, recorder: Recorder, *, portion: Portion
) -> JobResult:
    """What becomes of a document that was not had before, as of when it was received."""
    result = _answered(conn, decoded, batch, recorder, portion=portion)
    if _refuses(result):
        refusing.log(conn, [UUID(result.job)], recorder, now=recorder.clock())
    return result


def _refuses(result: JobResult) -> bool:
    return result.problem is not None or Verdict.REFUSED.value in result.counts


def _answered(
    conn: WriteConnection, decoded: Decoded, batch: Batch, recorder: Recorder, *, portion: Portion
) -> JobResult:
    if decoded.reader is None:
        return jobs.finish(conn, batch, (), problem=decoded.problem, now=recorder.clock())
    found = sort_out(conn, decoded.outlines)
    judging = Judging(
        conn, recorder, decoded.reader, batch, found, list(portions(found.fresh, portion))
    )
    judging.run(batch.received)
    return jobs.finish(
        conn,
        batch,
        _results(decoded, found, judging.results, decoded.reader.document.notes),
        refused=_refused(decoded.reader, judging.refused),
        now=recorder.clock(),
    )


def _results(
    decoded: Decoded, found: Sorted, results: dict[int, EventResult], notes: tuple[Finding, ...]
) -> list[EventResult]:
    """One result for each event, in the order of the document; the first tells of that itself."""
    for outline in decoded.outlines:
        index = outline.index
        if (known := found.repeats.get(index)) is not None:
            results[index] = EventResult(
                index=index, event_id=outline.event_id, verdict=known.verdict,
                findings=known.findings, entry=known.entry, duplicate=True,
            )  # fmt: skip
        elif (first := found.echoes.get(index)) is not None:
            results[index] = structs.replace(results[first], index=index, duplicate=True)
    listed = [results[outline.index] for outline in decoded.outlines]
    if notes and listed:
        listed[0] = structs.replace(listed[0], noted=notes)
    return listed


def _refused(reader: Reader, refused: Iterable[EventResult]) -> Iterator[RefusedEvent]:
    """What is to be kept of refused events: their bytes, and why."""
    for one in refused:
        yield RefusedEvent(
            index=one.index,
            body=reader.document.events[one.index].raw,
            findings=one.findings,
            event_id=one.event_id,
        )
