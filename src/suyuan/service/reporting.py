"""Takes reports from those who may make them; gives what became of each, after the commit."""

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from suyuan import index
from suyuan.capture import JobResult, Options, jobs
from suyuan.model import Capturer, Viewer
from suyuan.record import take
from suyuan.registry import directory
from suyuan.registry.types import Entry
from suyuan.service.platform import Platform
from suyuan.wire.movements import MovementReading, read_movements

Progress = Callable[[int], None]


class ImportTotals(Struct, frozen=True, kw_only=True):
    """What became of the rows of a table."""

    rows: int = 0
    accepted: int = 0
    flagged: int = 0
    held: int = 0
    refused: int = 0
    duplicate: int = 0


def capture(platform: Platform, data: bytes, capturer: Capturer, options: Options) -> JobResult:
    """Take one document: what is acknowledged is durable and has its place in the record.

    Raises:
        SuyuanError: the document as a whole cannot be read, or its request key was used before.
    """
    return take(platform.store, platform.recorder, data, capturer, options=options)


def job(platform: Platform, job_id: str, viewer: Viewer) -> JobResult | None:
    """What became of a document; None if there is none or it is not the viewer's to see."""
    with platform.store.read() as conn:
        return jobs.find(conn, job_id, viewer)


def follow(platform: Platform) -> int:
    """Let the index follow the record to its present end; the number of new entries."""
    return index.catch_up(platform.store)


def reindex(platform: Platform, *, progress: Progress | None = None) -> int:
    """Make every projection again from the record; the number of entries read."""
    return index.reindex(platform.store, progress=progress)


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
        MovementsError: a column or a row that cannot be read; documents before it are in.
    """
    counts: dict[str, int] = {}
    options = Options(strict=False)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for document in read_movements(lines, reading):
            result = capture(platform, document, capturer, options)
            for name, count in {**result.counts, "rows": len(result.events)}.items():
                counts[name] = counts.get(name, 0) + count
            if progress is not None:
                progress(counts["rows"])
    follow(platform)
    return ImportTotals(**counts)


def register(platform: Platform, entries: Iterable[Entry]) -> int:
    """Enter parties, sites, products, licences and documents, or replace them; how many."""
    with platform.store.write() as conn:
        return directory.register(conn, entries)
