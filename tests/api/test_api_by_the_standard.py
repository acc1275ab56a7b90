"""Every address of the standard's own OpenAPI: in which forms it answers, with which headers."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec
import pytest
from api_given import Client, Json, document, event

from receiving import receiving
from suyuan.service import Config, Platform, follow, on_store
from suyuan.store import Store

pytestmark = pytest.mark.shared
Headers = dict[str, str]
SITE = "https://id.gs1.org/414/6901234000009"
TAKEN = ("application/json", "application/xml")
PAGING = {"link", "gs1-next-page-token-expires"}  # of a page behind which there is another


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """A platform that may send to this machine."""
    return on_store(database, Config(data_dir=tmp_path, allowed=(ip_network("127.0.0.0/8"),)))


@pytest.fixture
def standard(shared_data: Path) -> Json:
    file = shared_data / "epcis" / "gs1-EPCIS" / "standard" / "rest" / "openapi.yaml"
    found: Json = msgspec.yaml.decode(file.read_bytes())
    return found


@pytest.fixture
def places(client: Client, platform: Platform, farm: Headers) -> Iterator[Json]:
    """What stands for each part of an address, so that there is something at it."""
    one = event(1, disposition="in_progress", readPoint={"id": SITE}, bizLocation={"id": SITE})
    kind = {"Content-Type": "application/json"}
    sent = client.post("/capture", content=document(one), headers=farm | kind)
    follow(platform)
    client.post("/queries", json={"name": "q", "query": {}}, headers=farm)
    with receiving() as receiver:
        order = {"dest": receiver.url, "stream": True}
        made = client.post("/queries/q/subscriptions", json=order, headers=farm)
        yield {
            "captureID": sent.json()["captureID"],
            "eventID": one["eventID"],
            "eventType": "ObjectEvent",
            "epc": one["epcList"][0],
            "bizStep": one["bizStep"],
            "bizLocation": SITE,
            "readPoint": SITE,
            "disposition": "in_progress",
            "queryName": "q",
            "subscriptionID": made.json()["subscriptionID"],
        }


def address(path: str, places: Json) -> str:
    return path.format_map({name: quote(value, safe="") for name, value in places.items()})


def meant(standard: Json, node: Any) -> Any:
    """What a reference stands for."""
    while "$ref" in node:
        found: Any = standard
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def answers(standard: Json, method: str, status: str) -> dict[str, Any]:
    """By address, what the standard says of the answers of a method."""
    paths = standard["paths"].items()
    asked = {path: one[method] for path, one in paths if method in one}
    assert len(asked) > 20
    return {path: meant(standard, one["responses"][status]) for path, one in asked.items()}


@pytest.mark.parametrize("accept", TAKEN)
def test_every_address_answers_in_the_forms_that_the_standard_offers_else_by_406(
    client: Client, farm: Headers, places: Json, standard: Json, accept: str
) -> None:
    wrong, refused = {}, 0
    for path, said in answers(standard, "get", "200").items():
        answer = client.get(address(path, places), headers=farm | {"Accept": accept})
        kind = answer.headers["content-type"].partition(";")[0]
        if accept in said["content"]:
            is_right = (answer.status_code, kind) == (200, accept)
        else:
            refused += 1
            is_right = answer.status_code == 406
        if accept.endswith("xml"):
            ET.fromstring(answer.content)  # noqa: S314 -- our own answer
        if not is_right:
            wrong[path] = (answer.status_code, kind)
    assert wrong == {}
    assert (refused > 10) is accept.endswith("xml")


def test_what_nobody_gives_is_nowhere_given(
    client: Client, farm: Headers, places: Json, standard: Json
) -> None:
    for path in answers(standard, "get", "200"):
        answer = client.get(address(path, places), headers=farm | {"Accept": "text/csv"})
        told = answer.json()
        assert (answer.status_code, told["place"]) == (406, "Accept"), path
        assert told["type"] == "epcisException:NotAcceptableException"
        instead = re.findall(r"[a-z]+/[a-z+]+", told["cure_en"])
        assert set(instead) == set(re.findall(r"[a-z]+/[a-z+]+", told["cure_zh"])), path
        assert instead, path
        for accept in dict.fromkeys(instead):
            given = client.get(address(path, places), headers=farm | {"Accept": accept})
            kind = given.headers["content-type"].partition(";")[0]
            assert (given.status_code, kind) == (200, accept), path


@pytest.mark.parametrize(("method", "status"), [("options", "204"), ("get", "200")])
def test_every_answer_has_the_headers_that_the_standard_gives_it(
    client: Client, farm: Headers, places: Json, standard: Json, method: str, status: str
) -> None:
    lacking = {}
    for path, said in answers(standard, method, status).items():
        headers = farm | {"Accept": "application/json"}
        answer = client.request(method, address(path, places), headers=headers)
        assert answer.status_code == int(status), path
        wanted = {name.lower() for name in said.get("headers", {})} - PAGING
        if missing := wanted - set(answer.headers):
            lacking[path] = missing
    assert lacking == {}
