"""Takes a text that nothing reads; gives the ways to part it into codes written together."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from suyuan.codes.checks import is_gs1_checked, is_uscc_checked
from suyuan.codes.types import Cleaned

_LONGEST: Final = 80
_SHORTEST: Final = 6
_ALIKE: Final = 6
"""Characters that two codes of one kind have in common at their beginning."""

_MASKED: Final = re.compile(r"([0-9A-Za-z]*?)([0-9]{6}\*{12})((?:[0-9]{6}\*{12})*)([0-9A-Za-z]*)")
_BEGINNING: Final = re.compile("(?<=[0-9])(?=(?:SC|JY|QS|XK|TS|PD|WP|UN)[0-9])")
_CHINA: Final = "69"
_HALVES: Final = frozenset((26, 28, 30, 32, 34, 36, 40, 48, 64))
_USCC, _GTIN_13, _GTIN_14 = 18, 13, 14


def beside_hidden(cleaned: Cleaned) -> tuple[str, ...]:
    """What is glued to numbers with their mask on, and the first of those; or nothing."""
    hidden = _MASKED.fullmatch(cleaned.text)
    if hidden is None or not (hidden[1] or hidden[4]):
        return ()
    return tuple(each for each in (hidden[1], hidden[2], hidden[4]) if len(each) >= _SHORTEST)


def ways(cleaned: Cleaned) -> Iterator[tuple[str, ...]]:
    """Ways to part a text, the surest first; each piece must then be sound by itself."""
    code = cleaned.bare
    if not code or len(code) > _LONGEST:
        return
    proved = _proved(code)
    if len(proved) > 1:
        yield proved
    begun = tuple(_BEGINNING.split(code))
    if len(begun) > 1:
        yield begun
    half = len(code) // 2
    if len(code) in _HALVES and code[:_ALIKE] == code[half : half + _ALIKE]:
        yield code[:half], code[half:]


def _proved(code: str) -> tuple[str, ...]:
    """The fewest pieces whose check characters all hold; nothing if there is no such way."""

    @cache
    def parted(start: int) -> tuple[str, ...] | None:
        if start == len(code):
            return ()
        found = [
            (piece, *rest)
            for size in (_USCC, _GTIN_14, _GTIN_13)
            if len(piece := code[start : start + size]) == size and _holds(piece)
            if (rest := parted(start + size)) is not None
        ]
        return min(found, key=len, default=None)

    return parted(0) or ()


def _holds(piece: str) -> bool:
    """Whether it is a social credit code, or a key of GS1 under one of China's prefixes."""
    if len(piece) == _USCC and is_uscc_checked(piece):
        return True
    prefix = piece if len(piece) == _GTIN_13 else piece[1:]
    return piece.isdigit() and prefix.startswith(_CHINA) and is_gs1_checked(piece)
