"""A tenant holds its documents to the published schema or forgives; a request may say otherwise."""

import json
import re
from collections.abc import Callable

import pytest
from api_given import FARM, Client, document, event, form

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, audit, fresh_key, logged_acts, publish, strictness

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]

# An old beginning of a word, which the published schema does not take.
SENT = document(event(1, bizStep="urn:epcglobal:cbv:bizstep:inspecting"))
BARE = json.dumps(event(2)).encode()  # without its context


def taken(client: Client, path: str, data: bytes, key: Headers, said: str) -> bool:
    answer = client.post(f"{path}{said}", content=data, headers=key | JSON)
    assert answer.status_code in {201, 202, 400}, answer.text
    return answer.status_code != 400


@pytest.mark.parametrize(("path", "data"), [("/capture", SENT), ("/events", BARE)])
@pytest.mark.parametrize("strict", [True, False])
def test_a_tenant_is_strict_or_lenient_and_a_request_may_say_otherwise(
    client: Client, platform: Platform, key_of: Callable[[str], Headers],
    *, path: str, data: bytes, strict: bool,
) -> None:  # fmt: skip
    key = key_of(FARM)
    strictness.switch_strictness(platform, OPERATOR, strict=not strict)
    strictness.switch_strictness(platform, OPERATOR, strict=strict)
    assert not taken(client, path, data, key, "?strict=true")
    assert taken(client, path, data, key, "") is not strict
    if strict:
        assert taken(client, path, data, key, "?strict=false")


@pytest.mark.parametrize(("path", "data"), [("/capture", SENT), ("/events", BARE)])
def test_a_misspelled_wish_is_refused_and_takes_nothing(
    client: Client, key_of: Callable[[str], Headers], path: str, data: bytes
) -> None:
    key = key_of(FARM)
    answer = client.post(f"{path}?strickt=true", content=data, headers=key | JSON)
    assert (answer.status_code, answer.json()["place"]) == (400, "strickt")
    assert "strict" in answer.json()["detail_en"]
    assert client.get("/capture", headers=key).json() == []


@pytest.fixture
def admin(platform: Platform) -> Headers:
    key = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def switch(client: Client, headers: Headers, wanted: object) -> int:
    return client.post("/tenant/strictness", json=wanted, headers=headers).status_code


def is_strict(client: Client, headers: Headers) -> bool:
    answer = client.get("/tenant/strictness", headers=headers)
    assert answer.status_code == 200
    told = answer.json()
    assert ("refused" in told["said"]["en"]) is told["strict"]
    assert ("拒收" in told["said"]["zh"]) is told["strict"]
    return bool(told["strict"])


def test_only_administrators_switch_and_each_switch_is_an_act_of_the_log(
    client: Client, platform: Platform, admin: Headers, farm: Headers
) -> None:
    assert is_strict(client, farm) is False
    assert switch(client, farm, {"strict": True}) == 403
    assert switch(client, {}, {"strict": True}) in {401, 403}
    denied = client.post("/tenant/strictness", json={"strict": True}, headers=farm).json()
    assert denied["rule"] == "access.not-operator"
    assert "证书" not in denied["detail_zh"]  # nothing of what proves codes is asked here
    assert "enters and withdraws" not in denied["detail_en"]
    assert client.get("/tenant/strictness").status_code == 401
    wrong: tuple[object, ...] = ({}, {"strict": "yes"}, {"strict": None}, {"lenient": True}, [True])
    for each in wrong:
        assert switch(client, admin, each) == 400, each
    assert is_strict(client, farm) is False
    for wanted in (True, True, False, True):
        assert switch(client, admin, {"strict": wanted}) == 200
        assert is_strict(client, farm) is wanted
    publish(platform)
    done = logged_acts(platform, "strictness.switched")
    assert sorted(json.loads(each.said)["strict"] for each in done) == [False, True, True, True]
    assert audit(platform) == []


def test_both_switches_stand_beside_each_other(
    client: Client, platform: Platform, admin: Headers
) -> None:
    """What one act says of a tenant does not undo what another said."""
    rules = {"on": ["packed-once"]}
    assert client.post("/tenant/state-rules", json=rules, headers=admin).status_code == 200
    assert switch(client, admin, {"strict": True}) == 200
    rules = {"on": ["made-first"]}
    assert client.post("/tenant/state-rules", json=rules, headers=admin).status_code == 200
    publish(platform)
    assert audit(platform) == []


