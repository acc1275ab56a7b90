"""Capture over HTTP: what is acknowledged can be asked for, and asked for again."""

import gzip
import json
import re
from urllib.parse import quote

import pytest
from api_given import SHOP, Client, Json, document, event, events_of

from suyuan.service import Platform, follow

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]


def test_what_is_captured_comes_back_as_it_was_sent(
    client: Client, platform: Platform, farm: Headers
) -> None:
    sent = [event(1), event(2, **{"suyuan:note": "二号猪"})]
    answer = client.post("/capture", content=document(*sent), headers=farm | JSON)
    assert answer.status_code == 202
    told = answer.json()
    assert told["counts"] == {"accepted": 2}
    first, second = (each["position"] for each in told["events"])
    assert second == first + 1
    assert (told["success"], told["running"]) == (True, False)
    assert "durable" in told["message"]["en"]
    assert told["message"]["zh"]

    follow(platform)
    found = events_of(client.get("/events", headers=farm).json())
    for was, now in zip(sent, found, strict=True):
        assert now.pop("recordTime")
        assert now == was

    (one,) = events_of(client.get(f"/events/{sent[0]['eventID']}", headers=farm).json())
    assert one["recordTime"] == told["events"][0]["recordTime"][:23] + "Z"


def test_an_event_stands_beside_its_error_declaration(client: Client, farm: Headers) -> None:
    wrong = event(1)
    declared = wrong | {
        "errorDeclaration": {
            "declarationTime": "2026-01-06T00:00:00Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:00000000-0000-0000-0000-000000000009"],
        }
    }
    for each in (wrong, declared):
        sent = client.post("/capture", content=document(each), headers=farm | JSON)
        assert sent.json()["counts"] == {"accepted": 1}
    found = events_of(client.get(f"/events/{wrong['eventID']}", headers=farm).json())
    assert ["errorDeclaration" in each for each in found] == [False, True]


@pytest.mark.parametrize(
    "name", ["https://example.com/e/a%2Fb?c=1", "urn:x:%C3%A4%20b", "tag:a,2026:b//c"]
)
def test_an_event_is_found_by_whatever_it_is_called(
    client: Client, farm: Headers, name: str
) -> None:
    client.post("/capture", content=document(event(1, eventID=name)), headers=farm | JSON)
    found = client.get(f"/events/{quote(name, safe='')}", headers=farm)
    assert [each["eventID"] for each in events_of(found.json())] == [name]


def test_the_job_can_be_asked_for_by_its_party_alone(
    client: Client, farm: Headers, shop: Headers
) -> None:
    answer = client.post("/capture", content=document(event(1)), headers=farm | JSON)
    where = answer.headers["location"]
    again = client.get(where, headers=farm)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert client.get(where, headers=shop).status_code == 404
    assert client.get(where).status_code == 404
    assert client.get("/capture/not-a-job", headers=farm).status_code == 404


def test_the_same_request_has_the_same_answer(
    client: Client, platform: Platform, farm: Headers
) -> None:
    """Events without an id get one; repeated under the same key they are not there twice."""
    nameless = event(1)
    del nameless["eventID"]
    headers = farm | JSON | {"Idempotency-Key": '"delivery 17"'}
    first, second = (
        client.post("/capture", content=document(nameless), headers=headers) for _ in range(2)
    )
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    follow(platform)
    assert len(events_of(client.get("/events", headers=farm).json())) == 1
    other = client.post("/capture", content=document(event(2)), headers=headers)
    assert (other.status_code, other.json()["rule"]) == (409, "capture.request-key")
    assert other.json()["place"] == "Idempotency-Key"
    assert "Idempotency-Key" in other.json()["cure_zh"]
    assert "new Idempotency-Key" in other.json()["cure_en"]


