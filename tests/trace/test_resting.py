"""What is assumed of stays: equal times, in words, as typed, and what could never be."""

import pytest
from engines import Engine, at_both_lengths, holds, on_all_engines
from histories import cases
from msgspec.structs import replace
from worked import (
    A,
    B,
    C,
    D,
    backward,
    came,
    certain,
    day,
    everything,
    forward,
    history,
    moved,
    used,
)

from suyuan.kit import SuyuanError
from suyuan.model import Fact
from suyuan.network.ties import Ties
from suyuan.trace.answer import answer
from suyuan.trace.resting import Rest, assumed, rest_typed
from suyuan.trace.scope import scope
from suyuan.trace.types import Question

APART = {"ties": Ties.FORBIDDEN}


@on_all_engines
def test_where_equal_times_do_not_count_a_later_instant_does(closure: Engine) -> None:
    facts = history(moved("t1", A, B, 2), moved("t1", B, C, 2), moved("t1", B, D, 3))
    assert everything(closure(facts, forward("t1", A))) == {"t1 s1", "t1 s2", "t1 s3", "t1 s4"}
    apart = closure(facts, forward("t1", A, **APART))
    assert everything(apart) == {"t1 s1", "t1 s2", "t1 s4"}
    assert certain(apart) == everything(apart)
    back = closure(facts, backward("t1", C, **APART))
    assert everything(back) == {"t1 s2", "t1 s3"}


@on_all_engines
def test_spans_that_only_touch_are_no_longer_certain_nor_possible(closure: Engine) -> None:
    touching = history(moved("t1", A, B, day(1, 3)), moved("t1", B, C, 3))
    assert certain(closure(touching, forward("t1", A))) == {"t1 s1", "t1 s2", "t1 s3"}
    apart = closure(touching, forward("t1", A, **APART))
    assert "t1 s3" in everything(apart) - certain(apart)
    last = history(moved("t1", A, B, 3), moved("t1", B, C, day(1, 3)))
    assert "t1 s3" in everything(closure(last, forward("t1", A)))
    assert "t1 s3" not in everything(closure(last, forward("t1", A, **APART)))


@on_all_engines
def test_a_making_and_one_event_mind_no_ties(closure: Engine) -> None:
    facts = history(used("t1", "f1", A, 2), came("t2", "f1", A, 2))
    assert certain(closure(facts, forward("t1", **APART))) == {"t1 s1", "f1", "t2 s1"}
    both = history((*moved("t1", A, B, 2), *moved("t1", B, C, 2)))
    assert certain(closure(both, forward("t1", A, **APART))) == {"t1 s1", "t1 s2", "t1 s3"}


@at_both_lengths
@on_all_engines
def test_equal_times_that_do_not_count_take_away_and_never_add(
    closure: Engine, examples: int
) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        less = closure(facts, replace(question, ties=Ties.FORBIDDEN))
        more = closure(facts, replace(question, ties=Ties.ALLOWED))
        assert set(less.links) <= set(more.links)
        assert certain(less) <= certain(more)

    holds(check, examples, cases(limited=False))


def test_every_answer_says_what_was_assumed_for_it_and_no_other_does() -> None:
    facts = history(moved("t1", A, B, 1))
    plain = forward("t1")
    assert (answer(facts, plain).assumptions, scope(facts, plain).assumptions) == ((), ())
    under = replace(plain, hold_for=7200.0, stay_at_most=86400.0, ties=Ties.FORBIDDEN)
    for told in (answer(facts, under).assumptions, scope(facts, under).assumptions):
        assert [each.en for each in told[:3]] == [
            "By your assumption: what came stays 2 hours at least before it leaves.",
            "By your assumption: what came leaves within 1 day, or never.",
            "By your assumption: what leaves at the very time that something came is not of it.",
        ]
        assert "按您的假设：收到后至少停留 2 小时才会发出。" in {each.zh for each in told}
        assert "may be reached" in told[3].en
        assert len(told) == 4


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("90min", 5400), ("36h", 129600), (" 30 d ", 2592000), ("2w", 1209600), ("1.5 hours", 5400),
        ("２小时", 7200), ("30天", 2592000), ("45分钟", 2700), ("0s", 0), ("10秒", 10),
    ],
)  # fmt: skip
def test_a_length_of_time_is_read_in_either_tongue(typed: str, seconds: float) -> None:
    assert rest_typed(typed, None, None).hold_for == seconds
    assert rest_typed(None, typed, "").stay_at_most == seconds


@pytest.mark.parametrize("typed", ["2", "h", "-1h", "2 fortnights", "P1D", "1h30", "9" * 99 + "h"])
def test_what_says_no_length_is_refused_with_its_cure(typed: str) -> None:
    with pytest.raises(SuyuanError) as caught:
        rest_typed(None, typed, None, called=lambda name: f"--{name}")
    assert (caught.value.code, caught.value.place) == ("given.lasting", "--stay_at_most")
    assert "36h" in caught.value.text.en
    assert "36小时" in caught.value.text.zh


@pytest.mark.parametrize(
    ("hold", "stay", "ties", "place"),
    [("3d", "2d", None, "hold_for"), ("0h", "0h", "forbidden", "stay_at_most"),
     ("1h", None, "perhaps", "ties")],
)  # fmt: skip
def test_assumptions_under_which_nothing_could_pass_are_refused(
    hold: str, stay: str | None, ties: str | None, place: str
) -> None:
    with pytest.raises(SuyuanError) as caught:
        rest_typed(hold, stay, ties)
    assert caught.value.place == place


def test_nothing_typed_assumes_nothing() -> None:
    assert not rest_typed("", None, "allowed")
    assert assumed(Rest()) == ()
