"""A recall's lines hold no more of the material than came there, and than there is in all."""

from decimal import Decimal
from random import Random
from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_scope import asked, tale
from worked import A, B, C, D, Event, came, forward, history, kilos, made, moved, used

from suyuan.model import ThingGrain
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


def blended(count: int) -> list[Event]:
    """One kilo in ten of a blend, which is made into another lot, and that into another."""
    ten: dict[str, Any] = kilos(10) | {"grain": ThingGrain.LOT}
    first = (
        *used(LOT, "f0", A, 1, **kilos(1)),
        *used("lot2", "f0", B, 1, **kilos(9)),
        *came("b0", "f0", C, 1, **ten),
    )
    more = [
        (*used(f"b{n - 1}", f"f{n}", C, n + 1, **ten), *came(f"b{n}", f"f{n}", C, n + 1, **ten))
        for n in range(1, count)
    ]
    return [made(LOT, A, 0, **kilos(1)), made("lot2", B, 0, **kilos(9)), first, *more]


def test_of_lots_that_exceed_all_there_is_time_grows_in_step() -> None:
    """Where something may come back is found once for all of them."""

    def took(count: int) -> float:
        facts, begun = history(*blended(count)), process_time()
        found = scope(facts, forward(LOT, A))
        assert {line.came.material.most for line in found.lines} == {1}
        return process_time() - begun

    assert took(1600) < 16 * took(200) + 0.5


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.integers(1, 14))
def test_nowhere_is_more_than_was_made(random: Random, length: int) -> None:
    told = tale(random, length=length, exact=True)
    for line in scope(told.facts, asked()).lines:
        for part in (line.stock, line.ended):
            assert part.material.most is not None
            assert part.material.most <= 9
