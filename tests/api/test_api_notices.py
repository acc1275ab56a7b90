"""A query that is probably not meant so is refused with its cure, or answered with a notice."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from api_given import Client, document, event, events_of

from suyuan.service import Platform, follow

Headers = dict[str, str]

SAID = r'%"[^"]*"|"(?:[^"\\]|\\.)*"'
ITEM = re.compile(rf"(?P<rule>[a-z][a-z.-]*)(?P<rest>(?:;[a-z_]+=(?:{SAID}))+)")
PARAMETER = re.compile(rf";(?P<name>[a-z_]+)=(?P<text>{SAID})")


def notices(answer: Any) -> list[dict[str, str]]:
    """The header, read as RFC 9651 has it: all of it, or it is none."""
    sent = answer.headers.get("suyuan-notice")
    if sent is None:
        return []
    items = list(ITEM.finditer(sent))
    assert ", ".join(each[0] for each in items) == sent
    return [{"rule": each["rule"]} | dict(map(_parameter, PARAMETER.finditer(each["rest"])))
            for each in items]  # fmt: skip


def _parameter(found: re.Match[str]) -> tuple[str, str]:
    text = found["text"]
    if text.startswith("%"):
        return found["name"], unquote(text[2:-1], errors="strict")
    return found["name"], re.sub(r"\\(.)", r"\1", text[1:-1])


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("EQ_bizStep=shiping", "shipping"),
        ("EQ_bizStep=Retail Selling", "retail_selling"),
        ("EQ_bizStep=shipping,receving", "receiving"),
        ("EQ_disposition=in_transitt", "in_transit"),
        ("EQ_errorReason=incorect_data", "incorrect_data"),
        ("EQ_bizTransaction_desadw=urn:x:y", "desadv"),
        ("EQ_source_owning_parti=urn:x:y", "owning_party"),
        ("EQ_destination_locatoin=urn:x:y", "location"),
        ("EQ_action=OBSERV", "OBSERVE"),
    ],
)
def test_a_bare_word_that_no_event_can_hold_is_refused_with_the_word_that_was_meant(
    client: Client, farm: Headers, query: str, meant: str
) -> None:
    answer = client.get(f"/events?{query}", headers=farm)
    told = answer.json()
    assert answer.status_code == 400
    assert told["type"] == "epcisException:QueryParameterException"
    assert told["place"] == query.partition("=")[0]
    assert meant in told["cure_zh"] + told["detail_zh"]
    assert meant in told["cure_en"] + told["detail_en"]
    name, _, value = query.partition("=")
    named = client.post("/queries", json={"name": "q", "query": {name: [value]}}, headers=farm)
    assert (named.status_code, named.json()["rule"]) == (400, told["rule"])
    assert client.get("/queries", headers=farm).json() == []


WRONG = "https://id.gs1.org/01/06901234567893/21/A1"


@pytest.mark.parametrize(
    ("query", "rule", "meant"),
    [
        ("EQ_type=Temprature", "query.word", "Temperature"),
        ("EQ_persistentDisposition_set=activ", "query.word", "active"),
        ("EQ_bizStep=urn:epcglobal:cbv:bizstep:shiping", "query.word", "shipping"),
        ("EQ_bizStep=https://ref.gs1.org/cbv/BizStep-shiping", "query.word", "shipping"),
        ("EQ_bizStep=ex:washing", "query.prefix", "GS1-Extensions"),
        (f"MATCH_epc={WRONG}", "query.code", "label"),
        ("MATCH_epc=甲", "query.code", "label"),
    ],
)
def test_what_may_be_somebodys_own_is_answered_and_told(
    client: Client, farm: Headers, query: str, rule: str, meant: str
) -> None:
    name, _, value = query.partition("=")
    for accept in ("application/json", "application/xml"):
        answer = client.get("/events", params={name: value}, headers=farm | {"Accept": accept})
        assert answer.status_code == 200
        (told,) = notices(answer)
        assert (told["rule"], told["place"]) == (rule, name)
        assert meant in told["cure_en"]
        assert value in told["en"]
        assert value in told["zh"]
        assert re.search("[\u4e00-\u9fff]", told["zh"])
        assert len(answer.headers["suyuan-notice"]) < 1_300


def test_what_is_meant_is_answered_and_nothing_said(
    client: Client, platform: Platform, farm: Headers
) -> None:
    own = event(1, bizStep="https://example.com/washing")
    client.post(
        "/capture", content=document(own), headers=farm | {"Content-Type": "application/json"}
    )
    follow(platform)
    for query in (
        "EQ_bizStep=https://example.com/washing",
        "EQ_action=OBSERVE&EQ_bizStep=shipping,https://example.com/washing",
        "MATCH_epc=urn:epc:id:sgtin:6901234.000001.1",
        "",
    ):
        answer = client.get(f"/events?{query}", headers=farm)
        assert len(events_of(answer.json())) == 1
        assert "suyuan-notice" not in answer.headers


def test_a_code_as_it_was_recorded_is_found_though_it_is_wrong(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent = document(event(1, epcList=[WRONG]))
    client.post("/capture", content=sent, headers=farm | {"Content-Type": "application/json"})
    follow(platform)
    answer = client.get("/events", params={"MATCH_epc": WRONG}, headers=farm)
    assert len(events_of(answer.json())) == 1
    assert [each["rule"] for each in notices(answer)] == ["query.code"]


def test_every_way_of_asking_tells_it(client: Client, farm: Headers) -> None:
    asked = {"name": "q", "query": {"MATCH_epc": [WRONG]}}
    hook = {"dest": "https://example.com/hook", "stream": True}
    wrong = WRONG.replace("/", "%2F")
    answers = (
        client.post("/queries", json=asked, headers=farm),
        client.get("/queries/q/events", headers=farm),
        client.post("/queries/q/subscriptions", json=hook, headers=farm),
        client.get(f"/epcs/{wrong}/events", headers=farm),
        client.get("/readPoints/https:%2F%2Fid.gs1.org%2F414%2F6901234567890/events", headers=farm),
        client.get("/vocabularies", params={"EQ_name": WRONG}, headers=farm),
    )
    for answer in answers:
        assert answer.status_code in {200, 201}, answer.text
        (told,) = notices(answer)
        assert "check character should be 2" in told["en"]


def test_only_the_first_are_told(client: Client, farm: Headers) -> None:
    answer = client.get("/events", params={"MATCH_epc": "|".join([WRONG] * 9)}, headers=farm)
    assert answer.status_code == 200
    assert len(notices(answer)) == 3
    assert len(answer.headers["suyuan-notice"]) < 4_000


def test_no_number_of_a_person_is_told_and_no_header_added(client: Client, farm: Headers) -> None:
    number = "11010119900307" + "1234"
    for value in (number, f"urn:x:{number}", f'a"\\\r\nSet-Cookie: a=b {number}'):
        answer = client.get("/events", params={"MATCH_epc": value}, headers=farm)
        assert answer.status_code == 200
        assert number not in answer.headers["suyuan-notice"]
        assert "set-cookie" not in answer.headers
        assert notices(answer)
