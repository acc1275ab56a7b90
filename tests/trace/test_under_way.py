"""Each report counts once in a recall, and its bounds hold, whichever receipts a dispatch is of."""

from collections import Counter, defaultdict
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from worked import (
    A,
    B,
    C,
    D,
    Event,
    came,
    forward,
    history,
    kilos,
    made,
    moved,
    packed,
    received,
    sent,
    used,
)

from suyuan.model import Fact, Holder
from suyuan.trace.scope import scope
from suyuan.trace.types import Part, ScopeLine

LOT = "lot1"
PLACES = (A, B, C, D)


class Goods(Struct):
    """So much of the material, and of anything else."""

    of_it: int = 0
    other: int = 0

    @property
    def all(self) -> int:
        return self.of_it + self.other

    def take(self, amount: int, random: Random) -> "Goods":
        of_it = random.randint(max(0, amount - self.other), min(amount, self.of_it))
        self.of_it, self.other = self.of_it - of_it, self.other - (amount - of_it)
        return Goods(of_it, amount - of_it)

    def put(self, more: "Goods") -> None:
        self.of_it, self.other = self.of_it + more.of_it, self.other + more.other


class World(Struct):
    """What is told, and how one world that allows it has it."""

    events: list[Event]
    stock: dict[Holder, Goods]
    sent: Counter[Holder]
    came: Counter[Holder]
    said_sent: Counter[Holder]
    said_came: Counter[Holder]
    passed: Counter[tuple[Holder, Holder]]
    lost: Counter[tuple[Holder, Holder]]
    """Of the material, sent to one taker alone and not received."""


def world(random: Random, *, steps: int) -> World:
    """Stock of A is asked about, that of D is not; what moves is told in several reports."""
    stock = defaultdict(Goods, {A: Goods(of_it=9), D: Goods(other=9)})
    told = World(
        [made(LOT, place, 0, **kilos(9)) for place in (A, D)],
        stock,
        *(Counter[Holder]() for _ in range(4)),
        *(Counter[tuple[Holder, Holder]]() for _ in range(2)),
    )
    for step in range(steps):
        _deliver(told, random, 1 + 3 * step, f"d{step}")
    return told


def _deliver(told: World, random: Random, hour: int, document: str) -> None:
    """Dispatches of a document and its receipts: of one all that was received came, if so much."""
    many, few = random.randint(1, 3), random.choice((1, 1, 1, 2))
    out, into = (few, many) if random.random() < 0.7 else (many, few)
    full = [place for place in PLACES if told.stock[place].all]
    givers = random.choices(random.sample(full, min(len(full), random.randint(1, 2))), k=out)
    parcels = _sent(told, givers, random)
    takers = random.choices([p for p in (B, C, D) if p not in givers], k=into)
    parts = [random.randint(1, 9) for _ in takers]
    if random.random() < 0.5 and (rest := sum(g.all for _, g in parcels)) >= into:
        cuts = sorted(random.sample(range(1, rest), into - 1))
        parts = [hi - lo for lo, hi in zip([0, *cuts], [*cuts, rest], strict=True)]
    _write(told, parcels, takers, parts, hour, document, random)
    is_loose = min(len(parcels), into) > 1
    _arrive(told, parcels, list(zip(takers, parts, strict=True)), random, is_loose=is_loose)


def _sent(told: World, givers: list[Holder], random: Random) -> list[tuple[Holder, Goods]]:
    parcels: list[tuple[Holder, Goods]] = []
    for giver in givers:
        if told.stock[giver].all:
            goods = told.stock[giver].take(random.randint(1, told.stock[giver].all), random)
            told.sent[giver] += goods.of_it
            told.said_sent[giver] += goods.all
            parcels.append((giver, goods))
    return parcels


def _write(
    told: World,
    parcels: list[tuple[Holder, Goods]],
    takers: list[Holder],
    parts: list[int],
    hour: int,
    document: str,
    random: Random,
) -> None:
    """The reports; who is not the same for all is not named by the other side."""
    giver = parcels[0][0] if len({giver for giver, _ in parcels}) == 1 else None
    taker = takers[0] if len(set(takers)) == 1 and random.random() < 0.7 else None
    more = {"document": (document,)}
    for place, goods in parcels:
        told.events.append(sent(LOT, place, taker, hour, **kilos(goods.all), **more))
    for place, part in zip(takers, parts, strict=True):
        when = hour + random.choice((0, 1, 1, 2))
        told.events.append(received(LOT, giver, place, when, **kilos(part), **more))
        told.said_came[place] += part


