"""Times as the intervals that their precision makes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from msgspec import Struct

from suyuan.kit.errors import SuyuanError
from suyuan.kit.text import Text, brief

_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?)?"
    r"(Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2262
_WIDEST_OFFSET = 14 * 60
_TICK = timedelta(microseconds=1)
_DECEMBER = 12
_MIDNIGHT_ENDING = 24

_NOT_A_TIME = Text(
    "“{value}” 不是可识别的时间；请写成 2026-03-01T08:00:00+08:00 或 2026-03-01。",
    "'{value}' is not a time we can read; write 2026-03-01T08:00:00+08:00 or 2026-03-01.",
)
_OUT_OF_RANGE = Text(
    "时间 “{value}” 不存在或不在 1900 至 2262 年之间。",
    "The time '{value}' does not exist or lies outside the years 1900 to 2262.",
)


class BadTimeError(SuyuanError, ValueError):
    """A text that names no instant between 1900 and 2262."""


class Span(Struct, frozen=True, gc=False):
    """The closed interval in which something happened; None is an open end (unknown)."""

    lo: datetime | None
    hi: datetime | None


def instant(at: datetime) -> Span:
    """The span that is one instant."""
    return Span(at, at)


def surely_before(a: Span, b: Span) -> bool:
    """Whether every instant of `a` is at or before every instant of `b`."""
    return a.hi is not None and b.lo is not None and a.hi <= b.lo


def possibly_before(a: Span, b: Span) -> bool:
    """Whether some instant of `a` is at or before some instant of `b`."""
    return a.lo is None or b.hi is None or a.lo <= b.hi


def parse_instant(text: str, *, offset_minutes: int | None = None) -> tuple[Span, int | None]:
    """The span a time text states, in UTC, and its offset in minutes (None: it states none).

    ISO 8601 in the forms of XML Schema dateTime, date, gYearMonth and gYear. To the second or
    finer it is the instant itself (EPCIS 2.0 eventTime), kept to the microsecond; a minute,
    day, month or year is the whole of it on the local clock, up to its last microsecond, so
    that yesterday is surely before today. `offset_minutes` is the local clock for texts
    without an offset; without either, the span is widened to every clock on earth
    (UTC-12:00 to UTC+14:00).

    Raises:
        BadTimeError: a text of another form, a date that does not exist, a year outside
            1900-2262, or an offset beyond 14 hours.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        _refuse("time.form", _NOT_A_TIME, text)
    stated = _offset(match[8], text)
    lo, hi = _local_bounds(match, text)
    offset = offset_minutes if stated is None else stated
    east, west = (14 * 60, -12 * 60) if offset is None else (offset, offset)
    return Span(lo - timedelta(minutes=east), hi - timedelta(minutes=west)), stated


def _offset(zone: str | None, text: str) -> int | None:
    if zone is None or zone == "Z":
        return None if zone is None else 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    size = hours * 60 + minutes
    if size > _WIDEST_OFFSET or minutes >= 60:  # noqa: PLR2004 -- minutes in an hour
        _refuse("time.offset", _OUT_OF_RANGE, text)
    return -size if zone[0] == "-" else size


def _local_bounds(match: re.Match[str], text: str) -> tuple[datetime, datetime]:
    """First and last microsecond of what is written, read as if the clock stood at UTC."""
    year, month, day, hour, minute, second, fraction = match.groups()[:7]
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        _refuse("time.range", _OUT_OF_RANGE, text)
    ends_day = hour is not None and int(hour) == _MIDNIGHT_ENDING
    if ends_day and (int(minute), int(second or 0), int(fraction or 0)) != (0, 0, 0):
        _refuse("time.range", _OUT_OF_RANGE, text)
    try:
        lo = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            0 if ends_day else int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
    except ValueError:
        _refuse("time.range", _OUT_OF_RANGE, text)
    lo += timedelta(days=1) if ends_day else timedelta(0)
    return lo, lo if second is not None else _next(lo, month, day, hour) - _TICK


def _next(lo: datetime, month: str | None, day: str | None, hour: str | None) -> datetime:
    """The start of the year, month, day or minute that follows."""
    if hour is not None:
        return lo + timedelta(minutes=1)
    if day is not None:
        return lo + timedelta(days=1)
    if month is None or lo.month == _DECEMBER:
        return lo.replace(year=lo.year + 1, month=1)
    return lo.replace(month=lo.month + 1)


def _refuse(code: str, sentence: Text, value: str) -> NoReturn:
    raise BadTimeError(code, sentence.format(value=brief(value, 60)))
