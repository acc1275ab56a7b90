"""Takes a day and a number of Chinese working days; gives the last day of that term.

A working day 工作日 is Monday to Friday but for public holidays, and the weekend days that the
State Council's yearly arrangement makes up for them; `workdays.txt` holds the arrangements.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_WEEK = 5
_DAY = timedelta(days=1)


def after(day: date, count: int) -> date | None:
    """The `count`-th working day after a day; the day itself does not count.

    None where the term leaves the years whose arrangement is known.
    """
    known = _workdays()
    last = bisect_right(known, day) + count - 1
    is_known = known[0].replace(day=1) <= day and 0 <= last < len(known)
    return (day if count == 0 else known[last]) if is_known else None


def is_workday(day: date) -> bool | None:
    """Whether a day is a working day; None in a year whose arrangement is not known."""
    arranged = _arrangements()
    if day.year not in arranged:
        return None
    off, on = arranged[day.year]
    return day in on or (day.weekday() < _WEEK and day not in off)


@cache
def _workdays() -> tuple[date, ...]:
    return tuple(_counted(sorted(_arrangements())))


def _counted(years: list[int]) -> Iterator[date]:
    day = date(years[0], 1, 1)
    while day.year <= years[-1]:
        if is_workday(day):
            yield day
        day += _DAY


@cache
def _arrangements() -> dict[int, tuple[frozenset[date], frozenset[date]]]:
    """The weekdays off and the weekend days on, by year; the years follow each other."""
    found: dict[int, dict[str, frozenset[date]]] = {}
    text = (files("suyuan.families") / "workdays.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            year, kind, *days = line.split()
            found.setdefault(int(year), {})[kind] = frozenset(_of(int(year), one) for one in days)
    return {year: (said["off"], said["on"]) for year, said in found.items()}


def _of(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))
