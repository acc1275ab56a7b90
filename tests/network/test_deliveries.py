"""Coverage over deliveries: against a slow twin, and FoodChain-Lab's own answers."""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.span import Span, parse_instant, possibly_before
from suyuan.network.deliveries import (
    UNDATED,
    Cases,
    Consigned,
    Consignments,
    CoverageError,
    Crossing,
    Dates,
    Share,
)

Json = dict[str, Any]
Pairs = frozenset[tuple[str, str]]
STATIONS = ["a", "b", "c", "d"]


def on(day: int) -> Span:
    return parse_instant(f"2026-03-{day:02}", offset_minutes=0)[0]


days = st.one_of(st.just(UNDATED), st.integers(1, 6).map(on))


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Consigned], Pairs, Crossing]:
    """A few deliveries, cycles and all, with relations where goods could go on."""
    made = [
        Consigned(
            id=str(number),
            source=draw(st.sampled_from(STATIONS)),
            target=draw(st.sampled_from(STATIONS)),
            lot=draw(st.sampled_from("xy")),
            departed=draw(days),
            arrived=draw(days),
        )
        for number in range(draw(st.integers(1, 9)))
    ]
    could = [(i.id, o.id) for i, o in product(made, made) if i.target == o.source and i is not o]
    pairs = draw(st.frozensets(st.sampled_from(could))) if could else frozenset()
    ids = st.frozensets(st.sampled_from([each.id for each in made]), max_size=3)
    places = st.frozensets(st.sampled_from(STATIONS), max_size=2)
    crossing = Crossing(
        stations=draw(places),
        sharing=draw(ids),
        killed_at=draw(places),
        killed=draw(ids),
        dates=draw(st.sampled_from([Dates.STATED, Dates.IGNORED])),
    )
    return made, pairs, crossing


class Twin:
    """The rules one by one: pairs of deliveries joined, then joined again until nothing is new."""

    def __init__(self, made: list[Consigned], pairs: Pairs, crossing: Crossing) -> None:
        self.of = {each.id: each for each in made}
        self.crossing = crossing
        self.joined = {
            (one, other)
            for one, other in product(self.of, self.of)
            if self._joins(one, other, pairs)
        }

    def _joins(self, one: str, other: str, pairs: Pairs) -> bool:
        a, b = self.of[one], self.of[other]
        if (one, other) in pairs:
            return True
        if one in self.crossing.sharing:
            like = [n for n in self.crossing.sharing if self.of[n].target == a.target]
            if any((each, other) in pairs for each in like):
                return True
        if a.target != b.source or a.target not in self.crossing.stations:
            return False
        return self.crossing.dates is Dates.IGNORED or possibly_before(a.arrived, b.departed)

    def origins(self, starts: set[str]) -> set[str]:
        """What the starts can be of: no way leads through what is killed."""
        found = set(starts)
        while True:
            passed = {
                n
                for n in found
                if self.of[n].source not in self.crossing.killed_at
                and (n in starts or n not in self.crossing.killed)
            }
            more = {one for one, other in self.joined if other in passed} - found
            if not more:
                return found
            found |= more

    def explains(self, station: str, case: str) -> bool:
        """Whether a station explains a case at a station."""
        if station == case:
            return True
        starts = {
            n for n, e in self.of.items() if e.target == case and n not in self.crossing.killed
        }
        living = self.origins(starts) - self.crossing.killed
        return station not in self.crossing.killed_at and any(
            self.of[n].source == station for n in living
        )


@given(networks())
def test_coverage_is_what_the_rules_say_one_by_one(
    made: tuple[list[Consigned], Pairs, Crossing],
) -> None:
    twin, cases = Twin(*made), {"a": 1.0, "b": 2.0, "c": -1.0}
    found = Consignments(*made).covered(Cases(stations=cases)).stations
    for station in STATIONS:
        share = found.get(station, Share(0.0, 0.0, 0.0))
        weights = [w for case, w in cases.items() if twin.explains(station, case)]
        assert share.cases == pytest.approx(sum(w for w in weights if w > 0) / 3)
        assert share.controls == pytest.approx(-sum(w for w in weights if w < 0))
        assert share.combined == pytest.approx(sum(weights) / 3)


@given(networks())
def test_backward_is_forward_seen_from_the_other_end(
    made: tuple[list[Consigned], Pairs, Crossing],
) -> None:
    """Where nothing is killed: what is met first would be met from behind as well."""
    deliveries, pairs, crossing = made
    free = Crossing(stations=crossing.stations, sharing=crossing.sharing, dates=crossing.dates)
    net = Consignments(deliveries, pairs, free)
    for one, other in product(deliveries, deliveries):
        onward = other.id in net.forward(delivery=one.id).deliveries
        assert onward == (one.id in net.backward(delivery=other.id).deliveries)


