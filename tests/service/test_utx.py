"""UTX activities and traceable units as events: made, brought, packed, used up; nothing dropped."""

import json
from typing import Any

import pytest
from deliveries import bring_in

from suyuan.interchange import Words, read
from suyuan.service import OPERATOR, Platform, trace
from suyuan.trace import Direction, Question, Seed

Json = dict[str, Any]
FARM, DAIRY, SHOP = "st-farm", "st-dairy", "st-shop"


def unit(name: str, lot: str, station: str, **members: Any) -> Json:
    return {"id": name, "lotId": lot, "stationId": station} | members


def activity(
    name: str, station: str, inputs: list[str], outputs: list[str], **members: Any
) -> Json:
    return {
        "id": name,
        "stationId": station,
        "activityStart": f"2026-05-{10 + int(name[1:] or 0)}",
        "activityEnd": f"2026-05-{10 + int(name[1:] or 0)} 14:30",
        "truInput": [
            {"truIds": [each], "quantityNumber": 9, "quantityUnit": "kg"} for each in inputs
        ],
        "truOutput": [{"truIds": [each]} for each in outputs],
    } | members


def utx(**tables: list[Json]) -> bytes:
    core = {name: {"current": rows} for name, rows in tables.items()}
    return json.dumps({"utxCore": core}).encode()


def world(**more: list[Json]) -> bytes:
    """Milk is got at a farm, brought to a dairy, made into cheese, brought to a shop, eaten."""
    tables: dict[str, list[Json]] = {
        "station": [
            {
                "id": FARM,
                "stationNameAddress": "c1",
                "storageRotationRulesCV": "First-in-first-out",
            },
            {"id": DAIRY},
            {"id": SHOP},
        ],
        "contact": [{"id": "c1", "name": "Green Farm"}],
        "product": [{"id": "p1", "brandName": "Alp"}],
        "lot": [{"id": "l-milk"}, {"id": "l-cheese", "productId": "p1", "lotIdentifier": "C7"}],
        "tru": [
            unit("milk", "l-milk", FARM),
            unit("milk-in", "l-milk", DAIRY),
            unit("cheese", "l-cheese", DAIRY),
            unit("cheese-sold", "l-cheese", SHOP),
        ],
        "activity": [
            activity("a0", FARM, [], ["milk"], activityPrimaryTypeCV=["primarily produce"]),
            activity("a1", FARM, ["milk"], ["milk-in"]),
            activity("a2", DAIRY, ["milk-in"], ["cheese"], cleaning="2026-05-03", hygiene="good"),
            activity("a3", DAIRY, ["cheese"], ["cheese-sold"]),
            activity("a4", SHOP, ["cheese-sold"], [], activityPrimaryTypeCV=["consume"]),
        ],
    }
    return utx(**(tables | more))


def events(data: bytes) -> list[Json]:
    return [
        event
        for part in read(data, Words(issuer="fcl"))
        for event in json.loads(part.document)["epcisBody"]["eventList"]
    ]


def named(*units: str) -> set[str]:
    return {f"urn:suyuan:lot:fcl:{each}" for each in units}


def things(platform: Platform, start: str, direction: Direction) -> set[str]:
    (seed,) = named(start)
    question = Question(seeds=(Seed(thing=seed),), direction=direction)
    answer = trace(platform, question, OPERATOR)
    return {node.pool.thing for node in answer.nodes} - {""}


def test_activities_are_traced_from_the_first_to_the_last(platform: Platform) -> None:
    count = len(events(world()))
    assert bring_in(platform, world()) == {"accepted": count}
    assert bring_in(platform, world()) == {"duplicate": count}
    every = named("milk", "milk-in", "cheese", "cheese-sold")
    assert things(platform, "milk", Direction.FORWARD) == every
    assert things(platform, "cheese-sold", Direction.BACKWARD) == every
    assert things(platform, "cheese", Direction.BACKWARD) == every - named("cheese-sold")


