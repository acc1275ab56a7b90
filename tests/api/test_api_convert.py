"""Conversion over HTTP: to those who may report; nothing is recorded, and losses are told."""

import json

import pytest
from api_given import Client, document, event

from suyuan.service import Platform

JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "application/xml"}
Headers = dict[str, str]


def test_json_goes_to_xml_and_back(client: Client, farm: Headers) -> None:
    sent = document(event(1), event(2, **{"suyuan:note": "二号猪"}))
    there = client.post("/convert?to=xml-1.2", content=sent, headers=farm | JSON)
    assert (there.status_code, there.headers["suyuan-losses"]) == (200, "0")
    assert there.headers["content-type"].startswith("application/xml")
    assert 'schemaVersion="1.2"' in there.text
    back = client.post("/convert?to=json", content=there.content, headers=farm | XML)
    events = back.json()["epcisBody"]["eventList"]
    assert [one["eventID"] for one in events] == [event(1)["eventID"], event(2)["eventID"]]
    assert events[1]["suyuan:note"] == "二号猪"


def test_codes_are_spelled_as_asked(client: Client, farm: Headers) -> None:
    link = "https://id.gs1.org/01/06901234000016/21/9"
    sent = document(event(1, epcList=[link]))
    url = "/convert?to=json&epc=urn"
    kept = client.post(url + "&report=true", content=sent, headers=farm | JSON).json()
    assert [one["rule"] for one in kept["losses"]] == ["convert.prefix"]
    assert kept["losses"][0]["path"] == "eventList/0/epcList/0"
    assert json.loads(kept["document"])["epcisBody"]["eventList"][0]["epcList"] == [link]
    urns = client.post(url + "&companyPrefix=6901234", content=sent, headers=farm | JSON)
    (one,) = urns.json()["epcisBody"]["eventList"]
    assert one["epcList"] == ["urn:epc:id:sgtin:6901234.000001.9"]


@pytest.mark.parametrize(
    ("url", "body", "status", "rule"),
    [
        ("/convert?to=xml", document(event(1), event(2, action="LOOK")), 400, "wire.action"),
        ("/convert?to=xml", b"{", 400, "wire.document.json"),
        ("/convert?to=xml", b"<a/>", 415, "http.content-type"),
        ("/convert?to=pdf", document(event(1)), 400, None),
        ("/convert", document(event(1)), 400, None),
    ],
)
def test_what_cannot_be_converted_is_a_problem(
    client: Client, farm: Headers, url: str, body: bytes, status: int, rule: str | None
) -> None:
    answer = client.post(url, content=body, headers=farm | JSON)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert rule is None or answer.json()["rule"] == rule


@pytest.mark.parametrize("prefix", ["abc", "69012", "6901234567890", "６９０１２３４", ""])
def test_what_cannot_be_a_company_prefix_is_not_passed_over(
    client: Client, farm: Headers, prefix: str
) -> None:
    sent = document(event(1))
    answer = client.post(
        "/convert",
        params={"to": "json", "epc": "urn", "companyPrefix": ["6901234", prefix]},
        content=sent,
        headers=farm | JSON,
    )
    assert answer.status_code == 400, answer.text
    said = answer.json()
    assert (said["rule"], said["place"]) == ("convert.company-prefix", "companyPrefix")
    assert all("6" in said[each] and "12" in said[each] for each in ("detail_zh", "detail_en"))


def test_only_who_may_report_may_have_documents_converted(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent = document(event(1))
    assert client.post("/convert?to=xml", content=sent, headers=JSON).status_code == 401
    large = b" " * (platform.config.max_document + 1)
    assert client.post("/convert?to=xml", content=large, headers=farm | JSON).status_code == 413
    client.post("/convert?to=xml", content=sent, headers=farm | JSON)
    with platform.store.read() as conn:
        (row,) = conn.execute("SELECT count(*) FROM record.entry").fetchall()
    assert row[0] == 0
