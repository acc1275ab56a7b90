"""What a reader assumes of how long things rest at a holder: asked, kept to, and told in words.

The record states none of it, so it narrows an answer only as far as it is true, and every answer
that was drawn under it says so (docs/concepts/trace.md, Time).
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import SuyuanError, Text
from suyuan.kit.lasting import said, seconds_typed
from suyuan.kit.text import brief
from suyuan.network.ties import Ties
from suyuan.trace.types import Question

_NEVER: Final = Text(
    "最短停留 {hold} 比最长停留 {stay} 还长，什么都过不去；请改正其中一个。",
    "The least holding time, {hold}, is longer than the longest residence, {stay}: nothing could "
    "pass. Correct one of them.",
)
_NO_TIE: Final = Text(
    "最长停留为零，又不算同时收发，什么都过不去；请改正其中一个。",
    "With no residence at all and equal times not counted nothing could pass. Correct one of them.",
)
_HELD: Final = Text(
    "按您的假设：收到后至少停留 {time}才会发出。",
    "By your assumption: what came stays {time} at least before it leaves.",
)
_GONE: Final = Text(
    "按您的假设：收到后最多停留 {time}就会发出。",
    "By your assumption: what came leaves within {time}, or never.",
)
_APART: Final = Text(
    "按您的假设：同一时刻收到和发出的不相接。",
    "By your assumption: what leaves at the very time that something came is not of it.",
)
_LESS: Final = Text(
    "记录没有这样说；不作这些假设，涉及的可能更多。",
    "The record does not say so: without these assumptions more may be reached.",
)


_TIES: Final = Text(
    "“{given}”不是一个选项；写 allowed（同一时刻收发算相接）或 forbidden（不算）。",
    "'{given}' is none of them: allowed, equal times count, or forbidden, they do not.",
)
_MOST_SHOWN: Final = 40


class Rest(Struct, frozen=True, kw_only=True):
    """How long things rest between coming and leaving, in seconds, and whether equal times count.

    By default nothing is assumed. It applies inside one pool, never to what is made of it.
    """

    hold_for: float = 0.0
    stay_at_most: float | None = None
    ties: Ties = Ties.ALLOWED

    def __bool__(self) -> bool:
        """Whether anything is assumed."""
        return self != Rest()

    def of(self, question: Question) -> Question:
        """The question, asked under these assumptions."""
        return replace(
            question, hold_for=self.hold_for, stay_at_most=self.stay_at_most, ties=self.ties
        )


def rest_typed(
    hold_for: str | None,
    stay_at_most: str | None,
    ties: str | None,
    *,
    called: Callable[[str], str] = str,
) -> Rest:
    """What somebody typed of it; what is empty or None assumes nothing.

    `called` says what a face calls the field that an error names.

    Raises:
        SuyuanError: one of them cannot be read, or nothing could pass under them.
    """
    if ties and ties not in set(Ties):
        given = brief(ties, _MOST_SHOWN)
        raise SuyuanError("trace.ties", _TIES.format(given=given), called("ties"))
    hold = seconds_typed(hold_for, called("hold_for")) if hold_for else 0.0
    stay = seconds_typed(stay_at_most, called("stay_at_most")) if stay_at_most else None
    rest = Rest(hold_for=hold, stay_at_most=stay, ties=Ties(ties) if ties else Ties.ALLOWED)
    require_possible(rest)
    return rest


def rest_of(question: Question) -> Rest:
    """What a question assumes."""
    return Rest(hold_for=question.hold_for, stay_at_most=question.stay_at_most, ties=question.ties)


def require_possible(rest: Rest) -> None:
    """That something could pass at all.

    Raises:
        SuyuanError: `trace.rest`, the assumptions contradict each other.
    """
    stay = rest.stay_at_most
    if stay is None:
        return
    if stay < rest.hold_for:
        text = _NEVER.format(hold=said(rest.hold_for), stay=said(stay))
        raise SuyuanError("trace.rest", text, "hold_for")
    if not stay and rest.ties is Ties.FORBIDDEN:
        raise SuyuanError("trace.rest", _NO_TIE, "stay_at_most")


def assumed(rest: Rest) -> tuple[Text, ...]:
    """The assumptions in words, and what they mean for the answer; none if nothing is assumed."""
    told = [
        *([_HELD.format(time=said(rest.hold_for))] if rest.hold_for else []),
        *([_GONE.format(time=said(rest.stay_at_most))] if rest.stay_at_most is not None else []),
        *([_APART] if rest.ties is Ties.FORBIDDEN else []),
    ]
    return (*told, _LESS) if told else ()
