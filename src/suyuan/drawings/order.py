"""Takes holders and who had it from whom; gives them in an order: from the first down to the last.

Nobody stands above whom they had it from. Where it went in circles, those stand first of whom is
asked, who made it, who had it first; the legs against that order are what went back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import inf

from msgspec import Struct

from suyuan.drawings.types import Holder
from suyuan.service import Told
from suyuan.trace.types import Answer, Direction, OriginKind

Pair = tuple[Holder, Holder]
_Key = tuple[bool, bool, int, bool, bool, float, bool, bool, Holder]
_Heap = list[tuple[_Key, int, Holder]]
_FREE, _TOUCHED, _APART = 0, 1, 2
"""Had it only from those who are placed already; from some of them; from none of them."""


class Standing(Struct, frozen=True):
    """What tells apart those who had it from each other in a circle.

    `asked`: it is asked about as he had it; `near`: he had of what is asked about itself; `since`:
    when he may have had it first, in seconds; `came`: as it came to him, not as it left.
    """

    asked: bool = False
    near: bool = False
    made: bool = False
    since: float = inf
    came: bool = True


class Standings(Struct, frozen=True):
    """By holder; `upward`: what is asked about stands last, and the order is found from there."""

    of: Mapping[Holder, Standing] = {}
    upward: bool = False

    def key(self, holder: Holder, level: int) -> _Key:
        """By which he is placed, the least first; who is `level`, see above."""
        it, sign = self.of.get(holder, Standing()), -1 if self.upward else 1
        apart, late = level == _APART, it.made is self.upward
        begin = (apart and not it.near, apart and late)
        came = it.came is not self.upward
        last = self.upward and it.made
        return (not it.asked, last, level, *begin, sign * it.since, came, late, holder)


def standings(told: Told) -> Standings:
    """What an answer says of its holders."""
    question = told.answer.question
    at = [seed.holder for seed in question.seeds if seed.holder is not None]
    asked = {(each.party or "", each.site or "") for each in at}
    near = {(node.pool.party, node.pool.site) for node in told.answer.nodes if node.hops == 0}
    upward, since = question.direction is Direction.BACKWARD, _since(told.answer)
    made = _began(told.answer) if upward else _made(told.answer)
    return Standings(
        of={
            holder: Standing(holder in asked, holder in near, holder in made, *since[holder])
            for each in told.answer.responsibility
            for holder in [(each.party, each.site)]
        },
        upward=upward,
    )


def _began(answer: Answer) -> set[Holder]:
    """With whom something on the way back began, made of nothing that is on record."""
    began = [each.pool for each in answer.origins if each.kind is not OriginKind.UNKNOWN]
    return {(pool.party, pool.site) for pool in began}


def _made(answer: Answer) -> set[Holder]:
    return {(each.party, each.site) for each in answer.responsibility if each.made}


def _since(answer: Answer) -> Mapping[Holder, tuple[float, bool]]:
    """When each had it first, and whether it came then: else all that is known is that it left."""
    spans = [((each.party, each.site), each.since, True) for each in answer.responsibility]
    spans += [((e.source.party, e.source.site), e.departure, False) for e in answer.links]
    since: dict[Holder, tuple[float, bool]] = defaultdict(lambda: (inf, True))
    for holder, span, came in spans:
        at = span.hi if span.lo is None else span.lo
        if at is not None:
            since[holder] = min(since[holder], (at.timestamp(), came))
    return since


def ordered(
    held: Iterable[Holder], pairs: Iterable[Pair], known: Standings | None = None
) -> list[Holder]:
    """Each holder after whom he had it from; what leads back to an earlier one went in a circle."""
    known, every = known or Standings(), dict.fromkeys(sorted(held))
    legs = [(a, b) for a, b in pairs if a in every and b in every and a != b]
    if known.upward:
        found = _untied(every, [(b, a) for a, b in legs], known)[::-1]
    else:
        found = _untied(every, legs, known)
    return _by_row(found, legs)


def _by_row(order: Sequence[Holder], legs: Iterable[Pair]) -> list[Holder]:
    """Those of a higher row first: what leads to a lower one is then no way back."""
    place = {holder: number for number, holder in enumerate(order)}
    row = dict.fromkeys(order, 0)
    for giver, taker in sorted(legs, key=lambda leg: place[leg[0]]):
        if place[giver] < place[taker]:
            row[taker] = max(row[taker], row[giver] + 1)
    return sorted(order, key=lambda each: (row[each], place[each]))


def _untied(every: Iterable[Holder], legs: Sequence[Pair], known: Standings) -> list[Holder]:
    """Circle by circle, each after those that lead to it; most are of one holder."""
    gives, takes = defaultdict(list), defaultdict(list)
    for giver, taker in legs:
        gives[giver].append(taker)
        takes[taker].append(giver)
    placed: dict[Holder, None] = {}
    for circle in _circles(every, gives, takes):
        if len(circle) > 1:
            _place(circle, gives, takes, known, placed)
        else:
            placed[circle[0]] = None
    return list(placed)


def _circles(
    every: Iterable[Holder],
    gives: Mapping[Holder, Sequence[Holder]],
    takes: Mapping[Holder, Sequence[Holder]],
) -> list[list[Holder]]:
    """Those who reach each other, in the order that legs lead (Kosaraju, without recursion)."""
    finished: dict[Holder, None] = {}
    for start in every:
        _finish(start, gives, finished)
    found: list[list[Holder]] = []
    seen: set[Holder] = set()
    for start in reversed(finished):
        if start in seen:
            continue
        seen.add(start)
        circle = [start]
        for each in circle:
            more = [giver for giver in dict.fromkeys(takes.get(each, ())) if giver not in seen]
            seen.update(more)
            circle += more
        found.append(circle)
    return found


def _finish(
    start: Holder, gives: Mapping[Holder, Sequence[Holder]], finished: dict[Holder, None]
) -> None:
    """Everybody below is finished before who gave to them: a search in depth, without recursion."""
    seen = {start}
    stack = [(start, iter(gives.get(start, ())))] if start not in finished else []
    while stack:
        giver, takers = stack[-1]
        taker = next((each for each in takers if each not in seen and each not in finished), None)
        if taker is None:
            finished[giver] = None
            stack.pop()
        else:
            seen.add(taker)
            stack.append((taker, iter(gives.get(taker, ()))))


def _place(
    circle: Sequence[Holder],
    gives: Mapping[Holder, Sequence[Holder]],
    takes: Mapping[Holder, Sequence[Holder]],
    known: Standings,
    placed: dict[Holder, None],
) -> None:
    """Whoever had it from placed ones alone goes next, else the first by what is known of him."""
    inside = set(circle)
    level = {each: _level(takes.get(each, ()), placed) for each in circle}
    waiting = {each: sum(giver in inside for giver in takes.get(each, ())) for each in circle}
    heap: _Heap = [(known.key(each, level[each]), level[each], each) for each in circle]
    heapify(heap)
    while heap:
        _, then, holder = heappop(heap)
        if holder in placed or then != level[holder]:
            continue
        placed[holder] = None
        for taker in gives.get(holder, ()):
            if taker in inside and taker not in placed:
                waiting[taker] -= 1
                now = _TOUCHED if waiting[taker] else _FREE
                if now != level[taker]:
                    level[taker] = now
                    heappush(heap, (known.key(taker, now), now, taker))


def _level(givers: Sequence[Holder], placed: Mapping[Holder, None]) -> int:
    return _TOUCHED if any(each in placed for each in givers) else _APART
