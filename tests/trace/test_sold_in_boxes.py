"""What a container held ends with it, in a recall as in the balance."""

from decimal import Decimal

import pytest
from test_scope import line_of
from worked import A, B, Event, ended, forward, history, kilos, made, moved, packed

from suyuan.trace.answer import answer
from suyuan.trace.scope import scope
from suyuan.trace.types import Answer, Extent, Rest, ScopeLine

FILLED = (made("lot1", A, 0, **kilos(20)), packed("lot1", "c1", A, 1, **kilos(10)))


def at_b(*events: Event, thing: str = "lot1") -> ScopeLine:
    return line_of(scope(history(*events), forward(thing, A)), B, "" if thing == "t1" else thing)


@pytest.mark.parametrize("loose", [0, 3])
def test_what_was_in_a_box_that_was_sold_is_sold_and_no_longer_there(loose: int) -> None:
    beside = [moved("lot1", A, B, 2, **kilos(loose))] if loose else []
    line = at_b(*FILLED, moved("c1", A, B, 2), *beside, ended("c1", B, 3))
    assert (line.came.touched, line.ended.touched, line.stock.touched) == (10 + loose, 10, loose)
    assert line.ended.material == Extent(Decimal(10), Decimal(10))


def test_a_box_in_a_box_and_a_piece_in_it_are_sold_too() -> None:
    line = at_b(
        made("t1", A, 0), packed("t1", "c1", A, 1), packed("c1", "c2", A, 2),
        moved("c2", A, B, 3), ended("c2", B, 4), thing="t1",
    )  # fmt: skip
    assert (line.ended.touched, line.stock.touched) == (1, 0)


def test_a_sale_that_names_the_box_and_what_is_in_it_sold_that() -> None:
    both = (*ended("c1", B, 3), *ended("lot1", B, 3, **kilos(10)))
    line = at_b(*FILLED, moved("c1", A, B, 2), both)
    assert (line.came.touched, line.ended.touched, line.stock.touched) == (10, 10, 0)


def traced(*events: Event, thing: str = "lot1") -> Answer:
    return answer(history(*events), forward(thing, A))


def rests_at_b(found: Answer) -> set[tuple[Rest, int, bool]]:
    return {
        (each.rest, int(each.quantity or 0), each.certain)
        for each in found.whereabouts
        if each.pool.site == B.site
    }


def stock_at_b(found: Answer) -> int | None:
    (line,) = (each for each in found.balance if each.pool.site == B.site)
    assert line.unexplained == 0
    return None if line.stock is None else int(line.stock)


@pytest.mark.parametrize("loose", [0, 3])
def test_a_trace_says_so_too_and_that_nobody_has_it(loose: int) -> None:
    beside = [moved("lot1", A, B, 2, **kilos(loose))] if loose else []
    found = traced(*FILLED, moved("c1", A, B, 2), *beside, ended("c1", B, 3))
    over = (Rest.ENDED, 10, True)
    assert rests_at_b(found) == ({over, (Rest.HELD, loose, True)} if loose else {over})
    assert stock_at_b(found) == loose
    *_, last = found.responsibility
    assert (last.site, last.until is None) == (B.site, bool(loose))


def test_a_trace_of_a_piece_in_a_box_in_a_box_ends_with_the_outer() -> None:
    found = traced(
        made("t1", A, 0), packed("t1", "c1", A, 1), packed("c1", "c2", A, 2),
        moved("c2", A, B, 3), ended("c2", B, 4), thing="t1",
    )  # fmt: skip
    assert rests_at_b(found) == {(Rest.ENDED, 1, True)}
    assert found.responsibility[-1].until is not None


def test_a_trace_counts_a_sale_that_names_the_box_and_what_is_in_it_once() -> None:
    both = (*ended("c1", B, 3), *ended("lot1", B, 3, **kilos(10)))
    found = traced(*FILLED, moved("c1", A, B, 2), both)
    assert (rests_at_b(found), stock_at_b(found)) == ({(Rest.ENDED, 10, True)}, 0)


def test_two_boxes_that_one_event_ends_are_both_counted() -> None:
    found = traced(
        *FILLED, packed("lot1", "c2", A, 1, **kilos(4)), moved("c1", A, B, 2),
        moved("c2", A, B, 2), (*ended("c1", B, 3), *ended("c2", B, 3)),
    )  # fmt: skip
    assert rests_at_b(found) == {(Rest.ENDED, 10, True), (Rest.ENDED, 4, True)}
    assert stock_at_b(found) == 0
