"""Priors from inspections: against adding up all rates that may be, and what must always hold."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.network.history import FIRST, WEAK, Inspection, Pasts, Remembering, pasts
from suyuan.network.locating import Doubts, Flow, LocatingError, locate

FARMS = ("a", "b", "c")
FLOWS = [
    Flow("a", "hub", 3), Flow("b", "hub", 1), Flow("b", "z", 2), Flow("c", "z", 5),
    Flow("hub", "y", 3), Flow("hub", "z", 1),
]  # fmt: skip
CASES = {"y": 1, "z": 2}
places = st.sampled_from((*FARMS, "hub", "far"))
looks = st.lists(
    st.builds(Inspection, places, st.booleans(), st.floats(0, 4_000)), max_size=40
)  # fmt: skip
ways = st.builds(
    Remembering, half_life=st.floats(1, 5_000), detection=st.floats(0.01, 1)
)  # fmt: skip


def posterior(found: Pasts) -> dict[str, float]:
    odds = {name: past.odds for name, past in found.places.items()}
    doubts = Doubts(noise=0.02, odds=odds)
    return {one.name: one.posterior for one in locate(FLOWS, CASES, doubts).suspects}


@given(ways)
def test_without_inspections_the_answer_is_that_without_priors(way: Remembering) -> None:
    found = pasts(FARMS, [], way)
    assert {past.rate for past in found.places.values()} == {found.mean}
    assert found.mean == FIRST[0] / sum(FIRST)
    plain = {o.name: o.posterior for o in locate(FLOWS, CASES, Doubts(noise=0.02)).suspects}
    assert posterior(found) == pytest.approx(plain)


@given(looks, ways, places, st.floats(0, 4_000))
def test_one_more_failure_never_lowers_a_place(
    some: list[Inspection], way: Remembering, place: str, age: float
) -> None:
    before = posterior(pasts(FARMS, some, way))
    after = posterior(pasts(FARMS, [*some, Inspection(place, failed=True, age=age)], way))
    if place in FARMS:
        assert after[place] >= before[place] - 1e-12


@given(looks, ways, st.integers(0, 39))
def test_an_inspection_that_had_failed_instead_never_lowers_its_place(
    some: list[Inspection], way: Remembering, which: int
) -> None:
    passed = [n for n, each in enumerate(some) if not each.failed and each.place in FARMS]
    if not passed:
        return
    at = passed[which % len(passed)]
    other = [*some[:at], Inspection(some[at].place, failed=True, age=some[at].age), *some[at + 1 :]]
    before, after = (posterior(pasts(FARMS, each, way)) for each in (some, other))
    assert after[some[at].place] >= before[some[at].place] - 1e-12


@given(looks.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))), ways)
def test_the_order_of_inspections_does_not_matter(
    both: tuple[list[Inspection], list[Inspection]], way: Remembering
) -> None:
    one, other = (pasts(FARMS, each, way) for each in both)
    assert one.places == other.places
    assert one.mean == pytest.approx(other.mean, rel=1e-14)


def rates(some: Sequence[Inspection], mean: float, way: Remembering) -> tuple[float, float]:
    """How probably a place is bad and good, by adding up over all rates that may be."""
    steps = np.linspace(-11.0, 11.0, 20_001)
    odds = np.sinh(steps)  # log odds: a weak Beta lies far out
    bad, good = -np.logaddexp(0, -odds), -np.logaddexp(0, odds)
    logs = WEAK * mean * bad + WEAK * (1 - mean) * good + np.log(np.cosh(steps))
    for each in some:
        weight = 2 ** (-each.age / way.half_life)
        logs += weight * (bad if each.failed else way.detection * good)
    weights = np.exp(logs - logs.max())
    return tuple(float((weights * np.exp(p)).sum() / weights.sum()) for p in (bad, good))  # type: ignore[return-value]


def one_alone(chances: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Who is the bad one, by going through who of all are bad, and keeping where one is."""
    found: dict[str, float] = {}
    for bad in product((True, False), repeat=len(chances)):
        if sum(bad) == 1:
            pairs = zip(bad, chances.values(), strict=True)
            (name,) = (n for n, b in zip(chances, bad, strict=True) if b)
            found[name] = float(np.prod([p if b else q for b, (p, q) in pairs]))
    return found


@given(looks, ways)
def test_priors_are_those_of_trying_every_rate_and_every_set_of_bad_places(
    some: list[Inspection], way: Remembering
) -> None:
    found = pasts(FARMS, some, way)
    by_place = {farm: [each for each in some if each.place == farm] for farm in FARMS}
    weighs = [(2 ** (-each.age / way.half_life), each.failed) for each in some]
    bad = FIRST[0] + sum(weight for weight, failed in weighs if failed)
    good = FIRST[1] + way.detection * sum(weight for weight, failed in weighs if not failed)
    assert found.mean == pytest.approx(bad / (bad + good))
    alone = one_alone({farm: rates(by_place[farm], found.mean, way) for farm in FARMS})
    odds = {farm: found.places[farm].odds for farm in FARMS}
    for farm in FARMS:
        assert odds[farm] / sum(odds.values()) == pytest.approx(
            alone[farm] / sum(alone.values()), rel=1e-6, abs=1e-9
        )


def test_old_inspections_weigh_less_and_what_overlooks_much_says_little() -> None:
    way = Remembering(half_life=100, detection=0.5)
    some = [Inspection("a", failed=True, age=200), Inspection("b", failed=False, age=0)]
    found = pasts(FARMS, some, way).places
    assert (found["a"].failed, found["a"].passed) == (0.25, 0.0)
    assert (found["b"].failed, found["b"].passed) == (0.0, 0.5)
    assert (found["a"].inspections, found["a"].failures) == (1, 1)
    assert found["b"].rate < found["c"].rate < found["a"].rate


@pytest.mark.parametrize(
    ("way", "age"),
    [
        (Remembering(half_life=0), 0),
        (Remembering(half_life=float("nan")), 0),
        (Remembering(detection=0), 0),
        (Remembering(detection=1.1), 0),
        (Remembering(), -1),
        (Remembering(), float("inf")),
    ],
)
def test_what_is_no_way_to_count_is_refused(way: Remembering, age: float) -> None:
    with pytest.raises(LocatingError) as caught:
        pasts(FARMS, [Inspection("a", failed=True, age=age)], way)
    assert caught.value.code == "locate.history"
