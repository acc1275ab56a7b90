"""From facts to the one answer that page, API and command line show."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Text
from suyuan.model import Fact
from suyuan.trace.alike import count_of, facts_told, links_of
from suyuan.trace.balance import balances, left
from suyuan.trace.closure import Examined, examine
from suyuan.trace.findings import OF_MANY
from suyuan.trace.opening import (
    depth_said,
    leads_beyond,
    sentences,
    unknown_said,
    unknown_seeds,
    written_said,
)
from suyuan.trace.resting import assumed, rest_of
from suyuan.trace.standing import origins, responsibility, whereabouts
from suyuan.trace.types import (
    Anomaly,
    Answer,
    Completeness,
    Confirmed,
    Cost,
    Direction,
    LinkKind,
    OpenEndKind,
    Question,
    Seed,
)
from suyuan.trace.unreached import unreached_said
from suyuan.trace.unregistered import taken_said

_TRUNCATED = Text("已达上限，只答了一部分。", "A limit was hit: this is only a part. ")
_NONE = Text("没有交接记录", "no movement recorded")
_CLOSED = Text(
    "{confirmed}/{movements} 段交接经双方确认",
    "{confirmed}/{movements:movement|movements} confirmed by both sides",
)
_SILENT = Text("，{count} 个主体未报", "; {count} silent")
_OPEN = Text("，{count} 处断点", "; open ends: {count}")
_WHOLE = Text("，没有断点", "; no open end")
_SEEN = Text("您能看到的记录里：", "In the records that you may see: ")
_PART = Text(
    "，没有看到断点；您看不到的记录不在内，那里可能还有去向",
    "; no open end is seen. Records that you may not see are not in this: more may have gone there",
)


class How(Struct, frozen=True, kw_only=True):
    """How an answer was come by: from so many facts, complete to which position, cut or not.

    Of `unknown` seeds nothing is recorded that its viewer may see. At the sites `taken` a holder
    was taken to be who reported, for want of a registration.
    """

    facts: int
    position: int | None = None
    truncated: bool = False
    partial: bool = False
    rounds: int = 0
    unknown: tuple[Seed, ...] = ()
    taken: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        facts: Sequence[Fact],
        found: Examined,
        question: Question,
        *,
        position: int | None = None,
        truncated: bool = False,
        partial: bool = False,
        rounds: int = 0,
    ) -> "How":
        """Of what these facts say to the question; of those cut off nothing is said to be unknown.

        That is, of a thing at a holder where they may have more of it.
        """
        return cls(
            facts=facts_told(facts, found.alike),
            position=position,
            truncated=truncated,
            partial=partial,
            rounds=rounds,
            unknown=unknown_seeds(facts, found, question, cut=truncated),
        )

    def cost(self, found: Examined) -> Cost:
        """What it took."""
        links = sum(links_of(link, found.alike) for link in found.net.links)
        return Cost(facts=self.facts, links=links, rounds=self.rounds)


def answer(
    facts: Iterable[Fact],
    question: Question,
    *,
    position: int | None = None,
    truncated: bool = False,
    partial: bool = False,
    rounds: int = 0,
) -> Answer:
    """The answer to a question from these facts, complete to this record position.

    `partial`: its viewer may not see all records, so it never says that nothing is open.

    Origins are given backward and whereabouts forward; findings only on what was reached.
    """
    known = list(facts)
    found = examine(known, question)
    how = How.of(
        known,
        found,
        question,
        position=position,
        truncated=truncated,
        partial=partial,
        rounds=rounds,
    )
    return answer_from(found, question, how)


def answer_from(found: Examined, question: Question, how: How) -> Answer:
    """The answer to the question that this closure was drawn for."""
    drawn, backward = found.closure, question.direction is Direction.BACKWARD
    reached = [node.pool for node in drawn.nodes]
    lines = balances(found.told, found.net, reached, found.alike)
    things, kept = {node.pool.thing for node in drawn.nodes}, left(lines)
    limited = leads_beyond(found, question)
    return Answer(
        truncated=how.truncated,
        question=question,
        position=how.position,
        nodes=drawn.nodes,
        links=drawn.links,
        origins=origins(found) if backward else (),
        whereabouts=() if backward else whereabouts(found, kept),
        responsibility=responsibility(found, kept),
        completeness=told_completeness(found, question, how, limited=limited),
        balance=lines,
        open_ends=drawn.open_ends,
        anomalies=tuple(_of_each(found, things)),
        cost=how.cost(found),
        assumptions=assumed(rest_of(question)),
        unknown=how.unknown,
        limited=limited,
    )


def told_completeness(
    found: Examined, question: Question, how: How, *, limited: bool = False
) -> Completeness:
    """The completeness with what comes first: what is unknown, how far the depth let it go."""
    told = completeness(found, truncated=how.truncated, partial=how.partial)
    first = unknown_said(how.unknown, partial=how.partial)
    if first and len(how.unknown) == len(set(question.seeds)):
        return replace(told, summary=sentences(first))
    first += written_said(question, how.unknown)
    first += depth_said(question, limited=limited, truncated=how.truncated)
    last = taken_said(how.taken)
    if question.direction is Direction.FORWARD:
        last += unreached_said(found)
    return replace(told, summary=sentences([*first, told.summary, *last]))


def _of_each(found: Examined, things: Collection[str]) -> Iterator[Anomaly]:
    """What is found of these things; of pieces that are alike, of each."""
    for each in found.closure.anomalies:
        if each.thing in things:
            names = () if each.code in OF_MANY else found.alike.get(each.thing, ())
            yield from (replace(each, thing=name) for name in names or (each.thing,))


def completeness(found: Examined, *, truncated: bool, partial: bool = False) -> Completeness:
    """How many movements both sides confirmed, and how many ends are open, by kind.

    What a lot's movement may mean for each of its pieces is the same movement.
    """
    moves = [
        link for link in found.closure.links if link.kind is LinkKind.MOVED and not link.of_lot
    ]
    movements = sum(links_of(link, found.alike) for link in moves)
    confirmed = sum(
        links_of(link, found.alike) for link in moves if link.confirmed is Confirmed.BOTH
    )
    ends = Counter[OpenEndKind]()
    for end in found.closure.open_ends:
        ends[end.kind] += count_of(end.pool.thing, found.alike)
    silent = {
        (end.pool.party, end.pool.site)
        for end in found.closure.open_ends
        if end.kind is OpenEndKind.HOLDER_SILENT
    }
    stated = _CLOSED.format(confirmed=confirmed, movements=movements) if moves else _NONE
    parts = [_TRUNCATED] if truncated else []
    parts += [_SEEN] if partial else []
    parts.append(stated)
    if silent:
        parts.append(_SILENT.format(count=len(silent)))
    elsewhere = sum(ends.values()) - ends[OpenEndKind.HOLDER_SILENT]
    if elsewhere:
        parts.append(_OPEN.format(count=elsewhere))
    elif not silent:
        parts.append(_PART if partial else _WHOLE)
    return Completeness(
        summary=Text("".join(p.zh for p in parts), "".join(p.en for p in parts)),
        movements=movements,
        confirmed=confirmed,
        silent=len(silent),
        open_ends={kind: ends[kind] for kind in OpenEndKind if ends[kind]},
    )
