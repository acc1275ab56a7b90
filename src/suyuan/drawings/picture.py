"""Takes a chart; gives it as a small drawing (SVG): from the source down to now, hand to hand.

What is only possible is dashed; what has a mark is red and says why. Everything drawn
also stands beside it in words.
"""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from markupsafe import Markup

from suyuan.drawings.layout import Drawing, laid_out
from suyuan.drawings.types import Box, Chart
from suyuan.kit import Text
from suyuan.kit.letters import ems
from suyuan.kit.text import Lang

_BETWEEN, _SOME = " · ", 3
_POSSIBLE = Text("可能", "possible")
_AND = Text("、", ", ")
WIDTH = 324
MARGIN = 1
_LANE, _APART = 20, 10
_HIGH, _GAP, _TURN = 50, 22, 8
_INK, _SOFT, _OWN, _STOP = "#16211d", "#3d4b45", "#0b5345", "#8a1212"
_NAME, _STEP = 15.0, 13.0
_BOLD, _PLAIN = 0.65, 0.6
"""The width of Latin letters and digits in a wide system font; Chinese ones are square."""

Place = tuple[int, int]
Rect = tuple[float, float, float]
"""Left, top and width of a box."""


def picture(chart: Chart, lang: Lang) -> Markup | None:
    """The drawing, or None where there is too little to draw."""
    if not chart.legs:
        return None
    drawing = laid_out(chart)
    rects = rects_of(drawing)
    height = len(drawing.rows) * (_HIGH + _GAP) - _GAP + 2 * MARGIN
    label = escape(" → ".join(_row_words(row, lang) for row in drawing.rows), {'"': "&quot;"})
    boxes = [box_drawn(box, rects[place], lang) for place, box in placed(drawing)]
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{label}">{"".join([*_legs(drawing, rects), *boxes])}</svg>'
    )


def placed(drawing: Drawing) -> Iterable[tuple[Place, Box]]:
    """Every box with its row and its place in it."""
    for number, row in enumerate(drawing.rows):
        for place, box in enumerate(row):
            yield (number, place), box


def rects_of(drawing: Drawing, *, gap: int = _GAP) -> dict[Place, Rect]:
    """Where each box stands: the boxes of a row share its width."""
    rects: dict[Place, Rect] = {}
    passing = any(target[0] - source[0] > 1 for source, target in drawing.legs)
    room = WIDTH - 2 * MARGIN - (_LANE if passing else 0)
    for (number, place), _ in placed(drawing):
        beside = len(drawing.rows[number])
        width = (room - _APART * (beside - 1)) / beside
        left = MARGIN + place * (width + _APART)
        rects[number, place] = (left, MARGIN + number * (_HIGH + gap), width)
    return rects


def _legs(drawing: Drawing, rects: Mapping[Place, Rect]) -> Iterable[str]:
    for (source, target), certain in drawing.legs.items():
        dash = "" if certain else ' stroke-dasharray="4 4"'
        way = _way(rects[source], rects[target], beside=target[0] - source[0] == 1)
        yield f'<path d="{way}" fill="none" stroke="{_OWN}" stroke-width="2"{dash}/>'
        x, y = middle(rects[target]), rects[target][1]
        yield f'<path d="M{x - 5:g} {y - 7:g}h10l-5 7z" fill="{_OWN}"/>'


def _way(source: Rect, target: Rect, *, beside: bool) -> str:
    """Down between the rows; past other rows in the lane at the right."""
    start, end = source[1] + _HIGH, target[1] - 4
    if beside:
        half = source[1] + _HIGH + _TURN
        return f"M{middle(source):g} {start:g}V{half:g}H{middle(target):g}V{end:g}"
    turn = end - _TURN
    return f"M{middle(source):g} {start:g}v{_TURN}H{WIDTH - 4}V{turn:g}H{middle(target):g}V{end:g}"


def middle(rect: Rect) -> float:
    """Half way from left to right."""
    return rect[0] + rect[2] / 2


def box_drawn(box: Box, rect: Rect, lang: Lang) -> str:
    """A box with its name and words, cut to fit."""
    left, top, width = rect
    colour = _OWN if box.mark is None else _STOP
    dash = "" if box.certain else ' stroke-dasharray="4 4"'
    name = escape(fitted(box.name.pick(lang), (width - 20) / _NAME, _BOLD))
    under = escape(_fitted_words(_words(box, lang), (width - 20) / _STEP))
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{_HIGH}" rx="6" fill="#fff" '
        f'stroke="{colour}" stroke-width="1.5"{dash}/>'
        f'<text x="{left + 10:g}" y="{top + 21:g}" font-size="{_NAME:g}" font-weight="600" '
        f'fill="{_INK}">{name}</text>'
        f'<text x="{left + 10:g}" y="{top + 41:g}" font-size="{_STEP:g}" '
        f'fill="{_SOFT if box.mark is None else _STOP}">{under}</text>'
    )


def _words(box: Box, lang: Lang) -> list[str]:
    """The words; what is wrong goes first, so that no narrow box cuts it off."""
    words = [each.pick(lang) for each in box.words]
    if box.mark is not None:
        words.insert(0, box.mark.pick(lang))
    if not box.certain:
        words.insert(0, _POSSIBLE.pick(lang))
    return words


def _under(box: Box, lang: Lang) -> str:
    return _BETWEEN.join(_words(box, lang))


def _fitted_words(words: list[str], room: float) -> str:
    """The words beside each other; of the longest there is less, lest the day behind it is cut."""
    said = _BETWEEN.join(words)
    over = ems(said, _PLAIN) - room
    if over <= 0 or len(words) < _SOME:
        return fitted(said, room, _PLAIN)
    longest = max(words, key=lambda word: ems(word, _PLAIN))
    short = fitted(longest, ems(longest, _PLAIN) - over, _PLAIN)
    fits = (short if word is longest else word for word in words)
    return fitted(_BETWEEN.join(fits), room, _PLAIN)


def _row_words(row: Iterable[Box], lang: Lang) -> str:
    both = _AND.pick(lang)
    return both.join(f"{box.name.pick(lang)} ({_under(box, lang)})" for box in row)


def fitted(text: str, room: float, narrow: float) -> str:
    """As much of a text as fits into a width in ems, and a sign that there is more."""
    if ems(text, narrow) <= room:
        return text
    kept = text
    while kept and ems(f"{kept}…", narrow) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
