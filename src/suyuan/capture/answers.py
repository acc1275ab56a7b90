"""Takes what is kept of the answers to documents; gives it whole, or where it contradicts itself.

Counts, the result of each event and the bytes of those refused say the same thing three times.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct, field

from suyuan.capture.jobs import counts_of, results_in
from suyuan.capture.types import EventResult
from suyuan.model import Finding, Verdict
from suyuan.store import Queries, ReadConnection

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 16
"""Documents held at once: one may have a hundred thousand events."""
_LIMIT: Final = 1_000
_FINDINGS: Final = tuple[Finding, ...]


class Kept(Struct, frozen=True):
    """What is kept of a refused event beside its bytes; findings that say nothing are None."""

    event_id: str | None
    findings: tuple[Finding, ...] | None


class Answer(Struct, frozen=True, kw_only=True):
    """What is kept of one document; `events` None where that cannot be read.

    `sender` are the tenant and the party that it is said to be of. `forgetful`: an erasure took
    something out of it.
    """

    job: UUID
    sender: tuple[int, str]
    counts: Any
    events: tuple[EventResult, ...] | None
    forgetful: bool
    refused: dict[int, list[Kept]] = field(default_factory=dict)


class Told(Struct, frozen=True, kw_only=True):
    """All that is kept of a document that refused something: what a digest of it is taken of.

    `said` are its own columns as texts, `refusals` the refused events with the digests of their
    bytes, `results` the answer as it is packed.
    """

    job: UUID
    party: str
    account: int
    refused: int
    received: datetime
    said: list[str | None]
    results: bytes | None
    refusals: list[str]


class Contradiction(Struct, frozen=True, kw_only=True):
    """Where an answer contradicts itself: its code, the event's place and id where it is one's."""

    code: str
    job: UUID
    index: int | None = None
    event: str | None = None


def answers(conn: ReadConnection) -> Iterator[list[Answer]]:
    """What is kept of every document, a few at a time."""
    with conn.cursor("answers") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_Q.every_answer)
        while rows := cursor.fetchmany(_AT_ONCE):
            found = {row[0]: _answer(row) for row in rows}
            asked = {"jobs": list(found)}
            for job, index, event_id, findings in conn.execute(_Q.refusals_of, asked).fetchall():
                kept = Kept(event_id, _findings(findings))
                found[job].refused.setdefault(index, []).append(kept)
            yield list(found.values())


def _answer(row: tuple[Any, ...]) -> Answer:
    job, tenant, party, counts, results, forgetful = row
    try:
        events = results_in(bytes(results))
    except Exception:  # noqa: BLE001 -- whatever stands there, it is no answer
        events = None
    sender = (tenant, party)
    return Answer(job=job, sender=sender, counts=counts, events=events, forgetful=forgetful)


def _findings(value: Any) -> tuple[Finding, ...] | None:
    try:
        return msgspec.convert(value, _FINDINGS)
    except msgspec.ValidationError:
        return None


def contradictions(answer: Answer) -> Iterator[Contradiction]:
    """Where an answer's counts, its events and the refused bytes do not say the same."""
    if answer.events is None:
        yield Contradiction(code="capture.answer", job=answer.job)
        return
    if answer.counts != counts_of(answer.events):
        yield Contradiction(code="capture.counts", job=answer.job)
    refused = dict(answer.refused)
    for one in answer.events:
        kept = refused.pop(one.index, [])
        wanted = [] if one.verdict is not Verdict.REFUSED else [Kept(one.event_id, one.findings)]
        if kept != wanted and not _may_lack(one, kept, answer):
            yield _refusal(answer, one.index, one.event_id or (kept[0].event_id if kept else None))
    for index, kept in refused.items():
        yield _refusal(answer, index, kept[0].event_id)


def _may_lack(one: EventResult, kept: list[Kept], answer: Answer) -> bool:
    """What was forgotten with an erased event, and what is refused twice in one document."""
    is_forgotten = answer.forgetful and one.event_id is None and not one.findings
    return not kept and (one.duplicate or is_forgotten)


def _refusal(answer: Answer, index: int, event: str | None) -> Contradiction:
    return Contradiction(code="capture.refused", job=answer.job, index=index, event=event)


def of_nothing(conn: ReadConnection) -> Iterator[Contradiction]:
    """Refused events whose documents are gone."""
    for job, index, event in conn.execute(_Q.refusals_of_nothing, {"limit": _LIMIT}).fetchall():
        yield Contradiction(code="capture.refused", job=job, index=index, event=event)


def told(conn: ReadConnection, jobs: Collection[UUID], *, every: bool = False) -> Iterator[Told]:
    """All that is kept of documents; with `every` also of all others that refused something."""
    with conn.cursor("told") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_Q.said_of_refusals, {"jobs": list(jobs), "all": every})
        for job, party, account, refused, received, said, results, refusals in cursor:
            yield Told(
                job=job, party=party, account=account, refused=refused, received=received,
                said=said, results=results, refusals=refusals,
            )  # fmt: skip
