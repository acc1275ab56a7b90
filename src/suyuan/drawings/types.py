"""Takes nothing; gives the shape of what is drawn: who is on the way, and who had it from whom."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup
from msgspec import Struct

from suyuan.kit import Text
from suyuan.publish.types import Leg
from suyuan.trace.types import Extent

Holder = tuple[str, str]
"""Party and site."""

Place = tuple[int, int]
"""Row, and place in it."""

Rect = tuple[float, float, float]
"""Left, top and width of a box."""

Legs = Mapping[tuple[Place, Place], bool]
"""From a place to another, and whether it is certain."""


class Box(Struct, frozen=True):
    """Somebody on the way: a name and, under it, words of which the first are the last to be cut.

    A `mark` is said before them, in red; `count` holders are drawn as this one. `stage` is what a
    holder did with it, `party` (by code, and as it is called) whose it is, and `things` what was
    there, each with the number of pieces that it stands for: by these boxes fold. `opens` is the
    key of the part that it stands for, "" for one holder; `around` stands outside what was opened.
    """

    name: Text
    words: tuple[Text, ...]
    certain: bool = True
    mark: Text | None = None
    count: int = 1
    stage: Text | None = None
    party: tuple[str, Text] | None = None
    things: Mapping[str, int] = {}
    opens: str = ""
    around: bool = False


class Chart(Struct, frozen=True):
    """Boxes, and legs from each to a later one, by place; `fold` makes one box of several.

    `returns` lead to an earlier one: what was sent back, or came again to who had it before.
    """

    boxes: tuple[Box, ...]
    legs: tuple[Leg, ...]
    fold: Callable[[Sequence[Box]], Box]
    returns: tuple[Leg, ...] = ()


class Drawing(Struct, frozen=True):
    """Rows of boxes from the source down; legs join (row, place) to a lower (row, place).

    `returns` join one to another of its row or of a higher one.
    `where` says at which (row, place) each box of the chart is drawn, by its number. The rows from
    and to `framed` hold alike boxes of one row: what leads to one of them leads to the frame.
    """

    rows: tuple[tuple[Box, ...], ...]
    legs: Legs
    where: Mapping[int, Place]
    framed: tuple[int, int] | None = None
    returns: Legs = {}

    @property
    def folds(self) -> bool:
        """Whether anything in it can be unfolded."""
        return any(box.opens for row in self.rows for box in row)


class Stream(Struct, frozen=True, kw_only=True):
    """What went from one box to another: `touched` None is unknown, in `unit` (None: pieces).

    `material`: at least and at most so much of what is asked about; of a trace, what both sides
    state at least and at most.
    """

    source: int
    target: int
    touched: Decimal | None
    material: Extent
    unit: str | None
    certain: bool


Href = Callable[[str], str]
"""From the key of a part to the address of the same page with that part unfolded; "": the whole."""


class Pictured(Struct, frozen=True, kw_only=True):
    """A chart, or what was unfolded of it, for a phone, and for a wide screen if that shows more.

    `trail`: the whole and each part on the way to this one, with the address of its page.
    `members` are the boxes of the chart that it shows or has folded, by their numbers, and `shown`
    how they stand on a phone and on a wide screen. `is_gone`: there is no such part any more, and
    this is the nearest around it.
    """

    narrow: Markup
    wide: Markup | None
    trail: tuple[tuple[Text, str], ...]
    members: tuple[int, ...]
    shown: tuple[Drawing, Drawing]
    is_gone: bool

    @property
    def folds(self) -> bool:
        """Whether anything in it can be unfolded."""
        return any(each.folds for each in self.shown)
