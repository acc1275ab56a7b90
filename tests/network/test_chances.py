"""Chances against trying every way in which moves may pass, and draws against what is exact."""

from itertools import product
from math import prod, sqrt
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walking_links import walked

from suyuan.network import chances as engine
from suyuan.network.chains import Moves, daily
from suyuan.network.chances import Chances, Trial, chances
from suyuan.network.kernels import available
from suyuan.network.reach import Rules, Way

NODES = 6
few = st.integers(0, NODES - 1)
moved = st.lists(st.tuples(few, few, st.integers(0, 3)), max_size=9)
loops = pytest.mark.parametrize("kernels", available())
Made = list[tuple[int, int, int]]


def moves(made: Made) -> Moves:
    s, t, d = zip(*made, strict=True) if made else ((), (), ())
    return Moves(np.array(s, np.int32), np.array(t, np.int32), np.array(d, np.int64))


def found(made: Made, passing: float, kernels: str, **more: int) -> Chances:
    trial = Trial(passing=passing, **{"draws": 640, "seed": 1, **more})
    return chances(daily(NODES, moves(made)), 0, trial, kernels=kernels)


def by_node(of: Chances, values: object) -> dict[int, float]:
    return dict(zip(of.nodes.tolist(), np.asarray(values).tolist(), strict=True))


def tried(made: Made, passing: float) -> dict[int, float]:
    """Each way in which the moves may pass or not, with what is reached then by walking."""
    total: dict[int, float] = {}
    for passes in product((False, True), repeat=len(made)):
        weight = prod(passing if one else 1 - passing for one in passes)
        links = [(s, t, d, d) for (s, t, d), one in zip(made, passes, strict=True) if one]
        for node in set(walked(links, {0}, Way.FORWARD, Rules())) - {0}:
            total[node] = total.get(node, 0) + weight
    return total


@loops
@settings(max_examples=60)
@given(moved, st.sampled_from((0.0, 0.2, 0.5, 0.9, 1.0)))
def test_of_few_moves_each_chance_is_that_of_trying_every_way(
    kernels: str, made: Made, passing: float
) -> None:
    of = found(made, passing, kernels)
    truth = tried(made, passing)
    assert of.draws == 0
    assert by_node(of, of.chance) == pytest.approx({n: truth.get(n, 0) for n in of.nodes.tolist()})
    assert {node for node, chance in truth.items() if chance} <= set(of.nodes.tolist())
    for node, chance in by_node(of, of.chance).items():
        assert by_node(of, of.least)[node] <= chance + 1e-12
        assert by_node(of, of.most)[node] >= truth.get(node, 0) - 1e-9
        assert by_node(of, of.most)[node] <= 1


@loops
@settings(max_examples=25)
@given(moved, st.sampled_from((0.2, 0.5, 0.9)), st.integers(0, 9))
def test_draws_are_as_near_as_chance_lets_them(
    kernels: str, made: Made, passing: float, seed: int
) -> None:
    truth = tried(made, passing)
    with mock.patch.object(engine, "FEW", 0):
        of = found(made, passing, kernels, draws=6_400, seed=seed)
    assert of.draws == (6_400 if of.nodes.size else 0)
    for node, chance in by_node(of, of.chance).items():
        sure = truth.get(node, 0)
        assert abs(chance - sure) <= 6 * sqrt(max(sure * (1 - sure), 1e-4) / 6_400), node


def test_all_loops_give_the_same_draws_and_another_seed_others() -> None:
    random = np.random.default_rng(5)
    made = [tuple(row) for row in random.integers(0, NODES, (60, 3)).tolist()]
    results = [found(made, 0.1, name, seed=3) for name in available()]
    for of in results:
        assert by_node(of, of.chance) == by_node(results[0], results[0].chance)
        assert (of.chance < 1).all()
    again, other = (found(made, 0.1, available()[-1], seed=seed) for seed in (3, 4))
    assert by_node(again, again.chance) == by_node(results[0], results[0].chance)
    assert by_node(other, other.chance) != by_node(again, again.chance)


@loops
def test_ways_that_share_a_move_are_not_taken_for_independent(kernels: str) -> None:
    """To 1, and from there by two ways to 4: both need the first move."""
    made = [(0, 1, 0), (1, 2, 1), (1, 3, 1), (2, 4, 2), (3, 4, 2)]
    of = found(made, 0.5, kernels)
    assert by_node(of, of.chance)[4] == pytest.approx(0.5 * (1 - 0.75**2))
    assert by_node(of, of.most)[4] > by_node(of, of.chance)[4]
    assert by_node(of, of.least)[4] == 0.125


@loops
def test_work_bounds_the_draws_and_that_is_said(kernels: str) -> None:
    made = [(n % 5, n % 5 + 1, n // 5) for n in range(40)]
    assert found(made, 0.5, kernels, work=40 * 128).draws == 128
    assert found(made, 0.5, kernels, work=1).draws == 64
    assert found([], 0.5, kernels).nodes.tolist() == []


shared = st.lists(
    st.tuples(st.tuples(few, few, st.integers(0, 3)), st.sampled_from((0.0, 0.25, 0.5, 1.0))),
    max_size=8,
)


def tried_by_shares(made: Made, each: list[float]) -> dict[int, float]:
    """The same with a probability of each move."""
    total: dict[int, float] = {}
    for passes in product((False, True), repeat=len(made)):
        weight = prod(p if one else 1 - p for p, one in zip(each, passes, strict=True))
        links = [(s, t, d, d) for (s, t, d), one in zip(made, passes, strict=True) if one]
        for node in set(walked(links, {0}, Way.FORWARD, Rules())) - {0}:
            total[node] = total.get(node, 0) + weight
    return total


@loops
@settings(max_examples=60)
@given(shared, st.sampled_from((0.5, 1.0)))
def test_with_shares_each_move_passes_with_its_own_probability(
    kernels: str, rows: list[tuple[tuple[int, int, int], float]], passing: float
) -> None:
    made, shares = [move for move, _ in rows], np.array([share for _, share in rows], np.float64)
    trial = Trial(passing=passing, draws=6_400, seed=1)
    net = daily(NODES, moves(made))
    truth = tried_by_shares(made, (passing * shares).tolist())
    of = chances(net, 0, trial, shares=shares, kernels=kernels)
    assert of.draws == 0
    for node, chance in by_node(of, of.chance).items():
        assert chance == pytest.approx(truth.get(node, 0))
        assert by_node(of, of.least)[node] <= chance + 1e-12
        assert by_node(of, of.most)[node] >= truth.get(node, 0) - 1e-9
    with mock.patch.object(engine, "FEW", 0):
        drawn = chances(net, 0, trial, shares=shares, kernels=kernels)
    for node, chance in by_node(drawn, drawn.chance).items():
        sure = truth.get(node, 0)
        assert abs(chance - sure) <= 6 * sqrt(max(sure * (1 - sure), 1e-4) / 6_400), node


@given(moved, st.sampled_from((0.2, 0.9)))
def test_shares_that_are_all_one_change_nothing(made: Made, passing: float) -> None:
    trial, net = Trial(passing=passing, draws=64, seed=1), daily(NODES, moves(made))
    plain = chances(net, 0, trial)
    one = chances(net, 0, trial, shares=np.ones(len(made)))
    assert one.chance.tolist() == plain.chance.tolist()
    assert one.least.tolist() == pytest.approx((passing ** plain.hops.astype(float)).tolist())
