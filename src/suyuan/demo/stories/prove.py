"""Takes a story told; gives what of its promises does not hold: nothing, if all is well.

Every breach must be caught by exactly the rules it breaks, nothing else may be caught at all, and
what engines are asked afterwards must be answered as the story says.
"""

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from suyuan.demo.stories.shape import Denied, Missing, Promise, Reach, Story
from suyuan.demo.stories.tell import Retold
from suyuan.kit import Text
from suyuan.service import OPERATOR, BalanceAsked, Platform, balance, interlock, recall
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.accounts.types import Reason

_MISSED: Final = Text(
    "{story}：没有查出 {rule}（事件 {event}）", "{story}: {rule} was not caught (event {event})"
)
_WRONGLY: Final = Text(
    "{story}：不应查出 {rule}（事件 {event}）", "{story}: {rule} was wrongly caught (event {event})"
)
_BROKEN: Final = Text("{story}：不成立——{what}", "{story}: it does not hold: {what}")


def shortfalls(platform: Platform, story: Story, told: Retold) -> list[Text]:
    """What does not hold, sentence by sentence."""
    expected = {(one.event, rule) for one in story.breaches for rule in one.rules}
    found = {(one.event, one.finding.rule) for one in told.caught}
    wrong = [*_said(_MISSED, story, expected - found), *_said(_WRONGLY, story, found - expected)]
    wrong += (
        _BROKEN.format(story=story.title, what=promise.says)
        for promise in story.promises
        if not kept(platform, promise)
    )
    return wrong


def _said(text: Text, story: Story, pairs: Iterable[tuple[str, str]]) -> Iterator[Text]:
    for event, rule in sorted(pairs):
        yield text.format(story=story.title, rule=rule, event=event)


def kept(platform: Platform, promise: Promise) -> bool:
    """Whether an engine answers as the story promises."""
    match promise.holds:
        case Denied() as denied:
            return _is_denied(platform, denied)
        case Missing() as missing:
            return _is_missing(platform, missing)
        case Reach() as reach:
            return _reached(platform, reach) == reach.lots
        case other:
            assert_never(other)


def _is_denied(platform: Platform, denied: Denied) -> bool:
    answer = interlock(platform, denied.asking)
    return not answer.allowed and denied.rules == {one.rule for one in answer.reasons}


def _is_missing(platform: Platform, missing: Missing) -> bool:
    asked = BalanceAsked(things=(missing.thing,), party=missing.party)
    found = (one.contradiction for one in balance(platform, asked, OPERATOR).statements)
    return any(
        one is not None and one.reason is Reason.MORE_WENT and one.by == missing.by for one in found
    )


def _reached(platform: Platform, reach: Reach) -> frozenset[str]:
    question = Question(seeds=(Seed(thing=reach.thing),), direction=Direction.FORWARD)
    lines = recall(platform, question, OPERATOR).lines
    return frozenset(one.thing for one in lines if one.thing.startswith(f"{reach.of_class}/10/"))
