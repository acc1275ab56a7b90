"""What a link says of amounts is what each side reported, in its own unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worked import A, B, forward, history, made, packed, received, sent

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.trace.answer import answer
from suyuan.trace.closure import closure, examine
from suyuan.trace.flows import flows
from suyuan.trace.types import Link, LinkKind

LOT = "lot1"
reports = st.tuples(
    st.none() | st.integers(1, 9).map(Decimal), st.sampled_from((None, "KGM", "GRM"))
)


def moves(links: tuple[Link, ...]) -> list[Link]:
    return [link for link in links if link.kind is LinkKind.MOVED]


@given(reports, reports)
def test_each_amount_of_a_movement_stands_with_the_unit_of_its_own_report(
    told: tuple[Decimal | None, str | None], confirmed: tuple[Decimal | None, str | None]
) -> None:
    facts = history(
        sent(LOT, A, B, 1, quantity=told[0], unit=told[1]),
        received(LOT, A, B, 2, quantity=confirmed[0], unit=confirmed[1]),
    )
    (link,) = moves(closure(facts, forward(LOT, A)).links)
    if told[0] is not None:
        assert (link.quantity, link.unit) == told
    if confirmed[0] is not None:
        assert (link.received, link.received_unit) == confirmed
    assert link.came == (confirmed if confirmed[0] is not None else (link.quantity, link.unit))
    (flow,) = (each for each in flows(examine(facts, forward(LOT, A))) if each.source is not None)
    for much, report in ((flow.sent, told), (flow.got, confirmed)):
        if much is not None and report[0] is not None:
            assert Quantity(much, flow.unit) == normal(Quantity(*report))


@pytest.mark.parametrize("side", ["sent", "received"])
def test_what_one_side_alone_reports_is_in_its_unit(side: str) -> None:
    word = {"sent": sent, "received": received}[side]
    facts = history(word(LOT, A, B, 1, quantity=Decimal(5), unit="GRM"))
    (link,) = moves(answer(facts, forward(LOT, A)).links)
    assert link.came == (Decimal(5), "GRM")


def test_what_a_box_took_along_came_in_the_unit_that_it_was_packed_in() -> None:
    facts = history(
        made(LOT, A, 0, quantity=Decimal(5), unit="KGM"),
        packed(LOT, "c1", A, 1, quantity=Decimal(5), unit="KGM"),
        sent("c1", A, B, 2),
        received("c1", A, B, 3),
    )
    (link,) = moves(closure(facts, forward(LOT, A)).links)
    assert (link.unit, link.received_unit) == ("KGM", "KGM")
