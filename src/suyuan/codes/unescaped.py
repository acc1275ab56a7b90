"""Takes a text with escapes; gives it without, and where each character was written.

Beside it what is written or typed for digits.
"""

import re
from collections.abc import Sequence
from typing import Final

from suyuan.codes.types import WIDE

CHINESE_DIGITS: Final = str.maketrans(
    "〇零一二三四五六七八九○壹贰叁肆伍陆柒捌玖", "001234567890123456789"
)
"""Digits written in Chinese; as long as what they stand for."""

LOOK_ALIKE: Final = str.maketrans("OoIl", "0011")
"""Letters that are typed for digits; as long as what they stand for."""

_WIDE_PERCENT: Final = "\uff05"
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_ASCII: Final = 0x80
_BYTES: Final = 0xDC00
"""Where bytes of UTF-8 are kept, as surrogates, until the character is whole."""


def unescaped(text: str) -> tuple[str, Sequence[int]]:
    """The text without escapes, and where in it each character and the end were written.

    However often, and in whichever of its parts, an escape was escaped again: what an escape gives
    may be a part of another, so each is looked for where the last one ended. No two can overlap,
    so there is one result, found in time linear in the length.
    """
    if "%" not in text and _WIDE_PERCENT not in text:
        return text, range(len(text) + 1)
    found: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(WIDE)):
        found.append(character)
        places.append(place)
        while len(found) > len("%f") and found[-3] == "%" and _HEX.issuperset(found[-2:]):
            byte = int(found[-2] + found[-1], 16)
            found[-3:] = [chr(byte if byte < _ASCII else _BYTES + byte)]
            del places[-2:]
            if byte >= _ASCII:
                _join(found, places)
    read = "".join(found)
    return re.sub("[\udc80-\udcff]", "\ufffd", read), (*places, len(text))


def _join(found: list[str], places: list[int]) -> None:
    """Put the bytes at the end together where they are a character of UTF-8."""
    for size in (2, 3, 4):
        tail = found[-size:]
        if not _BYTES + _ASCII <= ord(tail[0]) < _BYTES + 2 * _ASCII:
            break
        try:
            whole = bytes(ord(each) - _BYTES for each in tail).decode()
        except UnicodeDecodeError:
            continue
        found[-size:] = [whole.translate(WIDE)]
        del places[1 - size :]
        break