def test_rollback_takes_nothing_and_proceed_takes_what_is_good(
    client: Client, platform: Platform, farm: Headers
) -> None:
    mixed = document(event(1), event(2, eventTime="2999-01-01T00:00:00Z"), event(3))
    back = client.post("/capture", content=mixed, headers=farm | JSON)
    assert (back.status_code, back.json()["place"]) == (400, "eventList/1/eventTime")
    follow(platform)
    assert events_of(client.get("/events", headers=farm).json()) == []
    job = client.get(f"/capture/{back.json()['job']}", headers=farm).json()
    assert job["counts"] == {"refused": 3}

    on = farm | JSON | {"GS1-Capture-Error-Behaviour": "proceed"}
    forth = client.post("/capture", content=mixed, headers=on)
    assert (forth.status_code, forth.json()["success"]) == (202, False)
    assert [each["verdict"] for each in forth.json()["events"]] == [
        "accepted",
        "refused",
        "accepted",
    ]
    follow(platform)
    assert len(events_of(client.get("/events", headers=farm).json())) == 2
    off = farm | JSON | {"GS1-Capture-Error-Behaviour": "perhaps"}
    assert client.post("/capture", content=mixed, headers=off).status_code == 400


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("more", [[], [event(3)]])
def test_a_document_that_rolls_back_is_refused_though_it_repeats_what_is_on_record(
    client: Client, farm: Headers, form: str, more: list[Json]
) -> None:
    there, refused = event(1), event(2, eventTime="2025-12-31T00:00:00Z")
    first = client.post("/capture", content=document(there), headers=farm | JSON)
    assert first.json()["counts"] == {"accepted": 1}
    sent, headers = document(there, refused, *more), farm | JSON
    if form == "xml":
        sent = client.post("/convert?to=xml", content=sent, headers=headers).content
        headers = farm | {"Content-Type": "application/xml", "Accept": "application/xml"}
    sent = sent.replace(b"2025-12-31", b"2999-12-31")
    back = client.post("/capture", content=sent, headers=headers | {"Idempotency-Key": "back"})
    assert back.status_code == 400, back.text
    assert (
        "application/" + ("problem+xml" if form == "xml" else "problem+json")
        in (back.headers["content-type"])
    )
    assert "eventList/1/eventTime" in back.text
    job = client.get(back.headers["location"], headers=farm).json()
    assert (job["success"], job["counts"]["refused"]) == (False, 1 + len(more))
    again = client.post("/capture", content=sent, headers=headers | {"Idempotency-Key": "back"})
    assert again.status_code == 400
    on = headers | {"GS1-Capture-Error-Behaviour": "proceed"}
    assert client.post("/capture", content=sent, headers=on).status_code == 202


def versioned(version: str, *events: Json) -> bytes:
    return document(*events).replace(
        b'"schemaVersion": "2.0"', f'"schemaVersion": "{version}"'.encode()
    )


def test_what_is_odd_about_a_document_is_noted_with_it_and_refused_when_strict(
    client: Client, farm: Headers
) -> None:
    sent = versioned("1.2", event(1), event(2))
    answer = client.post("/capture?strict=true", content=sent, headers=farm | JSON)
    assert answer.status_code == 400
    told = answer.json()
    assert (told["rule"], told["place"]) == ("wire.document.edition", "/schemaVersion")
    assert "1.2" in told["detail_en"]
    key = {"Idempotency-Key": "k"}
    first = client.post("/capture", content=sent, headers=farm | JSON | key)
    assert (first.status_code, first.json()["counts"]) == (202, {"accepted": 2})
    where = first.headers["location"]
    again = client.post("/capture", content=sent, headers=farm | JSON | key)
    for each in (first, again, client.get(where, headers=farm)):
        (note,) = each.json()["notes"]
        assert (note["rule"], note["path"]) == ("wire.document.edition", "/schemaVersion")
        assert note["severity"] == "note"
        assert note["cure"]["zh"]
        own = [note["rule"] for one in each.json()["events"] for note in one["findings"]]
        assert set(own) == {"family.none"}
    plain = client.post("/capture", content=document(event(3)), headers=farm | JSON)
    assert plain.json()["notes"] == []


