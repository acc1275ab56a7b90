"""Takes an answer, or a recall; gives for paper the drawings that its page has, and which not."""

from typing import Final

from markupsafe import Markup

from suyuan.drawings.columns import columns_drawn
from suyuan.drawings.layout import Laid, laid_out, wide
from suyuan.drawings.picture import rows_drawn
from suyuan.drawings.sankey import sankey
from suyuan.drawings.streams import of_recall, of_trace
from suyuan.drawings.types import Chart
from suyuan.interchange.types import Pictures
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.service import Recall, Told

_NO_LEG: Final = Text(
    "没有画从谁到谁：能看到的记录里没有一家到另一家。",
    "Who had it from whom is not drawn: no record in sight leads from one holder to another.",
)
_NO_AMOUNT: Final = Text(
    "没有画多少从谁到谁：没有一段写明了能比的数量。",
    "How much went from whom to whom is not drawn: no leg states an amount that compares.",
)


def on_paper(about: Told, scope: Recall | None, lang: Lang) -> Pictures:
    """Who had it from whom, and how much, as SVG; why what is missing is not drawn."""
    _, chart, streams = of_trace(about) if scope is None else of_recall(scope, about)
    laid = laid_out(chart)
    amounts = sankey(laid, streams, lang)
    drawn = _largest(laid, lang) if chart.legs else None, amounts
    return Pictures(
        drawn=tuple(str(each) for each in drawn if each is not None),
        undrawn=tuple(undrawn(chart, amounts)),
    )


def _largest(laid: Laid, lang: Lang) -> Markup:
    """In columns, as a sheet is wide; below each other if that shows as many."""
    small, large = laid.whole, wide(laid.found, laid.found.whole)
    shows_more = sum(map(len, large.rows)) > sum(map(len, small.rows))
    return columns_drawn(large, lang) if shows_more else rows_drawn(small, lang)


def undrawn(chart: Chart, amounts: Markup | None) -> list[Text]:
    """Why a drawing is missing."""
    if not chart.legs:
        return [_NO_LEG]
    return [] if amounts is not None else [_NO_AMOUNT]
