"""What knowing what went into which output would leave out, against every way it can have been."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worked import A, B, Event, came, ended, history, kilos, made, moved, used

from suyuan.model import Fact, ThingGrain
from suyuan.trace.closure import examine
from suyuan.trace.mapping import Makings, Unmapped
from suyuan.trace.narrowing import narrowed
from suyuan.trace.scope import onward
from suyuan.trace.types import Direction, Question, Seed

BAD, GOOD = "lot1", "lot2"


def told(facts: list[Fact]) -> Makings:
    question = onward(Question(seeds=(Seed(thing=BAD),), direction=Direction.FORWARD))
    return narrowed(examine(facts, question), question).makings


def making(bad: int, good: int, outputs: list[int]) -> list[Event]:
    return [
        made(BAD, A, 0, **kilos(bad)),
        made(GOOD, A, 0, **kilos(good)),
        used(BAD, "f", A, 1, **kilos(bad)),
        used(GOOD, "f", A, 1, **kilos(good)),
        *(came(f"o{n}", "f", A, 2, **kilos(much)) for n, much in enumerate(outputs)),
    ]


def best_way(bad: int, good: int, outputs: list[int]) -> tuple[int, int]:
    """The most outputs, and the most kilos, that had nothing bad: in whole kilos, every way tried.

    What was bad went into some output; what came out more than went in is of neither; what came out
    less was lost of either.
    """
    gain = max(sum(outputs) - bad - good, 0)
    loss = max(bad + good - sum(outputs), 0)
    ways = [
        way
        for way in product(*(range(much + 1) for much in outputs))
        if bad - loss <= sum(way) <= bad + gain
        and sum(way) > 0
        and sum(outputs) - sum(way) <= good + gain
    ]
    clean = [[much for part, much in zip(way, outputs, strict=True) if not part] for way in ways]
    return max(map(len, clean)), max(map(sum, clean))


@given(st.integers(1, 6), st.integers(1, 6), st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_at_most_so_many_are_left_out_in_any_way_and_in_one_as_many(
    bad: int, good: int, outputs: list[int]
) -> None:
    found = told(history(*making(bad, good, outputs)))
    most, kilos_most = best_way(bad, good, outputs)
    fewer = found.best[0].fewer if found.best else 0
    less = (found.best[0].less or 0) if found.best else 0
    assert fewer == most
    assert less >= kilos_most
    if found.best:
        assert found.best[0].amount == sum(outputs)
        assert less < sum(outputs)


def only(facts: list[Fact]) -> Unmapped:
    (one,) = told(facts).best
    return one


def test_it_says_whose_making_it_is_and_what_hangs_on_it() -> None:
    facts = history(
        *making(2, 4, [2, 2, 2]),
        used("o1", "g", A, 3, **kilos(2)), came("x", "g", A, 4, **kilos(2)), moved("x", A, B, 5),
    )  # fmt: skip
    found = only(facts)
    assert (found.party, found.site, found.output) == (A.party, A.site, "o0")
    assert (found.outputs, found.fewer) == (3, 2)
    assert (found.amount, found.less, found.unit) == (Decimal(6), Decimal(4), "kg")
    assert found.things == 3  # two of the outputs, and what was made of one


def test_without_amounts_all_outputs_but_one() -> None:
    lot = {"grain": ThingGrain.LOT}
    facts = history(
        made(BAD, A, 0), made(GOOD, A, 0), used(BAD, "f", A, 1), used(GOOD, "f", A, 1),
        *(came(f"o{n}", "f", A, 2, **lot) for n in range(3)),
    )  # fmt: skip
    found = only(facts)
    assert (found.outputs, found.fewer, found.things) == (3, 2, 2)
    assert (found.amount, found.less) == (None, None)


@pytest.mark.parametrize("again", ["made of it elsewhere", "it came back"])
def test_an_output_that_is_touched_in_any_case_is_not_left_out(again: str) -> None:
    events = making(2, 4, [2, 4])
    if again == "it came back":
        # only by what it is itself: to know the mapping would leave it out all the same
        events += [moved("o1", A, B, 3, **kilos(4)), moved("o1", B, A, 4, **kilos(4))]
        expected = {("o0", 2, 1)}
    else:
        events += [used(BAD, "g", A, 1), came("o1", "g", A, 2)]
        expected = {("o0", 1, 1)}
    found = told(history(*events)).best
    assert {(each.output, each.outputs, each.fewer) for each in found} == expected


def test_where_all_that_went_in_is_affected_nothing_is_told() -> None:
    facts = history(
        made(BAD, A, 0, **kilos(4)), used(BAD, "f", A, 1, **kilos(4)),
        came("o0", "f", A, 2, **kilos(2)), came("o1", "f", A, 2, **kilos(2)), ended("o1", A, 3),
    )  # fmt: skip
    assert told(facts) == Makings((), 0)


def test_more_makings_than_there_is_work_for_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suyuan.trace.mapping._MOST_WORK", 1)
    events = making(2, 4, [2, 4])
    events += [
        used("o0", "g", A, 3),
        used("n", "g", A, 3),
        came("p", "g", A, 4),
        came("q", "g", A, 4),
    ]
    found = told(history(*events))
    assert (len(found.best), found.untried) == (1, 1)