def test_what_is_odd_about_an_event_that_comes_alone_is_noted_with_it(
    client: Client, farm: Headers
) -> None:
    bare = json.dumps(event(1)).encode()
    answer = client.post("/events", content=bare, headers=farm | JSON)
    assert answer.status_code == 201
    assert answer.json()["findings"][0]["rule"] == "wire.context.missing"


def test_a_second_story_under_the_same_id_is_held_or_in_strict_mode_refused(
    client: Client, farm: Headers
) -> None:
    client.post("/capture", content=document(event(1)), headers=farm | JSON)
    other = document(event(1, bizStep="storing"))
    strict = client.post("/capture?strict=true", content=other, headers=farm | JSON)
    assert (strict.status_code, strict.json()["type"]) == (
        409,
        "epcisException:ResourceAlreadyExistsException",
    )
    lenient = client.post("/capture", content=other, headers=farm | JSON)
    assert lenient.json()["counts"] == {"held": 1}


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_unpacked_in_one_member_or_several(
    client: Client, farm: Headers, members: int
) -> None:
    plain = document(event(1))
    size = len(plain) // members + 1
    parts = [plain[at : at + size] for at in range(0, len(plain), size)]
    packed = b"".join(gzip.compress(part) for part in parts)
    headers = farm | {"Content-Type": "application/ld+json", "Content-Encoding": "gzip"}
    assert client.post("/capture", content=packed, headers=headers).status_code == 202


def test_a_query_document_and_a_bare_event_are_taken_too(
    client: Client, platform: Platform, farm: Headers
) -> None:
    client.post("/capture", content=document(event(1)), headers=farm | JSON)
    follow(platform)
    answer = client.get("/events", headers=farm).content
    again = client.post("/capture", content=answer, headers=farm | JSON)
    assert again.json()["counts"] == {"duplicate": 1}
    bare = json.dumps(event(2)).encode()
    assert client.post("/capture", content=bare, headers=farm | JSON).status_code == 202


def as_xml(number: int, inside: str = "") -> bytes:
    """The event of that number as a 1.2 partner sends it."""
    one = event(number)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:s="urn:suyuan:ns:1:"
  schemaVersion="1.2" creationDate="2026-01-10T00:00:00Z"><EPCISBody><EventList>
