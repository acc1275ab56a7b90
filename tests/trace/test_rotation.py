"""Bounds under a stated rule, against every way of drawing that the rule allows."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise, permutations, product
from math import inf
from random import Random

import pytest
from histories import at
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from worked import A, B, C, D, history, kilos, made, moved

from suyuan.model import Fact
from suyuan.trace.rotation import Came, Gone, fits, most_by_rule
from suyuan.trace.scope import scope
from suyuan.trace.types import (
    Direction,
    Extent,
    Question,
    Rotation,
    ScopeLine,
    Seed,
    Unclear,
    Unused,
    UnusedRule,
    VesselRule,
)

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


DAY = 86_400_000_000
"""A day in microseconds; day 0 is the first of January 1970 in China."""


@st.composite
def emptied_logs(draw: st.DrawFn) -> tuple[Log, tuple[date, ...]]:
    """The same over days, at four in the afternoon in China; on some of them it was emptied."""
    came, gone, wanted = draw(logs())
    days = draw(st.sets(st.integers(0, 4), max_size=2))
    at_eight = [
        [replace(each, at=each.at * DAY + DAY // 3 if each.at != inf else inf) for each in side]
        for side in (came, gone)
    ]
    return (*at_eight, wanted), tuple(date(1970, 1, 1 + day) for day in days)


@given(emptied_logs(), st.sampled_from(list(Rotation)))
def test_nothing_of_before_an_emptying_is_in_what_leaves_after_it(
    case: tuple[Log, tuple[date, ...]], rotation: Rotation
) -> None:
    (came, gone, wanted), emptied = case
    stated = replace(rule(rotation), emptied=emptied)
    days = {int(each.at // DAY) for each in (*came, *gone) if each.at != inf}
    cuts = sorted(day.toordinal() - date(1970, 1, 1).toordinal() for day in emptied)
    if not fits(stated, came, gone):
        assert days & set(cuts) or not all(
            fits(rule(rotation), *part) for part in parts(came, gone, cuts)
        )
        return
    assert not days & set(cuts)
    most = sum(
        (most_by_rule(rule(rotation), *part, wanted) for part in parts(came, gone, cuts)), ZERO
    )
    assert most_by_rule(stated, came, gone, wanted) == most


def parts(
    came: Sequence[Came], gone: Sequence[Gone], cuts: Sequence[int]
) -> Iterator[tuple[list[Came], list[Gone]]]:
    """The log cut at days, each part a vessel of its own that begins empty."""
    for begin, end in pairwise([-inf, *(cut * DAY - DAY // 3 for cut in cuts), inf]):
        into = [each for each in came if begin <= each.at < end]
        out = [each for each in gone if begin <= each.at < end]
        left = sum((each.amount for each in into), ZERO) - sum((e.amount for e in out), ZERO)
        last = [Gone(inf, -1, max(left, ZERO))] if end == inf else []
        yield into, [*out, *last]


@given(logs())
def test_even_mixing_shares_out_all_that_can_be_of_the_material(log: Log) -> None:
    came, gone, _ = log
    mixed = rule(Rotation.MIX)
    if fits(mixed, came, gone):
        single = [most_by_rule(mixed, came, gone, {each.number}) for each in gone]
        total = sum((each.most for each in came), ZERO)
        assert abs(sum(single, ZERO) - total) < Decimal("1e-20")


@given(logs())
def test_of_what_does_not_divide_evenly_the_least_is_never_above_the_most(log: Log) -> None:
    """The least of it is what the others leave at most."""
    came, gone, wanted = log
    mixed = rule(Rotation.MIX)
    if fits(mixed, came, gone):
        others = [replace(each, most=each.amount - each.most) for each in came]
        both = [most_by_rule(mixed, some, gone, wanted) for some in (came, others)]
        assert sum((e.amount for e in gone if e.number in wanted), ZERO) <= sum(both, ZERO)


def test_by_even_mixing_it_is_told_too_what_is_left_of_thirds() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(100)),
        made(LOT, B, 0, **kilos(200)),
        moved(LOT, A, C, 1, **kilos(100)),
        moved(LOT, B, C, 2, **kilos(200)),
        moved(LOT, C, D, 3, **kilos(150)),
        moved(LOT, C, D, 4, **kilos(100)),
    )
    question = Question(
        seeds=(Seed(thing=LOT, holder=A),),
        direction=Direction.FORWARD,
        vessels=(rule(Rotation.MIX),),
    )
    lines = scope(facts, question).lines
    (there,) = (line for line in lines if line.site == C.site)
    stated = there.stock.stated
    assert stated is not None
    assert stated.most is not None
    assert [round(each, 6) for each in (stated.least, stated.most)] == [Decimal("16.666667")] * 2


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


def can_be_apart(came: Sequence[Came], gone: Sequence[Gone], rotation: Rotation) -> bool:
    """Whether there is a way: every order of what is simultaneous, every receipt for each draught.

    The one drawn from is by the rotation no newer, or no older, than any other that is there; of
    what is evenly mixed it is the only one.
    """
    left = [each for each in gone if each.number >= 0]
    orders = (sorted(order, key=lambda each: each.at) for order in permutations(left))
    ways = product(orders, product(range(len(came)), repeat=len(left)))
    return any(is_way(came, order, chosen, rotation) for order, chosen in ways)


def is_way(
    came: Sequence[Came], order: Sequence[Gone], chosen: Sequence[int], rotation: Rotation
) -> bool:
    free = [each.amount for each in came]
    for draught, lot in zip(order, chosen, strict=True):
        there = {n for n, each in enumerate(came) if each.at <= draught.at and free[n]}
        times = {came[n].at for n in there}
        by_rotation = {
            Rotation.FIFO: lambda lot=lot, times=times: came[lot].at == min(times),
            Rotation.LIFO: lambda lot=lot, times=times: came[lot].at == max(times),
            Rotation.MIX: lambda there=there: len(there) == 1,
            Rotation.UNKNOWN: lambda: True,
        }
        if lot not in there or free[lot] < draught.amount or not by_rotation[rotation]():
            return False
        free[lot] -= draught.amount
    return True


@st.composite
def drawn_logs(draw: st.DrawFn) -> tuple[list[Came], list[Gone], list[int]]:
    """Receipts of the first days, draughts of later ones, and the days on which it was emptied."""
    came = [
        Came(draw(st.integers(0, 1)) * DAY, amount, amount)
        for amount in draw(st.lists(amounts, min_size=2, max_size=3))
    ]
    gone = [
        Gone(draw(st.sampled_from((1, 3, 4))) * DAY, number, amount)
        for number, amount in enumerate(draw(st.lists(amounts, min_size=1, max_size=4)))
    ]
    rest = sum((each.amount for each in came), ZERO) - sum((each.amount for each in gone), ZERO)
    cuts = draw(st.sampled_from(([], [], [2], [3], [5])))
    return came, [*gone, Gone(inf, -1, max(rest, ZERO))], cuts


@given(drawn_logs(), st.sampled_from(list(Rotation)))
def test_receipts_were_kept_apart_where_each_draught_can_have_been_of_one_of_them(
    log: tuple[list[Came], list[Gone], list[int]], rotation: Rotation
) -> None:
    came, gone, cuts = log
    emptied = tuple(date(1970, 1, 1 + day) for day in cuts)
    stated = replace(rule(rotation, apart=True), emptied=emptied)
    days = {int(each.at // DAY) for each in (*came, *gone) if each.at != inf}
    ways = all(can_be_apart(*part, rotation) for part in parts(came, gone, cuts))
    assert fits(stated, came, gone) == (ways and not days & set(cuts))


def log_of(came: Sequence[int], gone: Sequence[int]) -> tuple[list[Came], list[Gone]]:
    """A log in which all came, each at its hour, before anything left."""
    return (
        [Came(hour, Decimal(much), ZERO) for hour, much in enumerate(came)],
        [Gone(len(came) + n, n, Decimal(much)) for n, much in enumerate(gone)],
    )


def test_a_log_too_long_to_try_all_ways_does_not_contradict_that_receipts_were_apart() -> None:
    """Twelve receipts are odd, so of even draughts each keeps a kilo; left are but ten: no way."""
    came = [101 + 2 * n * n for n in range(12)]
    gone = [*range(22, 96, 2), 68]
    assert sum(came) - sum(gone) == 10
    assert fits(rule(apart=True), *log_of(came, gone))


@pytest.mark.parametrize(("last", "at"), [(345, None), (200, 1)])
def test_a_draught_that_no_receipt_can_hold_contradicts_a_log_of_any_length(
    last: int, at: int | None
) -> None:
    """It is larger than each that came, or than each that came by then."""
    came, gone = log_of([101 + 2 * n * n for n in range(12)], [*range(22, 70, 2), last])
    gone[-1] = replace(gone[-1], at=gone[-1].at if at is None else at)
    assert not fits(rule(apart=True), came, gone)


@given(st.lists(st.integers(1, 400), min_size=8, max_size=14), st.randoms())
def test_of_a_log_of_any_length_that_it_fits_a_rule_says_how_much_may_be_in_it(
    came: list[int], random: Random
) -> None:
    left, parts = sum(came), list[int]()
    while len(parts) < 30 and (much := random.randint(1, 300)) <= left:
        parts.append(much)
        left -= much
    receipts, draughts = log_of(came, parts)
    receipts = [replace(each, most=each.amount) for each in receipts]
    log = receipts, [*draughts, Gone(inf, -1, Decimal(left))]
    if fits(rule(apart=True), *log):
        assert most_by_rule(rule(apart=True), *log, range(len(parts))) <= sum(came)


def test_of_a_long_log_it_is_told_too_where_its_draughts_are_alike() -> None:
    came, gone = log_of([100] * 80, [60, 40] * 60)
    assert fits(rule(apart=True), came, gone)
    assert not fits(rule(apart=True), *log_of([100] * 80, [51] * 81))


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


def through(received: Sequence[int], draughts: Sequence[int], *, early: int = 0) -> list[Fact]:
    """A's came first, then B's; `early` of the draughts went to D before B's, the rest later."""
    hours = [hour + (2 if hour < early else 20) for hour in range(len(draughts))]
    return history(
        made(LOT, A, 0, **kilos(received[0])),
        made(LOT, B, 0, **kilos(received[1])),
        moved(LOT, A, C, 1, **kilos(received[0])),
        moved(LOT, B, C, 10, **kilos(received[1])),
        *(
            moved(LOT, C, D, hour, **kilos(much))
            for hour, much in zip(hours, draughts, strict=True)
        ),
    )


