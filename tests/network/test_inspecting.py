"""Who answers for bad goods: against summing over all rates that may be, and simulated worlds."""

from collections.abc import Sequence
from itertools import product
from math import comb, log, log2
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.network import rates
from suyuan.network.inspecting import (
    Beliefs,
    Inspected,
    InspectingError,
    Sampled,
    Sites,
    inspect,
    samples_of,
    sites_alone,
    sites_of,
)
from suyuan.network.locating import SOLD, Flow
from suyuan.network.mixing import Floats
from suyuan.network.planning import gain, misjudged, plan, worlds_of
from suyuan.network.rates import Draws, Effort

Shares = dict[str, dict[str, float]]
BOTH: Shares = {"shop": {"a": 0.75, "b": 0.25}}
FLOWS = [Flow("a", "shop", 3), Flow("b", "shop", 1), Flow("shop", SOLD, 4)]
LONG = Effort(kept=1_500)


def asked(tested: Sequence[Sampled], beliefs: Beliefs, effort: Effort = LONG) -> Inspected:
    return inspect(sites_of(FLOWS), tested, beliefs, np.random.default_rng(1), effort)[0]


def failing(rate: dict[str, Floats], row: Sampled, shares: Shares, beliefs: Beliefs) -> Floats:
    """How likely a unit fails: bad when it came, or spoilt, and seen by the test to be so."""
    if row.place not in shares:
        bad = rate[row.place]
    else:
        parts = {row.supplier: 1.0} if row.supplier else shares[row.place]
        came = sum((part * rate[name] for name, part in parts.items()), np.zeros(()))
        bad = 1 - (1 - came) * (1 - rate[row.place])
    return beliefs.sensitivity * bad + (1 - beliefs.specificity) * (1 - bad)


def summed(
    names: Sequence[str], tested: Sequence[Sampled], shares: Shares, beliefs: Beliefs
) -> dict[str, tuple[float, float]]:
    """Mean and probability over the limit, by going through all rates on a fine grid."""
    steps = np.linspace(-5, 5, 161)
    grids = np.meshgrid(*(steps for _ in names), indexing="ij")
    middles = [log(m / (1 - m)) for m in (beliefs.medians.get(n, beliefs.typical) for n in names)]
    rate = {
        name: 1 / (1 + np.exp(-middle - beliefs.spread * grid))
        for name, middle, grid in zip(names, middles, grids, strict=True)
    }
    weight = np.exp(-sum(grid * grid for grid in grids) / 2)
    for row in tested:
        p = failing(rate, row, shares, beliefs)
        weight = weight * p**row.positives * (1 - p) ** (row.tests - row.positives)
    weight /= weight.sum()
    return {
        name: (float((weight * each).sum()), float((weight * (each > beliefs.limit)).sum()))
        for name, each in rate.items()
    }


CASES = [
    ([Sampled(place="shop", tests=12, positives=5)], Beliefs()),
    ([Sampled(place="shop", supplier="a", tests=8, positives=4),
      Sampled(place="shop", supplier="b", tests=9)], Beliefs(sensitivity=0.9, specificity=0.95)),
    ([Sampled(place="shop", tests=10, positives=3), Sampled(place="b", tests=20, positives=1)],
     Beliefs(medians={"a": 0.2, "shop": 0.02}, spread=1.0, limit=0.05)),
]  # fmt: skip


@pytest.mark.parametrize(("tested", "beliefs"), CASES)
def test_rates_are_those_of_summing_over_all_that_may_be(
    tested: list[Sampled], beliefs: Beliefs
) -> None:
    found = asked(tested, beliefs)
    assert found.settled
    for name, (mean, over) in summed(["a", "b", "shop"], tested, BOTH, beliefs).items():
        one = next(each for each in found.places if each.name == name)
        assert one.mean == pytest.approx(mean, abs=0.008)
        assert one.over == pytest.approx(over, abs=0.02)
        assert one.low <= one.mean <= one.high


