"""Takes the name of a thing; gives what it begins with: by that, patterns of many names find it.

A GS1 key is cut at fixed lengths, whatever scheme it is of, so that whoever asks needs to know no
more than how a name begins: its application identifier, five digits that every company prefix
fills, and twelve characters, which take in most of the product. Of a logistic unit no pattern says
so much: its extension digit stands before the prefix and belongs to what a pattern leaves open.
"""

from collections.abc import Iterator
from typing import Final

HEAD: Final = "https://id.gs1.org/"
UNKNOWN: Final = "?"
"""Stands for a character that a pattern leaves open."""

_SHORT: Final = slice(1, 6)
"""Behind an indicator or extension digit, of which a pattern may say nothing."""
_LONG: Final = slice(0, 12)
_UNITS: Final = "00"
"""The key of logistic units: hardly two events share twelve characters of one."""


def stems(name: str) -> Iterator[str]:
    """The stems of a name, the longest last; of what is no GS1 key none."""
    if name.startswith(HEAD):
        key, _, rest = name[len(HEAD) :].partition("/")
        yield from _of(key, rest.partition("/")[0])


def stem_of(key: str, beginning: str) -> str:
    """The longest stem that all names have of which a key's number begins so."""
    return list(_of(key, beginning))[-1]


def _of(key: str, number: str) -> Iterator[str]:
    yield key
    for part in (_SHORT,) if key == _UNITS else (_SHORT, _LONG):
        if len(number) >= part.stop and UNKNOWN not in number[part]:
            yield f"{key}/{number[part]}"
