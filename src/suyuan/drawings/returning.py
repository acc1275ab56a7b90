"""Takes a drawing and where its boxes stand; gives lines (SVG) for what went back, and their words.

In rows they go up at the left, in columns below all boxes to the left; each has an arrow at its end
and is brown, and a line of words below says so.
"""

from collections.abc import Mapping
from typing import Final

from suyuan.drawings.types import Drawing, Place, Rect
from suyuan.drawings.writing import text
from suyuan.kit import Text
from suyuan.kit.text import Lang

HIGH: Final = 50
"""How high a box is."""

BACK: Final = 26
"""Room at the left of boxes for what goes up beside them."""

BROWN: Final = "#7a4a00"
_LEGEND: Final = Text("褐色线：往回，到先前有过它的一方", "Brown: back to who had it before")
_LINE: Final = 20.0
"""How high the words below are."""

_LANES, _LANE, _NEAR = 4, 5.0, 5.0
_OUT, _IN, _STEP = 14.0, 38.0, 3.0
"""How far below the upper edge of a box a line leaves it, or comes to it."""


def returns_drawn(
    drawing: Drawing, rects: Mapping[Place, Rect], height: float, lang: Lang
) -> tuple[list[str], float]:
    """The lines of what went back in rows, and how much higher the drawing is with their words."""
    if not drawing.returns:
        return [], 0.0
    drawn = []
    for number, ((giver, taker), certain) in enumerate(sorted(drawing.returns.items())):
        lane = _LANE * (number % _LANES) + 4
        shift = _STEP * (number % _LANES)
        drawn.append(_line(_upward(giver, taker, rects, lane, shift), certain=certain))
        drawn.append(_arrow(rects[taker][0], rects[taker][1] + _IN - shift))
    drawn.append(text(_LEGEND.pick(lang), 4, height + 13, BROWN))
    return drawn, _LINE


def _upward(
    giver: Place, taker: Place, rects: Mapping[Place, Rect], lane: float, shift: float
) -> str:
    """From the left edge of a box, up in a lane at the left, to the left edge of another.

    What stands beside others is reached between the rows.
    """
    (left, top, _), (to, upper, _) = rects[giver], rects[taker]
    start, end = top + _OUT + shift, upper + _IN - shift
    way = f"M{left:g} {start:g}"
    way += f"H{left - _NEAR:g}V{top - _NEAR:g}H{lane:g}" if giver[1] else f"H{lane:g}"
    if taker[1]:
        way += f"V{upper + HIGH + _NEAR:g}H{to - _NEAR:g}"
    return f"{way}V{end:g}H{to - 6:g}"


def leftward(
    drawing: Drawing, rects: Mapping[Place, Rect], bottom: float, lang: Lang
) -> tuple[list[str], float]:
    """The lines of what went back in columns, and how much higher the drawing is with their words.

    Each leaves its box at the left, goes below all boxes, and comes to the other from the right;
    within a column it stays at the left.
    """
    if not drawing.returns:
        return [], 0.0
    drawn = []
    for number, ((giver, taker), certain) in enumerate(sorted(drawing.returns.items())):
        shift = _STEP * (number % _LANES)
        (left, top, _), (to, upper, width) = rects[giver], rects[taker]
        start, end = top + HIGH - 6 - shift, upper + HIGH - 6 - shift
        out = left - 12 - shift  # clear of the arrows of others
        if giver[0] == taker[0]:
            drawn.append(_line(f"M{left:g} {start:g}H{out:g}V{end:g}H{to - 6:g}", certain=certain))
            drawn.append(_arrow(to, end))
            continue
        right, low = to + width, bottom + 2 + shift
        way = f"M{left:g} {start:g}H{out:g}V{low:g}H{right + 12 + shift:g}V{end:g}H{right + 6:g}"
        drawn.append(_line(way, certain=certain))
        drawn.append(_arrow(right, end, back=True))
    drawn.append(text(_LEGEND.pick(lang), 4, bottom + 28, BROWN))
    return drawn, _LINE + 14


def _line(way: str, *, certain: bool) -> str:
    dash = "" if certain else ' stroke-dasharray="4 4"'
    return f'<path d="{way}" fill="none" stroke="{BROWN}" stroke-width="1.5" class="back"{dash}/>'


def _arrow(x: float, y: float, *, back: bool = False) -> str:
    """At an edge of a box: at its left, or with `back` at its right."""
    way = f"M{x + 8:g} {y - 5:g}v10l-8 -5z" if back else f"M{x - 8:g} {y - 5:g}v10l8 -5z"
    return f'<path d="{way}" fill="{BROWN}"/>'