def test_what_else_is_said_is_kept() -> None:
    (made,) = [each for each in events(world()) if each.get("suyuan:sent", {}).get("hygiene")]
    assert made["suyuan:sent"]["cleaning"] == "2026-05-03"
    assert made["suyuan:sent"]["product"]["p1"]["brandName"] == "Alp"
    assert made["suyuan:sent"]["lot"]["l-cheese"]["lotIdentifier"] == "C7"
    head = json.loads(read(world(), Words(issuer="fcl"))[0].document)["epcisHeader"]
    (places,) = head["epcisMasterData"]["vocabularyList"]
    farm = next(each for each in places["vocabularyElementList"] if each["id"].endswith(FARM))
    told = {each["id"]: each["attribute"] for each in farm["attributes"]}
    assert told["cbvmda:name"] == "Green Farm"
    assert told["suyuan:storageRotationRulesCV"] == "First-in-first-out"


def test_a_logistic_unit_is_a_container_from_loading_to_unloading() -> None:
    pallet = {"id": "pallet", "loadingDate": "2026-05-01", "unloadingDate": "2026-05-04",
              "trus": [{"truId": "cheese"}]}  # fmt: skip
    packed = [
        each for each in events(world(logisticUnit=[pallet])) if each["type"] == "AggregationEvent"
    ]
    assert [(each["action"], each["eventTime"][:10]) for each in packed] == [
        ("ADD", "2026-05-01"),
        ("DELETE", "2026-05-04"),
    ]


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        ({"activity": [activity("a", FARM, ["nothing"], [])]}, "utx-no-unit"),
        ({"tru": [{"id": "milk"}], "activity": [activity("a", FARM, [], ["milk"])]},
         "utx-no-station"),
        ({"activity": [activity("a", FARM, [], [])]}, "utx-no-units"),
        ({"activity": [activity("a", FARM, [], ["milk"], activityStart="spring")]}, "date"),
        ({"activity": [activity("a", FARM, [], ["milk"])] * 2}, "twice"),
        ({"activity": [activity("a", FARM, [], [], truOutput=["milk"])]}, "utx-odd"),
        ({"logisticUnit": [{"id": "box", "trus": [{"truId": "nothing"}]}]}, "utx-no-unit"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_named(tables: dict[str, list[Json]], code: str) -> None:
    findings = read(world(**tables), Words(issuer="fcl"))[0].findings
    assert f"interchange.{code}" in {each.code for each in findings}


def with_history(**past: Any) -> bytes:
    """The world, with what some of its tables held before they were corrected."""
    told = json.loads(world())
    for table, rows in past.items():
        told["utxCore"][table]["history"] = rows
    return json.dumps(told).encode()


def test_what_was_corrected_is_kept_beside_what_is_current_and_changes_no_trace() -> None:
    before = activity("a2", DAIRY, [], []) | {"hygiene": "bad", "correctionReason": "typing"}
    older = {"id": "l-cheese", "lotIdentifier": "C6"}
    place = {"id": FARM, "storageRotationRulesCV": "unknown"}
    data = with_history(activity=[before], lot=[older, older], station=[place])
    found, plain = events(data), events(world())
    (made,) = [each for each in found if each.get("suyuan:sent", {}).get("hygiene")]
    assert made["suyuan:sent"]["history"] == {
        "activity": {"a2": [before]}, "lot": {"l-cheese": [older, older]},
    }  # fmt: skip
    for each in [*found, *plain]:
        each.get("suyuan:sent", {}).pop("history", None)
    assert found == plain
    (part,) = read(data, Words(issuer="fcl"))
    codes = [each.code for each in part.findings]
    assert codes.count("interchange.utx-history") == 3
    assert "interchange.utx-history-of-nothing" not in codes
    (places,) = json.loads(part.document)["epcisHeader"]["epcisMasterData"]["vocabularyList"]
    farm = next(each for each in places["vocabularyElementList"] if each["id"].endswith(FARM))
    told = {each["id"]: each["attribute"] for each in farm["attributes"]}
    assert told["suyuan:history"] == {"station": {FARM: [place]}}


@pytest.mark.parametrize("past", [[{"id": "gone"}], ["text"], {"no": "id"}, [[{"id": "milk"}]], 7])
def test_a_history_of_nothing_that_is_current_is_told(past: Any) -> None:
    (part,) = read(with_history(tru=past), Words(issuer="fcl"))
    codes = {each.code for each in part.findings}
    assert "interchange.utx-history-of-nothing" in codes
    assert events(with_history(tru=past)) == events(world())
