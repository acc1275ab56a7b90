"""Takes rows of boxes; gives a small drawing (SVG): from the source down to now, hand to hand.

What is only possible is dashed; what has a mark is red and says why. Everything drawn
also stands beside it in words.
"""

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from markupsafe import Markup

from suyuan.drawings.returning import BACK, HIGH, returns_drawn
from suyuan.drawings.types import Box, Drawing, Href, Place, Rect
from suyuan.drawings.writing import attribute
from suyuan.kit import Text
from suyuan.kit.letters import ems
from suyuan.kit.text import Lang

_BETWEEN, _SOME = " · ", 3
_NUMBER = re.compile(r"\d[\d.,]*", re.ASCII)
_POSSIBLE = Text("可能", "possible")
_AND = Text("、", ", ")
_BACKWARD = Text("；往回：", "; back: ")
UNFOLD = Text("展开：", "Unfold: ")
"""Said before the name of a box that is a link, to who does not see it."""

WIDTH = 324
ABREAST = 836
"""As wide as the text of a page on a wide screen."""

MARGIN = 1
_LANE, _APART = 20, 10
_HIGH, _GAP, _TURN, _BEHIND = HIGH, 22, 8, 4
_INK, _SOFT, _OWN, _STOP = "#16211d", "#3d4b45", "#0b5345", "#8a1212"
_LINE, _WASH = "#cfd8d3", "#f3f6f4"
_NAME, _STEP = 15.0, 13.0
_BOLD, _PLAIN = 0.7, 0.6
"""The width of Latin letters and digits in a wide system font; Chinese ones are square."""


def rows_drawn(drawing: Drawing, lang: Lang, href: Href | None = None) -> Markup:
    """The drawing of rows below each other; with `href`, what is folded leads to its part."""
    rects = rects_of(drawing)
    height = rects[len(drawing.rows) - 1, 0][1] + _HIGH + MARGIN + _BEHIND
    boxes = [box_drawn(box, rects[place], lang, href) for place, box in placed(drawing)]
    back, more = returns_drawn(drawing, rects, height, lang)
    parts = [*_legs(drawing, rects), *back, *boxes]
    return svg(drawing, (WIDTH, height + more), parts, said_of(drawing, lang), href)


def svg(
    drawing: Drawing,
    size: tuple[float, float],
    parts: Iterable[str],
    said: str,
    href: Href | None,
) -> Markup:
    """The parts as one picture, which is `said` in words; one with links in it is a group of them.

    What is wider than the text of a page stands out of it on both sides (class `out`).
    """
    label, linked = attribute(said), href is not None and drawing.folds
    width, height = size
    out = ' class="out"' if round(width) > ABREAST else ""
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"{out} '
        f'role="{"group" if linked else "img"}" aria-label="{label}">{"".join(parts)}</svg>'
    )


def placed(drawing: Drawing) -> Iterable[tuple[Place, Box]]:
    """Every box with its row and its place in it."""
    for number, row in enumerate(drawing.rows):
        for place, box in enumerate(row):
            yield (number, place), box


def rects_of(drawing: Drawing, *, gap: int = _GAP) -> dict[Place, Rect]:
    """Where each box stands: the boxes of a row share its width; those in a frame stand close."""
    rects: dict[Place, Rect] = {}
    passing = any(target[0] - source[0] > 1 for source, target in drawing.legs)
    begin = MARGIN + (BACK if drawing.returns else 0)
    room = WIDTH - MARGIN - begin - (_LANE if passing else 0)
    first, last = drawing.framed or (0, 0)
    top = float(MARGIN)
    for number, row in enumerate(drawing.rows):
        width = (room - _APART * (len(row) - 1)) / len(row)
        for place in range(len(row)):
            rects[number, place] = (begin + place * (width + _APART), top, width)
        top += _HIGH + (_APART if first <= number < last else gap)
    return rects


def _legs(drawing: Drawing, rects: Mapping[Place, Rect]) -> Iterable[str]:
    for (source, target), certain in drawing.legs.items():
        way = _way(rects[source], rects[target], beside=target[0] - source[0] == 1)
        yield line(way, certain=certain)
        yield _arrow(middle(rects[target]), rects[target][1])
    if drawing.framed is not None:
        yield from _frame(drawing, rects)


def line(way: str, *, certain: bool, width: float = 2, colour: str = _OWN) -> str:
    """The line of a leg; dashed where it is only possible."""
    dash = "" if certain else ' stroke-dasharray="4 4"'
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dash}/>'


def _arrow(x: float, y: float) -> str:
    return f'<path d="M{x - 5:g} {y - 7:g}h10l-5 7z" fill="{_OWN}"/>'


def _frame(drawing: Drawing, rects: Mapping[Place, Rect]) -> Iterable[str]:
    """A line above and below rows that are alike, where somebody gave to them or took from them."""
    first, last = drawing.framed or (0, 0)
    edges: list[tuple[float, float, float]] = []
    if first > 0:
        edges.append((rects[first, 0][1] - _TURN, rects[first, 0][1] - _GAP, 0))
    if last < len(drawing.rows) - 1:
        edges.append((rects[last, 0][1] + _HIGH + _TURN, 0, rects[last + 1, 0][1]))
    for edge, above, below in edges:
        way = f"M{MARGIN} {edge:g}H{WIDTH - MARGIN}M{WIDTH / 2:g} {above or edge:g}"
        yield line(f"{way}V{(edge if above else below) - 4:g}", certain=True)
        yield _arrow(WIDTH / 2, edge if above else below)


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


