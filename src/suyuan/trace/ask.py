"""A question put to the index by a viewer, answered."""

from suyuan.model import Viewer
from suyuan.store import ReadConnection
from suyuan.trace.answer import answer
from suyuan.trace.gather import Limit, gather
from suyuan.trace.types import Answer, Question


def trace(
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
) -> Answer:
    """The answer from what the viewer may see, with the position it is complete to.

    `secret` keys the access tags of this installation; `limit` bounds the facts read and marks
    the answer truncated.
    """
    found = gather(conn, question, viewer, secret=secret, limit=limit)
    until = question.known_at
    position = found.position if until is None else min(found.position, until)
    return answer(
        found.facts,
        question,
        position=position,
        truncated=found.truncated,
        rounds=found.levels,
    )
