"""Which links are reached from the seeds: a search whose states are links, not pools.

A lot mixes inside one pool, so a link may follow every link into its source pool that arrived
in time. Whether it may does not depend on the path before, so each link is reached once, at
its least number of hops.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from math import inf

from msgspec import Struct

from suyuan.network.ties import Ties
from suyuan.trace.numbered import Numbered
from suyuan.trace.takings import Takings
from suyuan.trace.times import Micros, Told, duration, intervals, since, until
from suyuan.trace.types import Direction, Link, Question

Interval = tuple[Micros, Micros]


class Steps(Struct, frozen=True, eq=False):
    """Links seen along the direction asked: `near` is where one starts, `far` where it leads.

    Pools are numbers, of which those below `flows` are transformations; `leaving` has by pool
    the links that start there. Backward the same search runs on mirrored time: an arrival is a
    departure at minus that time. So one rule serves both directions, and duality holds by
    construction.
    """

    links: list[Link]
    flows: int
    near: list[int]
    far: list[int]
    out: list[Interval]  # of leaving the near end: from, to
    into: list[Interval]  # of coming to the far end: from, to
    leaving: Mapping[int, list[int]]


class Reach(Struct, frozen=True, eq=False):
    """The links reached, and those certainly reached, by index, each with its hops."""

    hops: dict[int, int]
    certain: dict[int, int]


def steps(links: list[Link], ends: Numbered, told: Iterable[Told] = ()) -> Steps:
    """The links as steps forward; `told` are facts that state them, or some of these."""
    spans = [*(link.departure for link in links), *(link.arrival for link in links)]
    times = intervals(spans, told)
    out, into = times[: len(links)], times[len(links) :]
    return stepping(links, (ends.sources, ends.targets), (out, into), flows=ends.flows)


def stepping(
    links: list[Link],
    ends: tuple[list[int], list[int]],
    times: tuple[list[Interval], list[Interval]],
    *,
    flows: int,
) -> Steps:
    """Links as steps between near and far ends, with the times of leaving and of coming."""
    leaving: dict[int, list[int]] = defaultdict(list)
    for index, place in enumerate(ends[0]):
        leaving[place].append(index)
    return Steps(links, flows, *ends, *times, leaving)


def along(walk: Steps, direction: Direction) -> Steps:
    """Steps forward as those in the direction of a question."""
    if direction is Direction.FORWARD:
        return walk
    times = _mirrored(walk.into), _mirrored(walk.out)
    return stepping(walk.links, (walk.far, walk.near), times, flows=walk.flows)


def _mirrored(spans: list[Interval]) -> list[Interval]:
    known = {span: (-span[1], -span[0]) for span in dict.fromkeys(spans)}
    return [known[span] for span in spans]


def window(question: Question) -> Interval:
    """The first and last time asked, along the direction."""
    start, end = since(question.start), until(question.end)
    return (start, end) if question.direction is Direction.FORWARD else (-end, -start)


def reach(walk: Steps, seeds: Mapping[int, bool], question: Question) -> Reach:
    """Everything possibly reached from the pools and, within it, everything certainly reached."""
    first, last = window(question)
    times = zip(walk.out, walk.into, strict=True)
    allowed = bytearray([out[1] >= first and into[0] <= last for out, into in times])
    hops = _search(walk, allowed, seeds, question, sure=False)
    surely = bytearray(len(walk.links))
    for i in hops:
        surely[i] = walk.links[i].certain and walk.out[i][0] >= first and walk.into[i][1] <= last
    certain_seeds = [place for place, sure in seeds.items() if sure]
    if len(certain_seeds) == len(seeds) and all(surely[i] for i in hops) and _is_exact(walk, hops):
        return Reach(hops, hops)
    return Reach(hops, _search(walk, surely, certain_seeds, question, sure=True))


def _is_exact(walk: Steps, found: Iterable[int]) -> bool:
    """Whether no order of these links is in doubt: then all that may be reached surely is.

    Each has its instants, and nothing leaves a transformation before all of it came there.
    """
    out, into = walk.out, walk.into
    if any(out[i][0] != out[i][1] or into[i][0] != into[i][1] for i in found):
        return False
    complete: dict[int, Micros] = {}
    for i in found:
        if walk.far[i] < walk.flows:
            complete[walk.far[i]] = max(into[i][1], complete.get(walk.far[i], -inf))
    return all(out[i][0] >= complete.get(walk.near[i], -inf) for i in found)


def _search(
    walk: Steps, allowed: bytearray, seeds: Iterable[int], question: Question, *, sure: bool
) -> dict[int, int]:
    """Links reached among the allowed, with hops; `sure` asks that the order be certain."""
    far, flows, leaving = walk.far, walk.flows, walk.leaving
    shelves: dict[int, Takings | None] = {}  # what is left of pools that were come to
    hops: dict[int, int] = {}
    waiting: deque[int] = deque()
    deepest = inf if question.depth is None or sure else question.depth

    def enter(found: Iterable[int], count: int) -> None:
        for index in found:
            to_flow = far[index] < flows
            total = count if to_flow else count + 1
            if index in hops or total > deepest:
                continue
            hops[index] = total
            (waiting.appendleft if to_flow else waiting.append)(index)

    for place in seeds:
        enter([i for i in leaving.get(place, ()) if allowed[i]], 0)
        shelves[place] = None
    rest = _holding(question), _residence(question)
    while waiting:
        index = waiting.popleft()
        place = far[index]
        if place not in leaving:
            continue
        at_least, at_most = _in_time(walk, index, rest, sure=sure)
        if place not in shelves:
            going, staying = _split(walk, leaving[place], allowed, (at_least, at_most), sure=sure)
            enter(going, hops[index])
            shelves[place] = _shelf(walk, staying, sure=sure) if staying else None
        shelf = shelves[place]
        if shelf is not None:
            enter(shelf.take(at_least, at_most), hops[index])
            enter(shelf.take_shared(walk.links[index].entries), hops[index])
    return hops


def _holding(question: Question) -> int:
    """Least time from coming to leaving; a tick of the clock where equal times do not count."""
    return max(duration(question.hold_for), int(question.ties is Ties.FORBIDDEN))


def _residence(question: Question) -> Micros:
    return inf if question.stay_at_most is None else duration(question.stay_at_most)


def _split(
    walk: Steps, onward: list[int], allowed: bytearray, ready: Interval, *, sure: bool
) -> tuple[list[int], list[int]]:
    """Of a pool's allowed departures those in time for what comes there first, and the rest.

    Mostly nothing is left to be laid out for what comes later.
    """
    at_least, at_most = ready
    late, early = (0, 1) if sure else (1, 0)
    going, staying = list[int](), list[int]()
    for index in onward:
        if allowed[index]:
            out = walk.out[index]
            in_time = out[late] >= at_least and out[early] <= at_most
            (going if in_time else staying).append(index)
    return going, staying


def _shelf(walk: Steps, indexes: list[int], *, sure: bool) -> Takings:
    at_most = 0 if sure else 1  # certain: the earliest departure counts; possible: the latest
    return Takings(
        indexes,
        latest=[walk.out[i][at_most] for i in indexes],
        earliest=[walk.out[i][1 - at_most] for i in indexes],
        entries=[walk.links[i].entries for i in indexes],
    )


def _in_time(walk: Steps, index: int, rest: tuple[int, Micros], *, sure: bool) -> Interval:
    """At least how late and at most how early a link leaves the pool that this one leads to."""
    arrived_lo, arrived_hi = walk.into[index]
    hold, stay = rest
    if walk.far[index] < walk.flows:
        # A transformation mixes whatever goes in and out, in any order.
        return (arrived_hi if sure else -inf), inf
    if sure:
        return arrived_hi + hold, (arrived_lo + stay if stay < inf else inf)
    return arrived_lo + hold, arrived_hi + stay
