"""A question put to the index by a viewer: what it reaches is drawn once, whatever it is for."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.store import ReadConnection
from suyuan.trace import began
from suyuan.trace.ahead import Guesser
from suyuan.trace.alike import Alike
from suyuan.trace.answer import How, answer_from
from suyuan.trace.closure import Examined, examine
from suyuan.trace.folding import Folding
from suyuan.trace.gather import Gathered, Limit, gather
from suyuan.trace.idle import kept_apart
from suyuan.trace.narrowing import Narrowed, narrowed
from suyuan.trace.opening import unknown_seeds
from suyuan.trace.resting import require_possible, rest_of
from suyuan.trace.scope import onward, scope_from
from suyuan.trace.types import Answer, Pool, Question, Scope, Seed
from suyuan.trace.unregistered import taken_at

_BACKWARDS: Final = Text(
    "时间窗的止早于起；请对调或改正。",
    "The window ends before it begins; turn the times round, or correct them.",
)
MOST_SEEDS: Final = 100_000
"""About so many things a question may be: each is looked up by several ways in one statement."""
_SEEDS: Final = Text(
    "一次最多问 {most} 个追溯单元，这里有 {count} 个；请分几次问，或按批次、容器问。",
    "At most {most} things may be asked about at a time; here are {count}. Ask about some at a "
    "time, or about their lots or containers.",
)


class Reached(Struct, frozen=True, eq=False):
    """What a question reaches, drawn once: its answer, a scope and an export are all told of it."""

    question: Question
    gathered: Gathered
    found: Examined
    how: How

    @property
    def alike(self) -> Alike:
        """The pieces of which one stands for all in everything that is told of this."""
        return self.gathered.alike

    def answer(self) -> Answer:
        """The answer, with the position it is complete to."""
        return answer_from(self.found, self.question, self.how)

    def scope(self) -> Scope:
        """The scope of a recall; only of what was reached for one."""
        return kept_apart(scope_from(self.found, self.question, self.how), self.found)

    def begun(self) -> tuple[began.Began, ...]:
        """Where, when and with how much things began, among what was reached."""
        return began.begun(self.found)

    def made_at(self) -> tuple[Pool, ...]:
        """Where what was reached began or came out of a making."""
        return began.made_at(self.found)

    def narrowed(self) -> Narrowed:
        """What knowing more of its vessels would narrow; only of what was reached for a recall."""
        return narrowed(self.found, self.question)

    def entries_behind(self, answered: Answer) -> tuple[int, ...]:
        """Places in the record of what says anything of what an answer reached, in order."""
        pools = [node.pool for node in answered.nodes]
        named = {name for pool in pools for name in (pool.thing, pool.container)} - {""}
        facts = self.gathered.facts
        return tuple(sorted({f.position for f in facts if named & {f.thing, f.parent, f.flow}}))


def reached(  # noqa: PLR0913 -- a question, by name
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
    recall: bool = False,
    folding: Folding | None = None,
    guesser: Guesser | None = None,
) -> Reached:
    """What the viewer may see of a question, or with `recall` of a recall of its seeds.

    `secret` keys the access tags of this installation; `limit` bounds the facts read and marks
    the answer truncated. With `folding`, of pieces that are alike one stands for all. By a
    `guesser` a large recall is read at once; it changes no answer.

    Raises:
        SuyuanError: `trace.window`, it ends before it begins: nothing would be in it;
            `trace.rest`, the holding time asked is longer than the residence;
            `trace.seeds`, there are more than `MOST_SEEDS`.
    """
    require_few_seeds(len(question.seeds))
    begin, end = question.start, question.end
    if begin is not None and end is not None and end < begin:
        raise SuyuanError("trace.window", _BACKWARDS, "end")
    require_possible(rest_of(question))
    asked = onward(question) if recall else question
    gathered = gather(
        conn, asked, viewer, secret=secret, limit=limit, folding=folding, guesser=guesser
    )
    until = asked.known_at
    found = examine(gathered.facts, asked, gathered.alike)
    how = How.of(
        gathered.facts,
        found,
        asked,
        position=gathered.position if until is None else min(gathered.position, until),
        truncated=gathered.truncated,
        partial=not viewer.sees_all,
        rounds=gathered.levels,
    )
    if how.unknown and gathered.truncated:
        unknown = _surely_unknown(conn, asked, how.unknown, viewer, secret=secret, limit=limit)
        how = replace(how, unknown=unknown)
    how = replace(how, taken=taken_at(conn, found, tenant=viewer.tenant))
    return Reached(asked, gathered, found, how)


def require_few_seeds(count: int) -> None:
    """That a question is about no more things than one may be.

    Raises:
        SuyuanError: `trace.seeds`, it is.
    """
    if count > MOST_SEEDS:
        text = _SEEDS.format(most=f"{MOST_SEEDS:,}", count=f"{count:,}")
        raise SuyuanError("trace.seeds", text, "thing")


def _surely_unknown(
    conn: ReadConnection,
    question: Question,
    missing: tuple[Seed, ...],
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None,
) -> tuple[Seed, ...]:
    """Of what was cut, the things that nothing is recorded of; what is not read is not said.

    They are looked for by themselves, and no further than what names them.
    """
    bound = limit or Limit()
    if bound.expired():
        return ()
    looks = iter((False,))
    once = Limit(facts=bound.facts, expired=lambda: next(looks, True))
    alone = replace(question, seeds=missing)
    found = gather(conn, alone, viewer, secret=secret, limit=once)
    if len(found.facts) >= bound.facts:
        return ()
    return unknown_seeds(found.facts, examine(found.facts, alone), alone, cut=True)


def trace(
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
) -> Answer:
    """The answer from what the viewer may see."""
    return reached(conn, question, viewer, secret=secret, limit=limit).answer()
