"""A recall's scope on random stories whose truth is known, and on small ones written out."""

from collections import defaultdict
from decimal import Decimal
from random import Random

from histories import record
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from worked import (
    A,
    B,
    C,
    D,
    came,
    ended,
    forward,
    history,
    kilos,
    left,
    made,
    moved,
    packed,
    used,
    when,
)

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, ThingGrain
from suyuan.trace.closure import examine
from suyuan.trace.flows import flows
from suyuan.trace.material import bounds
from suyuan.trace.scope import scope
from suyuan.trace.shelves import KEPT
from suyuan.trace.types import Assumed, Direction, Pool, Question, Scope, ScopeLine, Seed, by_code

PLACES = (A, B, C, D)
LOT, BLEND = "lot1", "lot2"
ZERO = Decimal(0)


class Stock(Struct):
    """What truly lies somewhere: of the material asked about, and of anything else."""

    of_it: Decimal = ZERO
    other: Decimal = ZERO

    def take(self, amount: Decimal, random: Random) -> "Stock":
        """Some way of drawing an amount, unit by unit."""
        least = max(ZERO, amount - self.other)
        most = min(amount, self.of_it)
        of_it = Decimal(random.randint(int(least), int(most)))
        self.of_it -= of_it
        self.other -= amount - of_it
        return Stock(of_it, amount - of_it)

    def put(self, more: "Stock") -> None:
        self.of_it += more.of_it
        self.other += more.other

    @property
    def all(self) -> Decimal:
        return self.of_it + self.other


class Tale(Struct):
    """Facts, and what of the material truly was in each of them and is left at the end."""

    facts: list[Fact]
    carried: dict[int, Decimal]
    left: dict[Pool, Stock]


def pool(thing: str, place: Holder) -> Pool:
    return Pool(thing, place.party or "", place.site or "")


def tale(random: Random, *, length: int, exact: bool) -> Tale:
    """A lot at two makers, of which one is asked about; it is moved, mixed, blended and sold."""
    begun = [made(LOT, A, 0, **kilos(9)), made(LOT, B, 0, **kilos(9))]
    stocks = {pool(LOT, A): Stock(of_it=Decimal(9)), pool(LOT, B): Stock(other=Decimal(9))}
    told = Tale([], {}, stocks)
    events = [*begun]
    for hour in range(1, length + 1):
        full = [place for place in sorted(stocks) if stocks[place].all]
        if full:
            events += _next(told, random.choice(full), random, hour, len(events), exact=exact)
    told.facts = record(events)
    return told


def _next(
    told: Tale, place: Pool, random: Random, hour: int, recorded: int, *, exact: bool
) -> list[tuple[dict[str, object], ...]]:
    amount = Decimal(random.randint(1, int(told.left[place].all)))
    part = told.left[place].take(amount, random)
    span = (
        when(hour) if exact or random.random() < 0.5 else Span(when(hour - 1).lo, when(hour + 2).hi)
    )
    here, much = Holder(place.party, place.site), kilos(int(amount))
    told.carried[recorded + 1] = part.of_it
    if random.random() < 0.15:
        told.left.setdefault(place, Stock())
        return [ended_kilos(place.thing, here, span, amount)]
    if place.thing == LOT and here == D and random.random() < 0.5:
        out = part.take(Decimal(random.randint(1, int(amount))), random)
        told.carried[recorded + 2] = out.of_it
        told.left.setdefault(pool(BLEND, D), Stock()).put(out)
        flow = f"f{hour}"
        return [used(LOT, flow, D, span, **much), came(BLEND, flow, D, span, **kilos(int(out.all)))]
    there = random.choice([each for each in (B, C, D) if each != here])
    told.left.setdefault(pool(place.thing, there), Stock()).put(part)
    return [moved(place.thing, here, there, span, **much)]


def ended_kilos(
    thing: str, place: Holder, span: Span, amount: Decimal
) -> tuple[dict[str, object], ...]:
    line = {"kind": FactKind.ENDED, "thing": thing, "before": place, "when": span}
    return (line | kilos(int(amount)),)