def test_positives_are_shared_out_to_the_last_and_bad_goods_are_their_suppliers() -> None:
    tested = [
        Sampled(place="shop", supplier="a", tests=30, positives=9),
        Sampled(place="b", tests=30),
    ]
    exact = asked(tested, Beliefs())
    by = {one.name: one for one in exact.places}
    assert exact.false_alarms == 0
    assert sum(one.answers_for for one in exact.places) == pytest.approx(9)
    assert by["b"].answers_for == 0
    assert by["a"].answers_for > by["shop"].answers_for > 1
    doubtful = asked(tested, Beliefs(specificity=0.8))
    assert doubtful.false_alarms > 4
    assert sum(one.answers_for for one in doubtful.places) + doubtful.false_alarms == pytest.approx(
        9
    )


def test_knowing_the_supplier_tells_apart_what_the_mixture_cannot() -> None:
    flows = [Flow("a", "shop", 1), Flow("b", "shop", 1)]
    mixed = [Sampled(place="shop", tests=40, positives=20)]
    apart = [
        Sampled(place="shop", supplier="a", tests=20, positives=20),
        Sampled(place="shop", supplier="b", tests=20),
    ]
    over = {}
    for name, tested in (("mixed", mixed), ("apart", apart)):
        found, _ = inspect(sites_of(flows), tested, Beliefs(), np.random.default_rng(2), LONG)
        over[name] = {one.name: one.over for one in found.places}
    assert over["mixed"]["a"] == pytest.approx(over["mixed"]["b"], abs=0.05)
    assert over["apart"]["a"] > 0.99
    assert over["apart"]["b"] < 0.35


def test_shares_are_those_of_all_paths_and_of_goods_sent_round() -> None:
    """Of the hub's goods a has 2/3; of the shop's, half from the hub and half from b himself."""
    flows = [Flow("a", "hub", 2), Flow("b", "hub", 1), Flow("hub", "shop", 3), Flow("b", "shop", 3)]
    back = [Flow("shop", "hub", 3)]  # then hub = (2a + b + 3 shop) / 6, shop = (hub + b) / 2
    for some, part in (
        (flows, {"hub": 2 / 3, "shop": 1 / 3}),
        (flows + back, {"hub": 4 / 9, "shop": 2 / 9}),
    ):
        sites = sites_of(some)
        cells = [(place, "") for place in part]
        assert samples_of(sites, cells, Beliefs()).came[:, sites.number["a"]] == pytest.approx(
            list(part.values())
        )


def test_who_got_some_of_his_own_goods_back_stays_their_supplier() -> None:
    flows = [Flow("a", "hub", 2), Flow("b", "hub", 1), Flow("hub", "a", 0.5), Flow("b", "b", 1)]
    sites = sites_of(flows, {("hub", "a")})
    assert sites.names[: sites.suppliers] == ("a", "b")
    came = samples_of(sites, [("hub", ""), ("a", "")], Beliefs()).came
    assert came[:, :2].tolist() == [pytest.approx([2 / 3, 1 / 3]), pytest.approx([1, 0])]


def worlds(
    random: Random, chance: np.random.Generator
) -> tuple[Sites, list[Sampled], Beliefs, dict[str, float]]:
    """A network, rates drawn as is believed, and tests that turned out by them."""
    beliefs = Beliefs(typical=0.1, sensitivity=0.9, specificity=0.97)
    flows = [Flow(f"s{a}", f"p{b}", random.randint(1, 9)) for a in range(4) for b in range(5)]
    sites = sites_of(random.sample(flows, 15))
    logs = chance.normal(log(0.1 / 0.9), beliefs.spread, len(sites.names))
    rate = dict(zip(sites.names, (1 / (1 + np.exp(-logs))).tolist(), strict=True))
    tested = []
    for place in sites.names:
        row = Sampled(place=place, tests=random.randint(0, 25))
        cell = samples_of(sites, [(place, "")], beliefs)
        fails, _ = cell.fails(np.array([list(rate.values())]))
        tested.append(
            Sampled(
                place=place, tests=row.tests, positives=int(chance.binomial(row.tests, fails[0, 0]))
            )
        )
    return sites, tested, beliefs, rate


