"""Bounds under a stated rule, against every way of drawing that the rule allows."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st
from worked import A, B, C, D, history, kilos, made, moved

from suyuan.model import Fact
from suyuan.trace.rotation import Came, Gone, fits, most_by_rule
from suyuan.trace.scope import scope
from suyuan.trace.types import Direction, Extent, Question, Rotation, ScopeLine, Seed, VesselRule

LOT = "lot1"
ZERO = Decimal(0)
amounts = st.integers(1, 3).map(Decimal)
Log = tuple[list[Came], list[Gone], set[int]]


def rule(rotation: Rotation = Rotation.UNKNOWN, *, apart: bool = False) -> VesselRule:
    return VesselRule(vessel=C.site or "", rotation=rotation, apart=apart, source="SOP-12")


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Whole kilos that came, of which some can be of the material, and draughts of them."""
    times = st.integers(0, 4)
    came = [
        Came(draw(times), amount, Decimal(draw(st.integers(0, int(amount)))))
        for amount in draw(st.lists(amounts, min_size=1, max_size=3))
    ]
    gone = [
        Gone(draw(times), number, amount)
        for number, amount in enumerate(draw(st.lists(amounts, max_size=3)))
    ]
    rest = sum((each.amount for each in came), ZERO) - sum((each.amount for each in gone), ZERO)
    wanted = draw(st.sets(st.sampled_from([-1, *range(len(gone))])))
    return came, [*gone, Gone(float("inf"), -1, max(rest, ZERO))], wanted


def of_material(came: Sequence[Came], drawn: Sequence[Decimal]) -> Decimal:
    """The most that can be of it, if so much of each receipt was drawn."""
    return sum((min(much, each.most) for much, each in zip(drawn, came, strict=True)), ZERO)


def every_way(
    came: Sequence[Came], gone: Sequence[Gone], wanted: set[int], rotation: Rotation
) -> Iterator[Decimal]:
    """How much can be in what is wanted: every order of what is simultaneous, kilo by kilo."""
    for arrivals, draughts in product(permutations(range(len(came))), permutations(gone)):
        steps = [(came[n].at, 0, n, came[n].amount) for n in arrivals]
        steps += [(each.at, 1, each.number, each.amount) for each in draughts]
        queue: list[int] = []
        drawn = [ZERO] * len(came)
        for _, leaves, number, amount in sorted(steps, key=lambda step: step[:2]):
            if not leaves:
                queue += [number] * int(amount)
                continue
            for _ in range(int(amount)):
                drawn[queue.pop(0 if rotation is Rotation.FIFO else -1)] += number in wanted
        yield of_material(came, drawn)


@given(logs(), st.sampled_from((Rotation.FIFO, Rotation.LIFO)))
def test_no_way_of_drawing_by_the_rule_puts_more_into_an_outflow(
    log: Log, rotation: Rotation
) -> None:
    came, gone, wanted = log
    if not fits(rule(rotation), came, gone):
        return
    found = most_by_rule(rule(rotation), came, gone, wanted)
    ways = max(every_way(came, gone, wanted, rotation))
    assert found >= ways
    moments = [[each.at for each in came], [each.at for each in gone]]
    if all(len(set(each)) == len(each) for each in moments):
        assert found == ways


@given(logs())
def test_even_mixing_shares_out_all_that_can_be_of_the_material(log: Log) -> None:
    came, gone, _ = log
    mixed = rule(Rotation.MIX)
    if fits(mixed, came, gone):
        single = [most_by_rule(mixed, came, gone, {each.number}) for each in gone]
        total = sum((each.most for each in came), ZERO)
        assert abs(sum(single, ZERO) - total) < Decimal("1e-20")


@given(logs())
def test_of_receipts_kept_apart_no_outflow_holds_more_than_one_of_them_can(log: Log) -> None:
    came, gone, wanted = log
    if not fits(rule(apart=True), came, gone):
        return
    found = most_by_rule(rule(apart=True), came, gone, wanted)
    left = [each for each in gone if each.number >= 0]
    for chosen in product(range(len(came)), repeat=len(left)):
        drawn, counted = [ZERO] * len(came), [ZERO] * len(came)
        for each, lot in zip(left, chosen, strict=True):
            drawn[lot] += each.amount
            counted[lot] += each.amount if each.number in wanted else ZERO
        in_time = all(came[lot].at <= each.at for each, lot in zip(left, chosen, strict=True))
        if in_time and all(a <= lot.amount for a, lot in zip(drawn, came, strict=True)):
            if -1 in wanted:
                rest = [lot.amount - much for lot, much in zip(came, drawn, strict=True)]
                counted = [a + b for a, b in zip(counted, rest, strict=True)]
            assert found >= of_material(came, counted)


def story() -> list[Fact]:
    """Three kilos asked about came first, then six of others; then six went on."""
    return history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, B, C, 2, **kilos(6)),
        moved(LOT, C, D, 3, **kilos(6)),
    )


def line_at(place: str | None, *rules: VesselRule) -> ScopeLine:
    asked = Question(seeds=(Seed(thing=LOT, holder=A),), direction=Direction.FORWARD, vessels=rules)
    (line,) = (each for each in scope(story(), asked).lines if each.site == place)
    return line


def test_a_rule_is_told_beside_the_bounds_with_its_source_and_recalls_nothing_less() -> None:
    bare = line_at(C.site)
    for rotation, gone in ((Rotation.FIFO, 3), (Rotation.LIFO, 0), (Rotation.MIX, 2)):
        line = line_at(C.site, rule(rotation))
        assert line.rules == (rule(rotation),)
        assert line.sent.material == bare.sent.material == Extent(ZERO, Decimal(3))
        assert line.sent.touched == bare.sent.touched == 6
        assert line.sent.stated == Extent(Decimal(gone), Decimal(gone))
        assert line.stock.stated == Extent(Decimal(3 - gone), Decimal(3 - gone))


def test_what_a_rule_says_of_one_holder_is_said_of_whom_he_delivered_to() -> None:
    line = line_at(D.site, rule(Rotation.FIFO))
    assert line.rules == ()
    assert line.came.stated == Extent(Decimal(3), Decimal(3))


def test_a_delivery_larger_than_the_receipt_asked_about_is_of_another_if_they_are_apart() -> None:
    line = line_at(C.site, rule(apart=True))
    assert line.sent.stated == Extent(ZERO, ZERO)
    assert line.stock.stated == Extent(Decimal(3), Decimal(3))


def test_a_rule_of_other_days_or_places_and_one_that_says_nothing_narrow_nothing() -> None:
    bare = line_at(C.site)
    late = VesselRule(
        vessel=C.site or "", rotation=Rotation.FIFO, since=date(2999, 1, 1), source="x"
    )
    elsewhere = VesselRule(vessel="urn:suyuan:site:none", rotation=Rotation.FIFO, source="x")
    assert line_at(C.site, late) == line_at(C.site, elsewhere) == bare
    unknown = line_at(C.site, rule())
    assert (unknown.sent, unknown.stock) == (bare.sent, bare.stock)
