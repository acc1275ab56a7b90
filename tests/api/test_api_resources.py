"""Lists of what events name, the events of one, named queries and master data over HTTP."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from api_given import FARM, SHOP, Client, Json, document, event, events_of
from jsonschema import Draft7Validator

from suyuan.model import EventType
from suyuan.registry import naming
from suyuan.service import Platform, follow
from suyuan.wire.cbv import BIZ_STEP, DISPOSITION

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]
QUERY_SCHEMA = "epcis/gs1-EPCIS/standard/rest/query-schema.json"
SITE = "https://id.gs1.org/414/6901234000009"
SITE_URN = "urn:epc:id:sgln:6901234.00000.0"
OTHER = "https://id.gs1.org/414/6901234000016"
EPCIS = "https://ref.gs1.org/epcis/"
EX = {"GS1-Extensions": "ex=https://example.com/ns/"}


def two() -> list[Json]:
    return [
        event(1, bizStep="receiving", readPoint={"id": SITE_URN}, bizLocation={"id": SITE}),
        event(2, bizStep="shipping", disposition="in_transit", readPoint={"id": OTHER}),
    ]


def header(*elements: Json) -> Json:
    listed = [{"type": "urn:epcglobal:epcis:vtype:ReadPoint", "vocabularyElementList": elements}]
    return {"epcisMasterData": {"vocabularyList": listed}}


@pytest.fixture
def shop(client: Client, platform: Platform, key_of: Callable[[str], Headers]) -> Headers:
    """The key of who reported two events, and what their places are."""
    sent = json.loads(document(*two()))
    sent["@context"].append({"ex": "https://example.com/ns/"})
    sent["epcisHeader"] = header(
        {
            "id": SITE_URN,
            "attributes": [
                {"id": "cbvmda:city", "attribute": "Hefei"},
                {"id": "ex:huge", "attribute": [1, 10**200]},
            ],
        },
        {"id": "urn:example:region", "children": [SITE, "urn:example:region"]},
    )
    key = key_of(SHOP)
    answer = client.post("/capture", content=json.dumps(sent).encode(), headers=key | JSON)
    assert answer.status_code == 202, answer.text
    follow(platform)
    return key


def found(client: Client, path: str, headers: Headers) -> list[str]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return sorted(each["eventID"] for each in events_of(answer.json()))


def member(client: Client, path: str, headers: Headers) -> list[Any]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == "Collection"
    listed: list[Any] = answer.json()["member"]
    return listed


LISTS = {
    "/eventTypes": ["ObjectEvent"],
    "/bizSteps": ["receiving", "shipping"],
    "/dispositions": ["in_transit"],
    "/bizLocations": [SITE],
    "/readPoints": [SITE, OTHER],
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_what_stands_in_events_that_the_viewer_may_see(
    client: Client, shop: Headers, key_of: Callable[[str], Headers], path: str
) -> None:
    assert member(client, path, shop) == LISTS[path]
    assert member(client, path, key_of(FARM)) == []
    assert member(client, path, {}) == []


def test_pages_of_a_list_hold_each_once(client: Client, shop: Headers) -> None:
    first = client.get("/bizSteps?perPage=1", headers=shop)
    assert first.json()["member"] == ["receiving"]
    rest = client.get(first.headers["link"].partition("<")[2].partition(">")[0], headers=shop)
    assert rest.json()["member"] == ["shipping"]
    assert "link" not in rest.headers
    for wrong in ("nextPageToken=x", "nextPageToken=WyJcdTAwMDAiXQ", "perPage=0", "EQ_action=ADD"):
        answer = client.get(f"/bizSteps?{wrong}", headers=shop)
        assert answer.status_code == 400, wrong
        assert answer.json()["type"] == "epcisException:QueryParameterException"


@pytest.mark.parametrize(
    ("path", "which"),
    [
        ("/eventTypes/ObjectEvent/events", [1, 2]),
        ("/eventTypes/AggregationEvent/events", []),
        ("/bizSteps/receiving/events", [1]),
        ("/bizSteps/https%3A%2F%2Fref.gs1.org%2Fcbv%2FBizStep-shipping/events", [2]),
        (f"/readPoints/{SITE_URN}/events", [1]),
        (f"/readPoints/{quote(SITE, safe='')}/events", [1]),
        (f"/bizLocations/{quote(SITE, safe='')}/events", [1]),
        ("/dispositions/in_transit/events", [2]),
        ("/epcs/urn:epc:id:sgtin:6901234.000001.2/events", [2]),
        (f"/epcs/{quote('https://id.gs1.org/01/06901234000016/21/1', safe='')}/events", [1]),
        ("/bizSteps/receiving/events?EQ_action=DELETE", []),
    ],
)
def test_the_events_of_one_are_those_that_name_it(
    client: Client, shop: Headers, path: str, which: list[int]
) -> None:
    assert found(client, path, shop) == [str(event(number)["eventID"]) for number in which]


def test_one_says_what_is_below_it_and_is_not_asked_twice(client: Client, shop: Headers) -> None:
    assert member(client, "/bizSteps/receiving", shop) == ["events"]
    twice = client.get("/bizSteps/receiving/events?EQ_bizStep=shipping", headers=shop)
    assert (twice.status_code, "EQ_bizStep" in twice.json()["detail"]) == (400, True)


@pytest.mark.parametrize("rest", ["", "/events", "/events?perPage=1"])
@pytest.mark.parametrize(
    ("resource", "name"),
    [
        *(("eventTypes", each) for each in ("Nope", "objectEvent", "ex%3AOwn", "urn%3Ax%3AOwn")),
        *(
            ("bizSteps", each)
            for each in ("Nope", "Shipping", "shipping%2Creceiving", "in_transit")
        ),
        *(("dispositions", each) for each in ("nope", "shipping")),
    ],
)
def test_of_what_no_event_can_name_there_is_nothing(
    client: Client, shop: Headers, resource: str, name: str, rest: str
) -> None:
    answer = client.get(f"/{resource}/{name}{rest}", headers=shop)
    assert answer.status_code == 404, answer.text
    told = answer.json()
    assert told["type"] == "epcisException:NoSuchResourceException"
    assert (told["rule"], told["place"]) == ("epcis.none", resource.removesuffix("s"))
    assert unquote(name) in told["detail_zh"]
    assert unquote(name) in told["detail_en"]


def test_the_nearest_words_are_told_and_all_types(client: Client) -> None:
    told = client.get("/bizSteps/recieving", headers={"Accept-Language": "en"}).json()["detail"]
    assert "receiving" in told
    told = client.get("/eventTypes/Event", headers={"Accept-Language": "en"}).json()["detail"]
    assert all(each in told for each in EventType)


def test_whatever_an_event_can_name_has_its_events_be_they_none(
    client: Client, shop: Headers
) -> None:
    own = quote("https://example.com/steps/own", safe="")
    types = [f"{start}{each}" for each in EventType for start in ("", "epcis:", EPCIS)]
    some = {
        "eventTypes": types,
        "bizSteps": [*sorted(BIZ_STEP.words)[::7], own, "urn:epcglobal:cbv:bizstep:shipping"],
        "dispositions": [*sorted(DISPOSITION.words)[::7], own],
    } | {key: [own] for key in ("epcs", "readPoints", "bizLocations")}
    for resource, names in some.items():
        for name in names:
            path = f"/{resource}/{quote(name, safe='%')}"
            assert member(client, path, shop) == ["events"], path
            assert client.get(f"{path}/events", headers=shop).status_code == 200, path
    for name in (start + EventType.OBJECT for start in ("", "epcis:", EPCIS)):
        assert len(found(client, f"/eventTypes/{quote(name, safe='')}/events", shop)) == 2


def test_pages_of_one_go_on_at_its_own_address(client: Client, shop: Headers) -> None:
    first = client.get("/eventTypes/ObjectEvent/events?perPage=1", headers=shop)
    following = first.headers["link"].partition("<")[2].partition(">")[0]
    assert following.startswith("/eventTypes/ObjectEvent/events?")
    assert len(found(client, following, shop)) == 1


def test_names_are_listed_in_the_words_of_the_asker_and_found_by_them(
    client: Client, platform: Platform, shop: Headers
) -> None:
    """EPCIS 2.0 §12.6: where extensions are mapped, the answer uses them; else the full address."""
    own = "https://example.com/ns/"
    sent = event(3, bizStep=f"{own}wash", disposition=f"{own}#wet", readPoint={"id": f"{own}gate"},
                 bizLocation={"id": f"{own}yard"}, epcList=[f"{own}crate", own])  # fmt: skip
    client.post("/capture", content=document(sent), headers=shop | JSON)
    follow(platform)
    for resource, local in (("bizSteps", "wash"), ("dispositions", "#wet"), ("readPoints", "gate"),
                            ("bizLocations", "yard"), ("epcs", "crate")):  # fmt: skip
        assert own + local in member(client, f"/{resource}", shop)
        for prefixes in (EX, {"GS1-Extensions": f"e=https://example.com/,ex={own},urn=urn:epc:"}):
            answer = client.get(f"/{resource}", headers=shop | prefixes)
            listed = answer.json()
            assert f"ex:{local}" in listed["member"]
            assert own + local not in listed["member"]
            assert listed["@context"][1]["ex"] == own
            assert not any(each.startswith("urn:id:") for each in listed["member"])
            assert "GS1-Extensions" in answer.headers["vary"]
            path = f"/{resource}/{quote(f'ex:{local}', safe='')}/events"
            assert found(client, path, shop | prefixes) == [sent["eventID"]]
    unused = client.get("/bizSteps", headers=shop | {"GS1-Extensions": "no=urn:nothing:"}).json()
    assert isinstance(unused["@context"], str)


def test_a_named_query_is_kept_asked_listed_and_removed(
    client: Client, shop: Headers, key_of: Callable[[str], Headers]
) -> None:
    query = {"EQ_bizStep": ["shipping", "packing"], "GE_eventTime": "2026-01-01T00:00:00Z"}
    asked = {"name": "out", "query": query}
    made = client.post("/queries", json=asked, headers=shop)
    assert (made.status_code, made.headers["location"]) == (201, "/queries/out")
    taken = client.post("/queries", json=asked, headers=shop)
    assert (taken.status_code, taken.json()["rule"]) == (409, "query.taken")
    assert "another name" in taken.json()["cure_en"]
    assert found(client, "/queries/out/events?perPage=5", shop) == [str(event(2)["eventID"])]
    kept = client.get("/queries/out", headers=shop).json()
    assert (kept["name"], kept["query"]["EQ_bizStep"]) == ("out", ["shipping", "packing"])
    assert [each["name"] for each in client.get("/queries", headers=shop).json()] == ["out"]
    farm = key_of(FARM)
    assert client.get("/queries", headers=farm).json() == []
    assert client.get("/queries/out/events", headers=farm).status_code == 404
    assert client.delete("/queries/out", headers=farm).status_code == 404
    assert client.get("/queries").status_code == 401
    assert client.delete("/queries/out", headers=shop).status_code == 204
    assert client.get("/queries/out", headers=shop).status_code == 404


@pytest.mark.parametrize(
    ("name", "where"),
    [("SimpleEventQuery", "GET /events"), ("SimpleMasterDataQuery", "GET /vocabularies")],
)
def test_a_query_is_not_named_as_one_of_the_standard_s_own(
    client: Client, shop: Headers, name: str, where: str
) -> None:
    answer = client.post("/queries", json={"name": name, "query": {}}, headers=shop)
    assert (answer.status_code, answer.json()["rule"]) == (400, "query.predefined")
    assert name in answer.json()["detail_zh"]
    assert where in answer.json()["cure_zh"]
    assert where in answer.json()["cure_en"]
    assert client.get("/queries", headers=shop).json() == []
    assert client.get(f"/queries/{name}", headers=shop).status_code == 404


@pytest.mark.parametrize("query", ["stream=true", "stream=false", "hour=1", "reportIfEmpty=true"])
def test_who_would_listen_without_a_websocket_is_told_that_it_needs_one(
    client: Client, shop: Headers, query: str
) -> None:
    client.post("/queries", json={"name": "out", "query": {}}, headers=shop)
    answer = client.get(f"/queries/out/events?{query}", headers=shop)
    said = answer.json()
    assert (answer.status_code, said["rule"]) == (400, "query.listening")
    assert said["place"] == query.partition("=")[0]
    for lang in ("zh", "en"):
        assert "WebSocket" in said[f"detail_{lang}"]
        assert "/subscriptions" in said[f"cure_{lang}"]
    assert client.get(f"/queries/none/events?{query}", headers=shop).status_code == 404


FORMS: Json = {
    "eventType": ["ObjectEvent"],
    "GE_eventTime": "2026-01-01T00:00:00Z",
    "EQ_bizStep": ["shipping"],
    "EQ_quantity": 5,
    "GE_quantity_KGM": 1.5,
    "EXISTS_sensorElementList": True,
    "EQ_ex:n": ["a", "b"],
    "GE_ex:n": 7,
    "orderBy": "eventTime",
    "orderDirection": "ASC",
    "eventCountLimit": 5,
    "@context": [{"ex": "https://example.com/ns/"}, "https://example.com/context.jsonld"],
}


@pytest.mark.parametrize("query", [FORMS, {"EQ_bizStep": "shipping"}, {}])
def test_a_named_query_is_given_back_as_it_was_sent(
    client: Client, shop: Headers, query: Json
) -> None:
    asked = {"name": "out", "query": query}
    made = client.post("/queries", json=asked, headers=shop)
    assert made.status_code == 201, made.text
    for given in (
        made.json(),
        client.get("/queries/out", headers=shop).json(),
        *client.get("/queries", headers=shop).json(),
    ):
        assert given == asked
        assert {name: type(value) for name, value in given["query"].items()} == {
            name: type(value) for name, value in query.items()
        }, "a truth is no number"
    assert client.get("/queries/out/events", headers=shop).status_code == 200


@pytest.mark.shared
def test_a_named_query_is_given_back_valid_by_the_standard_s_query_schema(
    client: Client, shop: Headers, shared_data: Path
) -> None:
    schema = json.loads((shared_data / QUERY_SCHEMA).read_text(encoding="utf-8"))
    query = {"orderBy": "eventTime", "eventCountLimit": 5, "GE_eventTime": "2026-01-01T00:00:00Z"}
    client.post("/queries", json={"name": "out", "query": query}, headers=shop)
    valid = Draft7Validator(schema)
    given = client.get("/queries/out", headers=shop).json()["query"]
    assert not list(valid.iter_errors(given))
    assert list(valid.iter_errors({name: [str(value)] for name, value in given.items()}))


def test_a_query_that_was_kept_as_texts_is_answered_as_ever(
    client: Client, platform: Platform, shop: Headers
) -> None:
    """What was kept before had every value as a list of texts."""
    texts = {"orderBy": ["eventTime"], "eventCountLimit": ["5"], "EQ_bizStep": ["shipping"]}
    texts["@context"] = ['{"ex":"urn:x:"}']
    with platform.store.write() as conn:
        naming.keep(conn, "old", texts, tenant=1, owner=SHOP, now=platform.clock())
    assert found(client, "/queries/old/events", shop) == [str(event(2)["eventID"])]
    given = client.get("/queries/old", headers=shop).json()["query"]
    assert given == texts | {"@context": {"ex": "urn:x:"}}


def test_named_queries_are_listed_in_pages(client: Client, shop: Headers) -> None:
    """EPCIS 2.0 §12.7: `GET /queries` takes perPage and nextPageToken."""
    names = [f"q{number}" for number in range(5)]
    for name in reversed(names):
        assert client.post("/queries", json={"name": name, "query": {}}, headers=shop).is_success
    seen, address = [], "/queries?perPage=2"
    while address:
        page = client.get(address, headers=shop)
        assert len(page.json()) <= 2
        seen += [each["name"] for each in page.json()]
        address = page.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert seen == names
    assert client.get("/queries?perPage=0", headers=shop).status_code == 400
    assert client.get("/queries?nextPageToken=x", headers=shop).status_code == 400


def test_an_answer_says_by_the_name_of_which_query_it_was_found(
    client: Client, shop: Headers
) -> None:
    client.post("/queries", json={"name": "out", "query": {}}, headers=shop)
    for path, name in (("/queries/out/events", "out"), ("/events", "SimpleEventQuery")):
        said = client.get(path, headers=shop).json()["epcisBody"]["queryResults"]
        assert (said["queryName"], said.get("subscriptionID")) == (name, None)
    xml = client.get("/queries/out/events", headers=shop | {"Accept": "application/xml"})
    assert "<queryName>out</queryName>" in xml.text


@pytest.mark.parametrize(
    ("name", "query", "place"),
    [
        ("a b", {}, "name"),
        ("a/b", {}, "name"),
        ("a", {"EQ_bizStop": ["x"]}, "EQ_bizStop"),
        ("a", {"EQ_bizStep": {"x": 1}}, "EQ_bizStep"),
        ("a", {"EQ_bizStep": []}, "EQ_bizStep"),
        ("a", {"EQ_ex:n": "1"}, "EQ_ex:n"),
        ("a", {"perPage": 3}, "perPage"),
        ("a", {"EXISTS_errorDeclaration": None}, "EXISTS_errorDeclaration"),
        ("a", {"@context": 5, "EQ_ex:n": "1"}, "EQ_ex:n"),
    ],
)
def test_a_query_that_could_not_be_answered_is_not_kept(
    client: Client, shop: Headers, name: str, query: Json, place: str
) -> None:
    answer = client.post("/queries", json={"name": name, "query": query}, headers=shop)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "epcisException:QueryParameterException"
    assert client.get("/queries", headers=shop).json() == []
    assert place in answer.text


def test_prefixes_of_a_named_query_are_kept_with_it(client: Client, shop: Headers) -> None:
    asked = {"name": "n", "query": {"EQ_ex:n": 1}}
    assert client.post("/queries", json=asked, headers=shop | EX).status_code == 201
    assert found(client, "/queries/n/events", shop) == []
    kept = client.get("/queries/n", headers=shop).json()["query"]
    assert kept["@context"] == {"ex": "https://example.com/ns/"}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["urn:example:region", SITE]),
        (f"EQ_name={SITE_URN}", [SITE]),
        ("WD_name=urn:example:region", ["urn:example:region", SITE]),
        ("HASATTR=cbvmda:city", [SITE]),
        ("EQATTR_city=Hefei", [SITE]),
        ("EQATTR_city=Wuhu", []),
        ("EQATTR_ex:huge=1", [SITE]),
        ("vocabularyName=urn:epcglobal:epcis:vtype:BusinessLocation", []),
    ],
)
def test_master_data_of_own_documents_are_found(
    client: Client, shop: Headers, key_of: Callable[[str], Headers], query: str, ids: list[str]
) -> None:
    path = f"/vocabularies?{query}"
    got = member(client, path, shop | EX)
    assert sorted(each["id"] for each in got) == sorted(ids)
    assert member(client, path, key_of(FARM) | EX) == []
    assert member(client, path, EX) == []


def test_master_data_are_given_as_asked(client: Client, shop: Headers) -> None:
    (one,) = member(client, f"/vocabularies?EQ_name={SITE_URN}&attributeNames=city", shop)
    assert one["attributes"] == {"urn:epcglobal:cbv:mda#city": "Hefei"}
    bare = "includeAttributes=false&includeChildren=false"
    assert all(
        not each["attributes"] and not each["children"]
        for each in member(client, f"/vocabularies?{bare}", shop)
    )
    first = client.get("/vocabularies?perPage=1", headers=shop)
    following = first.headers["link"].partition("<")[2].partition(">")[0]
    assert len(member(client, following, shop)) == 1
    assert client.get("/vocabularies?maxElementCount=1", headers=shop).status_code == 413
    wrong = client.get("/vocabularies?EQ_nome=x", headers=shop)
    assert (wrong.status_code, "EQ_nome" in wrong.text) == (400, True)


def test_what_a_document_said_later_of_a_name_holds(
    client: Client, platform: Platform, shop: Headers
) -> None:
    sent = json.loads(document(event(5)))
    sent["epcisHeader"] = header({"id": SITE, "attributes": [{"id": "city", "attribute": "Wuhu"}]})
    answer = client.post("/capture", content=json.dumps(sent).encode(), headers=shop | JSON)
    assert answer.status_code == 202
    follow(platform)
    (one,) = member(client, f"/vocabularies?EQ_name={SITE}", shop)
    assert one["attributes"] == {"city": "Wuhu"}
