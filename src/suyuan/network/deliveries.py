"""Coverage over deliveries: which share of the cases each station, delivery and lot can explain.

Deliveries are the nodes; a relation says of which delivery one was made. Where contamination
crosses (交叉污染), whatever came to a station may be in whatever left it later; where it is killed
(污染终止), nothing goes on. A case is a station or a delivery, with a weight: below zero for a
control, that was there and was not hit. The terms are FoodChain-Lab's.

A walk meets each delivery once: at a station that crosses, what can follow is the beginning of a
sorted list, and of that only what was not looked at before is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from math import inf, isfinite
from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import Span

UNDATED: Final = Span(None, None)
_ANY: Final = (-inf, inf)
Bounds = tuple[float, float]
Names = frozenset[str]
Lot = tuple[str, str, str]
"""A lot as deliveries name it: source, product, number."""
_UNKNOWN: Final = Text(
    "没有交货“{name}”：请核对文件和假定。",
    "There is no delivery '{name}': check the file and what is assumed.",
)
_ENDLESS: Final = Text(
    "权重太大，加起来没有数可写：请用小一些的数。",
    "The weights are too large to be added up: give smaller numbers.",
)
_NO_CASES: Final = Text(
    "没有病例：文件里没有权重，也没有用 --case 指明。",
    "There are no cases: the file has no weights, and --case names none.",
)


class CoverageError(SuyuanError, ValueError):
    """Relations, cases or assumptions about deliveries that there are not, or no case at all."""


class Dates(StrEnum):
    """Which dates bound what crosses: those stated, those that others imply too, or none."""

    STATED = "stated"
    INFERRED = "inferred"
    IGNORED = "ignored"


class Consigned(Struct, frozen=True, kw_only=True):
    """A delivery from one station to another, of a lot of its source."""

    id: str
    source: str
    target: str
    product: str = ""
    lot: str = ""
    departed: Span = UNDATED
    arrived: Span = UNDATED

    @property
    def of(self) -> Lot:
        """Its lot."""
        return self.source, self.product, self.lot


class Crossing(Struct, frozen=True, kw_only=True):
    """What is assumed: the stations where contamination crosses, and what it is killed in.

    `sharing`: of these deliveries, those to the same station became whatever any of them became.
    """

    stations: frozenset[str] = frozenset()
    sharing: frozenset[str] = frozenset()
    killed_at: frozenset[str] = frozenset()
    killed: frozenset[str] = frozenset()
    dates: Dates = Dates.INFERRED


class Cases(Struct, frozen=True, kw_only=True):
    """The weight of each case, by station and by delivery."""

    stations: Mapping[str, float] = {}
    deliveries: Mapping[str, float] = {}


class Share(Struct, frozen=True):
    """The share of the cases that something explains, and of the controls that speak against it.

    `combined` is what is explained less what speaks against, of the larger of both wholes.
    """

    combined: float
    cases: float
    controls: float


class Covered(Struct, frozen=True, kw_only=True):
    """Shares by station, delivery and lot, where there are any; a lot is all its deliveries."""

    stations: dict[str, Share]
    deliveries: dict[str, Share]
    lots: dict[Lot, Share]


class Followed(Struct, frozen=True, kw_only=True):
    """Stations and deliveries that something can have gone to, or come from."""

    stations: frozenset[str]
    deliveries: frozenset[str]


class Consignments:
    """Deliveries, how they are joined, and what is assumed of them."""

    def __init__(
        self,
        deliveries: Iterable[Consigned],
        relations: Iterable[tuple[str, str]],
        crossing: Crossing | None = None,
    ) -> None:
        """Join each delivery with those that it went into.

        Raises:
            CoverageError: a relation or an assumption is of a delivery that there is not.
        """
        self._crossing = crossing or Crossing()
        self._of = {each.id: each for each in deliveries}
        pairs = set(relations)
        self._know({end for pair in pairs for end in pair})
        self._know(self._crossing.sharing | self._crossing.killed)
        pairs |= set(_shared(self._of, pairs, self._crossing.sharing))
        times = _times(self._of, pairs, self._crossing.dates)
        self._onward = _onward(self._of, pairs, times, self._crossing.stations)
        self._homeward = _homeward(self._of, pairs, times, self._crossing.stations)

    def forward(self, *, station: str | None = None, delivery: str | None = None) -> Followed:
        """Where what was at a station, or in a delivery, can have gone; killed, it is still met."""
        if station in self._crossing.killed_at:
            return Followed(stations=frozenset(), deliveries=frozenset())
        starts = self._starts(self._homeward, station, delivery)
        met = self._onward.walked(starts, self._crossing)
        return Followed(
            stations=frozenset(self._of[name].target for name in met - self._crossing.killed),
            deliveries=frozenset(met - {delivery}),
        )

    def backward(self, *, station: str | None = None, delivery: str | None = None) -> Followed:
        """Where what was at a station, or in a delivery, can have come from, even by one killed.

        Nothing comes from a station where it is killed.
        """
        met = self._origins(station, delivery)
        return Followed(
            stations=self._sources(met) - self._crossing.killed_at,
            deliveries=frozenset(met - {delivery}),
        )

    def covered(self, cases: Cases) -> Covered:
        """Of the cases the share that each station, delivery and lot can have led to.

        What is killed explains nothing, unless it is a case itself.

        Raises:
            CoverageError: there is no case, one is of a delivery that there is not, or weights
                have no sum.
        """
        self._know(cases.deliveries)
        whole = _Sum()
        stations: dict[str, _Sum] = defaultdict(_Sum)
        deliveries: dict[str, _Sum] = defaultdict(_Sum)
        lots: dict[Lot, _Sum] = defaultdict(_Sum)
        for weight, here, by in self._explanations(cases):
            whole.add(weight)
            for name in here:
                stations[name].add(weight)
            for name in by:
                deliveries[name].add(weight)
            for lot in {self._of[name].of for name in by}:
                lots[lot].add(weight)
        if not whole.largest():
            raise CoverageError("coverage.cases", _NO_CASES)
        if not isfinite(whole.largest()):
            raise CoverageError("coverage.weight", _ENDLESS)
        return Covered(
            stations={name: each.share(whole) for name, each in stations.items()},
            deliveries={name: each.share(whole) for name, each in deliveries.items()},
            lots={lot: each.share(whole) for lot, each in lots.items()},
        )

    def _explanations(self, cases: Cases) -> Iterator[tuple[float, Names, Names]]:
        """Of each case the weight, and the stations and deliveries that explain it: itself too."""
        crossing = self._crossing
        for name, weight in cases.stations.items():
            living = self._origins(name, None) - crossing.killed
            yield weight, (self._sources(living) - crossing.killed_at) | {name}, living
        for name, weight in cases.deliveries.items():
            living = (self._origins(None, name) - crossing.killed) | {name}
            yield weight, self._sources(living) - crossing.killed_at, living

    def _origins(self, station: str | None, delivery: str | None) -> Names:
        starts = self._starts(self._onward, station, delivery)
        return frozenset(self._homeward.walked(starts, self._crossing))

    def _sources(self, deliveries: Names) -> Names:
        return frozenset(self._of[name].source for name in deliveries)

    def _starts(self, other: "_Way", station: str | None, delivery: str | None) -> set[str]:
        """The delivery, or those that begin at a station: the other way ends there."""
        if delivery is not None:
            self._know([delivery])
            return {delivery}
        return set(other.ends.get(station or "", ())) - self._crossing.killed

    def _know(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            if name not in self._of:
                raise CoverageError("coverage.delivery", _UNKNOWN.format(name=name))


class _Sum:
    """Weights of cases and of controls, added up apart."""

    def __init__(self) -> None:
        self.cases = self.controls = 0.0

    def add(self, weight: float) -> None:
        self.cases += max(weight, 0)
        self.controls += max(-weight, 0)

    def largest(self) -> float:
        return max(self.cases, self.controls)

    def share(self, whole: "_Sum") -> Share:
        return Share(
            (self.cases - self.controls) / whole.largest(),
            self.cases / whole.cases if whole.cases else 0.0,
            self.controls / whole.controls if whole.controls else 0.0,
        )


class _Way(Struct, kw_only=True):
    """One direction: of each delivery the station it leads to, and the deliveries next on the way.

    `ends` are the deliveries that lead to a station. Of a station that crosses, `ranked` are all
    that may be next, by the earliest limit of a delivery with which they are.
    """

    place: dict[str, str]
    ends: dict[str, list[str]]
    near: dict[str, list[str]]
    ranked: dict[str, list[tuple[float, str]]]
    limit: dict[str, float]

    def walked(self, starts: Iterable[str], crossing: Crossing) -> set[str]:
        """The starts, and whatever is reached from them; what is killed is reached, not passed."""
        met = set(starts)
        todo = [name for name in met if self.place[name] not in crossing.killed_at]
        looked: dict[str, int] = {}
        while todo:
            one = todo.pop()
            for other in self._next(one, looked):
                if other in met:
                    continue
                met.add(other)
                if other not in crossing.killed and self.place[other] not in crossing.killed_at:
                    todo.append(other)
        return met

    def _next(self, one: str, looked: dict[str, int]) -> Iterator[str]:
        yield from self.near.get(one, ())
        place = self.place[one]
        ranked = self.ranked.get(place, [])
        at = looked.get(place, 0)
        while at < len(ranked) and ranked[at][0] <= self.limit[one]:
            yield ranked[at][1]
            at += 1
        looked[place] = at


Times = Mapping[str, tuple[Bounds, Bounds]]
"""Of each delivery the bounds of its departure, and those of its arrival."""
Pairs = Iterable[tuple[str, str]]


def _onward(of: Mapping[str, Consigned], pairs: Pairs, times: Times, at: frozenset[str]) -> _Way:
    """What came by an instant may be in what left after it."""
    return _Way(
        place={name: each.target for name, each in of.items()},
        ends=_near((each.target, name) for name, each in of.items()),
        near=_near(pairs),
        ranked=_ranked(
            (each.source, -times[name][0][1], name)
            for name, each in of.items()
            if each.source in at
        ),
        limit={name: -arrived[0] for name, (_, arrived) in times.items()},
    )


def _homeward(of: Mapping[str, Consigned], pairs: Pairs, times: Times, at: frozenset[str]) -> _Way:
    return _Way(
        place={name: each.source for name, each in of.items()},
        ends=_near((each.source, name) for name, each in of.items()),
        near=_near((target, source) for source, target in pairs),
        ranked=_ranked(
            (each.target, times[name][1][0], name) for name, each in of.items() if each.target in at
        ),
        limit={name: departed[1] for name, (departed, _) in times.items()},
    )


def _near(pairs: Pairs) -> dict[str, list[str]]:
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in pairs:
        near[one].append(other)
    return near


def _ranked(rows: Iterable[tuple[str, float, str]]) -> dict[str, list[tuple[float, str]]]:
    ranked: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for place, key, name in rows:
        ranked[place].append((key, name))
    for each in ranked.values():
        each.sort()
    return ranked


def _shared(
    of: Mapping[str, Consigned], pairs: Pairs, sharing: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Each of them joined with whatever one of them to the same station went into."""
    together: dict[str, list[str]] = defaultdict(list)
    for name in sharing:
        together[of[name].target].append(name)
    near = _near(pairs)
    for group in together.values():
        became = {other for name in group for other in near.get(name, ())}
        yield from ((name, other) for name in group for other in became)


