"""Prefer: respond-async: a document is handed over, and its job tells later what became of it."""

import gzip
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from api_given import CONTEXT, FARM, Client, Json, document, event, events_of
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.api.preferring import wants_no_outcome
from suyuan.capture.types import Room
from suyuan.main import asgi
from suyuan.service import Platform, follow, revoke_key, waiting

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}
ASYNC = JSON | {"Prefer": "respond-async"}
TOKEN = st.from_regex(r"[a-z!#$%&'*+.^_`|~0-9-]{1,12}", fullmatch=True)
QUOTED = st.from_regex(r'"([ -!#-\[\]-~]|\\.){0,12}"', fullmatch=True)


def handed(client: Client, content: bytes, headers: Headers, **more: str) -> Any:
    return client.post("/capture", content=content, headers=headers | ASYNC | more)


def captured(client: Client, platform: Platform, answer: Any, headers: Headers) -> Json:
    """The job once its document was captured."""
    assert waiting.take_next(platform)
    told: Json = client.get(answer.headers["location"], headers=headers).json()
    return told


def lasting(told: Json) -> Json:
    """What a job says of its events, but for its own number, its times and where they are."""
    events = [
        {name: value for name, value in each.items() if name not in {"position", "recordTime"}}
        for each in told["events"]
    ]
    own = {"captureID", "createdAt", "finishedAt", "running", "message"}
    return {name: value for name, value in told.items() if name not in own} | {"events": events}


def test_a_document_is_acknowledged_at_once_and_captured_later(
    client: Client, platform: Platform, farm: Headers
) -> None:
    answer = handed(client, document(event(1), event(2)), farm)
    assert answer.status_code == 202, answer.text
    assert answer.headers["preference-applied"] == "respond-async"
    told = answer.json()
    assert answer.headers["location"] == f"/capture/{told['captureID']}"
    assert (told["running"], told["success"], told["events"], told["errors"]) == (
        True, True, [], [],
    )  # fmt: skip
    assert "finishedAt" not in told
    assert "wait" in told["message"]["en"]
    assert client.get(answer.headers["location"], headers=farm).json() == told
    follow(platform)
    assert events_of(client.get("/events", headers=farm).json()) == []

    done = captured(client, platform, answer, farm)
    assert (done["running"], done["success"], done["counts"]) == (False, True, {"accepted": 2})
    assert done["createdAt"] == told["createdAt"] <= done["finishedAt"]
    first, second = (each["position"] for each in done["events"])
    assert second == first + 1
    follow(platform)
    assert len(events_of(client.get("/events", headers=farm).json())) == 2
    assert not waiting.take_next(platform)


def test_without_the_preference_the_answer_comes_after_the_commit_and_says_nothing_of_it(
    client: Client, farm: Headers
) -> None:
    for prefer in ({}, {"Prefer": "return=minimal, wait=5"}, {"Prefer": 'x="respond-async"'}):
        answer = client.post("/capture", content=document(event(1)), headers=farm | JSON | prefer)
        assert answer.json()["running"] is False
        assert "preference-applied" not in answer.headers


def test_the_preference_counts_wherever_it_stands(client: Client, farm: Headers) -> None:
    sent = [*(farm | JSON).items(), ("Prefer", "return=minimal"), ("Prefer", "Respond-Async;a=1")]
    answer = client.post("/capture", content=document(event(1)), headers=sent)
    assert answer.json()["running"] is True


def test_one_event_is_answered_after_the_commit_whatever_is_preferred(
    client: Client, farm: Headers
) -> None:
    one = json.dumps(event(1) | {"@context": CONTEXT}).encode()
    answer = client.post("/events", content=one, headers=farm | ASYNC)
    assert (answer.status_code, answer.json()["verdict"]) == (201, "accepted")
    assert "preference-applied" not in answer.headers


