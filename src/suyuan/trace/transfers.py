"""From flows to who had it from whom: what is touched, from holder to holder.

Each way of pairing dispatches with receipts is a flow; here what each side reported counts once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.trace.circles import circles
from suyuan.trace.flows import Amount, Flow, less, plus, smaller, summed
from suyuan.trace.material import Bounds
from suyuan.trace.reports import Line
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import Extent, Pool, Transfer
from suyuan.trace.whole import told_of_seeds, whole

_Holder = tuple[str, str]
_Pair = tuple[_Holder, _Holder]
_ZERO: Final = Decimal(0)
_Ways = dict[Line, set[_Pair]]
"""By dispatch, from whom to whom it may have gone."""


class _Passed(Struct, eq=False):
    """What passed from one holder to another: the numbers of flows, and things out of makings.

    Of these there is with each whether it surely went.
    """

    numbers: list[int]
    made: list[tuple[str, bool]]


def transfers(flows: Sequence[Flow], drawn: Bounds) -> Iterator[Transfer]:
    """Every two holders between whom something that is touched may have gone, in order."""
    pairs = _passed(flows)
    ways, found = _ways(flows, pairs), list[Transfer]()
    for pair, passed in sorted(pairs.items()):
        others = _others(pair, flows, pairs, ways) if ways else ()
        found.append(_transfer(pair, flows, passed, drawn, ways, others))
    return _limited(found, drawn, flows)


def _others(
    pair: _Pair, flows: Sequence[Flow], pairs: Mapping[_Pair, _Passed], ways: _Ways
) -> set[int]:
    """The flows to others that share a dispatch with one of these."""
    lines = {line for number in pairs[pair].numbers for line in _sent(flows[number])}
    return {
        number
        for line in lines
        for other in ways[line] - {pair}
        for number in pairs[other].numbers
        if line in _sent(flows[number])
    }


def _sent(flow: Flow) -> Collection[Line]:
    """The dispatches that a flow shares with others."""
    return flow.reports.sent if flow.reports else ()


def _limited(found: Sequence[Transfer], drawn: Bounds, flows: Sequence[Flow]) -> Iterator[Transfer]:
    """With no more of the material than there is, where none of it can come back to pass again."""
    seeds = told_of_seeds(drawn)
    if seeds is None or not any(_exceeds(each, seeds) for each in found):
        return iter(found)
    in_all = whole(drawn)
    if in_all is None:
        return iter(found)
    met = circles(_onward(flows))
    return (_held_to(each, in_all, met) for each in found)


def _held_to(found: Transfer, in_all: Quantity, met: "Mapping[_End, int]") -> Transfer:
    if found.unit != in_all.unit or not _exceeds(found, in_all.value):
        return found
    bound = Extent(min(found.material.least, in_all.value), in_all.value)
    return found if _comes_back(found, met) else replace(found, material=bound)


def _exceeds(found: Transfer, much: Decimal) -> bool:
    most = found.material.most
    return found.touched is not None and most is not None and most > much


_End = tuple[str, str, str]


def _onward(flows: Iterable[Flow]) -> dict[_End, set[_End]]:
    """By whoever has something, or a making, where it may have gone next."""
    found: dict[_End, set[_End]] = defaultdict(set)
    for flow in flows:
        if flow.reached and flow.source is not None and flow.target is not None:
            found[_end(flow.source)].add(_end(flow.target))
    return found


def _comes_back(found: Transfer, met: Mapping[_End, int]) -> bool:
    """Whether any way leads from the taker to the giver; what nobody names is each by itself."""
    giver = met.get((found.source_party, found.source_site, ""))
    return giver is not None and giver == met.get((found.target_party, found.target_site, ""))


def _end(place: Pool) -> _End:
    """A holder, known or not, or a making."""
    return place.party, place.site, place.unknown or ("" if place.thing else place.container)


def _ways(flows: Sequence[Flow], pairs: Mapping[_Pair, _Passed]) -> _Ways:
    found: _Ways = defaultdict(set)
    for pair, passed in pairs.items():
        for number in passed.numbers:
            for line in _sent(flows[number]):
                found[line].add(pair)
    return found


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


def _transfer(
    pair: _Pair,
    flows: Sequence[Flow],
    passed: _Passed,
    drawn: Bounds,
    ways: _Ways,
    others: Collection[int],
) -> Transfer:
    """Of what a making handed on, nobody can say how much came from which giver.

    `others`: the flows to others that share a dispatch with one of these.
    """
    some = [flows[number] for number in passed.numbers]
    touched, unit, material = None, None, Extent(_ZERO, None)
    if not passed.made:
        alone = summed(flow.sent for flow in some if not _sent(flow))
        told = _dispatches([n for n in passed.numbers if _sent(flows[n])], flows)
        units = {flow.unit for flow in some}
        if len(units) == 1:
            touched = plus(alone, _once(told, flows, ways)) if told else alone
            unit = units.pop() if touched is not None else None
        sent = plus(alone, summed(each.much for each in told)) if told else alone
        taken = _received(flows[number] for number in others)
        material = _within(touched, sent, taken, _carried(passed.numbers, drawn))
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


class _Reported(Struct, eq=False):
    """Reports that say the same of a thing, and the flows that may be of them.

    `amount` is what each says.
    """

    amount: Amount
    lines: frozenset[Line]
    numbers: list[int]

    @property
    def much(self) -> Amount:
        """How much they say together."""
        return None if self.amount is None else self.amount * len(self.lines)


def _dispatches(numbers: Iterable[int], flows: Sequence[Flow]) -> list[_Reported]:
    """What the giver reported of these flows, which share reports, each report once."""
    found: dict[object, _Reported] = {}
    for number in numbers:
        flow, lines = flows[number], frozenset(_sent(flows[number]))
        one = _Reported(flow.sent, lines, [])
        found.setdefault((flow.source, flow.sent, lines), one).numbers.append(number)
    return list(found.values())


def _received(flows: Iterable[Flow]) -> Amount:
    """What the taker reported of flows that share dispatches, each report once."""
    said = {(flow.target, flow.got, flow.reports.received) for flow in flows if flow.reports}
    return summed(got and got * len(lines) for _, got, lines in said)


def _carried(numbers: Sequence[int], drawn: Bounds) -> Extent:
    """How much is in these flows together, in what each dispatch sent once."""
    leaving: dict[Shelf | None, list[int]] = defaultdict(list)
    for number in dict.fromkeys(drawn.net.dispatches.get(n, n) for n in numbers):
        leaving[drawn.net.sources[number]].append(number)
    extents = [drawn.of(shelf, some) for shelf, some in leaving.items() if shelf is not None]
    least = sum((each.least for each in extents), _ZERO)
    return Extent(least, summed(each.most for each in extents))


def _within(touched: Amount, sent: Amount, taken: Amount, material: Extent) -> Extent:
    """How much of it is in what is touched, if so much is in what was sent.

    All that is not touched can be of it, and all that others may have `taken` of the dispatches.
    """
    if touched is None:
        return material if taken == _ZERO else Extent(_ZERO, material.most)
    most = touched if material.most is None else min(material.most, touched)
    elsewhere = max(less(sent, touched) or _ZERO, material.least if taken is None else taken)
    return Extent(min(max(_ZERO, material.least - elsewhere), touched), most)


def _once(went: Sequence[_Reported], flows: Sequence[Flow], ways: _Ways) -> Amount:
    """How much in all; nothing where one does not say.

    Of dispatches that may have gone to others too it is no more than what came.
    """
    own, shared = list[_Reported](), list[_Reported]()
    for each in went:
        (shared if any(len(ways[line]) > 1 for line in each.lines) else own).append(each)
    came = _received(flows[number] for each in shared for number in each.numbers)
    limited = smaller(summed(each.much for each in shared), came)
    return plus(summed(each.much for each in own), limited)
