"""Where everything stands on a page, in mm that are whole dots of the printer."""

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from suyuan.kit import Text
from suyuan.labels.letters import spaced
from suyuan.labels.symbols import Modules, Shape, modules, shape
from suyuan.labels.types import INCH, Design, Kind, Label, LabelError, Symbol

_LEAST_MODULE: Final = 0.24
"""Mm below which a module is not read by common phones (two dots at 203 dpi are 0.25)."""
_LEAST_BAR: Final = 0.495
"""Mm that a bar of logistic labels is wide at least (GS1 General Specifications §5.12, table 5)."""
_CAPTION: Final = 5.0
_CAPTION_SIZE: Final = 10.0
_GAP: Final = 0.5
_MARGIN: Final = 2.0
"""Mm from the label's sides that text keeps, as printers shift labels by one; a symbol has its own
quiet zone."""
_GROUP: Final = 4
_UNGROUPED: Final = 12
_ELEMENTS: Final = re.compile(r"(?=\()")

_SMALL = Text(
    "内容太长，{side} 毫米见方放不下能扫的码；请用更大的标签或更短的内容。",
    "The text is too long for a symbol that can be scanned in {side} mm; take a larger label or a "
    "shorter text.",
)
_WIDE = Text(
    "条码要 {need} 毫米宽才能扫，标签 {name} 只有 {wide} 毫米；请用更宽的标签。",
    "The bars must be {need} mm wide to be scanned and the label {name} has {wide}; take a wider "
    "one.",
)
_NO_BARS = Text(
    "标签 {name} 放不下 GS1-128（物流标签条高至少 32 毫米）；请用 100x70、a6 或 a5。",
    "The label {name} has no room for a GS1-128, whose bars are 32 mm high on logistic labels; "
    "take 100x70, a6 or a5.",
)
_MANY = Text(
    "标签 {name} 上有 {found} 个码，最多 {most} 个（GS1-128 最多 1 个）；请少印一种，"
    "或用更大的标签。",
    "There are {found:symbol|symbols} on the label {name}; at most {most} fit, of GS1-128 one. "
    "Leave one out, or take a larger label.",
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


def pieces(code: str) -> list[str]:
    """A code in pieces that are never broken: its elements, or groups of four characters."""
    if code.startswith("("):
        return [each for each in _ELEMENTS.split(code) if each]
    if len(code) <= _UNGROUPED:
        return [code] if code else []
    return [code[at : at + _GROUP] for at in range(0, len(code), _GROUP)]


def _placed(label: Label, of: Design, at: int, *, dot: float) -> dict[str, Any]:
    squares = [each for each in label.symbols if each.kind is not Kind.GS1_128]
    bars = [each for each in label.symbols if each.kind is Kind.GS1_128]
    if len(squares) > of.most or len(bars) > 1:
        text = _MANY.format(name=of.name, found=len(label.symbols), most=of.most)
        raise LabelError("label.symbols", text, "symbols")
    cell = at % (of.across * of.down)
    left = of.margin[0] + cell % of.across * of.width + of.pad[0]
    top = of.margin[1] + cell // of.across * of.height + of.pad[1]
    wide, high = of.width - 2 * of.pad[0], of.height - 2 * of.pad[1]
    high -= of.bars + _CAPTION + _GAP if bars else 0
    side = min(of.side, high / max(len(squares), 1))
    gap = (high - len(squares) * side) / (len(squares) + 1)
    drawn = [
        _square(symbol, left, top + gap + (side + gap) * row, side, dot)
        for row, symbol in enumerate(squares)
    ]
    drawn += [_bars(each, left, top + high + _GAP, of, dot) for each in bars]
    inset = max(_MARGIN - of.pad[0], 0)
    begin = side + _GAP if squares else inset
    return {
        "first": cell == 0,
        "heading": spaced(label.heading),
        "lines": [spaced(line) for line in label.lines],
        # Under bars stands what they say (GS1 General Specifications §4.14), and nowhere else.
        "code": [] if bars and bars[0].text == label.code else pieces(spaced(label.code)),
        "plain": label.code.isascii() and label.code.isprintable(),
        "symbols": drawn,
        "text": (left + begin, top, wide - begin - inset, high),
    }


def _square(symbol: Symbol, left: float, top: float, side: float, dot: float) -> dict[str, Any]:
    """As large as whole dots allow in its square, in the middle of it."""
    room = int(side / dot)
    found = modules(symbol, dots=room)
    module = room // found.across * dot
    if module < _LEAST_MODULE:
        raise LabelError("label.small", _SMALL.format(side=f"{side:g}"), "text")
    inset = (side - found.across * module) / 2 + found.quiet * module
    size = len(found.rows[0]) * module
    return _at(shape(found), left + inset, top + inset, (size, size), dot)


def _bars(symbol: Symbol, left: float, top: float, of: Design, dot: float) -> dict[str, Any]:
    """Bars of whole dots in the middle of the label's width, and under them what they say."""
    if not of.bars:
        raise LabelError("label.bars", _NO_BARS.format(name=of.name), "design")
    found = modules(symbol)
    module, wide = math.ceil(_LEAST_BAR / dot - 1e-9) * dot, of.width - 2 * of.pad[0]
    _require_width(found, of, module)
    tall = math.ceil(of.bars / module)
    size = (len(found.rows[0]) * module, tall * module)
    drawn = _at(shape(found, tall=tall), left + (wide - size[0]) / 2, top, size, dot)
    return drawn | {"said": symbol.text, "size": _CAPTION_SIZE}


def _require_width(found: Modules, of: Design, module: float) -> None:
    """Quiet zones may reach into the label's own margin."""
    need = found.across * module
    if need > of.width:
        text = _WIDE.format(need=f"{need:.0f}", name=of.name, wide=f"{of.width:g}")
        raise LabelError("label.small", text, "design")


def _at(
    drawn: Shape, left: float, top: float, size: tuple[float, float], dot: float
) -> dict[str, Any]:
    x, y = (round(each / dot) * dot for each in (left, top))
    return {"shape": drawn, "x": x, "y": y, "wide": size[0], "high": size[1], "said": "", "size": 0}
