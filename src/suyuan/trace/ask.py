"""A question put to the index by a viewer, answered; or the scope of a recall."""

from typing import TypedDict

from msgspec import structs

from suyuan.model import Viewer
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
    return answer_of(found, question, viewer)


def answer_of(found: Gathered, question: Question, viewer: Viewer) -> Answer:
    """The answer to the question for which this was gathered for the viewer."""
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
    onward = forward(question)
    found = gather(conn, onward, viewer, secret=secret, limit=limit)
    return scope_of(found, onward, viewer)


def forward(question: Question) -> Question:
    """What a recall asks about these seeds."""
    return structs.replace(question, direction=Direction.FORWARD, depth=None)


def scope_of(found: Gathered, onward: Question, viewer: Viewer) -> Scope:
    """The scope of the recall for which this was gathered for the viewer."""
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
        partial=not viewer.sees_all,
        rounds=found.levels,
    )


def entries_behind(found: Gathered, answered: Answer) -> tuple[int, ...]:
    """The entries of the record that say anything of what an answer reached, in order."""
    pools = [node.pool for node in answered.nodes]
    named = {name for pool in pools for name in (pool.thing, pool.container)} - {""}
    return tuple(sorted({f.entry for f in found.facts if named & {f.thing, f.parent, f.flow}}))
