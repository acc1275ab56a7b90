"""Takes reports from those who may make them; gives what became of each, after the commit."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan import index
from suyuan.capture import JobResult, OnRefusal, Options, jobs
from suyuan.exchange import listing
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.kit.encodings import AS_UTF8, text_of
from suyuan.model import Capturer, Finding, Severity, Viewer
from suyuan.record import take
from suyuan.service.networking import forget_bases
from suyuan.service.platform import Platform
from suyuan.service.querying import asker_of, require_unspent
from suyuan.service.stating import remember_again
from suyuan.wire import Limits, Source
from suyuan.wire.movements import MovementReading, read_movements

Progress = Callable[[int], None]

_JOBS = "capture"
_FIRST_ROW = 2  # the head of the table is row 1
_MOST_FINDINGS = 100
_ENCODING = Text(
    f"表格不是 UTF-8 或 GBK 编码。{AS_UTF8.zh}",
    f"The table is neither UTF-8 nor GBK. {AS_UTF8.en}",
)

_BUSY = Text(
    "一次备份或很大的查询正在读索引，索引没有改动；请在它结束后再运行 suyuan reindex。",
    "A backup or a large question reads the index, which is as it was; run suyuan reindex again "
    "after it.",
)


class ImportTotals(Struct, frozen=True, kw_only=True):
    """What became of the rows of a table."""

    rows: int = 0
    accepted: int = 0
    flagged: int = 0
    held: int = 0
    refused: int = 0
    duplicate: int = 0
    findings: tuple[tuple[int, Finding], ...] = ()


def capture(
    platform: Platform,
    data: bytes | Source,
    capturer: Capturer,
    options: Options,
    *,
    limits: Limits | None = None,
) -> JobResult:
    """Take one document: what is acknowledged is durable and has its place in the record.

    Without other limits it may be as large as the platform says.

    Raises:
        SuyuanError: the document as a whole cannot be read, or its request key was used before.
    """
    limits = limits or Limits(document_bytes=platform.config.max_document)
    return take(platform.store, platform.recorder, data, capturer, options=options, limits=limits)


def job(platform: Platform, job_id: str, viewer: Viewer) -> JobResult | None:
    """What became of a document; None if there is none or it is not the viewer's to see."""
    with platform.store.read() as conn:
        return jobs.find(conn, job_id, viewer)


def recent_jobs(
    platform: Platform, viewer: Viewer, *, per_page: int, token: str | None
) -> listing.Listed:
    """A page of what became of the viewer's documents, the newest first, without their events.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    asker, now = asker_of(platform, viewer), platform.clock()
    at, number = listing.place_of(token, _JOBS, ("", ""), asker, now)
    after = (datetime.fromisoformat(at), number) if at else None
    with platform.store.read() as conn:
        require_unspent(conn, token)
        found = jobs.recent(conn, viewer, after=after, limit=per_page + 1)
    following = None
    if len(found) > per_page:
        last = found[per_page - 1]
        place = (last.received.isoformat(), last.job.removeprefix("urn:uuid:"))
        following = listing.token_of(place, _JOBS, asker, now)
    return listing.Listed(members=found[:per_page], token=following)


def follow(platform: Platform) -> int:
    """Let the index follow the record to its present end; the number of new entries."""
    return index.catch_up(platform.store)


def reindex(platform: Platform, *, progress: Progress | None = None) -> int:
    """Make every projection again from the record; the number of entries read.

    What was kept of the old ones in files goes with them; so is what state rules go by of plain
    EPCIS.

    Raises:
        BusyError: `reindex.busy`, others read the index, as a backup does; it is as it was.
            `state-rules.busy`: others read what state rules go by; that is as it was.
    """
    try:
        with platform.store.write() as conn:
            index.forget(conn)
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("reindex.busy", _BUSY) from error
    forget_bases(platform)
    remember_again(platform)
    return index.catch_up(platform.store, progress=progress)


def import_movements(
    platform: Platform,
    file: Path,
    reading: MovementReading,
    capturer: Capturer,
    *,
    progress: Progress | None = None,
) -> ImportTotals:
    """Bring a register's table in as events, then let the index follow.

    Raises:
        MovementsError: a column or rows that cannot be read; nothing of the table is in.
    """
    counts: dict[str, int] = {}
    found: list[tuple[int, Finding]] = []
    options = Options(strict=False, on_refusal=OnRefusal.PROCEED)
    for document in read_movements(_lines(file), reading):
        result = capture(platform, document, capturer, options)
        begin = counts.get("rows", 0) + _FIRST_ROW
        found.extend(_grave(result, begin))
        for name, count in {**result.counts, "rows": len(result.events)}.items():
            counts[name] = counts.get(name, 0) + count
        if progress is not None:
            progress(counts["rows"])
    follow(platform)
    return ImportTotals(**counts, findings=tuple(found[:_MOST_FINDINGS]))


def _lines(file: Path) -> list[str]:
    text = text_of(file.read_bytes())
    if text is None:
        raise SuyuanError("movements.encoding", _ENCODING, str(file))
    return text.splitlines(keepends=True)


def _grave(result: JobResult, begin: int) -> Iterator[tuple[int, Finding]]:
    """What held or refused a row, with the row's number in the table."""
    for event in result.events:
        for finding in event.findings:
            if finding.severity in {Severity.REFUSE, Severity.HOLD}:
                yield begin + event.index, finding
