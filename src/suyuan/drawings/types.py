"""Takes nothing; gives the shape of what is drawn: who is on the way, and who had it from whom."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Text
from suyuan.publish.types import Leg
from suyuan.trace.types import Extent


class Box(Struct, frozen=True):
    """Somebody on the way: a name and, under it, words of which the first are the last to be cut.

    A `mark` is said before them, in red; `count` parties are drawn as this one.
    """

    name: Text
    words: tuple[Text, ...]
    certain: bool = True
    mark: Text | None = None
    count: int = 1


class Chart(Struct, frozen=True):
    """Boxes, and legs from each to a later one, by place; `fold` makes one box of several."""

    boxes: tuple[Box, ...]
    legs: tuple[Leg, ...]
    fold: Callable[[Sequence[Box]], Box]


class Stream(Struct, frozen=True, kw_only=True):
    """What went from one box to a later one: `touched` None is unknown, in `unit` (None: pieces).

    `material`: at least and at most so much of what is asked about; of a trace, what both sides
    state at least and at most.
    """

    source: int
    target: int
    touched: Decimal | None
    material: Extent
    unit: str | None
    certain: bool
