"""The flows of one pool, laid out once for all that bounds ask of it, and all pools together."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from math import inf
from typing import Final

from msgspec import Struct

from suyuan.trace.flows import Amount, Flow, less, plus, summed
from suyuan.trace.rotation import Came, Gone, left_by_rule
from suyuan.trace.times import Micros
from suyuan.trace.types import Extent, Pool, VesselRule
from suyuan.trace.under_way import Dispatches, told_once

KEPT: Final = -1
"""Stands for what a pool still holds, among the numbers of its outflows."""

_NONE: Final = Decimal(0)
_LONG: Final = 200
"""Exact bounds take the square of a pool's entries; beyond so many, sums bound it."""
_NO_ENTRIES: Final[Mapping[int, Sequence[int]]] = {}


class Shelf(Struct, frozen=True, eq=False, gc=False):
    """The flows of one pool: by number, those coming in by their earliest time and by entry.

    There is one for each pool, so what is kept by shelf is found without comparing names.
    `start`: whether the pool surely is what is asked about, or perhaps; None: it is not.
    `is_lone`: its log is exact, only one thing came in, and what left did so later, out of that.
    `is_plain`: a lone stock, and not what is asked about. `gain`: by how much more came out of a
    making than went in.
    """

    place: Pool
    start: bool | None
    into: Sequence[int]
    out: Sequence[int]
    begins: Sequence[Micros]
    stated: Mapping[int, Sequence[int]]
    short: Sequence[tuple[Micros, Decimal]]
    one_unit: bool
    is_exact: bool
    is_lone: bool
    is_plain: bool
    gain: Amount

    @property
    def is_way(self) -> bool:
        """Whether it is no pool, but what is under way between reports (`under_way`)."""
        return not self.place.thing and bool(self.place.unknown)


def shelf_of(
    flows: Sequence[Flow],
    place: Pool,
    into: Sequence[int],
    out: Sequence[int],
    *,
    start: bool | None,
) -> Shelf:
    """What came into a pool and left it, given the numbers of these flows."""
    if len(into) == 1 and len(out) <= 1:  # as it is nearly everywhere
        simple = _simple_shelf(flows, place, into, out, start)
        if simple is not None:
            return simple
    ordered = sorted(into, key=lambda n: flows[n].came) if len(into) > 1 else into
    came, gone = [flows[n] for n in into], [flows[n] for n in out]
    one_unit = len({flow.unit for flow in (*came, *gone) if flow.sent is not None}) <= 1
    is_exact = one_unit and len(into) + len(out) <= _LONG and _are_exact(came, gone)
    is_lone = is_exact and len(into) == 1 and _is_out_of(came[0], gone)
    # A pool with an exact log is not bounded by sums.
    return Shelf(
        place,
        start,
        ordered,
        out,
        [flows[n].came[0] for n in ordered],
        _NO_ENTRIES if is_exact else _by_entry(flows, into),
        () if is_exact else _shortfalls(came, gone),
        one_unit,
        is_exact,
        is_lone,
        is_lone and start is None and bool(place.thing),
        None if place.thing else _gain(came, gone, is_way=bool(place.unknown)),
    )


def _gain(came: Iterable[Flow], gone: Iterable[Flow], *, is_way: bool) -> Amount:
    """By how much more came out than went in; of what is under way, than surely went in."""
    got = summed(flow.got for flow in came if flow.certain or not is_way)
    return less(summed(flow.sent for flow in gone), got)


def _simple_shelf(
    flows: Sequence[Flow],
    place: Pool,
    into: Sequence[int],
    out: Sequence[int],
    start: bool | None,  # noqa: FBT001 -- as of a shelf
) -> Shelf | None:
    """The same of one inflow and at most one outflow; None where they are not exact."""
    came = flows[into[0]]
    gone = flows[out[0]] if out else None
    at, until = came.came
    if at != until or not came.certain or came.sent is None or came.got is None:
        return None
    used, is_later = _NONE, True
    if gone is not None:
        left, until = gone.left
        if left != until or not gone.certain or gone.sent is None or gone.got is None:
            return None
        if gone.unit != came.unit:
            return None
        used, is_later = gone.sent, left >= at
    is_lone, is_stock = is_later and used <= came.got, bool(place.thing)
    return Shelf(
        place,
        start,
        into,
        out,
        (at,),
        _NO_ENTRIES,
        (),
        one_unit=True,
        is_exact=True,
        is_lone=is_lone,
        is_plain=is_lone and is_stock and start is None,
        gain=None if is_stock else less(used, came.got),
    )


def _are_exact(came: Iterable[Flow], gone: Iterable[Flow]) -> bool:
    """Whether all surely came and left, each at one time, and by how much."""
    spans = [flow.came for flow in came]
    spans += [flow.left for flow in gone]
    doubtful = [
        flow for flow in (*came, *gone) if not flow.certain or flow.sent is None or flow.got is None
    ]
    return not doubtful and not [lo for lo, hi in spans if lo != hi]


def _is_out_of(came: Flow, gone: Sequence[Flow]) -> bool:
    """Whether all that left can be of the one thing that came, and left after it."""
    much, since = _NONE, came.came[0]
    for flow in gone:
        if flow.left[0] < since:
            return False
        much += flow.sent or _NONE
    return much <= (came.got or _NONE)


