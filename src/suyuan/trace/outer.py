"""Whom a recall may reach beyond what was read of its things: over the moves of whole sites.

Lots and dates are not looked at, so more is named than can be touched. Not named is who got
something by a move of which one end is unknown, or by a making that hands things on.
"""

from collections.abc import Collection

from suyuan.network.reach import closure
from suyuan.trace.site_arrays import SiteNetwork


def beyond(sites: SiteNetwork, holders: Collection[str]) -> list[tuple[str, int]]:
    """The sites to which moves lead from those of the holders, and by how many; nearest first.

    A holder is named by its site, or its party where no site is known.
    """
    given = set(holders)
    starts = [number for number, name in enumerate(sites.names) if name in given]
    met, hops = closure(sites.net, starts)
    found = zip(met.tolist(), hops.tolist(), strict=True)
    return sorted(
        ((sites.names[node], moves) for node, moves in found if moves),
        key=lambda each: (each[1], each[0]),
    )
