"""Takes what was reckoned from flows on record; says how much of the record it rests on."""

from typing import Final

from suyuan.cli.output import say
from suyuan.cli.root import Shared
from suyuan.kit import Text

NOT_OF_RECORD: Final = (
    "--thing、--as-of 和停留假设只用于记录 · "
    "--thing, --as-of and what is assumed of stays are for flows on record."
)
_TRUNCATED: Final = Text(
    "已达上限：只按一部分流向。", "A limit was hit: only a part of the flows is used."
)
_RECORD: Final = Text(
    "按记录的 {flows} 段流向；{left} 段没有可比的数量，没有用。完整到第 {position} 条。",
    "By {flows:flow|flows} on record; {left:is|are} left out for want of an amount that "
    "compares. Complete to entry {position}.",
)

_MORE: Final = Text(
    "…… 另有 {count} 行；--json 给出全部。", "… {count:more line|more lines}; --json gives all."
)


def say_more(left: int, shared: Shared) -> None:
    """Say how many rows a table leaves out, if any."""
    if left > 0:
        say(_MORE.format(count=left), shared)


def say_truncated(shared: Shared) -> None:
    """Say that a limit was hit, so that flows are missing."""
    say(_TRUNCATED, shared)


def say_flows(flows: int, left: int, position: int | None, shared: Shared) -> None:
    """Say how many flows were used and left out, and to which entry the record was followed.

    `position` is None where flows are not of the record.
    """
    if position is not None:
        say(_RECORD.format(flows=flows, left=left, position=position), shared)
