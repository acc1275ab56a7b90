"""Which share of what left a holder each of its moves carried.

So a chance of passing something on can go by amounts: of two moves from one place, the larger more
probably carries what is bad there.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.index import FACT_KINDS, GRAINS
from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain, Viewer
from suyuan.network.arrays import Flags, Ints, Nodes
from suyuan.network.graph import links_of
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.contact_types import Days
from suyuan.trace.rows import SQL
from suyuan.trace.site_arrays import SiteNetwork, bounds_of

Floats = NDArray[np.float64]
_PIECE: Final = GRAINS.index(ThingGrain.INSTANCE)

Moved = tuple[Decimal, str | None] | None
"""How much an event moved, in a base unit (None: pieces); None where nobody can say."""


class Shares(Struct, frozen=True, eq=False):
    """Of each move its share of all that left its source in the days asked about, else 0.

    Of `unweighed` moves the amounts of their source are not all stated in one unit: there each move
    counts alike.
    """

    share: Floats
    unweighed: int


def move_shares(
    conn: ReadConnection, sites: SiteNetwork, viewer: Viewer, *, secret: bytes, days: Days
) -> Shares:
    """The shares of the moves that `SiteNetwork.moves` gives, in their order.

    To be asked in the transaction that the network was read in.
    """
    begin, end = bounds_of(days)
    asked = {
        **grants_of(viewer, secret=secret).params,
        "moved": FACT_KINDS.index(FactKind.MOVED),
        "piece": _PIECE,
        "since": begin,
        "until": end,
    }
    stated = _amounts(conn.execute(SQL.site_amounts, asked))
    links, moves = links_of(sites.net), sites.moves(days.offset)
    inside = (moves.day >= days.first.toordinal()) & (moves.day <= days.last.toordinal())
    entries, counts = np.unique(links.entry, return_counts=True)
    alone = counts[np.searchsorted(entries, links.entry)] == 1  # else whose amount it is is open
    told = [
        stated.get(entry) if is_alone else None
        for entry, is_alone in zip(links.entry.tolist(), alone.tolist(), strict=True)
    ]
    return shares_of(moves.source, moves.target, inside, told)


def _amounts(rows: Iterable[tuple[int, str | None, Decimal | None, bool]]) -> dict[int, Moved]:
    """By entry; of what is stated in several units, or not wholly, nothing can be said."""
    found: dict[int, Moved] = {}
    for entry, unit, much, unsaid in rows:
        if unsaid or much is None or entry in found:
            found[entry] = None
        else:
            base = normal(Quantity(much, unit))
            found[entry] = base.value, base.unit
    return found


def shares_of(source: Nodes, target: Nodes, inside: Flags, moved: Iterable[Moved]) -> Shares:
    """The shares of moves of which so much is stated; what stays at its place leaves nothing."""
    told = list(moved)
    units = {unit: number for number, unit in enumerate({each[1] for each in told if each})}
    unit = np.array([-1 if each is None else units[each[1]] for each in told], np.int64)
    much = np.array([0.0 if each is None else float(each[0]) for each in told], np.float64)
    leaves = inside & (source != target)
    places = source[leaves].astype(np.int64)
    size = int(places.max(initial=-1)) + 1
    count = np.bincount(places, minlength=size)
    total = np.bincount(places, much[leaves], minlength=size)
    compares = (_least(places, unit[leaves], size) >= 0) & (total > 0)
    compares &= _least(places, unit[leaves], size) == -_least(places, -unit[leaves], size)
    share = np.zeros(len(told))
    by_amount = compares[places]
    share[leaves] = np.where(
        by_amount, much[leaves] / np.where(by_amount, total[places], 1), 1 / count[places]
    )
    return Shares(share, int((~by_amount).sum()))


def _least(places: Ints, values: Ints, size: int) -> Ints:
    """The least value at each place."""
    found = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(found, places, values)
    return found
