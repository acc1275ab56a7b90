"""How much of the material asked about each flow carries: at least and at most.

One rule gives both bounds (docs/concepts/trace.md, Recall scope): what leaves a pool may be of
anything that may have come before. *At most* lets what is asked about flow as far as it can; *at
least* is an amount less as much of everything else as can be in it. Where a pool's log is exact,
so are its bounds; elsewhere they are wider, and hold.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.trace.flows import Amount, Flow, summed
from suyuan.trace.rotation import (
    Came,
    Gone,
    emptyings,
    fits,
    left_by_rule,
    most_by_rule,
    rule_for,
)
from suyuan.trace.shelves import Shelf, shelf_of, short_by
from suyuan.trace.times import Micros
from suyuan.trace.types import Assumed, Extent, Pool, Unused, VesselRule
from suyuan.trace.vessel import (
    Entry,
    Shares,
    Turn,
    evenly_mixed,
    first_in_first_out,
    last_in_first_out,
    most_of_whole,
    with_unrecorded,
)

KEPT: Final = -1
"""Stands for what a pool still holds, among the numbers of its outflows."""

_NONE: Final = Decimal(0)
_NOTHING: Final = Extent(_NONE, _NONE)
_ROUNDS: Final = 40
"""After so many rounds a circle of flows is bounded by the flows' own amounts."""
_OF_IT: Final = "of it"
_MATERIAL: Final = frozenset((_OF_IT,))
_ELSE: Final = "else"


class Network(Struct, frozen=True, eq=False):
    """All flows, by number, and by the pools that they come into and leave.

    `starts` are the pools asked about, each with whether it surely is. `rules` say how pools are
    taken to be drawn from: those with an exact log that fits its rule.
    """

    flows: Sequence[Flow]
    shelves: Mapping[Pool, Shelf]
    starts: Mapping[Pool, bool]
    rules: dict[Pool, VesselRule]
    keeps: dict[Pool, Extent]
    """By pool, what it still holds, once that was asked."""

    def came(self, place: Pool) -> list[tuple[int, Came]]:
        """What came into a pool with an exact log, by number; all of it can be of the material."""
        into = [(n, self.flows[n]) for n in self.shelves[place].into]
        return [(n, Came(flow.came[0], flow.got or _NONE, flow.got or _NONE)) for n, flow in into]

    def gone(self, place: Pool) -> list[Gone]:
        """What left a pool with an exact log; what it keeps is left in the end."""
        return [*self.left(place), Gone(inf, KEPT, self.kept(place).most or _NONE)]

    def left(self, place: Pool) -> list[Gone]:
        """What left a pool with an exact log."""
        out = [(n, self.flows[n]) for n in self.shelves[place].out]
        return [Gone(flow.left[0], n, flow.sent or _NONE) for n, flow in out]

    def kept(self, place: Pool) -> Extent:
        """What a pool still holds; if it was emptied by its rule, what came since less what went.

        What is doubtful may have come, and need not have gone.
        """
        found = self.keeps.get(place)
        return found or self.keeps.setdefault(place, self._kept(place))

    def _kept(self, place: Pool) -> Extent:
        rule = self.rules.get(place)
        if rule is not None and rule.emptied:
            left = left_by_rule(rule, [each for _, each in self.came(place)], self.left(place))
            return Extent(left, left)
        shelf = self.shelves[place]
        if not shelf.one_unit:
            return Extent(_NONE, None)
        came = [flow for n in shelf.into if (flow := self.flows[n]).takes]
        gone = [flow for n in shelf.out if (flow := self.flows[n]).takes]
        if shelf.is_lone and came:  # nothing of it is in doubt
            left = (came[0].got or _NONE) - (summed(flow.sent for flow in gone) or _NONE)
            return Extent(left, left)
        surely = summed(flow.got for flow in came if flow.certain)
        least = _less(surely, summed(flow.sent for flow in gone))
        most = _less(summed(flow.got for flow in came), summed(f.sent for f in gone if f.certain))
        return Extent(least or _NONE, most)


