"""What is written is read again as the same: bytes, names, ids and times."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_samples import (
    EPCIS,
    EXAMPLE,
    OBJECT,
    SAMPLES,
    Json,
    answer,
    changed,
    document,
    events,
    meant,
    taken,
)

from suyuan.model import Event
from suyuan.wire import Mode, normal_bytes, read_document, write_document
from suyuan.wire.types import Kind, Outgoing, QueryName

NOW = datetime(2026, 3, 2, 1, 2, 3, 456_000, tzinfo=UTC)


def outgoing(data: bytes) -> list[Outgoing]:
    opened = read_document(data)
    return [Outgoing(raw=event.raw, context=opened.context) for event in opened.events]


def normals(data: bytes, mode: Mode = Mode.STRICT) -> list[bytes]:
    read = taken(data, mode)[1]
    found = [one.event for one in read]
    assert all(isinstance(event, Event) for event in found), read
    return [normal_bytes(event) for event in found if event is not None]


def written(sent: Sequence[Outgoing], kind: Kind = Kind.CAPTURE) -> Json:
    value: Json = json.loads(write_document(sent, kind=kind, created=NOW))
    return value


@given(st.lists(events(), max_size=4), st.sampled_from((Kind.CAPTURE, Kind.QUERY)))
def test_reading_writing_reading_gives_the_same_events(sent: list[Json], kind: Kind) -> None:
    data = document(*sent)
    again = write_document(outgoing(data), kind=kind, created=NOW)
    assert normals(again) == normals(data)
    assert read_document(again, mode=Mode.STRICT).kind is kind
    assert write_document(outgoing(again), kind=kind, created=NOW) == again


@given(st.lists(events(), min_size=1, max_size=4), st.data())
def test_prefixes_that_mean_different_things_stay_apart(
    sent: list[Json], data: st.DataObject
) -> None:
    contexts: list[Any] = [
        [EPCIS, EXAMPLE],
        [EPCIS, {"ex": "https://other.example/"}],
        [{"ex": "https://third.example/", "gs1": "https://gs1.org/voc/"}, EPCIS],
        [EPCIS, {"@vocab": "https://words.example/", **EXAMPLE}],
    ]
    documents = [document(event, context=data.draw(st.sampled_from(contexts))) for event in sent]
    before = [normal for one in documents for normal in normals(one, Mode.LENIENT)]
    together = [one for each in documents for one in outgoing(each)]
    assert normals(write_document(together, created=NOW), Mode.LENIENT) == before


def test_events_of_one_context_share_it_at_the_top() -> None:
    value = written(outgoing(document(*SAMPLES)))
    assert value["@context"] == [EPCIS, {"suyuan": "urn:suyuan:ns:1:"}, EXAMPLE]
    assert not any("@context" in event for event in value["epcisBody"]["eventList"])


def test_the_context_of_an_event_goes_with_it() -> None:
    inner = [{"un": "https://example.org/un#"}]
    event = changed(OBJECT, lambda one: one.update({"@context": inner, "un:x": 1}))
    data = document(event, OBJECT)
    again = write_document(outgoing(data), created=NOW)
    assert normals(again) == normals(data)


def test_what_the_server_made_is_added_and_the_rest_stays_as_it_was() -> None:
    event = changed(OBJECT, lambda one: one.pop("eventID"), lambda one: one.update({"ex:n": 1}))
    data = document(event).replace(b'"ex:n": 1', b'"ex:n": 1.00')
    (one,) = outgoing(data)
    own = Outgoing(raw=one.raw, context=one.context, event_id="urn:uuid:1", record_time=NOW)
    text = write_document([own], created=NOW).decode()
    (back,) = json.loads(text)["epcisBody"]["eventList"]
    assert back.pop("eventID") == "urn:uuid:1"
    assert back.pop("recordTime") == "2026-03-02T01:02:03.456Z"
    assert back == event
    assert '"ex:n":1.00' in text


def test_a_record_time_of_the_sender_is_replaced() -> None:
    event = changed(OBJECT, lambda one: one.update(recordTime="2020-01-01T00:00:00Z"))
    (one,) = outgoing(document(event))
    own = Outgoing(raw=one.raw, context=one.context, record_time=NOW)
    (back,) = written([own])["epcisBody"]["eventList"]
    assert back["recordTime"] == "2026-03-02T01:02:03.456Z"


def test_an_answer_names_its_query_and_subscription() -> None:
    sent = outgoing(answer(OBJECT))
    query = QueryName(name="mine", subscription="s1")
    value = json.loads(write_document(sent, kind=Kind.QUERY, created=NOW, query=query))
    results = value["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("mine", "s1")
    assert len(results["resultsBody"]["eventList"]) == 1


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_single_event_stands_alone(sample: Json) -> None:
    data = write_document(outgoing(document(sample)), kind=Kind.EVENT, created=NOW)
    opened = read_document(data, mode=Mode.STRICT)
    assert opened.kind is Kind.EVENT
    assert normals(data) == [normal_bytes(meant(sample))]


def test_a_document_without_events_is_a_document() -> None:
    assert written([])["epcisBody"] == {"eventList": []}
    assert tuple(read_document(write_document([], created=NOW), mode=Mode.STRICT).events) == ()


def test_the_head_is_kept_whole() -> None:
    vocabulary = {"type": "urn:epcglobal:epcis:vtyp:Location", "vocabularyElementList": []}
    header = {"epcisMasterData": {"vocabularyList": [vocabulary]}}
    people = {"sender": "urn:x:a", "receiver": "urn:x:b", "instanceIdentifier": "9"}
    data = document(OBJECT, epcisHeader=header, **people)
    opened = read_document(data, mode=Mode.STRICT)
    assert opened.fields["epcisHeader"] == header
    assert {key: opened.fields[key] for key in people} == people
    (raw,) = opened.events
    assert b"eventID" not in opened.head
    assert len(opened.head) + len(raw.raw) == len(data)


def test_the_event_list_may_come_before_the_context() -> None:
    assert normals(answer(*SAMPLES)) == normals(document(*SAMPLES))


def test_a_copy_of_the_event_list_elsewhere_is_left_alone() -> None:
    events_ = json.dumps([OBJECT])
    data = document(OBJECT, **{"ex:copy": 7}).replace(b"7,", events_.encode() + b",", 1)
    opened = read_document(data, mode=Mode.STRICT)
    assert opened.fields["ex:copy"] == [OBJECT]
    assert opened.fields["epcisBody"] == {"eventList": []}
    assert len(opened.events) == 1
