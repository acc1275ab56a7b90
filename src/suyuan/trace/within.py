"""Which single pieces lie within an amount of their lot: stock counts once.

A lot may be told by quantity and its pieces by their codes, by different people. At a holder to
whom only the lot is said to have come, its pieces are a part of that amount, however many of them
it may be; so are those that were coded where their lot was made, if they are no more than it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import inf

from suyuan.model import FactKind
from suyuan.trace.lots import Member
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import LinkKind

Places = Mapping[str, Sequence[Shelf]]
"""By piece, the pools in which one holder has it."""


def within(
    pieces: Places, lots: Mapping[str, Sequence[Shelf]], members: Mapping[str, Sequence[Member]],
    drawn: Bounds,
) -> dict[str, set[str]]:  # fmt: skip
    """By lot, the pieces at one holder that are a part of its amount there.

    `lots` are the pools that he has of lots told by quantity, `members` the pieces of each lot.
    """
    found: dict[str, set[str]] = {}
    for lot, whole in lots.items():
        mine = [each.thing for each in members.get(lot, ()) if each.thing in pieces]
        coded = {piece for piece in mine if _made_here(drawn, pieces[piece])}
        others = (piece for piece in mine if piece not in coded)
        came = {piece for piece in others if _came_with_it(drawn, pieces[piece])}
        much = _made(drawn, whole)
        found[lot] = came | coded if much is not None and len(coded) <= much else came
    return found


def arrivals(drawn: Bounds, places: Sequence[Shelf]) -> Iterator[int]:
    """What brought a piece to its holder; leaving a box unseen only tells of a coming."""
    unseen = {LinkKind.PACKED, LinkKind.UNPACKED}
    own = set(places)
    for shelf in places:
        into = drawn.arrivals(shelf, but=own)
        yield from (n for n in into if drawn.flow(n).kind not in unseen)


def _came_with_it(drawn: Bounds, places: Sequence[Shelf]) -> bool:
    """Whether only its lot brought it; what came otherwise after it had left brought it back."""
    own = _own_arrivals(drawn, places)
    if not own:
        return True
    left = [drawn.flow(n).left[1] for shelf in places for n in shelf.out if _is_own(drawn, n)]
    return min(left, default=inf) < min(drawn.flow(n).came[0] for n in own)


def brought_back(drawn: Bounds, places: Sequence[Shelf]) -> list[int]:
    """What brought a piece that lies within its lot to its holder again: it was made but once."""
    made = {FactKind.MADE, LinkKind.OUTPUT}
    return [n for n in _own_arrivals(drawn, places) if drawn.flow(n).kind not in made]


def _own_arrivals(drawn: Bounds, places: Sequence[Shelf]) -> list[int]:
    """What brought a piece to its holder by itself, not as a part of its lot."""
    return [n for n in arrivals(drawn, places) if not drawn.flow(n).covered]


def _is_own(drawn: Bounds, number: int) -> bool:
    flow = drawn.flow(number)
    return flow.takes and not flow.covered and not flow.of_lot


def _made_here(drawn: Bounds, places: Sequence[Shelf]) -> bool:
    came = [drawn.flow(n) for n in arrivals(drawn, places)]
    return any(flow.kind is FactKind.MADE for flow in came) and all(
        flow.kind is FactKind.MADE or flow.covered for flow in came
    )


def _made(drawn: Bounds, whole: Sequence[Shelf]) -> Decimal | None:
    """How many pieces of a lot were surely made at its holder; None: it was not told in pieces."""
    came = [drawn.flow(n) for shelf in whole for n in shelf.into]
    made = [flow for flow in came if flow.kind in {FactKind.MADE, LinkKind.OUTPUT}]
    sure = [flow.got for flow in made if flow.certain and flow.unit is None]
    return sum((much for much in sure if much is not None), Decimal(0)) if sure else None


def by_piece(places: Sequence[Shelf]) -> dict[str, list[Shelf]]:
    """The pools of each thing."""
    found: dict[str, list[Shelf]] = defaultdict(list)
    for shelf in places:
        found[shelf.place.thing].append(shelf)
    return found
