"""What two holders passed on holds no more of the material than there is."""

from decimal import Decimal
from typing import Any

from worked import A, B, C, Event, came, forward, history, kilos, made, moved, received, sent, used

from suyuan.model import ThingGrain
from suyuan.trace.scope import scope
from suyuan.trace.types import Extent, Transfer


def kg(number: int) -> dict[str, Any]:
    return kilos(number) | {"grain": ThingGrain.LOT}


def passed(*events: Event) -> Transfer:
    found = scope(history(*events), forward("lot1", A)).transfers
    return next(each for each in found if each.source_site == B.site)


def mixed(other: int) -> tuple[Event, ...]:
    """All 500 of lot1 went to B, which made two lots of it and of another, and sent both to C."""
    return (
        made("lot1", A, 0, **kg(500)), moved("lot1", A, B, 1, **kg(500)),
        made("lot2", B, 1, **kg(other)),
        (*used("lot1", "f1", B, 2, **kg(500)), *used("lot2", "f1", B, 2, **kg(other)),
         *came("lot3", "f1", B, 2, **kg(310)), *came("lot4", "f1", B, 2, **kg(310))),
        moved("lot3", B, C, 3, **kg(310)), moved("lot4", B, C, 3, **kg(310)),
    )  # fmt: skip


def test_two_lots_together_hold_no_more_than_was_made() -> None:
    found = passed(*mixed(120))
    assert (found.touched, found.material.most) == (620, 500)


def test_what_came_back_may_pass_twice() -> None:
    events = (
        made("lot1", A, 0, **kg(5)), moved("lot1", A, B, 1, **kg(5)),
        moved("lot1", B, C, 2, **kg(5)), moved("lot1", C, B, 3, **kg(5)),
        moved("lot1", B, C, 4, **kg(5)),
    )  # fmt: skip
    found = passed(*events)
    assert (found.touched, found.material) == (10, Extent(Decimal(10), Decimal(10)))


def test_what_a_making_gained_may_be_of_it_too() -> None:
    events = (
        made("lot1", A, 0, **kg(5)), moved("lot1", A, B, 1, **kg(5)),
        (*used("lot1", "f1", B, 2, **kg(5)), *came("lot3", "f1", B, 2, **kg(9))),
        moved("lot3", B, C, 3, **kg(9)),
    )  # fmt: skip
    assert passed(*events).material == Extent(Decimal(5), Decimal(9))


def test_what_was_lost_on_its_way_went_all_the_same() -> None:
    """All of the lot is asked about: of 4 that were sent 2 were told to be of it."""
    facts = history(
        made("lot1", A, 0, **kg(5)),
        sent("lot1", A, B, 1, **kg(4)),
        received("lot1", A, B, 2, **kg(1)),
    )
    (found,) = scope(facts, forward("lot1")).transfers
    assert (found.touched, found.material) == (4, Extent(Decimal(4), Decimal(4)))


def test_where_more_left_than_came_nothing_is_cut() -> None:
    found = passed(*mixed(120), moved("lot3", B, C, 4, **kg(90)))
    assert found.material.most is not None
    assert found.material.most > 500
