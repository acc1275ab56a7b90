"""Sources located by flows on record are those that the same flows in a table give."""

import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from installed import open_transactions

from suyuan.interchange import Words
from suyuan.kit import SuyuanError
from suyuan.model import PUBLIC
from suyuan.network.locating import Doubts, Flow, locate
from suyuan.service import (
    OPERATOR,
    Case,
    Platform,
    SourceAsked,
    cases_of,
    cases_typed,
    follow,
    import_interchange,
    local_capturer,
    locate_on_record,
)
from suyuan.trace import Answer
from suyuan.trace import answer as answers

Edges = dict[tuple[str, str], int]


def layered(random: Random) -> Edges:
    """Farms, hubs and shops, and how much went along each edge in kilograms."""
    layers = [["farm a", "farm b", "farm c"], ["hub a", "hub b"], ["shop a", "shop b", "shop c"]]
    edges: Edges = {}
    for upper, lower in pairwise(layers):
        for giver in upper:
            for taker in random.sample(lower, random.randint(1, len(lower))):
                edges[giver, taker] = random.randint(1, 9)
    return edges


def file_of(edges: Edges) -> bytes:
    """The edges as deliveries of FoodChain-Lab; what came to a place went into all that left it."""
    names = {pair: f"d{number}" for number, pair in enumerate(edges)}
    joined = [(names[a], names[b]) for a in names for b in names if a[1] == b[0]]
    stations = sorted({end for pair in edges for end in pair})

    def table(rows: list[dict[str, Any]]) -> dict[str, Any]:
        cells = [[{"id": key, "value": row[key]} for key in row] for row in rows]
        return {"columnProperties": [], "data": cells}

    tables = {
        "stations": table([{"ID": name, "Name": name} for name in stations]),
        "deliveries": table(
            [
                {"ID": names[pair], "from": pair[0], "to": pair[1], "Amount": f"{much} kg"}
                for pair, much in edges.items()
            ]
        ),
        "deliveryRelations": table([{"from": a, "to": b} for a, b in joined]),
    }
    return json.dumps({"version": "1.0.0", "data": tables}).encode()


def recorded(platform: Platform, edges: Edges) -> None:
    words = Words(issuer="fcl")
    taken = import_interchange(platform, file_of(edges), words, local_capturer(platform, None))
    assert taken.recorded
    follow(platform)


@pytest.mark.parametrize("seed", range(3))
def test_flows_on_record_say_what_the_same_table_says(platform: Platform, seed: int) -> None:
    random = Random(seed)
    edges = layered(random)
    recorded(platform, edges)
    shops = sorted({taker for _, taker in edges if taker.startswith("shop")})
    counts = {shop: random.randint(1, 4) for shop in shops}
    cases = [Case(place=shop, count=count) for shop, count in counts.items()]
    asked = SourceAsked(noise=0.05)
    found = locate_on_record(platform, cases, asked, OPERATOR)
    flows = [Flow(giver, taker, float(much)) for (giver, taker), much in edges.items()]
    expected = locate(flows, counts, Doubts(noise=0.05))
    assert {one.name: pytest.approx(one.posterior) for one in found.located.suspects} == {
        one.name: one.posterior for one in expected.suspects
    }
    assert (found.left_out, found.truncated) == (0, False)
    assert dict(found.located.samples) == pytest.approx(dict(expected.samples))


def test_a_thing_takes_only_what_came_of_its_origins(platform: Platform) -> None:
    recorded(platform, {("farm", "shop"): 5, ("other", "elsewhere"): 5})
    asked = SourceAsked(things=("urn:suyuan:lot:fcl:d0",))
    found = locate_on_record(platform, [Case(place="shop")], asked, OPERATOR)
    assert [(one.name, one.posterior) for one in found.located.suspects] == [("farm", 1.0)]
    assert set(found.places) == {"farm", "shop"}
    same = locate_on_record(
        platform, [Case(place="shop", thing="urn:suyuan:lot:fcl:d0")], SourceAsked(), OPERATOR
    )
    assert same == found


@pytest.mark.parametrize(
    ("cases", "things", "code"),
    [
        ([], (), "source.no-case"),
        ([Case(place="nowhere")], (), "source.place"),
        ([Case(place="shop")], ("☃",), "source.thing"),
    ],
)
def test_what_is_not_known_is_named(
    platform: Platform, cases: list[Case], things: tuple[str, ...], code: str
) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, cases, SourceAsked(things=things), OPERATOR)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("place", "things"), [("11010519491231002X", ()), ("shop", ("☃ 11010519491231002X",))]
)
def test_an_error_repeats_no_identity_number(
    platform: Platform, place: str, things: tuple[str, ...]
) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, [Case(place=place)], SourceAsked(things=things), OPERATOR)
    assert "19491231" not in caught.value.text.zh + caught.value.text.en


def test_who_sees_no_flow_locates_nothing(platform: Platform) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, [Case(place="shop")], SourceAsked(), PUBLIC)
    assert caught.value.code == "source.no-flow"


def test_cases_are_read_from_a_table_and_from_typed_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("place,count,thing\nshop a,2,X\nshop b,,\n", "utf-8")
    read = [(each.place, each.count, each.thing) for each in cases_of(file)]
    assert read == [("shop a", 2, "X"), ("shop b", 1, "")]
    typed = [(each.place, each.count) for each in cases_typed("shop a, 2\n\nLi, Wang & Co\n店，3")]
    assert typed == [("shop a", 2), ("Li, Wang & Co", 1), ("店", 3)]


def test_all_the_record_is_put_together_when_its_transaction_is_over(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(platform, layered(Random(1)))
    answered = answers.answer

    def watched(*given: Any, **named: Any) -> Answer:
        assert open_transactions(platform) == 0
        return answered(*given, **named)

    monkeypatch.setattr(answers, "answer", watched)
    found = locate_on_record(platform, [Case(place="shop a")], SourceAsked(), OPERATOR)
    assert found.flows
    assert not found.truncated
    with pytest.raises(SuyuanError, match=r"source\.no-flow"):
        locate_on_record(platform, [Case(place="shop a")], SourceAsked(most_facts=1), OPERATOR)
