"""Takes shares by name; gives them as bars below each other (SVG), the first on top.

A bar reaches from the least to the most that is said of its share; the dot is what is expected.
Everything drawn also stands beside it in words.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from suyuan.drawings.picture import fitted_name
from suyuan.drawings.writing import SIZE, attribute, text
from suyuan.kit import Text
from suyuan.kit.letters import ems
from suyuan.kit.text import Lang

MOST: Final = 12
WIDTH: Final = 324
_LEFT, _RIGHT, _ROW, _FOOT = 8.0, 316.0, 46, 26
_BOLD, _THICK = 0.62, 10
_INK, _SOFT, _OWN, _MAYBE, _STOP = "#16211d", "#3d4b45", "#0b5345", "#a9cfc2", "#8a1212"
_TOPS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)


class Bar(Struct, frozen=True, kw_only=True):
    """A share between 0 and 1: at least, at most, and what is expected if that is said.

    `said` stands beside the name; of `stop` in red, and then it says why.
    """

    name: str
    said: Text
    low: float
    high: float
    point: float | None = None
    stop: bool = False


def bars_drawn(rows: Sequence[Bar], lang: Lang, *, limit: float | None = None) -> Markup | None:
    """The first twelve, on a scale that holds them and the limit; None where there is none."""
    drawn = rows[:MOST]
    if not drawn:
        return None
    top = _top(max([*(each.high for each in drawn), limit or 0.0]))
    height = len(drawn) * _ROW + _FOOT
    label = attribute("; ".join(f"{e.name}: {e.said.pick(lang)}" for e in drawn))
    parts = [
        f'<rect x="0" y="0" width="{WIDTH}" height="{height}" fill="#fff"/>',
        *(
            part
            for at, each in enumerate(drawn)
            for part in _row(each, at * _ROW, top, lang, limit)
        ),
        *_scale(top, height, limit),
    ]
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def _top(most: float) -> float:
    return next((top for top in _TOPS if most <= top), 1.0)


def _x(share: float, top: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(share / top, 0.0), 1.0)


def _row(bar: Bar, above: float, top: float, lang: Lang, limit: float | None) -> Iterator[str]:
    """The name and what is said, and below them the bar on its track."""
    said, line, middle = bar.said.pick(lang), above + 18, above + 32
    room = (_RIGHT - _LEFT) / SIZE - ems(said, _BOLD) - 1
    yield text(fitted_name(bar.name, room, _BOLD), _LEFT, line, _INK, bold=True)
    yield text(said, _RIGHT, line, _STOP if bar.stop else _SOFT, end=True)
    yield _line(_LEFT, _RIGHT, middle, "#e4ebe7")
    begin, end = _x(bar.low, top), _x(bar.high, top)
    yield _line(begin, max(end, begin + 1), middle, _OWN if bar.point is None else _MAYBE)
    if bar.point is not None:
        at = min(max(_x(bar.point, top), _LEFT + 5), _RIGHT - 5)
        yield f'<circle cx="{at:.1f}" cy="{middle:g}" r="5" fill="{_OWN}"/>'
    if limit is not None:
        x = _x(limit, top)
        yield f'<path d="M{x:.1f} {middle - 8:g}v16" stroke="{_STOP}" stroke-width="2.5"/>'


def _line(begin: float, end: float, middle: float, colour: str) -> str:
    wide = end - begin
    return (
        f'<path d="M{begin:.1f} {middle - _THICK / 2:g}h{wide:.1f}v{_THICK}h-{wide:.1f}z" '
        f'fill="{colour}"/>'
    )


def _scale(top: float, height: int, limit: float | None) -> Iterator[str]:
    """Where the scale begins and ends, and the limit, in red as its mark on each bar is."""
    below = height - 8
    x = None if limit is None else _x(limit, top)
    if x is None or x > _LEFT + 3 * SIZE:
        yield text("0 %", _LEFT, below, _SOFT)
    if x is None or x < _RIGHT - 6 * SIZE:
        yield text(f"{top:.0%}".replace("%", " %"), _RIGHT, below, _SOFT, end=True)
    if x is not None:
        end = x > WIDTH / 2
        yield text(f"{(limit or 0) * 100:g} %", x, below, _STOP, end=end)