def test_that_receipts_were_apart_is_not_used_where_the_draughts_fit_into_them_in_no_way() -> None:
    apart = rule(apart=True)
    for facts in (
        through((100, 100), (60, 60, 60)),
        through((1000, 2000), (600, 1500, 700), early=1),
    ):
        line, unused = line_of(facts, apart)
        assert unused == (UnusedRule(apart, Unused.CONTRADICTED),)
        assert (line.rules, line.sent.stated, line.stock.stated) == ((), None, None)
    line, unused = line_of(through((1000, 2000), (600, 1500, 400), early=1), apart)
    assert (line.rules, unused) == ((apart,), ())


def emptied_on(day: int, rotation: Rotation = Rotation.UNKNOWN) -> VesselRule:
    return replace(rule(rotation), emptied=(at(24 * day).date(),))


def days_apart() -> list[Fact]:
    """As the story, a day between its steps: three kilos came, six of others, five went on."""
    return history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 24, **kilos(3)),
        moved(LOT, B, C, 72, **kilos(6)),
        moved(LOT, C, D, 120, **kilos(5)),
    )


def line_of(facts: list[Fact], *rules: VesselRule) -> tuple[ScopeLine, tuple[UnusedRule, ...]]:
    asked = Question(seeds=(Seed(thing=LOT, holder=A),), direction=Direction.FORWARD, vessels=rules)
    found = scope(facts, asked)
    (line,) = (each for each in found.lines if each.site == C.site)
    return line, found.unused


