"""Top-level resources: what there is of a step, place or thing, and its events."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from api_given import FARM, Client, document, event, events_of, pages

from suyuan.api.resources import RESOURCES
from suyuan.service import Platform, follow

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]
SITE, LINK = "urn:epc:id:sgln:6901234.00000.0", "https://id.gs1.org/414/6901234000009"
# What names the first event, and under its address is not what names the second.
NAMED = {
    "eventTypes": ["ObjectEvent"],
    "epcs": [
        "urn:epc:id:sgtin:6901234.000001.1",
        "https://id.gs1.org/01/06901234000016/21/1",
    ],
    "bizSteps": ["receiving", "https://ref.gs1.org/cbv/BizStep-receiving"],
    "bizLocations": [SITE, LINK],
    "readPoints": [SITE, LINK],
    "dispositions": ["in_transit", "urn:epcglobal:cbv:disp:in_transit"],
}


@pytest.fixture
def told(client: Client, platform: Platform, farm: Headers) -> None:
    place = {"id": SITE}
    one = event(
        1, bizStep="receiving", disposition="in_transit", readPoint=place, bizLocation=place
    )
    other = event(2) | {"type": "TransactionEvent"}
    other["bizTransactionList"] = [{"type": "po", "bizTransaction": "https://example.com/po/1"}]
    response = client.post("/capture", content=document(one, other), headers=farm | JSON)
    assert response.status_code == 202, response.text
    follow(platform)


def test_every_resource_has_names_to_ask_for() -> None:
    assert set(NAMED) == set(RESOURCES)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", NAMED)
def test_a_resource_has_its_events_however_its_name_is_spelled(
    client: Client, farm: Headers, stranger: Headers, kind: str
) -> None:
    for name in NAMED[kind]:
        for written in (quote(name, safe=""), name):
            path = f"/{kind}/{written}"
            said = client.get(path, headers=farm)
            assert said.status_code == 200, (path, said.text)
            assert (said.json()["type"], said.json()["member"]) == ("Collection", ["events"])
            found = client.get(f"{path}/events", headers=farm)
            assert [each["eventID"] for each in events_of(found.json())] == [event(1)["eventID"]]
            assert found.headers["gs1-epcis-version"] == "2.0"
        hidden = client.get(f"/{kind}/{quote(name, safe='')}", headers=stranger)
        assert hidden.status_code == 404
        assert hidden.json()["type"] == "epcisException:NoSuchResourceException"


@pytest.mark.usefixtures("told")
def test_conditions_stand_beside_the_address_but_not_against_it(
    client: Client, farm: Headers
) -> None:
    at = "/bizSteps/receiving/events"
    assert len(events_of(client.get(f"{at}?EQ_action=OBSERVE", headers=farm).json())) == 1
    assert events_of(client.get(f"{at}?EQ_action=ADD", headers=farm).json()) == []
    twice = client.get(f"{at}?EQ_bizStep=shipping", headers=farm)
    assert (twice.status_code, twice.json()["place"]) == (400, "EQ_bizStep")
    assert twice.json()["type"] == "epcisException:QueryParameterException"
    unknown = client.get("/eventTypes/QuantityEvent/events", headers=farm)
    assert unknown.status_code == 400


def test_pages_of_a_resource_follow_its_own_address(
    client: Client, platform: Platform, key_of: Callable[[str], Headers]
) -> None:
    farm = key_of(FARM)
    sent = document(*(event(number) for number in range(7)))
    client.post("/capture", content=sent, headers=farm | JSON)
    follow(platform)
    first = client.get("/bizSteps/inspecting/events?perPage=3", headers=farm)
    url = first.headers["link"].partition("<")[2].partition(">")[0]
    assert url.startswith("/bizSteps/inspecting/events?")
    found = [each["eventID"] for each in events_of(first.json())]
    while url:
        page = client.get(url, headers=farm)
        found += [each["eventID"] for each in events_of(page.json())]
        url = page.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert found == [each["eventID"] for page in pages(client, "perPage=9", farm) for each in page]


def test_the_types_of_events_are_listed(client: Client) -> None:
    member = client.get("/eventTypes").json()["member"]
    assert len(member) == 5
    assert "AssociationEvent" in member


def test_prefixes_of_extensions_are_declared_in_a_header(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent = document(event(1, **{"suyuan:lane": "3"}), event(2, **{"suyuan:lane": "4"}))
    client.post("/capture", content=sent, headers=farm | JSON)
    follow(platform)
    declared = {"GS1-Extensions": "own=urn:suyuan:ns:1:, ex=https://example.com/ns/"}
    found = client.get("/events?EQ_own:lane=4", headers=farm | declared)
    assert [each["eventID"] for each in events_of(found.json())] == [event(2)["eventID"]]
    missing = client.get("/events?EQ_own:lane=4", headers=farm)
    assert missing.json()["type"] == "epcisException:QueryParameterException"
    bad = client.get("/events?EQ_own:lane=4", headers=farm | {"GS1-Extensions": "own"})
    assert (bad.status_code, bad.json()["place"]) == (400, "GS1-Extensions")
