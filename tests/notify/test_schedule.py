"""When a schedule is due next, against a slow walk through every second."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.notify.schedule import FIELDS, ScheduleError, next_time, read_schedule

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 28, 1, 2, 3, 4, tzinfo=UTC)
instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 -- drawn with a zone
    datetime(2099, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def spelled(field: str) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """A field's text and the numbers that it means."""
    least, most = FIELDS[field]
    number = st.integers(least, most)
    spread = st.tuples(number, number).map(sorted)
    one = st.one_of(
        number.map(lambda n: (f"{n}", {n})),
        spread.map(lambda ends: (f"[{ends[0]}-{ends[1]}]", set(range(ends[0], ends[1] + 1)))),
        st.tuples(number, st.integers(1, 30)).map(
            lambda each: (f"{each[0]}/{each[1]}", set(range(each[0], most + 1, each[1])))
        ),
    )
    return st.lists(one, min_size=1, max_size=3).map(
        lambda found: (
            ",".join(text for text, _ in found),
            frozenset().union(*(numbers for _, numbers in found)),
        )
    )


def is_named(at: datetime, meant: Mapping[str, frozenset[int]]) -> bool:
    """Whether a schedule of these fields names a second, field by field as the docs say."""
    there = at.astimezone(CHINA)
    parts = {
        "second": there.second,
        "minute": there.minute,
        "hour": there.hour,
        "dayOfMonth": there.day,
        "dayOfWeek": there.isoweekday(),
        "month": there.month,
    }
    order = ["second", "minute", "hour", "dayOfMonth", "month"]
    given = [field for field in order if field in meant]
    if "dayOfWeek" in meant and not {"second", "minute", "hour"} & meant.keys():
        given.insert(0, "dayOfWeek")
    for field, value in parts.items():
        if field in meant:
            if value not in meant[field]:
                return False
        elif field != "dayOfWeek" and _is_finer(field, given[0]) and value != FIELDS[field][0]:
            return False
    return True


def _is_finer(field: str, than: str) -> bool:
    ranks = {"second": 0, "minute": 1, "hour": 2, "dayOfMonth": 3, "dayOfWeek": 3, "month": 4}
    return ranks[field] < ranks[than]


@given(
    st.fixed_dictionaries(
        {}, optional={each: spelled(each) for each in ("second", "minute", "hour")}
    ).filter(bool),
    instants,
)
def test_times_of_the_day_are_those_that_a_walk_through_the_seconds_finds(
    fields: dict[str, tuple[str, frozenset[int]]], after: datetime
) -> None:
    schedule = read_schedule({field: text for field, (text, _) in fields.items()}, after=after)
    meant = {field: numbers for field, (_, numbers) in fields.items()}
    found = next_time(schedule, after)
    assert found > after
    assert found.microsecond == 0
    assert is_named(found, meant)
    assert found - after <= timedelta(days=1, seconds=1)
    between = (found - after) // timedelta(seconds=1)
    step = max(
        1, between // 4_000
    )  # a walk of some thousand seconds, all of them where they are few
    start = after.replace(microsecond=0) + timedelta(seconds=1)
    walk = (start + timedelta(seconds=n) for n in range(0, between, step))
    assert not any(is_named(at, meant) for at in walk if at < found)


@given(
    st.fixed_dictionaries(
        {}, optional={each: spelled(each) for each in ("dayOfMonth", "month", "dayOfWeek")}
    ).filter(bool),
    instants,
)
def test_days_are_those_that_a_walk_through_the_days_finds(
    fields: dict[str, tuple[str, frozenset[int]]], after: datetime
) -> None:
    texts = {field: text for field, (text, _) in fields.items()}
    meant = {field: numbers for field, (_, numbers) in fields.items()}
    midnight = after.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight + timedelta(days=n) for n in range(366 * 41))
    first = next((day for day in days if day > after and is_named(day, meant)), None)
    if first is None:
        with pytest.raises(ScheduleError):
            read_schedule(texts, after=after)
    else:
        assert next_time(read_schedule(texts, after=after), after) == first


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"hour": "1", "minute": "5"}, "2026-11-29T01:05:00+08:00"),
        ({"hour": 1}, "2026-11-29T01:00:00+08:00"),
        ({"minute": "5"}, "2026-11-28T09:05:00+08:00"),
        ({"second": "0/30"}, "2026-11-28T09:02:30+08:00"),
        ({"second": "0"}, "2026-11-28T09:03:00+08:00"),
        ({"dayOfWeek": "1"}, "2026-11-30T00:00:00+08:00"),
        ({"dayOfWeek": "[1-5]", "hour": "8", "minute": "30"}, "2026-11-30T08:30:00+08:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2028-02-29T00:00:00+08:00"),
        ({"month": "1"}, "2027-01-01T00:00:00+08:00"),
    ],
)
def test_examples_are_as_a_person_reads_them(given: dict[str, str], expected: str) -> None:
    assert next_time(read_schedule(given, after=NOW), NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"second": None},
        {"second": "60"},
        {"second": "-1"},
        {"minute": ""},
        {"minute": "1,"},
        {"minute": "[5-1]"},
        {"minute": "1-5"},
        {"minute": "*"},
        {"minute": "0/0"},
        {"minute": True},
        {"minute": 1.5},
        {"minute": ["1"]},
        {"minute": "٣"},
        {"hour": "24"},
        {"dayOfMonth": "0"},
        {"dayOfMonth": "32"},
        {"dayOfWeek": "0"},
        {"dayOfWeek": "8"},
        {"month": "13"},
        {"month": "2", "dayOfMonth": "30"},
        {"month": "[4-4]", "dayOfMonth": "31"},
        {"year": "2026"},
        {"hour": "1," * 200 + "1"},
    ],
)
def test_what_is_out_of_range_or_never_comes_is_refused_by_name(given: dict[str, object]) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_schedule(given, after=NOW)
    assert caught.value.epcis == "epcisException:SubscriptionControlsException"
    assert caught.value.text.zh
    assert caught.value.text.en
