"""Takes who is drawn and when each had any of it; gives that as bars over time (SVG).

What is known is dark, what is possible beyond it light; a bar with a point has no known end. Those
that fold in the picture above fold here, and everything drawn also stands beside it in words.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from suyuan.drawings.picture import UNFOLD, fitted_name
from suyuan.drawings.presence import Presence, together
from suyuan.drawings.types import Box, Drawing, Href, Place
from suyuan.drawings.writing import SIZE, attribute, text
from suyuan.kit import Span, Text
from suyuan.kit.clock import there
from suyuan.kit.letters import ems
from suyuan.kit.text import Lang

_INK, _SOFT, _OWN, _MAYBE, _LINE = "#16211d", "#3d4b45", "#0b5345", "#a9cfc2", "#cfd8d3"
_BOLD, _THICK, _POINT = 0.62, 12.0, 6.0
_TOP, _FOOT = 4.0, 28.0
_FEW_DAYS: Final = timedelta(days=3)
_LEAST: Final = 2.0
_AFTER: Final = 14.0
"""Room behind the last time for what has no known end."""

_OPEN: Final = Text("？", "?")
_NOW: Final = Text("至今", "now")
_NO_TIME: Final = Text("时间不明", "time unknown")


class Form(Struct, frozen=True):
    """How wide it is, where its bars begin and end, how high a row is, and how many days it names.

    In a narrow form what a row is called stands above its bar, in a wide one beside it.
    """

    width: float
    left: float
    right: float
    row: float
    ticks: int


NARROW: Final = Form(324, 8, 310, 46, 2)
WIDE: Final = Form(836, 350, 822, 30, 4)


class Row(Struct, frozen=True):
    """Who is drawn, and when any of it was there."""

    box: Box
    when: Presence


def rows_of(drawing: Drawing, when: Callable[[int], Presence]) -> list[Row]:
    """A row for each box that is of what is shown; `when` by the number of a box of the chart."""
    members: dict[Place, list[int]] = defaultdict(list)
    for number, place in drawing.where.items():
        members[place].append(number)
    return [
        Row(box, together(when(each) for each in members[row, place]))
        for row, boxes in enumerate(drawing.rows)
        for place, box in enumerate(boxes)
        if not box.around
    ]


def timed(rows: Sequence[Row], form: Form, lang: Lang, href: Href) -> Markup | None:
    """The bars below each other, or None where no time is known."""
    spans = [span for row in rows for span in (*row.when.possible, *row.when.known)]
    times = [at for span in spans for at in (span.lo, span.hi) if at is not None]
    if not times:
        return None
    is_open = any(span.hi is None for span in spans)
    scale = _Scale(form, min(times), max(times), _AFTER if is_open else 0.0)
    height = _TOP + len(rows) * form.row + _FOOT
    label = attribute("; ".join(f"{r.box.name.pick(lang)}: {_said(r, lang)}" for r in rows))
    linked = any(row.box.opens for row in rows)
    parts = [
        f'<rect x="0" y="0" width="{form.width:g}" height="{height:g}" fill="#fff"/>',
        *_axis(scale, height),
        *(_linked(row, at, scale, lang, href) for at, row in enumerate(rows)),
    ]
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {form.width:g} {height:g}" width="{form.width:g}" '
        f'height="{height:g}" role="{"group" if linked else "img"}" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


class _Scale:
    """Where a time stands in the drawing, and how it is written there."""

    def __init__(self, form: Form, first: datetime, last: datetime, after: float) -> None:
        self.form, self.first, self.last, self._right = form, first, last, form.right - after
        self._long = max(last - first, timedelta(minutes=1))

    def x(self, at: datetime) -> float:
        """From the left."""
        share = (at - self.first) / self._long
        return self.form.left + (self._right - self.form.left) * share

    def ticks(self) -> Iterator[datetime]:
        """The times that are named, both ends among them."""
        count = self.form.ticks if self.last > self.first else 1
        for at in range(count):
            yield self.first + self._long * at / max(count - 1, 1)

    def words(self, at: datetime) -> str:
        """The day on China's clock; within few days, the minute too."""
        return _day(at, minute=self.last - self.first < _FEW_DAYS)


def _day(at: datetime, *, minute: bool) -> str:
    return f"{there(at, '+08:00'):{'%m-%d %H:%M' if minute else '%Y-%m-%d'}}"


def _axis(scale: _Scale, height: float) -> Iterator[str]:
    ticks = list(scale.ticks())
    for number, at in enumerate(ticks):
        x = scale.x(at)
        yield f'<path d="M{x:.1f} {_TOP:g}V{height - 20:g}" stroke="{_LINE}"/>'
        wide = ems(said := scale.words(at), _BOLD) * SIZE
        left = {0: x, len(ticks) - 1: x - wide}.get(number, x - wide / 2)
        yield text(said, round(max(left, scale.form.left)), height - 6, _SOFT)


def _linked(row: Row, number: int, scale: _Scale, lang: Lang, href: Href) -> str:
    drawn = "".join(_row(row, _TOP + number * scale.form.row, scale, lang))
    if not row.box.opens:
        return drawn
    label = attribute(f"{UNFOLD.pick(lang)}{row.box.name.pick(lang)}")
    return f'<a href="{attribute(href(row.box.opens))}" aria-label="{label}">{drawn}</a>'


def _row(row: Row, top: float, scale: _Scale, lang: Lang) -> Iterator[str]:
    form = scale.form
    beside = form.left > form.width / 4
    end, line = (form.left - 14 if beside else form.right), top + 17
    said = _said(row, lang, brief=True)
    room = (end - NARROW.left) / SIZE - ems(said, _BOLD) - 1
    name = ("+ " if row.box.opens else "") + row.box.name.pick(lang)
    yield text(fitted_name(name, room, _BOLD), NARROW.left, line, _OWN if row.box.opens else _INK,
               bold=True)  # fmt: skip
    yield text(said, end, line, _SOFT, end=True)
    middle = top + (form.row / 2 - 2 if beside else 31)
    for span in row.when.possible:
        yield _bar(span, middle, scale, _MAYBE)
    for span in row.when.known:
        yield _bar(span, middle, scale, _OWN)


def _bar(span: Span, middle: float, scale: _Scale, colour: str) -> str:
    """From begin to end, at least a mark; to a point where an end is not known."""
    form, half = scale.form, _THICK / 2
    begin = form.left if span.lo is None else scale.x(span.lo)
    end = form.right if span.hi is None else max(scale.x(span.hi), begin + _LEAST)
    after = f"l{_POINT:g} {half:g}l-{_POINT:g} {half:g}" if span.hi is None else f"v{_THICK:g}"
    before = f"l-{_POINT:g} -{half:g}" if span.lo is None else ""
    return (
        f'<path d="M{begin:.1f} {middle - half:.1f}H{end:.1f}{after}H{begin:.1f}{before}Z" '
        f'fill="{colour}"/>'
    )


def _said(row: Row, lang: Lang, *, brief: bool = False) -> str:
    """From when to when any of it was there, with its gaps left out."""
    spans = row.when.possible
    ends = (spans[0].lo, spans[-1].hi) if spans else (None, None)
    if ends == (None, None):
        return _NO_TIME.pick(lang)
    begin, end = (_OPEN.pick(lang) if at is None else _short(at, brief=brief) for at in ends)
    if ends[1] is None and row.when.still:
        end = _NOW.pick(lang)
    return " – ".join(dict.fromkeys((begin, end)))


def _short(at: datetime, *, brief: bool) -> str:
    return f"{there(at, '+08:00'):{'%m-%d' if brief else '%Y-%m-%d'}}"