def _by_entry(flows: Sequence[Flow], numbers: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        for entry in flows[number].entries:
            found[entry].append(number)
    return found


def _shortfalls(into: list[Flow], out: list[Flow]) -> list[tuple[Micros, Decimal]]:
    """By the time that outflows are over, how much must have been there that nobody reported.

    That is what may have gone by then, less what surely had come before the last of it went.
    """
    came = sorted((flow.came[1], flow.got or _NONE) for flow in into if flow.certain)
    gone = sorted((flow.left[0], flow.sent or _NONE) for flow in out)
    ends, begins = [at for at, _ in came], [at for at, _ in gone]
    brought = list(accumulate((much for _, much in came), initial=_NONE))
    taken = list(accumulate((much for _, much in gone), initial=_NONE))
    found, least = list[tuple[Micros, Decimal]](), _NONE
    for lo, hi in sorted((flow.left for flow in out), key=lambda span: span[::-1]):
        short = taken[bisect_right(begins, hi)] - brought[bisect_right(ends, lo)]
        least = max(least, short)
        found.append((hi, least))
    return found


def short_by(shelf: Shelf, latest: Micros) -> Decimal:
    """How much that nobody reported must have been there by a time."""
    count = bisect_right(shelf.short, latest, key=lambda one: one[0])
    return shelf.short[count - 1][1] if count else _NONE


class Network(Struct, frozen=True, eq=False):
    """All flows, by number, and by the pools that they come into and leave.

    `sources` and `targets` are the shelves of each flow's pools, by its number. `rules` say how
    pools are taken to be drawn from: those with an exact log that fits its rule. `dispatches` are
    the flows that stand for those that share reports; these are in no pool.
    """

    flows: Sequence[Flow]
    shelves: Mapping[Pool, Shelf]
    sources: Sequence[Shelf | None]
    targets: Sequence[Shelf | None]
    rules: dict[Shelf, VesselRule]
    keeps: dict[Shelf, Extent]
    """By pool, what it still holds, once that was asked."""
    dispatches: Dispatches

    def came(self, shelf: Shelf) -> list[tuple[int, Came]]:
        """What came into a pool with an exact log, by number; all of it can be of the material."""
        into = [(n, self.flows[n]) for n in shelf.into]
        return [(n, Came(flow.came[0], flow.got or _NONE, flow.got or _NONE)) for n, flow in into]

    def gone(self, shelf: Shelf) -> list[Gone]:
        """What left a pool with an exact log; what it keeps is left in the end."""
        return [*self.left(shelf), Gone(inf, KEPT, self.kept(shelf).most or _NONE)]

    def left(self, shelf: Shelf) -> list[Gone]:
        """What left a pool with an exact log."""
        out = [(n, self.flows[n]) for n in shelf.out]
        return [Gone(flow.left[0], n, flow.sent or _NONE) for n, flow in out]

    def kept(self, shelf: Shelf) -> Extent:
        """What a pool still holds; if it was emptied by its rule, what came since less what went.

        What is doubtful may have come, and need not have gone.
        """
        found = self.keeps.get(shelf)
        return found or self.keeps.setdefault(shelf, self._kept(shelf))

    def _kept(self, shelf: Shelf) -> Extent:
        rule = self.rules.get(shelf)
        if rule is not None and rule.emptied:
            left = left_by_rule(rule, [each for _, each in self.came(shelf)], self.left(shelf))
            return Extent(left, left)
        if not shelf.one_unit:
            return Extent(_NONE, None)
        came = [flow for n in shelf.into if (flow := self.flows[n]).takes]
        gone = [flow for n in shelf.out if (flow := self.flows[n]).takes]
        if shelf.is_lone and came:  # nothing of it is in doubt
            left = (came[0].got or _NONE) - (summed(flow.sent for flow in gone) or _NONE)
            return Extent(left, left)
        surely = summed(flow.got for flow in came if flow.certain)
        least = less(surely, summed(flow.sent for flow in gone))
        taken = summed(flow.sent for flow in gone if flow.certain)
        if taken is None:
            return Extent(least or _NONE, None)
        most = less(plus(summed(flow.got for flow in came), _never_came(came, gone)), taken)
        return Extent(least or _NONE, most)


def _never_came(came: Iterable[Flow], gone: Iterable[Flow]) -> Amount:
    """How much surely had gone at some time above all that may have come by then."""
    moves = [(flow.came[0], 0, flow.got) for flow in came]
    moves += [(flow.left[1], 1, flow.sent) for flow in gone if flow.certain]
    level = short = _NONE
    for _, leaves, much in sorted(moves, key=lambda move: move[:2]):
        if much is None:
            return None
        level += -much if leaves else much
        short = max(short, -level)
    return short


def network_of(flows: Sequence[Flow], starts: Mapping[Pool, bool]) -> Network:
    """All flows laid out by pool, given the pools that all is asked about.

    What went into a making and came out of it counts once, as its lot's where that is known; so
    does each report.
    """
    flows, dispatches = told_once(flows)
    at: dict[Pool, int] = {}
    targets = [None if f.target is None else at.setdefault(f.target, len(at)) for f in flows]
    sources = [None if f.source is None else at.setdefault(f.source, len(at)) for f in flows]
    for number in dispatches:
        targets[number] = sources[number] = None
    for place in starts:
        at.setdefault(place, len(at))
    places = list(at)
    into: list[list[int]] = [[] for _ in places]
    out: list[list[int]] = [[] for _ in places]
    for number, flow in enumerate(flows):
        target, source = targets[number], sources[number]
        if target is not None and (not flow.covered or places[target].thing):
            into[target].append(number)
        if source is not None and (not flow.of_lot or places[source].thing):
            out[source].append(number)
    shelves = [
        shelf_of(flows, place, came, gone, start=starts.get(place))
        for place, came, gone in zip(places, into, out, strict=True)
    ]
    return Network(
        flows,
        dict(zip(places, shelves, strict=True)),
        [None if source is None else shelves[source] for source in sources],
        [None if target is None else shelves[target] for target in targets],
        {},
        {},
        dispatches,
    )
