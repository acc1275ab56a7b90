"""What the description says of headers, statuses, OPTIONS and paths is what the server does."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from api_given import SHOP, Client, Json, document, event
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from litestar.routes import HTTPRoute

from suyuan.api.announcing import is_of_epcis
from suyuan.api.versions import HEADERS, require_spoken
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, follow, fresh_key

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}
OF_HTTP = {"content-length", "content-type", "content-encoding", "connection", "date", "server"}
RESOURCES = ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions")
ONES = {"eventTypes": "ObjectEvent", "bizSteps": "inspecting", "dispositions": "active"}
STANDARD = [f"GS1-{one}-{end}" for one in ("EPCIS", "CBV") for end in ("Version", "Min", "Max")]


@pytest.fixture
def described(client: Client) -> Json:
    found: Json = client.get("/openapi.json").json()
    return found


def operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation of the EPCIS interface."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if "EPCIS" in operation["tags"]:
                yield method, path, operation


def names_of(operation: Json, place: str = "header") -> list[str]:
    return [each["name"] for each in operation["parameters"] if each["in"] == place]


def address(path: str) -> str:
    """Some address of this path, of something that is there where the test made it."""
    resource = path.split("/")[1]
    known = ONES.get(resource, "urn:epc:id:sgtin:6901234.000001.1")
    if resource in RESOURCES:
        return path.replace("{name}", known)
    filled = path.replace("{name}", "q").replace("{event_id}", event(1)["eventID"])
    return re.sub(r"\{\w+\}", "x", filled)


def content(method: str, path: str) -> bytes | None:
    """A body that the operation takes."""
    if method != "post":
        return None
    own = {
        "/events": {"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"}
        | event(9),
        "/queries": {"name": "another", "query": {}},
        "/queries/{name}/subscriptions": {"dest": "https://example.com/", "stream": True},
    }
    return json.dumps(own[path]).encode() if path in own else document(event(1), event(2))


def held(described: Json, operation: Json, answer: Response, place: str) -> None:
    """See that an answer has a status and headers that the description says."""
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, (place, answer.status_code, answer.text[:300])
    for reference in said["headers"].values():
        assert (
            reference["$ref"].removeprefix("#/components/headers/")
            in (described["components"]["headers"])
        )
    told = {name.lower() for name in said["headers"]} | OF_HTTP
    assert set(answer.headers) <= told, (place, answer.status_code, set(answer.headers) - told)


@pytest.fixture
def filled(client: Client, platform: Platform, farm: Headers) -> Headers:
    """The key of whoever captured events and named a query."""
    sent = document(event(1), event(2), event(3))
    assert client.post("/capture", content=sent, headers=farm | JSON).status_code == 202
    for name, asked in (("q", {}), ("odd", {"MATCH_anyEPC": ["urn:epc:id:sgtin:1.2.3"]})):
        client.post("/queries", json={"name": name, "query": asked}, headers=farm)
    follow(platform)
    return farm


def test_a_bad_value_of_any_header_that_is_described_has_an_answer_that_is_described(
    client: Client, described: Json, filled: Headers
) -> None:
    """Versions and spellings that are not had are refused; none is ignored in silence."""
    tried = set()
    for method, path, operation in operations(described):
        for name in names_of(operation):
            for bad in ("3.0x!", "0.7", "3.0", ";;,", "\u00e9"):
                sent = filled | JSON | {name: bad.encode()}  # type: ignore[operator]
                answer = client.request(
                    method.upper(), address(path), content=content(method, path), headers=sent
                )
                held(described, operation, answer, f"{method} {path} {name}: {bad}")
                if bad == "3.0x!" and name in {*STANDARD, "GS1-Capture-Error-Behaviour"}:
                    assert answer.status_code == 400, (method, path, name)
                if bad == "3.0" and name.endswith(("Version", "Min", "Format")):
                    assert answer.status_code == 406, (method, path, name)
            tried.add(name)
    wanted = {*STANDARD, "GS1-EPC-Format", "GS1-CBV-XML-Format", "GS1-Extensions",
              "GS1-Capture-Error-Behaviour", "Prefer", "Idempotency-Key"}  # fmt: skip
    assert tried == wanted


def test_headers_are_described_where_they_are_honoured_and_nowhere_else(
    client: Client, described: Json, filled: Headers
) -> None:
    """A value that is refused where a header is honoured changes nothing elsewhere."""
    for method, path, operation in operations(described):
        for name in (*STANDARD, "GS1-EPC-Format", "GS1-CBV-XML-Format"):
            sent = filled | JSON | {name: "3.0x!"}
            answer = client.request(
                method.upper(), address(path), content=content(method, path), headers=sent
            )
            is_refused = answer.status_code in {400, 406} and answer.json()["place"] == name
            assert is_refused is (name in names_of(operation)), (method, path, name)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Accept": "application/xml"},
        {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "identity"},
        {"Accept": "text/csv"},
        {"GS1-EPC-Format": "Always_GS1_Digital_Link", "Prefer": "respond-async"},
        {"Authorization": "Bearer sy_no"},
        {"Authorization": ""},
        {"Content-Type": "text/plain"},
        {"Content-Encoding": "br"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_an_answer_has_no_status_and_no_header_that_is_not_described(
    client: Client, described: Json, filled: Headers, more: Headers
) -> None:
    for method, path, operation in operations(described):
        for query in ("", "?perPage=1", "?no=1", f"?nextPageToken={'x' * (17 << 10)}"):
            sent = {**filled, **JSON, **more}
            if not sent["Authorization"]:
                del sent["Authorization"]
            where, body = address(path) + query, content(method, path)
            answer = client.request(method.upper(), where, content=body, headers=sent)
            held(described, operation, answer, f"{method} {path}{query[:12]}")


@pytest.mark.parametrize(
    "account",
    [
        Account(name="all", role=Role.ADMIN),
        Account(name="office", role=Role.REGULATOR, families=("food",)),
        Account(name="other", role=Role.CAPTURER, party=SHOP),
    ],
    ids=lambda each: each.role,
)
@pytest.mark.usefixtures("filled")
def test_whoever_asks_is_answered_as_described(
    client: Client, platform: Platform, described: Json, account: Account
) -> None:
    """Those who may not do a thing, or see it, too."""
    key = {"Authorization": f"Bearer {fresh_key(platform, account)}"} | JSON
    for method, path, operation in operations(described):
        where, body = address(path), content(method, path)
        answer = client.request(method.upper(), where, content=body, headers=key)
        held(described, operation, answer, f"{method} {path}")


def test_where_there_is_no_database_it_is_answered_as_described(
    client: Client, platform: Platform, described: Json, filled: Headers
) -> None:
    """503, and when to try again; OPTIONS of most addresses need none."""
    platform.store.close()
    seen = set()
    for method, path, operation in operations(described):
        where, body = address(path), content(method, path)
        answer = client.request(method.upper(), where, content=body, headers=filled | JSON)
        held(described, operation, answer, f"{method} {path}")
        seen.add(answer.status_code)
    assert 503 in seen


def test_headers_of_pages_notices_and_what_was_made_come_and_are_described(
    client: Client, described: Json, filled: Headers
) -> None:
    """So that what the test above allows is also seen."""
    seen: dict[str, set[str]] = {}
    bad = document(event(7, eventTime="never"))
    for method, path, where, body, more in (
        ("get", "/events", "/events?perPage=1", None, {}),
        ("get", "/events", "/events?MATCH_anyEPC=urn:epc:id:sgtin:6901234.000001", None, {}),
        ("get", "/events", "/events", None, {"Accept": "application/xml"}),
        ("get", "/queries/{name}/events", "/queries/odd/events", None, {}),
        ("get", "/capture", "/capture?perPage=1", None, {}),
        ("post", "/capture", "/capture", document(event(5)), {"Prefer": "respond-async"}),
        ("post", "/capture", "/capture", bad, {}),
        ("post", "/capture", "/capture", b"{}", {}),
        ("post", "/events", "/events", content("post", "/events"), {}),
        ("post", "/events", "/events", content("post", "/events"), {}),
        ("post", "/convert", "/convert?to=xml", document(event(5)), {}),
        ("post", "/convert", "/convert", document(event(5)), {}),
        ("post", "/queries", "/queries", content("post", "/queries"), {}),
        ("get", "/events", "/events", None, {"Authorization": "Bearer sy_no"}),
        ("options", "/events", "/events", None, {}),
    ):
        sent = {**filled, **JSON, **more}
        answer = client.request(method.upper(), where, content=body, headers=sent)
        operation = described["paths"][path][method]
        held(described, operation, answer, f"{method} {where}")
        seen.setdefault(path, set()).update(answer.headers)
    assert {"link", "gs1-next-page-token-expires", "suyuan-losses"} <= seen["/events"]
    assert {"www-authenticate", "content-language", "allow"} <= seen["/events"]
    assert {"location", "preference-applied", "suyuan-waiting-limit"} <= seen["/capture"]
    assert "suyuan-losses" in seen["/convert"]
    assert "location" in seen["/queries"]


def test_every_path_describes_its_options_and_answers_them(client: Client, described: Json) -> None:
    for path, item in described["paths"].items():
        where = address(path)
        for each in item["options"]["parameters"]:
            said = each["schema"]
            if said["type"] == "integer" or said.get("format") == "uuid":
                drawn = "1" if said["type"] == "integer" else str(UUID(int=1))
                where = path.replace(f"{{{each['name']}}}", drawn)
        answer = client.options(where)
        assert answer.status_code == 204, path
        held(described, item["options"], answer, path)
        taken = {each.lower() for each in answer.headers["allow"].split(", ")}
        assert set(item) <= taken, path


def test_every_route_is_described_and_every_path_that_is_described_is_a_route(
    platform: Platform, described: Json
) -> None:
    """The events of one thing are a route with the thing, since a name may have slashes."""
    routes: dict[str, set[str]] = {}
    for each in asgi(platform).routes:
        if isinstance(each, HTTPRoute):
            shown = {
                str(method).lower()
                for handler in each.route_handlers
                if handler.resolve_include_in_schema()
                for method in handler.http_methods
            }
            if shown:
                routes.setdefault(each.path_format, {"options"}).update(shown)
    told: dict[str, set[str]] = {path: set(item) for path, item in described["paths"].items()}
    for each in RESOURCES:
        assert told.pop(f"/{each}/{{name}}/events") == told[f"/{each}/{{name}}"]
    assert told == routes


def test_every_route_of_the_epcis_paths_is_of_the_interface(described: Json) -> None:
    for path, item in described["paths"].items():
        if is_of_epcis(path):
            assert all("EPCIS" in operation["tags"] for operation in item.values()), path


@pytest.mark.parametrize("name", STANDARD)
def test_an_edition_that_is_described_is_spoken(name: str) -> None:
    assert set(HEADERS) == set(STANDARD)

    @given(st.from_regex(HEADERS[name].pattern, fullmatch=True))
    def said(value: str) -> None:
        require_spoken({name.lower(): value})

    said()


def test_a_queries_events_say_how_codes_are_spelled(client: Client, described: Json, filled: Any,
) -> None:  # fmt: skip
    """GS1-EPC-Format was honoured and not described."""
    path = "/queries/{name}/events"
    assert "GS1-EPC-Format" in names_of(described["paths"][path]["get"])
    sent = filled | {"GS1-EPC-Format": "Always_GS1_Digital_Link"}
    answer = client.get("/queries/q/events", headers=sent)
    assert answer.headers["gs1-epc-format"] == "Always_GS1_Digital_Link"
    assert "https://id.gs1.org/01/" in answer.text
