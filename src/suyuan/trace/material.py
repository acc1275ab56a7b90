"""How much of the material asked about each flow carries: at least and at most.

One rule gives both bounds (docs/concepts/trace.md, Recall scope): what leaves a pool may be of
anything that may have come before. *At most* lets what is asked about flow as far as it can; *at
least* is an amount less as much of everything else as can be in it. Where a pool's log is exact,
so are its bounds; elsewhere they are wider, and hold.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan.trace.flows import Amount, Flow, less, smaller, summed
from suyuan.trace.rotation import fits, rule_for, vessels_of
from suyuan.trace.shelves import KEPT, Network, Shelf, network_of
from suyuan.trace.sides import MATERIAL, Side
from suyuan.trace.types import (
    Assumed,
    Extent,
    LinkKind,
    Pool,
    Unused,
    UnusedRule,
    VesselRule,
)
from suyuan.trace.vessel import Shares, evenly_mixed, first_in_first_out, last_in_first_out

_NONE: Final = Decimal(0)
_NOTHING: Final = Extent(_NONE, _NONE)
_ROUNDS: Final = 40
"""After so many rounds a circle of flows is bounded by the flows' own amounts."""


class Bounds(Struct, frozen=True, eq=False):
    """How much of the material each flow, and any set of one pool's outflows, carries."""

    asked: Side
    other: Side
    shares: dict[Shelf, tuple[Shares, ...] | None]
    """By pool, how much of the material is in each outflow by each assumption, once asked."""
    settled: bool
    """Whether no bound of a flow was cut short because they went round in circles."""

    @property
    def net(self) -> Network:
        """All flows, by pool."""
        return self.asked.net

    def of(self, shelf: Shelf, numbers: Collection[int]) -> Extent:
        """How much is in these outflows of a pool together (`KEPT`: in what it keeps).

        An outflow that is itself in doubt carries nothing at least.
        """
        net = self.asked.net
        if len(numbers) == 1:
            (number,) = numbers
            if number == KEPT:
                if net.kept(shelf).most == _NONE:
                    return _NOTHING
            elif self.settled and net.flows[number].reached:
                return self.of_one(number)
        elif not numbers:
            return _NOTHING
        sure = [n for n in numbers if n == KEPT or net.flows[n].certain]
        total = summed(net.kept(shelf).least if n == KEPT else net.flows[n].sent for n in sure)
        least = less(total, self.other.drawn(shelf, sure)) or _NONE
        return Extent(least, self.asked.drawn(shelf, numbers))

    def of_one(self, number: int) -> Extent:
        """How much is in a flow that is reached, as its bounds settled."""
        flow, most = self.asked.net.flows[number], self.asked.most[number]
        least = less(flow.sent, self.other.most[number]) if flow.certain else _NONE
        return Extent(least or _NONE, most)

    def assumed(self, shelf: Shelf, numbers: Collection[int]) -> Assumed | None:
        """How much is in these outflows under each assumption of how a pool is drawn from.

        None where its log is not exact, or it is not known of an inflow what it was.
        """
        if not self.is_told(shelf):
            return None
        shares, names = self.shares[shelf] or (), [str(n) for n in numbers]
        return Assumed(*(sum((share.get(n, _NONE) for n in names), _NONE) for share in shares))

    def is_told(self, shelf: Shelf) -> bool:
        """Whether that can be said of a pool."""
        if shelf not in self.shares:
            self.shares[shelf] = self._shared(shelf)
        return self.shares[shelf] is not None

    def _shared(self, shelf: Shelf) -> tuple[Shares, ...] | None:
        if shelf.start is not None or not shelf.is_exact or not all(map(self.is_known, shelf.into)):
            return None
        log = self.asked.log(shelf)
        if not log.lacks_nothing:
            return None
        ways = (first_in_first_out, last_in_first_out, evenly_mixed)
        return tuple(way(log.said, MATERIAL) for way in ways)

    def is_known(self, number: int) -> bool:
        """Whether an inflow is surely all of the material, or surely none of it."""
        got = self.asked.net.flows[number].got
        return is_all_or_none(got, self.asked.carried(number), self.other.carried(number))

    def rules(self, shelves: Iterable[Shelf]) -> tuple[VesselRule, ...]:
        """By which rules these pools were taken to be drawn from, each once."""
        found = self.asked.net.rules
        if not found:
            return ()
        return tuple(dict.fromkeys(found[shelf] for shelf in shelves if shelf in found))

    def may_carry(self, number: int) -> bool:
        """Whether any of the material may be in a flow."""
        return self.asked.most[number] != _NONE

    def flow(self, number: int) -> Flow:
        """The flow of a number."""
        return self.asked.net.flows[number]

    def arrivals(self, shelf: Shelf, *, but: AbstractSet[Shelf]) -> list[int]:
        """What may have brought the material into a pool, but from these; packing brings none."""
        net, asked = self.asked.net, self.asked
        return [
            n
            for n in shelf.into
            if net.flows[n].takes
            and net.flows[n].kind is not LinkKind.PACKED
            and net.sources[n] not in but
            and (shelf.start is not None or asked.carried(n) != _NONE)
        ]

    def came(self, shelf: Shelf, into: Collection[int]) -> Extent:
        """How much of the material came into a pool with these."""
        flows = self.asked.net.flows
        got = summed([flows[n].got for n in into])
        if shelf.start is not None:
            sure = summed(flows[n].got for n in into if flows[n].certain)
            return Extent((sure or _NONE) if shelf.start else _NONE, got)
        asked, other = (self._brought(side, into) for side in (self.asked, self.other))
        return Extent(less(got, other) or _NONE, asked)

    def _brought(self, side: Side, into: Collection[int]) -> Amount:
        """The most of one kind that these bring: those out of one pool what that can give them."""
        if len(into) == 1:
            return side.carried(next(iter(into)))
        together: dict[Shelf, list[int]] = defaultdict(list)
        brought: list[Amount] = []
        for number in into:
            flow, source = self.flow(number), self.net.sources[number]
            if source is None or not flow.certain or flow.sent is None or flow.got != flow.sent:
                brought.append(side.carried(number))
            else:
                together[source].append(number)
        for source, some in together.items():
            apart = summed([side.carried(n) for n in some])
            brought.append(smaller(apart, side.drawn(source, some)) if some[1:] else apart)
        return summed(brought)