def test_a_stated_emptying_leaves_nothing_of_before_in_what_goes_on_or_is_left() -> None:
    between, after = emptied_on(2), emptied_on(6)
    line, unused = line_of(days_apart(), between)
    assert (line.rules, unused) == ((between,), ())
    assert line.sent.stated == line.stock.stated == Extent(ZERO, ZERO)
    assert (line.sent.touched, line.stock.touched) == (5, 4)
    assert line.sent.material == Extent(ZERO, Decimal(3))
    late, _ = line_of(days_apart(), after)
    assert late.sent.stated is None
    assert late.stock.stated == Extent(ZERO, ZERO)


def test_what_came_after_an_emptying_is_all_that_is_there() -> None:
    asked = Question(
        seeds=(Seed(thing=LOT, holder=B),), direction=Direction.FORWARD, vessels=(emptied_on(2),)
    )
    (line,) = (each for each in scope(days_apart(), asked).lines if each.site == C.site)
    assert line.sent.stated == Extent(Decimal(5), Decimal(5))
    assert line.stock.stated == Extent(Decimal(1), Decimal(1))


def test_of_what_was_surely_there_nothing_is_left_after_an_emptying_either() -> None:
    """The record alone says at least one of the three: the stated log says that it was emptied."""
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 24, **kilos(3)),
        moved(LOT, B, C, 72, **kilos(6)),
        moved(LOT, C, D, 120, **kilos(2)),
    )
    line, _ = line_of(facts, emptied_on(2))
    assert line.stock.material == Extent(Decimal(1), Decimal(3))
    assert line.stock.stated == Extent(ZERO, ZERO)


