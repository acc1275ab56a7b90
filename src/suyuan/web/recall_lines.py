"""Takes the holders of a recall; gives what a page says of each: few lines, and pages with all.

It works without script: lots that say alike are one line, and those it stands for have pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from suyuan.drawings import reached
from suyuan.interchange import alike_lines
from suyuan.kit import Text
from suyuan.trace.types import ScopeLine
from suyuan.web.paging import AFTER, BEFORE, page_typed
from suyuan.web.render import Reader

_LINES: Final = 20
"""Lines of one holder on the page, and lots of a fold that open there."""

_A_PAGE: Final = 100
_OF, _PAGE = "of", "page"
"""Which lines have a page to themselves, and which page of these."""


class Card(Struct, frozen=True):
    """A holder with his lines, those that are alike as one, what is still there first.

    `hrefs` are the pages of folds that are too many to open on this one, by their keys; `rest`
    that of all his lines, where there are `more`.
    """

    held: reached.Held
    folds: tuple[alike_lines.Fold, ...]
    hrefs: Mapping[str, str]
    more: int
    rest: str


class Listed(Struct, frozen=True):
    """Lines that have pages to themselves: whose, what all of them are together, where from."""

    held: reached.Held
    whole: ScopeLine | None
    lines: tuple[ScopeLine, ...]
    count: int
    first: int
    around: tuple[tuple[Text, str], ...]
    back: str


def card_of(held: reached.Held, reader: Reader) -> Card:
    """What the page of a recall says of a holder."""
    found = sorted(alike_lines.folds(held.lines), key=lambda each: each.line.stock.touched == 0)
    shown = found[:_LINES]
    return Card(
        held=held,
        folds=tuple(shown),
        hrefs={
            fold.key: reader.here_with(**{_OF: fold.key, _PAGE: None})
            for fold in shown
            if fold.count > _LINES
        },
        more=len(found) - len(shown),
        rest=reader.here_with(**{_OF: _every(held), _PAGE: None}),
    )


def listed_lines(
    every: Iterable[reached.Held], asked: Mapping[str, str], reader: Reader
) -> Listed | None:
    """The lines of a fold, or all of a holder; None: no such are asked for, or are any more."""
    key, page = asked.get(_OF, ""), asked.get(_PAGE, "")
    for held in every if key else ():
        if key == _every(held):
            return _listed(held, None, held.lines, page, reader)
        for fold in alike_lines.folds(held.lines):
            if fold.count > 1 and fold.key == key:
                return _listed(held, fold.line, fold.members, page, reader)
    return None


def _every(held: reached.Held) -> str:
    """The key of all lines of a holder: no fold has one as long."""
    return f"all-{alike_lines.Fold(held.lines[0], held.lines).key}"


def _listed(
    held: reached.Held,
    whole: ScopeLine | None,
    lines: Sequence[ScopeLine],
    page: str,
    reader: Reader,
) -> Listed:
    last = -(-len(lines) // _A_PAGE)
    number = min(page_typed(page), last)
    begin = (number - 1) * _A_PAGE
    near = [(BEFORE, number - 1, number > 1), (AFTER, number + 1, number < last)]
    return Listed(
        held=held,
        whole=whole,
        lines=tuple(lines[begin : begin + _A_PAGE]),
        count=len(lines),
        first=begin + 1,
        around=tuple(
            (word, reader.here_with(page=str(at))) for word, at, is_there in near if is_there
        ),
        back=reader.here_with(**{_OF: None, _PAGE: None}),
    )
