"""A piece is where its last move brought it, wherever it was before; a true life tells that."""

from decimal import Decimal

import pytest
from histories import HOLDERS, at
from hypothesis import given
from hypothesis import strategies as st
from worked import A, B, Event, Span, ended, forward, history, left, made, moved, packed, sent

from suyuan.model import ThingGrain
from suyuan.trace.answer import answer
from suyuan.trace.types import Rest

PIECE, BOX = "t1", "c1"
STEPS = st.lists(st.one_of(st.sampled_from(HOLDERS), st.sampled_from(("in", "out", "end"))))


def whereabouts(*events: Event) -> list[tuple[str, str, Rest, bool]]:
    found = answer(history(*events), forward(PIECE)).whereabouts
    return [(each.pool.site, each.pool.container, each.rest, each.certain) for each in found]


def holders_now(*events: Event) -> set[str]:
    told = answer(history(*events), forward(PIECE)).responsibility
    return {each.site for each in told if each.until is None}


@given(STEPS)
def test_it_is_at_one_place_and_that_is_the_last(steps: list[object]) -> None:
    here, box, rest = A, "", Rest.HELD
    told = [made(PIECE, A, 0)]
    for time, step in enumerate(steps, 1):
        if step == "in" and not box:
            told.append(packed(PIECE, BOX, here, time))
            box = BOX
        elif step == "out" and box:
            told.append(left(PIECE, BOX, here, time))
            box = ""
        elif step in HOLDERS and step != here:
            there = next(holder for holder in HOLDERS if holder == step)
            told.append(moved(box or PIECE, here, there, time))
            here = there
        elif step == "end" and not box:
            told.append(ended(PIECE, here, time))
            rest = Rest.ENDED
            break
    assert whereabouts(*told) == [(here.site, box, rest, True)]
    assert holders_now(*told) == (set() if rest is Rest.ENDED else {here.site})


def test_what_was_sent_back_and_is_not_said_to_have_come_is_under_way() -> None:
    told = [made(PIECE, A, 0), moved(PIECE, A, B, 1), sent(PIECE, B, A, 2)]
    assert whereabouts(*told) == [(A.site, "", Rest.IN_TRANSIT, True)]


def test_what_came_and_went_within_a_day_is_gone() -> None:
    day = Span(at(0), at(24))
    told = [made(PIECE, A, 0), moved(PIECE, A, B, day), moved(PIECE, B, HOLDERS[2], day)]
    assert {site for site, *_ in whereabouts(*told)} == {HOLDERS[2].site}


def test_what_came_back_within_the_day_on_which_it_left_may_be_there() -> None:
    day = Span(at(0), at(24))
    told = [made(PIECE, A, 0), moved(PIECE, A, B, day), moved(PIECE, B, A, day)]
    assert whereabouts(*told) == [(A.site, "", Rest.HELD, False)]


def test_what_is_told_twice_to_have_come_and_then_left_is_gone() -> None:
    told = [made(PIECE, A, 0), *[moved(PIECE, A, B, 1)] * 2, ended(PIECE, B, 3)]
    assert [rest for site, _, rest, _ in whereabouts(*told) if site == B.site] == [Rest.ENDED]


@pytest.mark.parametrize("much", [None, Decimal(4)])
def test_of_a_lot_that_came_back_something_is_there(much: Decimal | None) -> None:
    some = {"grain": ThingGrain.LOT, "quantity": much}
    told = [made(PIECE, A, 0, **some), moved(PIECE, A, B, 1, **some), moved(PIECE, B, A, 2, **some)]
    found = answer(history(*told), forward(PIECE)).whereabouts
    assert [(each.pool.site, each.rest, each.quantity) for each in found] == [
        (A.site, Rest.HELD, much)
    ]
