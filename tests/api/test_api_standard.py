"""The machine-readable standard has an index, and everything it names is there."""

from typing import Any

import pytest
from api_given import Client

from suyuan.codes import all_schemes, recognise
from suyuan.families import load_families

DAY = "2026-11-28"


def index(client: Client) -> Any:
    return client.get(f"/standard/1/index.json?on={DAY}").json()


def test_the_index_names_every_family_step_and_coding_rule(client: Client) -> None:
    found, families = index(client), load_families().by_id
    assert [one["id"] for one in found["families"]] == list(families)
    for one in found["families"]:
        assert [step["id"] for step in one["steps"]] == list(families[one["id"]].steps)
    assert [one["id"] for one in found["coding_rules"]] == [one.id for one in all_schemes()]


def test_what_the_index_names_is_there(client: Client) -> None:
    found = index(client)
    addresses = [found["codes"], found["interfaces"]]
    for family in found["families"]:
        first, last = family["steps"][0], family["steps"][-1]
        addresses += [family["items"], family["rules"], first["schema"], last["template"]]
    addresses += [f"/standard/1/codes/{one['id']}" for one in found["coding_rules"][:3]]
    assert {client.get(address).status_code for address in addresses} == {200}


def test_the_samples_of_a_coding_rule_are_told_by_it(client: Client) -> None:
    rules = {one["id"]: one for one in client.get("/standard/1/codes.json").json()}
    for scheme in all_schemes():
        rule = rules[scheme.id]
        assert rule["verified"] is scheme.verified
        assert rule["layout"] or not scheme.layout
        assert client.get(f"/standard/1/codes/{scheme.id}").json() == rule
    for sample in rules["detonator"]["good"]:
        assert any(one.scheme == "detonator" for one in recognise(sample))
    uses = rules["detonator"]["used_by"]
    assert [one["family"] for one in uses] == ["dangerous-goods"]


def test_an_item_is_told_with_its_steps_and_the_day_since_which_it_must_be_stated(
    client: Client,
) -> None:
    items = {one["id"]: one for one in client.get(f"/standard/1/food/items.json?on={DAY}").json()}
    assert items["batch_number"]["places"]
    assert "food_recall" in items["batch_number"]["steps"]
    assert items["recall_level"]["required_since"] == "2015-09-01"
    early = client.get("/standard/1/food/items.json?on=1990-01-01").json()
    assert len(early) < len(items)


def test_what_a_province_asks_for_is_in_the_standard_with_its_day_and_that_it_was_not_read(
    client: Client,
) -> None:
    (cylinders,) = [one for one in index(client)["families"] if one["id"] == "special-equipment"]
    assert [one["id"] for one in cylinders["divisions"]] == ["310000"]
    address = f"{cylinders['items']}?on={DAY}"

    def local(query: str) -> list[Any]:
        found = {one["id"]: one for one in client.get(address + query).json()}
        return list(found["station_mark"]["local"]) if "station_mark" in found else []

    (rule,) = local("")
    assert (rule["division"]["name"]["en"], rule["since"], rule["verified"]) == (
        "Shanghai Municipality", "2021-03-01", False,
    )  # fmt: skip
    assert local("&division=310115") == [rule]
    assert local("&division=110000") == []
    (step,) = [one for one in cylinders["steps"] if one["id"] == "cylinder_filling"]
    for shown in (step["schema"], step["template"]):
        assert client.get(f"{shown}?division=310000").status_code == 200
        assert client.get(f"{shown}?division=999999").json()["rule"] == "family.no-division"
    schema = client.get(f"{step['schema']}?division=310000&on={DAY}").text
    assert "cylinder.shanghai.public" in schema
    assert "cylinder.shanghai.public" not in client.get(f"{step['schema']}?on={DAY}").text


def test_the_interfaces_are_those_that_openapi_describes(client: Client) -> None:
    found = client.get("/standard/1/interfaces.json").json()
    described = client.get(found["openapi"]).json()
    listed = {(one["method"].lower(), one["path"]) for one in found["operations"]}
    methods = ("get", "post", "put", "delete")
    assert listed == {
        (method, path) for path, every in described["paths"].items() for method in every
        if method in methods
    }  # fmt: skip
    assert ("post", "/capture") in listed
    assert found["forms"] == ["json", "xml", "xml-1.2"]


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("/standard/1/perpetual-motion/items.json", "family.unknown"),
        ("/standard/1/codes/morse", "standard.no-code"),
    ],
)
def test_what_the_standard_does_not_have_is_said(client: Client, address: str, rule: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["rule"]) == (404, rule)
