"""Takes a chart laid out and what of it is to be unfolded; gives its pictures, and the way back."""

from collections.abc import Iterator, Sequence
from typing import Final

from suyuan.drawings import parts
from suyuan.drawings.columns import columns_drawn
from suyuan.drawings.layout import Laid, box_of, narrow, wide
from suyuan.drawings.picture import rows_drawn
from suyuan.drawings.types import Drawing, Href, Pictured
from suyuan.kit import Text
from suyuan.kit.text import Lang

_WHOLE: Final = Text("全部", "All")


def pictured(laid: Laid, lang: Lang, opened: str, href: Href) -> Pictured | None:
    """The pictures of the part of this key, "" being the whole; None if there is little to draw."""
    found = laid.found
    if not found.chart.legs:
        return None
    way = parts.trail(found, opened)
    small = narrow(found, way[-1]) if way[1:] else laid.whole
    large = wide(found, way[-1])
    return Pictured(
        narrow=rows_drawn(small, lang, href),
        wide=columns_drawn(large, lang, href) if _count(large) > _count(small) else None,
        trail=tuple(_named(found, way, href)),
        members=way[-1].members,
        shown=(small, large),
        is_gone=bool(opened) and way[-1].key != opened,
    )


def _count(drawing: Drawing) -> int:
    return sum(len(row) for row in drawing.rows)


def _named(found: parts.Folds, way: Sequence[parts.Part], href: Href) -> Iterator[tuple[Text, str]]:
    yield _WHOLE, href("")
    for part in way[1:]:
        yield box_of(found, part).name, href(part.key)
