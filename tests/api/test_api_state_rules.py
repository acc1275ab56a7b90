"""State rules over HTTP, at the machine and on the page: who switches them, and what they hold."""

import json

import pytest
from api_given import Client, Json, document, event

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.model import Role, Severity, StateRule
from suyuan.registry.types import Account
from suyuan.service import Platform, capture, fresh_key, logged_acts, publish, who

Headers = dict[str, str]
BOX, PIECE = "urn:epc:id:sscc:6901234.0000000017", "urn:epc:id:sgtin:6901234.056789.7"
FOOD = {"suyuan:family": "food"}


@pytest.fixture
def admin(platform: Platform) -> Headers:
    key = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def on(client: Client, headers: Headers) -> set[str]:
    answer = client.get("/tenant/state-rules", headers=headers)
    assert answer.status_code == 200
    return {each["rule"] for each in answer.json() if each["on"]}


def switch(client: Client, headers: Headers, **wanted: list[str]) -> int:
    return client.post("/tenant/state-rules", json=wanted, headers=headers).status_code


def made(number: int) -> Json:
    return event(number, action="ADD", bizStep="commissioning", epcList=[PIECE], **FOOD)


def seen(number: int) -> Json:
    return event(number, action="OBSERVE", bizStep="inspecting", epcList=[PIECE], **FOOD)


def packed(number: int, action: str) -> Json:
    return event(
        number, type="AggregationEvent", action=action, parentID=BOX, childEPCs=[PIECE],
        epcList=None, bizStep="packing" if action == "ADD" else "unpacking", **FOOD,
    )  # fmt: skip


def gone(number: int) -> Json:
    return event(number, action="DELETE", bizStep="decommissioning", epcList=[PIECE], **FOOD)


CASES: dict[StateRule, tuple[list[Json], list[Json], str]] = {
    StateRule.MADE_FIRST: ([seen(1)], [made(1), seen(2)], "chain.not-made"),
    StateRule.ENDED_IS_OVER: (
        [made(1), gone(2), seen(3)], [made(1), seen(2), gone(3)], "chain.after-end",
    ),
    StateRule.UNPACKED_FROM_INSIDE: (
        [made(1), packed(2, "DELETE")], [made(1), packed(2, "ADD"), packed(3, "DELETE")],
        "chain.not-inside",
    ),
    StateRule.PACKED_ONCE: (
        [made(1), packed(2, "ADD"), packed(3, "ADD") | {"parentID": f"{BOX[:-1]}2"}],
        [made(1), packed(2, "ADD"), packed(3, "DELETE"),
         packed(4, "ADD") | {"parentID": f"{BOX[:-1]}2"}],
        "chain.in-other-container",
    ),
}  # fmt: skip
"""By rule: events that break it, events that keep it, and what is then found."""


def taken(platform: Platform, headers: Headers, events: list[Json]) -> JobResult:
    by = who(platform, headers["Authorization"], address="").capturer
    assert by is not None
    told = [{key: value for key, value in each.items() if value is not None} for each in events]
    return capture(platform, document(*told), by, Options(on_refusal=OnRefusal.PROCEED))


def holds(result: JobResult, rule: str) -> bool:
    """Whether the last event is held for it."""
    found = {one.rule: one.severity for one in result.events[-1].findings}
    return found.get(rule) is Severity.HOLD


@pytest.mark.parametrize("rule", StateRule)
def test_a_rule_holds_what_breaks_it_once_it_is_on(
    client: Client, platform: Platform, admin: Headers, farm: Headers, rule: StateRule
) -> None:
    broken, _, finding = CASES[rule]
    assert switch(client, admin, on=[rule]) == 200
    assert on(client, farm) == {rule}
    assert holds(taken(platform, farm, broken), finding)


@pytest.mark.parametrize("rule", StateRule)
def test_what_keeps_a_rule_is_not_held_by_it_nor_is_anything_once_it_is_off(
    client: Client, platform: Platform, admin: Headers, farm: Headers, rule: StateRule
) -> None:
    broken, kept, finding = CASES[rule]
    assert switch(client, admin, on=[rule]) == 200
    assert finding not in {
        one.rule for each in taken(platform, farm, kept).events for one in each.findings
    }
    assert switch(client, admin, off=[rule]) == 200
    assert on(client, farm) == set()
    others = json.loads(json.dumps(broken).replace("056789.7", "056789.8"))
    for number, each in enumerate(others):
        each["eventID"] = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    assert not holds(taken(platform, farm, others), finding)


def test_only_administrators_switch_and_what_is_wrong_changes_nothing(
    client: Client, platform: Platform, admin: Headers, farm: Headers
) -> None:
    assert switch(client, farm, on=["made-first"]) == 403
    assert switch(client, {}, on=["made-first"]) in {401, 403}
    assert client.get("/tenant/state-rules").status_code == 401
    refused = client.post("/tenant/state-rules", json={"on": ["made"]}, headers=admin)
    assert refused.status_code == 400
    assert "made-first" in refused.json()["detail_en"]
    assert "made-first" in refused.json()["detail_zh"]
    assert switch(client, admin, on=["made-first"], off=["made-first"]) == 400
    assert on(client, admin) == set()
    assert switch(client, admin, on=["made-first", "packed-once"]) == 200
    assert switch(client, admin, on=["packed-once"], off=["made-first"]) == 200
    assert on(client, admin) == {"packed-once"}
    publish(platform)
    said = [each.said for each in logged_acts(platform, "state-rules.switched")]
    assert sorted(json.loads(each)["on"] for each in said) == [
        ["made-first", "packed-once"], ["packed-once"]
    ]  # fmt: skip


def test_the_page_says_which_rules_are_on(client: Client, admin: Headers) -> None:
    assert client.get("/state-rules").status_code == 401
    assert switch(client, admin, on=["ended-is-over"]) == 200
    key = admin["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "admin", "password": key})
    page = client.get("/state-rules?lang=en").text
    assert page.count("<b>On</b>") == 1
    assert page.count("<b>Off</b>") == len(StateRule) - 1
