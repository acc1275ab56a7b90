"""Takes a chart and what went along its legs; gives a Sankey drawing (SVG) of the amounts.

A band is as wide as what is touched, and dark as wide as what is surely there; the rest is light.
What nobody says an amount of, or says in another unit, is a dashed line. It folds as other charts
do, and everything drawn also stands beside it in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from markupsafe import Markup
from msgspec import Struct

from suyuan.drawings.layout import Laid
from suyuan.drawings.picture import (
    MARGIN,
    WIDTH,
    box_drawn,
    middle,
    placed,
    rects_of,
    svg,
)
from suyuan.drawings.returning import BROWN, returns_drawn
from suyuan.drawings.types import Chart, Drawing, Href, Place, Rect, Stream
from suyuan.kit import Text
from suyuan.kit.amounts import amount, plain
from suyuan.kit.letters import ems
from suyuan.kit.text import Lang, joined
from suyuan.trace.types import Extent

GAP: Final = 70
_OWN, _LIGHT, _INK = "#0b5345", "#a9c9be", "#16211d"
_LANE: Final = 20.0
_SIZE, _SMALL, _BOLD = 13.0, 9.0, 0.65
_THIN: Final = 1.5
_WIDEST: Final = 140.0
_WORDS: Final = Text(
    "{giver} → {taker}：{much}，其中至少 {least}，至多 {most}",
    "{giver} → {taker}: {much}, of it at least {least}, at most {most}",
)
_ONE: Final = Text("{giver} → {taker}：{much}", "{giver} → {taker}: {much}")
_BACK: Final = Text("往回，{giver}", "Back, {giver}")
_UP: Final = Text("↑ 往回 {much}", "↑ back: {much}")
_NO_LIMIT: Final = Text("上限不明", "no known limit")

Ends = tuple[Place, Place]


class Band(Struct, frozen=True):
    """All that went from one drawn box to another in one unit."""

    touched: Decimal | None
    material: Extent
    unit: str | None
    certain: bool


Bands = Mapping[Ends, Sequence[Band]]


def sankey(
    laid: Laid, streams: Sequence[Stream], lang: Lang, href: Href | None = None
) -> Markup | None:
    """The drawing, or None where nothing that is drawn has a known amount.

    With `href`, what is folded leads to the page where it is unfolded.
    """
    drawing = laid.whole
    down, back = _bands(drawing, streams)
    unit = _commonest(down)
    wide = {ends: band.touched for ends, some in down.items() for band in some
            if band.unit == unit and band.touched}  # fmt: skip
    if not wide:
        return None
    rects = rects_of(drawing, gap=GAP)
    last = len(drawing.rows) - 1
    height = rects[last, 0][1] + 50 + MARGIN + any(to[0] == last for _, to in back) * 26
    scale = _scale(wide, rects)
    lines, more = returns_drawn(drawing, rects, height, lang)
    parts = [
        *_ribbons(down, unit, scale, rects),
        *lines,
        *(box_drawn(box, rects[place], lang, href) for place, box in placed(drawing)),
        *_labels(down, unit, rects, lang),
        *_back_labels(back, rects, lang),
    ]
    said = "; ".join(words(laid.found.chart, streams, lang)[:12])
    return svg(drawing, (WIDTH, height + more), parts, said, href)


def words(chart: Chart, streams: Sequence[Stream], lang: Lang) -> list[str]:
    """Every stream as a sentence, the largest first."""
    ranked = sorted(streams, key=lambda each: (each.touched is None, -(each.touched or 0)))
    return [_sentence(chart, each, lang) for each in ranked]


def _sentence(chart: Chart, each: Stream, lang: Lang) -> str:
    giver, taker = chart.boxes[each.source].name, chart.boxes[each.target].name
    if each.source > each.target:
        giver = _BACK.format(giver=giver)
    names = {"giver": giver, "taker": taker}
    least, most = each.material.least, each.material.most
    much = amount(each.touched, each.unit)
    if most is not None and least == most == each.touched:
        return _ONE.format(**names, much=much).pick(lang)
    if each.touched is None and least == 0 and most is None:
        return _ONE.format(**names, much=much).pick(lang)
    top = _NO_LIMIT if most is None else Text(plain(most), plain(most))
    low = Text(plain(least), plain(least))
    return _WORDS.format(**names, much=much, least=low, most=top).pick(lang)


def _bands(drawing: Drawing, streams: Iterable[Stream]) -> tuple[Bands, Bands]:
    """Streams between the same drawn boxes and in one unit are one band: down, and back."""
    found: dict[tuple[Ends, str | None], Band] = {}
    for each in streams:
        ends = (drawing.where[each.source], drawing.where[each.target])
        if ends[0] == ends[1]:
            continue
        band = Band(each.touched, each.material, each.unit, each.certain)
        before = found.get((ends, each.unit))
        found[ends, each.unit] = band if before is None else _sum(before, band)
    down: dict[Ends, list[Band]] = defaultdict(list)
    back: dict[Ends, list[Band]] = defaultdict(list)
    for (ends, _), band in found.items():
        (down if ends[0][0] < ends[1][0] else back)[ends].append(band)
    return down, back


def _sum(one: Band, other: Band) -> Band:
    def plus(a: Decimal | None, b: Decimal | None) -> Decimal | None:
        return None if a is None or b is None else a + b

    material = Extent(
        one.material.least + other.material.least, plus(one.material.most, other.material.most)
    )
    touched = plus(one.touched, other.touched)
    return Band(touched, material, one.unit, one.certain or other.certain)


def _commonest(bands: Bands) -> str | None:
    """The unit that most bands are in: only amounts of one unit have widths that compare."""
    counted: dict[str | None, int] = defaultdict(int)
    for some in bands.values():
        for band in some:
            counted[band.unit] += bool(band.touched)
    return max(counted, key=lambda unit: (counted[unit], unit or ""), default=None)


def _scale(wide: Mapping[Ends, Decimal], rects: Mapping[Place, Rect]) -> float:
    """Pixels for one of the unit: no box is narrower than what comes or goes; calm at the most."""
    room: list[float] = []
    for side in (0, 1):
        sums: dict[Place, Decimal] = defaultdict(Decimal)
        for ends, much in wide.items():
            sums[ends[side]] += much
        room += [(min(rects[place][2], _WIDEST) - 16) / float(much) for place, much in sums.items()]
    lanes = [float(much) for ends, much in wide.items() if ends[1][0] - ends[0][0] > 1]
    return min(*room, (_LANE - 4) / sum(lanes) if lanes else room[0])


def _ribbons(
    bands: Bands,
    unit: str | None,
    scale: float,
    rects: Mapping[Place, Rect],
) -> Iterator[str]:
    """Bands from left to right along the edges of their boxes, so that none lies on another."""
    flat = sorted(
        ((ends, band) for ends, some in bands.items() for band in some),
        key=lambda each: (each[0], each[1].unit or ""),
    )
    starts = _offsets(flat, 0, unit, scale, rects)
    stops = _offsets(flat, 1, unit, scale, rects)
    lane = WIDTH - MARGIN - 2.0
    for number, (ends, band) in enumerate(flat):
        width = _width(band, unit, scale)
        beside = ends[1][0] - ends[0][0] == 1
        if not beside:
            lane -= max(width, _THIN) + 1
        top, bottom = rects[ends[0]][1] + 50, rects[ends[1]][1]
        way = _way((starts[number], top), (stops[number], bottom), None if beside else lane)
        yield from _strokes(way, band, width, unit, scale)


def _strokes(way: str, band: Band, width: float, unit: str | None, scale: float) -> Iterator[str]:
    if band.unit != unit or band.touched is None or width < _THIN:
        yield (f'<path d="{way}" fill="none" stroke="{_OWN}" stroke-width="{_THIN}" '
               'stroke-dasharray="4 4"/>')  # fmt: skip
        return
    yield f'<path d="{way}" fill="none" stroke="{_LIGHT}" stroke-width="{width:.2f}"/>'
    sure = float(band.material.least) * scale
    if sure > 0:
        yield f'<path d="{way}" fill="none" stroke="{_OWN}" stroke-width="{min(sure, width):.2f}"/>'


def _offsets(
    flat: Sequence[tuple[Ends, Band]],
    side: int,
    unit: str | None,
    scale: float,
    rects: Mapping[Place, Rect],
) -> list[float]:
    """Where along its box's edge the middle of each band is."""
    widths = [max(_width(band, unit, scale), _THIN) for _, band in flat]
    sums: dict[Place, float] = defaultdict(float)
    for (ends, _), width in zip(flat, widths, strict=True):
        sums[ends[side]] += width
    at = {place: middle(rects[place]) - total / 2 for place, total in sums.items()}
    found = []
    for (ends, _), width in zip(flat, widths, strict=True):
        found.append(at[ends[side]] + width / 2)
        at[ends[side]] += width
    return found


