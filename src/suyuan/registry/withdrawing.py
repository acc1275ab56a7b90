"""Codes that were handed out and no longer count: spoiled, lost, printed wrongly. Never deleted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import structs

from suyuan.kit import Text
from suyuan.kit.clock import day_in_china
from suyuan.model import Capturer
from suyuan.registry.entitling import IssuingError
from suyuan.registry.issuing import Package
from suyuan.registry.types import Withdrawn
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)

_AGAIN = Text(
    "第 {place} 个码已于 {day} 撤回；请只写还没有撤回的。",
    "Code {place} was withdrawn on {day} before; give those alone that were not.",
)

_NONE_LEFT = Text(
    "全部 {count} 个码都已撤回，最后一次在 {day}；没有还要撤回的。",
    "All of them ({count:code|codes}) are withdrawn already, the last on {day}; none is left.",
)


def withdraw(conn: WriteConnection, package: Package, codes: Withdrawn, capturer: Capturer) -> None:
    """Keep that codes no longer count; the package is locked.

    Raises:
        IssuingError: one of them was withdrawn before (409).
    """
    met = _touched(conn, package, codes)
    if met:
        raise _again(met[0], codes)
    _keep(conn, package, [codes], capturer)


def withdraw_rest(
    conn: WriteConnection, package: Package, codes: Withdrawn, capturer: Capturer
) -> list[Withdrawn]:
    """The same for those that still count; gives them, upwards.

    Raises:
        IssuingError: all of them were withdrawn before (409).
    """
    gone = _touched(conn, package, codes)
    rest = [
        structs.replace(codes, begin=begin, end=end)
        for begin, end in left(codes.begin, codes.end, gone)
    ]
    if not rest:
        raise _none_left(gone, codes)
    _keep(conn, package, rest, capturer)
    return rest


def _touched(conn: ReadConnection, package: Package, codes: Withdrawn) -> list[Withdrawn]:
    """What was withdrawn before of these places, oldest first."""
    asked = {"package": package.id, "first": package.first + codes.begin}
    asked["past"] = package.first + codes.end
    return [_read(row) for row in conn.execute(_Q.withdrawn_of, asked)]


def _again(met: Withdrawn, codes: Withdrawn) -> IssuingError:
    place = max(met.begin, codes.begin) + 1
    text = _AGAIN.format(place=place, day=day_in_china(met.at))
    return IssuingError("issuing.withdrawn-before", text, "range", status=409)


def _none_left(gone: Iterable[Withdrawn], codes: Withdrawn) -> IssuingError:
    last = max(each.at for each in gone)
    text = _NONE_LEFT.format(count=codes.end - codes.begin, day=day_in_china(last))
    return IssuingError("issuing.withdrawn-before", text, "range", status=409)


def _keep(
    conn: WriteConnection, package: Package, codes: Iterable[Withdrawn], capturer: Capturer
) -> None:
    whose = {"package": package.id, "account": capturer.account}
    rows = [
        {"first": package.first + each.begin, "past": package.first + each.end}
        | {"reason": each.reason, "at": each.at}
        | whose
        for each in codes
    ]
    with conn.cursor() as cursor:
        cursor.executemany(_Q.withdraw_codes, rows)


def of(conn: ReadConnection, package: Package) -> list[Withdrawn]:
    """What of a package was withdrawn, oldest first."""
    return [_read(row) for row in conn.execute(_Q.withdrawn, {"package": package.id})]


def _read(row: tuple[int, int, str, datetime]) -> Withdrawn:
    return Withdrawn(begin=row[0], end=row[1], reason=row[2], at=row[3])


def left(begin: int, end: int, gone: Iterable[Withdrawn]) -> Iterator[tuple[int, int]]:
    """What is left of the places from `begin` to before `end` without those withdrawn, upwards."""
    for each in sorted(gone, key=lambda each: each.begin):
        if begin < min(each.begin, end):
            yield begin, min(each.begin, end)
        begin = max(begin, each.end)
    if begin < end:
        yield begin, end
