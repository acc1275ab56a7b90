"""Takes an address; gives the pieces of its path and query that may be codes, few of them."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from suyuan.codes.gs1_rules import is_day

_MOST: Final = 8
_LONGEST: Final = 100
_PIECE: Final = re.compile(r"[^/?#&=\s]+")
_ESCAPES: Final = re.compile("(?:%[Ee][0-9A-Fa-f](?:%[0-9A-Fa-f]{2}){2}|%[0-9A-Fa-f]{2})")
_NAME: Final = re.compile(r"[?&#]([^/?#&=\s]{1,40})=\Z")
_BEFORE: Final = 42
_NUMBERED: Final = re.compile(r"/pages?/\Z", re.IGNORECASE)
# Parameters that say who sent the reader, when, or which page is shown.
_PASSING: Final = re.compile(
    r"utm_\w+|[a-z]+clid|spm|scm|from|ref|referr?er|share_?\w*|page_?(?:no|num|number|size|index)?"
    r"|(?:page)?size|limit|offset|ts|_t|_|time|time_?stamp|nonce|sign|token|sid|session_?(?:id)?",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile("[0-9]")
_EIGHT: Final = re.compile("((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")


def pieces(link: str, begin: int, least: int) -> list[str]:
    """The pieces behind the host that may be codes, at least so long; the first eight.

    No words, days, numbers of pages, or what follows a reader from page to page.
    """
    return list(islice(_pieces(link, begin, least), _MOST))


def _pieces(link: str, begin: int, least: int) -> Iterator[str]:
    for found in _PIECE.finditer(link, begin):
        piece = found[0]
        if least <= len(piece) and _is_short(piece) and not (_is_word(piece) or _is_day(piece)):
            before = link[max(begin, found.start() - _BEFORE) : found.start()]
            name = _NAME.search(before)
            is_passing = name and _PASSING.fullmatch(name[1])
            if not (is_passing or _NUMBERED.search(before)):
                yield piece


def _is_short(piece: str) -> bool:
    """Whether a piece is short enough for a code; a Chinese character is nine when escaped."""
    return len(piece) <= _LONGEST or ("%" in piece and len(_ESCAPES.sub("-", piece)) <= _LONGEST)


def _is_word(piece: str) -> bool:
    return not (_DIGIT.search(piece) or piece.isupper())


def _is_day(piece: str) -> bool:
    day = _EIGHT.fullmatch(piece)
    return day is not None and is_day(int(day[1]), int(day[2]), int(day[3]))