def asked(place: Holder = A) -> Question:
    return forward(LOT, place)


@settings(max_examples=200)
@given(random=st.randoms(use_true_random=False), length=st.integers(1, 12), exact=st.booleans())
def test_the_bounds_contain_the_truth(random: Random, length: int, *, exact: bool) -> None:
    told = tale(random, length=length, exact=exact)
    found = examine(told.facts, asked())
    stated = flows(found)
    drawn = bounds(stated, found.starts)
    for number, flow in enumerate(stated):
        if flow.source is None or not flow.takes or flow.entries[0] not in told.carried:
            continue
        shelf = drawn.net.shelves[flow.source]
        extent = drawn.of(shelf, (number,)) if flow.reached else None
        truth = told.carried[flow.entries[0]]
        assert truth == 0 if extent is None else extent.least <= truth
        assert extent is None or extent.most is None or truth <= extent.most
    for place, stock in told.left.items():
        if place in {node.pool for node in found.closure.nodes}:
            extent = drawn.of(drawn.net.shelves[place], (KEPT,))
            assert extent.least <= stock.of_it
            assert extent.most is None or stock.of_it <= extent.most


@settings(max_examples=100)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_scope_holds_all_that_is_left_and_never_more_material_than_is_touched(
    random: Random, length: int
) -> None:
    told = tale(random, length=length, exact=True)
    lines = {(line.party, line.site, line.thing): line for line in scope(told.facts, asked()).lines}
    for place, stock in told.left.items():
        line = lines.get((place.party, place.site, place.thing))
        if line is None:
            assert stock.of_it == 0
        else:
            assert line.stock.touched == stock.all
            assert line.stock.material.least <= stock.of_it
            assert line.stock.material.most is not None
            assert stock.of_it <= line.stock.material.most <= stock.all


@settings(max_examples=100)
@given(random=st.randoms(use_true_random=False), length=st.integers(1, 12), exact=st.booleans())
def test_telling_every_bound_again_changes_none(
    random: Random, length: int, *, exact: bool
) -> None:
    found = examine(tale(random, length=length, exact=exact).facts, asked())
    drawn = bounds(flows(found), found.starts)
    assert drawn.settled
    for side in (drawn.asked, drawn.other):
        for shelf in side.net.shelves.values():
            side.forget(shelf)
        assert [side.leaves(number) for number in range(len(side.most))] == side.most
    one_by_one = replace(drawn, settled=False)
    for shelf in drawn.net.shelves.values():
        for number in shelf.out:
            assert drawn.of(shelf, (number,)) == one_by_one.of(shelf, (number,))


@settings(max_examples=100)
@given(random=st.randoms(use_true_random=False), length=st.integers(1, 12), exact=st.booleans())
def test_between_two_holders_went_what_truly_did_within_the_bounds(
    random: Random, length: int, *, exact: bool
) -> None:
    told = tale(random, length=length, exact=exact)
    truth: dict[tuple[Holder, Holder], Decimal] = defaultdict(Decimal)
    for fact in told.facts:
        if fact.kind is FactKind.MOVED and fact.before and fact.after:
            truth[fact.before, fact.after] += told.carried[fact.entry]
    found = {
        (
            Holder(each.source_party, each.source_site),
            Holder(each.target_party, each.target_site),
        ): each
        for each in scope(told.facts, asked()).transfers
    }
    for pair, much in truth.items():
        if much:
            assert pair in found
        if pair in found:
            extent = found[pair].material
            assert extent.least <= much
            assert extent.most is None or much <= extent.most


def line_of(found: Scope, place: Holder, thing: str = LOT) -> ScopeLine:
    (line,) = (x for x in found.lines if (x.site, x.thing) == (place.site, thing))
    return line