def box_drawn(box: Box, rect: Rect, lang: Lang, href: Href | None = None) -> str:
    """A box with its name and words, cut to fit; with `href` one that is folded is a link."""
    left, top, width = rect
    colour = _OWN if box.mark is None else _STOP
    dash = "" if box.certain else ' stroke-dasharray="4 4"'
    leads = href is not None and box.opens
    room = width - (40 if leads else 20)
    name = escape(fitted_name(box.name.pick(lang), room / _NAME, _BOLD))
    words = _words(box, lang)
    under = escape(_fitted_words(words, room / _STEP, kept=len(words) - len(box.words)))
    drawn = (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{_HIGH}" rx="6" '
        f'fill="{_WASH if box.around else "#fff"}" '
        f'stroke="{_LINE if box.around else colour}" stroke-width="1.5"{dash}/>'
        f'<text x="{left + 10:g}" y="{top + 21:g}" font-size="{_NAME:g}" font-weight="600" '
        f'fill="{_OWN if leads else _INK}">{name}</text>'
        f'<text x="{left + 10:g}" y="{top + 41:g}" font-size="{_STEP:g}" '
        f'fill="{_SOFT if box.mark is None else _STOP}">{under}</text>'
    )
    return _linked(box, rect, lang, href(box.opens), drawn) if href and box.opens else drawn


def _linked(box: Box, rect: Rect, lang: Lang, href: str, drawn: str) -> str:
    """The box as a link that unfolds it: others behind it, and a sign that there is more."""
    left, top, width = rect
    label = f"{UNFOLD.pick(lang)}{box.name.pick(lang)} ({_under(box, lang)})"
    x, y = left + width - 19, top + _HIGH / 2
    return (
        f'<a href="{attribute(href)}" aria-label="{attribute(label)}">{drawn}'
        f'<path d="M{left + 6:g} {top + _HIGH + _BEHIND - 0.5:g}h{width - 12:g}" stroke="{_OWN}" '
        f'stroke-width="1.5"/><path class="plus" d="M{x - 6:g} {y:g}h12m-6 -6v12" stroke="{_OWN}" '
        f'stroke-width="2"/></a>'
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


def _fitted_words(words: list[str], room: float, *, kept: int) -> str:
    """The words beside each other; of the longest there is less, lest the day behind it is cut.

    Of the first `kept` there is never less. Where next to nothing would be left of the longest, the
    last gives way.
    """
    said = _BETWEEN.join(words)
    over = ems(said, _PLAIN) - room
    if over <= 0 or len(words) < max(_SOME, kept + 1):
        return fitted(said, room, _PLAIN)
    longest = max(words[kept:], key=lambda word: ems(word, _PLAIN))
    left = ems(longest, _PLAIN) - over
    if left < _SOME:
        return _fitted_words(words[:-1], room, kept=kept)
    short = fitted(longest, left, _PLAIN)
    fits = (short if word is longest else word for word in words)
    return fitted(_BETWEEN.join(fits), room, _PLAIN)


def said_of(drawing: Drawing, lang: Lang) -> str:
    """A drawing in words, row by row, and then what went back."""
    said = " → ".join(_row_words(row, lang) for row in drawing.rows)
    names = {place: box.name.pick(lang) for place, box in placed(drawing)}
    back = [f"{names[giver]} → {names[taker]}" for giver, taker in sorted(drawing.returns)]
    return f"{said}{_BACKWARD.pick(lang)}{_AND.pick(lang).join(back)}" if back else said


def _row_words(row: Iterable[Box], lang: Lang) -> str:
    both = _AND.pick(lang)
    return both.join(f"{box.name.pick(lang)} ({_under(box, lang)})" for box in row)


def fitted(text: str, room: float, narrow: float) -> str:
    """As much of a text as fits into a width in ems, and a sign that there is more.

    No number is cut: half of one is another number.
    """
    kept = _begin(text, room, narrow)
    if kept == text:
        return text
    cut = (each.start() for each in _NUMBER.finditer(text) if each.start() < len(kept) < each.end())
    return f"{kept[: next(cut, len(kept))].rstrip(' …')}…"


def _begin(text: str, room: float, narrow: float) -> str:
    """All of a text, or so much of its begin as fits beside a sign that there is more."""
    if ems(text, narrow) <= room:
        return text
    kept = text
    while kept and ems(f"{kept}…", narrow) > room:
        kept = kept[:-1]
    return kept


def fitted_name(name: str, room: float, narrow: float) -> str:
    """As much of a name as fits, its end too: by that, shops of one firm are told apart."""
    if ems(name, narrow) <= room:
        return name
    end = name
    while ems(end, narrow) > room / 2:
        end = end[1:]
    front = name[: len(name) - len(end)]
    begin = _begin(front, room - ems(end, narrow), narrow)
    more = "" if begin == front else "…"
    return f"{begin.rstrip(' …') if more else begin}{more}{end.lstrip()}"