def test_the_vessel_asked_about_can_have_been_emptied_too() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)),
        moved(LOT, A, C, 24, **kilos(1)),
        made(LOT, A, 72, **kilos(4)),
    )
    rule = VesselRule(vessel=A.site or "", emptied=(at(48).date(),), source="log")
    asked = Question(
        seeds=(Seed(thing=LOT, holder=A),), direction=Direction.FORWARD, vessels=(rule,)
    )
    found = scope(facts, asked)
    (line,) = (each for each in found.lines if each.site == A.site)
    assert (line.rules, found.unused) == ((rule,), ())
    assert (line.stock.touched, line.stock.material) == (6, Extent(Decimal(6), Decimal(6)))
    assert line.stock.stated == Extent(Decimal(4), Decimal(4))
    assert line.sent.stated is None


def test_a_rule_of_no_use_is_given_with_why() -> None:
    stated = {
        Unused.OTHER_DAYS: replace(rule(Rotation.FIFO), since=date(2999, 1, 1)),
        Unused.NOT_TOUCHED: replace(rule(), vessel="urn:suyuan:site:none"),
        Unused.ASKED: replace(rule(), vessel=A.site or ""),
        Unused.CONTRADICTED: emptied_on(3),
    }
    for why, each in stated.items():
        line, unused = line_of(days_apart(), each)
        assert unused == (UnusedRule(each, why),)
        assert line.rules == ()


def test_an_amount_or_limit_that_is_not_given_says_why() -> None:
    line, _ = line_of(days_apart())
    assert (line.unclear, line.sent.material.most) == (None, Decimal(3))
    silent = history(
        made(LOT, A, 0, **kilos(3)),
        moved(LOT, A, C, 24),
        moved(LOT, C, D, 120, **kilos(5)),
    )
    line, unused = line_of(silent, rule(Rotation.FIFO))
    assert (line.unclear, line.came.touched) == (Unclear.UNSTATED, None)
    assert unused == (UnusedRule(rule(Rotation.FIFO), Unused.NOT_EXACT),)
    mixed = history(
        made(LOT, A, 0, **kilos(3)),
        moved(LOT, A, C, 24, **kilos(3)),
        moved(LOT, C, D, 120, quantity=Decimal(5), unit="l"),
    )
    asked = Question(seeds=(Seed(thing=LOT, holder=A),), direction=Direction.FORWARD)
    lines = [each for each in scope(mixed, asked).lines if each.site == C.site]
    told = [(each.unit, each.came.touched, each.sent.touched, each.unclear) for each in lines]
    assert told == [("kg", 3, 0, None), ("l", 0, 5, Unclear.UNITS)]


def test_a_rule_of_other_days_or_places_and_one_that_says_nothing_narrow_nothing() -> None:
    bare = line_at(C.site)
    late = VesselRule(
        vessel=C.site or "", rotation=Rotation.FIFO, since=date(2999, 1, 1), source="x"
    )
    elsewhere = VesselRule(vessel="urn:suyuan:site:none", rotation=Rotation.FIFO, source="x")
    assert line_at(C.site, late) == line_at(C.site, elsewhere) == bare
    unknown = line_at(C.site, rule())
    assert (unknown.sent, unknown.stock) == (bare.sent, bare.stock)