def test_all_of_a_lot_is_touched_and_is_material_wherever_it_went() -> None:
    facts = history(made(LOT, A, 0, **kilos(9)), moved(LOT, A, B, 1, **kilos(4)))
    found = scope(facts, forward(LOT))
    assert [(x.site, x.stock.touched, x.stock.material.least) for x in found.lines] == [
        ("s1", Decimal(5), Decimal(5)),
        ("s2", Decimal(4), Decimal(4)),
    ]


def test_of_mixed_stock_all_is_touched_and_the_material_is_bounded() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(7)),
        moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, B, C, 2, **kilos(7)),
        moved(LOT, C, D, 3, **kilos(8)),
    )
    there = line_of(scope(facts, asked()), D).came
    assert there.touched == 8
    assert (there.material.least, there.material.most) == (1, 3)
    here = line_of(scope(facts, asked()), C).stock
    assert (here.touched, here.material.least, here.material.most) == (2, 0, 2)


def test_who_had_what_is_touched_from_whom_is_added_up_between_two_holders() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        moved(LOT, A, B, 1, **kilos(4)),
        moved(LOT, A, B, 2, **kilos(3)),
        moved(LOT, B, C, 3),
        used(LOT, "mill", B, 4),
        came(BLEND, "mill", B, 4),
        moved(BLEND, B, D, 5, **kilos(1)),
    )
    found = {(each.source_site, each.target_site): each for each in scope(facts, asked()).transfers}
    assert set(found) == {("s1", "s2"), ("s2", "s3"), ("s2", "s4")}
    assert (found["s1", "s2"].touched, found["s1", "s2"].unit) == (Decimal(7), "kg")
    assert found["s1", "s2"].certain
    assert found["s2", "s3"].touched is None  # nobody said how much
    assert found["s2", "s4"].things == 1


@settings(max_examples=100)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_every_holder_in_a_scope_was_asked_about_or_had_it_from_another_in_it(
    random: Random, length: int
) -> None:
    found = scope(tale(random, length=length, exact=False).facts, asked())
    holders = {(line.party, line.site) for line in found.lines}
    given_to = {(each.target_party, each.target_site) for each in found.transfers}
    sources = {(each.source_party, each.source_site) for each in found.transfers}
    assert given_to | sources <= holders
    assert holders - given_to <= {(A.party, A.site)}


def test_assumptions_of_how_stock_was_drawn_are_told_beside_the_bounds() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, B, C, 2, **kilos(6)),
        moved(LOT, C, D, 3, **kilos(6)),
    )
    line = line_of(scope(facts, asked()), C)
    assert line.sent.assumed == Assumed(Decimal(3), Decimal(0), Decimal(2))
    assert line.stock.assumed == Assumed(Decimal(0), Decimal(3), Decimal(1))
    assert line_of(scope(facts, asked()), D).stock.assumed is None  # what came there is not known


def test_what_left_before_the_material_came_is_not_in_the_scope() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, C, 0, **kilos(5)),
        moved(LOT, C, D, 1, **kilos(5)),
        moved(LOT, A, C, 2, **kilos(3)),
    )
    assert {line.site for line in scope(facts, asked()).lines} == {"s1", "s3"}


def test_a_blend_of_nothing_else_is_material_whatever_its_unit() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        used(LOT, "f", A, 1, **kilos(3)),
        came(BLEND, "f", A, 1, quantity=Decimal(2), unit="LTR"),
    )
    blend = line_of(scope(facts, asked()), A, BLEND)
    assert (blend.stock.touched, blend.unit) == (2, "LTR")
    assert (blend.stock.material.least, blend.stock.material.most) == (2, 2)


def test_what_nobody_reported_may_be_material_and_need_not_be() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        moved(LOT, A, B, 1, **kilos(3)),
        moved(LOT, B, C, 2, **kilos(8)),
    )
    there = line_of(scope(facts, asked()), C).came
    assert (there.touched, there.material.least, there.material.most) == (8, 3, 8)