@given(
    before=st.lists(st.tuples(TOKEN, st.none() | TOKEN | QUOTED), max_size=3),
    after=st.lists(st.tuples(TOKEN, st.none() | TOKEN | QUOTED), max_size=3),
    spelled=st.sampled_from(["respond-async", "Respond-ASYNC", 'respond-async=""', None]),
    space=st.sampled_from(["", " ", "\t "]),
)
def test_a_preference_is_read_as_its_grammar_has_it(
    before: list[tuple[str, str | None]],
    after: list[tuple[str, str | None]],
    spelled: str | None,
    space: str,
) -> None:
    """RFC 7240 §2; what stands in a quoted value or behind a semicolon is no preference."""
    others = [name + ("" if value is None else f"={value}") for name, value in [*before, *after]]
    own = [] if spelled is None else [f"{spelled}{space};{space}a=b"]
    header = f"{space},{space}".join([*others[: len(before)], *own, *others[len(before) :]])
    named = any(
        name == "respond-async" and value in (None, '""') for name, value in [*before, *after]
    )
    assert wants_no_outcome(header) is (spelled is not None or named)


@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
@pytest.mark.parametrize(
    "content",
    [
        document(event(1), event(2)),
        document(event(1), event(2, eventTime="never"), event(3)),
        document(event(1), event(1), event(2, epcList=["urn:epc:id:sgtin:1"])),
        document(event(1), event(2))[:-40],
        document(),
        b"{}",
        b"[",
        b'{"@context": [], "type": "EPCISDocument"}',
    ],
    ids=["good", "one-bad", "twice", "truncated", "empty", "object", "no-json", "no-version"],
)
def test_a_job_tells_later_what_it_would_have_told_at_once(
    client: Client, platform: Platform, farm: Headers, shop: Headers, content: bytes, behaviour: str
) -> None:
    more = {"GS1-Capture-Error-Behaviour": behaviour}
    at_once = client.post("/capture", content=content, headers=farm | JSON | more)
    other = content.replace(b"000001.", b"000002.")  # its own things
    answer = handed(client, other, shop, **more)
    assert answer.status_code == 202
    later = captured(client, platform, answer, shop)
    assert later["running"] is False
    known = client.get(at_once.headers["location"], headers=farm).json()
    assert repr(lasting(later)).replace("000002.", "000001.") == repr(lasting(known))
    assert later["success"] is (at_once.status_code == 202 and known["success"])


def test_with_rollback_nothing_of_a_document_is_there_and_the_job_says_so(
    client: Client, platform: Platform, farm: Headers
) -> None:
    answer = handed(client, document(event(1), event(2, eventTime="never")), farm)
    done = captured(client, platform, answer, farm)
    assert (done["success"], done["counts"]) == (False, {"refused": 2})
    (error,) = done["errors"]
    assert error["place"].startswith("eventList/1/")
    assert {"rule", "cure_zh", "detail_en"} <= error.keys()
    follow(platform)
    assert events_of(client.get("/events", headers=farm).json()) == []


def test_nobody_else_sees_what_waits(
    client: Client, farm: Headers, shop: Headers, platform: Platform
) -> None:
    where = handed(client, document(event(1)), farm).headers["location"]
    for _ in range(2):
        assert client.get(where, headers=shop).status_code == 404
        assert client.get(where).status_code == 404
        assert client.get("/capture", headers=shop).json() == []
        waiting.take_next(platform)


def test_the_list_of_jobs_has_those_that_wait_page_by_page(
    client: Client, farm: Headers, platform: Platform
) -> None:
    sent = [handed(client, document(event(each)), farm).json()["captureID"] for each in range(5)]
    waiting.take_next(platform)
    url, seen = "/capture?perPage=2", list[Json]()
    while url:
        page = client.get(url, headers=farm)
        seen += page.json()
        link = page.headers.get("link", "")
        url = link.partition("<")[2].partition(">")[0]
    assert [each["captureID"] for each in seen] == sent[::-1]
    assert [each["running"] for each in seen] == [True, True, True, True, False]
    assert ["finishedAt" in each for each in seen] == [False, False, False, False, True]


def test_a_job_that_waits_is_told_in_xml_as_in_json(client: Client, farm: Headers) -> None:
    where = handed(client, document(event(1)), farm).headers["location"]
    answer = client.get(where, headers=farm | {"Accept": "application/xml"})
    found = ET.fromstring(answer.content)  # noqa: S314 -- our own answer
    assert (found.attrib["running"], found.attrib["success"]) == ("true", "true")
    assert found.findtext("createdAt")
    assert found.find("finishedAt") is None


