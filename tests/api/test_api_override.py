"""Overrides over HTTP and on the entry's page: who may, what is told to whom, what is wrong."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from api_given import FARM, Client, Json, document, event, form

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, follow, fresh_key, publish, switch_state_rules
from suyuan.service.overriding import verdicts

Headers = dict[str, str]
SEEN = event(1, action="OBSERVE", **{"suyuan:family": "food"})
WITH_SLASHES = "https://farm.example/events/1"
BODY = {"to": "accepted", "ground": "补报了产生记录 reported since"}


@pytest.fixture
def admin(platform: Platform) -> Headers:
    key = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def office(platform: Platform) -> Headers:
    account = Account(name="office", role=Role.REGULATOR, families=("food",))
    return {"Authorization": f"Bearer {fresh_key(platform, account)}"}


@pytest.fixture
def held(client: Client, platform: Platform, farm: Headers) -> Callable[..., str]:
    """Reports an event of an id that is held, for nothing says how its thing was made."""
    switch_state_rules(platform, OPERATOR, on=["made-first"])

    def reported(name: str) -> str:
        sent = client.post(
            "/capture", content=document(SEEN | {"eventID": name}),
            headers=farm | {"content-type": "application/json"},
        )  # fmt: skip
        assert sent.status_code in {200, 202}, sent.text
        publish(platform)
        follow(platform)
        return name

    return reported


def post(client: Client, name: str, headers: Headers, **body: object) -> Json:
    """What the override of an event is answered, with its status."""
    sent = client.post(f"/verdicts/{quote(name, safe='')}", json=BODY | body, headers=headers)
    return {"status": sent.status_code, **sent.json()}


@pytest.mark.parametrize("name", [SEEN["eventID"], WITH_SLASHES])
def test_an_authority_overrides_and_whom_it_concerns_is_told(
    client: Client,
    held: Callable[..., str],
    office: Headers,
    farm: Headers,
    shop: Headers,
    name: str,
) -> None:
    held(name)
    address = f"/verdicts/{quote(name, safe='')}"
    (before,) = client.get(address, headers=farm).json()
    assert (before["verdict"], before["counts"]) == ("held", "held")
    assert "chain.not-made" in before["findings"]
    assert not before["may_override"]
    done = post(client, name, office, documents=["https://a.example/report"])
    assert (done["status"], done["verdict"], done["counts"]) == (200, "held", "accepted")
    (own,) = client.get(address, headers=farm).json()
    (one,) = own["overrides"]
    assert (one["authority"], one["ground"]) == ("office", BODY["ground"])
    assert one["documents"] == ["https://a.example/report"]
    assert "chain.not-made" in one["findings"]
    assert client.get(address, headers=shop).status_code == 404
    assert client.get(address).status_code == 404


def test_what_is_not_allowed_or_not_so_is_said_with_its_cure(
    client: Client, held: Callable[..., str], admin: Headers, farm: Headers, stranger: Headers
) -> None:
    name = held(SEEN["eventID"])
    for headers, body, status, rule in (
        ({}, {}, 401, "access.sign-in"),
        (farm, {}, 403, "override.own"),
        (stranger, {}, 404, "override.none"),
        (admin, {"ground": ""}, 400, "override.ground"),
        (admin, {"to": "refused"}, 400, "override.to"),
        (admin, {"to": "held"}, 409, "override.same"),
        (admin, {"expect": "accepted"}, 409, "override.changed"),
        (admin, {"findings": ["x"]}, 400, "override.finding"),
    ):
        found = post(client, name, headers, **body)
        assert (found["status"], found["rule"]) == (status, rule)
        assert found["detail_zh"] != found["detail_en"]
        assert status != 409 or "look at again" in found["cure_en"]
    assert post(client, "urn:uuid:00000000-0000-4000-8000-00000000000f", admin)["status"] == 404
    assert post(client, name, admin)["status"] == 200
    assert post(client, name, admin)["rule"] == "override.changed"
    assert post(client, name, admin, expect="accepted", to="flagged")["status"] == 200


def test_an_id_with_a_nul_is_none_that_is_there(client: Client, admin: Headers) -> None:
    assert post(client, "urn:a:\0", admin)["rule"] == "override.none"
    assert client.get("/verdicts/urn:a:%00", headers=admin).status_code == 404


def signed_in(client: Client, name: str, headers: Headers) -> None:
    key = headers["Authorization"].removeprefix("Bearer ")
    client.cookies.clear()
    assert client.post("/sign-in", data={"name": name, "password": key}).status_code == 200


def test_what_was_ticked_is_ticked_when_the_form_comes_back(
    client: Client, platform: Platform, held: Callable[..., str], admin: Headers
) -> None:
    (found,) = verdicts(platform, held(SEEN["eventID"]), OPERATOR)
    here = f"/entries/{found.position}"
    signed_in(client, "admin", admin)
    rule = found.findings[0]
    page = client.get(here, headers={"Accept": "text/html"}).text
    assert f'value="{rule}" checked' not in page
    sent = form(page, to="accepted", ground="")
    wrong = client.post(f"{here}/override", data=sent | {"findings": [rule]})
    assert wrong.status_code == 400
    assert f'value="{rule}" checked' in wrong.text


def test_the_decisions_entry_is_linked_for_whom_it_opens(
    client: Client,
    platform: Platform,
    held: Callable[..., str],
    office: Headers,
    farm: Headers,
    admin: Headers,
) -> None:
    (found,) = verdicts(platform, held(SEEN["eventID"]), OPERATOR)
    done = post(client, SEEN["eventID"], office)["overrides"][0]["position"]
    publish(platform)
    html = {"Accept": "text/html"}
    decided = ("office", office)  # itself, and another of the same office
    for name, headers, opens in ((FARM, farm, 200), ("admin", admin, 200), (*decided, 200)):
        signed_in(client, name, headers)
        page = client.get(f"/entries/{found.position}", headers=html).text
        assert (f'href="/entries/{done}"' in page) is (opens == 200)
        assert client.get(f"/entries/{done}", headers=html).status_code == opens


def test_the_page_of_the_entry_has_form_and_history_for_whom_they_are(
    client: Client, platform: Platform, held: Callable[..., str], admin: Headers, farm: Headers
) -> None:
    (found,) = verdicts(platform, held(SEEN["eventID"]), OPERATOR)
    here = f"/entries/{found.position}"
    html = {"Accept": "text/html"}
    signed_in(client, FARM, farm)
    assert f'action="{here}/override"' not in client.get(here, headers=html).text
    signed_in(client, "admin", admin)
    page = client.get(f"{here}?lang=en", headers=html).text
    assert f'action="{here}/override"' in page
    sent = form(page, to="accepted", ground="<b>seen</b>", documents="urn:a:1 urn:a:2")
    wrong = client.post(f"{here}/override", data=sent | {"ground": ""})
    assert wrong.status_code == 400
    assert "State the ground" in wrong.text
    assert client.post(f"{here}/override", data=sent | {"seal": "x"}).status_code == 403
    done = client.post(f"{here}/override", data=sent, headers=html)
    assert done.status_code == 200
    assert "&lt;b&gt;seen&lt;/b&gt;" in done.text
    assert re.search(r"counts now: <b>accepted</b>", done.text)
    late = client.post(f"{here}/override", data=sent | {"to": "flagged"})
    assert late.status_code == 409
    signed_in(client, FARM, farm)
    assert "&lt;b&gt;seen&lt;/b&gt;" in client.get(here, headers=html).text
    assert client.post(f"{here}/override", data=sent).status_code == 403
    client.cookies.clear()
    assert client.post(f"{here}/override", data=sent).status_code == 401
    (told,) = verdicts(platform, SEEN["eventID"], OPERATOR)
    assert told.overrides[-1].documents == ("urn:a:1", "urn:a:2")
    assert len(told.overrides) == 1