def _width(band: Band, unit: str | None, scale: float) -> float:
    return float(band.touched) * scale if band.unit == unit and band.touched else 0.0


def _way(start: tuple[float, float], end: tuple[float, float], lane: float | None) -> str:
    """A bend down to the next row; past other rows in the lane at the right."""
    (x, top), (other, bottom) = start, end
    if lane is None:
        half = (top + bottom) / 2
        return f"M{x:.1f} {top:g}C{x:.1f} {half:g} {other:.1f} {half:g} {other:.1f} {bottom:g}"
    turn = GAP / 2
    return (
        f"M{x:.1f} {top:g}C{x:.1f} {top + turn:g} {lane:.1f} {top:g} {lane:.1f} {top + turn:g}"
        f"V{bottom - turn:g}"
        f"C{lane:.1f} {bottom:g} {other:.1f} {bottom - turn:g} {other:.1f} {bottom:g}"
    )


def _labels(
    bands: Bands,
    unit: str | None,
    rects: Mapping[Place, Rect],
    lang: Lang,
) -> Iterator[str]:
    """How much came to each box in all, above it, on white so that it can be read on a band."""
    came: dict[Place, Band] = {}
    for ends, some in bands.items():
        for band in some:
            if band.unit == unit and band.touched is not None:
                before = came.get(ends[1])
                came[ends[1]] = band if before is None else _sum(before, band)
    for place, band in came.items():
        yield _written(_label(band, lang), rects[place], rects[place][1] - 28, _INK)


