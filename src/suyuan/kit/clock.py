"""The one place that reads the time; everyone else is given a clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""

CHINA = "+08:00"
"""The one clock of China, by which a day of its law is counted; for `there`."""


def system_clock() -> datetime:
    """The machine's present instant in UTC, to the microsecond; itself a `Clock`."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock that the ban points to


def in_china(at: datetime) -> str:
    """An instant as people read it: date, minute and offset, 2026-11-27 16:05 +08:00."""
    return f"{there(at, CHINA):%Y-%m-%d %H:%M} {CHINA}"


def day_in_china(at: datetime) -> str:
    """The day of China's that an instant is on: 2026-11-27."""
    return there(at, CHINA).date().isoformat()


def there(at: datetime, offset: str) -> datetime:
    """An instant on the clock of a place, whose `offset` from UTC is written `+08:00`."""
    east = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return at.astimezone(timezone(-east if offset.startswith("-") else east))
