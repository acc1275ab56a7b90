"""Takes an answer, or a recall; gives for paper the drawings that its page has."""

from suyuan.drawings.picture import picture
from suyuan.drawings.sankey import sankey
from suyuan.drawings.streams import of_recall, of_trace
from suyuan.kit.text import Lang
from suyuan.service import Recall, Told


def on_paper(about: Told, scope: Recall | None, lang: Lang) -> list[str]:
    """Who had it from whom, and how much, as SVG."""
    chart, streams = of_trace(about) if scope is None else of_recall(scope)
    drawn = picture(chart, lang), sankey(chart, streams, lang)
    return [str(each) for each in drawn if each is not None]
