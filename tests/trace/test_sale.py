"""What was on sale of each lot, where and when, against counting it by hand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from histories import at, record
from hypothesis import given
from hypothesis import strategies as st
from worked import (
    A,
    B,
    C,
    D,
    backward,
    came,
    ended,
    kilos,
    left,
    made,
    moved,
    packed,
    received,
    sent,
    used,
)

from suyuan.kit import Span
from suyuan.model import Fact, Holder, ThingGrain
from suyuan.network.mixing import Shares
from suyuan.trace import answer, closure, sale
from suyuan.trace.types import Direction, Question, Seed

LOTS = ("lot1", "lot2")
MAKERS = (A, B)
BLEND = "blend"
amounts = st.integers(1, 9)


def held(place: Holder) -> tuple[str, str]:
    return place.party or "", place.site or ""


def day(number: int) -> int:
    return date(2026, 3, 1).toordinal() + number


def of(facts: list[Fact], wanted: list[sale.Place], *things: str, until: int = 20) -> sale.OnSale:
    question = Question(
        seeds=tuple(Seed(thing=each) for each in things), direction=Direction.FORWARD
    )
    found = closure.examine(facts, question)
    rest = answer.answer(facts, question).whereabouts
    return sale.on_sale(found, rest, wanted, day(until))


@given(
    st.tuples(amounts, amounts),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.lists(st.tuples(st.integers(4, 9), amounts), min_size=1, max_size=3),
    st.booleans(),
)
def test_each_lot_is_on_sale_as_its_share_of_what_was_made_of_it(
    made_much: tuple[int, int],
    shares: tuple[float, float],
    sales: list[tuple[int, int]],
    everything: bool,  # noqa: FBT001 -- drawn
) -> None:
    """Two lots are blended at C, what is left of them stays there; the blend is sold at D."""
    put_in = [max(1, round(much * share)) for much, share in zip(made_much, shares, strict=True)]
    blend = sum(much for _, much in sales) + 2
    events: list[Any] = []
    for lot, maker, much, into in zip(LOTS, MAKERS, made_much, put_in, strict=True):
        events += [
            made(lot, maker, 0, **kilos(much)),
            moved(lot, maker, C, 24, **kilos(much)),
            used(lot, "f", C, 48, **kilos(into)),
        ]
    whole = kilos(blend) | {"grain": ThingGrain.LOT}
    events += [came(BLEND, "f", C, 48, **whole), moved(BLEND, C, D, 72, **whole)]
    events += [ended(BLEND, D, 24 * on, grain=ThingGrain.LOT, **kilos(much)) for on, much in sales]
    wanted = [(held(C), day(2)), (held(D), day(5)), (held(D), day(20)), (held(A), day(2))]
    stock = of(record(events), wanted, *((*LOTS, BLEND) if everything else LOTS))
    assert {lot.thing: (lot.holder, lot.day) for lot in stock.lots} == {
        lot: (held(maker), day(0)) for lot, maker in zip(LOTS, MAKERS, strict=True)
    }
    assert stock.left_out == 0
    assert stock.places == {held(D)} | (
        {held(C)} if any(a > b for a, b in zip(made_much, put_in, strict=True)) else set()
    )
    for row, lot in enumerate(stock.lots):
        number = LOTS.index(lot.thing)
        into, left = put_in[number], made_much[number] - put_in[number]
        sold = sum(much for on, much in sales if on == 5)
        kept_days = 20 - 3 + 1
        expected = [
            left / (20 - 1 + 1),
            into / blend * (sold + 2 / kept_days),
            into / blend * 2 / kept_days,
            0,
        ]
        assert stock.amounts[row].tolist() == pytest.approx(expected)
        assert float(stock.total[row]) == pytest.approx(made_much[number])


_MOVES = st.tuples(
    st.sampled_from([(A, C), (B, C), (A, D), (B, D), (C, D), (D, C)]), st.integers(1, 120)
)


@given(
    st.lists(_MOVES, min_size=1, max_size=8, unique_by=lambda move: move[1]),
    st.lists(st.tuples(st.sampled_from([C, D]), st.integers(1, 120)), min_size=1, max_size=3),
)
def test_a_maker_of_the_lot_weighs_where_the_way_back_in_time_leads_to_it(
    moves: list[tuple[tuple[Holder, Holder], int]], sales: list[tuple[Holder, int]]
) -> None:
    """Both make one lot; more than enough of it is made and moved, at times all their own."""
    facts = record(
        [
            *(made("lot1", maker, 0, **kilos(1000)) for maker in MAKERS),
            *(moved("lot1", *ends, 2 * at_hour, **kilos(9)) for ends, at_hour in moves),
            *(ended("lot1", place, 2 * at_hour + 1, **kilos(1)) for place, at_hour in sales),
        ]
    )
    wanted = [(held(place), day((2 * hour + 1 + 8) // 24)) for place, hour in sales]
    stock = of(facts, wanted, "lot1")
    weighs = {lot.holder: stock.amounts[row] > 0 for row, lot in enumerate(stock.lots)}
    for column, (place, hour) in enumerate(sales):
        sold, night = at(2 * hour + 1), at((2 * hour + 1 + 8) // 24 * 24 + 16)
        found = {maker for maker in map(held, MAKERS) if weighs[maker][column]}
        assert _makers(facts, place, sold) <= found <= _makers(facts, place, night)


def _makers(facts: list[Fact], place: Holder, end: datetime) -> set[tuple[str, str]]:
    back = closure.closure(facts, backward("lot1", place, end=end))
    return {held(maker) for maker in MAKERS} & {(n.pool.party, n.pool.site) for n in back.nodes}


def test_what_went_there_and_back_on_one_day_and_nowhere_after_is_no_closed_circle() -> None:
    some_time = Span(at(48), at(71))
    facts = record(
        [
            made("lot1", A, 0, **kilos(10)),
            moved("lot1", A, C, 24, **kilos(10)),
            moved("lot1", C, D, 30, **kilos(10)),
            ended("lot1", D, 40, **kilos(10)),
            moved("lot1", D, C, some_time, **kilos(2)),
            moved("lot1", C, D, some_time, **kilos(2)),
        ]
    )
    stock = of(facts, [(held(D), day(2)), (held(D), day(3))], "lot1")
    assert stock.amounts.tolist() == [pytest.approx([10, 0])]


def test_of_what_never_left_in_an_amount_nothing_is_on_sale() -> None:
    stock = of(record([moved("lot1", A, C, 24)]), [(held(C), day(2))], "lot1")
    assert (len(stock.lots), stock.amounts.sum()) == (0, 0)


def test_what_has_no_amount_no_day_or_another_unit_is_counted_and_left_out() -> None:
    facts = record(
        [
            made("lot1", A, 0, **kilos(5)),
            moved("lot1", A, C, 24, **kilos(5)),
            moved("lot1", A, B, 24),
            ended("lot1", C, 48, **kilos(1)),
            ended("lot1", C, 48, quantity=Decimal(4), unit="l"),
        ]
    )
    stock = of(facts, [(held(C), day(2))], "lot1")
    assert stock.left_out >= 2
    assert stock.amounts.sum() > 0


def test_the_day_of_a_lot_is_chinas_and_unknown_where_it_may_be_several() -> None:
    late = record([made("lot1", A, 17, **kilos(5)), ended("lot1", A, 30, **kilos(5))])
    (lot,) = of(late, [], "lot1").lots
    assert at(17).hour == 17
    assert lot.day == day(1)
    unsaid = record([ended("lot1", A, 30, **kilos(5))])
    (lot,) = of(unsaid, [], "lot1").lots
    assert lot.day is None


@pytest.mark.parametrize("parts", [(9,), (4, 5)])
def test_the_equations_have_no_more_rows_than_are_foretold(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[int, ...]
) -> None:
    """Goods come to C a day after each time that some left it, so that each has its own stage."""
    events = [made("lot1", A, 0, **kilos(100))]
    for number in range(1, 9):
        under = {"document": (f"d{number}",)}
        events.append(sent("lot1", A, C, 48 * number, **under, **kilos(9)))
        events += [received("lot1", A, C, 48 * number, **under, **kilos(part)) for part in parts]
        events.append(moved("lot1", C, D, 48 * number + 24, **kilos(5)))
    facts, rows = record(events), list[int]()
    solve = sale.solved

    def counted(shares: Shares, given: Any) -> Any:
        rows.append(shares.nodes)
        return solve(shares, given)

    monkeypatch.setattr(sale, "solved", counted)
    of(facts, [(held(D), day(9))], "lot1")
    question = Question(seeds=(Seed(thing="lot1"),), direction=Direction.FORWARD)
    pools = len(answer.answer(facts, question).nodes)
    assert pools < max(rows) <= sale.rows_at_most(closure.examine(facts, question))


@given(amounts, st.integers(1, 9), st.integers(0, 9), st.booleans(), st.booleans())
def test_what_comes_back_makes_its_maker_none_the_less_one_and_counts_once(
    sent_much: int,
    back: int,
    sold: int,
    again: bool,  # noqa: FBT001 -- drawn
    boxed: bool,  # noqa: FBT001 -- drawn
) -> None:
    """Of ten kilos some go to C; some of these come back, and perhaps go there again."""
    back, sold = min(back, sent_much), min(sold, sent_much - min(back, sent_much))
    events: list[Any] = [
        made("lot1", A, 0, **kilos(10)),
        moved("lot1", A, C, 24, **kilos(sent_much)),
    ]
    events += [ended("lot1", C, 48, **kilos(sold))] if sold else []
    events += [moved("lot1", C, A, 72, **kilos(back))]
    events += [moved("lot1", A, C, 96, **kilos(back))] if again else []
    events += (
        [packed("lot1", "c1", A, 120, **kilos(1)), left("lot1", "c1", A, 144, **kilos(1))]
        if (boxed and (sent_much < 10 or not again))
        else []
    )
    stock = of(record(events), [(held(C), day(2))], "lot1")
    assert [(lot.holder, lot.day) for lot in stock.lots] == [(held(A), day(0))]
    assert stock.total[0] == pytest.approx(10)


@given(st.lists(amounts, min_size=1, max_size=3), amounts)
def test_a_dispatch_received_in_parts_is_on_sale_as_one_received_at_once(
    parts: list[int], kept: int
) -> None:
    begun = [made("lot1", A, 0, **kilos(sum(parts) + kept)), made("lot2", B, 0, **kilos(9))]
    begun += [moved("lot2", B, C, 24, **kilos(9)), sent("lot1", A, C, 24, **kilos(sum(parts)))]
    over = [ended("lot1", C, 72, **kilos(sum(parts))), ended("lot2", C, 72, **kilos(9))]
    whole, split = (
        of(
            record([*begun, *[received("lot1", A, C, 30, **kilos(part)) for part in some], *over]),
            [(held(C), day(3)), (held(A), day(5))],
            *LOTS,
        )
        for some in ([sum(parts)], parts)
    )
    assert split.lots == whole.lots
    assert split.amounts == pytest.approx(whole.amounts)
    assert split.total == pytest.approx(whole.total)


@pytest.mark.parametrize("days", [(0, 120), (120, 0)])
def test_a_lot_made_on_several_days_has_no_one_day_whichever_was_recorded_last(
    days: tuple[int, int],
) -> None:
    events = [made("lot1", A, time, **kilos(5)) for time in days]
    stock = of(record([*events, ended("lot1", A, 144, **kilos(10))]), [(held(A), day(6))], "lot1")
    assert [(lot.day, much) for lot, (much,) in zip(stock.lots, stock.amounts, strict=True)] == [
        (None, 10)
    ]


@given(st.integers(0, 9), st.integers(0, 9), st.lists(st.integers(0, 19), max_size=30))
def test_a_sale_of_some_days_is_on_each_of_them_in_whatever_order_they_are_asked_for(
    first: int, more: int, asked: list[int]
) -> None:
    days = Span(at(24 * (first + 1)), at(24 * (first + more + 1)))
    events = [made("lot1", A, 0, **kilos(6)), ended("lot1", A, days, **kilos(6))]
    stock = of(record(events), [(held(A), day(each)) for each in asked], "lot1")
    each = 6 / (more + 1)
    told = [each if first < one <= first + more + 1 else 0 for one in asked]
    assert stock.amounts[0] == pytest.approx(told)
