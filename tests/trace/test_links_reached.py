"""The search over links gives what plain repetition gives, with more departures than histories."""

from collections.abc import Iterable
from math import inf

from engines import at_both_lengths, holds
from hypothesis import strategies as st
from msgspec.structs import replace

from suyuan.trace.numbered import ends_of, in_order, order
from suyuan.trace.reach import Steps, along, reach, stepping
from suyuan.trace.times import OPEN
from suyuan.trace.types import Direction, Link, LinkKind, Pool, Question

Ends = tuple[float, float]
Drawn = tuple[int, int, Ends, Ends, bool, int]  # near, far, leaving, coming, certain, entry

FLOWS = 2  # of the pools, the first are transformations
SECOND = 1_000_000

pools = st.integers(0, 4)
ticks = st.integers(0, 4).map(lambda n: n * SECOND)
instants = ticks.map(lambda at: (at, at))
spans = st.tuples(ticks, ticks).map(lambda e: (min(e), max(e)))
at_once = st.tuples(pools, pools, instants, instants, st.just(True), st.integers(1, 9))
in_doubt = st.tuples(pools, pools, spans, spans, st.booleans(), st.integers(1, 9))
firm = st.tuples(pools, pools, spans, spans, st.just(True), st.integers(1, 9))
histories = st.one_of(*(st.lists(some, max_size=30) for some in (at_once, in_doubt, firm)))


def walk_of(drawn: list[Drawn]) -> Steps:
    nowhere = Pool("-")
    links = [
        Link(
            kind=LinkKind.MOVED, source=nowhere, target=nowhere, departure=OPEN, arrival=OPEN,
            certain=certain, entries=(entry,),
        )
        for *_, certain, entry in drawn
    ]  # fmt: skip
    ends = [one[0] for one in drawn], [one[1] for one in drawn]
    times = [one[2] for one in drawn], [one[3] for one in drawn]
    return stepping(links, ends, times, flows=FLOWS)


def plainly(
    walk: Steps, allowed: Iterable[int], seeds: Iterable[int], asked: Question, *, sure: bool
) -> dict[int, int]:
    """Every link with its fewest hops, by looking at every pair until nothing changes."""
    kept, begun = list(allowed), set(seeds)
    more = {i: int(walk.far[i] >= FLOWS) for i in kept}
    hops = {i: more[i] for i in kept if walk.near[i] in begun}
    for _ in kept:
        for a in list(hops):
            for b in kept:
                onward = walk.far[a] == walk.near[b] and walk.near[b] not in begun
                if onward and follows(walk, a, b, asked, sure=sure):
                    hops[b] = min(hops.get(b, 1 << 30), hops[a] + more[b])
    return hops


def follows(walk: Steps, a: int, b: int, asked: Question, *, sure: bool) -> bool:
    if set(walk.links[a].entries) & set(walk.links[b].entries):
        return True
    (came, came_by), (left, left_by) = walk.into[a], walk.out[b]
    if walk.far[a] < FLOWS:
        return left >= came_by or not sure
    hold = asked.hold_for * SECOND
    stay = inf if asked.stay_at_most is None else asked.stay_at_most * SECOND
    if sure:
        return left >= came_by + hold and left_by <= came + stay
    return left_by >= came + hold and left <= came_by + stay


@at_both_lengths
def test_links_reached_and_surely_reached_are_those_of_plain_repetition(examples: int) -> None:
    def check(
        drawn: list[Drawn], seeds: dict[int, bool], hold: int, stay: int | None, way: Direction
    ) -> None:
        asked = Question(seeds=(), direction=way, hold_for=float(hold), stay_at_most=stay)
        walk = along(walk_of(drawn), way)
        found = reach(walk, seeds, asked)
        hops = plainly(walk, range(len(drawn)), seeds, asked, sure=False)
        assert found.hops == hops
        firm = [i for i in hops if walk.links[i].certain]
        begun = [place for place, sure in seeds.items() if sure]
        assert found.certain == plainly(walk, firm, begun, asked, sure=True)

    seeds = st.one_of(
        st.dictionaries(pools, st.just(value=True), max_size=2),
        st.dictionaries(pools, st.booleans(), max_size=2),
    )
    stays = st.one_of(st.none(), st.integers(0, 3))
    holds(check, examples, histories, seeds, st.integers(0, 1), stays, st.sampled_from(Direction))


def test_what_leaves_a_making_before_all_of_it_came_is_not_surely_of_it() -> None:
    early, late = (SECOND, SECOND), (2 * SECOND, 2 * SECOND)
    into_making = (3, 0, late, late, True, 1)
    asked = Question(seeds=(), direction=Direction.FORWARD)
    for leaves, is_sure in ((early, False), (late, True), ((SECOND, 2 * SECOND), False)):
        walk = walk_of([into_making, (0, 4, leaves, late, True, 2)])
        found = reach(walk, {3: True}, asked)
        assert found.hops == {0: 0, 1: 1}
        assert (1 in found.certain) is is_sure


names = st.builds(
    Pool,
    st.sampled_from(("", "lot1", "lot2")),
    st.sampled_from(("", "p1", "p2")),
    st.just(""),
    st.sampled_from(("", "box")),
)
lots = st.sampled_from(("", "lot1", "lot2"))
links = st.builds(
    Link,
    kind=st.sampled_from(LinkKind),
    source=names,
    target=names,
    departure=st.just(OPEN),
    arrival=st.just(OPEN),
    certain=st.booleans(),
    entries=st.sampled_from(((1,), (2,))),
    of_lot=lots,
)


@at_both_lengths
def test_links_stand_in_order_each_once_with_their_ends_by_number(examples: int) -> None:
    def check(some: list[tuple[Link, str]], alone: list[Pool], asked: Pool) -> None:
        given = [each for link, lot in some for each in (link, replace(link, of_lot=lot))]
        seen = {place for link in given for place in (link.source, link.target)} | set(alone)
        named = {place: at for at, place in enumerate(seen)}
        ordered, ends = in_order(given, ends_of(given, named), named)
        assert ordered == sorted(set(given), key=order)
        backward = given[::-1]
        assert in_order(backward, ends_of(backward, named), named)[0] == ordered
        assert ends.pools == sorted(seen)
        assert [ends.pools[at] for at in ends.sources] == [link.source for link in ordered]
        assert [ends.pools[at] for at in ends.targets] == [link.target for link in ordered]
        assert ends.flows == sum(not place.thing for place in seen)
        here = [at for at, place in enumerate(ends.pools) if place.thing == asked.thing]
        assert list(ends.of_thing(asked.thing)) == here
        assert all(ends.pools[ends.of(place)] == place for place in seen)

    several = st.lists(st.tuples(links, lots), max_size=12)
    holds(check, examples, several, st.lists(names, max_size=3), names)
