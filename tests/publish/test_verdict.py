"""The one word: stopped beats held beats gaps beats good, and possible says possibly."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.model import Verdict
from suyuan.publish import Tone, words
from suyuan.publish.verdict import verdict

GAP = Text("缺", "gap")
GRAVITY = [Tone.STOP, Tone.HOLD, Tone.NOTE, Tone.GOOD]


def events(*verdicts: Verdict) -> Any:
    return [SimpleNamespace(counts=each) for each in verdicts]


def said(*verdicts: Verdict, marked: str = "", gaps: tuple[Text, ...] = ()) -> Any:
    return verdict(
        events(*verdicts),
        {thing: {1} for thing in marked},
        sure={"a"},
        possible={"a", "b"},
        gaps=gaps,
    )


@pytest.mark.parametrize(
    ("given_verdict", "word"),
    [
        (said(), words.GOOD),
        (said(Verdict.ACCEPTED), words.GOOD),
        (said(Verdict.FLAGGED), words.REMARKED),
        (said(Verdict.FLAGGED, gaps=(GAP,)), words.NOTE),
        (said(Verdict.HELD, gaps=(GAP,)), words.HOLD),
        (said(Verdict.HELD, marked="b"), words.POSSIBLY),
        (said(Verdict.HELD, marked="ab", gaps=(GAP,)), words.STOP),
        (said(marked="z"), words.GOOD),
    ],
)
def test_the_gravest_thing_is_said(given_verdict: Any, word: Text) -> None:
    assert given_verdict.word == word


VERDICTS = st.lists(st.sampled_from([Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.HELD]), max_size=5)
MARKS = st.sets(st.sampled_from("abz")).map("".join)


@given(VERDICTS, MARKS, st.sampled_from([(), (GAP,)]), VERDICTS, MARKS)
def test_more_trouble_never_makes_a_verdict_milder(
    verdicts: list[Verdict],
    marks: str,
    gaps: tuple[Text, ...],
    more: list[Verdict],
    more_marks: str,
) -> None:
    less = said(*verdicts, marked=marks, gaps=gaps)
    worse = said(*verdicts, *more, marked=marks + more_marks, gaps=(*gaps, GAP))
    assert GRAVITY.index(worse.tone) <= GRAVITY.index(less.tone)
