"""Pieces that the record says the very same of: one of them stands for all, and is counted so.

Pieces of one class that are named by the same lines of the same reports can be told apart by their
names alone, so whatever holds of one holds of each. What is drawn of many such pieces is drawn of
one, as often as there are kinds of them and not as often as there are pieces.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from suyuan.model import Fact
from suyuan.trace.types import Link

Alike = Mapping[str, tuple[str, ...]]
"""By the piece that stands for several, all of them by name, itself first."""

NONE_ALIKE: Final[Alike] = {}


def count_of(thing: str, alike: Alike) -> int:
    """For how many pieces a thing stands."""
    return len(alike[thing]) if thing in alike else 1


def facts_told(facts: Iterable[Fact], alike: Alike) -> int:
    """How many facts these stand for."""
    return sum(count_of(fact.thing, alike) for fact in facts)


def links_of(link: Link, alike: Alike) -> int:
    """How many links one of pieces that are alike stands for."""
    if not alike:
        return 1
    return max(count_of(link.source.thing, alike), count_of(link.target.thing, alike))


def everyone(things: Collection[str], alike: Alike) -> set[str]:
    """The things, and all that are alike them."""
    return {name for thing in things for name in alike.get(thing, (thing,))}
