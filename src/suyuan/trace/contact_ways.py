"""By which ways a holder was in contact with others: each contact with its moves and its day.

The chain is that of `contact_chains`: moves in the order of their days, equal days allowed. A move
is on a way if what was at its source, coming from the root, can have been there by its day.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from msgspec import Struct

from suyuan.network.chains import Moves, daily
from suyuan.network.reach import Reach, reach


class Contacted(Struct, frozen=True):
    """A contact, by the fewest moves that lead there, and the day that matters.

    Of what went out the first day on which something can have come there; of what came in, the
    last on which something can have left there.
    """

    name: str
    moves: int
    day: date


class Ways(Struct, frozen=True, kw_only=True):
    """One direction of a root's contacts, the nearest first, and who handed on to whom.

    `steps` join a name (the root's too) with one that is more moves away from the root, in the
    direction of the question: outward. `within` moves are of the days asked about.
    """

    contacts: tuple[Contacted, ...]
    steps: tuple[tuple[str, str], ...]
    within: int


def contact_ways(
    names: Sequence[str],
    moves: Moves,
    root: str,
    *,
    window_in: tuple[date, date],
    window_out: tuple[date, date],
) -> tuple[Ways, Ways]:
    """What led to the root, and where it led; `names` are the holders that `moves` number."""
    came = moves.within(*(day.toordinal() for day in window_in)).against()
    went = moves.within(*(day.toordinal() for day in window_out))
    return _ways(names, came, root, -1), _ways(names, went, root, 1)


def _ways(names: Sequence[str], moves: Moves, root: str, sign: int) -> Ways:
    if root not in names:
        return Ways(contacts=(), steps=(), within=len(moves.day))
    met = reach(daily(len(names), moves), [names.index(root)])
    rows = zip(met.hops.tolist(), (sign * met.time).tolist(), met.nodes.tolist(), strict=True)
    found = [(hops, sign * day, names[node], day) for hops, day, node in rows if hops]
    return Ways(
        contacts=tuple(
            Contacted(name, hops, date.fromordinal(day)) for hops, _, name, day in sorted(found)
        ),
        steps=tuple(_steps(names, moves, met)),
        within=len(moves.day),
    )


def _steps(names: Sequence[str], moves: Moves, met: Reach) -> list[tuple[str, str]]:
    """The moves that led on, each pair once."""
    hops = np.full(len(names), -1, np.int64)
    came = np.full(len(names), np.iinfo(np.int64).max, np.int64)
    hops[met.nodes], came[met.nodes] = met.hops, met.time
    far, near = hops[moves.target], hops[moves.source]
    on = (near >= 0) & (far > near) & (moves.day >= came[moves.source])
    pairs = np.unique(np.stack([moves.source[on], moves.target[on]], axis=1), axis=0)
    return [(names[source], names[target]) for source, target in pairs.tolist()]
