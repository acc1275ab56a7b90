"""Contact tracing between holders, each with one fungible stock.

A contact chain follows moves in the order of their days, equal days allowed (Nöremark and
Widgren 2014: ingoing and outgoing contact chain, in-degree, out-degree). The network engine
traces all roots at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from msgspec.structs import replace

from suyuan.network.arrays import Ints
from suyuan.network.chains import Moves, daily, degrees, reached
from suyuan.network.reach import reach
from suyuan.trace.contact_types import Contacts, Supposed, Without
from suyuan.trace.supposing import NOTHING, risks, still_open

_Sized = tuple[Ints, Ints, list[dict[str, int]]]


def contacts(
    names: Sequence[str],
    moves: Moves,
    roots: Sequence[str],
    *,
    window_in: tuple[date, date],
    window_out: tuple[date, date],
    distances: bool = False,
    supposed: Supposed = NOTHING,
) -> list[Contacts]:
    """The contacts of every root, in the order given; a root is no contact of itself.

    `names` are the holders that `moves` number, its days ordinals as of `date.toordinal`. What
    came in is asked of the days of `window_in`, what went out of those of `window_out`, first
    and last included. `distances` adds each contact with the fewest moves that lead there;
    `supposed`, what would be so.
    """
    place = {name: number for number, name in enumerate(names)}
    known = list(dict.fromkeys(root for root in roots if root in place))
    asked = np.array([place[root] for root in known], np.int64)

    def sides(some: Moves) -> tuple[Moves, Moves]:
        came = some.within(*(day.toordinal() for day in window_in)).against()
        return came, some.within(*(day.toordinal() for day in window_out))

    def sized(ways: tuple[Moves, Moves]) -> tuple[_Sized, _Sized]:
        into, out = (_sized(names, some, asked, distances=distances) for some in ways)
        return into, out

    ways = sides(moves)
    into, out = sized(ways)
    found = {root: _told(root, (into, out), at, distances) for at, root in enumerate(known)}
    if supposed.closings:
        ways = sides(still_open(place, moves, supposed.closings))
        less = sized(ways)
        found = {
            root: replace(found[root], without=_without(found[root], less, at))
            for at, root in enumerate(known)
        }
    if supposed.passing is not None:
        for root, risk in risks(names, ways, asked.tolist(), supposed.passing):
            found[root] = replace(found[root], risk=risk)
    return [found.get(root) or _none(root, distances=distances) for root in roots]


def _told(root: str, ways: tuple[_Sized, _Sized], at: int, distances: bool) -> Contacts:  # noqa: FBT001
    into, out = ways
    return Contacts(
        root=root,
        in_degree=int(into[0][at]),
        out_degree=int(out[0][at]),
        ingoing_contact_chain=int(into[1][at]),
        outgoing_contact_chain=int(out[1][at]),
        ingoing=into[2][at] if distances else None,
        outgoing=out[2][at] if distances else None,
    )


def _without(found: Contacts, less: tuple[_Sized, _Sized], at: int) -> Without:
    """The counts that are left, and, where contacts are named, those that are none any more."""
    into, out = less
    is_named = found.ingoing is not None
    return Without(
        in_degree=int(into[0][at]),
        out_degree=int(out[0][at]),
        ingoing_contact_chain=int(into[1][at]),
        outgoing_contact_chain=int(out[1][at]),
        spared_ingoing=_spared(found.ingoing, into[2][at]) if is_named else None,
        spared_outgoing=_spared(found.outgoing, out[2][at]) if is_named else None,
    )


def _spared(all_: Mapping[str, int] | None, left: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name in all_ or () if name not in left)


def _none(root: str, *, distances: bool) -> Contacts:
    """Of a root that no move names, which is no node either: a million of them cost nothing."""
    return Contacts(
        root=root,
        in_degree=0,
        out_degree=0,
        ingoing_contact_chain=0,
        outgoing_contact_chain=0,
        ingoing={} if distances else None,
        outgoing={} if distances else None,
    )


def _sized(holders: Sequence[str], moves: Moves, roots: Ints, *, distances: bool) -> _Sized:
    """Degree, chain and, if asked for, the hops to each contact, for each root, given once."""
    count = len(holders)
    chains = reached(count, moves, roots).astype(np.int64)
    hops = _hops(holders, moves, roots) if distances else []
    return degrees(count, moves)[roots], chains, hops


def _hops(holders: Sequence[str], moves: Moves, roots: Ints) -> list[dict[str, int]]:
    net = daily(len(holders), moves)
    found = (reach(net, [root]) for root in roots.tolist())
    return [
        {
            holders[node]: hops
            for node, hops in zip(one.nodes.tolist(), one.hops.tolist(), strict=True)
            if hops
        }
        for one in found
    ]
