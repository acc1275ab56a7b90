"""What came to a place that nobody names is not surely there if it may be what left another."""

from decimal import Decimal

import pytest
from worked import A, D, Event, ended, forward, history, kilos, made, moved

from suyuan.model import Holder, ThingGrain
from suyuan.trace.scope import scope
from suyuan.trace.types import Extent

LOT = "lot1"
SOMEWHERE = Holder(A.party)


def kept(*events: Event) -> Extent:
    """Of one that came to some place of A's party, what is there."""
    begun = [made(LOT, place, 0, grain=ThingGrain.LOT, **kilos(9)) for place in (A, D)]
    facts = history(*begun, moved(LOT, D, SOMEWHERE, 3, **kilos(1)), *events)
    lines = scope(facts, forward(LOT)).lines
    (part,) = (x.stock for x in lines if (x.party, x.site) == (A.party, "") and x.came.touched == 1)
    return part.material


@pytest.mark.parametrize("place", [SOMEWHERE, A, Holder()])
def test_what_left_such_a_place_may_be_that(place: Holder) -> None:
    assert kept(ended(LOT, place, 6, **kilos(10))) == Extent(Decimal(0), Decimal(1))


def test_what_left_such_a_place_may_be_that_wherever_else_the_party_had_it() -> None:
    """What is asked about came to it as to no other place; of that there was more of the lot."""
    begun = [made(LOT, place, 0, grain=ThingGrain.LOT, **kilos(9)) for place in (A, D)]
    there = Holder(D.party)
    gone = ended(LOT, there, 6, **kilos(8))
    found = scope(history(*begun, moved(LOT, A, there, 3, **kilos(4)), gone), forward(LOT, A)).lines
    (line,) = (line for line in found if line.party == D.party and line.came.touched)
    assert line.stock.material == Extent(Decimal(0), Decimal(4))


def test_what_left_other_stock_of_the_party_may_be_that() -> None:
    begun = [made(LOT, place, 0, grain=ThingGrain.LOT, **kilos(9)) for place in (A, D)]
    facts = history(
        *begun, moved(LOT, A, Holder(D.party), 3, **kilos(3)), ended(LOT, D, 6, **kilos(4))
    )
    lines = scope(facts, forward(LOT, A)).lines
    assert [x.stock.material.least for x in lines if x.party == D.party and not x.site] == [0]


def test_what_left_before_and_may_be_other_stock_takes_nothing_off() -> None:
    begun = [made(LOT, place, 0, grain=ThingGrain.LOT, **kilos(9)) for place in (A, D)]
    there = Holder(D.party)
    facts = history(*begun, ended(LOT, there, 3, **kilos(9)), moved(LOT, A, there, 6, **kilos(3)))
    found = scope(facts, forward(LOT, A)).lines
    (line,) = (x for x in found if x.party == D.party and x.came.touched)
    assert (line.stock.touched, line.stock.material.most) == (3, 3)


@pytest.mark.parametrize("place", [A, D])
def test_what_left_a_place_that_had_so_much_is_not_that(place: Holder) -> None:
    assert kept(ended(LOT, place, 6, **kilos(8))) == Extent(Decimal(1), Decimal(1))


def test_what_was_gone_before_it_came_takes_nothing_off() -> None:
    """Seven left that nobody reported to have come; the one that came later is still there."""
    gone = ended(LOT, D, 3, **kilos(7))
    begun = made(LOT, A, 0, grain=ThingGrain.LOT, **kilos(9))
    found = scope(history(begun, gone, moved(LOT, A, D, 6, **kilos(1))), forward(LOT, A)).lines
    (line,) = (line for line in found if line.site == D.site)
    assert (line.stock.touched, line.stock.material.most) == (1, 1)
