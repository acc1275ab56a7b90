"""Takes what of a package is about to be printed; gives what of it was printed before."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from suyuan.model import Capturer
from suyuan.registry import printing
from suyuan.service.issuing import codes_of, own_package, range_of
from suyuan.service.platform import Platform


class PrintedBefore(Struct, frozen=True, kw_only=True):
    """Codes in a row that were printed: places from 1, both included, codes there, and when."""

    begin: int
    end: int
    first: str
    last: str
    runs: int
    at: datetime


def printed_before(
    platform: Platform, package: UUID, begin: int, end: int | None, capturer: Capturer
) -> list[PrintedBefore]:
    """What of a range was printed in earlier runs, upwards; runs that meet are told as one.

    Raises:
        SuyuanError: no such package of that party (404), or a range outside of it.
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
        kept = printing.runs(conn, found.id, capturer.party, tenant=capturer.tenant)
    start, past = range_of(found, begin, end)
    met = sorted(
        (max(each.begin, start), min(each.end, past), each.at)
        for each in kept
        if each.begin < past and each.end > start
    )
    return [
        PrintedBefore(
            begin=first + 1,
            end=after,
            first=next(codes_of(found, first, first + 1)).code,
            last=next(codes_of(found, after - 1, after)).code,
            runs=runs,
            at=at,
        )
        for first, after, runs, at in _joined(met)
    ]


def _joined(
    spans: Iterable[tuple[int, int, datetime]],
) -> Iterator[tuple[int, int, int, datetime]]:
    """Spans in their order, those that meet as one: from where to where, of how many, how late."""
    now: tuple[int, int, int, datetime] | None = None
    for begin, end, at in spans:
        if now is None or begin > now[1]:
            if now is not None:
                yield now
            now = (begin, end, 1, at)
        else:
            now = (now[0], max(now[1], end), now[2] + 1, max(now[3], at))
    if now is not None:
        yield now
