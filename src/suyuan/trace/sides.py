"""As much as possible of one kind of material in each flow: what is asked about, or all else."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from decimal import Decimal
from itertools import accumulate
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.trace.flows import Amount, plus, smaller, summed
from suyuan.trace.rotation import emptyings, most_by_rule
from suyuan.trace.shelves import KEPT, Network, Shelf, short_by
from suyuan.trace.times import Micros
from suyuan.trace.vessel import Entry, Turn, most_of_whole, with_unrecorded

OF_IT: Final = "of it"
"""What a pool's log calls the material."""
MATERIAL: Final = frozenset((OF_IT,))

_NONE: Final = Decimal(0)
_ELSE: Final = "else"


class Logged(Struct, frozen=True, eq=False, gc=False):
    """A pool's log as it is, and with the stock that nobody reported."""

    said: list[Entry]
    whole: list[Entry]

    @property
    def lacks_nothing(self) -> bool:
        """Whether all that left had come: no stock was there that nobody reported."""
        return len(self.whole) == len(self.said)


class Side(Struct, frozen=True, eq=False):
    """As much as possible of one kind of material: what is asked about, or everything else."""

    net: Network
    is_asked: bool
    most: list[Amount]
    sums: dict[Shelf, list[Amount]]
    """By pool, how much its inflows bring, added up in their order; told once in a round."""
    logs: dict[Shelf, Logged]
    """Of pools with an exact log that log, likewise."""

    def forget(self, shelf: Shelf) -> None:
        """Forget what a pool was found to have: its inflows bring more now."""
        self.sums.pop(shelf, None)
        self.logs.pop(shelf, None)

    def leaves(self, number: int) -> Amount:
        """The most of it in a flow as it leaves."""
        flow, shelf = self.net.flows[number], self.net.sources[number]
        if shelf is None or not flow.reached:
            return _NONE if self.is_asked else flow.sent
        if shelf.is_plain and shelf not in self.net.rules:
            return smaller(flow.sent, self.carried(shelf.into[0]))
        return smaller(flow.sent, self.drawn(shelf, (number,)))

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

    def total(self, shelf: Shelf, numbers: Iterable[int]) -> Amount:
        """The most that the outflows of a pool carry in all."""
        flows = self.net.flows
        return summed([self.net.kept(shelf).most if n == KEPT else flows[n].sent for n in numbers])

    def drawn(self, shelf: Shelf, numbers: Collection[int]) -> Amount:
        """The most of it in some outflows of a pool together."""
        if shelf.start is not None:
            surely = shelf.start and not self.is_asked
            return _NONE if surely else self.total(shelf, numbers)
        brought = self._brought(shelf, inf)
        if self.is_asked and brought == _NONE:
            return _NONE
        if not shelf.place.thing:
            return self._made(shelf, numbers, brought)
        return self._drawn_of_stock(shelf, numbers, brought)

    def _drawn_of_stock(self, shelf: Shelf, numbers: Collection[int], brought: Amount) -> Amount:
        if not shelf.one_unit:
            return self.total(shelf, numbers)
        if (shelf.is_lone or not shelf.out) and shelf not in self.net.rules:  # no order matters
            return smaller(self.total(shelf, numbers), brought)
        if shelf.is_exact:
            whole = self.log(shelf).whole
            exact = most_of_whole(whole, MATERIAL, {str(n) for n in numbers})
            return min(exact, self._by_rule(shelf, numbers, exact))
        latest, entries = self._when(numbers)
        late = self._late(shelf, latest, entries)
        brought = summed((self._brought(shelf, latest), late, short_by(shelf, latest)))
        return smaller(self.total(shelf, numbers), brought)

    def _by_rule(self, shelf: Shelf, numbers: Collection[int], otherwise: Decimal) -> Decimal:
        """The same if the pool is drawn from as its rule says."""
        rule = self.net.rules.get(shelf)
        if rule is None:
            return otherwise
        came = [replace(each, most=self.carried(n) or _NONE) for n, each in self.net.came(shelf)]
        return most_by_rule(rule, came, self.net.gone(shelf), numbers)

    def _made(self, shelf: Shelf, numbers: Collection[int], brought: Amount) -> Amount:
        """A making mixes whatever went in; what came out more than that may be of either kind.

        Where amounts cannot be compared, as pieces before and after cutting, it is all or none.
        """
        total = self.total(shelf, numbers)
        compares = shelf.is_way or self.net.flows[shelf.out[0]].unit is not None
        if not shelf.one_unit or not compares:
            return _NONE if brought == _NONE else total
        return smaller(total, plus(brought, shelf.gain))

    def _brought(self, shelf: Shelf, latest: Micros) -> Amount:
        """How much of it may have come into a pool by a time."""
        if len(shelf.into) == 1:
            return self.carried(shelf.into[0]) if shelf.begins[0] <= latest else _NONE
        if shelf not in self.sums:
            self.sums[shelf] = list(accumulate((self.carried(n) for n in shelf.into), plus))
        count = bisect_right(shelf.begins, latest)
        return self.sums[shelf][count - 1] if count else _NONE

    def _late(self, shelf: Shelf, latest: Micros, entries: set[int]) -> Amount:
        """Order inside one event forbids nothing: what it brings may be in what it takes."""
        same = {n for entry in entries for n in shelf.stated.get(entry, ())}
        return summed(self.carried(n) for n in same if self.net.flows[n].came[0] > latest)

    def _when(self, numbers: Iterable[int]) -> tuple[Micros, set[int]]:
        """By when these outflows may be over, and the entries that state them."""
        flows = [None if n == KEPT else self.net.flows[n] for n in numbers]
        latest = max((inf if flow is None else flow.left[1] for flow in flows), default=-inf)
        return latest, {entry for flow in flows if flow for entry in flow.entries}

    def log(self, shelf: Shelf) -> Logged:
        """The pool's log in order of time; of equal times what comes in is first."""
        if shelf not in self.logs:
            said = self._written(shelf)
            self.logs[shelf] = Logged(said, with_unrecorded(said))
        return self.logs[shelf]

    def _written(self, shelf: Shelf) -> list[Entry]:
        flows = self.net.flows
        came = [(flows[n].came[0], 0, n) for n in shelf.into]
        gone = [(flows[n].left[0], 1, n) for n in shelf.out]
        rule = self.net.rules.get(shelf)
        emptied = [(at, 2, KEPT) for at in emptyings(rule)] if rule else []
        log: list[Entry] = []
        for _, leaves, number in sorted((*came, *gone, *emptied)):
            if number == KEPT:
                log.append(Entry(Turn.CLEAN))
            elif leaves:
                log.append(Entry(Turn.OUT, str(number), flows[number].sent or _NONE))
            else:
                got, of_it = flows[number].got or _NONE, self.carried(number) or _NONE
                log += Entry(Turn.IN, OF_IT, of_it), Entry(Turn.IN, _ELSE, got - of_it)
        return [*log, Entry(Turn.OUT, str(KEPT), self.net.kept(shelf).most or _NONE)]
