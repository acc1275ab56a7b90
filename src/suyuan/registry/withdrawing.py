"""Codes that were handed out and no longer count: spoiled, lost, printed wrongly. Never deleted."""

from collections.abc import Iterable, Iterator
from typing import Final

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


def withdraw(conn: WriteConnection, package: Package, codes: Withdrawn, capturer: Capturer) -> None:
    """Keep that codes no longer count.

    Raises:
        IssuingError: one of them was withdrawn before (409).
    """
    conn.execute(_Q.lock_package, {"package": package.id})
    met = [each for each in of(conn, package) if each.touches(codes.begin, codes.end)]
    if met:
        place = max(met[0].begin, codes.begin) + 1
        text = _AGAIN.format(place=place, day=day_in_china(met[0].at))
        raise IssuingError("issuing.withdrawn-before", text, "range", status=409)
    row = {
        "package": package.id,
        "first": package.first + codes.begin,
        "past": package.first + codes.end,
        "reason": codes.reason,
        "account": capturer.account,
        "at": codes.at,
    }
    conn.execute(_Q.withdraw_codes, row)


def of(conn: ReadConnection, package: Package) -> list[Withdrawn]:
    """What of a package was withdrawn, oldest first."""
    return [
        Withdrawn(begin=row[0], end=row[1], reason=row[2], at=row[3])
        for row in conn.execute(_Q.withdrawn, {"package": package.id})
    ]


def left(begin: int, end: int, gone: Iterable[Withdrawn]) -> Iterator[tuple[int, int]]:
    """What is left of the places from `begin` to before `end` without those withdrawn, upwards."""
    for each in sorted(gone, key=lambda each: each.begin):
        if begin < min(each.begin, end):
            yield begin, min(each.begin, end)
        begin = max(begin, each.end)
    if begin < end:
        yield begin, end
