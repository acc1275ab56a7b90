"""Reports of one thing without documents pair off one to one wherever that can be in one way."""

from collections.abc import Sequence

import oracle
from engines import Engine, at_both_lengths, holds, on_all_engines
from hypothesis import strategies as st
from worked import (
    A,
    B,
    C,
    Event,
    certain,
    codes,
    day,
    everything,
    forward,
    history,
    kilos,
    made,
    only_possible,
    received,
    sent,
)

from suyuan.model import Holder
from suyuan.trace.closure import closure as engine
from suyuan.trace.types import Closure, Confirmed


def moves(answer: Closure) -> list[tuple[tuple[int, ...], bool]]:
    """The entries of each movement, and whether it is certain."""
    return sorted((link.entries, link.certain) for link in answer.links)


@on_all_engines
def test_a_delivery_is_not_the_receipt_of_one_before_it_was_sent(closure: Engine) -> None:
    facts = history(
        made("lot1", A, 1, **kilos(100)),
        *(sent("lot1", A, B, 2, **kilos(40)), received("lot1", A, B, 2, **kilos(40))),
        *(sent("lot1", A, B, 6, **kilos(60)), received("lot1", A, B, 6, **kilos(60))),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((2, 3), True), ((4, 5), True)]
    assert (certain(answer), codes(answer)) == ({"lot1 s1", "lot1 s2"}, set())


@on_all_engines
def test_what_is_surely_paired_leaves_one_way_for_those_between(closure: Engine) -> None:
    facts = history(
        *(sent("lot1", A, B, 1), received("lot1", A, B, 2)),
        *(sent("lot1", A, B, 3), received("lot1", A, B, 4)),
        *(sent("lot1", A, B, 5), received("lot1", A, B, 6)),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 2), True), ((3, 4), True), ((5, 6), True)]
    assert codes(answer) == set()


@on_all_engines
def test_several_dispatches_before_one_receipt_are_all_of_it(closure: Engine) -> None:
    facts = history(
        *(sent("lot1", A, B, 1), received("lot1", A, B, 2)),
        *(sent("lot1", A, B, 3), sent("lot1", A, B, 4), received("lot1", A, B, 5)),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 2), True), ((3, 5), True), ((4, 5), True)]


@on_all_engines
def test_a_receipt_that_fits_two_who_each_have_their_own_may_be_of_either(closure: Engine) -> None:
    facts = history(
        sent("lot1", A, B, 1, document=("d1",)),
        sent("lot1", A, B, 1, document=("d2",)),
        received("lot1", A, B, 2, document=("d1",)),
        received("lot1", A, B, 2, document=("d2",)),
        received("lot1", A, B, 3),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 3), True), ((1, 5), False), ((2, 4), True), ((2, 5), False)]
    assert codes(answer) == {"ambiguous_movement"}


@on_all_engines
def test_no_holder_is_lost_by_pairing_off(closure: Engine) -> None:
    """The first dispatch may have gone to the second place, which else nothing from A came to."""
    anywhere = Holder(B.party)
    first, second = Holder(B.party, "x"), Holder(B.party, "y")
    facts = history(
        sent("lot1", A, anywhere, 1),
        received("lot1", None, first, 2),
        sent("lot1", C, second, 3),
        received("lot1", None, second, 4),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 2), True), ((1, 4), False)]
    assert everything(answer) == {"lot1 s1", "lot1 x", "lot1 y"}
    assert only_possible(answer) == {"lot1 y"}


@on_all_engines
def test_what_is_held_settles_nothing_for_others(closure: Engine) -> None:
    facts = history(
        *(sent("lot1", A, B, 1), received("lot1", A, B, 2)),
        *(sent("lot1", A, B, 3, held=True), received("lot1", A, B, 4)),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 2), False), ((1, 4), False), ((3, 4), False)]
    assert codes(answer) == {"ambiguous_movement"}


@on_all_engines
def test_of_one_day_nobody_knows_which_came_first(closure: Engine) -> None:
    some = day(0, 23)
    facts = history(
        *(sent("lot1", A, B, some), received("lot1", A, B, some)),
        *(sent("lot1", A, B, some), received("lot1", A, B, some)),
    )
    answer = closure(facts, forward("lot1", A))
    assert [sure for _, sure in moves(answer)] == [False] * 4


def test_a_hundred_deliveries_in_turn_are_a_hundred_movements() -> None:
    """Each dispatch fits all receipts after it: five thousand pairs, and a hundred are made."""
    events: list[Event] = []
    for at in range(100):
        events += [sent("lot1", A, B, day(2 * at, 2 * at)), received("lot1", A, B, 2 * at + 1)]
    answer = engine(history(*events), forward("lot1", A))
    assert len(answer.links) == 100
    assert all(link.certain and link.confirmed is Confirmed.BOTH for link in answer.links)


_HOLDERS = st.sampled_from([A, B, C, Holder(B.party), Holder(B.party, "x"), None])
_DOCUMENTS = st.sampled_from([(), (), ("d1",), ("d2",), ("d1", "d2")])


@st.composite
def _reports(draw: st.DrawFn) -> list[Event]:
    """Reports of one lot, mostly between the same two holders."""
    plain = draw(st.booleans())
    found: list[Event] = []
    for _ in range(draw(st.integers(2, 9))):
        ends = (A, B) if plain else (draw(_HOLDERS), draw(_HOLDERS))
        first = draw(st.integers(0, 8))
        when = day(first, first + draw(st.integers(0, 2)))
        more = {} if plain else {"document": draw(_DOCUMENTS)}
        held = {"held": True} if draw(st.integers(0, 11)) == 0 else {}
        report = draw(st.sampled_from([sent, received]))
        found.append(report("lot1", *ends, when, **more, **held))
    return found


def _said(answer: Closure) -> tuple[set[object], ...]:
    return (
        {(n.pool, n.certain) for n in answer.nodes},
        set(answer.links),
        {(a.code, a.entries) for a in answer.anomalies},
    )


@at_both_lengths
def test_any_reports_are_paired_as_the_oracle_pairs_them(examples: int) -> None:
    def check(events: Sequence[Event]) -> None:
        facts, question = history(*events), forward("lot1")
        assert _said(engine(facts, question)) == _said(oracle.closure(facts, question))

    holds(check, 4 * examples, _reports())
