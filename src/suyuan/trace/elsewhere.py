"""What a place that nobody names surely has still: nothing, if what left may have left it.

Each report of such a place is a place of its own. What came to a party by one and left it by
another, or a place of that party which never had so much, may be the same; and where other stock
was, what left may be of either.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from suyuan.trace.accounted import adds_up
from suyuan.trace.groups import Group
from suyuan.trace.shelves import Network, Shelf
from suyuan.trace.types import Extent, ScopeLine

_ZERO = Decimal(0)
Leaving = Mapping[tuple[str, str | None], set[Shelf]]
"""By thing and party ("": not said; None: all) the pools that it may have left."""


def leaving(net: Network) -> Leaving:
    """The pools that something left, but for those all asked about that had all that left them."""
    found: dict[tuple[str, str | None], set[Shelf]] = defaultdict(set)
    for place, shelf in net.shelves.items():
        if not place.thing or not any(net.flows[n].takes for n in shelf.out):
            continue
        if not shelf.start or not adds_up(shelf, net.flows):
            for party in (place.party, None):
                found[place.thing, party].add(shelf)
    return found


def less_gone(line: ScopeLine, group: Group, gone: Leaving) -> ScopeLine:
    """The line of a place that nobody names, with none of its stock sure if that may have left.

    Where a party is not known, any may be meant.
    """
    own = group.places[0].place
    parties = (own.party, "") if own.party else (None,)
    met = [gone.get((own.thing, party), set()) for party in parties]
    elsewhere = sum(len(some) - sum(shelf in some for shelf in group.places) for some in met)
    if not elsewhere or not line.stock.material.least:
        return line
    material = Extent(_ZERO, line.stock.material.most)
    return replace(line, stock=replace(line.stock, material=material, assumed=None))
