"""Where everything stands on a page, in mm that are whole dots of the printer."""

from collections.abc import Sequence
from typing import Any, Final

from suyuan.kit import Text
from suyuan.labels.symbols import Modules, modules, svg
from suyuan.labels.types import INCH, Design, Label, LabelError

_LEAST_MODULE: Final = 0.24
"""Mm below which a module is not read by common phones (two dots at 203 dpi are 0.25)."""

_PAD: Final = 1.5

_SMALL = Text(
    "内容太长，{side} 毫米见方放不下能扫的码；请用更大的标签或更短的内容。",
    "The text is too long for a symbol that can be scanned in {side} mm; take a larger label or a "
    "shorter text.",
)
_MANY = Text(
    "标签 {name} 上有 {found} 个码，最多 {most} 个。",
    "There are {found} symbols on the label {name}; at most {most} fit.",
)


def placed(labels: Sequence[Label], of: Design, *, dpi: int) -> list[dict[str, Any]]:
    """The labels as the drawing takes them: symbols and text with their places on the page.

    Raises:
        LabelError: too many symbols, or one that could not be scanned so small.
    """
    return [_placed(label, of, at, dot=INCH / dpi) for at, label in enumerate(labels)]


def sizes_of(of: Design) -> list[float]:
    """Sizes of the text to try, in points, the largest first."""
    steps = int((of.size - of.least) * 4)
    return [of.size - step / 4 for step in range(steps + 1)]


def _placed(label: Label, of: Design, at: int, *, dot: float) -> dict[str, Any]:
    if len(label.symbols) > of.most:
        text = _MANY.format(name=of.name, found=len(label.symbols), most=of.most)
        raise LabelError("label.symbols", text, "symbols")
    cell = at % (of.across * of.down)
    left = of.margin[0] + cell % of.across * of.width
    top = of.margin[1] + cell // of.across * of.height
    gap = (of.height - len(label.symbols) * of.side) / (len(label.symbols) + 1)
    begin = _PAD + (of.side if label.symbols else 0)
    return {
        "first": cell == 0,
        "heading": label.heading,
        "lines": label.lines,
        "code": label.code,
        "symbols": [
            _symbol(modules(symbol), left + _PAD / 2, top + gap + (of.side + gap) * row, of, dot)
            for row, symbol in enumerate(label.symbols)
        ],
        "text": (left + begin, top + _PAD, of.width - begin - _PAD, of.height - 2 * _PAD),
    }


def _symbol(found: Modules, left: float, top: float, of: Design, dot: float) -> dict[str, Any]:
    """As large as whole dots allow in its square, in the middle of it."""
    dots = int(of.side / dot / found.across)
    module = dots * dot
    if module < _LEAST_MODULE:
        raise LabelError("label.small", _SMALL.format(side=of.side), "text")
    inset = (of.side - found.across * module) / 2 + found.quiet * module
    return {
        "svg": svg(found),
        "x": round((left + inset) / dot) * dot,
        "y": round((top + inset) / dot) * dot,
        "side": len(found.rows[0]) * module,
    }