def test_a_lot_explains_what_any_of_its_deliveries_does() -> None:
    made = [
        Consigned(id="1", source="farm", target="shop 1", product="eggs", lot="A"),
        Consigned(id="2", source="farm", target="shop 2", product="eggs", lot="A"),
        Consigned(id="3", source="farm", target="shop 2", product="eggs", lot="B"),
    ]
    found = Consignments(made, []).covered(Cases(stations={"shop 1": 1, "shop 2": 1}))
    assert found.lots["farm", "eggs", "A"].cases == 1
    assert found.lots["farm", "eggs", "B"].cases == 0.5
    assert found.deliveries["1"].cases == 0.5


def test_dates_that_others_imply_bound_what_crosses() -> None:
    """It left b on the second; so the undated delivery to a was before, and not of c's goods."""
    made = [
        Consigned(id="from c", source="c", target="a", arrived=on(4)),
        Consigned(id="undated", source="a", target="b"),
        Consigned(id="dated", source="b", target="d", departed=on(2)),
    ]
    pairs = [("undated", "dated")]

    def explains(dates: Dates) -> bool:
        crossing = Crossing(stations=frozenset({"a"}), dates=dates)
        covered = Consignments(made, pairs, crossing).covered(Cases(stations={"d": 1}))
        return "from c" in covered.deliveries

    assert explains(Dates.STATED)
    assert explains(Dates.IGNORED)
    assert not explains(Dates.INFERRED)


def cycle(crossing: Crossing, *pairs: tuple[str, str]) -> Consignments:
    """FoodChain-Lab's cycle case: s1 and s2 send to each other; s2 to s3, and s1 to s4."""
    made = [
        Consigned(id="A", source="s1", target="s2"),
        Consigned(id="B", source="s2", target="s1"),
        Consigned(id="C", source="s2", target="s3"),
        Consigned(id="E", source="s1", target="s4"),
    ]
    return Consignments(made, pairs, crossing)


@pytest.mark.parametrize(
    "net",
    [
        cycle(Crossing(), ("A", "B"), ("B", "A"), ("A", "C"), ("B", "E")),
        cycle(Crossing(stations=frozenset({"s1", "s2"}))),
    ],
    ids=["by relations", "by cross contamination"],
)
def test_foodchain_labs_cycle_case_is_answered_rightly(net: Consignments) -> None:
    """On the desktop FoodChain-Lab is wrong here: it remembers sets before they are finished.

    What A became came back to s1 with B and left in E; it loses E from what is ahead of A, and
    tells of A that it explains nothing of a case at s4.
    """
    ahead, behind = net.forward(delivery="A"), net.backward(delivery="E")
    assert {"B", "C", "E"} <= ahead.deliveries
    assert {"s1", "s2", "s3", "s4"} >= ahead.stations >= {"s2", "s3", "s4"}
    assert {"A", "B"} <= behind.deliveries
    assert "C" not in behind.deliveries
    found = net.covered(Cases(stations={"s4": 1}))
    scores = {name: share.cases for name, share in found.deliveries.items()}
    assert scores == {"A": 1, "B": 1, "E": 1}
    stations = {name: share.cases for name, share in found.stations.items()}
    assert stations == {"s1": 1, "s2": 1, "s4": 1}
    other = net.covered(Cases(stations={"s3": 1}))
    assert {name: share.cases for name, share in other.deliveries.items()} == {
        "A": 1, "B": 1, "C": 1,
    }  # fmt: skip


def test_a_long_chain_and_a_busy_station_are_walked_once() -> None:
    """Ten thousand deep, and ten thousand in and out of one station: no recursion, no square."""
    many = 10_000
    chain = [Consigned(id=f"c{n}", source=f"s{n}", target=f"s{n + 1}") for n in range(many)]
    pairs = [(f"c{n}", f"c{n + 1}") for n in range(many - 1)]
    coming = [Consigned(id=f"i{n}", source=f"f{n}", target="hub") for n in range(many)]
    going = [Consigned(id=f"o{n}", source="hub", target=f"t{n}") for n in range(many)]
    net = Consignments([*chain, *coming, *going], pairs, Crossing(stations=frozenset({"hub"})))
    assert len(net.backward(station=f"s{many}").deliveries) == many
    assert len(net.forward(delivery="i0").deliveries) == many
    assert len(net.backward(station="t0").stations) == many + 1


@pytest.mark.parametrize(
    ("pairs", "crossing", "cases"),
    [
        ([("1", "2")], Crossing(), Cases(stations={"a": 1})),
        ([], Crossing(killed=frozenset({"2"})), Cases(stations={"a": 1})),
        ([], Crossing(), Cases(deliveries={"2": 1})),
        ([], Crossing(), Cases()),
        ([], Crossing(), Cases(stations={"a": 0})),
        ([], Crossing(), Cases(stations={"a": 1e308, "b": 1e308})),
    ],
)
def test_what_there_is_not_is_an_error(
    pairs: list[tuple[str, str]], crossing: Crossing, cases: Cases
) -> None:
    made = [Consigned(id="1", source="a", target="b")]
    with pytest.raises(CoverageError):
        Consignments(made, pairs, crossing).covered(cases)


MODES = dict(enumerate(Dates))
"""FoodChain-Lab's numbers for them."""


