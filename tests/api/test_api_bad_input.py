"""Whatever is sent, the answer says what is wrong, where, by which rule and how to mend it."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from api_given import Client, document, event

from suyuan.service import Platform

JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "application/xml"}
GZIP = JSON | {"Content-Encoding": "gzip"}
Headers = dict[str, str]

GOOD = document(event(1))
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
DEEP = 10_000


def nested(depth: int) -> bytes:
    return GOOD.replace(
        b'"action"', b'"suyuan:deep": ' + b"[" * depth + b"]" * depth + b', "action"'
    )


# What is sent, under which headers, with which status and rule it is answered.
BAD = {
    "truncated": (GOOD[: len(GOOD) // 2], JSON, 400, "wire.document.json"),
    "not JSON": (b"bizStep: shipping", JSON, 400, "wire.document.json"),
    "not an object": (b"[1, 2]", JSON, 400, "wire.document.root"),
    "another type of document": (b'{"type": "Invoice"}', JSON, 400, "wire.document.root"),
    "a duplicate key": (
        GOOD.replace(b'"action"', b'"action": "ADD", "action"'), JSON, 400, "wire.event.json",
    ),
    "a duplicate key in the head": (
        GOOD.replace(b'"schemaVersion"', b'"type": "EPCISDocument", "schemaVersion"'),
        JSON, 400, "wire.document.json",
    ),
    "NaN": (GOOD.replace(b'"OBSERVE"', b"NaN"), JSON, 400, "wire.document.json"),
    "a number for a text": (document(event(1, bizStep=7)), JSON, 400, "wire.type"),
    "an object for a list": (
        document(event(1, epcList={"a": 1})), JSON, 400, "wire.type",
    ),
    "10,000 levels": (nested(DEEP), JSON, 400, None),
    "UTF-16": (GOOD.decode().encode("utf-16"), JSON, 400, "wire.document.json"),
    "GB18030": (
        document(event(1, **{"suyuan:note": "猪"})).decode().encode("gb18030"),
        JSON, 400, "wire.document.json",
    ),
    "a charset that is not UTF-8": (
        GOOD, {"Content-Type": "application/json; charset=gb18030"}, 415, "http.content-type",
    ),
    "XML by its header": (GOOD, {"Content-Type": "application/xml"}, 415, "http.content-type"),
    "JSON by its header": (b"<EPCISDocument/>", JSON, 415, "http.content-type"),
    "a document type": (b"<!DOCTYPE a []><EPCISDocument/>", XML, 400, "wire.xml"),
    "XML without events": (b"<EPCISDocument/>", XML, 400, "wire.document.event-list"),
    "an XML event that says nothing": (
        b"<EPCISDocument><EPCISBody><EventList><ObjectEvent/></EventList></EPCISBody></EPCISDocument>",
        XML, 400, "wire.required",
    ),
    "no type": (GOOD, {"Content-Type": ""}, 415, "http.content-type"),
    "an unknown compression": (
        GOOD, JSON | {"Content-Encoding": "br"}, 415, "http.encoding",
    ),
    "gzip that is none": (GOOD, GZIP, 400, "http.gzip"),
    "half a gzip": (gzip.compress(GOOD)[:-20], GZIP, 400, "http.gzip"),
    "gzip with a wrong sum": (
        gzip.compress(GOOD)[:-8] + b"\0" * 8, GZIP, 400, "http.gzip",
    ),
    "gzip and rubbish behind": (gzip.compress(GOOD) + b"rubbish", GZIP, 400, "http.gzip"),
    "nothing": (b"", JSON, 400, "http.empty"),
    "an unknown family": (
        document(event(1, **{"suyuan:family": "unicorns"})), JSON, 400, None,
    ),
    "the year 9999": (
        document(event(1, eventTime="9999-01-01T00:00:00Z")), JSON, 400, "wire.time.year",
    ),
    "tomorrow": (document(event(1, eventTime=TOMORROW)), JSON, 400, "general.time.future"),
    "no time": (document(event(1, eventTime=None)), JSON, 400, "wire.required"),
}  # fmt: skip


def rows(platform: Platform) -> dict[str, int]:
    """What stands in the tables, apart from capture's own and what binds its answer in the log."""
    tables = ("record.entry", "record.head", "ledger.leaf", "ledger.queue", "state.event")
    with platform.store.read() as conn:
        return {
            name: conn.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608
            for name in tables
        }