@pytest.mark.parametrize("seed", range(12))
def test_places_of_which_no_test_tells_are_last_whatever_was_believed(seed: int) -> None:
    """Told: where a test was made, and the beginnings of what was tested, found by walking back."""
    random = Random(seed)
    flows = [Flow(f"s{a}", f"p{b}", 1) for a in range(5) for b in range(4) if random.random() < 0.3]
    flows += [Flow(f"p{b}", f"q{b}", 1) for b in range(4)]
    sites = sites_of(flows)
    named = {(flow.source, flow.target) for flow in flows}
    tested = [
        Sampled(place=f"q{random.randrange(4)}", tests=20, positives=random.choice([0, 3])),
        Sampled(place=f"q{random.randrange(4)}", tests=0),
    ]
    back = seen = {tested[0].place}
    while back:
        back = {source for source, target in named if target in back} - seen
        seen = seen | back
    expected = {tested[0].place} | (seen & set(sites.names[: sites.suppliers]))
    beliefs = Beliefs(medians=dict.fromkeys(set(sites.names) - expected, 0.9))
    chance = np.random.default_rng(seed)
    found, _ = inspect(sites, tested, beliefs, chance, Effort(warming=20, kept=20))
    assert {one.name for one in found.places if one.told} == expected
    order = [one.told for one in found.places]
    assert order == sorted(order, reverse=True)


def test_what_is_said_with_a_probability_is_so_as_often() -> None:
    inside, over, said = [], [], []
    for seed in range(50):
        chance = np.random.default_rng(seed)
        sites, tested, beliefs, rate = worlds(Random(seed), chance)
        found, _ = inspect(sites, tested, beliefs, chance, Effort(warming=150, kept=150))
        for one in found.places:
            inside.append(one.low <= rate[one.name] <= one.high)
            over.append(rate[one.name] > beliefs.limit)
            said.append(one.over)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)
    assert np.mean(over) == pytest.approx(np.mean(said), abs=0.04)
    sure = np.array(said) > 0.8
    assert sure.sum() > 20
    assert np.mean(np.array(over)[sure]) == pytest.approx(np.mean(np.array(said)[sure]), abs=0.1)


@given(
    st.lists(st.floats(-6, 4), min_size=3, max_size=3),
    st.integers(0, 9),
    st.sampled_from(["", "a", "b"]),
)
def test_the_slope_is_that_of_the_height(logs: list[float], positives: int, supplier: str) -> None:
    beliefs = Beliefs(sensitivity=0.9, specificity=0.8)
    some = samples_of(sites_of(FLOWS), [("shop", supplier), ("a", "")], beliefs)
    some = structs.replace(
        some, tests=np.array([9.0, 5]), positives=np.array([float(positives), 2])
    )
    target = rates.Target(some, np.full(3, -3.0), 1.5)
    at = np.array(logs)
    _, slope = rates.density(target, at[None])
    for place in range(3):
        near = np.eye(3)[place] * 1e-5
        up, down = (rates.density(target, (at + side * near)[None])[0][0] for side in (1, -1))
        assert slope[0, place] == pytest.approx((up - down) / 2e-5, rel=1e-4, abs=1e-5)


def test_how_tests_are_written_down_changes_nothing() -> None:
    one = [Sampled(place="shop", tests=10, positives=3), Sampled(place="a", tests=4)]
    many = [Sampled(place="a", tests=4), *[Sampled(place="shop", tests=1)] * 7]
    many += [Sampled(place="shop", tests=1, positives=1)] * 3
    short = Effort(kept=50)
    assert asked(one, Beliefs(), short) == asked(many, Beliefs(), short)


