"""Of which class of product a thing is, by its name alone."""

from functools import lru_cache
from typing import Final

_TRADE_ITEM: Final = "https://id.gs1.org/01/"
_OWN: Final = "urn:suyuan:"
_RAW: Final = "urn:suyuan:raw:"


@lru_cache(maxsize=1 << 16)  # every account asks it of each of its things, several times
def class_of(thing: str) -> str:
    """The class of product that a trade item's name begins with, else the kind of its code."""
    for stem, end in ((_TRADE_ITEM, "/"), (_OWN, ":")):
        if thing.startswith(stem) and not thing.startswith(_RAW):
            return stem + thing.removeprefix(stem).partition(end)[0]
    return ""