def test_a_repeat_by_key_is_told_the_same_job_before_and_after(
    client: Client, platform: Platform, farm: Headers
) -> None:
    key = {"Idempotency-Key": "k"}
    first = handed(client, document(event(1)), farm, **key)
    again = handed(client, document(event(1)), farm, **key)
    at_once = client.post("/capture", content=document(event(1)), headers=farm | JSON | key)
    assert again.json() == first.json() == at_once.json()
    assert at_once.status_code == 202
    other = handed(client, document(event(2)), farm, **key)
    assert (other.status_code, other.json()["rule"]) == (409, "capture.request-key")

    done = captured(client, platform, first, farm)
    assert not waiting.take_next(platform)
    assert handed(client, document(event(1)), farm, **key).json() == done
    now = client.post("/capture", content=document(event(1)), headers=farm | JSON | key)
    assert now.json() == done


def test_what_was_answered_at_once_is_not_handed_over_again_by_its_key(
    client: Client, platform: Platform, farm: Headers
) -> None:
    key = {"Idempotency-Key": "k"}
    first = client.post("/capture", content=document(event(1)), headers=farm | JSON | key).json()
    again = handed(client, document(event(1)), farm, **key)
    assert again.json() == first
    assert not waiting.take_next(platform)


def test_what_was_handed_over_is_captured_though_its_key_was_revoked_since(
    client: Client, platform: Platform, farm: Headers
) -> None:
    """Who handed it over was known then; a key may be renewed at any time and loses nothing."""
    answer = handed(client, document(event(1)), farm)
    revoke_key(platform, FARM)
    assert client.get(answer.headers["location"], headers=farm).status_code == 401
    assert handed(client, document(event(2)), farm).status_code == 401
    assert waiting.take_next(platform)
    assert not waiting.take_next(platform)
    follow(platform)
    with platform.store.read() as conn:
        rows = conn.execute("select party, counts from capture.job").fetchall()
    assert rows == [(FARM, {"accepted": 1})]


@pytest.mark.parametrize(
    ("content", "more", "status"),
    [
        (b"", {}, 400),
        (gzip.compress(document(event(1)))[:-9], {"Content-Encoding": "gzip"}, 400),
        (document(event(1)), {"Content-Type": "text/plain"}, 415),
        (document(event(1)), {"Content-Type": "application/xml"}, 415),
        (document(event(1)), {"GS1-Capture-Error-Behaviour": "maybe"}, 400),
        (document(event(1)), {"Authorization": "Bearer none"}, 401),
        (b" " * (33 << 20), {}, 413),
    ],
    ids=["empty", "half-gzip", "text", "no-xml", "behaviour", "nobody", "large"],
)
def test_what_cannot_be_handed_over_is_refused_at_once_and_nothing_waits(
    client: Client, platform: Platform, farm: Headers, content: bytes, more: Headers, status: int
) -> None:
    answer = handed(client, content, farm, **more)
    assert answer.status_code == status
    assert "preference-applied" not in answer.headers
    assert waiting.queue(platform).documents == 0


def test_gzip_and_xml_are_handed_over_too(
    client: Client, platform: Platform, farm: Headers
) -> None:
    packed = handed(client, gzip.compress(document(event(1))), farm, **{"Content-Encoding": "gzip"})
    assert captured(client, platform, packed, farm)["counts"] == {"accepted": 1}
    to_xml = client.post("/convert?to=xml", content=document(event(2)), headers=farm | JSON)
    in_xml = handed(client, to_xml.content, farm, **{"Content-Type": "application/xml"})
    assert captured(client, platform, in_xml, farm)["counts"] == {"accepted": 1}


def small(platform: Platform, **room: int) -> Platform:
    config = structs.replace(platform.config, room=structs.replace(Room(), **room))
    return structs.replace(platform, config=config)