<ObjectEvent><eventTime>{one["eventTime"]}</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<baseExtension><eventID>{one["eventID"]}</eventID></baseExtension>
<epcList><epc>{one["epcList"][0]}</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:inspecting</bizStep>{inside}</ObjectEvent>
</EventList></EPCISBody></epcis:EPCISDocument>""".encode()


@pytest.mark.parametrize("form", ["application/xml", "text/xml; charset=utf-8"])
def test_xml_is_captured_and_comes_back_as_json(
    client: Client, platform: Platform, farm: Headers, form: str
) -> None:
    sent = as_xml(1, "<s:note>二号猪</s:note>")
    answer = client.post("/capture", content=sent, headers=farm | {"Content-Type": form})
    assert answer.status_code == 202, answer.text
    assert answer.json()["counts"] == {"accepted": 1}
    follow(platform)
    (found,) = events_of(client.get("/events", headers=farm).json())
    assert found.pop("recordTime")
    expected = event(1, **{"s:note": "二号猪"}) | {"@context": [{"s": "urn:suyuan:ns:1:"}]}
    found["@context"] = [item for item in found.get("@context", []) if "s" in item]
    assert found == expected


def test_the_same_event_in_xml_and_json_is_one(client: Client, farm: Headers) -> None:
    client.post("/capture", content=document(event(1)), headers=farm | JSON)
    headers = farm | {"Content-Type": "application/xml"}
    again = client.post("/capture", content=as_xml(1), headers=headers)
    assert again.json()["counts"] == {"duplicate": 1}


def test_what_is_wrong_in_xml_is_told_by_its_line(client: Client, farm: Headers) -> None:
    wrong = as_xml(1).replace(b"OBSERVE", b"LOOK")
    headers = farm | {"Content-Type": "application/xml"}
    problem = client.post("/capture", content=wrong, headers=headers).json()
    assert problem["rule"] == "wire.action"
    assert problem["place"] == "eventList/0/action (line 7)"


def test_a_partner_sees_of_an_event_in_xml_what_they_would_see_in_json(
    client: Client, platform: Platform, farm: Headers, shop: Headers
) -> None:
    sides = f"""<extension><destinationList>
      <destination type="urn:epcglobal:cbv:sdt:owning_party">{SHOP}</destination>
    </destinationList></extension><s:secret>7</s:secret>"""
    headers = farm | {"Content-Type": "application/xml"}
    client.post("/capture", content=as_xml(1, sides), headers=headers)
    follow(platform)
    (whole,) = events_of(client.get("/events", headers=farm).json())
    (part,) = events_of(client.get("/events", headers=shop).json())
    assert whole["s:secret"] == "7"
    assert "s:secret" not in part
    assert part["destinationList"] == [{"type": "owning_party", "destination": SHOP}]


def bare(number: int, **members: object) -> bytes:
    """A single event with its context."""
    return json.dumps(
        {"@context": json.loads(document())["@context"], **event(number, **members)}
    ).encode()


def test_one_event_is_created_and_found_where_the_answer_says(
    client: Client, platform: Platform, farm: Headers
) -> None:
    for number, (body, form) in enumerate(((bare(0), JSON), (single_xml(1), XML))):
        answer = client.post("/events", content=body, headers=farm | form)
        assert answer.status_code == 201, answer.text
        assert answer.json()["verdict"] == "accepted"
        follow(platform)
        (one,) = events_of(client.get(answer.headers["location"], headers=farm).json())
        assert one["eventID"] == event(number)["eventID"] == answer.json()["eventID"]


XML = {"Content-Type": "application/xml"}


def single_xml(number: int) -> bytes:
    whole = as_xml(number).decode()
    begin, end = whole.index("<ObjectEvent>"), whole.index("</EventList>")
    return whole[begin:end].encode()


def test_an_event_that_exists_is_not_created_again_but_a_repeated_request_is_answered(
    client: Client, farm: Headers
) -> None:
    keyed = farm | JSON | {"Idempotency-Key": "k1"}
    first = client.post("/events", content=bare(1), headers=keyed)
    assert first.status_code == 201
    again = client.post("/events", content=bare(1), headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    other = client.post("/events", content=bare(1), headers=farm | JSON)
    assert (other.status_code, other.json()["type"]) == (
        409,
        "epcisException:ResourceAlreadyExistsException",
    )
    held = client.post("/events", content=bare(1, bizStep="storing"), headers=farm | JSON)
    assert (held.status_code, held.json()["verdict"]) == (201, "held")


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (document(event(1)), 400, "epcis.single"),
        (bare(1, action="LOOK"), 400, "wire.action"),
        (b"{", 400, "wire.document.json"),
        (b"[]", 400, "wire.document.root"),
    ],
)
def test_what_is_no_good_single_event_creates_nothing(
    client: Client, farm: Headers, body: bytes, status: int, rule: str
) -> None:
    answer = client.post("/events", content=body, headers=farm | JSON)
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)
    assert client.post("/events", content=body, headers=JSON).status_code == 401


TEXTS = [f"{name}{end}" for name in ("title", "detail", "cure") for end in ("", "_zh", "_en")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_problem_and_an_error_of_a_job_are_told_in_one_way_and_one_language(
    client: Client, farm: Headers, lang: str
) -> None:
    asked = farm | JSON | {"Accept-Language": lang}
    proceed = asked | {"GS1-Capture-Error-Behaviour": "proceed"}
    taken = client.post(
        "/capture", content=document(event(1), event(2, action="add")), headers=proceed
    )
    (error,) = taken.json()["errors"]
    client.post("/queries", json={"name": "q", "query": {}}, headers=asked)
    problems = [
        client.post("/capture", content=document(event(3, action="add")), headers=asked),
        client.post("/events", content=json.dumps(event(4, action="add")), headers=asked),
        client.get("/events?EQ_bizStop=a", headers=asked),
        client.get("/events", headers=asked | {"Accept": "text/csv"}),
        client.post("/queries", json={"name": "a", "query": {"EQ_bizStop": 1}}, headers=asked),
        client.post("/queries/q/subscriptions", json={"dest": "ftp://a"}, headers=asked),
    ]
    for told in (error, *(each.json() for each in problems)):
        assert set(TEXTS) | {"type", "status", "place", "rule"} <= told.keys()
        for name in ("title", "detail", "cure"):
            assert told[name] == told[f"{name}_{lang}"]
            assert told[f"{name}_zh"] != told[f"{name}_en"]
            assert not re.search("[\u4e00-\u9fff]", told[f"{name}_en"])
    assert error["place"] == "eventList/1/action"
    assert "Accept-Language" in taken.headers["vary"]


NUL = '"suyuan:note": "\\u0000", "action"'


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"OBSERVE"', '"WATCH"'),  # read, and refused
        ('"ObjectEvent"', '"SomeEvent"'),  # of a kind that nobody reads
        ('"action"', '"action": "ADD", "action"'),  # no JSON that can be read
        ('"action"', NUL),  # which the database cannot hold
        ('"action"', f'"suyuan:note": "{"x" * (1 << 20)}", "action"'),  # too large
    ],
)
def test_a_refused_event_is_told_by_the_id_that_it_was_sent_with(
    client: Client, farm: Headers, was: str, now: str
) -> None:
    good, bad = event(1), event(2)
    written = json.dumps(bad)
    sent = document(good, bad).replace(written.encode(), written.replace(was, now, 1).encode())
    asked = farm | JSON | {"GS1-Capture-Error-Behaviour": "proceed"}
    told = client.post("/capture", content=sent, headers=asked).json()
    assert [each["verdict"] for each in told["events"]] == ["accepted", "refused"]
    assert [each["eventID"] for each in told["events"]] == [good["eventID"], bad["eventID"]]
    assert client.get(f"/capture/{told['captureID']}", headers=farm).json() == told


def test_an_id_that_cannot_be_told_is_left_out(client: Client, farm: Headers) -> None:
    twice = json.dumps(event(2)).replace('"action"', '"eventID": "urn:x:y", "action"')
    sent = document(event(1), event(2)).replace(json.dumps(event(2)).encode(), twice.encode())
    long = event(3, eventID="urn:x:" + "y" * 5_000)
    none = event(4, eventID=7)
    sent = sent.replace(b"]}}", b", " + json.dumps(long).encode() + b", "
                        + json.dumps(none).encode() + b"]}}")  # fmt: skip
    asked = farm | JSON | {"GS1-Capture-Error-Behaviour": "proceed"}
    told = client.post("/capture", content=sent, headers=asked).json()
    assert [each["eventID"] for each in told["events"]] == [event(1)["eventID"], None, None, None]


def test_a_refused_event_in_xml_is_told_by_its_id(client: Client, farm: Headers) -> None:
    name = "urn:uuid:00000000-0000-0000-0000-00000000000f"
    sent = f"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
        creationDate="2026-01-10T00:00:00Z"><EPCISBody><EventList><ObjectEvent>
        <eventTime>never</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <eventID>{name}</eventID><epcList/><action>ADD</action>
        </ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>"""
    headers = farm | {"Content-Type": "application/xml"}
    refused = client.post("/capture", content=sent, headers=headers)
    assert refused.status_code == 400
    (told,) = client.get(refused.headers["location"], headers=farm).json()["events"]
    assert told["eventID"] == name
