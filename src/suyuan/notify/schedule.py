"""Takes a schedule as EPCIS 2.0 has it (GS1-Query-Second …); gives the next time that it names.

The patterns that the standard publishes for these fields cannot be used (`[0-59]` is a set of
characters), so the ranges are ours: numbers, ranges `[1-5]` and steps `0/15`, parted by commas.
Times are on China's clock, which has no summer time. A field that is left out and finer than the
finest given is at its least, all others may be anything: `{"hour": "1"}` is 01:00:00 of every day.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.notify.types import Schedule

FIELDS: Final[Mapping[str, tuple[int, int]]] = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
"""The fields of a schedule with the least and the greatest value; Monday is day 1 of a week."""

_CHINA: Final = timezone(timedelta(hours=8))
_ELEMENT: Final = re.compile(r"(\d{1,2})|\[(\d{1,2})-(\d{1,2})\]|(\d{1,2})/(\d{1,2})", re.ASCII)
_LONGEST: Final = 200
_DAYS: Final = 366 * 41
"""The 29th of February is on every day of a week at least once in so many days."""

_FORM: Final = Text(
    "计划的 “{field}” 不能是 “{found}”；请用 {least} 到 {most} 的数，范围写成 [{least}-{most}]，"
    "每隔几个写成 {least}/5，几个之间用逗号。",
    "'{field}' of the schedule cannot be '{found}'; use numbers from {least} to {most}, a range as "
    "[{least}-{most}], every fifth as {least}/5, parted by commas.",
)
_NONE: Final = Text(
    "计划里一个字段也没有；至少给出以下之一：{fields}。",
    "The schedule has no field; give at least one of these: {fields}.",
)
_UNKNOWN: Final = Text(
    "计划没有字段 “{field}”；可用：{fields}。",
    "A schedule has no field '{field}'; it has these: {fields}.",
)
_NEVER: Final = Text("没有这样的日子；请核对日和月。", "There is no such day; check day and month.")


class ScheduleError(SuyuanError):
    """A schedule out of form, or of a day that never comes."""

    epcis = "epcisException:SubscriptionControlsException"


def read_schedule(given: Mapping[str, object], *, after: datetime) -> Schedule:
    """A schedule by its fields, texts or whole numbers.

    Raises:
        ScheduleError: a field that there is not, a value out of its range, or a day that never
            comes after `after`.
    """
    for field in given:
        if field not in FIELDS:
            text = _UNKNOWN.format(field=privacy.quoted(field, 40), fields=", ".join(FIELDS))
            raise ScheduleError("subscription.schedule", text, "schedule")
    said = {field: _as_text(field, value) for field, value in given.items() if value is not None}
    if not said:
        text = _NONE.format(fields=", ".join(FIELDS))
        raise ScheduleError("subscription.schedule", text, "schedule")
    schedule = Schedule(**said)
    next_time(schedule, after)
    return schedule


def _as_text(field: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _out_of_form(field, value)
    text = str(value).replace(" ", "")
    _values(field, text)
    return text


@lru_cache(maxsize=1_000)
def _values(field: str, text: str) -> frozenset[int]:
    """The numbers that a field names.

    Raises:
        ScheduleError: out of form or range.
    """
    least, most = FIELDS[field]
    found: set[int] = set()
    for element in text[:_LONGEST].split(","):
        match = _ELEMENT.fullmatch(element)
        if match is None:
            raise _out_of_form(field, text)
        numbers = [int(each) for each in match.groups() if each is not None]
        if match[5] is not None:
            first, step = numbers
            numbers = list(range(first, most + 1, step)) if step else []
        elif match[2] is not None:
            numbers = list(range(numbers[0], numbers[1] + 1))
        if not numbers or min(numbers) < least or max(numbers) > most:
            raise _out_of_form(field, text)
        found.update(numbers)
    return frozenset(found)


def _out_of_form(field: str, found: object) -> ScheduleError:
    least, most = FIELDS[field]
    text = _FORM.format(field=field, found=privacy.quoted(str(found), 40), least=least, most=most)
    return ScheduleError("subscription.schedule", text, f"schedule.{field}")


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time later than `after` that the schedule names, in UTC.

    Raises:
        ScheduleError: there is none.
    """
    start = after.astimezone(_CHINA).replace(microsecond=0) + timedelta(seconds=1)
    moments = _moments(schedule)
    for number in range(_DAYS):
        day = start.date() + timedelta(days=number)
        if not _is_day(schedule, day):
            continue
        earliest = start.time() if number == 0 else time.min
        moment = moments.first_from(earliest)
        if moment is not None:
            return datetime.combine(day, moment, _CHINA).astimezone(after.tzinfo)
    raise ScheduleError("subscription.schedule", _NEVER, "schedule")


class _Moments(Struct, frozen=True):
    """The times of a day: every hour with every minute with every second."""

    hours: list[int]
    minutes: list[int]
    seconds: list[int]

    def first_from(self, earliest: time) -> time | None:
        """The first of them at or after a time of the day."""
        least = (earliest.hour, earliest.minute, earliest.second)
        for hour in self.hours:
            for minute in self.minutes:
                if (hour, minute, 59) < least:
                    continue
                for second in self.seconds:
                    if (hour, minute, second) >= least:
                        return time(hour, minute, second)
        return None


def _moments(schedule: Schedule) -> _Moments:
    fine = [schedule.second is not None, schedule.minute is not None, schedule.hour is not None]
    return _Moments(
        _every("hour", schedule.hour, is_open=any(fine[:2])),
        _every("minute", schedule.minute, is_open=fine[0]),
        _every("second", schedule.second, is_open=False),
    )


def _every(field: str, text: str | None, *, is_open: bool) -> list[int]:
    """Its numbers in order; if it is left out, all where finer ones are given, else the least."""
    if text is not None:
        return sorted(_values(field, text))
    least, most = FIELDS[field]
    return list(range(least, most + 1)) if is_open else [least]


def _is_day(schedule: Schedule, day: date) -> bool:
    finer = (schedule.second, schedule.minute, schedule.hour, schedule.dayOfWeek)
    month_only = schedule.month is not None and not any(each is not None for each in finer)
    of_month = schedule.dayOfMonth or ("1" if month_only else None)
    return (
        (schedule.month is None or day.month in _values("month", schedule.month))
        and (of_month is None or day.day in _values("dayOfMonth", of_month))
        and (
            schedule.dayOfWeek is None
            or day.isoweekday() in _values("dayOfWeek", schedule.dayOfWeek)
        )
    )
