"""Of a lot that is packed by amounts parts may be taken out: the rest goes on in its box."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from histories import HOLDERS, record
from hypothesis import given, settings
from hypothesis import strategies as st
from worked import A, B, C, Event, emptied, ended, forward, left, made, moved, packed

from suyuan.model import Fact, Holder
from suyuan.trace.balance import balances
from suyuan.trace.closure import closure, examine
from suyuan.trace.scope import scope
from suyuan.trace.types import ScopeLine

BOX, LOT = "c1", "lot1"


def kilos(much: int) -> dict[str, Any]:
    return {"quantity": Decimal(much), "unit": "KGM"}


def lines_of(facts: list[Fact]) -> dict[tuple[str, str], ScopeLine]:
    return {(line.party, line.site): line for line in scope(facts, forward(LOT)).lines}


def stock_of(facts: list[Fact], place: Holder) -> Decimal | None:
    return lines_of(facts)[place.party or "", place.site or ""].stock.touched


BEGUN = (made(LOT, A, 0, **kilos(10)), packed(LOT, BOX, A, 1, **kilos(10)), moved(BOX, A, B, 2))


def test_the_rest_goes_on_with_the_box() -> None:
    facts = record([*BEGUN, left(LOT, BOX, B, 3, **kilos(4)), moved(BOX, B, C, 4)])
    assert [stock_of(facts, each) for each in (A, B, C)] == [0, 4, 6]
    assert all(line.certain for line in lines_of(facts).values())
    assert lines_of(facts)[C.party or "", C.site or ""].came.material.least == Decimal(6)
    (onward,) = [link for link in closure(facts, forward(LOT)).links if link.target.site == C.site]
    assert (onward.quantity, onward.certain) == (Decimal(6), True)


def test_with_the_last_part_nothing_goes_on() -> None:
    parts = [left(LOT, BOX, B, 3, **kilos(4)), left(LOT, BOX, B, 4, **kilos(6))]
    facts = record([*BEGUN, *parts, moved(BOX, B, C, 5)])
    assert {node.pool.site for node in closure(facts, forward(LOT)).nodes} == {A.site, B.site}


def test_parts_in_another_unit_of_the_same_kind_are_parts() -> None:
    grams = {"quantity": Decimal(4000), "unit": "GRM"}
    facts = record([*BEGUN, left(LOT, BOX, B, 3, **grams), moved(BOX, B, C, 4)])
    assert stock_of(facts, C) == Decimal(6)


def test_what_was_put_in_in_units_of_one_kind_is_carried_together() -> None:
    """It was told that somebody had stated no amount, and no limit for whoever had the box next."""
    grams = {"quantity": Decimal(4000), "unit": "GRM"}
    begun = [made(LOT, A, 0, **kilos(10)), packed(LOT, BOX, A, 1, **kilos(6))]
    facts = record([*begun, packed(LOT, BOX, A, 2, **grams), moved(BOX, A, B, 3)])
    assert [stock_of(facts, each) for each in (A, B)] == [0, 10]
    assert [line.unclear for line in lines_of(facts).values()] == [None, None]


def test_without_an_amount_all_is_taken_out() -> None:
    facts = record([*BEGUN, left(LOT, BOX, B, 3), moved(BOX, B, C, 4)])
    assert {node.pool.site for node in closure(facts, forward(LOT)).nodes} == {A.site, B.site}


def test_all_taken_out_without_an_amount_undoes_no_part_before() -> None:
    parts = [left(LOT, BOX, B, 3, **kilos(4)), moved(BOX, B, C, 4), left(LOT, BOX, C, 5)]
    facts = record([*BEGUN, *parts, moved(BOX, C, A, 6)])
    sites = {node.pool.site: node.certain for node in closure(facts, forward(LOT)).nodes}
    assert sites == dict.fromkeys((A.site, B.site, C.site), True)


@pytest.mark.parametrize("more", [{}, {"quantity": Decimal(10), "unit": "EA"}])
def test_where_amounts_do_not_compare_some_may_go_on(more: dict[str, Any]) -> None:
    begun = [made(LOT, A, 0, **kilos(10)), packed(LOT, BOX, A, 1, **more), moved(BOX, A, B, 2)]
    facts = record([*begun, left(LOT, BOX, B, 3, **kilos(4)), moved(BOX, B, C, 4)])
    found = {node.pool.site: node.certain for node in closure(facts, forward(LOT)).nodes}
    assert found == {A.site: True, B.site: True, C.site: False}


def test_where_a_part_may_be_out_already_the_rest_is_no_amount() -> None:
    facts = record([*BEGUN, left(LOT, BOX, B, 4, **kilos(4)), moved(BOX, B, C, 4)])
    (onward,) = [link for link in closure(facts, forward(LOT)).links if link.target.site == C.site]
    assert (onward.quantity, onward.certain) == (None, True)


def test_emptying_gives_what_is_left_for_certain() -> None:
    facts = record([*BEGUN, left(LOT, BOX, B, 3, **kilos(4)), emptied(BOX, B, 4)])
    links = closure(facts, forward(LOT)).links
    assert (Decimal(6), True) in {(link.quantity, link.certain) for link in links}


def test_accounts_agree_when_the_rest_comes_back() -> None:
    facts = record(
        [
            *BEGUN,
            left(LOT, BOX, B, 3, **kilos(4)),
            moved(BOX, B, A, 4),
            emptied(BOX, A, 5),
            moved(LOT, A, C, 6, **kilos(6)),
        ]
    )
    assert [stock_of(facts, each) for each in (A, B, C)] == [0, 4, 6]
    found = examine(facts, forward(LOT))
    accounts = balances(found.told, found.net, {node.pool for node in found.closure.nodes})
    assert [each.unexplained for each in accounts if each.unexplained] == []
    assert {each.pool.site: each.stock for each in accounts if each.stock} == {B.site: 4, C.site: 6}


class World:
    """Who truly has how much of the lot, loose and in two boxes that are carried about."""

    def __init__(self) -> None:
        self.events: list[Event] = [made(LOT, A, 0, **kilos(20))]
        self.loose: dict[Holder, int] = defaultdict(int, {A: 20})
        self.inside = {"c1": 0, "c2": 0}
        self.at = {"c1": A, "c2": B}
        self.hour = 0
        self.is_plain = True
        """No box was packed again while something was in it: then all is told for certain."""

    def _said(self, told: Callable[..., Event], *given: Any, **more: Any) -> None:
        self.hour += 1
        self.events.append(told(*given, self.hour, **more))

    def pack(self, box: str, much: int) -> None:
        place = self.at[box]
        much = min(much, self.loose[place])
        if much:
            self.is_plain &= not self.inside[box]
            self.loose[place] -= much
            self.inside[box] += much
            self._said(packed, LOT, box, place, **kilos(much))

    def take(self, box: str, much: int) -> None:
        much = min(much, self.inside[box])
        if much:
            self.inside[box] -= much
            self.loose[self.at[box]] += much
            self._said(left, LOT, box, self.at[box], **kilos(much))

    def carry(self, box: str, goal: Holder) -> None:
        if goal != self.at[box]:
            self._said(moved, box, self.at[box], goal)
            self.at[box] = goal

    def empty(self, box: str) -> None:
        self.loose[self.at[box]] += self.inside[box]
        self.inside[box] = 0
        self._said(emptied, box, self.at[box])

    def sell(self, box: str, much: int) -> None:
        place = self.at[box]
        much = min(much, self.loose[place])
        if much:
            self.loose[place] -= much
            self._said(ended, LOT, place, **kilos(much))

    def held(self) -> dict[tuple[str | None, str | None], int]:
        found = defaultdict(int, self.loose)
        for box, much in self.inside.items():
            found[self.at[box]] += much
        return {(each.party, each.site): much for each, much in found.items() if much}


acts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("pack", "take", "take", "sell")), st.sampled_from(("c1", "c2")),
                  st.integers(1, 9)),
        st.tuples(st.just("carry"), st.sampled_from(("c1", "c2")), st.sampled_from(HOLDERS)),
        st.tuples(st.just("empty"), st.sampled_from(("c1", "c2"))),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(said=acts)
def test_whoever_truly_has_it_is_told_with_how_much(said: list[tuple[Any, ...]]) -> None:
    world = World()
    for name, *given_ in said:
        getattr(world, name)(*given_)
    told, held = lines_of(record(world.events)), world.held()
    stock = {key: line.stock.touched for key, line in told.items() if line.stock.touched}
    assert stock == held or not world.is_plain
    for key, line in told.items():
        assert line.stock.material.least <= held.get(key, 0)
        for most in (line.stock.material.most, line.stock.touched):
            assert most is not None
            assert most >= held.get(key, 0)
