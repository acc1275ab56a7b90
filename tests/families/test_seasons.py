"""Waters that a law closes every year, against the days counted one by one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from family_events import a_view, known
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.families.predicates.zone import Season, Zone

WEST, SOUTH, EAST, NORTH = 117.0, 35.0, 124.0, 42.0
SEASON = Season(
    zh="海", en="sea", box=(WEST, SOUTH, EAST, NORTH), begins="05-01T12:00", ends="09-01T12:00"
)
RULE = Zone(of="at", seasons=(SEASON,))
CHINA = timezone(timedelta(hours=8))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- drawn
NEAR_EDGES = st.builds(
    lambda year, month, minutes: (
        datetime(year, month, 1, 12, tzinfo=CHINA) + timedelta(minutes=minutes)
    ),
    st.integers(1990, 2060),
    st.sampled_from([5, 9]),
    st.integers(-2, 2),
)


def is_found(when: datetime, lat: float, lon: float) -> bool:
    view = a_view(at=f"geo:{lat},{lon}")
    view = structs.replace(view, event=structs.replace(view.event, event_time=when.astimezone(UTC)))
    return RULE.check(view, known()) is not None


@given(TIMES | NEAR_EDGES)
def test_it_is_closed_between_its_two_minutes_of_each_year_on_chinas_clock(when: datetime) -> None:
    year = when.astimezone(CHINA).year
    first, end = (datetime(year, month, 1, 12, tzinfo=CHINA) for month in (5, 9))
    assert is_found(when, 38, 120) is (first <= when < end)


@given(
    st.sampled_from([34.9, 34.999, 35, 38, 41.999, 42, 43]),
    st.sampled_from([116.9, 117, 120, 123.999, 124, 130]),
)
def test_its_south_and_west_edge_are_in_and_the_others_not(lat: float, lon: float) -> None:
    july = datetime(2026, 7, 1, tzinfo=UTC)
    assert is_found(july, lat, lon) is (SOUTH <= lat < NORTH and WEST <= lon < EAST)


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": "09-01T12:00", "ends": "05-01T12:00"},
        {"begins": "5-1", "ends": "9-1"},
        {"begins": "05-01T24:00"},
        {"box": (124, 35, 117, 42)},
    ],
)
def test_a_season_that_is_none_is_not_read(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="season"):
        Season(**{**structs.asdict(SEASON), **wrong})