class Logged(Struct, frozen=True, eq=False, gc=False):
    """A pool's log as it is, and with the stock that nobody reported."""

    said: list[Entry]
    whole: list[Entry]


class Side(Struct, frozen=True, eq=False):
    """As much as possible of one kind of material: what is asked about, or everything else."""

    net: Network
    is_asked: bool
    most: list[Amount]
    sums: dict[Pool, list[Amount]]
    """By pool, how much its inflows bring, added up in their order; told once in a round."""
    logs: dict[Pool, Logged]
    """Of pools with an exact log that log, likewise."""

    def forget(self, place: Pool) -> None:
        """Forget what a pool was found to have: its inflows bring more now."""
        self.sums.pop(place, None)
        self.logs.pop(place, None)

    def leaves(self, number: int) -> Amount:
        """The most of it in a flow as it leaves."""
        flow = self.net.flows[number]
        if flow.source is None or not flow.reached:
            return _NONE if self.is_asked else flow.sent
        return _smaller(flow.sent, self.drawn(flow.source, (number,)))

    def carried(self, number: int) -> Amount:
        """The most of it in a flow as it comes in; what was not sent may be of either kind."""
        flow, most = self.net.flows[number], self.most[number]
        got, sent = flow.got, flow.sent
        if not self.is_asked and not flow.certain:
            return got
        if most is None or (self.is_asked and not most):
            return got if most is None else _NONE
        if got is None or got <= most:
            return most if got is None else got
        return most if sent is None or got <= sent else min(got, most + got - sent)

    def total(self, place: Pool, numbers: Iterable[int]) -> Amount:
        """The most that the outflows of a pool carry in all."""
        flows = self.net.flows
        return summed([self.net.kept(place).most if n == KEPT else flows[n].sent for n in numbers])

    def drawn(self, place: Pool, numbers: Collection[int]) -> Amount:
        """The most of it in some outflows of a pool together."""
        if place in self.net.starts:
            surely = self.net.starts[place] and not self.is_asked
            return _NONE if surely else self.total(place, numbers)
        brought = self._brought(place, inf)
        if self.is_asked and brought == _NONE:
            return _NONE
        if not place.thing:
            return self._made(place, numbers, brought)
        return self._drawn_of_stock(place, numbers, brought)

    def _drawn_of_stock(self, place: Pool, numbers: Collection[int], brought: Amount) -> Amount:
        shelf = self.net.shelves[place]
        if not shelf.one_unit:
            return self.total(place, numbers)
        if (shelf.is_lone or not shelf.out) and place not in self.net.rules:  # no order matters
            return _smaller(self.total(place, numbers), brought)
        if shelf.is_exact:
            whole = self.log(place).whole
            exact = most_of_whole(whole, _MATERIAL, {str(n) for n in numbers})
            return min(exact, self._by_rule(place, numbers, exact))
        latest, entries = self._when(numbers)
        late = self._late(place, latest, entries)
        brought = summed((self._brought(place, latest), late, short_by(shelf, latest)))
        return _smaller(self.total(place, numbers), brought)

    def _by_rule(self, place: Pool, numbers: Collection[int], otherwise: Decimal) -> Decimal:
        """The same if the pool is drawn from as its rule says."""
        rule = self.net.rules.get(place)
        if rule is None:
            return otherwise
        came = [replace(each, most=self.carried(n) or _NONE) for n, each in self.net.came(place)]
        return most_by_rule(rule, came, self.net.gone(place), numbers)

    def _made(self, place: Pool, numbers: Collection[int], brought: Amount) -> Amount:
        """A making mixes whatever went in; what came out more than that may be of either kind.

        Where amounts cannot be compared, as pieces before and after cutting, it is all or none.
        """
        shelf, total = self.net.shelves[place], self.total(place, numbers)
        if not shelf.one_unit or self.net.flows[shelf.out[0]].unit is None:
            return _NONE if brought == _NONE else total
        used = summed(self.net.flows[n].got for n in shelf.into)
        gain = _less(self.total(place, shelf.out), used)
        return _smaller(total, summed((brought, gain)))

    def _brought(self, place: Pool, latest: Micros) -> Amount:
        """How much of it may have come into a pool by a time."""
        shelf = self.net.shelves[place]
        if len(shelf.into) == 1:
            return self.carried(shelf.into[0]) if shelf.begins[0] <= latest else _NONE
        if place not in self.sums:
            self.sums[place] = list(accumulate((self.carried(n) for n in shelf.into), _plus))
        count = bisect_right(shelf.begins, latest)
        return self.sums[place][count - 1] if count else _NONE

    def _late(self, place: Pool, latest: Micros, entries: set[int]) -> Amount:
        """Order inside one event forbids nothing: what it brings may be in what it takes."""
        stated = self.net.shelves[place].stated
        same = {n for entry in entries for n in stated.get(entry, ())}
        return summed(self.carried(n) for n in same if self.net.flows[n].came[0] > latest)

    def _when(self, numbers: Iterable[int]) -> tuple[Micros, set[int]]:
        """By when these outflows may be over, and the entries that state them."""
        flows = [None if n == KEPT else self.net.flows[n] for n in numbers]
        latest = max((inf if flow is None else flow.left[1] for flow in flows), default=-inf)
        return latest, {entry for flow in flows if flow for entry in flow.entries}

    def log(self, place: Pool) -> Logged:
        """The pool's log in order of time; of equal times what comes in is first."""
        if place not in self.logs:
            said = self._written(place)
            self.logs[place] = Logged(said, with_unrecorded(said))
        return self.logs[place]

    def _written(self, place: Pool) -> list[Entry]:
        shelf, flows = self.net.shelves[place], self.net.flows
        came = [(flows[n].came[0], 0, n) for n in shelf.into]
        gone = [(flows[n].left[0], 1, n) for n in shelf.out]
        rule = self.net.rules.get(place)
        emptied = [(at, 2, KEPT) for at in emptyings(rule)] if rule else []
        log: list[Entry] = []
        for _, leaves, number in sorted((*came, *gone, *emptied)):
            if number == KEPT:
                log.append(Entry(Turn.CLEAN))
            elif leaves:
                log.append(Entry(Turn.OUT, str(number), flows[number].sent or _NONE))
            else:
                got, of_it = flows[number].got or _NONE, self.carried(number) or _NONE
                log += Entry(Turn.IN, _OF_IT, of_it), Entry(Turn.IN, _ELSE, got - of_it)
        return [*log, Entry(Turn.OUT, str(KEPT), self.net.kept(place).most or _NONE)]