def _times(of: Mapping[str, Consigned], pairs: Pairs, dates: Dates) -> Times:
    if dates is Dates.IGNORED:
        return dict.fromkeys(of, (_ANY, _ANY))
    stated = {name: (_bounds(each.departed), _bounds(each.arrived)) for name, each in of.items()}
    if dates is Dates.STATED:
        return stated
    near = _near(pairs)
    implied = _implied(stated, near)
    kept = {
        name: (_unless(departed, implied[name][0]), _unless(arrived, implied[name][1]))
        for name, (departed, arrived) in stated.items()
    }
    return _implied(kept, near)


def _unless(stated: Bounds, implied: Bounds) -> Bounds:
    """What is stated, unless what others imply leaves no time at all."""
    return stated if implied[0] <= implied[1] else _ANY


def _implied(stated: Times, near: Mapping[str, list[str]]) -> Times:
    """Nothing arrives before it left, or leaves before that arrived of which it was made."""
    found = dict(stated)
    behind = _near((other, name) for name, others in near.items() for other in others)
    todo = set(found)
    while todo:
        name = todo.pop()
        (left, gone), (came, there) = found[name]
        left = max([left, *(found[one][1][0] for one in behind.get(name, ()))])
        there = min([there, *(found[one][0][1] for one in near.get(name, ()))])
        now = ((left, min(gone, there)), (max(came, left), there))
        if now[1][0] > came:
            todo.update(near.get(name, ()))
        if now[0][1] < gone:
            todo.update(behind.get(name, ()))
        found[name] = now
    return found


def _bounds(span: Span) -> Bounds:
    return (
        -inf if span.lo is None else span.lo.timestamp(),
        inf if span.hi is None else span.hi.timestamp(),
    )
