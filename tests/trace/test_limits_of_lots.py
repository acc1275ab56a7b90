"""A recall's lines hold no more of the material than came there, and than there is in all."""

from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from test_scope import asked, tale
from worked import A, B, C, D, forward, history, kilos, made, moved

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


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.integers(1, 14))
def test_nowhere_is_more_than_was_made(random: Random, length: int) -> None:
    told = tale(random, length=length, exact=True)
    for line in scope(told.facts, asked()).lines:
        for part in (line.stock, line.ended):
            assert part.material.most is not None
            assert part.material.most <= 9
