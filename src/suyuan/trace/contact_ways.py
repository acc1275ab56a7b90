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
from suyuan.trace import contact_spans
from suyuan.trace.resting import Rest


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
    rest: Rest = Rest(),  # noqa: B008 -- frozen
) -> tuple[Ways, Ways]:
    """What led to the root, and where it led; `names` are the holders that `moves` number.

    `rest` is assumed of stays, in whole days.
    """
    came = moves.within(*(day.toordinal() for day in window_in)).against()
    went = moves.within(*(day.toordinal() for day in window_out))
    return _ways(names, came, root, -1, rest), _ways(names, went, root, 1, rest)


def _ways(names: Sequence[str], moves: Moves, root: str, sign: int, rest: Rest) -> Ways:
    if root not in names:
        return Ways(contacts=(), steps=(), within=len(moves.day))
    if rest:
        return _under(names, moves, names.index(root), sign, rest)
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


def _under(names: Sequence[str], moves: Moves, root: int, sign: int, rest: Rest) -> Ways:
    """The same under assumptions: by which moves something came is asked of each, not its node."""
    days = moves.day, moves.day
    sure = np.ones(len(moves.day), np.bool_)
    spanned = contact_spans.Spanned(moves.source, moves.target, days, days, sure)
    (met,) = contact_spans.searched(spanned, [[root]], rest)
    hops, first = {root: 0}, dict[int, int]()
    for move, count in met.hops.items():
        node, day = int(moves.target[move]), int(moves.day[move])
        hops[node] = min(count, hops.get(node, count))
        first[node] = min(day, first.get(node, day))
    found = sorted((hops[n], first[n], names[n]) for n in first if n != root)
    pairs = sorted({(int(moves.source[move]), int(moves.target[move])) for move in met.hops})
    return Ways(
        contacts=tuple(
            Contacted(name, count, date.fromordinal(sign * day)) for count, day, name in found
        ),
        steps=tuple((names[a], names[b]) for a, b in pairs if hops[b] > hops[a]),
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
