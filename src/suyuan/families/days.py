"""Takes what events and data call a date; gives days and spans on the local clock."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from suyuan.kit import Span
from suyuan.kit.span import BadTimeError, instant, parse_instant
from suyuan.model import Event

_MINUTES = 60


def local_day(event: Event) -> date:
    """The day of the fact: the date on the clock at the place of the event."""
    return (event.event_time + timedelta(minutes=offset_minutes(event.offset))).date()


@lru_cache(maxsize=256)
def offset_minutes(text: str) -> int:
    """Minutes east of UTC of an offset such as `+08:00`; `Z` and anything unreadable is 0."""
    sign, hours, minutes = text[:1], text[1:3], text[4:6]
    if sign not in ("+", "-") or not (hours + minutes).isdigit():
        return 0
    size = int(hours) * _MINUTES + int(minutes or 0)
    return -size if sign == "-" else size


def span_of(value: Any, event: Event) -> Span | None:
    """When a stated value is: a day is the whole local day; None if it names no time."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return _whole(value, offset_minutes(event.offset))
    if not isinstance(value, str):
        return None
    return _parsed(value, offset_minutes(event.offset))


@lru_cache(maxsize=4096)
def _whole(day: date, minutes: int) -> Span | None:
    return _parsed(day.isoformat(), minutes)


@lru_cache(maxsize=4096)
def _parsed(text: str, minutes: int) -> Span | None:
    try:
        return parse_instant(_spelled(text.strip()), offset_minutes=minutes)[0]
    except BadTimeError:
        return None


def _spelled(text: str) -> str:
    """In the form that the rest speaks: 20260301 (GB/T 7408), and a space for T (RFC 3339)."""
    if len(text) == len("20260301") and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    at = len("2026-03-01")
    return f"{text[:at]}T{text[at + 1 :]}" if text[at : at + 1] == " " else text
