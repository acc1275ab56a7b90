"""Which links are reached from the seeds: a search whose states are links, not pools.

A lot mixes inside one pool, so a link may follow every link into its source pool that arrived
in time. Whether it may does not depend on the path before, so each link is reached once, at
its least number of hops.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from math import inf

from msgspec import Struct

from suyuan.kit import Span
from suyuan.network.ties import Ties
from suyuan.trace.takings import Lone, Shelf, Takings
from suyuan.trace.times import Micros, duration, high, low, since, until
from suyuan.trace.types import Direction, Link, Pool, Question


class Steps(Struct, frozen=True, eq=False):
    """Links seen along the direction asked: `near` is where one starts, `far` where it leads.

    Backward the same search runs on mirrored time: an arrival is a departure at minus that
    time. So one rule serves both directions, and duality holds by construction.
    """

    links: list[Link]
    near: list[Pool]
    far: list[Pool]
    out: list[tuple[Micros, Micros]]  # of leaving the near end: from, to
    into: list[tuple[Micros, Micros]]  # of coming to the far end: from, to


class Reach(Struct, frozen=True, eq=False):
    """The links reached, and those certainly reached, by index, each with its hops."""

    hops: dict[int, int]
    certain: dict[int, int]


def steps(links: list[Link]) -> Steps:
    """The links as steps forward."""
    sources, targets = [link.source for link in links], [link.target for link in links]
    departures = _micros([link.departure for link in links])
    return Steps(links, sources, targets, departures, _micros([link.arrival for link in links]))


def along(walk: Steps, direction: Direction) -> Steps:
    """Steps forward as those in the direction of a question."""
    if direction is Direction.FORWARD:
        return walk
    return Steps(walk.links, walk.far, walk.near, _mirrored(walk.into), _mirrored(walk.out))


def _micros(spans: list[Span]) -> list[tuple[Micros, Micros]]:
    """The spans as numbers; all that a lot's step says of its pieces has one and the same span."""
    known = {id(span): span for span in spans}
    found = {key: (low(span), high(span)) for key, span in known.items()}
    return [found[id(span)] for span in spans]


def _mirrored(spans: list[tuple[Micros, Micros]]) -> list[tuple[Micros, Micros]]:
    known = {span: (-span[1], -span[0]) for span in dict.fromkeys(spans)}
    return [known[span] for span in spans]


def window(question: Question) -> tuple[Micros, Micros]:
    """The first and last time asked, along the direction."""
    start, end = since(question.start), until(question.end)
    return (start, end) if question.direction is Direction.FORWARD else (-end, -start)


def reach(walk: Steps, seeds: dict[Pool, bool], question: Question) -> Reach:
    """Everything possibly reached and, within it, everything certainly reached."""
    first, last = window(question)
    allowed = [
        i for i in range(len(walk.links)) if walk.out[i][1] >= first and walk.into[i][0] <= last
    ]
    hops = _search(walk, allowed, seeds, question, sure=False)
    surely = [
        i
        for i in sorted(hops)
        if walk.links[i].certain and walk.out[i][0] >= first and walk.into[i][1] <= last
    ]
    certain_seeds = {place: True for place, sure in seeds.items() if sure}
    certain = _search(walk, surely, certain_seeds, question, sure=True)
    return Reach(hops, certain)


def _search(
    walk: Steps, allowed: list[int], seeds: Iterable[Pool], question: Question, *, sure: bool
) -> dict[int, int]:
    """Links reached among the allowed, with hops; `sure` asks that the order be certain."""
    leaving: dict[Pool, list[int]] = defaultdict(list)
    for index in allowed:
        leaving[walk.near[index]].append(index)
    shelves: dict[Pool, Shelf] = {}
    hops: dict[int, int] = {}
    waiting: deque[tuple[int, int]] = deque()
    deepest = inf if question.depth is None or sure else question.depth

    def enter(found: Iterable[int], count: int) -> None:
        for index in found:
            to_flow = not walk.far[index].thing
            total = count if to_flow else count + 1
            if index in hops or total > deepest:
                continue
            hops[index] = total
            (waiting.appendleft if to_flow else waiting.append)((index, total))

    for place in seeds:
        enter(leaving.pop(place, ()), 0)
    rest = _holding(question), _residence(question)
    while waiting:
        index, count = waiting.popleft()
        place = walk.far[index]
        if place in leaving:
            shelves[place] = _shelf(walk, leaving.pop(place), sure=sure)
        shelf = shelves.get(place)
        if shelf is not None:
            enter(shelf.take(*_in_time(walk, index, rest, sure=sure)), count)
            enter(shelf.take_shared(walk.links[index].entries), count)
    return hops


def _holding(question: Question) -> int:
    """Least time from coming to leaving; a tick of the clock where equal times do not count."""
    return max(duration(question.hold_for), int(question.ties is Ties.FORBIDDEN))


def _residence(question: Question) -> Micros:
    return inf if question.stay_at_most is None else duration(question.stay_at_most)


def _shelf(walk: Steps, indexes: list[int], *, sure: bool) -> Shelf:
    at_most = 0 if sure else 1  # certain: the earliest departure counts; possible: the latest
    if len(indexes) == 1:  # as a piece has it nearly everywhere
        (only,) = indexes
        out, entries = walk.out[only], walk.links[only].entries
        return Lone(only, latest=out[at_most], earliest=out[1 - at_most], entries=entries)
    return Takings(
        indexes,
        latest=[walk.out[i][at_most] for i in indexes],
        earliest=[walk.out[i][1 - at_most] for i in indexes],
        entries=[walk.links[i].entries for i in indexes],
    )


def _in_time(
    walk: Steps, index: int, rest: tuple[int, Micros], *, sure: bool
) -> tuple[Micros, Micros]:
    """At least how late and at most how early a link leaves the pool that this one leads to."""
    arrived_lo, arrived_hi = walk.into[index]
    hold, stay = rest
    if not walk.far[index].thing:
        # A transformation mixes whatever goes in and out, in any order.
        return (arrived_hi if sure else -inf), inf
    if sure:
        return arrived_hi + hold, (arrived_lo + stay if stay < inf else inf)
    return arrived_lo + hold, arrived_hi + stay
