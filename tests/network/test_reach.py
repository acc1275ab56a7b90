"""Who reaches whom: both kinds of loops against plain walking, on any links in any order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walking_links import Row, walked

from suyuan.network.arrays import Links, columns
from suyuan.network.graph import Network, NetworkError, extended, merged, network
from suyuan.network.kernels import available
from suyuan.network.reach import Rules, Way, closure, reach
from suyuan.network.ties import Ties

NODES = 7
nodes = st.integers(0, NODES - 1)
times = st.integers(-6, 6)
rows = st.lists(st.tuples(nodes, nodes, times, times), max_size=25)
windows = st.tuples(times, times).map(sorted)
rules = st.builds(
    lambda window, hold, stay, ties: Rules(
        start=window[0], end=window[1], hold=hold, stay=stay, ties=ties
    ),
    windows,
    st.integers(0, 3),
    st.none() | st.integers(0, 4),
    st.sampled_from(Ties),
)
loops = pytest.mark.parametrize("kernels", available())
ways = st.sampled_from(Way)


def links(made: list[Row], first: int = 0) -> Links:
    s, t, d, a = zip(*made, strict=True) if made else ((), (), (), ())
    return columns(s, t, d, a, range(first, first + len(made)))


def whole(made: list[Row]) -> Network:
    return network(links(made), nodes=NODES)


def in_parts(made: list[Row], withdrawn: list[Row]) -> Network:
    """The same links as a base, to which the rest came and from which some were withdrawn."""
    half = len(made) // 2
    base = network(links([*made[:half], *withdrawn]), nodes=NODES // 2)
    gone = np.arange(half, half + len(withdrawn))
    return extended(base, links(made[half:], 1000), gone, position=5, nodes=NODES)


def told(
    made: list[Row], seeds: set[int], way: Way, asked: Rules, net: Network, kernels: str
) -> None:
    expected = walked(made, seeds, way, asked)
    found = reach(net, list(seeds), way, asked, kernels=kernels)
    assert {
        node: (hops, None if node in seeds else time)
        for node, hops, time in zip(
            found.nodes.tolist(), found.hops.tolist(), found.time.tolist(), strict=True
        )
    } == expected


@loops
@given(rows, st.sets(nodes, max_size=3), ways, rules)
def test_reaching_equals_walking_every_path(
    kernels: str, made: list[Row], seeds: set[int], way: Way, asked: Rules
) -> None:
    told(made, seeds, way, asked, whole(made), kernels)


@loops
@given(rows, rows, st.sets(nodes, max_size=2), ways, rules)
def test_a_base_and_what_came_since_answer_as_one(
    kernels: str,
    made: list[Row],
    withdrawn: list[Row],
    seeds: set[int],
    way: Way,
    asked: Rules,
) -> None:
    net = in_parts(made, withdrawn)
    told(made, seeds, way, asked, net, kernels)
    told(made, seeds, way, asked, merged(net), kernels)


@loops
@given(rows, st.sets(nodes, max_size=2), ways)
def test_a_closure_is_walking_without_time(
    kernels: str, made: list[Row], seeds: set[int], way: Way
) -> None:
    timeless = [(s, t, 0, 0) for s, t, _, _ in made]
    expected = walked(timeless, seeds, way, Rules())
    nodes_, hops = closure(whole(made), list(seeds), way, kernels=kernels)
    assert hops.tolist() == sorted(hops.tolist())
    assert len(set(nodes_.tolist())) == len(nodes_)
    assert dict(zip(nodes_.tolist(), hops.tolist(), strict=True)) == {
        node: count for node, (count, _) in expected.items()
    }


@loops
@given(rows, nodes, nodes, rules)
def test_x_is_reached_from_y_exactly_if_y_is_found_back_from_x(
    kernels: str, made: list[Row], x: int, y: int, asked: Rules
) -> None:
    net = whole(made)
    forward = reach(net, [x], Way.FORWARD, asked, kernels=kernels)
    backward = reach(net, [y], Way.BACKWARD, asked, kernels=kernels)
    assert forward.hops[forward.nodes == y].tolist() == backward.hops[backward.nodes == x].tolist()


@loops
@given(rows, st.sets(nodes), windows, times, rules)
def test_a_longer_window_and_more_seeds_lose_nothing(
    kernels: str, made: list[Row], seeds: set[int], window: list[int], more: int, asked: Rules
) -> None:
    net = whole(made)
    wide = Rules(
        start=min(asked.start, *window),
        end=max(asked.end, *window),
        hold=asked.hold,
        stay=asked.stay,
        ties=asked.ties,
    )
    few = reach(net, list(seeds), Way.FORWARD, asked, kernels=kernels).nodes
    many = reach(net, [*seeds, more % NODES], Way.FORWARD, wide, kernels=kernels).nodes
    assert set(few.tolist()) <= set(many.tolist())


@loops
@given(st.lists(st.tuples(nodes, nodes, times, times, st.integers(0, 4), st.integers(0, 4))), nodes)
def test_what_is_certain_is_possible_when_times_are_spans(
    kernels: str, made: list[tuple[int, int, int, int, int, int]], seed: int
) -> None:
    """Certain: the earliest departure after the latest arrival; possible: the other way round."""
    certain = [(s, t, d, a + later) for s, t, d, a, _, later in made]
    possible = [(s, t, d + later, a) for s, t, d, a, later, _ in made]
    sure = reach(whole(certain), [seed], kernels=kernels).nodes
    maybe = reach(whole(possible), [seed], kernels=kernels).nodes
    assert set(sure.tolist()) <= set(maybe.tolist())


@loops
def test_a_chain_of_a_hundred_thousand_links_and_back_has_no_depth_limit(kernels: str) -> None:
    length = 100_000 if kernels == "numba" else 5_000
    out = [(n, n + 1, n, n) for n in range(length)]
    net = network(links([*out, (length, 0, 0, 0)]))
    every = list(range(length + 1))
    assert closure(net, [0], kernels=kernels)[1].tolist() == every
    assert reach(net, [0], kernels=kernels).hops.tolist() == every
    back = reach(net, [length], Way.BACKWARD, Rules(stay=1), kernels=kernels)
    assert back.hops.tolist() == every


@loops
def test_no_links_and_no_seeds_reach_nothing(kernels: str) -> None:
    empty = network(links([]))
    assert reach(empty, [], kernels=kernels).nodes.size == 0
    assert reach(whole([]), [3], kernels=kernels).nodes.tolist() == [3]


@pytest.mark.parametrize("node", [-1, NODES])
def test_a_node_that_is_none_is_refused(node: int) -> None:
    with pytest.raises(NetworkError) as caught:
        reach(whole([]), [node])
    assert caught.value.code == "network.unknown-node"


@pytest.mark.parametrize(
    "made",
    [
        columns([0], [1], [0], [0], []),
        columns([-1], [1], [0], [0], [0]),
        columns([0], [1], [2**62], [0], [0]),
    ],
)
def test_links_that_are_none_are_refused(made: Links) -> None:
    with pytest.raises(NetworkError) as caught:
        network(made)
    assert caught.value.code == "network.bad-links"


@pytest.mark.parametrize(
    "asked", [Rules(start=1, end=0), Rules(hold=-1), Rules(stay=-1), Rules(hold=2**61)]
)
def test_rules_that_cannot_be_kept_are_refused(asked: Rules) -> None:
    with pytest.raises(NetworkError) as caught:
        reach(whole([]), [0], Way.FORWARD, asked)
    assert caught.value.code == "network.bad-rules"


@loops
def test_a_closure_is_walking_where_very_many_wait_at_once(kernels: str) -> None:
    """Of all widths of a round, with rows of no link, of one and of very many."""
    draw = np.random.default_rng(3)
    for width in (1, 63, 64, 65, 1_000):
        ends = draw.integers(0, 5_000, (width, 2))
        hub = [(7, int(node)) for node in ends[:, 0]]
        pairs = [*hub, *((int(s), int(t)) for s, t in ends), *((int(t), 4_999) for _, t in ends)]
        net = in_two(pairs, 5_000)
        expected, front = {7: 0}, [7]
        while front:
            found = [t for s, t in pairs if s in set(front) and t not in expected]
            expected |= dict.fromkeys(found, expected[front[0]] + 1)
            front = list(dict.fromkeys(found))
        nodes_, hops = closure(net, [7], kernels=kernels)
        assert dict(zip(nodes_.tolist(), hops.tolist(), strict=True)) == expected
        assert len(nodes_) == len(expected)


@loops
def test_a_closure_of_all_there_is_has_room(kernels: str) -> None:
    every = [(s, t) for s in range(70) for t in range(70)]
    nodes_, hops = closure(in_two(every, 70), range(70), kernels=kernels)
    assert sorted(nodes_.tolist()) == list(range(70))
    assert not hops.any()


def in_two(pairs: list[tuple[int, int]], nodes: int) -> Network:
    """Every second link in a base, the others beside it."""
    made = [(s, t, 0, 0) for s, t in pairs]
    base = network(links(made[::2]), nodes=nodes)
    return extended(base, links(made[1::2], 10_000), np.zeros(0, np.int64), position=1, nodes=nodes)
