"""What there is tells of itself: methods of every address, top-level resources, page tokens."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import psycopg
import pytest
from api_given import Client, Json, document, event

from suyuan.exchange import tokens
from suyuan.exchange.statements import SQL
from suyuan.service import Platform, follow

Headers = dict[str, str]
METHODS = {
    "/": "GET",
    "/capture": "GET POST",
    "/capture/1": "GET",
    "/events": "GET POST",
    "/events/urn:uuid:1": "GET",
    "/queries": "GET POST",
    "/queries/x": "GET DELETE",
    "/queries/x/events": "GET",
    "/queries/x/subscriptions": "GET POST",
    "/queries/x/subscriptions/1": "GET DELETE",
    "/nextPageToken/x": "DELETE",
    "/vocabularies": "GET",
} | {
    f"/{each}{rest}": "GET"
    for each in ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions")
    for rest in ("", "/x", "/x/events")
}


@pytest.mark.parametrize("path", METHODS)
def test_every_address_tells_all_its_methods_and_what_this_server_can(
    client: Client, path: str
) -> None:
    answer = client.options(path)
    assert answer.status_code == 204
    told = set(answer.headers["allow"].split(", "))
    wanted = {*METHODS[path].split(), "OPTIONS"}
    assert told == wanted | ({"HEAD"} if "GET" in wanted else set())
    for name in ("EPCIS-Version", "EPCIS-Min", "EPCIS-Max", "CBV-Version", "Vendor-Version",
                 "Extensions", "EPC-Format", "CBV-XML-Format", "Capture-Error-Behaviour",
                 "EPCIS-Capture-Limit", "EPCIS-Capture-File-Size-Limit"):  # fmt: skip
        assert answer.headers[f"gs1-{name}"], name


@pytest.mark.parametrize("path", ["/events", "/queries/x/subscriptions", "/capture", "/identify"])
def test_a_method_that_is_not_taken_is_answered_by_those_that_are(
    client: Client, path: str
) -> None:
    answer = client.put(path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == client.options(path).headers["allow"]


def test_a_program_is_told_the_resources_and_a_person_is_shown_the_page(client: Client) -> None:
    for accept in ("application/json", "application/ld+json"):
        told = client.get("/", headers={"Accept": accept}).json()
        assert told["type"] == "Collection"
        assert {"events", "capture", "queries", "epcs", "bizSteps"} <= set(told["member"])
    for accept in ("text/html,application/json;q=0.9", "*/*", "text/html", "text/*", ""):
        assert client.get("/", headers={"Accept": accept}).text.startswith("<!doctype html>")


@pytest.mark.parametrize("accept", ["application/xml", "text/xml"])
def test_the_resources_are_told_as_xml_to_who_likes_it_better(client: Client, accept: str) -> None:
    in_json = client.get("/", headers={"Accept": "application/json"})
    answer = client.get("/", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == accept
    assert "Accept" in answer.headers["vary"]
    found = ET.fromstring(answer.content)  # noqa: S314 -- our own answer
    assert (found.tag, found.findtext("type")) == ("TopLevelResourceCollection", "Collection")
    assert [each.text for each in found.findall("member")] == in_json.json()["member"]


LISTS = ("/epcs", "/bizSteps", "/bizSteps/shipping", "/eventTypes", "/vocabularies", "/queries",
         "/capture")  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_given_as_json_or_not_at_all(client: Client, farm: Headers, path: str) -> None:
    for accept, given in (
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("application/xml;q=0.9, application/json;q=0.1", "application/json"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/json"),
        ("*/*", "application/json"),
    ):
        answer = client.get(path, headers=farm | {"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, given)
        assert "Accept" in answer.headers["vary"]
    for accept in ("application/xml", "application/json;q=0", "text/csv"):
        answer = client.get(path, headers=farm | {"Accept": accept})
        assert answer.status_code == 406, accept
        assert "application/json" in answer.text


def test_nothing_is_kept_of_what_could_not_be_told(client: Client, farm: Headers) -> None:
    asked = {"name": "q", "query": {}}
    xml = farm | {"Accept": "application/xml"}
    assert client.post("/queries", json=asked, headers=xml).status_code == 406
    assert client.get("/queries", headers=farm).json() == []


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        *(("Min", each, 200) for each in ("1.0", "1.2.0", "2", "2.0", "2.0.0", "2.0.1")),
        *(("Min", each, 406) for each in ("2.1", "3", "10.0")),
        *(("Max", each, 200) for each in ("2.0.0", "2.1", "3", "10.0")),
        *(("Max", each, 406) for each in ("1", "1.2", "1.2.9")),
        *(("Version", each, 200) for each in ("1.0", "1.2.0", "2.0.0")),
        *(("Version", each, 406) for each in ("2.1", "3.0.0")),
        *((each, "two", 400) for each in ("Min", "Max", "Version")),
        *(("Min", each, 400) for each in ("", "2.", "-2", "2,0", "\u0662", "1" * 99)),
    ],
)
@pytest.mark.parametrize("standard", ["EPCIS", "CBV"])
def test_who_does_not_speak_this_edition_is_told_so(
    client: Client, farm: Headers, standard: str, name: str, value: str, status: int
) -> None:
    """EPCIS 2.0 §12.4: an answer in another edition than a client reads would be misread."""
    header = f"GS1-{standard}-{name}"
    sent = farm | {header: value.encode()}  # type: ignore[operator]  # bytes are sent as they are
    for path in ("/events", "/queries", "/bizSteps"):
        answer = client.get(path, headers=sent)
        assert answer.status_code == status, answer.text
        if status != 200:
            assert answer.json()["place"] == header
        if status == 406:
            mended = re.findall(r"\d\.\d", answer.json()["cure_en"])
            assert mended
            for each in mended:
                assert client.get(path, headers=farm | {header: each}).status_code == 200
    assert client.options("/events", headers=sent).status_code == 204
    assert client.get("/identify?text=1", headers=sent).status_code == 200


def test_nothing_is_captured_that_says_it_is_of_an_edition_to_come(
    client: Client, platform: Platform, farm: Headers
) -> None:
    told = farm | {"Content-Type": "application/json", "GS1-EPCIS-Version": "3.0.0"}
    answer = client.post("/capture", content=document(event(1)), headers=told)
    assert (answer.status_code, answer.json()["rule"]) == (406, "epcis.version")
    follow(platform)
    assert client.get("/epcs", headers=farm).json()["member"] == []


def pages(client: Client, url: str | None, headers: Headers) -> Iterator[Any]:
    while url is not None:
        answer = client.get(url, headers=headers)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        link = answer.headers.get("link")
        assert (link is None) is ("gs1-next-page-token-expires" not in answer.headers)
        url = None if link is None else link.partition("<")[2].partition(">")[0]


def sent(client: Client, platform: Platform, headers: Headers, *events: Json) -> None:
    answer = client.post(
        "/capture",
        content=document(*events),
        headers=headers | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 202, answer.text
    follow(platform)


def things(number: int) -> list[str]:
    """The EPCs of the event of a number: few, so that most stand in several events."""
    return [f"https://id.gs1.org/01/06901234000016/21/{n}" for n in {number % 5, number % 3, 7}]


def told(number: int) -> Json:
    """An event of some of them; every fourth packs them into something."""
    if number % 4:
        return event(number, epcList=things(number))
    packed = {"type": "AggregationEvent", "action": "ADD", "parentID": f"urn:x:{number % 8}"}
    plain = {name: value for name, value in event(number).items() if name != "epcList"}
    return plain | packed | {"childEPCs": things(number)}


def test_epcs_of_events_that_one_may_see_are_listed_once_in_pages_of_any_size(
    client: Client, platform: Platform, farm: Headers, shop: Headers
) -> None:
    for number in range(12):
        sent(client, platform, farm, told(number))
    others = "https://id.gs1.org/01/06901234000016/21/shop"
    sent(client, platform, shop, event(90, epcList=[others]))
    expected = {name for number in range(12) for name in things(number)} | {"urn:x:0", "urn:x:4"}
    for size in (1, 2, 3, 100):
        found = [
            name for each in pages(client, f"/epcs?perPage={size}", farm) for name in each["member"]
        ]
        assert len(found) == len(set(found)), "repeated"
        assert set(found) == expected
    assert [each["member"] for each in pages(client, "/epcs", {})] == [[]], "the public sees none"


def test_a_page_of_epcs_is_asked_for_at_once_however_many_it_has(
    client: Client, platform: Platform, farm: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"https://id.gs1.org/01/06901234000016/21/{number}" for number in range(60)]
    for number in range(3):
        sent(client, platform, farm, event(number, epcList=names[number:]))
    asked: list[object] = []
    execute = psycopg.Connection.execute

    def counted(self: psycopg.Connection, query: object, *rest: Any, **more: Any) -> Any:
        asked.append(query)
        return execute(self, query, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    for size in (2, 60):
        asked.clear()
        page = client.get(f"/epcs?perPage={size}", headers=farm).json()
        assert set(page["member"]) <= set(names)
        assert len(page["member"]) == size
        assert asked.count(SQL.first_named) == 1


def test_capture_jobs_are_listed_to_their_party_the_newest_first_in_pages_of_any_size(
    client: Client, platform: Platform, farm: Headers, shop: Headers
) -> None:
    for number in range(5):
        sent(client, platform, farm, event(number))
    bad = client.post("/capture", content=document(event(9, eventTime="never")),
                      headers=farm | {"Content-Type": "application/json"})  # fmt: skip
    assert bad.status_code == 400
    sent(client, platform, shop, event(7))
    for size in (1, 4, 100):
        found = [one for each in pages(client, f"/capture?perPage={size}", farm) for one in each]
        assert len({one["captureID"] for one in found}) == len(found) == 6
        assert found == sorted(found, key=lambda one: one["createdAt"], reverse=True)
        assert [one["success"] for one in found] == [False, *[True] * 5]
        assert {"running", "captureErrorBehaviour", "errors"} <= set(found[0])
        places = [[each["place"] for each in one["errors"]] for one in found]
        assert places == [["eventList/0/eventTime"], *[[]] * 5]
        (error,) = found[0]["errors"]  # problem details, RFC 7807
        assert error["type"] == "epcisException:ValidationException"
        same = {name: bad.json()[name] for name in error.keys() & bad.json().keys()}
        assert {name: error[name] for name in same} == same, "as the refusal itself said it"
        for name in ("title", "detail", "cure"):
            assert {name, f"{name}_zh", f"{name}_en"} <= same.keys()
    refused = client.get(f"/capture/{found[0]['captureID']}", headers=farm).json()
    assert refused["errors"] == found[0]["errors"]
    one = client.get(f"/capture/{found[-1]['captureID']}", headers=farm).json()
    assert one["events"][0]["eventID"] == event(0)["eventID"]
    assert client.get("/capture").status_code == 401


def test_a_token_ends_when_it_says_and_before_if_it_is_let_go(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent(client, platform, farm, *(event(number) for number in range(4)))
    for path in ("/events", "/epcs", "/queries/q/events"):
        client.post("/queries", json={"name": "q", "query": {}}, headers=farm)
        first = client.get(f"{path}?perPage=2", headers=farm)
        ends = datetime.fromisoformat(first.headers["gs1-next-page-token-expires"])
        assert timedelta(hours=23) < ends - platform.clock() <= timedelta(days=1)
        token = first.headers["link"].partition("nextPageToken=")[2].partition(">")[0]
        following = f"{path}?perPage=2&nextPageToken={token}"
        assert client.get(following, headers=farm).status_code == 200
        assert client.delete(f"/nextPageToken/{token}").status_code == 204
        refused = client.get(following, headers=farm)
        assert (refused.status_code, refused.json()["rule"]) == (400, "query.token-over")
        assert client.delete(f"/nextPageToken/{token}").status_code == 204


def test_what_is_no_token_of_ours_is_not_let_go(client: Client, platform: Platform) -> None:
    made = tokens.sealed(b"[]", b"", secret=platform.recorder.secret, now=platform.clock())
    raw = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))
    for wrong in ("x", "A" * 60, base64.urlsafe_b64encode(raw[:-1] + b"}").decode().rstrip("=")):
        assert client.delete(f"/nextPageToken/{wrong}").status_code == 404
    assert client.delete(f"/nextPageToken/{made}").status_code == 204


def test_a_token_whose_time_is_over_opens_nothing(platform: Platform) -> None:
    secret, now = platform.recorder.secret, platform.clock()
    token = tokens.sealed(json.dumps("x").encode(), b"asked", secret=secret, now=now)
    assert tokens.opened(token, b"asked", secret=secret, now=now + timedelta(hours=23)) == b'"x"'
    with pytest.raises(Exception, match=r"query\.token-over"):
        tokens.opened(token, b"asked", secret=secret, now=now + timedelta(days=1))
    with pytest.raises(Exception, match=r"query\.token:"):
        tokens.opened(token, b"other", secret=secret, now=now)
