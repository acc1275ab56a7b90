"""Documents received and what became of them.

A job is written in the transaction that records its events, so there is no job whose events
were lost and no event whose job is unknown. Positions are not kept here: the ledger has them.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import UUID

import msgspec
import zstandard
from msgspec import structs
from psycopg.types.json import Jsonb

from suyuan.capture.types import (
    DUPLICATE,
    Batch,
    EventResult,
    JobResult,
    OnRefusal,
    Options,
    RefusedEvent,
    Repeat,
    RequestKeyError,
)
from suyuan.kit import Ids, Text
from suyuan.model import Capturer, Finding, Role, Verdict, Viewer
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded

_Q: Final = Queries(__package__)
_LEVEL: Final = 1
_REQUEST_KEY: Final = "Idempotency-Key"  # where it came
_PLACED: Final = 10_000  # events whose places are looked up at once
_RESULTS: Final = msgspec.json.Decoder(tuple[EventResult, ...])
_FINDINGS: Final = tuple[Finding, ...]


def receive(
    conn: WriteConnection,
    body: bytes,
    capturer: Capturer,
    *,
    options: Options,
    now: datetime,
    ids: Ids,
) -> Batch | Repeat:
    """Note a document; give it as a batch, or the answer that its request key had before.

    `body` is the SHA-256 of its bytes.
    If the same request is just being taken in another transaction, this waits for it.

    Raises:
        RequestKeyError: the key was used for other bytes.
    """
    job_id = ids()
    row = {
        "id": UUID(job_id),
        "tenant": capturer.tenant,
        "account": capturer.account,
        "party": capturer.party,
        "request_key": options.request_key,
        "body_digest": body,
        "behaviour": options.on_refusal.value,
        "strict": options.strict,
        "received": now,
    }
    if conn.execute(_Q.open_job, row).fetchone() is None:
        return Repeat(_answered(conn, row))
    return Batch(job=job_id, capturer=capturer, options=options, received=now)


def _answered(conn: WriteConnection, request: dict[str, Any]) -> JobResult:
    (found,) = conn.execute(_Q.job_of_request, request).fetchall()
    if bytes(found[1]) != request["body_digest"]:
        text = Text(
            "请求键 “{key}” 已用于另一份文件。",
            "The request key '{key}' was used for another document.",
        )
        said = text.format(key=request["request_key"])
        raise RequestKeyError("capture.request-key", said, _REQUEST_KEY, status=409)
    asked = {"id": found[0], "tenant": request["tenant"], "party": request["party"]}
    (row,) = conn.execute(_Q.job, asked | {"everything": False}).fetchall()
    return placed(conn, _job(row))


def finish(
    conn: WriteConnection,
    batch: Batch,
    results: Sequence[EventResult],
    *,
    refused: Iterable[RefusedEvent] = (),
    problem: Finding | None = None,
    now: datetime,
) -> JobResult:
    """Keep what became of a batch: each event's result, the bytes refused, or the problem."""
    result = JobResult(
        job=batch.job,
        party=batch.capturer.party,
        on_refusal=batch.options.on_refusal,
        received=batch.received,
        finished=now,
        counts=counts_of(results),
        events=tuple(results),
        problem=problem,
    )
    row = {
        "id": UUID(batch.job),
        "finished": now,
        "counts": Jsonb(result.counts),
        "results": zstandard.compress(msgspec.json.encode(results), _LEVEL),
        "problem": None if problem is None else Jsonb(msgspec.to_builtins(problem)),
    }
    conn.execute(_Q.finish_job, row)
    _keep_refused(conn, batch, refused)
    return result


def find(conn: ReadConnection, job_id: str, viewer: Viewer) -> JobResult | None:
    """What became of a document; None if there is no such job or it is not the viewer's."""
    try:
        number = UUID(job_id)
    except ValueError:
        return None
    row = conn.execute(_Q.job, {"id": number} | _scope(viewer)).fetchone()
    return None if row is None else placed(conn, _job(row))


def recent(
    conn: ReadConnection, viewer: Viewer, *, after: tuple[datetime, str] | None, limit: int
) -> list[JobResult]:
    """What became of documents of the viewer's own party, or of all for an administrator.

    The newest first, behind that which came then under that number; of their events only the
    first refused ones.
    """
    at, number = (None, None) if after is None else after
    asked = _scope(viewer) | {"at": at, "id": number, "limit": limit}
    return [
        structs.replace(_job(row[:-1]), events=tuple(map(_refused, row[-1] or ())))
        for row in conn.execute(_Q.jobs, asked)
    ]


def _refused(row: dict[str, Any]) -> EventResult:
    return EventResult(
        index=row["index"],
        event_id=row["event_id"],
        verdict=Verdict.REFUSED,
        findings=msgspec.convert(row["findings"], _FINDINGS),
    )


