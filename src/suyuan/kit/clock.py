"""The one place that reads the time; everyone else is given a clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's present instant in UTC, to the microsecond; itself a `Clock`."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock that the ban points to
