"""What the standard's OpenAPI gives as XML too is given so to whoever likes it better than JSON."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from api_given import Client, document, event
from hypothesis import given
from hypothesis import strategies as st

from suyuan.api import in_xml

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}
XML = {"Accept": "application/xml"}
EPCIS = "{urn:epcglobal:epcis:xsd:2}"


def read(answer: Any) -> ET.Element:
    return ET.fromstring(answer.content)  # noqa: S314 -- our own answer


def members(element: ET.Element) -> dict[str, str | None]:
    return {each.tag: each.text for each in element}


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/events?EQ_bizStop=%3Cx%3E%26", 400, "QueryParameterException"),
        ("/events?GE_value_KG=5", 400, "QueryParameterException"),
        ("/events/urn:uuid:no", 404, "NoSuchResourceException"),
        ("/queries/none/events", 404, "NoSuchResourceException"),
        ("/events?" + "x" * 20_000, 414, "URITooLongException"),
    ],
)
@pytest.mark.parametrize("accept", ["application/xml", "application/problem+xml, */*;q=0.1"])
def test_a_problem_is_an_epcis_exception(
    client: Client, farm: Headers, accept: str, path: str, status: int, kind: str
) -> None:
    in_json = client.get(path, headers=farm).json()
    answer = client.get(path, headers=farm | {"Accept": accept})
    assert (answer.status_code, in_json["status"]) == (status, status)
    assert answer.headers["content-type"].partition(";")[0] == "application/problem+xml"
    assert "Accept" in answer.headers["vary"]
    found = read(answer)
    assert found.tag == f"{EPCIS}EPCISException"
    said = members(found)
    assert said["type"] == f"epcisException:{kind}" == in_json["type"]
    for name in ("title", "detail", "rule", "cure"):
        assert said[name] == in_json[name]
    assert said["status"] == str(status)


@pytest.mark.parametrize("accept", ["*/*", "application/json, application/xml", "text/csv", ""])
def test_who_does_not_like_xml_better_is_told_in_json(client: Client, accept: str) -> None:
    answer = client.get("/events?EQ_bizStop=1", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_browser_is_shown_a_page_though_it_takes_xml(client: Client) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get("/events?EQ_bizStop=1", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/html")


def test_a_capture_job_says_in_xml_what_it_says_in_json(client: Client, farm: Headers) -> None:
    sent = document(event(1), event(2, action="<&>"), event(3, eventTime="never"))
    asked = farm | JSON | {"GS1-Capture-Error-Behaviour": "proceed"}
    where = client.post("/capture", content=sent, headers=asked).headers["location"]
    in_json = client.get(where, headers=farm).json()
    answer = client.get(where, headers=farm | XML)
    assert answer.headers["content-type"].partition(";")[0] == "application/xml"
    found = read(answer)
    assert found.tag == f"{EPCIS}EPCISCaptureJob"
    assert found.attrib == {
        "captureID": in_json["captureID"], "running": "false", "success": "false",
    }  # fmt: skip
    for name in ("createdAt", "finishedAt", "captureErrorBehaviour"):
        assert found.findtext(name) == in_json[name]
    errors = [members(each) for each in found.findall(f"{EPCIS}EPCISException")]
    wanted = [
        {name: each[name] for name in ("type", "title", "detail")} for each in in_json["errors"]
    ]
    assert [{name: each[name] for name in ("type", "title", "detail")} for each in errors] == wanted
    assert len(errors) == 2


def test_who_captures_in_xml_is_told_in_xml(client: Client, farm: Headers) -> None:
    answer = client.post("/capture", content=document(event(1)), headers=farm | JSON | XML)
    assert answer.status_code == 202
    where = answer.headers["location"]
    assert read(answer).get("captureID") == where.removeprefix("/capture/")
    assert client.get(where, headers=farm | XML).content == answer.content
    assert client.get(where, headers=farm | {"Accept": "text/csv"}).status_code == 406


def can_be(one: str) -> bool:
    """Whether XML has the character, by its parser."""
    try:
        ET.fromstring(f"<a>&#{ord(one)};</a>")  # noqa: S314 -- our own
    except ET.ParseError:
        return False
    return True


@given(st.text())
def test_whatever_a_problem_quotes_it_is_xml_and_nothing_of_it_is_an_element(text: str) -> None:
    found = ET.fromstring(in_xml.problem({"type": "t", "detail": text}))  # noqa: S314 -- ours
    assert [each.tag for each in found] == (["type", "detail"] if text else ["type"])
    kept = "".join(one if can_be(one) else "\ufffd" for one in text)
    lines = kept.replace("\r\n", "\n").replace("\r", "\n")  # as XML 1.0 §2.11 has ends of lines
    assert found.findtext("detail", "") == lines