class Bounds(Struct, frozen=True, eq=False):
    """How much of the material each flow, and any set of one pool's outflows, carries."""

    asked: Side
    other: Side
    shares: dict[Pool, tuple[Shares, ...] | None]
    """By pool, how much of the material is in each outflow by each assumption, once asked."""
    settled: bool
    """Whether no bound of a flow was cut short because they went round in circles."""

    def of(self, place: Pool, numbers: Collection[int]) -> Extent:
        """How much is in these outflows of a pool together (`KEPT`: in what it keeps).

        An outflow that is itself in doubt carries nothing at least.
        """
        if not numbers:
            return _NOTHING
        net = self.asked.net
        if len(numbers) == 1 and KEPT not in numbers and self.settled:
            (number,) = numbers
            if net.flows[number].reached:
                return self._of_one(number)
        sure = [n for n in numbers if n == KEPT or net.flows[n].certain]
        total = summed(net.kept(place).least if n == KEPT else net.flows[n].sent for n in sure)
        least = _less(total, self.other.drawn(place, sure)) or _NONE
        return Extent(least, self.asked.drawn(place, numbers))

    def _of_one(self, number: int) -> Extent:
        """What its bounds settled at."""
        flow, most = self.asked.net.flows[number], self.asked.most[number]
        least = _less(flow.sent, self.other.most[number]) if flow.certain else _NONE
        return Extent(least or _NONE, most)

    def assumed(self, place: Pool, numbers: Collection[int]) -> Assumed | None:
        """How much is in these outflows under each assumption of how a pool is drawn from.

        None where its log is not exact, or it is not known of an inflow what it was.
        """
        if not self.is_told(place):
            return None
        shares, names = self.shares[place] or (), [str(n) for n in numbers]
        return Assumed(*(sum((share.get(n, _NONE) for n in names), _NONE) for share in shares))

    def is_told(self, place: Pool) -> bool:
        """Whether that can be said of a pool."""
        if place not in self.shares:
            self.shares[place] = self._shared(place)
        return self.shares[place] is not None

    def _shared(self, place: Pool) -> tuple[Shares, ...] | None:
        net, shelf = self.asked.net, self.asked.net.shelves[place]
        if place in net.starts or not shelf.is_exact or not all(map(self._is_known, shelf.into)):
            return None
        log = self.asked.log(place)
        if len(log.whole) != len(log.said):
            return None
        ways = (first_in_first_out, last_in_first_out, evenly_mixed)
        return tuple(way(log.said, _MATERIAL) for way in ways)

    def _is_known(self, number: int) -> bool:
        """Whether an inflow is surely all of the material, or surely none of it."""
        got = self.asked.net.flows[number].got
        both = {self.asked.carried(number), self.other.carried(number)}
        return both == {_NONE, got}

    def rules(self, places: Iterable[Pool]) -> tuple[VesselRule, ...]:
        """By which rules these pools were taken to be drawn from, each once."""
        found = self.asked.net.rules
        return tuple(dict.fromkeys(found[place] for place in places if place in found))

    def may_carry(self, number: int) -> bool:
        """Whether any of the material may be in a flow."""
        return self.asked.most[number] != _NONE

    def out(self, place: Pool) -> list[tuple[int, Flow]]:
        """The outflows of a pool, with their numbers."""
        net = self.asked.net
        return [(n, net.flows[n]) for n in net.shelves[place].out]

    def into(self, place: Pool) -> Sequence[int]:
        """The numbers of all that came into a pool."""
        return self.asked.net.shelves[place].into

    def flow(self, number: int) -> Flow:
        """The flow of a number."""
        return self.asked.net.flows[number]

    def kept(self, place: Pool) -> Extent:
        """What a pool still holds, of whatever kind."""
        return self.asked.net.kept(place)

    def arrivals(self, place: Pool, *, but: Collection[Pool]) -> list[int]:
        """What may have brought the material into a pool, except from these."""
        net = self.asked.net
        into = [n for n in net.shelves[place].into if net.flows[n].source not in but]
        if place in net.starts:
            return [n for n in into if net.flows[n].takes]
        return [n for n in into if net.flows[n].takes and self.asked.carried(n) != _NONE]

    def came(self, place: Pool, into: Collection[int]) -> Extent:
        """How much of the material came into a pool with these."""
        net = self.asked.net
        got = summed(net.flows[n].got for n in into)
        if place in net.starts:
            sure = summed(net.flows[n].got for n in into if net.flows[n].certain)
            return Extent((sure or _NONE) if net.starts[place] else _NONE, got)
        least = _less(got, summed(self.other.carried(n) for n in into)) or _NONE
        return Extent(least, summed(self.asked.carried(n) for n in into))