def _arrive(
    told: World,
    parcels: list[tuple[Holder, Goods]],
    parts: list[tuple[Holder, int]],
    random: Random,
    *,
    is_loose: bool,
) -> None:
    """Unit by unit from some parcel; what is in none nobody reported, and may be of it if they are.

    Where several dispatches met several receipts, one of them may be of something unreported.
    """
    may_be = any(goods.of_it for _, goods in parcels)
    due = [taker for taker, much in parts for _ in range(much)]
    random.shuffle(due)
    for taker in due:
        full = [(giver, goods) for giver, goods in parcels if goods.all]
        if full and not (is_loose and random.random() < 0.3):
            giver, goods = random.choice(full)
            unit = goods.take(1, random)
            told.passed[giver, taker] += unit.of_it
        else:
            unit = Goods(of_it=1) if may_be and random.random() < 0.5 else Goods(other=1)
        told.came[taker] += unit.of_it
        told.stock[taker].put(unit)
    for giver, goods in parcels if len(set(due)) == 1 else ():
        told.lost[giver, due[0]] += goods.of_it


def holds(part: Part, of_it: int) -> bool:
    most = part.material.most
    return part.material.least <= of_it and (most is None or of_it <= most)


@settings(max_examples=300)
@given(random=st.randoms(use_true_random=False), steps=st.integers(1, 6))
def test_bounds_hold_and_no_report_counts_twice(random: Random, steps: int) -> None:
    told = world(random, steps=steps)
    found = scope(history(*told.events), forward(LOT, A))
    lines = {Holder(line.party, line.site): line for line in found.lines}
    for place in PLACES:
        line, stock = lines.get(place), told.stock[place]
        if line is None:
            assert (told.sent[place], told.came[place], stock.of_it) == (0, 0, 0)
            continue
        begun = 9 if place in {A, D} else 0
        assert holds(line.came, told.came[place] + (9 if place == A else 0))
        assert holds(line.sent, told.sent[place])
        assert holds(line.stock, stock.of_it)
        assert (line.came.touched or 0) <= told.said_came[place] + begun
        assert (line.sent.touched or 0) <= told.said_sent[place]
        assert line.stock.touched is None or line.stock.touched >= stock.of_it
    for each in found.transfers:
        pair = (
            Holder(each.source_party, each.source_site),
            Holder(each.target_party, each.target_site),
        )
        assert each.touched is None or each.touched >= told.passed[pair]
        assert each.material.least <= told.passed[pair] + told.lost[pair]
        assert each.material.most is None or each.material.most >= told.passed[pair]


def mixed() -> list[Event]:
    """At D nine of the material and nine of other stock."""
    return [
        made(LOT, A, 0, **kilos(9)),
        made(LOT, D, 0, **kilos(9)),
        moved(LOT, A, D, 1, **kilos(9)),
    ]


def line_of(facts: list[Fact], place: Holder) -> ScopeLine:
    lines = scope(facts, forward(LOT, A)).lines
    return next(line for line in lines if (line.party, line.site) == (place.party, place.site))


def amounts(part: Part) -> tuple[Decimal | None, Decimal, Decimal | None]:
    return part.touched, part.material.least, part.material.most


@pytest.mark.parametrize("takers", [(B, C), (C, C)])
def test_what_may_be_of_either_receipt_need_not_be_of_the_material(
    takers: tuple[Holder, Holder],
) -> None:
    into = [received(LOT, D, place, 3 + n, **kilos(9)) for n, place in enumerate(takers)]
    facts = history(*mixed(), sent(LOT, D, None, 2, **kilos(9)), *into)
    assert amounts(line_of(facts, D).sent) == (9, 0, 9)
    assert amounts(line_of(facts, D).stock) == (9, 0, 9)
    assert line_of(facts, C).came.material.least == 0


def test_of_two_receipts_of_all_that_was_sent_neither_surely_has_it() -> None:
    into = [received(LOT, A, place, 3, **kilos(9)) for place in (B, C)]
    facts = history(made(LOT, A, 0, **kilos(9)), sent(LOT, A, None, 2, **kilos(9)), *into)
    found = scope(facts, forward(LOT, A))
    assert [amounts(line_of(facts, place).came) for place in (B, C)] == [(9, 0, 9)] * 2
    assert [each.material.least for each in found.transfers] == [0, 0]


