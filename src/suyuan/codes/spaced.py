"""Element strings that spaces part: where a space stands for the separator, where it is none.

General Specifications §7.8.3: data of no fixed length end at FNC1, which people write as a space.
"""

import re
from collections.abc import Sequence
from typing import Final

from suyuan.codes.gs1_elements import split_elements
from suyuan.codes.gs1_keys import UnreadableError

FNC1: Final = "\x1d"
_GAP: Final = re.compile(r"[^\S\x1d]+")
_MOST: Final = 16


def pieces_of(text: str) -> list[str]:
    """The text cut at spaces; the separator is none."""
    return _GAP.split(text.strip(" "))


def is_whole(piece: str) -> bool:
    """Whether a piece is application identifiers without brackets, each with its data."""
    try:
        return piece[:1] not in {"(", "["} and split_elements(piece.lstrip(FNC1)) is not None
    except UnreadableError:
        return False


def separated(pieces: Sequence[str]) -> str:
    """The pieces as one element string with as many separators as can be; "" if they are none."""
    if len(pieces) > _MOST:
        return ""
    ways: dict[int, tuple[str, ...]] = {len(pieces): ()}
    for start in reversed(range(len(pieces))):
        for end in sorted(each for each in ways if each > start):
            joined = "".join(pieces[start:end])
            if is_whole(joined):
                ways[start] = (joined, *ways[end])
                break
    return FNC1.join(each.strip(FNC1) for each in ways.get(0, ()))


def reads_otherwise(joined: str, apart: str) -> tuple[str, str] | None:
    """The last identifier and its data of what is read without separators, if that is another."""
    if not is_whole(joined):
        return None
    pairs = split_elements(joined) or ()
    return pairs[-1] if pairs != split_elements(apart) else None
