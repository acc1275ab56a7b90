"""From flows to who had it from whom: what is touched, from holder to holder."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from suyuan.trace.flows import Amount, Flow, summed
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import Extent, Pool, Transfer

_Holder = tuple[str, str]
_Pair = tuple[_Holder, _Holder]


class _Passed(Struct, eq=False):
    """What passed from one holder to another: the numbers of flows, and things out of makings.

    Of these there is with each whether it surely went.
    """

    numbers: list[int]
    made: list[tuple[str, bool]]


def transfers(flows: Sequence[Flow], drawn: Bounds) -> Iterator[Transfer]:
    """Every two holders between whom something that is touched may have gone, in order."""
    for pair, passed in sorted(_passed(flows).items()):
        yield _transfer(pair, flows, passed, drawn)


def _passed(flows: Sequence[Flow]) -> dict[_Pair, _Passed]:
    """By two different holders; a making is held by nobody and hands on what went into it."""
    pairs: dict[_Pair, _Passed] = defaultdict(lambda: _Passed([], []))
    used: dict[Pool, list[Flow]] = defaultdict(list)
    gave: dict[Pool, list[Flow]] = defaultdict(list)
    for number, flow in enumerate(flows):
        source, target = flow.source, flow.target
        if not flow.reached or not flow.takes or flow.covered:
            continue
        if source is None or target is None:
            continue
        if not target.thing:
            used[target].append(flow)
        elif not source.thing:
            gave[source].append(flow)
        elif (giver := _holder(source)) != (taker := _holder(target)):
            pairs[giver, taker].numbers.append(number)
    for giver, taker, thing, is_sure in _made(used, gave):
        if giver != taker:
            pairs[giver, taker].made.append((thing, is_sure))
    return pairs


def _made(
    used: Mapping[Pool, Sequence[Flow]], gave: Mapping[Pool, Sequence[Flow]]
) -> Iterator[tuple[_Holder, _Holder, str, bool]]:
    """From each who put something in to each who took something out; how much nobody can say."""
    for node, inputs in used.items():
        givers = {_holder(each.source) for each in inputs if each.source is not None}
        for flow in gave.get(node, ()):
            assert flow.target is not None  # noqa: S101 -- by construction
            for giver in givers:
                yield giver, _holder(flow.target), flow.target.thing, flow.certain


def _holder(place: Pool) -> _Holder:
    return place.party, place.site


def _transfer(pair: _Pair, flows: Sequence[Flow], passed: _Passed, drawn: Bounds) -> Transfer:
    """Of what a making handed on, nobody can say how much came from which giver."""
    some = [flows[number] for number in passed.numbers]
    touched, unit, material = None, None, Extent(Decimal(0), None)
    if not passed.made:
        touched, unit = _sum(some)
        material = _within(touched, _carried(passed.numbers, drawn))
    things = {flow.target.thing for flow in some if flow.target is not None}
    (giver_party, giver_site), (taker_party, taker_site) = pair
    return Transfer(
        source_party=giver_party,
        source_site=giver_site,
        target_party=taker_party,
        target_site=taker_site,
        things=len(things.union(thing for thing, _ in passed.made)),
        touched=touched,
        unit=unit,
        certain=any(flow.certain for flow in some) or any(sure for _, sure in passed.made),
        material=material,
    )


def _carried(numbers: Sequence[int], drawn: Bounds) -> Extent:
    """How much is in these flows together."""
    leaving: dict[Shelf | None, list[int]] = defaultdict(list)
    for number in numbers:
        leaving[drawn.net.sources[number]].append(number)
    extents = [drawn.of(shelf, some) for shelf, some in leaving.items() if shelf is not None]
    least = sum((each.least for each in extents), Decimal(0))
    return Extent(least, summed(each.most for each in extents))


def _within(touched: Amount, material: Extent) -> Extent:
    if touched is None:
        return material
    most = touched if material.most is None else min(material.most, touched)
    return Extent(min(material.least, touched), most)


def _sum(flows: Sequence[Flow]) -> tuple[Amount, str | None]:
    """How much in all, with its unit; nothing where one does not say or units differ."""
    units = {flow.unit for flow in flows}
    total = summed(flow.sent for flow in flows)
    if total is None or len(units) > 1:
        return None, None
    return total, units.pop()
