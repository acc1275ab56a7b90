"""Takes what is known of pools; gives those that something left and that it came back to.

Where amounts are known they say what is left. Of a piece, and of a lot of which nobody says how
much moved, only the order says it: what came after all that had left is there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Span
from suyuan.model import SEEN, FactKind, ThingGrain
from suyuan.trace.closure import Examined
from suyuan.trace.places import target
from suyuan.trace.times import Micros, high, low
from suyuan.trace.types import Confirmed, Link, LinkKind, Pool

_THERE = SEEN | {FactKind.MADE}


class Back(Struct, frozen=True, gc=False):
    """That something is there again: `certain`, or only as far as its times allow.

    `under_way` brought it, where nobody says that it came.
    """

    certain: bool
    under_way: tuple[Link, ...] = ()


class _Came(Struct, frozen=True, gc=False):
    """Something came by a link, was made, or was only `seen`."""

    lo: Micros
    hi: Micros
    certain: bool
    link: Link | None = None
    seen: bool = False


class _Pool(Struct, gc=False):
    """What is told of a pool: how often and when at the latest things left it, and what came."""

    exits: int = 0
    left: tuple[Micros, Micros] = (-inf, -inf)
    came: list[_Came] = []

    def leave(self, when: Span) -> None:
        self.exits += 1
        self.left = max(self.left[0], low(when)), max(self.left[1], high(when))


def takes_away(link: Link) -> bool:
    """Whether the link takes material out of its pool, not only says what it may be part of."""
    return link.kind not in {LinkKind.BELONGS, LinkKind.PRESUMED}


def returned(
    found: Examined, ends: Iterable[tuple[Pool, Span]], pools: Collection[Pool]
) -> dict[Pool, Back]:
    """Of these pools, those to which something came back after what left them or ended there."""
    told = _told(found, ends, pools)
    pieces = _pieces(found, {pool.thing for pool in told})
    backs = ((pool, _back(each, is_piece=pool.thing in pieces)) for pool, each in told.items())
    return {pool: back for pool, back in backs if back is not None}


def _told(
    found: Examined, ends: Iterable[tuple[Pool, Span]], pools: Collection[Pool]
) -> dict[Pool, _Pool]:
    """What is told of the pools that something left."""
    told: dict[Pool, _Pool] = defaultdict(_Pool)
    links = [link for link in found.net.links if takes_away(link)]
    for link in links:
        if link.source in pools:
            told[link.source].leave(link.departure)
    for pool, when in ends:
        if pool in pools:
            told[pool].leave(when)
    for link in links:
        if link.target in told:
            at = link.arrival
            told[link.target].came.append(_Came(low(at), high(at), link.certain, link))
    for item in found.told if told else ():
        if item.fact.kind in _THERE and (pool := target(item)) in told:
            seen = item.fact.kind is not FactKind.MADE
            told[pool].came.append(_Came(item.lo, item.hi, not item.held, seen=seen))
    return told


def _pieces(found: Examined, things: Collection[str]) -> set[str]:
    return {
        item.fact.thing
        for item in found.told
        if item.fact.thing in things and item.fact.grain is ThingGrain.INSTANCE
    }


def _back(pool: _Pool, *, is_piece: bool) -> Back | None:
    """After the last time that anything left; where that is not sure, a piece that came more often.

    What is the same arrival told twice came before the piece left, and so counts for nothing.
    """
    after = [each for each in pool.came if each.lo > pool.left[1]]
    came = [each for each in pool.came if not each.seen]
    if not after and is_piece and len(came) > pool.exits:
        after = [replace(each, certain=False) for each in came if each.hi >= pool.left[0]]
    if not after:
        return None
    said = [each for each in after if not _is_under_way(each.link)]
    if said:
        return Back(any(each.certain for each in said))
    return Back(any(each.certain for each in after), tuple(e.link for e in after if e.link))


def _is_under_way(link: Link | None) -> bool:
    return link is not None and link.kind is LinkKind.MOVED and link.confirmed is Confirmed.SENT
