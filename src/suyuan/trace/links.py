"""All links that a set of facts states or allows: the network that closures walk."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from suyuan.trace.accord import Nodes, nodes
from suyuan.trace.contents import carried, consumed_inside
from suyuan.trace.lots import Member, Places, inherited, instances, places, presumed
from suyuan.trace.making import attached, made
from suyuan.trace.movements import movements
from suyuan.trace.packing import implied_exits, packed, unpacked
from suyuan.trace.spells import Spells, spells
from suyuan.trace.times import Told, high, low
from suyuan.trace.types import Anomaly, Link


class Network(Struct, frozen=True, eq=False):
    """Links in a fixed order, each once; and what closures need beside them."""

    links: list[Link]
    anomalies: tuple[Anomaly, ...]
    places: Places
    stays: Spells
    members: dict[str, list[Member]]
    makings: Nodes


def network(told: list[Told]) -> Network:
    """The network of the facts, whatever their order."""
    stays = spells(told)
    moves = movements(told)
    taken, strays = unpacked(told, stays)
    makings, strange = nodes(told)
    firm = [
        *moves.links,
        *carried(moves.links, stays),
        *packed(told),
        *taken,
        *made(told, makings),
        *consumed_inside(told, stays, makings),
    ]
    escapes, exits = implied_exits(stays, firm, moves)
    linked = dict.fromkeys((*firm, *escapes, *attached(told)))  # each once
    found, members = places(told), instances(told)
    links = list(linked)
    links += inherited(links, members, found)
    links += list(presumed(links, found))
    return Network(
        in_order(links),
        _in_order([*moves.anomalies, *strays, *exits, *strange]),
        found,
        stays,
        members,
        makings,
    )


_ends = attrgetter("kind", "source", "target")


def in_order(links: Iterable[Link]) -> list[Link]:
    """Links by all that they say; few have both ends in common, so the rest is seldom asked."""
    found: list[Link] = []
    for _, same in groupby(sorted(links, key=_ends), key=_ends):
        alike = list(same)
        found += alike if len(alike) == 1 else sorted(alike, key=order)
    return found


def order(link: Link) -> tuple[object, ...]:
    """What links are sorted by: everything they say."""
    times = (low(link.departure), high(link.departure), low(link.arrival), high(link.arrival))
    amounts = (str(link.quantity), str(link.received), link.unit or "")
    marks = (link.entries, link.certain, link.confirmed)
    return link.kind, link.source, link.target, *times, *marks, *amounts


def _in_order(anomalies: Iterable[Anomaly]) -> tuple[Anomaly, ...]:
    return tuple(sorted(set(anomalies), key=lambda a: (a.code, a.entries, a.thing)))
