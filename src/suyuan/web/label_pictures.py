"""Takes a design of labels; gives a small drawing of it (SVG): its sheet, its symbol, its text.

All are drawn to one scale, so that a small label looks small beside a large one.
"""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from suyuan.labels.types import Design

_SCALE: Final = 0.5
"""Pixels of 18 px text for each mm; a sheet of A4 is 105 wide."""
_INK, _LINE, _PAPER = "#16211d", "#3d4b45", "#ffffff"
_FINDERS: Final = ((0.0, 0.0), (0.7, 0.0), (0.0, 0.7))
_BARS: Final = (0, 3, 5, 9, 12, 14, 18, 21, 25, 28, 30, 34, 37, 41, 43, 47, 50, 54, 57, 60)


def drawn(of: Design, *, with_bars: bool) -> Markup:
    """A design as its label looks, or a sheet of them; `with_bars` instead of a QR code."""
    wide, high = of.paper
    cells = "".join(_cell(of, at, with_bars=with_bars) for at in range(of.across * of.down))
    return Markup(  # noqa: S704 -- numbers alone
        f'<svg viewBox="-1 -1 {wide + 2:g} {high + 2:g}" width="{wide * _SCALE:g}" '
        f'height="{high * _SCALE:g}" aria-hidden="true"><rect width="{wide:g}" height="{high:g}" '
        f'fill="{_PAPER}" stroke="{_LINE}"/>{cells}</svg>'
    )


def _cell(of: Design, at: int, *, with_bars: bool) -> str:
    left = of.margin[0] + at % of.across * of.width
    top = of.margin[1] + at // of.across * of.height
    edge = _box(left, top, of.width, of.height, fill="none") if of.across * of.down > 1 else ""
    within = _barred(of, left, top) if with_bars else _squared(of, left, top)
    return edge + "".join(within)


def _squared(of: Design, left: float, top: float) -> Iterator[str]:
    """A square with the three finders of a QR code, and lines of text beside it."""
    side = of.side * 0.85
    x, y = left + of.pad[0] + (of.side - side) / 2, top + (of.height - side) / 2
    for across, down in _FINDERS:
        yield _box(x + across * side, y + down * side, side * 0.3, side * 0.3, fill=_INK)
    yield _box(x + side * 0.45, y + side * 0.45, side * 0.4, side * 0.4, fill=_LINE)
    begin = left + of.pad[0] + of.side + 1
    yield from _words(begin, top + of.height * 0.3, left + of.width - of.pad[0] - begin, of.height)


def _barred(of: Design, left: float, top: float) -> Iterator[str]:
    """Bars along the bottom, as high as they are, and lines of text above them."""
    wide = of.width - 4 * of.pad[0]
    high, below = of.bars, top + of.height - of.pad[1] - 5
    for each in _BARS:
        x = left + 2 * of.pad[0] + each / 62 * wide
        yield _box(x, below - high, wide / 62, high, fill=_INK)
    yield from _words(left + 2 * of.pad[0], top + of.pad[1] + 2, wide * 0.7, of.height - high)


def _words(x: float, y: float, wide: float, high: float) -> Iterator[str]:
    for line, share in enumerate((1.0, 0.8, 0.6)):
        thick = high * 0.05
        yield _box(x, y + line * high * 0.14, wide * share, thick, fill=_LINE)


def _box(x: float, y: float, wide: float, high: float, *, fill: str) -> str:
    edge = f' stroke="{_LINE}" stroke-width="0.5"' if fill == "none" else ""
    at = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<rect {at} fill="{fill}"{edge}/>'