def is_helpful(problem: dict[str, object]) -> bool:
    texts = ("detail", "detail_zh", "detail_en", "cure", "cure_zh", "cure_en", "title", "rule")
    return all(problem.get(name) for name in texts) and "place" in problem


@pytest.mark.parametrize("what", list(BAD))
def test_bad_input_is_answered_with_place_rule_and_cure_and_leaves_nothing(
    client: Client, platform: Platform, farm: Headers, what: str
) -> None:
    body, headers, status, rule = BAD[what]
    before = rows(platform)
    leaves = before.pop("ledger.leaf") + before.pop("ledger.queue")
    answer = client.post("/capture", content=body, headers=farm | headers)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status), problem
    assert is_helpful(problem), problem
    assert problem["place"]
    assert rule is None or problem["rule"] == rule, problem
    bound = "location" in answer.headers  # the job result, to be had again
    after = rows(platform)
    assert after.pop("ledger.leaf") + after.pop("ledger.queue") == leaves + bound
    assert after == before
    if bound:
        job = client.get(answer.headers["location"], headers=farm).json()
        assert (job["success"], job["counts"].get("accepted")) == (False, None)
    good = client.post("/capture", content=GOOD, headers=farm | JSON)
    assert good.status_code == 202


def test_an_unknown_family_is_named(client: Client, farm: Headers) -> None:
    body = BAD["an unknown family"][0]
    problem = client.post("/capture", content=body, headers=farm | JSON).json()
    assert "unicorns" in problem["detail_en"] + problem["detail_zh"]
    assert problem["rule"].startswith(("families.", "check.", "general.", "family."))


