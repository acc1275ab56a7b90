"""Takes a drawing's rows; gives them as columns (SVG) for a wide screen or sheet.

From the source at the left to now at the right. A leg that passes a column goes between its boxes.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from markupsafe import Markup

from suyuan.drawings.picture import ABREAST, box_drawn, line, placed, said_of, svg
from suyuan.drawings.returning import BACK, leftward
from suyuan.drawings.types import Drawing, Href, Place, Rect
from suyuan.kit.text import Lang

MOST_ACROSS: Final = 1000.0
_HIGH, _APART, _EDGE = 50.0, 12.0, 12.0
_WIDEST, _CLEAR, _TIGHT = 236.0, 60.0, 38.0
_EASY: Final = 3
_OWN, _CALM = "#0b5345", "#4f8c7b"
_THIN: Final = 1.5
_BEND: Final = 0.55
_BESIDE: Final = (0.0, 3.0, -3.0)
"""Legs through the same gap lie side by side."""

Ends = tuple[Place, Place]
Spot = tuple[float, float]


def columns_drawn(drawing: Drawing, lang: Lang, href: Href | None = None) -> Markup:
    """The drawing; with `href`, what is folded leads to its part."""
    rects = _rects(drawing)
    right = max(left + width for left, _, width in rects.values()) + 1
    bottom = max(top for _, top, _ in rects.values()) + _HIGH + _EDGE
    boxes = [box_drawn(box, rects[place], lang, href) for place, box in placed(drawing)]
    back, more = leftward(drawing, rects, bottom, lang)
    parts = [*_legs(drawing, rects), *back, *boxes]
    return svg(drawing, (right, bottom + more), parts, said_of(drawing, lang), href)


def _rects(drawing: Drawing) -> dict[Place, Rect]:
    """Columns of one width, each centred beside the tallest."""
    count = len(drawing.rows)
    gap = _CLEAR if count <= _EASY + 1 else _TIGHT
    across = ABREAST if count <= _EASY else MOST_ACROSS
    begin = 1 + (BACK if drawing.returns else 0)
    width = min(_WIDEST, (across - 1 - begin - gap * (count - 1)) / count)
    tallest = max(map(len, drawing.rows))
    return {
        (row, place): (
            begin + row * (width + gap),
            _EDGE + (place + (tallest - len(boxes)) / 2) * (_HIGH + _APART),
            width,
        )
        for row, boxes in enumerate(drawing.rows)
        for place in range(len(boxes))
    }


def _legs(drawing: Drawing, rects: Mapping[Place, Rect]) -> Iterator[str]:
    used: dict[Spot, int] = {}
    for ends, certain in sorted(drawing.legs.items()):
        yield line(_way(drawing, rects, ends, used), certain=certain, width=_THIN, colour=_CALM)
    for target in sorted({ends[1] for ends in drawing.legs}):
        x, y, _ = rects[target]
        yield f'<path d="M{x - 8:g} {y + _HIGH / 2 - 5:g}v10l8 -5z" fill="{_OWN}"/>'


def _way(
    drawing: Drawing, rects: Mapping[Place, Rect], ends: Ends, used: dict[Spot, int]
) -> str:  # fmt: skip
    """From the right of one box to the left of another, between the boxes of the columns passed."""
    (left, top, width), (to, bottom, _) = rects[ends[0]], rects[ends[1]]
    x, y, end = left + width, top + _HIGH / 2, bottom + _HIGH / 2
    said = [f"M{x:g} {y:g}"]
    for row in range(ends[0][0] + 1, ends[1][0]):
        begin = rects[row, 0][0]
        straight = y + (end - y) / (ends[1][0] - row + 1)
        gap = _gap([rects[row, place][1] for place in range(len(drawing.rows[row]))], straight)
        said.append(_curve((x, y), (begin, passed := gap + _aside((begin, gap), used))))
        said.append(f"H{begin + width:g}")
        x, y = begin + width, passed
    return "".join([*said, _curve((x, y), (to - 6, end))])


def _gap(tops: list[float], wanted: float) -> float:
    """Between two boxes of a column, or above or below all of them: where it is nearest."""
    half = _APART / 2
    if not tops[0] - half < wanted < tops[-1] + _HIGH + half:
        return wanted
    gaps = [tops[0] - half, *(top + _HIGH + half for top in tops)]
    return min(gaps, key=lambda gap: abs(gap - wanted))


def _aside(gap: Spot, used: dict[Spot, int]) -> float:
    used[gap] = used.get(gap, -1) + 1
    return _BESIDE[used[gap] % len(_BESIDE)]


def _curve(start: Spot, end: Spot) -> str:
    (x, y), (to, stop) = start, end
    bend = (to - x) * _BEND
    return f"C{x + bend:.1f} {y:.1f} {to - bend:.1f} {stop:.1f} {to:.1f} {stop:.1f}"