@pytest.mark.parametrize("switched", [None, True, False])
def test_what_was_switched_past_the_ledger_is_found(
    platform: Platform, *, switched: bool | None
) -> None:
    if switched is not None:
        strictness.switch_strictness(platform, OPERATOR, strict=switched)
        publish(platform)
    assert audit(platform) == []
    with platform.store.write() as conn:
        conn.execute("update registry.tenant set strict = not strict")
    (found,) = audit(platform)
    assert found.code == "registry.changed"
    assert "strict" in found.text.en


def test_the_page_says_how_documents_are_read(client: Client, admin: Headers) -> None:
    assert client.get("/strictness").status_code == 401
    key = admin["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "admin", "password": key})
    for wanted, other in ((True, "--lenient"), (False, "--strict")):
        assert switch(client, admin, {"strict": wanted}) == 200
        page = client.get("/strictness?lang=en").text
        assert ("<b>strict: " in page) is wanted
        assert ("<b>lenient: " in page) is not wanted
        assert f"suyuan strictness {other}" in page
    assert client.get("/strictness?lang=zh").text.count("<b>宽松：") == 1


def signed_in(client: Client, name: str, headers: Headers) -> None:
    key = headers["Authorization"].removeprefix("Bearer ")
    answer = client.post("/sign-in", data={"name": name, "password": key})
    assert answer.status_code == 200


def test_an_administrator_switches_on_the_page_as_by_the_address(
    client: Client, platform: Platform, admin: Headers
) -> None:
    signed_in(client, "admin", admin)
    for choice, wanted in (("yes", True), ("no", False), ("yes", True)):
        page = client.get("/strictness?lang=en").text
        sent = client.post("/strictness", data=form(page, strict=choice), follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, "/strictness")
        assert is_strict(client, admin) is wanted
        choices = client.get("/strictness").text.split("<label>")
        checked = [part for part in choices if "checked" in part]
        assert [f'value="{choice}"' in part for part in checked] == [True]
    publish(platform)
    done = [json.loads(each.said) for each in logged_acts(platform, "strictness.switched")]
    assert sorted(each["strict"] for each in done) == [False, True, True]
    assert switch(client, admin, {"strict": True}) == 200
    publish(platform)
    again = [json.loads(each.said) for each in logged_acts(platform, "strictness.switched")]
    assert len(again) == 4
    assert {tuple(sorted(each)) for each in again} == {tuple(sorted(done[0]))}
    assert audit(platform) == []


def test_a_form_from_elsewhere_or_without_a_choice_switches_nothing(
    client: Client, platform: Platform, admin: Headers
) -> None:
    signed_in(client, "admin", admin)
    page = client.get("/strictness").text
    wrong = ({"strict": "yes"}, {"strict": "yes", "seal": "x"}, form(page), form(page, strict="1"))
    for data, status in zip(wrong, (403, 403, 400, 400), strict=True):
        answer = client.post("/strictness", data=data)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text
    client.cookies.clear()
    assert client.post("/strictness", data=form(page, strict="yes")).status_code == 401
    assert is_strict(client, admin) is False
    assert list(logged_acts(platform, "strictness.switched")) == []


def test_who_may_not_switch_has_no_form_and_is_told_why(
    client: Client, admin: Headers, farm: Headers
) -> None:
    signed_in(client, FARM, farm)
    page = client.get("/strictness?lang=en").text
    assert 'name="strict"' not in page
    assert "You may not switch it: This is for an administrator" in page
    assert "您不能切换：这项操作只限管理员账户" in client.get("/strictness?lang=zh").text
    signed_in(client, "admin", admin)
    theirs = form(client.get("/strictness").text, strict="yes")
    signed_in(client, FARM, farm)
    own = form(client.get("/record/food/food_intake").text)  # their own session's seal
    for data, is_own in ((theirs, False), ({"seal": own["seal"], "strict": "yes"}, True)):
        answer = client.post("/strictness?lang=en", data=data)
        assert answer.status_code == 403
        (alert,) = re.findall(r'role="alert".*?</div>', answer.text, re.DOTALL)
        assert ("This is for an administrator" in alert) is is_own
    assert is_strict(client, admin) is False