def _back_labels(back: Bands, rects: Mapping[Place, Rect], lang: Lang) -> Iterator[str]:
    """How much came back to each box in all, by unit, below it."""
    came: dict[Place, dict[str | None, Band]] = defaultdict(dict)
    for ends, some in back.items():
        for band in some:
            before = came[ends[1]].get(band.unit)
            came[ends[1]][band.unit] = band if before is None else _sum(before, band)
    for place, by_unit in came.items():
        much = joined([amount(band.touched, unit) for unit, band in by_unit.items()])
        yield _written(_UP.format(much=much).pick(lang), rects[place], rects[place][1] + 54, BROWN)


def _written(words: str, rect: Rect, top: float, colour: str) -> str:
    """Words in the middle of what is above or below a box, on white."""
    left, _, width = rect
    said, size = _fitting(words, width - 16)
    wide = ems(said, _BOLD) * size + 12
    x = left + width / 2
    return (
        f'<rect x="{x - wide / 2:.1f}" y="{top:g}" width="{wide:.1f}" height="22" rx="4" '
        f'fill="#fff"/><text x="{x:g}" y="{top + 16:g}" text-anchor="middle" '
        f'font-size="{size:g}" font-weight="600" fill="{colour}">{escape(said)}</text>'
    )


def _fitting(words: str, room: float) -> tuple[str, float]:
    """Words in a size in which they fit; no number is cut, for half of one is another number."""
    size = min(_SIZE, room / ems(words, _BOLD))
    if size >= _SMALL:
        return words, float(f"{size:.1f}")
    kept = words.split(" ")
    while kept and ems(f"{' '.join(kept)} …", _BOLD) * _SMALL > room:
        kept.pop()
    while kept and kept[-1][-1:].isdigit():
        kept.pop()  # a number without its unit says nothing
    return " ".join([*kept, "…"]), _SMALL


def _label(band: Band, lang: Lang) -> str:
    least, most = band.material.least, band.material.most
    much = amount(band.touched, band.unit).pick(lang)
    if least == most == band.touched:
        return much
    return f"{much} ({plain(least)}–{'?' if most is None else plain(most)})"