@pytest.mark.parametrize("place", [B, D])
def test_a_receipt_of_no_amount_is_not_all_of_a_dispatch_that_others_are_of_too(
    place: Holder,
) -> None:
    more = {"document": ("d1",)}
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        made(LOT, D, 0, **kilos(9)),
        sent(LOT, A, place, 2, **kilos(5), **more),
        received(LOT, A, place, 3, **more),
        received(LOT, A, place, 3, **kilos(4), **more),
    )
    line = line_of(facts, place)
    assert (line.came.touched, line.came.material.least <= 5) == (None, True)
    assert holds(line.came, 5)
    assert holds(line.stock, 5)
    anywhere = scope(facts, forward(LOT)).lines
    both = [line for line in anywhere if line.site == place.site]
    assert all(holds(line.came, 5 + 9 * (place == D)) for line in both)


def test_what_two_dispatches_brought_is_one_receipt() -> None:
    out = [sent(LOT, A, B, 2, **kilos(much)) for much in (4, 5)]
    facts = history(made(LOT, A, 0, **kilos(9)), *out, received(LOT, A, B, 4, **kilos(9)))
    for part in (line_of(facts, A).sent, line_of(facts, B).came, line_of(facts, B).stock):
        assert amounts(part) == (9, 9, 9)


def test_who_sent_it_being_open_no_holder_surely_did() -> None:
    """The dispatch names its party alone; each receipt another place of it."""
    more = Holder(B.party, "s9")
    facts = history(
        made(LOT, A, 0, **kilos(18)),
        *(moved(LOT, A, place, 1, **kilos(9)) for place in (B, more)),
        sent(LOT, Holder(B.party), D, 2, **kilos(9)),
        *(received(LOT, place, D, 3, **kilos(9)) for place in (B, more)),
    )
    for line in (line_of(facts, B), line_of(facts, more)):
        assert (line.sent.material.least, line.stock.material.least) == (0, 0)


@pytest.mark.parametrize(("out", "into"), [(1, 2), (2, 1), (1, 3)])
def test_a_load_in_a_box_counts_once_however_often_it_was_reported(out: int, into: int) -> None:
    facts = history(
        made(LOT, A, 0, **kilos(20)),
        packed(LOT, "c1", A, 1, **kilos(4)),
        packed(LOT, "c1", A, 1, **kilos(5)),
        *(sent("c1", A, B, 2) for _ in range(out)),
        *(received("c1", A, B, 3 + n) for n in range(into)),
    )
    assert amounts(line_of(facts, A).sent) == (9, 9, 9)
    assert amounts(line_of(facts, B).came) == (9, 9, 9)
    assert line_of(facts, B).stock.touched == 9
    assert line_of(facts, A).stock.material.most == 11
    assert line_of(facts, A).unclear is None


def test_a_piece_received_twice_and_sent_on_is_not_surely_there() -> None:
    facts = history(
        made("t1", A, 0),
        sent("t1", A, B, 1),
        received("t1", A, B, 2),
        received("t1", A, B, 3),
        moved("t1", B, C, 5),
    )
    (line,) = (each for each in scope(facts, forward("t1")).lines if each.site == B.site)
    assert line.stock.material.least == 0


def test_a_dispatch_of_a_place_that_only_its_receipt_names_left_that_place() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        *(moved(LOT, A, B, 1, **kilos(much)) for much in (4, 5)),
        sent(LOT, Holder(B.party), D, 2, **kilos(9)),
        received(LOT, B, D, 3, **kilos(9)),
    )
    assert amounts(line_of(facts, B).sent) == (9, 9, 9)


def test_what_came_out_of_one_making_or_another_came_out_once() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        used(LOT, "f1", A, 1, **kilos(9)),
        used(LOT, "f1", B, 1, capturer="k2", **kilos(9)),
        came("lot2", "f1", Holder(B.party), 2, **kilos(4)),
    )
    lines = [line for line in scope(facts, forward(LOT, A)).lines if line.thing == "lot2"]
    assert [line.came.touched for line in lines] == [4]