def test_how_much_may_wait_is_said_by_options(platform: Platform) -> None:
    other = small(platform, of_party=3, bytes_of_all=1 << 30)
    with client_of(other) as client:
        told = client.options("/capture").headers["suyuan-waiting-limit"]
    assert dict(each.split("=") for each in told.split(", ")) == {
        "documents": "3",
        "bytes": str(256 << 20),
        "documents-in-all": "1000",
        "bytes-in-all": str(1 << 30),
        "tries": "12",
    }


def client_of(platform: Platform) -> Client:
    return Client(asgi(platform), raise_server_exceptions=False)


@pytest.mark.parametrize("room", [{"of_party": 2}, {"bytes_of_party": 1_000}])
def test_of_one_party_only_so_much_waits_and_others_have_their_room(
    platform: Platform, farm: Headers, shop: Headers, room: dict[str, int]
) -> None:
    with client_of(small(platform, **room)) as client:
        one = document(event(1))
        assert 340 < len(one) < 500
        assert [handed(client, one, farm).status_code for _ in range(3)] == [202, 202, 429]
        full = handed(client, one, farm, **{"Idempotency-Key": "k"})
        assert full.status_code == 429
        told = full.json()
        assert (told["rule"], told["place"]) == ("capture.waiting", "Prefer: respond-async")
        assert told["type"] == "epcisException:CaptureLimitExceededException"
        assert int(full.headers["retry-after"]) > 0
        assert "没有收下" in told["detail_zh"]
        assert "not taken" in told["detail_en"]
        assert "Prefer" in told["cure_en"]
        assert "Prefer" in told["cure_zh"]
        assert handed(client, one, shop).status_code == 202
        at_once = client.post("/capture", content=one, headers=farm | JSON)
        assert at_once.json()["counts"] == {"accepted": 1}
        assert waiting.queue(platform).documents == 3
        assert waiting.take_next(platform)
        assert handed(client, one, farm).status_code == 202


@pytest.mark.parametrize("room", [{"of_all": 2}, {"bytes_of_all": 1_000}])
def test_of_all_only_so_much_waits(
    platform: Platform, farm: Headers, shop: Headers, room: dict[str, int]
) -> None:
    with client_of(small(platform, **room)) as client:
        one = document(event(1))
        assert [handed(client, one, each).status_code for each in (farm, shop, farm)] == [
            202, 202, 503,
        ]  # fmt: skip
        full = handed(client, one, shop, **{"Idempotency-Key": "k"})
        told = full.json()
        assert (full.status_code, told["rule"]) == (503, "capture.busy")
        assert int(full.headers["retry-after"]) > 0
        assert "没有收下" in told["detail_zh"]
        assert "not taken" in told["detail_en"]
        assert waiting.queue(platform).documents == 2


def test_a_repeat_needs_no_room(platform: Platform, farm: Headers) -> None:
    with client_of(small(platform, of_party=1)) as client:
        key = {"Idempotency-Key": "k"}
        first = handed(client, document(event(1)), farm, **key)
        assert handed(client, document(event(1)), farm, **key).json() == first.json()


def test_one_document_alone_may_have_any_size_that_documents_may(
    platform: Platform, farm: Headers
) -> None:
    with client_of(small(platform, bytes_of_party=1, bytes_of_all=1)) as client:
        assert handed(client, document(event(1)), farm).status_code == 202
        assert handed(client, document(event(2)), farm).status_code == 429


def test_readiness_and_metrics_tell_how_many_wait_and_how_long(
    client: Client, farm: Headers, platform: Platform
) -> None:
    assert (client.get("/readyz").json()["waiting"], client.get("/readyz").json()["oldest"]) == (
        0, 0,
    )  # fmt: skip
    handed(client, document(event(1)), farm)
    handed(client, document(event(2)), farm)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["waiting"]) == (200, 2)
    assert 0 < ready.json()["oldest"] < 600
    said = client.get("/metrics").text
    assert "suyuan_capture_waiting_documents 2.0" in said
    found = re.search(r"^suyuan_capture_waiting_oldest_seconds ([0-9.e-]+)$", said, re.MULTILINE)
    assert found
    assert float(found[1]) > 0
    while waiting.take_next(platform):
        pass
    assert "suyuan_capture_waiting_documents 0.0" in client.get("/metrics").text
