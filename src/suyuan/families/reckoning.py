"""Takes the beginning of a term and its length; gives the last instant that is still within it."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

from suyuan.families.workdays import after
from suyuan.kit import Span

_YEAR = 12


class Length(Protocol):
    """How long a term is, in one of these units."""

    @property
    def days(self) -> int | None:
        """Whole days."""

    @property
    def hours(self) -> int | None:
        """Hours, running on at night and on holidays."""

    @property
    def months(self) -> int | None:
        """Months, to the day of the same number or the last of a shorter one."""

    @property
    def workdays(self) -> int | None:
        """Working days of China."""


def last_instant(of: Length, first: Span, minutes: int) -> datetime | None:
    """The last instant in which something is still within a term; UTC, on a clock so far east.

    The beginning is read in favour of who must act. Hours run from its instant; days, months and
    working days count from the day after it, and the last one counts to its midnight.
    None: the beginning is open, or the calendar is not known so far on.
    """
    if first.hi is None:
        return None
    if of.hours is not None:
        return first.hi + timedelta(hours=of.hours)
    zone = timezone(timedelta(minutes=minutes))
    day = _last_day(of, first.hi.astimezone(zone).date())
    return None if day is None else datetime.combine(day, time.max, zone).astimezone(UTC)


def _last_day(of: Length, day: date) -> date | None:
    if of.workdays is not None:
        return after(day, of.workdays)
    if of.days is not None:
        return day + timedelta(days=of.days)
    return add_months(day, of.months or 0)


def add_months(day: date, months: int) -> date | None:
    """The day so many months on: of the same number, or the last of a shorter month.

    None where the calendar ends.
    """
    years, month = divmod(day.month - 1 + months, _YEAR)
    if day.year + years > date.max.year:
        return None
    longest = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, longest))