def network(folder: Path, name: str, crossing: Crossing) -> Consignments:
    net: Json = json.loads((folder / "networks" / f"{name}.json").read_bytes())
    return Consignments(deliveries(folder, name), map(tuple, net["relations"]), crossing)


def deliveries(folder: Path, name: str) -> list[Consigned]:
    net: Json = json.loads((folder / "networks" / f"{name}.json").read_bytes())
    return [
        Consigned(
            id=each["id"],
            source=each["source"],
            target=each["target"],
            product=each.get("name", ""),
            lot=each.get("lot", ""),
            departed=day(each.get("dateOut")),
            arrived=day(each.get("dateIn")),
        )
        for each in net["deliveries"]
    ]


def day(written: str | None) -> Span:
    if not written:
        return UNDATED
    if found := re.fullmatch(r"(\d+)\.(\d+)\.(\d{4})", written):
        written = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return parse_instant(written, offset_minutes=0)[0]


def scenarios(folder: Path) -> Iterator[tuple[Json, Json, str]]:
    files = sorted(folder.glob("*.jsonl.gz"))
    assert files
    for file in files:
        for line in gzip.decompress(file.read_bytes()).decode().splitlines():
            told = json.loads(line)
            yield told["settings"], told["result"], told["network"]


@pytest.mark.shared
def test_foodchain_lab_for_the_web_is_agreed_with(shared_data: Path) -> None:
    folder = shared_data / "tracing/fcl"
    for said, result, name in scenarios(folder / "reference_fclweb"):
        crossing = Crossing(
            stations=frozenset(said["ccStations"]),
            killed_at=frozenset(said["killStations"]),
            killed=frozenset(said["killDeliveries"]),
            dates=MODES[said["ccType"]],
        )
        net = network(folder, name, crossing)
        cases = [dict.fromkeys(said[f"outbreak{kind}"], 1.0) for kind in ("Stations", "Deliveries")]
        found = net.covered(Cases(stations=cases[0], deliveries=cases[1]))
        stations = {each: share.cases for each, share in found.stations.items()}
        assert stations == pytest.approx(result["stationScore"])
        assert {each: share.cases for each, share in found.deliveries.items()} == pytest.approx(
            result["deliveryScore"]
        )
        assert {each for each, share in stations.items() if share == 1} == {*result["commonLink"]}
        assert followed(net, said["observed"]) == {key: {*result[key]} for key in followed(net, {})}


def followed(net: Consignments, observed: Json) -> dict[str, set[str]]:
    """What FoodChain-Lab marks from what is observed, each forward, backward or both ways."""
    found: dict[str, set[str]] = {
        f"{way}{kind}": set()
        for way in ("forward", "backward")
        for kind in ("Stations", "Deliveries")
    }
    for kind, marked in observed.items():
        for name, how in marked.items():
            start = {"station" if kind == "stations" else "delivery": name}
            for way in ("forward", "backward"):
                if how in {way, "full"}:
                    met = getattr(net, way)(**start)
                    found[f"{way}Stations"] |= met.stations
                    found[f"{way}Deliveries"] |= met.deliveries
    return found


@pytest.mark.shared
def test_foodchain_lab_on_the_desktop_is_agreed_with(shared_data: Path) -> None:
    """Weights, controls, lots and sets, where nothing is killed.

    What a kill ends differs between its two programs, and on the desktop between the first step
    and those after it; the web's rule is ours. Its lot scores leave out that a delivery of the lot
    is a case itself, so lots are compared where no delivery is.
    """
    folder, compared = shared_data / "tracing/fcl", 0
    for said, result, name in scenarios(folder / "reference_fcldesk"):
        if said["killStations"] or said["killDeliveries"]:
            continue
        compared += 1
        crossing = Crossing(
            stations=frozenset(said["ccStations"]),
            sharing=frozenset(said["ccDeliveries"]),
            dates=Dates.STATED if said["enforceTemporalOrder"] else Dates.IGNORED,
        )
        net = network(folder, name, crossing)
        weights = Cases(stations=said["stationWeights"], deliveries=said["deliveryWeights"])
        found = net.covered(weights)
        assert_shares(found.stations, result["stationScores"])
        assert_shares(found.deliveries, result["deliveryScores"])
        for asked, sets in result["sets"].items():
            kind, _, at = asked.partition(":")
            start = {"station" if kind == "S" else "delivery": at}
            for way, key in ((net.forward, "f"), (net.backward, "b")):
                met = way(**start)
                assert met.stations == {*sets[f"{key}s"]}, asked
                assert met.deliveries == {*sets[f"{key}d"]}, asked
        if not said["deliveryWeights"]:
            of = {each.id: each.of for each in deliveries(folder, name)}
            for each, (*_, lot) in result["deliveryScores"].items():
                assert found.lots[of[each]].combined == pytest.approx(lot), each
    assert compared > 20


def assert_shares(found: dict[str, Share], scores: dict[str, list[float]]) -> None:
    for name in found.keys() | scores.keys():
        share = found.get(name, Share(0.0, 0.0, 0.0))
        score = scores.get(name, [0.0, 0.0, 0.0])[:3]
        assert [share.combined, share.cases, share.controls] == pytest.approx(score), name
