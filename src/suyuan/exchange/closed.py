"""Takes a name of a top-level resource; sees that there can be such a one.

Types of events are closed, and so are the bare words of the CBV. A URI may be somebody's own: of
one that stands in no event there are none, and that is no secret of anybody's.
"""

from difflib import get_close_matches
from typing import Final

from suyuan.codes import privacy
from suyuan.exchange.spelling import event_type
from suyuan.kit import SuyuanError, Text
from suyuan.model import EventType
from suyuan.wire.cbv import BIZ_STEP, DISPOSITION

_WORDS: Final = {"bizStep": BIZ_STEP.words, "disposition": DISPOSITION.words}
_MOST_NEAR, _LIKE = 5, 0.5

_NONE: Final = Text(
    "没有 {kind} “{name}”；标准的词有 {near}。自己的请写成 URI。",
    "There is no {kind} '{name}'; words of the standard are {near}. Write your own as a URI.",
)
_NO_TYPE: Final = Text(
    "没有事件类型 “{name}”；只有 {near}。", "There is no event type '{name}', only {near}."
)


def require_possible(kind: str, name: str) -> None:
    """See that a name can be one of its kind.

    Raises:
        SuyuanError: none is ever called so (404).
    """
    if kind == "eventType":
        if event_type(name) not in tuple(EventType):
            raise _none(_NO_TYPE, kind, name, tuple(EventType))
    elif ":" not in name and name not in _WORDS.get(kind, (name,)):
        words = sorted(_WORDS[kind])
        near = get_close_matches(name[:40], words, _MOST_NEAR, _LIKE) or words[:_MOST_NEAR]
        raise _none(_NONE, kind, name, near)


def _none(text: Text, kind: str, name: str, near: tuple[str, ...] | list[str]) -> SuyuanError:
    told = text.format(kind=kind, name=privacy.quoted(name), near=", ".join(near))
    return SuyuanError("epcis.none", told, kind, status=404)
