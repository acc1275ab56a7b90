"""Takes an answer and who asked for it; gives what every export says of itself first."""

from datetime import datetime
from typing import Final

from suyuan.interchange.assuming import limits_of
from suyuan.interchange.types import About
from suyuan.kit import Text
from suyuan.trace.types import Answer, Direction, OpenEndKind, Scope

KINDS: Final = {
    Direction.BACKWARD: Text("溯源（从哪里来）", "trace backward"),
    Direction.FORWARD: Text("追踪（到哪里去）", "trace forward"),
}
SCOPE: Final = Text("召回范围", "recall scope")
OPEN_ENDS: Final = {
    OpenEndKind.SENT_NEVER_RECEIVED: Text("发出后无人收到", "sent, never received"),
    OpenEndKind.RECEIVED_NEVER_SENT: Text("收到而无人发出", "received, never sent"),
    OpenEndKind.INPUT_WITHOUT_ORIGIN: Text("投入物来源不明", "input without origin"),
    OpenEndKind.HOLDER_SILENT: Text("主体未报", "holder silent"),
    OpenEndKind.NEVER_MADE: Text("没有产出记录", "never made"),
    OpenEndKind.NOT_VISIBLE: Text("不可见", "not visible"),
    OpenEndKind.ERASED: Text("已依法删除", "erased"),
}


def about(
    answer: Answer | Scope, viewer: str, made: datetime, *, kind: Text | None = None
) -> About:
    """What an export of this answer says of itself."""
    question = answer.question
    ends = answer.completeness.open_ends
    return About(
        kind=kind or KINDS[question.direction],
        things=tuple(seed.thing for seed in question.seeds),
        viewer=viewer,
        made=made,
        as_of=question.as_of,
        position=answer.position,
        truncated=answer.truncated,
        completeness=answer.completeness.summary,
        open_ends=tuple((OPEN_ENDS[kind], count) for kind, count in ends.items()),
        assumptions=answer.assumptions,
        depth=question.depth,
        limits=limits_of(question),
        unknown=tuple(dict.fromkeys(seed.thing for seed in answer.unknown)),
    )