def test_single_pieces_are_counted_by_what_became_of_them() -> None:
    facts = history(
        *(made(f"t{n}", A, 0) for n in (1, 2, 3)),
        *(packed(f"t{n}", "c1", A, 1) for n in (1, 2, 3)),
        moved("c1", A, B, 2),
        moved("t1", B, C, 4),
        ended("t2", B, 5),
    )
    found = scope(facts, forward("c1"))
    line = next(x for x in found.lines if x.site == "s2")
    assert (line.came.touched, line.sent.touched, line.ended.touched) == (4, 1, 1)
    assert line.stock.touched == 2  # a piece, and the box


def test_a_piece_that_came_back_is_where_it_came_back_to() -> None:
    facts = history(made("t1", A, 0), moved("t1", A, B, 1), moved("t1", B, A, 2))
    found = scope(facts, forward("t1"))
    stocks = {x.site: (x.stock.touched, x.stock.material.least) for x in found.lines}
    assert stocks == {"s1": (1, 1), "s2": (0, 0)}


def test_what_a_held_report_took_away_may_still_be_there() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        moved(LOT, A, B, 1, **kilos(9)),
        moved(LOT, B, C, 2, held=True, **kilos(4)),
    )
    line = line_of(scope(facts, forward(LOT)), B)
    assert (line.stock.touched, line.stock.material.least, line.stock.material.most) == (9, 5, 9)
    assert (line.sent.touched, line.sent.material.least) == (4, 0)
    piece = scope(
        history(made("t1", A, 0), moved("t1", A, B, 1), moved("t1", B, C, 2, held=True)),
        forward("t1"),
    )
    stocks = {x.site: (x.stock.touched, x.stock.material.least) for x in piece.lines}
    assert (stocks["s2"], stocks["s3"]) == ((1, 0), (1, 0))


def test_amounts_in_units_that_do_not_compare_are_all_or_none() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(3)),
        moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, B, C, 2, **kilos(3)),
        moved(LOT, C, D, 3, quantity=Decimal(5), unit="LTR"),
    )
    there = line_of(scope(facts, asked()), D).came
    assert (there.touched, there.material.least, there.material.most) == (5, 0, 5)


def test_what_a_making_gained_may_be_of_anything() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(5)),
        used(LOT, "f", A, 1, **kilos(5)),
        came(BLEND, "f", A, 1, **kilos(9)),
    )
    blend = line_of(scope(facts, asked()), A, BLEND).stock
    assert (blend.touched, blend.material.least, blend.material.most) == (9, 5, 9)


def test_what_left_before_is_not_touched() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, C, 0, **kilos(5)),
        moved(LOT, C, D, 1, **kilos(5)),
        moved(LOT, A, C, 2, **kilos(3)),
    )
    line = line_of(scope(facts, asked()), C)
    assert (line.came.touched, line.sent.touched, line.stock.touched) == (3, 0, 3)


def test_a_scope_goes_forward_however_it_was_asked() -> None:
    facts = history(made(LOT, A, 0, **kilos(9)), moved(LOT, A, B, 1, **kilos(4)))
    back = Question(seeds=(Seed(thing=LOT),), direction=Direction.BACKWARD, depth=1)
    assert scope(facts, back).lines == scope(facts, forward(LOT)).lines


class Coded(Struct):
    """A lot told by quantity on its way and by the codes of its pieces at its ends."""

    facts: list[Fact]
    at: dict[str, str]
    """By piece, the site that it is at."""
    ended: dict[str, str]
    """By piece, the site that it ended at."""
    moved: dict[tuple[str, str], int]


