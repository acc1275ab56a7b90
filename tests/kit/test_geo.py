"""Positions, circles and polygons, against vectors in space and against winding round a point."""

from fractions import Fraction
from math import acos, cos, degrees, pi, radians, sin
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.kit.geo import Circle, Polygon, Position, area, position

EARTH = 6_371_008.8
LATS, LONS = st.floats(-89, 89), st.floats(-180, 180)
POINTS = st.builds(Position, LATS, LONS)
GRID = st.builds(Position, st.integers(0, 8).map(float), st.integers(0, 8).map(float))


def vector(point: Position) -> tuple[float, float, float]:
    lat, lon = radians(point.lat), radians(point.lon)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)


@given(POINTS, POINTS)
def test_a_distance_is_the_angle_between_two_vectors(a: Position, b: Position) -> None:
    dot = sum(x * y for x, y in zip(vector(a), vector(b), strict=True))
    angle = acos(max(-1.0, min(1.0, dot)))
    assert a.distance(b) == pytest.approx(EARTH * angle, rel=1e-6, abs=200)
    assert a.distance(b) == b.distance(a)
    assert 0 <= a.distance(b) <= EARTH * pi * 1.000001


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Position(0, 0), Position(0, 1), 111_195),
        (Position(28.1, 112.9), Position(28.105, 112.9), 556),
        (Position(39.9042, 116.4074), Position(31.2304, 121.4737), 1_067_300),
        (Position(10, 179.9), Position(10, -179.9), 21_900),
    ],
)
def test_known_distances_are_met(a: Position, b: Position, metres: float) -> None:
    assert a.distance(b) == pytest.approx(metres, rel=1e-3)


@given(POINTS, st.floats(0, 1e6), POINTS)
def test_a_circle_holds_what_is_no_farther_than_its_radius(
    centre: Position, radius: float, point: Position
) -> None:
    assert Circle(centre, radius).holds(point) is (centre.distance(point) <= radius)
    assert Circle(centre, radius).holds(centre)


def winding(corners: list[Position], point: Position) -> int:
    """How often the ring goes round the point, in exact arithmetic; the point is on no side."""
    turns = 0
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        side = Fraction(b.lon - a.lon) * Fraction(point.lat - a.lat)
        side -= Fraction(point.lon - a.lon) * Fraction(b.lat - a.lat)
        if a.lat <= point.lat < b.lat and side > 0:
            turns += 1
        if b.lat <= point.lat < a.lat and side < 0:
            turns -= 1
    return turns


@given(st.lists(GRID, min_size=3, max_size=7, unique=True), GRID)
def test_a_polygon_holds_what_its_ring_goes_round_an_odd_number_of_times(
    corners: list[Position], near: Position
) -> None:
    point = Position(near.lat + 0.37, near.lon + 0.0123)
    assume(all(_off(a, b, point) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)))
    assert Polygon(tuple(corners)).holds(point) is (winding(corners, point) % 2 != 0)


def _off(a: Position, b: Position, point: Position) -> bool:
    """Whether the point is well off the line through a side: floats decide nothing there."""
    side = (b.lon - a.lon) * (point.lat - a.lat) - (point.lon - a.lon) * (b.lat - a.lat)
    return abs(side) > 1e-6


def test_a_polygon_across_the_antimeridian_is_one() -> None:
    ring = (Position(0, 179), Position(0, -179), Position(2, -179), Position(2, 179))
    assert Polygon(ring).holds(Position(1, 180))
    assert Polygon(ring).holds(Position(1, -179.5))
    assert not Polygon(ring).holds(Position(1, 0))


@pytest.mark.parametrize(
    "value",
    ["geo:28.1,112.9", " GEO:28.1,112.9;u=5 ", "geo:28.1,112.9,50;crs=wgs84",
     {"lat": 28.1, "lon": 112.9}, {"lat": "28.1", "lon": "112.9"},
     {"type": "Point", "coordinates": [112.9, 28.1]}],
)  # fmt: skip
def test_a_position_is_read_in_every_form(value: Any) -> None:
    assert position(value) == Position(28.1, 112.9)


RUBBISH = [
    None, True, 5, "", "geo:", "geo:91,0", "geo:0,181", "geo:1,2;crs=gcj02", "28.1,112.9",
    "geo:nan,0", {}, {"lat": 1}, {"lat": True, "lon": 1}, {"lat": "inf", "lon": 1},
    {"lat": [1], "lon": 1}, {"type": "Point"}, {"type": "Point", "coordinates": [1]},
    {"type": "Point", "coordinates": "12"}, [], [1, 2], {"lat": 10**400, "lon": 1},
]  # fmt: skip


@pytest.mark.parametrize("value", RUBBISH)
def test_what_is_no_position_is_none_and_no_area(value: Any) -> None:
    assert position(value) is None
    assert area(value) is None


@pytest.mark.parametrize(
    "value",
    ["geo:1,2", {"lat": 1, "lon": 2}, {"lat": 1, "lon": 2, "radius": -1},
     {"lat": 1, "lon": 2, "radius": "wide"}, {"type": "Polygon"},
     {"type": "Polygon", "coordinates": []}, {"type": "Polygon", "coordinates": [[[1, 2]]]},
     {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2], [3, 4]]]},
     {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 99]]]},
     {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 0], [1, 1]]]},
     {"type": "Polygon", "coordinates": [[[degrees(1), 1]] * 2000]}],
)  # fmt: skip
def test_what_bounds_nothing_is_no_area(value: Any) -> None:
    assert area(value) is None


def test_an_area_is_read_in_every_form() -> None:
    circle = Circle(Position(1, 2), 500)
    assert area("geo:1,2;u=500") == area({"lat": 1, "lon": 2, "radius": 500}) == circle
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    found = area({"type": "Polygon", "coordinates": [ring]})
    assert isinstance(found, Polygon)
    assert found.holds(Position(0.25, 0.5))
    assert not found.holds(Position(0.75, 0.5))
