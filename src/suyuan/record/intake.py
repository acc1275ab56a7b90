"""Takes a document in: one transaction from its bytes to its recorded events and its answer.

Reading needs no database and is done before the transaction; positions are given after it.
When another transaction records one of the events meanwhile, everything is undone and done
again: the second time it is a repeat.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import structs
from psycopg.errors import (
    DeadlockDetected,
    ForeignKeyViolation,
    LockNotAvailable,
    UniqueViolation,
)

from suyuan import ledger
from suyuan.capture import (
    EventResult,
    JobResult,
    OnRefusal,
    Options,
    RefusedEvent,
    Repeat,
    jobs,
)
from suyuan.kit import BusyError, Text
from suyuan.model import Capturer, Verdict
from suyuan.record.append import append
from suyuan.record.decide import Decided, decide
from suyuan.record.decode import Decoded, Item, decode
from suyuan.record.findings import ROLLED_BACK
from suyuan.record.repeats import Sorted, sort_out
from suyuan.record.types import Recorder
from suyuan.store import Store, WriteConnection

# Each try that fails leaves one more event that is known at the next.
_TRIES: Final = 20
# How often a document waits as long as a lock may take (`StoreSettings.lock_timeout`).
_WAITS: Final = 4
_BUSY: Final = Text(
    "同样的物品正由另一份很大的报文占用，本次未记录任何内容；请在 {seconds} 秒后原样重发。",
    "A large document on the same things is being recorded; nothing of this one was. "
    "Send it again as it is in {seconds} seconds.",
)
_AGAIN: Final = 10  # seconds
_NO_OPTIONS: Final = Options()


def take(
    store: Store,
    recorder: Recorder,
    data: bytes,
    capturer: Capturer,
    *,
    options: Options = _NO_OPTIONS,
) -> JobResult:
    """Record what a document reports, and say of each event what became of it.

    When this returns, what it says is recorded is durable and has its position.

    Raises:
        RequestKeyError: the request key was used for another document.
        BusyError: `record.busy`, a document on the same things takes long, nothing was recorded;
            `ledger.busy`, it is recorded, and its position has to wait: sent again it is given.
    """
    job = recorder.ids()
    decoded = decode(data, capturer, options=options, resolvers=recorder.resolvers)
    for remaining in reversed(range(_TRIES)):
        try:
            with store.write() as conn:
                result = _taken(
                    conn, data, decoded, recorder, capturer=capturer, options=options, job=job
                )
            break
        except (UniqueViolation, ForeignKeyViolation, DeadlockDetected):
            if not remaining:  # a head is gone if all that had it were just erased
                raise
        except LockNotAvailable as error:
            if remaining <= _TRIES - _WAITS:
                text = _BUSY.format(seconds=_AGAIN)
                raise BusyError("record.busy", text, retry_after=_AGAIN) from error
    return number(store, recorder, result)


def number(store: Store, recorder: Recorder, result: JobResult) -> JobResult:
    """Let the ledger number what waits, and add positions and record times to the result."""
    if all(event.entry is None for event in result.events):
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
    conn: WriteConnection,
    data: bytes,
    decoded: Decoded,
    recorder: Recorder,
    *,
    capturer: Capturer,
    options: Options,
    job: str,
) -> JobResult:
    now = recorder.clock()
    batch = jobs.receive(conn, data, capturer, options=options, now=now, ids=lambda: job)
    if isinstance(batch, Repeat):
        return batch.result
    if decoded.document is None:
        return jobs.finish(conn, batch, (), problem=decoded.problem, now=now)
    found = sort_out(conn, decoded.items, strict=options.strict)
    decided = decide(conn, found.fresh, recorder, capturer=capturer, now=now)
    if options.on_refusal is OnRefusal.ROLLBACK and _is_refused(found, decided):
        decided = [_taken_back(one) for one in decided]
    good = [one for one in decided if one.verdict is not Verdict.REFUSED]
    entries = append(conn, good, recorder, batch=batch, document=decoded.document)
    results = _results(
        decoded.items, found, decided, dict(zip(map(_index, good), entries, strict=True))
    )
    return jobs.finish(conn, batch, results, refused=_refused(found, decided), now=recorder.clock())


def _is_refused(found: Sorted, decided: Sequence[Decided]) -> bool:
    return bool(found.unread) or any(one.verdict is Verdict.REFUSED for one in decided)


def _taken_back(decided: Decided) -> Decided:
    """An event that could have been recorded, in a document that was not."""
    if decided.verdict is Verdict.REFUSED:
        return decided
    found = (*decided.findings, ROLLED_BACK)
    return structs.replace(decided, verdict=Verdict.REFUSED, findings=found, past=None)


def _index(decided: Decided) -> int:
    return decided.fresh.item.index


def _results(
    items: Sequence[Item], found: Sorted, decided: Sequence[Decided], entries: dict[int, int]
) -> list[EventResult]:
    """One result for each event, in the order of the document."""
    results = {_index(one): _result(one, entries.get(_index(one))) for one in decided}
    for item in found.unread:
        results[item.index] = EventResult(
            index=item.index, verdict=Verdict.REFUSED, findings=item.findings
        )
    for item in items:
        index = item.index
        event_id = None if item.event is None else item.event.event_id
        if (known := found.repeats.get(index)) is not None:
            results[index] = EventResult(
                index=index, event_id=event_id, verdict=known.verdict, findings=known.findings,
                entry=known.entry, duplicate=True,
            )  # fmt: skip
        elif (first := found.echoes.get(index)) is not None:
            results[index] = structs.replace(results[first], index=index, duplicate=True)
    return [results[item.index] for item in items]


def _result(decided: Decided, entry: int | None) -> EventResult:
    return EventResult(
        index=_index(decided),
        event_id=decided.fresh.event.event_id,
        verdict=decided.verdict,
        findings=decided.findings,
        entry=entry,
    )


def _refused(found: Sorted, decided: Sequence[Decided]) -> list[RefusedEvent]:
    """What is to be kept of refused events: their bytes, and why."""
    unread = [
        RefusedEvent(index=item.index, body=item.raw, findings=item.findings)
        for item in found.unread
    ]
    read = [
        RefusedEvent(
            index=_index(one),
            body=one.fresh.item.raw,
            findings=one.findings,
            event_id=one.fresh.event.event_id,
        )
        for one in decided
        if one.verdict is Verdict.REFUSED
    ]
    return unread + read