def bounds(
    flows: Sequence[Flow], starts: Mapping[Pool, bool], rules: Sequence[VesselRule] = ()
) -> Bounds:
    """The bounds of all flows, given the pools that all is asked about.

    With `rules` those that hold if vessels are drawn from so.
    What went into a making and came out of it counts once, as its lot's where that is known.
    """
    into: dict[Pool, list[int]] = defaultdict(list)
    out: dict[Pool, list[int]] = defaultdict(list)
    for number, flow in enumerate(flows):
        if flow.target is not None and (flow.target.thing or not flow.covered):
            into[flow.target].append(number)
        if flow.source is not None and (flow.source.thing or not flow.of_lot):
            out[flow.source].append(number)
    shelves = {
        place: shelf_of(flows, into.get(place, []), out.get(place, []))
        for place in {*into, *out, *starts}
    }
    net = Network(flows, shelves, starts, {}, {})
    if rules:
        net.rules.update(_ruled(net, rules))
        net.keeps.clear()  # a rule says when a pool was emptied
    order = sorted(range(len(flows)), key=lambda n: flows[n].left[::-1])
    asked, other = (_settled(net, order, is_asked=each) for each in (True, False))
    return Bounds(asked[0], other[0], {}, asked[1] and other[1])


def _ruled(net: Network, rules: Sequence[VesselRule]) -> Iterator[tuple[Pool, VesselRule]]:
    """The pools of whose log a rule holds, and which can have been drawn from so."""
    for place, shelf in net.shelves.items():
        if shelf.is_exact and place.thing and place not in net.starts:
            came, gone = [each for _, each in net.came(place)], net.gone(place)
            times = [each.at for each in came] + [each.at for each in gone]
            rule = rule_for(place, times, rules)
            if rule is not None and fits(rule, came, gone):
                yield place, rule


