"""Takes an account; gives its stock over time as a small drawing (SVG).

What must be there is dark, what can be there beyond it is light; where the records cannot all be
right stands a red line. Everything drawn also stands beside it in words.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from suyuan.drawings.picture import fitted
from suyuan.drawings.writing import SIZE, attribute, text
from suyuan.kit import Text
from suyuan.kit.amounts import amount, stock_words
from suyuan.kit.text import Lang
from suyuan.trace.accounts.types import Level, Reason, Statement
from suyuan.trace.types import BalanceKind

WIDTH, HEIGHT = 324, 110
_LEFT, _RIGHT, _TOP, _BOTTOM = 8.0, 316.0, 30.0, 84.0
_BOLD = 0.62
_INK, _SOFT, _OWN, _MAYBE, _STOP = "#16211d", "#3d4b45", "#4f8c7b", "#cfe3dc", "#8a1212"
_LABEL = Text(
    "{first} 至 {last} 的库存，最多 {top}，最后 {end}",
    "Stock from {first} to {last}, at most {top}, {end} at the end",
)
_BROKEN = Text("；{day} 起矛盾", "; contradicted from {day}")
_OFF = (Text("缺 {much}", "{much} short"), Text("多 {much}", "{much} over"))
_OVER = frozenset((Reason.MORE_COUNTED, Reason.MORE_MADE))


def strip(account: Statement, lang: Lang) -> Markup | None:
    """The drawing, or None where there is nothing over time to draw."""
    levels = () if account.kind is BalanceKind.FLOW else account.levels
    if not levels or (len(levels) == 1 and account.contradiction is None):
        return None
    first, last = levels[0].day, levels[-1].day
    top = max(level.least if level.most is None else level.most for level in levels)
    drawn = _Scale(first, last, top or Decimal(1))
    label = attribute(_words(account, top, lang))
    parts = [
        f'<rect x="0" y="0" width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _area(levels, drawn, _MAYBE, least=False),
        _area(levels, drawn, _OWN, least=True),
        f'<path d="M{_LEFT:g} {_BOTTOM:g}H{_RIGHT:g}" stroke="{_INK}" stroke-width="1.5"/>',
        *_line(account, drawn, lang),
        text(first.isoformat(), _LEFT, HEIGHT - 9, _SOFT),
        text(last.isoformat(), _RIGHT, HEIGHT - 9, _SOFT, end=True) if last != first else "",
    ]
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


class _Scale:
    """Where a day and an amount stand in the drawing."""

    def __init__(self, first: date, last: date, top: Decimal) -> None:
        self._first, self._days = first, max((last - first).days, 1)
        self._top = top

    def x(self, day: date) -> float:
        """From the left."""
        return _LEFT + (_RIGHT - _LEFT) * (day - self._first).days / self._days

    def y(self, much: Decimal | None) -> float:
        """From above; what has no limit reaches the top."""
        share = 1.0 if much is None else min(float(much / self._top), 1.0)
        return _BOTTOM - (_BOTTOM - _TOP) * share


def _area(levels: Sequence[Level], drawn: _Scale, colour: str, *, least: bool) -> str:
    """Steps from each day to the next, down to nothing; the last goes on for a little."""
    way = [f"M{drawn.x(levels[0].day):.1f} {_BOTTOM:g}"]
    for level in levels:
        height = drawn.y(level.least if least else level.most)
        way.append(f"H{drawn.x(level.day):.1f}V{height:.1f}")
    return f'<path d="{"".join(way)}H{_RIGHT:g}V{_BOTTOM:g}Z" fill="{colour}"/>'


def _line(account: Statement, drawn: _Scale, lang: Lang) -> list[str]:
    """Where the records contradict themselves, and by how much; else how high it goes."""
    found = account.contradiction
    if found is None:
        highest = max((level.most or level.least for level in account.levels), default=Decimal(0))
        return [text(amount(highest, account.unit).pick(lang), _LEFT, 19, _SOFT)]
    x = min(max(drawn.x(found.day), _LEFT + 2), _RIGHT - 2)
    much = amount(found.by, account.unit).pick(lang)
    said = fitted(
        f"{found.day.isoformat()} {_OFF[found.reason in _OVER].pick(lang).format(much=much)}",
        (_RIGHT - _LEFT) / SIZE,
        _BOLD,
    )
    right = x > WIDTH / 2
    return [
        f'<path d="M{x:.1f} {_TOP - 4:g}V{_BOTTOM:g}" stroke="{_STOP}" stroke-width="3"/>',
        text(said, _RIGHT if right else _LEFT, 19, _STOP, end=right, bold=True),
    ]


def _words(account: Statement, top: Decimal, lang: Lang) -> str:
    levels, found = account.levels, account.contradiction
    end = stock_words(levels[-1].least, levels[-1].most, account.unit)
    said = _LABEL.pick(lang).format(
        first=levels[0].day,
        last=levels[-1].day,
        top=amount(top, account.unit).pick(lang),
        end=end.pick(lang),
    )
    return said if found is None else said + _BROKEN.pick(lang).format(day=found.day)
