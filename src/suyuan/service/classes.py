"""Of which class of product a thing is, by its name alone."""

from functools import cache, lru_cache
from typing import Final

from suyuan.codes import all_schemes
from suyuan.codes.types import Grain

_TRADE_ITEM: Final = "https://id.gs1.org/01/"
_OWN: Final = "urn:suyuan:"
_RAW: Final = "raw"
"""Codes that no scheme reads."""


@lru_cache(maxsize=1 << 16)  # every account asks it of each of its things, several times
def class_of(thing: str) -> str:
    """The class of product that a thing's name says; "" where it says none.

    A trade item's name begins with it, and a code of a class is one. Of single pieces the kind of
    their code stands for it: they are counted. A supplier's own lot says nothing of its product.
    """
    if thing.startswith(_TRADE_ITEM):
        return _TRADE_ITEM + thing.removeprefix(_TRADE_ITEM).partition("/")[0]
    if not thing.startswith(_OWN):
        return ""
    kind = thing.removeprefix(_OWN).partition(":")[0]
    match _grains().get(kind):
        case Grain.LOT:
            return ""
        case Grain.CLASS:
            return thing
        case _:
            return "" if kind == _RAW else _OWN + kind


@cache
def _grains() -> dict[str, Grain]:
    """What a code of each scheme names."""
    return {scheme.id: scheme.grain for scheme in all_schemes()}
