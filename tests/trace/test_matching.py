"""Reports of one thing pair off one to one where that can be in one way; nothing else is lost."""

from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

import oracle
from engines import Engine, at_both_lengths, holds, on_all_engines
from histories import at
from hypothesis import strategies as st
from worked import (
    A,
    B,
    C,
    D,
    Event,
    certain,
    codes,
    day,
    everything,
    forward,
    history,
    kilos,
    made,
    moved,
    only_possible,
    received,
    sent,
)

from suyuan.model import Holder
from suyuan.trace import movements
from suyuan.trace.closure import closure as engine
from suyuan.trace.matching import matched
from suyuan.trace.types import Closure, Confirmed, Direction, Question, Seed


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
def test_reports_that_are_not_one_to_one_settle_nothing(closure: Engine) -> None:
    facts = history(
        *(sent("lot1", A, B, 1), received("lot1", A, B, 2)),
        *(sent("lot1", A, B, 3), sent("lot1", A, B, 4), received("lot1", A, B, 5)),
    )
    answer = closure(facts, forward("lot1", A))
    assert moves(answer) == [((1, 2), False), ((1, 5), False), ((3, 5), False), ((4, 5), False)]
    assert codes(answer) == {"ambiguous_movement"}


@on_all_engines
def test_amounts_that_differ_settle_nothing(closure: Engine) -> None:
    facts = history(
        *(sent("lot1", A, B, 1, **kilos(4)), received("lot1", A, B, 2, **kilos(3))),
        *(sent("lot1", A, B, 3, **kilos(6)), received("lot1", A, B, 4, **kilos(6))),
    )
    answer = closure(facts, forward("lot1", A))
    assert [sure for _, sure in moves(answer)] == [False] * 3


@on_all_engines
def test_what_was_under_way_while_another_went_is_not_left_out(closure: Engine) -> None:
    """By its papers the first dispatch is of the receipt at 6; the other may be all the same."""
    facts = history(
        moved("lot1", D, A, 3),
        *(sent("lot1", A, B, 1, document=("d9",)), sent("lot1", A, B, 5)),
        *(received("lot1", A, B, 6, document=("d9",)), received("lot1", A, B, 8)),
        moved("lot1", B, C, 7),
    )
    answer = closure(facts, forward("lot1", D))
    assert "lot1 s3" in only_possible(answer)


@on_all_engines
def test_where_it_counts_how_long_a_thing_stayed_all_that_fit_are_asked(closure: Engine) -> None:
    """It may have been under way from 1 to 9, and so be there still fresh for the move at 11."""
    facts = history(
        *(sent("lot1", A, B, 1), received("lot1", A, B, 2)),
        *(sent("lot1", A, B, 8), received("lot1", A, B, 9)),
        moved("lot1", B, C, 11),
    )
    asked = forward("lot1", A, end=at(20), stay_at_most=3 * 3600.0)
    assert "lot1 s3" in everything(closure(facts, asked))
    assert {each[0] for each in moves(closure(facts, asked))} >= {(1, 2), (1, 4), (3, 4)}


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
    for hour in range(0, 200, 2):
        events += [sent("lot1", A, B, day(hour, hour)), received("lot1", A, B, hour + 1)]
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
def test_pairing_off_takes_nothing_from_what_is_possible(examples: int) -> None:
    """Who may have had it, since when and by how many moves is as if every pair were told."""

    def check(events: Sequence[Event], start: int, direction: Direction) -> None:
        facts = history(*events, moved("lot1", B, D, 5), moved("lot1", D, A, 3))
        window = {"start": at(start)} if direction is Direction.FORWARD else {"end": at(start)}
        question = Question(seeds=(Seed(thing="lot1", holder=A),), direction=direction, **window)
        told = [(n.pool, n.reached, n.hops) for n in engine(facts, question).nodes]
        with patch.object(movements, "matched", partial(matched, every=True)):
            assert [(n.pool, n.reached, n.hops) for n in engine(facts, question).nodes] == told

    holds(check, 4 * examples, _reports(), st.integers(0, 8), st.sampled_from(Direction))


@at_both_lengths
def test_any_reports_are_paired_as_the_oracle_pairs_them(examples: int) -> None:
    def check(events: Sequence[Event]) -> None:
        facts, question = history(*events), forward("lot1")
        assert _said(engine(facts, question)) == _said(oracle.closure(facts, question))

    holds(check, 4 * examples, _reports())
