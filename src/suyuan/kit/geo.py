"""Positions and areas on the earth: a point by latitude and longitude, a circle, a polygon.

All in one datum (WGS 84, from which CGCS2000 differs by centimetres); distances on a sphere of the
earth's mean radius, right to half a percent.
"""

import re
from collections.abc import Iterator
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any, Final

from msgspec import Struct

_EARTH: Final = 6_371_008.8  # metres, mean radius (IUGG)
_HALF_TURN: Final = 180.0
_FEWEST_CORNERS: Final = 3
_MOST_CORNERS: Final = 1_000
_GEO = re.compile(
    r"geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:,-?\d+(?:\.\d+)?)?"
    r"(?:;crs=wgs84)?(?:;u=(\d+(?:\.\d+)?))?",
    re.IGNORECASE | re.ASCII,
)


class Position(Struct, frozen=True):
    """A point, in degrees north and east."""

    lat: float
    lon: float

    def distance(self, other: "Position") -> float:
        """Metres along the surface (haversine)."""
        north, east = radians(other.lat - self.lat), radians(other.lon - self.lon)
        across = cos(radians(self.lat)) * cos(radians(other.lat)) * sin(east / 2) ** 2
        return 2 * _EARTH * asin(min(1.0, sqrt(sin(north / 2) ** 2 + across)))


class Circle(Struct, frozen=True):
    """All within `radius` metres of a point, its edge included."""

    centre: Position
    radius: float

    def holds(self, point: Position) -> bool:
        """Whether the point lies in it."""
        return self.centre.distance(point) <= self.radius


class Polygon(Struct, frozen=True):
    """All inside a ring of corners, by the even-odd rule; no side is half the earth long."""

    corners: tuple[Position, ...]

    def holds(self, point: Position) -> bool:
        """Whether the point lies in it."""
        ring = tuple(self._unrolled())
        turns = (-2 * _HALF_TURN, 0.0, 2 * _HALF_TURN)
        return any(_goes_round(ring, point.lat, point.lon + turn) for turn in turns)

    def _unrolled(self) -> Iterator[tuple[float, float]]:
        """The corners in one plane, also where a side crosses the meridian of 180 degrees."""
        east = before = self.corners[0].lon
        for corner in self.corners:
            east += _east(before, corner.lon)
            before = corner.lon
            yield corner.lat, east


def _goes_round(ring: tuple[tuple[float, float], ...], lat: float, lon: float) -> bool:
    """Whether a line eastward from the point crosses the ring an odd number of times."""
    crossed = 0
    for (a, start), (b, end) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (a > lat) != (b > lat):
            crossed += lon < start + (end - start) * (lat - a) / (b - a)
    return crossed % 2 != 0


Area = Circle | Polygon


def position(value: Any) -> Position | None:
    """The point that a value states: a geo URI (RFC 5870), a GeoJSON Point, or lat and lon."""
    if isinstance(value, str):
        found = _GEO.fullmatch(value.strip())
        return _position(found[1], found[2]) if found else None
    if not isinstance(value, dict):
        return None
    if value.get("type") == "Point":
        return _of_pair(value.get("coordinates"))
    return _position(value.get("lat"), value.get("lon"))


def area(value: Any) -> Area | None:
    """The area that a value states: a circle or a GeoJSON Polygon without holes.

    A circle is a geo URI with its radius in metres as `u`, or lat, lon and radius.
    """
    if isinstance(value, dict) and value.get("type") == "Polygon":
        return _polygon(value.get("coordinates"))
    centre = position(value)
    found = _GEO.fullmatch(value.strip()) if isinstance(value, str) else None
    said = found[3] if found else value.get("radius") if isinstance(value, dict) else None
    radius = _number(said)
    return Circle(centre, radius) if centre and radius is not None and radius >= 0 else None


def _polygon(rings: Any) -> Polygon | None:
    if not isinstance(rings, list) or len(rings) != 1 or not isinstance(rings[0], list):
        return None
    corners = [_of_pair(pair) for pair in rings[0][: _MOST_CORNERS + 1]]
    known = tuple(corner for corner in corners if corner is not None)
    if len(known) != len(rings[0]) or len(set(known)) < _FEWEST_CORNERS:
        return None
    return Polygon(known)


def _of_pair(pair: Any) -> Position | None:
    """GeoJSON writes the longitude first (RFC 7946)."""
    if not isinstance(pair, list) or len(pair) < len(("lon", "lat")):
        return None
    return _position(pair[1], pair[0])


def _position(lat: Any, lon: Any) -> Position | None:
    north, east = _number(lat), _number(lon)
    if north is None or east is None or abs(north) > _HALF_TURN / 2 or abs(east) > _HALF_TURN:
        return None
    return Position(north, east)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _east(start: float, end: float) -> float:
    """Degrees from one meridian east to another, the shorter way round."""
    return (end - start + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
