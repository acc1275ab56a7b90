"""How far each input went: in how many products it may be, and what a recall of it would take.

Whatever the links of a set of facts allow is walked, without their dates: a stock that was there
before an input came counts too. So every number is *at most* so much; `suyuan scope` is exact of
one input. The network engine carries all inputs, and all holders, at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import Fact, FactKind, Side, ThingGrain
from suyuan.network.arrays import Ints
from suyuan.network.chains import Moves, daily, reached
from suyuan.network.dispersion import Dispersion, dispersion
from suyuan.network.reach import closure
from suyuan.trace.closure import LaidOut, lay_out
from suyuan.trace.dispersed import (
    Dispersed,
    HolderRow,
    InputRow,
    ProductRow,
    Recalled,
    Sized,
    Wanted,
)
from suyuan.trace.known import Rename
from suyuan.trace.leftover import left_over
from suyuan.trace.postings import amount, lots_of
from suyuan.trace.seeds import seeds
from suyuan.trace.times import Told
from suyuan.trace.types import Direction, LinkKind, Pool, Question, Seed

_ZERO: Final = Decimal(0)
_USED: Final = frozenset((LinkKind.INPUT, LinkKind.COMPONENT))
_MADE: Final = frozenset((LinkKind.OUTPUT, LinkKind.COMPONENT))
_MOST_UNITS: Final = 8

_Holder = tuple[str, str]


def dispersed(
    facts: Sequence[Fact],
    wanted: Wanted,
    *,
    position: int,
    truncated: bool = False,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Dispersed:
    """The dispersion of everything that these facts say."""
    question = Question(seeds=(), direction=Direction.FORWARD, as_of=as_of, known_at=known_at)
    drawn = _drawn(lay_out(facts, question), question)
    spread = dispersion(
        drawn.nodes, drawn.source, drawn.target, inputs=drawn.inputs, products=drawn.products
    )
    by_holder = reached(drawn.nodes, drawn.moves, drawn.holders, worth=drawn.each())
    ways = _Ways(drawn)
    return Dispersed(
        truncated=truncated,
        position=position,
        inputs=len(drawn.inputs),
        products=len(drawn.products),
        holders=len(drawn.holders),
        links=int(spread.downward.sum()),
        worst=int(spread.downward.max(initial=0)),
        mean=float(spread.downward.mean()) if len(drawn.inputs) else 0.0,
        sized=tuple(_sized(drawn, spread, ways)),
        rows=tuple(_rows(drawn, spread, ways, wanted)),
        made_of=tuple(_made_of(drawn, spread, wanted)),
        by_holder=tuple(_by_holder(drawn, by_holder.tolist(), ways, wanted)),
        without_inputs=drawn.names.unfed,
        without_outputs=drawn.names.barren,
        unstated=sum(each is None for each in drawn.amounts),
        facts=len(facts),
    )


class _Drawn(Struct, frozen=True, eq=False):
    """Pools by number, and after them a node before each input and holder, one after each product.

    A product's node is led to from all its pools, so that it counts once. `amounts` are the
    products', None where nobody says; `at` says where a thing was.
    """

    nodes: int
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    inputs: Ints
    products: Ints
    holders: Ints
    names: "_Ends"
    amounts: list[Quantity | None]
    at: Mapping[str, set[_Holder]]
    rename: Rename

    @property
    def moves(self) -> Moves:
        """The links as if all were of one day."""
        return Moves(self.source, self.target, np.zeros(len(self.source), np.int64))

    def worth(self, unit: str | None) -> NDArray[np.float64]:
        """What each product amounts to in a unit, nearly, for comparing; 0 for what is none."""
        worth = np.zeros(self.nodes)
        for node, much in zip(self.products.tolist(), self.amounts, strict=True):
            if much is not None and much.unit == unit:
                worth[node] = float(much.value)
        return worth

    def each(self) -> NDArray[np.float64]:
        """One for every product, 0 for what is none."""
        worth = np.zeros(self.nodes)
        worth[self.products] = 1
        return worth


class _Ends(Struct, frozen=True, eq=False):
    """Inputs, products and holders in order, and how many makings have no input, no output."""

    inputs: list[str]
    products: list[str]
    holders: list[_Holder]
    unfed: int
    barren: int


def _drawn(laid: LaidOut, question: Question) -> _Drawn:
    numbered, amounts = laid.net.ends, _amounts(laid.told)
    ends, left = _ends(laid, amounts)
    sizes = [len(numbered.pools), len(ends.inputs), len(ends.products), len(ends.holders)]
    _, inputs, products, holders = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    pairs = set(zip(numbered.sources, numbered.targets, strict=True))
    for node, name in zip(inputs.tolist(), ends.inputs, strict=True):
        asked = replace(question, seeds=(Seed(thing=name),))
        starts = seeds(laid.net, laid.ground, asked, laid.rename)
        pairs.update((node, start) for start in starts)
    after = dict(zip(ends.products, products.tolist(), strict=True))
    before = dict(zip(ends.holders, holders.tolist(), strict=True))
    at: dict[str, set[_Holder]] = defaultdict(set)
    for here, pool in enumerate(numbered.pools):
        if pool.thing in after:
            pairs.add((here, after[pool.thing]))
        if _is_held(pool):
            pairs.add((before[pool.party, pool.site], here))
            at[pool.thing].add((pool.party, pool.site))
    links = np.array(sorted(pairs), np.int32).reshape(-1, 2)
    return _Drawn(
        nodes=sum(sizes),
        source=links[:, 0],
        target=links[:, 1],
        inputs=inputs,
        products=products,
        holders=holders,
        names=ends,
        amounts=[(amounts | left).get(name) for name in ends.products],
        at=at,
        rename=laid.rename,
    )


def _is_held(pool: Pool) -> bool:
    """Whether it is of a thing, at a holder who is known."""
    return bool(pool.thing) and not pool.unknown


def _ends(
    laid: LaidOut, amounts: Mapping[str, Quantity | None]
) -> tuple[_Ends, dict[str, Quantity | None]]:
    """What goes in and is made of nothing, and what is made and goes into nothing.

    A lot of which only a part goes into something is a product too, with what may be left of it,
    which is given beside. What a lot's steps may mean for one of its pieces makes neither of them
    a product.
    """
    links = laid.net.links
    fed = {link.target for link in links if link.kind is LinkKind.INPUT}
    giving = {link.source for link in links if link.kind is LinkKind.OUTPUT}
    used = {link.source.thing for link in links if link.kind in _USED and not link.of_lot}
    coming = [link for link in links if link.kind in _MADE]
    made = {link.target.thing for link in coming if not link.of_lot}
    of_something = {link.target.thing for link in coming if link.source.thing or link.source in fed}
    lots = lots_of(laid.told) - _pieces(laid.told)
    parted = {thing: amounts.get(thing) for thing in made & used & lots}
    left = left_over(parted, laid.told, links)
    ends = _Ends(
        inputs=sorted(used - of_something - {""}),
        products=sorted((made - used - {""}) | left.keys()),
        holders=sorted({(pool.party, pool.site) for pool in laid.net.ends.pools if _is_held(pool)}),
        unfed=len(giving - fed),
        barren=len(fed - giving),
    )
    return ends, left


def _amounts(told: Sequence[Told]) -> dict[str, Quantity]:
    """What was made of each thing in all, in one unit; a piece is one. None, if nobody says."""
    stated: dict[str, dict[bool, list[Quantity | None]]] = defaultdict(lambda: defaultdict(list))
    for item in told:
        fact = item.fact
        came_out = fact.kind is FactKind.BECAME and fact.side is Side.OUTPUT
        if came_out or fact.kind is FactKind.MADE:
            stated[fact.thing][came_out].append(amount(fact))
    found = {thing: _sum(some.get(True) or some[False]) for thing, some in stated.items()}
    whole = {thing: much for thing, much in found.items() if much is not None}
    return whole | dict.fromkeys(_pieces(told), Quantity(Decimal(1)))


def _pieces(told: Iterable[Told]) -> set[str]:
    return {item.fact.thing for item in told if item.fact.grain is ThingGrain.INSTANCE}


def _sum(amounts: Sequence[Quantity | None]) -> Quantity | None:
    known = [normal(each) for each in amounts if each is not None]
    if len(known) < len(amounts) or len({each.unit for each in known}) != 1:
        return None
    return Quantity(sum((each.value for each in known), _ZERO), known[0].unit)


class _Ways:
    """The products that may have something of a root, one root at a time, added up exactly."""

    def __init__(self, drawn: _Drawn) -> None:
        self._net = daily(drawn.nodes, drawn.moves)
        self._drawn = drawn

    def of(self, root: int) -> Recalled:
        """What is to be recalled if the root is bad."""
        met, _ = closure(self._net, [root])
        found = np.intersect1d(met, self._drawn.products) - self._drawn.products[:1].sum()
        amounts = [self._drawn.amounts[place] for place in found.tolist()]
        sums: dict[str | None, Decimal] = defaultdict(Decimal)
        for much in amounts:
            if much is not None:
                sums[much.unit] += much.value
        ordered = sorted(sums.items(), key=lambda each: (each[0] is not None, each[0] or ""))
        return Recalled(
            products=len(amounts),
            amounts=tuple(Quantity(value, unit) for unit, value in ordered),
            unstated=amounts.count(None),
        )


def _sized(drawn: _Drawn, spread: Dispersion, ways: _Ways) -> Iterator[Sized]:
    """Of the units of most products; which input is worst is compared nearly, then added up."""
    if not len(drawn.inputs):
        return
    units = Counter(much.unit for much in drawn.amounts if much is not None)
    for unit, _ in sorted(units.items(), key=lambda each: (-each[1], each[0] or ""))[:_MOST_UNITS]:
        recalls = reached(drawn.nodes, drawn.moves, drawn.inputs, worth=drawn.worth(unit))
        place = int(recalls.argmax())
        worst = {each.unit: each.value for each in ways.of(int(drawn.inputs[place])).amounts}
        total = sum(
            (
                much.value * times
                for much, times in zip(drawn.amounts, spread.upward.tolist(), strict=True)
                if much is not None and much.unit == unit
            ),
            _ZERO,
        )
        yield Sized(
            unit=unit,
            worst=worst.get(unit, _ZERO),
            by=drawn.names.inputs[place],
            mean=total / len(drawn.inputs),
        )


def _ranked(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each place with its rank, the largest count first; equal ones share a rank."""
    order = sorted(range(len(counts)), key=lambda place: (-counts[place], place))
    rank = 0
    for at, place in enumerate(order):
        if not at or counts[place] != counts[order[at - 1]]:
            rank = at + 1
        yield rank, place


