"""Documents of other people: what their source calls valid is taken, the rest refused.

No document is named here. What a source declares and what the editions of the JSON schema say
stands beside the documents, in `expected.json`; a deviation is a rule over these.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from wire_samples import Change, taken

from suyuan.model import Finding, Severity
from suyuan.service.conforming import conformance
from suyuan.wire import DocumentError, Mode, normal_bytes, read_event, write_document
from suyuan.wire.types import Kind, Outgoing, RawEvent

DATA = Path(__file__).resolve().parents[3] / "shared/data/epcis"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
JSON = (".json", ".jsonld")
# What strict mode refuses although the schema cannot see it, each with its reason:
BEYOND_SCHEMA = {
    "wire.document.bom",  # RFC 8259 §8.1
    "wire.document.edition",  # in JSON-LD there is edition 2.0 alone
    "wire.context.protected",  # a JSON-LD error that JSON Schema does not know
    "wire.name.prefix",  # an undeclared prefix names nothing
    "wire.sensor.twice",  # TCR-53, step 29
    "wire.quantity.negative",
}

pytestmark = pytest.mark.shared


def corpora() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every JSON document with what is known of it."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    for expected in sorted(DATA.glob("*/expected.json")):
        for name, known in json.loads(expected.read_text(encoding="utf-8")).items():
            if name.endswith(JSON):
                yield expected.parent / name, known


def reasons(data: bytes, mode: Mode) -> list[Finding]:
    """Why a document, or any event of it, is refused; nothing if all of it is taken."""
    try:
        _, read = taken(data, mode)
    except DocumentError as error:
        return [error.finding]
    found = [finding for one in read for finding in one.findings]
    return [finding for finding in found if finding.severity is Severity.REFUSE]


def verdicts(known: dict[str, Any], field: str = "schema") -> set[str]:
    """What the three editions of the schema say: valid, or the first complaint."""
    return set((known.get(field) or known.get("schema") or {}).values())


def is_no_epcis(known: dict[str, Any]) -> bool:
    """A query body: it has no type, which every edition of the document schema asks for."""
    return all("'type' is a required" in said for said in verdicts(known))


def is_broken_anyway(known: dict[str, Any]) -> bool:
    """No edition takes it, even where URIs and times are not looked at."""
    return all("invalid" in said for said in verdicts(known, "schema_without_format_check"))


def test_what_its_source_declares_valid_is_taken() -> None:
    documents = list(corpora())
    refused_elsewhere = {
        canonical(path) for path, known in documents if known.get("declared_by_source") == "invalid"
    }
    wrong, excused, right = {}, [], 0
    for path, known in documents:
        if known.get("declared_by_source") != "valid":
            continue
        found = reasons(path.read_bytes(), Mode.LENIENT)
        contradicted = canonical(path) in refused_elsewhere
        dumped = is_broken_anyway(known) and {"wire.type"} <= {one.rule for one in found}
        if not found:
            right += 1
        elif is_no_epcis(known) or contradicted or dumped:
            excused.append(path.name)
        else:
            wrong[path.name] = found
    assert wrong == {}
    assert right >= 90, right
    assert len(excused) <= 4, excused


def test_each_deviation_stands_in_the_report_with_its_reason() -> None:
    """By rules: what is excused above, and what strict mode refuses beyond the schema."""
    excused = set()
    for path, known in corpora():
        found = {one.rule for one in reasons(path.read_bytes(), Mode.LENIENT)}
        if found and known.get("declared_by_source") == "valid":
            excused.add(f"said to be valid, refused: {', '.join(sorted(found))}")
    beyond = {f"strict refuses more than the schema: {rule}" for rule in BEYOND_SCHEMA}
    told = {each.name: each.note for each in conformance() if each.part == "document"}
    assert {name for name in told if not name.startswith("EPCIS 1.0")} == excused | beyond
    assert all(told.values())


def canonical(path: Path) -> bytes:
    """The same JSON value has the same text; what is no JSON stands for itself."""
    data = path.read_bytes()
    try:
        return msgspec.json.encode(msgspec.json.decode(data), order="sorted")
    except msgspec.MsgspecError:
        return data


def test_what_its_source_declares_invalid_is_refused_with_a_reason() -> None:
    documents = [path for path, known in corpora() if known.get("declared_by_source") == "invalid"]
    assert len(documents) >= 12
    for path in documents:
        found = reasons(path.read_bytes(), Mode.LENIENT)
        assert found, path
        assert all(one.message.zh and one.message.en and one.cure.en for one in found)


def test_strict_mode_takes_no_more_than_the_schema_and_says_where_it_takes_less() -> None:
    seen = 0
    for path, known in corpora():
        if not verdicts(known):
            continue
        seen += 1
        found = {one.rule for one in reasons(path.read_bytes(), Mode.STRICT)}
        if known["schema"].get("2.0.1") == "valid":
            assert found <= BEYOND_SCHEMA, (path, found)
        else:
            assert found, path
    assert seen >= 100


def test_what_is_taken_is_written_and_read_again_as_the_same() -> None:
    events = 0
    for path, _ in corpora():
        data = path.read_bytes()
        if reasons(data, Mode.LENIENT):
            continue
        opened, read = taken(data)
        sent = [Outgoing(raw=event.raw, context=opened.context) for event in opened.events]
        before = [normal_bytes(one.event) for one in read if one.event is not None]
        for kind in (Kind.CAPTURE, Kind.QUERY):
            again = taken(write_document(sent, kind=kind, created=NOW))[1]
            assert [one.event and normal_bytes(one.event) for one in again] == before, path
        events += len(before)
    assert events >= 150, events


def test_all_of_them_in_one_answer_keep_their_meaning() -> None:
    sent: list[Outgoing] = []
    before: list[bytes] = []
    for path, _ in corpora():
        data = path.read_bytes()
        if reasons(data, Mode.LENIENT):
            continue
        opened, read = taken(data)
        sent += [Outgoing(raw=event.raw, context=opened.context) for event in opened.events]
        before += [normal_bytes(one.event) for one in read if one.event is not None]
    again = taken(write_document(sent, kind=Kind.QUERY, created=NOW))[1]
    assert [one.event and normal_bytes(one.event) for one in again] == before


def test_nothing_in_any_file_makes_reading_fail_otherwise() -> None:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    for path in sorted(DATA.rglob("*")):
        if path.suffix in {*JSON, ".xml"} and path.is_file():
            for mode in Mode:
                reasons(path.read_bytes(), mode)


def put(key: str, value: Any) -> Change:
    return lambda event: event.update({key: value})


def drop(key: str) -> Change:
    return lambda event: event.pop(key, None)


# One change to any event at all: the rule that must then speak, in either mode.
CHANGES: list[tuple[Change, str]] = [
    (drop("eventTime"), "wire.required"),
    (drop("type"), "wire.required"),
    (put("type", "Sale"), "wire.event.type"),
    (put("eventTime", "yesterday"), "wire.time"),
    (put("eventTime", 5), "wire.type"),
    (put("eventTime", "2026-13-01T00:00:00Z"), "wire.time"),
    (put("eventTime", "9999-12-31T00:00:00Z"), "wire.time.year"),
    (put("eventTimeZoneOffset", "+99:00"), "wire.offset"),
    (put("action", "SELL"), "wire.action"),
    (put("bizStep", "marinating"), "wire.word"),
    (put("disposition", "delicious"), "wire.word"),
    (put("eventID", "one"), "wire.uri"),
    (put("readPoint", {}), "wire.required"),
    (put("sourceList", [{"type": "shop", "source": "urn:x:y"}]), "wire.word"),
    (put("bizTransactionList", [{"type": "po"}]), "wire.required"),
    (put("persistentDisposition", {}), "wire.empty"),
    (put("errorDeclaration", {}), "wire.required"),
    (put("sensorElementList", [{"sensorReport": [{}]}]), "wire.required"),
]


@pytest.mark.parametrize(("change", "rule"), CHANGES)
def test_one_change_to_a_good_document_is_found(change: Change, rule: str) -> None:
    tried = 0
    for path, known in corpora():
        data = path.read_bytes()
        if known.get("declared_by_source") != "valid" or reasons(data, Mode.LENIENT):
            continue
        opened, read = taken(data)
        for raw, before in zip(opened.events, read, strict=True):
            event = json.loads(raw.raw)
            change(event)
            other = RawEvent(raw.index, json.dumps(event).encode())
            for mode in Mode:
                got = read_event(other, opened.context, capturer="urn:x:me", mode=mode)
                assert got.event is None, (path, before.event)
                assert rule in {finding.rule for finding in got.findings}, (path, got.findings)
            tried += 1
    assert tried >= 100


def test_a_key_given_twice_is_found_in_any_event() -> None:
    for path, _ in corpora():
        data = path.read_bytes()
        if reasons(data, Mode.LENIENT):
            continue
        opened, _ = taken(data)
        for raw in opened.events:
            twice = raw.raw.rstrip()[:-1] + b',"type":"ObjectEvent"}'
            other = RawEvent(raw.index, twice)
            got = read_event(other, opened.context, capturer="urn:x:me", mode=Mode.LENIENT)
            assert [finding.rule for finding in got.findings] == ["wire.event.json"]
