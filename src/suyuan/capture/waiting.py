"""Takes documents to be captured later; gives each in its turn, whole and as it was handed over.

A document is kept in the transaction that is acknowledged, and is gone in the one that records its
outcome. So it is never lost, and never captured twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from uuid import UUID

import zstandard

from suyuan.capture.types import (
    AlteredError,
    Batch,
    Delayed,
    FullError,
    OnRefusal,
    Options,
    Queue,
    Room,
    Waiting,
)
from suyuan.kit import BusyError, Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import mac
from suyuan.model import Capturer, StateRule
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.wire import Source

_Q: Final = Queries(__package__)
_LEVEL: Final = 1
_IN_MEMORY: Final = 1 << 20
"""Bytes of a document that are held in memory; more are held in a file."""

_AGAIN: Final = 30
"""Seconds after which some of those that wait will have been captured."""

_SHOWN: Final = 20
_FULL: Final = Text(
    "贵方已有 {count} 份报文（{size} 字节）在等待采集，最多 {most} 份、{bytes} 字节；"
    "这一份没有收下。",
    "{count:document|documents} of yours ({size:byte|bytes}) already wait to be captured, where no "
    "more than {most} or {bytes:byte|bytes} may; this one was not taken.",
)
_FULL_CURE: Final = Text(
    "请等其中几份采集完（GET /capture）再发，或不带 Prefer: respond-async 发送。",
    "Send it again when some of them are captured (GET /capture tells), or without "
    "Prefer: respond-async.",
)
_ALL_FULL: Final = Text(
    "等待采集的报文太多（{count} 份）；这一份没有收下。请稍后再发，"
    "或不带 Prefer: respond-async 发送。",
    "Too many documents ({count}) wait to be captured; this one was not taken. Send it again "
    "later, or without Prefer: respond-async.",
)
_ALTERED: Final = Text(
    "所存的报文不是当初收下的那一份。", "What is kept of the document is not what was handed over."
)


def keep(
    conn: WriteConnection, source: Source, batch: Batch, *, body: bytes, room: Room, secret: bytes
) -> None:
    """Let a document that was received wait behind all others; `body` is the SHA-256 of its bytes.

    Raises:
        FullError: as many of its party wait as may.
        BusyError: `capture.busy`, as many of all wait as may.
    """
    job, by, options = UUID(batch.job), batch.capturer, batch.options
    _keep_parts(conn, job, source)
    conn.execute(_Q.line_up)
    require_room(conn, by, room, size=source.size)
    rules = sorted(each.value for each in by.state_rules)
    said = [
        by.tenant, by.account, by.party, options.request_key, options.on_refusal.value,
        options.strict, rules, source.size, body, batch.received,
    ]  # fmt: skip
    row = {
        "job": job,
        "tenant": by.tenant,
        "party": by.party,
        "state_rules": rules,
        "size": source.size,
        "seal": _seal(job, said, secret),
        "now": batch.received,
    }
    conn.execute(_Q.keep_waiting, row)


def _keep_parts(conn: WriteConnection, job: UUID, source: Source) -> None:
    with conn.cursor().copy(_Q.keep_parts) as copy:
        copy.set_types(["uuid", "int4", "bytea"])
        for ordinal, part in enumerate(source.chunks()):
            copy.write_row((job, ordinal, zstandard.compress(part, _LEVEL)))


def require_room(conn: ReadConnection, capturer: Capturer, room: Room, *, size: int = 0) -> None:
    """See that a document of so many bytes may wait; without a size, that any may.

    Raises:
        FullError: as many of its party wait as may.
        BusyError: `capture.busy`, as many of all wait as may.
    """
    asked = {"tenant": capturer.tenant, "party": capturer.party}
    ((own, own_size, every, every_size),) = conn.execute(_Q.room_taken, asked).fetchall()
    if own >= room.of_party or (own and own_size + size > room.bytes_of_party):
        text = _FULL.format(count=own, size=own_size, most=room.of_party, bytes=room.bytes_of_party)
        raise FullError(text, _FULL_CURE, retry_after=_AGAIN)
    if every >= room.of_all or (every and every_size + size > room.bytes_of_all):
        text = _ALL_FULL.format(count=every)
        raise BusyError("capture.busy", text, "Prefer: respond-async", retry_after=_AGAIN)


def _seal(job: UUID, said: Sequence[Any], secret: bytes) -> str:
    """What binds all by which a document is captured, as the columns have it."""
    *plain, body, received = said
    bound = [str(job), *plain, body.hex(), received.timestamp().hex()]
    return mac(secret, canonical_bytes(bound)).hex()


def due(conn: ReadConnection, *, now: datetime, limit: int) -> list[UUID]:
    """The documents whose turn it is, the first of each party alone: parties take turns."""
    return [row[0] for row in conn.execute(_Q.waiting_due, {"now": now, "limit": limit})]


def begin(conn: WriteConnection, job: UUID, *, now: datetime, longest: int) -> timedelta | None:
    """Count a try that is to be made, in a transaction before it; None: another is at it.

    So a try that ends the process is counted too, and the next waits as long as after a failure,
    which is what this gives: seconds that double up to `longest`. What shall not count, `postpone`
    takes back.
    """
    asked = {"job": job, "now": now, "longest": longest}
    row = conn.execute(_Q.begin_waiting, asked).fetchone()
    return row[0] if row else None


def hold(conn: WriteConnection, job: UUID, *, secret: bytes) -> Waiting | None:
    """A document that waits, for this transaction alone; None: captured, or another is at it."""
    row = conn.execute(_Q.hold_waiting, {"job": job}).fetchone()
    if row is None:
        return None
    conn.execute(_Q.unhurried)
    return _waiting(row, secret)


def _waiting(row: tuple[Any, ...], secret: bytes) -> Waiting:
    job, tries, seal, is_of_job, *said = row
    tenant, account, party, key, behaviour, strict, rules, size, body, received = said
    batch = Batch(
        job=job.urn,
        capturer=Capturer(
            tenant=tenant,
            account=account,
            party=party,
            state_rules=frozenset(each for each in StateRule if each.value in rules),
        ),
        options=Options(
            strict=strict,
            on_refusal=OnRefusal.PROCEED if behaviour == OnRefusal.PROCEED else OnRefusal.ROLLBACK,
            request_key=key,
        ),
        received=received,
    )
    is_sound = is_of_job and seal == _seal(job, said, secret)
    return Waiting(job=job, batch=batch, body=body, size=size, tries=tries, sound=is_sound)


@contextmanager
def opened(conn: ReadConnection, waiting: Waiting) -> Iterator[Source]:
    """The bytes that were handed over; of many a piece is held in memory, the rest in a file.

    Raises:
        AlteredError: `capture.altered`, they are others.
        OSError: the file cannot be written.
    """
    if not waiting.sound:
        raise _altered()
    with SpooledTemporaryFile(_IN_MEMORY) as spool:
        for part in _parts(conn, waiting.job):
            spool.write(part)
        size = spool.tell()
        spool.seek(0)
        if size > _IN_MEMORY:
            spool.flush()
        source = Source(spool) if size > _IN_MEMORY else Source(spool.read())
        if source.sha256() != waiting.body:
            raise _altered()
        yield source


def _parts(conn: ReadConnection, job: UUID) -> Iterator[bytes]:
    with conn.cursor("parts") as cursor:
        cursor.itersize = 4
        for (body,) in cursor.execute(_Q.parts, {"job": job}):
            try:
                yield zstandard.decompress(body)
            except zstandard.ZstdError:
                raise _altered() from None


def _altered() -> AlteredError:
    return AlteredError("capture.altered", _ALTERED)


def settle(conn: WriteConnection, job: UUID, *, now: datetime) -> None:
    """A document waits no more, and others come first: in the transaction with its outcome."""
    conn.execute(_Q.settle_waiting, {"job": job, "now": now})


def postpone(conn: WriteConnection, job: UUID, *, until: datetime, why: str, counted: bool) -> None:
    """Let a document be tried again later, and keep what went wrong; counted if it is our fault."""
    asked = {"job": job, "due": until, "why": why, "uncounted": int(not counted)}
    conn.execute(_Q.postpone, asked)


def queue(conn: ReadConnection) -> Queue:
    """How much waits, and since when."""
    ((count, size, oldest),) = conn.execute(_Q.queue).fetchall()
    return Queue(documents=count, size=size, oldest=oldest)


def delayed(conn: ReadConnection, *, since: datetime) -> tuple[Delayed, ...]:
    """What has waited since before then, or failed before: the oldest."""
    asked = {"since": since, "limit": _SHOWN}
    return tuple(Delayed(*row) for row in conn.execute(_Q.delayed, asked))


def count_of(conn: ReadConnection, *, tenant: int, party: str) -> int:
    """How many documents of a party wait."""
    ((count,),) = conn.execute(_Q.waits, {"tenant": tenant, "party": party}).fetchall()
    return int(count)


def altered(conn: ReadConnection, *, secret: bytes) -> Iterator[UUID]:
    """The documents that wait and are not as they were handed over."""
    for row in conn.execute(_Q.every_waiting).fetchall():
        one = _waiting(row, secret)
        try:
            with opened(conn, one):
                pass
        except AlteredError:
            yield one.job
