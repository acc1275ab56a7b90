"""The interoperability cases of EPCIS 1.0: what REST can ask of them has the answer they declare.

Each event is recorded at its own eventTime, as the cases suppose; only this loader sets a clock.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exchange_given import FARM, all_pages, capturer, reader

from suyuan.capture import Options
from suyuan.kit import SuyuanError
from suyuan.service import Config, Platform, capture, follow, on_store
from suyuan.service.conforming import conformance
from suyuan.service.querying import vocabularies
from suyuan.store import Store
from suyuan.wire import Mode, read_document, read_event
from suyuan.wire.types import RawEvent

Params = list[tuple[str, list[str]]]
Key = tuple[str, datetime, str]
ANSWERED = "EPCIS 1.0 answers otherwise"
EXPRESSIBLE = {"QueryResults", "QueryParameterException"}


class Clock:
    """It says the time that it is set to."""

    def __init__(self) -> None:
        self.now = datetime(2006, 6, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def cases(folder: Path) -> Iterator[tuple[str, Params, str, list[list[str]]]]:
    """Those that REST can put: what is asked, what is answered, and with which events.

    Not of state that a server may be in (too complex, broken), nor subscriptions of SOAP.
    """
    for name, case in json.loads((folder / "cases.json").read_text()).items():
        for asked, answer in zip(case["requests"], case.get("responses", ()), strict=False):
            is_asked = asked["op"] == "Poll" and asked["query"] == ["SimpleEventQuery"]
            if is_asked and answer["root"] in EXPRESSIBLE:
                yield name, asked["params"], answer["root"], answer["event_keys"]


def in_rest(params: Params) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The parameters as REST spells them, and the prefixes of extensions."""
    asked: dict[str, list[str]] = {}
    extensions: dict[str, str] = {}
    for name, values in params:
        sign, _, rest = name.partition("_")
        namespace, hash_sign, local = rest.partition("#")
        if hash_sign:
            extensions["hls"] = namespace
            name = f"{sign}_hls:{local}"  # noqa: PLW2901 -- the same, in the other spelling
            values = ["true"] if sign == "EXISTS" else values  # noqa: PLW2901 -- as above
        elif sign == "EQATTR":
            name = f"EQ_ATTR_{rest}"  # noqa: PLW2901 -- as above
        asked[name] = values
    return asked, extensions


def withdrawn(params: Params) -> str:
    """Why edition 2.0 answers otherwise than 1.0 did, or nothing."""
    said = dict(params)
    for name, values in said.items():
        if name.endswith("_quantity") and any("." in value for value in values):
            return "a quantity is a real number since 1.1"
        if name.startswith("MATCH_") and any(
            value.startswith("urn:epc:id:") and value.endswith("*") for value in values
        ):
            return "a pattern is urn:epc:idpat:…, and urn:epc:id: names one thing"
        if values == [""]:
            return "a value that is empty is none"
    return ""


def load(platform: Platform, clock: Clock, folder: Path) -> None:
    """Record every event at its own time; the first with the master data in its header."""
    by = capturer(platform)
    found: list[tuple[datetime, RawEvent]] = []
    for file in sorted((folder / "events").glob("*.xml")):
        document = read_document(file.read_bytes())
        for raw in document.events:
            read = read_event(raw, document.context, capturer=FARM, mode=Mode.LENIENT)
            assert read.event is not None, read.findings
            found.append((read.event.event_time, raw))
    assert len(found) > 150
    found.sort(key=lambda one: one[0])
    for number, (at, raw) in enumerate(found):
        clock.now = at
        sent = raw.raw if number else with_master_data(folder, raw.raw)
        result = capture(platform, sent, by, Options())
        assert result.success, result
    follow(platform)