def _asked(
    drawn: _Drawn, wanted: Wanted, names: Sequence[str], counts: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Each place with its rank among all, of those named that are asked about."""
    things = set(map(drawn.rename, wanted.things))
    asked = (
        (rank, at)
        for rank, at in _ranked(counts)
        if not things or names[at] in things
        if wanted.place is None or any(wanted.place in held for held in drawn.at.get(names[at], ()))
    )
    return islice(asked, wanted.most)


def _rows(drawn: _Drawn, spread: Dispersion, ways: _Ways, wanted: Wanted) -> Iterator[InputRow]:
    names = drawn.names.inputs
    for rank, at in _asked(drawn, wanted, names, spread.downward.tolist()):
        yield InputRow(rank=rank, thing=names[at], recall=ways.of(int(drawn.inputs[at])))


def _made_of(drawn: _Drawn, spread: Dispersion, wanted: Wanted) -> Iterator[ProductRow]:
    names, counts = drawn.names.products, spread.upward.tolist()
    for rank, at in _asked(drawn, wanted, names, counts):
        yield ProductRow(rank=rank, thing=names[at], inputs=counts[at])


def _by_holder(
    drawn: _Drawn, counts: Sequence[int], ways: _Ways, wanted: Wanted
) -> Iterator[HolderRow]:
    """Holders of whom something is asked: of things, those that had one of them."""
    things = set(map(drawn.rename, wanted.things))
    had = {holder for thing in things for holder in drawn.at.get(thing, ())}
    asked = (
        (rank, at, holder)
        for rank, at in _ranked(counts)
        if (holder := drawn.names.holders[at]) in had or not things
        if wanted.place is None or wanted.place in holder
    )
    for rank, at, (party, site) in islice(asked, wanted.most):
        recall = ways.of(int(drawn.holders[at]))
        yield HolderRow(rank=rank, party=party, site=site, recall=recall)
