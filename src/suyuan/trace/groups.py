"""The pools of each holder by thing: what a line of a recall tells of together."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from msgspec import Struct

from suyuan.trace.closure import Examined
from suyuan.trace.flows import Flow
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Network, Shelf

Key = tuple[str, str, str, str]
"""Party, site, thing and which of the places that nobody names; no thing: single pieces."""
Numbers = list[list[int]]
"""Of each pool in turn the numbers of some of its flows."""


class Group(Struct, eq=False):
    """The pools in which a holder has a thing, or single pieces, loose and in containers."""

    places: list[Shelf]
    certain: bool = False


def groups_of(found: Examined, net: Network, pieces: set[str]) -> dict[Key, Group]:
    """What each holder has, by thing. All places that a party leaves unsaid are told as one.

    But not where it had the thing at a place that is named: what left may have been there.
    """
    groups: dict[Key, Group] = {}
    placed = {(place.thing, place.party) for place in net.shelves if place.site}
    for node in found.closure.nodes:
        place = node.pool
        if place.thing:
            is_piece = place.thing in pieces
            anywhere = place.party and not place.site and (place.thing, place.party) not in placed
            apart = "" if anywhere else place.unknown
            one = ("", "") if is_piece else (place.thing, apart)
            key = (place.party, place.site, *one)
            group = groups.get(key)
            if group is None:
                group = groups[key] = Group([])
            group.places.append(net.shelves[place])
            group.certain |= node.certain
    return groups


def lots_by_holder(groups: Mapping[Key, Group]) -> Mapping[tuple[str, str], dict[str, list[Shelf]]]:
    """By known holder the pools of each lot that is told by quantity."""
    found: dict[tuple[str, str], dict[str, list[Shelf]]] = defaultdict(dict)
    for (party, site, thing, unknown), group in groups.items():
        if thing and not unknown:
            found[party, site][thing] = group.places
    return found


def is_anywhere(group: Group) -> bool:
    """Whether these are several places of a party that nobody names."""
    places = group.places
    return len(places) > 1 and len({shelf.place.unknown for shelf in places}) > 1


def units_apart(group: Group, drawn: Bounds) -> list[str | None]:
    """The units of a lot's flows, where they do not compare."""
    if len(group.places) == 1 and group.places[0].one_unit:
        return []
    flows = [drawn.flow(n) for shelf in group.places for n in (*shelf.into, *shelf.out)]
    units = {flow.unit for flow in flows if flow.takes and not _is_unstated(flow)}
    return sorted(units, key=lambda unit: unit or "") if len(units) > 1 else []


def _is_unstated(flow: Flow) -> bool:
    return flow.sent is None and flow.got is None


def told_in(units: Collection[str | None], drawn: Bounds, numbers: Numbers) -> Numbers:
    """Of these flows those in one of the units, or of no amount stated."""
    return [
        [n for n in some if (flow := drawn.flow(n)).unit in units or _is_unstated(flow)]
        for some in numbers
    ]


def parted(group: Group, drawn: Bounds) -> tuple[Numbers, Numbers]:
    """What may carry the material and left the holder's pools to others, or ended in them.

    Of each pool in turn.
    """
    went, ended, targets = list[list[int]](), list[list[int]](), drawn.net.targets
    own = set(group.places)
    for shelf in group.places:
        left, used = list[int](), list[int]()
        for number in shelf.out:
            flow, target = drawn.flow(number), targets[number]
            if flow.takes and not flow.covered and drawn.may_carry(number):
                if target is None:
                    used.append(number)
                elif target not in own:
                    left.append(number)
        went.append(left)
        ended.append(used)
    return went, ended