def with_master_data(folder: Path, event: bytes) -> bytes:
    """A document of one event, with all master data in its header."""
    (file,) = (folder / "masterdata").glob("*.xml")
    text = file.read_text()
    begin, end = text.index("<VocabularyList>"), text.index("</VocabularyList>")
    return (
        '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" '
        'creationDate="2006-06-25T00:00:00Z"><EPCISHeader><extension><EPCISMasterData>'
        f"{text[begin:end]}</VocabularyList></EPCISMasterData></extension></EPCISHeader>"
        f"<EPCISBody><EventList>{event.decode()}</EventList></EPCISBody></epcis:EPCISDocument>"
    ).encode()


def key_of(event: dict[str, Any]) -> Key:
    """The type, the time and the first thing, by which the cases name an event."""
    things = [event.get("parentID"), *event.get("epcList", []), *event.get("childEPCs", [])]
    things += [each["epcClass"] for each in event.get("quantityList", [])]
    first = next(each for each in things if each)
    return event["type"], datetime.fromisoformat(event["eventTime"]), first


def expected(key: list[str]) -> Key:
    kind, at, thing = key
    kind = "ObjectEvent" if kind == "QuantityEvent" else kind  # withdrawn in 2.0
    return kind, datetime.fromisoformat(at), thing


@pytest.mark.shared
def test_what_rest_can_ask_of_the_cases_has_the_answer_that_they_declare(
    database: Store, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "epcis" / "Fosstrak-fosstrak-epcis"
    clock = Clock()
    platform = on_store(database, Config(data_dir=tmp_path), clock=clock)
    load(platform, clock, folder)
    wrong, same, otherwise = {}, [], {}
    for name, params, root, keys in cases(folder):
        asked, extensions = in_rest(params)
        try:
            found = all_pages(platform, asked, reader(), extensions=extensions)
            answer = ("QueryResults", Counter(map(key_of, found)))
        except SuyuanError as error:
            answer = ("QueryParameterException", Counter())
            told = str(error)
        else:
            told = f"{len(found)} events"
        if answer == (root, Counter(map(expected, keys))):
            same.append(name)
        elif withdrawn(params):
            otherwise[name] = withdrawn(params)
        else:
            wrong[name] = f"{params}: {told}, where {root} with {len(keys)} was declared"
    assert wrong == {}
    assert len(same) > 4 * len(otherwise), otherwise
    told = {each.note.en for each in conformance() if each.note and each.name.startswith(ANSWERED)}
    assert set(otherwise.values()) == told, "the report has every reason, and no other"


@pytest.mark.shared
def test_what_the_cases_ask_of_master_data_has_the_names_that_they_declare(
    database: Store, shared_data: Path, tmp_path: Path
) -> None:
    """Over the REST extension for SimpleMasterDataQuery, with the parameters as they stand."""
    folder = shared_data / "epcis" / "Fosstrak-fosstrak-epcis"
    clock = Clock()
    platform = on_store(database, Config(data_dir=tmp_path), clock=clock)
    load(platform, clock, folder)
    wrong, seen = {}, 0
    for name, params, declared in master_cases(folder):
        found = vocabularies(platform, dict(params), reader()).members
        asked, names = dict(params), {each.id for each in found}
        if names != set(declared):
            wrong[name] = (params, names, declared)
        if asked.get("includeAttributes") == ["false"]:
            assert not any(each.attributes for each in found), name
        if asked.get("includeChildren") == ["false"]:
            assert not any(each.children for each in found), name
        seen += bool(declared)
    assert wrong == {}
    assert seen >= 4


def master_cases(folder: Path) -> Iterator[tuple[str, Params, list[str]]]:
    """What is asked of master data, and the names that are answered, maybe none."""
    for name, case in json.loads((folder / "cases.json").read_text()).items():
        for asked, answer in zip(case["requests"], case.get("responses", ()), strict=False):
            if asked["op"] == "Poll" and asked["query"] == ["SimpleMasterDataQuery"]:
                assert answer["root"] == "QueryResults"
                yield name, asked["params"], answer.get("vocabulary_elements", [])
