"""From flows to who had it from whom: what is touched, from holder to holder."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from suyuan.trace.flows import Amount, Flow
from suyuan.trace.types import Extent, Pool, Transfer

_Holder = tuple[str, str]


class Leaving(Struct, frozen=True, gc=False):
    """Which outflow of which pool it is."""

    place: Pool
    number: int


class _Passing(Struct, frozen=True, eq=False, gc=False):
    """An amount of a thing that went from one holder to another."""

    thing: str
    much: Amount
    unit: str | None
    certain: bool
    leaves: Leaving | None = None


def transfers(
    flows: Iterable[Flow], material: Callable[[Pool, Sequence[int]], Extent]
) -> Iterator[Transfer]:
    """Every two holders between whom something that is touched may have gone, in order.

    `material` says how much of what is asked about some outflows of a pool carry together.
    """
    pairs: dict[tuple[_Holder, _Holder], list[_Passing]] = defaultdict(list)
    for giver, taker, passing in _passings(flows):
        if giver != taker:
            pairs[giver, taker].append(passing)
    for (giver, taker), between in sorted(pairs.items()):
        yield _transfer(giver, taker, between, _carried(between, material))


def _passings(flows: Iterable[Flow]) -> Iterator[tuple[_Holder, _Holder, _Passing]]:
    """Flows from holder to holder; a making is held by nobody and hands on what went into it."""
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
        else:
            leaves = Leaving(source, number)
            passing = _Passing(target.thing, flow.sent, flow.unit, flow.certain, leaves)
            yield _holder(source), _holder(target), passing
    yield from _made(used, gave)


def _made(
    used: Mapping[Pool, Sequence[Flow]], gave: Mapping[Pool, Sequence[Flow]]
) -> Iterator[tuple[_Holder, _Holder, _Passing]]:
    """From each who put something in to each who took something out; how much nobody can say."""
    for node, inputs in used.items():
        givers = {_holder(each.source) for each in inputs if each.source is not None}
        for flow in gave.get(node, ()):
            assert flow.target is not None  # noqa: S101 -- by construction
            for giver in givers:
                passing = _Passing(flow.target.thing, None, None, flow.certain)
                yield giver, _holder(flow.target), passing


def _holder(place: Pool) -> _Holder:
    return place.party, place.site


def _carried(
    between: Sequence[_Passing], material: Callable[[Pool, Sequence[int]], Extent]
) -> Extent:
    """Of what a making handed on, nobody can say how much came from which giver."""
    if any(each.leaves is None for each in between):
        return Extent(Decimal(0), None)
    leaving: dict[Pool, list[int]] = defaultdict(list)
    for each in between:
        if each.leaves is not None:
            leaving[each.leaves.place].append(each.leaves.number)
    extents = [material(place, numbers) for place, numbers in leaving.items()]
    tops = [each.most for each in extents]
    most = None if None in tops else sum((top for top in tops if top is not None), Decimal(0))
    return Extent(sum((each.least for each in extents), Decimal(0)), most)


def _transfer(
    giver: _Holder, taker: _Holder, between: Sequence[_Passing], material: Extent
) -> Transfer:
    touched, unit = _sum(between)
    if touched is not None:
        most = touched if material.most is None else min(material.most, touched)
        material = Extent(min(material.least, touched), most)
    return Transfer(
        source_party=giver[0],
        source_site=giver[1],
        target_party=taker[0],
        target_site=taker[1],
        things=len({each.thing for each in between}),
        touched=touched,
        unit=unit,
        certain=any(each.certain for each in between),
        material=material,
    )


def _sum(between: Sequence[_Passing]) -> tuple[Amount, str | None]:
    """How much in all, with its unit; nothing where one does not say or units differ."""
    units = {each.unit for each in between}
    amounts = [each.much for each in between if each.much is not None]
    if len(amounts) < len(between) or len(units) > 1:
        return None, None
    return sum(amounts, Decimal(0)), units.pop()