@pytest.mark.parametrize(
    ("tested", "beliefs", "code"),
    [
        (Sampled(place="shop", tests=1, positives=2), Beliefs(), "inspect.count"),
        (Sampled(place="shop", tests=-1, positives=-1), Beliefs(), "inspect.count"),
        (Sampled(place="stall", tests=1), Beliefs(), "inspect.place"),
        (Sampled(place="shop", supplier="c", tests=1), Beliefs(), "inspect.place"),
        (Sampled(place="a", supplier="b", tests=1), Beliefs(), "inspect.no-way"),
        (
            Sampled(place="shop", tests=1),
            Beliefs(sensitivity=0.5, specificity=0.5),
            "inspect.beliefs",
        ),
        (Sampled(place="shop", tests=1), Beliefs(typical=0), "inspect.beliefs"),
        (Sampled(place="shop", tests=1), Beliefs(limit=float("nan")), "inspect.beliefs"),
        (Sampled(place="shop", tests=1), Beliefs(medians={"c": 0.1}), "inspect.place"),
    ],
)
def test_what_cannot_be_is_named(tested: Sampled, beliefs: Beliefs, code: str) -> None:
    with pytest.raises(InspectingError) as caught:
        asked([tested], beliefs)
    assert caught.value.code == code


def test_who_passes_goods_on_is_said_to_be_no_supplier_of_theirs() -> None:
    sites = sites_of([Flow("a", "hub", 1), Flow("hub", "shop", 1)])
    with pytest.raises(InspectingError) as caught:
        samples_of(sites, [("shop", "hub")], Beliefs())
    assert (caught.value.code, caught.value.place) == ("inspect.fed", "hub")


def test_without_flows_the_supplier_must_be_named() -> None:
    named = [Sampled(place="shop", supplier="a", tests=20, positives=9)]
    found, _ = inspect(sites_alone([("shop", "a")]), named, Beliefs(), np.random.default_rng(1))
    assert {one.name for one in found.places if one.supplies} == {"a"}
    for flows in ([], [Flow("x", "y", 1), Flow("y", "x", 1)]):
        tested = [*named, Sampled(place="shop" if not flows else "x", tests=1)]
        sites = sites_of(flows) if flows else sites_alone([("shop", "a")])
        with pytest.raises(InspectingError) as caught:
            inspect(sites, tested[-1:], Beliefs(), np.random.default_rng(1))
        assert caught.value.code == "inspect.no-supplier"


SOME = np.random.default_rng(5).beta(0.7, 4, size=(1_500, 3))


def entropy(p: Floats) -> float:
    return float(sum(-q * log2(q) for each in p.tolist() for q in (each, 1 - each) if q > 0))


def left_by(tests: dict[tuple[str, str], int], beliefs: Beliefs) -> tuple[float, float]:
    """Bits left and places misjudged, over every way in which the tests may turn out."""
    rate = dict(zip(sites_of(FLOWS).names, SOME.T, strict=True))
    over = beliefs.limit < SOME
    bits = wrong = 0.0
    for failed in product(*(range(count + 1) for count in tests.values())):
        likely = np.ones(len(SOME))
        for (place, supplier), count, bad in zip(tests, tests.values(), failed, strict=True):
            row = Sampled(place=place, supplier=supplier, tests=count)
            p = failing(rate, row, BOTH, beliefs)
            likely = likely * comb(count, bad) * p**bad * (1 - p) ** (count - bad)
        then = likely @ over / likely.sum()
        bits += likely.mean() * entropy(then)
        wrong += likely.mean() * np.minimum(then, 1 - then).sum()
    return bits, wrong


@pytest.mark.parametrize(
    "tests",
    [
        {("shop", ""): 12},
        {("a", ""): 7, ("shop", "b"): 9},
        {("b", ""): 3, ("shop", ""): 5, ("a", ""): 4},
    ],
)
def test_a_plan_tells_what_going_through_all_its_outcomes_says(
    tests: dict[tuple[str, str], int],
) -> None:
    beliefs = Beliefs(sensitivity=0.9, specificity=0.95)
    chance = np.random.default_rng(3)
    some = worlds_of(
        sites_of(FLOWS), Draws(SOME, settled=True), beliefs, list(tests), chance, 1_500
    )
    weight = sum((some.told(at, count, at) for at, count in enumerate(tests.values())), np.zeros(1))
    now = (beliefs.limit < SOME).mean(axis=0)
    bits_left, wrong_left = left_by(tests, beliefs)
    assert gain(some, weight) == pytest.approx(entropy(now) - bits_left, abs=0.04)
    assert misjudged(some, weight) == pytest.approx(wrong_left, abs=0.03)


