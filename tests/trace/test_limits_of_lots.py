"""A recall's lines hold no more of the material than came there, and than there is in all."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_scope import asked, tale
from worked import A, B, C, D, Event, came, forward, history, kilos, made, moved, used

from suyuan.trace.scope import scope
from suyuan.trace.types import Extent, ScopeLine

LOT = "lot1"


def lines(*events: tuple[dict[str, object], ...]) -> dict[str, ScopeLine]:
    return {line.site: line for line in scope(history(*events), forward(LOT, A)).lines}


def test_two_draughts_of_a_tank_hold_no_more_together_than_was_put_in() -> None:
    """Each of them can be of the 3 tonnes: at most 4 of 5 were told to be."""
    found = lines(
        made(LOT, A, 0, **kilos(3)), made(LOT, B, 0, **kilos(5)),
        moved(LOT, A, C, 1, **kilos(3)), moved(LOT, B, C, 2, **kilos(5)),
        moved(LOT, C, B, 3, **kilos(4)), moved(LOT, C, D, 4, **kilos(2)),
        made(LOT, C, 5, **kilos(2)), moved(LOT, C, D, 6, **kilos(3)),
    )  # fmt: skip
    there = found[D.site or ""]
    assert there.came.material == there.stock.material == Extent(Decimal(0), Decimal(3))


def test_what_came_back_may_have_come_twice() -> None:
    found = lines(
        made(LOT, A, 0, **kilos(3)), moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, C, D, 2, **kilos(3)), moved(LOT, D, C, 3, **kilos(3)),
        moved(LOT, C, D, 4, **kilos(3)),
    )  # fmt: skip
    there = found[D.site or ""]
    assert there.came.material == Extent(Decimal(6), Decimal(6))
    assert there.stock.material == Extent(Decimal(3), Decimal(3))


def pieces(number: int) -> dict[str, Decimal]:
    return {"quantity": Decimal(number)}


LATER = made(LOT, C, 3, **kilos(5))
HELD = (made(LOT, B, 0, **kilos(5)), moved(LOT, B, C, 2, held=True, **kilos(5)))
BACK = moved(LOT, D, C, 4, **kilos(5))


@pytest.mark.parametrize(("more", "least"), [((LATER,), 3), (HELD, 0), ((BACK,), 3)])
def test_what_came_later_or_is_held_or_came_back_hides_no_stock_that_nobody_reported(
    more: tuple[Event, ...], least: int
) -> None:
    """Of 8 that left, 3 had come: the rest may be of what is asked about too."""
    found = lines(
        made(LOT, A, 0, **kilos(3)), moved(LOT, A, C, 1, **kilos(3)),
        moved(LOT, C, D, 2, **kilos(8)), *more,
    )  # fmt: skip
    assert found[D.site or ""].came.material == Extent(Decimal(least), Decimal(8))


def test_pieces_are_not_held_to_how_many_went_into_the_making() -> None:
    found = lines(
        made(LOT, A, 0, **pieces(3)), made(LOT, B, 0, **pieces(7)),
        moved(LOT, A, C, 1, **pieces(3)), moved(LOT, B, C, 1, **pieces(7)),
        (*used(LOT, "f", C, 2, **pieces(10)), *came("lot2", "f", C, 2, **pieces(5))),
        moved("lot2", C, D, 3, **pieces(5)),
    )  # fmt: skip
    assert found[D.site or ""].came.material == Extent(Decimal(0), Decimal(5))


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.integers(1, 14))
def test_nowhere_is_more_than_was_made(random: Random, length: int) -> None:
    told = tale(random, length=length, exact=True)
    for line in scope(told.facts, asked()).lines:
        for part in (line.stock, line.ended):
            assert part.material.most is not None
            assert part.material.most <= 9
