"""All links that a set of facts states or allows: the network that closures walk."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import count

from msgspec import Struct

from suyuan.model import SEEN, FactKind
from suyuan.trace.accord import Nodes, nodes
from suyuan.trace.contents import carried, consumed_inside
from suyuan.trace.lots import Member, Places, inherited, instances, places, presumed
from suyuan.trace.making import attached, made
from suyuan.trace.movements import movements
from suyuan.trace.numbered import Numbered, ends_of, in_order
from suyuan.trace.packing import implied_exits, packed, unpacked
from suyuan.trace.spells import Spells, spells
from suyuan.trace.times import Told
from suyuan.trace.types import Anomaly, Link, Pool

_PLACING = (FactKind.MADE, *sorted(SEEN), FactKind.ENDED, FactKind.ATTACHED)


class Network(Struct, frozen=True, eq=False):
    """Links in a fixed order, each once; and what closures need beside them."""

    links: list[Link]
    ends: Numbered
    anomalies: tuple[Anomaly, ...]
    places: Places
    stays: Spells
    members: dict[str, list[Member]]
    makings: Nodes


def network(told: list[Told], *, every: bool = False) -> Network:
    """The network of the facts, whatever their order."""
    of = _by_kind(told)  # so that no stage looks through what others read
    stays, moves = spells(told), movements(of[FactKind.MOVED], every=every)
    taken, strays = unpacked(of[FactKind.LEFT], stays)
    makings, strange = nodes(of[FactKind.BECAME])
    firm = [
        *moves.links,
        *carried(moves.links, stays),
        *packed(of[FactKind.JOINED]),
        *taken,
        *made(of[FactKind.BECAME], makings),
        *consumed_inside(of[FactKind.BECAME], stays, makings),
    ]
    escapes, exits = implied_exits(stays, firm, moves)
    links = [*firm, *escapes, *attached(of[FactKind.ATTACHED])]
    found = places(item for kind in _PLACING for item in of[kind])
    members = instances(told)
    links += inherited(links, members, found)
    ordered, ends = _numbered(links, found)
    anomalies = _in_order([*moves.anomalies, *strays, *exits, *strange])
    return Network(ordered, ends, anomalies, found, stays, members, makings)


def _by_kind(told: Iterable[Told]) -> dict[FactKind, list[Told]]:
    lists: dict[FactKind, list[Told]] = defaultdict(list)
    for item in told:
        lists[item.fact.kind].append(item)
    return lists


def _numbered(links: list[Link], found: Places) -> tuple[list[Link], Numbered]:
    """The links, and those presumed where holders are not known, in order."""
    named: dict[Pool, int] = defaultdict(count().__next__)
    sources, targets = ends_of(links, named)
    for place in (*found.made, *found.seen):
        _ = named[place]  # numbers it
    more = list(presumed(links, found, named))
    starts, goals = ends_of(more, named)
    return in_order([*links, *more], ([*sources, *starts], [*targets, *goals]), named)


def _in_order(anomalies: Iterable[Anomaly]) -> tuple[Anomaly, ...]:
    return tuple(sorted(set(anomalies), key=lambda a: (a.code, a.entries, a.thing)))
