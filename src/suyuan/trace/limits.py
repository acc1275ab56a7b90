"""How much of the material there can be of a lot at a holder, whatever his flows say one by one.

What each of several flows can carry they need not carry together: added up, it may be more than
there is. So a line is held to what came, and to all that there is of what is asked about.
"""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from functools import cached_property

from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.trace.circles import circles
from suyuan.trace.groups import Group
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import Extent, LinkKind, Part, Pool, ScopeLine
from suyuan.trace.whole import told_of_seeds, whole

_Stand = tuple[str, str, str, str]
"""A thing at a holder, known or not, or a making; whatever it lies in."""


class Limits:
    """What the lines of one recall are held to; drawn only if a line exceeds it."""

    def __init__(self, drawn: Bounds) -> None:
        self._drawn = drawn
        self._seeds = told_of_seeds(drawn)

    def hold(self, line: ScopeLine, group: Group) -> ScopeLine:
        """A line with no more of the material than there can be.

        A part that is there, or ended, did so once; what came or went may have come back.
        """
        if all(shelf.start is None for shelf in group.places):
            line = _to_what_came(line, group, self._drawn)
            in_all = self._in_all if self._exceeds(line) else None
            if in_all is not None and in_all.unit == line.unit:
                return self._to_all(line, group, in_all.value)
        return line

    def _exceeds(self, line: ScopeLine) -> bool:
        if self._seeds is None:
            return False
        for part in (line.came, line.sent, line.ended, line.stock):
            top = part.material.most
            if top is not None and top > self._seeds:
                return True
        return False

    def _to_all(self, line: ScopeLine, group: Group, most: Decimal) -> ScopeLine:
        line = replace(line, ended=_held(line.ended, most), stock=_held(line.stock, most))
        if any(_stand(shelf.place) in self._circling for shelf in group.places):
            return line
        return replace(line, came=_held(line.came, most), sent=_held(line.sent, most))

    @cached_property
    def _in_all(self) -> Quantity | None:
        return whole(self._drawn)

    @cached_property
    def _circling(self) -> Collection[_Stand]:
        """From where something may come back."""
        onward: dict[_Stand, set[_Stand]] = defaultdict(set)
        for flow in self._drawn.net.flows:
            if flow.reached and flow.source is not None and flow.target is not None:
                onward[_stand(flow.source)].add(_stand(flow.target))
        return circles(onward).keys()


def _stand(place: Pool) -> _Stand:
    inside = "" if place.thing else place.container
    return place.thing, place.party, place.site, place.unknown or inside


def _to_what_came(line: ScopeLine, group: Group, drawn: Bounds) -> ScopeLine:
    """Of a pool whose log is exact and lacks nothing no more is left, or went, than came."""
    shelf, came = group.places[0], line.came.material.most
    if shelf.is_lone or came is None or len(group.places) > 1 or not _lacks_nothing(shelf, drawn):
        return line
    parts = {name: _held(getattr(line, name), came) for name in ("sent", "ended", "stock")}
    return replace(line, **parts)


def _lacks_nothing(shelf: Shelf, drawn: Bounds) -> bool:
    """Whether all that left had come from others; of what came once its flows say so already."""
    into = (drawn.flow(number) for number in shelf.into)
    if not shelf.is_exact or any(flow.kind is LinkKind.PACKED for flow in into):
        return False
    return drawn.asked.log(shelf).lacks_nothing


def _held(part: Part, most: Decimal) -> Part:
    bound = part.material
    if bound.most is not None and bound.most <= most:
        return part
    return replace(part, material=Extent(min(bound.least, most), most))
