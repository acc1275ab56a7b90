"""State rules over HTTP, at the machine and on the page: who switches them, and what they hold."""

import json

import pytest
from api_given import CONTEXT, FARM, Client, Json, document, event

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.kit import Text
from suyuan.model import Role, Severity, StateRule
from suyuan.registry import installation
from suyuan.registry.types import Account, Tenant
from suyuan.service import Platform, audit, capture, fresh_key, logged_acts, publish, who

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}
BOX, PIECE = "urn:epc:id:sscc:6901234.0000000017", "urn:epc:id:sgtin:6901234.056789.7"
OTHER = f"{BOX[:-1]}3"
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
    StateRule.NOT_INSIDE_ITSELF: (
        [packed(1, "ADD") | {"childEPCs": [OTHER]},
         packed(2, "ADD") | {"parentID": OTHER, "childEPCs": [BOX]}],
        [packed(1, "ADD") | {"childEPCs": [OTHER]}, packed(2, "DELETE") | {"childEPCs": [OTHER]},
         packed(3, "ADD") | {"parentID": OTHER, "childEPCs": [BOX]}],
        "chain.inside-itself",
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


def reported(client: Client, headers: Headers, sent: Json) -> set[str]:
    """For what an event that is sent by itself is held."""
    told = {key: value for key, value in sent.items() if value is not None}
    data = json.dumps({"@context": CONTEXT} | told)
    answer = client.post("/events", content=data, headers=headers | JSON)
    assert answer.status_code == 201, answer.text
    return {one["rule"] for one in answer.json()["findings"] if one["severity"] == "hold"}


def test_what_comes_late_does_not_undo_what_was_held_and_holds_from_its_own_time(
    client: Client, admin: Headers, farm: Headers
) -> None:
    assert switch(client, admin, on=["made-first", "ended-is-over"]) == 200
    assert reported(client, farm, seen(4)) == {"chain.not-made"}
    assert reported(client, farm, made(1)) == set()
    assert reported(client, farm, seen(5)) == set()
    again = client.get(f"/verdicts/{seen(4)['eventID']}", headers=farm).json()
    assert [(each["verdict"], each["counts"]) for each in again] == [("held", "held")], again
    assert reported(client, farm, gone(3)) == set()
    assert reported(client, farm, seen(2)) == set(), "before it ended"
    assert reported(client, farm, seen(6)) == {"chain.after-end"}


def test_tenants_have_rules_of_their_own(
    client: Client, platform: Platform, admin: Headers, farm: Headers
) -> None:
    with platform.store.write() as conn:
        installation.put_tenant(conn, Tenant(id=2, name=Text("另一家", "another")))
    keys = [
        fresh_key(platform, Account(name=f"their {role}", role=role, party=party, tenant=2))
        for role, party in ((Role.ADMIN, None), (Role.CAPTURER, FARM))
    ]
    their_admin, theirs = ({"Authorization": f"Bearer {key}"} for key in keys)
    assert switch(client, admin, on=["made-first"]) == 200
    assert on(client, theirs) == set()
    assert reported(client, farm, seen(1)) == {"chain.not-made"}
    assert reported(client, theirs, seen(1)) == set()
    assert switch(client, their_admin, on=["packed-once"]) == 200
    assert (on(client, farm), on(client, theirs)) == ({"made-first"}, {"packed-once"})
    strict = client.post("/tenant/strictness", json={"strict": True}, headers=their_admin)
    assert strict.status_code == 200
    assert client.get("/tenant/strictness", headers=farm).json()["strict"] is False
    publish(platform)
    of_the_first = [each for each in audit(platform) if each.code == "registry.changed"]
    assert not [each for each in of_the_first if "registry.tenant 1" in each.text.en], of_the_first


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