@pytest.mark.parametrize("tracked", [False, True])
def test_tests_go_where_one_knows_least(*, tracked: bool) -> None:
    """Hardly any test goes to what two thousand tests have told."""
    tested = [
        Sampled(place="a", tests=2_000, positives=2),
        Sampled(place="shop", supplier="a", tests=2_000),
    ]
    sites, beliefs, chance = sites_of(FLOWS), Beliefs(), np.random.default_rng(4)
    _, found = inspect(sites, tested, beliefs, chance)
    made = plan(sites, found, beliefs, 25, chance, tracked=tracked)
    assert sum(count for *_, count in made.tests) == 25
    assert sum(count for place, by, count in made.tests if "a" in {place, by}) <= 3
    assert made.bits < made.bits_now
    assert made.misjudged < made.misjudged_now


def test_a_plan_is_nearly_the_best_of_all() -> None:
    sites, beliefs, chance = sites_of(FLOWS), Beliefs(), np.random.default_rng(4)
    found = Draws(SOME, settled=True)
    made = plan(sites, found, beliefs, 10, chance)
    counts = {(place, supplier): count for place, supplier, count in made.tests}
    cells = [("a", ""), ("b", ""), ("shop", "")]
    every = [(i, j, 10 - i - j) for i in range(0, 11, 2) for j in range(0, 11 - i, 2)]
    best = min(left_by(dict(zip(cells, each, strict=True)), beliefs)[0] for each in every)
    now = entropy((beliefs.limit < SOME).mean(axis=0))
    assert now - left_by(counts, beliefs)[0] >= 0.9 * (now - best)


def test_chains_that_do_not_agree_at_once_are_drawn_on_until_they_do() -> None:
    """Two shops of a market of two farms: what was drawn in the usual time did not come to rest."""
    amounts = {
        ("东村农场", "批发市场"): 30,
        ("西村农场", "批发市场"): 70,
        ("西村农场", "张三店"): 20,
        ("批发市场", "张三店"): 50,
        ("批发市场", "李四店"): 50,
    }
    flows = [Flow(*ends, amount) for ends, amount in amounts.items()]
    tested = [
        Sampled(place="张三店", tests=20, positives=4),
        Sampled(place="李四店", tests=20),
        Sampled(place="张三店", supplier="西村农场", tests=5, positives=3),
    ]

    def told(effort: Effort) -> tuple[Inspected, Draws]:
        chance = np.random.default_rng(38155)
        return inspect(sites_of(flows), tested, Beliefs(), chance, effort)

    short, few = told(Effort(longer=0))
    found, draws = told(Effort())
    exact, _ = told(Effort(kept=12_800))
    assert not short.settled
    assert found.settled
    assert draws.rates.shape == few.rates.shape
    means = {one.name: one.mean for one in exact.places}
    assert all(one.mean == pytest.approx(means[one.name], abs=0.02) for one in found.places)


def test_where_rows_and_places_are_many_no_longer_time_is_taken() -> None:
    flows = [Flow(f"farm {n}", "shop", 1) for n in range(40)]
    tested = [Sampled(place="shop", tests=2, positives=1)] * 60
    effort = Effort(warming=2, kept=8)
    _, draws = inspect(sites_of(flows), tested, Beliefs(), np.random.default_rng(1), effort)
    large = structs.replace(effort, cells=10)
    _, other = inspect(sites_of(flows), tested, Beliefs(), np.random.default_rng(1), large)
    none = structs.replace(effort, longer=0)
    _, short = inspect(sites_of(flows), tested, Beliefs(), np.random.default_rng(1), none)
    assert np.array_equal(other.rates, short.rates)
    assert not np.array_equal(draws.rates, short.rates)