def why_unused(net: Network, rule: VesselRule) -> Unused:
    """Why a rule narrows nothing, of the vessel's pools the one that came nearest."""
    if rule in net.rules.values():
        return Unused.NOT_TOUCHED
    found = {
        _why_unused(net, place, rule)
        for place in net.shelves
        if place.thing and rule.vessel in {place.container, place.site}
    }
    return next((each for each in reversed(Unused) if each in found), Unused.NOT_TOUCHED)


def _why_unused(net: Network, place: Pool, rule: VesselRule) -> Unused:
    if place in net.starts:
        return Unused.ASKED
    if not net.shelves[place].is_exact:
        return Unused.NOT_EXACT
    came, gone = [each for _, each in net.came(place)], net.left(place)
    times = [*(each.at for each in came), *(each.at for each in gone)]
    if rule_for(place, times, [rule]) is None:
        return Unused.OTHER_DAYS
    return Unused.SUPERSEDED if fits(rule, came, gone) else Unused.CONTRADICTED


def _settled(net: Network, order: Sequence[int], *, is_asked: bool) -> tuple[Side, bool]:
    """Flows bound each other; bounds only grow, so they are told again until none changes.

    Also whether that came about.
    """
    side = Side(net, is_asked, [_NONE] * len(net.flows), {}, {})
    firsts: dict[Pool | None, int] = {}
    for at, number in enumerate(order):
        firsts.setdefault(net.flows[number].source, at)
    due = set(firsts)
    for _ in range(_ROUNDS):
        due = _told_again(side, order, firsts, due)
        if not due:
            return side, True
    for number, flow in enumerate(net.flows):
        if flow.reached and flow.source is not None:
            side.most[number] = flow.sent
    for place in net.shelves:
        side.forget(place)
    return side, False


def _told_again(
    side: Side, order: Sequence[int], firsts: Mapping[Pool | None, int], due: set[Pool | None]
) -> set[Pool | None]:
    """Tells what flows out of the pools that are due; gives those that are due once more.

    That is where more came in after something out of it had its turn. `firsts` says when in the
    order each pool's first outflow has.
    """
    again: set[Pool | None] = set()
    for at, number in enumerate(order):
        flow = side.net.flows[number]
        if flow.source not in due or not _grows(side, number) or flow.target is None:
            continue
        first = firsts.get(flow.target)
        if first is not None and first <= at:
            again.add(flow.target)
        elif first is not None:
            side.forget(flow.target)
            due.add(flow.target)
    for place in again:
        if place is not None:
            side.forget(place)
    return again


def _grows(side: Side, number: int) -> bool:
    before, side.most[number] = side.most[number], side.leaves(number)
    return before != side.most[number]


def _plus(a: Amount, b: Amount) -> Amount:
    return None if a is None or b is None else a + b


def _smaller(a: Amount, b: Amount) -> Amount:
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)


def _less(a: Amount, b: Amount) -> Amount:
    return None if a is None or b is None else max(_NONE, a - b)
