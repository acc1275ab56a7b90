"""A question put to the index by a viewer, answered; or the scope of a recall."""

from typing import TypedDict

from msgspec import structs

from suyuan.model import Role, Viewer
from suyuan.store import ReadConnection
from suyuan.trace.answer import answer
from suyuan.trace.gather import Gathered, Limit, gather
from suyuan.trace.scope import scope
from suyuan.trace.types import Answer, Direction, Question, Scope


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
    return answer(found.facts, question, **_state(found, question, viewer))


def recall_scope(
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
) -> Scope:
    """The scope of a recall of the question's seeds, from what the viewer may see."""
    onward = structs.replace(question, direction=Direction.FORWARD, depth=None)
    found = gather(conn, onward, viewer, secret=secret, limit=limit)
    return scope(found.facts, onward, **_state(found, onward, viewer))


class _State(TypedDict):
    position: int
    truncated: bool
    partial: bool
    rounds: int


def _state(found: Gathered, question: Question, viewer: Viewer) -> _State:
    """How far what was gathered is complete, and whether its viewer sees all records."""
    until = question.known_at
    position = found.position if until is None else min(found.position, until)
    return _State(
        position=position,
        truncated=found.truncated,
        partial=viewer.role is not Role.ADMIN,
        rounds=found.levels,
    )


def entries_behind(
    conn: ReadConnection, found: Answer, viewer: Viewer, *, secret: bytes
) -> tuple[int, ...]:
    """The entries of the record that say anything of what an answer reached, in order."""
    pools = [node.pool for node in found.nodes]
    named = {name for pool in pools for name in (pool.thing, pool.container)} - {""}
    facts = gather(conn, found.question, viewer, secret=secret).facts
    return tuple(sorted({f.entry for f in facts if named & {f.thing, f.parent, f.flow}}))