def find_refused(
    conn: ReadConnection,
    viewer: Viewer,
    *,
    job_id: str | None = None,
    event_id: str | None = None,
    limit: int = 100,
) -> list[RefusedEvent]:
    """Refused events of the viewer's own party, or of all for an administrator, newest first."""
    asked = {"job": job_id and UUID(job_id), "event_id": event_id, "limit": limit}
    return [
        RefusedEvent(
            job=row[0].urn,
            index=row[1],
            event_id=row[2],
            body=bytes(row[3]),
            findings=msgspec.convert(row[4], _FINDINGS),
            received=row[5],
        )
        for row in conn.execute(_Q.refused, asked | _scope(viewer))
    ]


def forget(
    conn: WriteConnection, entries: Collection[int], *, tenant: int, party: str, event_id: str
) -> list[UUID]:
    """Forget of an event's every answer what it says of it but its place and its verdict.

    The party may have sent it several times, so all its documents are looked through. Those of
    them of which something was refused are given.
    """
    refusing = list[UUID]()
    asked = {"tenant": tenant, "party": party, "event_id": event_id}
    conn.execute(_Q.forget_refused, asked)
    for number, packed in conn.execute(_Q.results_of, asked).fetchall():
        results = results_in(packed)
        if any(each.entry in entries or each.event_id == event_id for each in results):
            kept = [_forgotten(each, entries, event_id) for each in results]
            changed = zstandard.compress(msgspec.json.encode(kept), _LEVEL)
            conn.execute(_Q.change_results, {"id": number, "results": changed})
            if any(each.verdict is Verdict.REFUSED for each in results):
                refusing.append(number)
    return refusing


def _forgotten(result: EventResult, entries: Collection[int], event_id: str) -> EventResult:
    if result.entry not in entries and result.event_id != event_id:
        return result
    return structs.replace(result, event_id=None, findings=(), noted=())


def placed(conn: ReadConnection, result: JobResult) -> JobResult:
    """The result with the positions and record times that the ledger has given by now."""
    if all(event.entry is None for event in result.events):
        return result
    parts = (
        result.events[begin : begin + _PLACED] for begin in range(0, len(result.events), _PLACED)
    )
    events = tuple(chain.from_iterable(_placed(conn, part) for part in parts))
    return structs.replace(result, events=events)


def _placed(conn: ReadConnection, events: Sequence[EventResult]) -> Iterator[EventResult]:
    entries = [event.entry for event in events if event.entry is not None]
    asked = {"entries": encoded.int8_array(entries)}
    rows = conn.execute(_Q.positions, asked, binary=True).fetchall()
    found = {entry: (position, at) for entry, position, at in rows}
    nowhere = (None, None)
    return (_at(event, *found.get(event.entry, nowhere)) for event in events)


def _at(event: EventResult, position: int | None, recorded: datetime | None) -> EventResult:
    """The result at its place; named field by field, since `replace` takes four times as long."""
    return EventResult(
        index=event.index,
        verdict=event.verdict,
        event_id=event.event_id,
        findings=event.findings,
        entry=event.entry,
        duplicate=event.duplicate,
        position=position,
        recorded=recorded,
        noted=event.noted,
    )


def _scope(viewer: Viewer) -> dict[str, Any]:
    everything = viewer.role is Role.ADMIN
    return {"tenant": viewer.tenant, "party": viewer.party, "everything": everything}


def results_in(packed: bytes) -> tuple[EventResult, ...]:
    """The results of events as a job keeps them."""
    return _RESULTS.decode(zstandard.decompress(packed))


def counts_of(results: Sequence[EventResult]) -> dict[str, int]:
    """How many events had which outcome."""
    counts: dict[str, int] = {}
    for result in results:
        name = DUPLICATE if result.duplicate else result.verdict.value
        counts[name] = counts.get(name, 0) + 1
    return counts


def _keep_refused(conn: WriteConnection, batch: Batch, refused: Iterable[RefusedEvent]) -> None:
    rows = iter(refused)
    first = next(rows, None)
    if first is None:
        return
    job_id, capturer = UUID(batch.job), batch.capturer
    with conn.cursor().copy(_Q.keep_refused) as copy:
        copy.set_types(["uuid", "int4", "int4", "text", "text", "bytea", "jsonb", "timestamptz"])
        for row in chain((first,), rows):
            findings = Jsonb(msgspec.to_builtins(row.findings))
            copy.write_row(
                (job_id, row.index, capturer.tenant, capturer.party, row.event_id, row.body,
                 findings, batch.received)
            )  # fmt: skip


def _job(row: tuple[Any, ...]) -> JobResult:
    return JobResult(
        job=row[0].urn,
        party=row[1],
        on_refusal=OnRefusal(row[2]),
        received=row[3],
        finished=row[4],
        counts=row[5],
        events=() if row[6] is None else results_in(row[6]),
        problem=None if row[7] is None else msgspec.convert(row[7], Finding),
    )