def is_all_or_none(much: Amount, asked: Amount, other: Amount) -> bool:
    """Whether an amount is all of the material or none of it, if so much of each may be in it."""
    return (asked == much and other == _NONE) or (asked == _NONE and other == much)


def bounds(
    flows: Sequence[Flow], starts: Mapping[Pool, bool], rules: Sequence[VesselRule] = ()
) -> Bounds:
    """The bounds of all flows, given the pools that all is asked about.

    With `rules` those that hold if vessels are drawn from so.
    """
    net = network_of(flows, starts)
    if rules:
        net.rules.update(_ruled(net, rules))
        net.keeps.clear()  # a rule says when a pool was emptied
    order = sorted(range(len(net.flows)), key=lambda n: net.flows[n].left[::-1])
    asked, other = (_settled(net, order, is_asked=each) for each in (True, False))
    return Bounds(asked[0], other[0], {}, asked[1] and other[1])


def _ruled(net: Network, rules: Sequence[VesselRule]) -> Iterator[tuple[Shelf, VesselRule]]:
    """The pools of whose log a rule holds, and which can have been drawn from so."""
    of_vessel: dict[str, list[VesselRule]] = defaultdict(list)
    for rule in rules:
        of_vessel[rule.vessel].append(rule)
    for place, shelf in net.shelves.items():
        near = [rule for name in vessels_of(place) for rule in of_vessel.get(name, ())]
        if near and shelf.is_exact and place.thing:
            came, gone = [each for _, each in net.came(shelf)], net.gone(shelf)
            times = [each.at for each in came] + [each.at for each in gone]
            fitting = rule_for(place, times, near)
            if fitting is not None and _can_narrow(shelf, fitting) and fits(fitting, came, gone):
                yield shelf, fitting


def _can_narrow(shelf: Shelf, rule: VesselRule) -> bool:
    """Of a pool that is asked about itself all is of the material; but less of it may be left."""
    return shelf.start is None or bool(rule.emptied)


def unused(net: Network, rules: Iterable[VesselRule]) -> Iterator[UnusedRule]:
    """Rules that narrow nothing, with why: of the vessel's pools the one that came nearest."""
    used, of_vessel = set(net.rules.values()), defaultdict[str, list[Shelf]](list)
    for place, shelf in net.shelves.items():
        for name in vessels_of(place) if place.thing else ():
            of_vessel[name].append(shelf)
    for rule in rules:
        shelves = () if rule in used else of_vessel.get(rule.vessel, ())
        found = {_why_unused(net, shelf, rule) for shelf in shelves}
        why = next((each for each in reversed(Unused) if each in found), Unused.NOT_TOUCHED)
        yield UnusedRule(rule, why)


def _why_unused(net: Network, shelf: Shelf, rule: VesselRule) -> Unused:
    if not _can_narrow(shelf, rule):
        return Unused.ASKED
    if not shelf.is_exact:
        return Unused.NOT_EXACT
    came, gone = [each for _, each in net.came(shelf)], net.left(shelf)
    times = [*(each.at for each in came), *(each.at for each in gone)]
    if rule_for(shelf.place, times, [rule]) is None:
        return Unused.OTHER_DAYS
    return Unused.SUPERSEDED if fits(rule, came, gone) else Unused.CONTRADICTED


def _settled(net: Network, order: Sequence[int], *, is_asked: bool) -> tuple[Side, bool]:
    """Flows bound each other; bounds only grow, so they are told again until none changes.

    Also whether that came about.
    """
    side = Side(net, is_asked, [_NONE] * len(net.flows), {}, {})
    firsts: dict[Shelf | None, int] = {}
    for at, number in enumerate(order):
        firsts.setdefault(net.sources[number], at)
    due = set(firsts)
    for _ in range(_ROUNDS):
        due = _told_again(side, order, firsts, due)
        if not due:
            return side, True
    for number, flow in enumerate(net.flows):
        if flow.reached and flow.source is not None:
            side.most[number] = flow.sent
    for shelf in net.shelves.values():
        side.forget(shelf)
    return side, False


def _told_again(
    side: Side,
    order: Sequence[int],
    firsts: Mapping[Shelf | None, int],
    due: set[Shelf | None],
) -> set[Shelf | None]:
    """Tells what flows out of the pools that are due; gives those that are due once more.

    That is where more came in after something out of it had its turn. `firsts` says when in the
    order each pool's first outflow has.
    """
    again: set[Shelf | None] = set()
    sources, targets, told = side.net.sources, side.net.targets, side.most
    for at, number in enumerate(order):
        if sources[number] not in due:
            continue
        before, most, target = told[number], side.leaves(number), targets[number]
        told[number] = most
        if target is None or most == before:
            continue
        first = firsts.get(target)
        if first is not None and first <= at:
            again.add(target)
        elif first is not None:
            side.forget(target)
            due.add(target)
    for shelf in again:
        if shelf is not None:
            side.forget(shelf)
    return again
