"""Events are given in the form that is asked for: JSON-LD or XML, codes and words spelled so."""

import pytest
from api_given import Client, document, event, events_of

from suyuan.service import Platform, follow
from suyuan.wire import read_document

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]
URN = "urn:epc:id:sgtin:6901234.000001.1"
LINK = "https://id.gs1.org/01/06901234000016/21/1"


@pytest.fixture
def held(client: Client, platform: Platform, farm: Headers) -> Headers:
    """The farm's key, with an event in the record."""
    client.post("/capture", content=document(event(1)), headers=farm | JSON)
    follow(platform)
    return farm


BROWSER = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("*/*", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("text/*", "text/xml"),
        ("application/xml;q=0.5, application/json;q=0.9", "application/json"),
        ("application/xml, */*;q=0.1", "application/xml"),
        ("application/json;q=0, */*", "application/ld+json"),
        (BROWSER, "application/ld+json"),
        ("text/html;q=0.5, application/xml", "application/xml"),
        ("text/html, application/xml;q=0.9", "application/xml"),
        ("", "application/ld+json"),
    ],
)
def test_the_form_wanted_most_is_given(
    client: Client, held: Headers, accept: str, given: str
) -> None:
    answer = client.get("/events", headers=held | {"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == given
    assert "Accept" in answer.headers["vary"]
    assert ("<?xml" in answer.text[:5]) is ("xml" in given)


def test_an_answer_in_xml_is_captured_again_as_a_repeat(client: Client, held: Headers) -> None:
    for url in ("/events", f"/events/{event(1)['eventID']}"):
        answer = client.get(url, headers=held | {"Accept": "application/xml"})
        opened = read_document(answer.content)
        assert (opened.kind, len(opened.events)) == ("EPCISQueryDocument", 1)
        headers = held | {"Content-Type": "application/xml"}
        again = client.post("/capture", content=answer.content, headers=headers)
        assert again.json()["counts"] == {"duplicate": 1}


def test_codes_are_spelled_as_the_header_says(client: Client, held: Headers) -> None:
    for asked, said in (
        ("No_Preference", URN),
        ("Never_Translates", URN),
        ("Always_EPC_URN", URN),
        ("Always_GS1_Digital_Link", LINK),
    ):
        answer = client.get("/events", headers=held | {"GS1-EPC-Format": asked})
        (one,) = events_of(answer.json())
        assert one["epcList"] == [said]
        told = "Never_Translates" if asked == "No_Preference" else asked
        assert answer.headers.get_list("gs1-epc-format") == [told]


def test_words_in_xml_are_spelled_as_the_header_says(client: Client, held: Headers) -> None:
    for asked, said in (
        ("Always_URN", "urn:epcglobal:cbv:bizstep:inspecting"),
        ("Always_Web_URI", "https://ref.gs1.org/cbv/BizStep-inspecting"),
    ):
        headers = held | {"Accept": "application/xml", "GS1-CBV-XML-Format": asked}
        answer = client.get("/events", headers=headers)
        assert f"<bizStep>{said}</bizStep>" in answer.text
        assert answer.headers.get_list("gs1-cbv-xml-format") == [asked]


def test_a_urn_that_cannot_be_made_is_refused_and_not_given_as_a_link(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent = document(event(1, epcList=[LINK]))
    client.post("/capture", content=sent, headers=farm | JSON)
    follow(platform)
    answer = client.get("/events", headers=farm | {"GS1-EPC-Format": "Always_EPC_URN"})
    assert (answer.status_code, answer.json()["rule"]) == (406, "convert.prefix")
    assert "保持原样" not in answer.json()["detail_zh"], "nothing is given"
    assert "kept as it is" not in answer.json()["detail_en"]
    assert LINK in answer.json()["detail_en"]


def test_pages_in_xml_go_on_where_they_ended(
    client: Client, platform: Platform, farm: Headers
) -> None:
    client.post("/capture", content=document(*map(event, range(5))), headers=farm | JSON)
    follow(platform)
    headers = farm | {"Accept": "application/xml"}
    url, found = "/events?perPage=2", 0
    while url:
        answer = client.get(url, headers=headers)
        found += len(read_document(answer.content).events)
        url = answer.links.get("next", {}).get("url", "")
    assert found == 5