def coded(random: Random, *, size: int, steps: int) -> Coded:
    """Pieces are coded and boxed where their lot was made; what leaves is told by quantity."""
    pieces = [f"p{n}" for n in range(size)]
    told = Coded([], dict.fromkeys(pieces, A.site or ""), {}, defaultdict(int))
    of_lot: dict[str, object] = {"lot": LOT, "grain": ThingGrain.INSTANCE}
    events = [made(LOT, A, 0, quantity=Decimal(size), grain=ThingGrain.LOT)]
    events += [made(piece, A, 1, **of_lot) for piece in pieces]
    if random.random() < 0.5:
        events += [packed(piece, f"box{n // 3}", A, 2) for n, piece in enumerate(pieces)]
    for hour in range(3, 3 + steps):
        giver = random.choice(PLACES)
        there = [each for each, site in told.at.items() if site == giver.site]
        some = random.sample(there, random.randint(0, len(there)))
        if not some:
            continue
        if random.random() < 0.4:
            told.ended |= {some[0]: told.at.pop(some[0])}
            events.append(ended(some[0], giver, hour, **of_lot))
            continue
        taker = random.choice([each for each in PLACES if each != giver])
        told.at |= dict.fromkeys(some, taker.site or "")
        told.moved[giver.site or "", taker.site or ""] += len(some)
        amount = {"quantity": Decimal(len(some)), "grain": ThingGrain.LOT}
        events.append(moved(LOT, giver, taker, hour, **amount))
    told.facts = record(events)
    return told


@settings(max_examples=100)
@given(random=st.randoms(use_true_random=False), size=st.integers(1, 9), steps=st.integers(0, 9))
def test_pieces_of_a_lot_that_went_by_quantity_count_once_wherever_they_may_be(
    random: Random, size: int, steps: int
) -> None:
    told = coded(random, size=size, steps=steps)
    found = scope(told.facts, forward(LOT))
    for place in PLACES:
        mine = [line for line in found.lines if line.site == place.site and "box" not in line.thing]
        here = sum(site == place.site for site in told.at.values())
        tops = [line.stock.material.most for line in mine]
        assert sum(line.stock.material.least for line in mine) <= here
        assert here <= sum(top for top in tops if top is not None)
        assert sum(line.stock.touched or ZERO for line in mine) <= size
        assert None not in tops
        gone = sum(site == place.site for site in told.ended.values())
        assert sum(line.ended.touched or ZERO for line in mine) == gone
    pairs = {(each.source_site, each.target_site): each for each in found.transfers}
    assert {pair: each.touched for pair, each in pairs.items()} == told.moved
    assert found.completeness.movements == found.completeness.confirmed


def test_what_a_lots_movement_may_mean_for_a_piece_is_one_piece() -> None:
    facts = history(
        made(LOT, A, 0, quantity=Decimal(9), grain=ThingGrain.LOT),
        made("p1", A, 0, lot=LOT, grain=ThingGrain.INSTANCE),
        moved(LOT, A, B, 1, quantity=Decimal(9), grain=ThingGrain.LOT),
    )
    found = scope(facts, forward("p1"))
    (transfer,) = found.transfers
    assert (transfer.touched, transfer.material.least, transfer.material.most) == (1, 0, 1)
    assert [(line.site, line.stock.touched) for line in found.lines] == [("s1", 1), ("s2", 1)]


def test_a_finding_made_many_times_is_told_once_with_how_often_and_on_what() -> None:
    facts = history(
        *(made(f"t{n}", A, 0) for n in range(9)),
        *(packed(f"t{n}", "c1", A, 1) for n in range(9)),
        *(moved(f"t{n}", A, B, 3) for n in range(9)),
        left("t0", "c9", A, 2),
    )
    told = by_code(scope(facts, forward("c1")).anomalies)
    assert [(each.count, len(each.things)) for each in told] == [(9, 9), (1, 1)]
    assert all(each.line.zh.count(each.text.zh) == 1 for each in told)
    assert "t0" in told[0].line.zh


def test_a_recall_says_what_a_holder_sold_who_named_no_place() -> None:
    half = Holder(B.party)
    asked = scope(
        history(
            used("t1", "mix", A, 0, **kilos(9)),
            came(LOT, "mix", A, 1, **kilos(9)),
            moved(LOT, A, B, 2, **kilos(6)),
            ended(LOT, half, 3, **kilos(4)),
        ),
        forward("t1"),
    )
    (line,) = [each for each in asked.lines if each.party == B.party and not each.site]
    assert (line.ended.touched, line.certain) == (Decimal(4), False)