def test_a_body_of_a_hundred_megabytes_is_refused_without_being_kept(
    client: Client, farm: Headers
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * (1 << 20)

    answer = client.post("/capture", content=endless(), headers=farm | JSON)
    assert (answer.status_code, answer.json()["rule"]) == (413, "http.too-large")
    assert is_helpful(answer.json())
    assert answer.json()["type"] == "epcisException:CaptureLimitExceededException"


def test_a_small_gzip_of_a_large_body_is_refused_as_large(
    client: Client, platform: Platform, farm: Headers
) -> None:
    limit = platform.config.max_document
    bomb = gzip.compress(b" " * (limit + 1), 9)
    assert len(bomb) < limit // 500
    answer = client.post("/capture", content=bomb, headers=farm | GZIP)
    assert (answer.status_code, answer.json()["rule"]) == (413, "http.too-large")


@pytest.mark.parametrize("more", [0, 1])
def test_the_limit_of_bytes_is_the_one_that_is_told(
    client: Client, farm: Headers, more: int
) -> None:
    limit = int(client.options("/capture").headers["gs1-epcis-capture-file-size-limit"])
    sent = document(event(1))
    answer = client.post(
        "/capture", content=sent + b" " * (limit + more - len(sent)), headers=farm | JSON
    )
    assert answer.status_code == (413 if more else 202), answer.text


def test_too_many_events_are_refused_as_large(client: Client, farm: Headers) -> None:
    limit = int(client.options("/capture").headers["gs1-epcis-capture-limit"])
    many = document(*[event(1)] * (limit + 1))
    answer = client.post("/capture", content=many, headers=farm | JSON)
    assert (answer.status_code, answer.json()["rule"]) == (413, "wire.document.events")


def test_every_finding_of_a_bad_document_is_told(client: Client, farm: Headers) -> None:
    bad = document(event(1, bizStep=7, disposition=8), event(2), event(3, action="EAT"))
    problem = client.post("/capture", content=bad, headers=farm | JSON).json()
    assert {each["path"] for each in problem["findings"]} == {
        "eventList/0/bizStep",
        "eventList/0/disposition",
        "eventList/2/action",
    }


@pytest.mark.parametrize(("accepted", "lang"), [("en-GB,en;q=0.9", "en"), ("fr, zh;q=0.5", "zh")])
def test_a_problem_speaks_the_language_asked_for_and_has_both(
    client: Client, farm: Headers, accepted: str, lang: str
) -> None:
    headers = farm | JSON | {"Accept-Language": accepted}
    answer = client.post("/capture", content=b"{", headers=headers)
    problem = answer.json()
    assert answer.headers["content-language"].startswith(lang)
    assert problem["detail"] == problem[f"detail_{lang}"]
    assert problem["detail_zh"] != problem["detail_en"]


def test_all_bad_events_of_a_batch_together_leave_the_good_ones_to_proceed(
    client: Client, farm: Headers
) -> None:
    events = json.loads(GOOD)["epcisBody"]["eventList"]
    mixed = document(*events, event(2, eventTime=TOMORROW), event(3, bizStep=[]))
    on = farm | JSON | {"GS1-Capture-Error-Behaviour": "proceed"}
    answer = client.post("/capture", content=mixed, headers=on)
    assert answer.json()["counts"] == {"accepted": 1, "refused": 2}


@pytest.mark.parametrize("face", ["trace", "scope"])
def test_a_window_that_ends_before_it_begins_is_no_question(
    client: Client, farm: Headers, face: str
) -> None:
    """Nothing would be in it: whoever turned the days round would take that for the answer."""
    days = {"thing": "6901234567892", "start": "2026-03-02", "end": "2026-03-01"}
    for form in ({}, {"format": "csv"}):
        refused = client.get(f"/{face}", params=days | form, headers=farm)
        assert refused.status_code == 400, refused.text
        told = refused.json()
        assert (told["rule"], told["place"]) == ("trace.window", "end")
        assert told["detail_zh"]
        assert told["detail_en"]
    one_day = days | {"end": "2026-03-02"}
    assert client.get(f"/{face}", params=one_day, headers=farm).status_code == 200


CURED = {
    "an empty body of XML": (b"", XML, 400, "http.empty", "in XML as the body"),
    "an empty body of JSON": (b"", JSON, 400, "http.empty", "in JSON as the body"),
    "white space for XML": (b"\r\n \n", XML, 400, "http.empty", "in XML as the body"),
    "a mark and nothing": (b"\xef\xbb\xbf", JSON, 400, "http.empty", "in JSON as the body"),
    "gzip of nothing": (gzip.compress(b""), GZIP, 400, "http.empty", "in JSON as the body"),
    "XML cut off": (b"<EPCISDocument><EPCISBo", XML, 400, "wire.xml", "get the whole"),
    "XML cut between tags": (b"<EPCISDocument>", XML, 400, "wire.xml", "get the whole"),
    "JSON cut off": (GOOD[:-9], JSON, 400, "wire.document.json", "get the whole"),
    "JSON called XML": (GOOD, XML, 415, "http.content-type", "application/json"),
    "XML called JSON": (b"<a/>", JSON, 415, "http.content-type", "application/xml"),
    "XML without its beginning": (b"CISDocument/>", XML, 415, "http.content-type", "begins with <"),
    "JSON in GBK": (
        document(event(1, **{"suyuan:note": "二号猪场"})).decode().encode("gbk"),
        JSON, 400, "wire.document.json", "Excel or WPS",
    ),
    "XML in GBK": (
        "<EPCISDocument>二号猪场</EPCISDocument>".encode("gbk"),
        XML, 400, "wire.xml", "Excel or WPS",
    ),
    "GBK by its header": (
        GOOD, {"Content-Type": "application/json; charset=gbk"},
        415, "http.content-type", "Excel or WPS",
    ),
    "a table": (b"bizStep,epc\n", JSON, 400, "wire.document.json", "begins with {"),
}  # fmt: skip


@pytest.mark.parametrize("name", CURED)
def test_the_cure_fits_the_form_that_was_sent(client: Client, farm: Headers, name: str) -> None:
    body, headers, status, rule, cure = CURED[name]
    for path in ("/capture", "/events", "/convert?to=xml"):
        answer = client.post(path, content=body, headers=farm | headers)
        told = answer.json()
        assert (answer.status_code, told["rule"]) == (status, rule), path
        assert cure in told["cure_en"], path
        assert "JSON library" not in told["cure_en"]
        assert told["cure_zh"] != told["cure_en"]
        if "GBK" in name:
            assert "gbk" in told["detail_en"].lower()
            assert "gbk" in told["detail_zh"].lower()
