"""Curves over logarithmic axes, as a small drawing (SVG) that stands beside a run's figures."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from msgspec import Struct

Point = tuple[float, float]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 400, 90, 96, 40, 60
_INKS = ("#0b5345", "#b3590a", "#3b5b92", "#7a3b6b")
_GREY, _STOP = "#5c6762", "#8a1212"
_WHOLE = 100
_ROOM = 1.5  # of a value above and below a curve, for what is written there


class Curve(Struct, frozen=True):
    """Points of one name, from left to right."""

    name: str
    points: Sequence[Point]


class _Axes:
    """Where a point stands; each axis covers whole powers of ten."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.across = _powers([x for x, _ in points])
        self.up = _powers([y * share for _, y in points for share in (1 / _ROOM, _ROOM)])

    def at(self, point: Point) -> Point:
        """From the left, from above."""
        (left, right), (low, high) = self.across, self.up
        x = (log10(point[0]) - left) / (right - left)
        y = (log10(point[1]) - low) / (high - low)
        return (
            _LEFT + x * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM),
        )


def slopes(curves: Sequence[Curve], goals: Sequence[Point], names: tuple[str, str]) -> str:
    """Curves with their points, goals as crosses not to be passed, and what the axes are."""
    everything = [*(point for curve in curves for point in curve.points), *goals]
    if not everything:
        raise ValueError("nothing to draw")
    axes = _Axes(everything)
    inside = [*_grid(axes, names), *_goals(axes, goals)]
    for place, curve in enumerate(curves):
        inside += _curve(axes, curve, _INKS[place % len(_INKS)], place)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="14">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        + "\n".join(inside)
        + "\n</svg>\n"
    )


def _powers(values: Sequence[float]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.3g}"


def _grid(axes: _Axes, names: tuple[str, str]) -> Iterator[str]:
    (left, right), (low, high) = axes.across, axes.up
    for power in range(left, right + 1):
        x, bottom = axes.at((10.0**power, 10.0**low))
        yield f'<path d="M{x:.1f} {_TOP}V{bottom:.1f}" stroke="#dfe5e2"/>'
        yield _text(f"{10**power:,}", x, bottom + 20, _GREY, anchor="middle")
    for power in range(low, high + 1):
        start, y = axes.at((10.0**left, 10.0**power))
        yield f'<path d="M{start:.1f} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#dfe5e2"/>'
        yield _text(f"{10.0**power:,g}", start - 8, y + 5, _GREY, anchor="end")
    yield _text(names[0], _WIDTH - _RIGHT, _HEIGHT - 14, _GREY, anchor="end")
    yield _text(names[1], 8, 22, _GREY)


def _goals(axes: _Axes, goals: Sequence[Point]) -> Iterator[str]:
    for goal in goals:
        x, y = axes.at(goal)
        yield f'<path d="M{x - 9:.1f} {y:.1f}h18" stroke="{_STOP}" stroke-width="3"/>'
        yield _text(f"goal {goal[1]:,g}", x + 14, y + 5, _STOP)


def _curve(axes: _Axes, curve: Curve, ink: str, place: int) -> Iterator[str]:
    at = [axes.at(point) for point in curve.points]
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    yield f'<path d="M{way}" fill="none" stroke="{ink}" stroke-width="2.5"/>'
    for (x, y), (_, value) in zip(at, curve.points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}"/>'
        yield _text(_shown(value), x, y + (-10 if place else 22), ink, anchor="middle")
    yield _text(curve.name, _LEFT + 130 + 200 * place, 22, ink)


def _text(said: str, x: float, y: float, ink: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" text-anchor="{anchor}">{escape(said)}</text>'
    )
