"""One seeded change to a good event or document: the rule that speaks, and what either mode does.

Every rule of `suyuan.wire.rules` is here: a rule that nothing can break is not a rule.
"""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_samples import (
    AGGREGATION,
    ASSOCIATION,
    DECLARED,
    EPCIS,
    EXAMPLE,
    LOT,
    ME,
    OBJECT,
    SAMPLES,
    SGTIN,
    TRANSACTION,
    TRANSFORMATION,
    Change,
    Json,
    changed,
    document,
    put,
    read,
    taken,
)

from suyuan.model import Severity
from suyuan.wire import DocumentError, Limits, Mode, read_document, read_event
from suyuan.wire.rules import DOCUMENT_RULES, EVENT_RULES
from suyuan.wire.shapes import EVERY_MEMBER, READ_APART
from suyuan.wire.source import Source

REFUSED, TAKEN = False, True


def drop(*place: Any) -> Change:
    *way, last = place

    def change(event: Json) -> None:
        inner: Any = event
        for step in way:
            inner = inner[step]
        del inner[last]

    return change


SENSED = ("sensorElementList", 0)
REPORT = (*SENSED, "sensorReport", 0)
CBV = "urn:epcglobal:cbv:"
# sample, change, rule that speaks, whether lenient mode takes it (strict never does)
CHANGES: list[tuple[Json, Change, str, bool]] = [
    (OBJECT, drop("type"), "wire.required", REFUSED),
    (OBJECT, drop("action"), "wire.required", REFUSED),
    (OBJECT, drop("eventTime"), "wire.required", REFUSED),
    (OBJECT, drop("readPoint", "id"), "wire.required", REFUSED),
    (OBJECT, drop("quantityList", 0, "epcClass"), "wire.required", REFUSED),
    (OBJECT, drop("bizTransactionList", 0, "bizTransaction"), "wire.required", REFUSED),
    (OBJECT, drop("sourceList", 0, "type"), "wire.required", REFUSED),
    (OBJECT, drop("destinationList", 0, "destination"), "wire.required", REFUSED),
    (OBJECT, drop(*SENSED, "sensorReport"), "wire.required", REFUSED),
    (OBJECT, drop(*REPORT, "type"), "wire.required", REFUSED),
    (DECLARED, drop("errorDeclaration", "declarationTime"), "wire.required", REFUSED),
    (OBJECT, put("type", 5), "wire.type", REFUSED),
    (OBJECT, put("type", "CustomEvent"), "wire.event.type", REFUSED),
    (OBJECT, put("type", "objectevent"), "wire.event.type", REFUSED),
    (OBJECT, put("type", "ex:CustomEvent"), "wire.event.type-extended", REFUSED),
    (OBJECT, put("epcList", 5), "wire.type", REFUSED),
    (OBJECT, put("epcList", [5]), "wire.type", REFUSED),
    (OBJECT, put("eventTime", 1_700_000_000), "wire.type", REFUSED),
    (OBJECT, put("quantityList", ["x"]), "wire.type", REFUSED),
    (OBJECT, put("quantityList", 0, "quantity", True), "wire.type", REFUSED),
    (OBJECT, put("quantityList", 0, "quantity", "many"), "wire.type", REFUSED),
    (OBJECT, put("ilmd", "x"), "wire.type", REFUSED),
    (OBJECT, put("bizStep", 7), "wire.type", REFUSED),
    (OBJECT, put(*REPORT, "booleanValue", "true"), "wire.type", REFUSED),
    (OBJECT, put(*REPORT, "hexBinaryValue", "xyz"), "wire.type", REFUSED),
    (OBJECT, put(*REPORT, "stringValue", 1), "wire.type", REFUSED),
    (OBJECT, put("eventTimeZoneOffset", 8), "wire.type", REFUSED),
    (DECLARED, put("errorDeclaration", "wrong"), "wire.type", REFUSED),
    (OBJECT, put("readPoint", ME), "wire.place.bare", TAKEN),
    (OBJECT, put("epcList", SGTIN + "1"), "wire.single", TAKEN),
    (OBJECT, put("disposition", None), "wire.null", TAKEN),
    (OBJECT, put("quantityList", 0, "quantity", None), "wire.null", TAKEN),
    (OBJECT, put("ex:note", None), "wire.null", TAKEN),
    (OBJECT, put(*SENSED, "sensorReport", []), "wire.empty", REFUSED),
    (OBJECT, put("persistentDisposition", {}), "wire.empty", REFUSED),
    (OBJECT, put("epcList", [SGTIN + "1", SGTIN + "1"]), "wire.repeated", TAKEN),
    (OBJECT, put("epcList", ["83000123456789012345"]), "wire.uri", REFUSED),
    (OBJECT, put("epcList", ["urn:with space"]), "wire.uri", REFUSED),
    (OBJECT, put("eventID", "event-1"), "wire.uri", REFUSED),
    (OBJECT, put("eventID", "urn:x:" + "7" * 995), "wire.uri.length", REFUSED),
    (OBJECT, put("bizStep", "urn:x:" + "7" * 995), "wire.uri.length", REFUSED),
    (OBJECT, put("bizStep", "7" * 6000), "wire.uri.length", REFUSED),
    (OBJECT, put("epcList", ["urn:x:" + "7" * 995]), "wire.uri.length", REFUSED),
    (OBJECT, put("bizLocation", "id", "urn:x:" + "7" * 995), "wire.uri.length", REFUSED),
    (OBJECT, put("epcList", ["urn:epc:id:sgtin:" + "%" * 400]), "wire.uri.length", REFUSED),
    (OBJECT, put("eventID", "_:event1"), "wire.id.local", TAKEN),
    (DECLARED, put("errorDeclaration", "correctiveEventIDs", ["x"]), "wire.uri", REFUSED),
    (OBJECT, put("certificationInfo", "by hand"), "wire.uri.name", TAKEN),
    (OBJECT, put(*REPORT, "microorganism", "E. coli"), "wire.uri.name", TAKEN),
    (OBJECT, put("epcList", ["https://例.cn/1"]), "wire.uri.ascii", TAKEN),
    (OBJECT, put("quantityList", 0, "quantity", "12.5"), "wire.number.text", TAKEN),
    (OBJECT, put(*REPORT, "value", "-1e2"), "wire.number.text", TAKEN),
    (OBJECT, put("quantityList", 0, "quantity", -1), "wire.quantity.negative", REFUSED),
    (OBJECT, put("quantityList", 0, "uom", "kilograms"), "wire.unit", REFUSED),
    (OBJECT, put("action", "CREATE"), "wire.action", REFUSED),
    (OBJECT, put("action", "add"), "wire.action", REFUSED),
    (TRANSFORMATION, put("action", "ADD"), "wire.action.needless", TAKEN),
    (OBJECT, put("eventTime", "22-07-2026"), "wire.time", REFUSED),
    (OBJECT, put("eventTime", "2026-07-22"), "wire.time", REFUSED),
    (OBJECT, put("eventTime", "2026-02-30T08:00:00Z"), "wire.time", REFUSED),
    (OBJECT, put("eventTime", "2026-02-20T08:00:60Z"), "wire.time", REFUSED),
    (OBJECT, put("eventTime", "9999-01-01T00:00:00Z"), "wire.time.year", REFUSED),
    (OBJECT, put("eventTime", "1899-12-31T00:00:00Z"), "wire.time.year", REFUSED),
    (OBJECT, put("eventTime", "2026-03-01T08:00:00"), "wire.time.zone", TAKEN),
    (OBJECT, put("recordTime", "yesterday"), "wire.time", REFUSED),
    (OBJECT, put(*SENSED, "sensorMetadata", "time", "noon"), "wire.time", REFUSED),
    (DECLARED, put("errorDeclaration", "declarationTime", "noon"), "wire.time", REFUSED),
    (OBJECT, put("eventTimeZoneOffset", "+25:00"), "wire.offset", REFUSED),
    (OBJECT, put("eventTimeZoneOffset", "+14:30"), "wire.offset", REFUSED),
    (OBJECT, put("eventTimeZoneOffset", "Beijing"), "wire.offset", REFUSED),
    (OBJECT, put("eventTimeZoneOffset", "Z"), "wire.offset.form", TAKEN),
    (OBJECT, put("eventTimeZoneOffset", "+0800"), "wire.offset.form", TAKEN),
    (OBJECT, drop("eventTimeZoneOffset"), "wire.offset.missing", TAKEN),
    (OBJECT, put("bizStep", "transforming"), "wire.word", REFUSED),
    (OBJECT, put("disposition", "in_transport"), "wire.word", REFUSED),
    (OBJECT, put("sourceList", 0, "type", "place"), "wire.word", REFUSED),
    (OBJECT, put("bizTransactionList", 0, "type", "order"), "wire.word", REFUSED),
    (DECLARED, put("errorDeclaration", "reason", "typo"), "wire.word", REFUSED),
    (OBJECT, put(*REPORT, "component", "w"), "wire.word", REFUSED),
    (OBJECT, put(*REPORT, "exception", "ALARM"), "wire.word", REFUSED),
    (OBJECT, put(*REPORT, "type", "EffectiveDoseRate"), "wire.word.kept", TAKEN),
    (OBJECT, put("persistentDisposition", "set", ["glowing"]), "wire.word.kept", TAKEN),
    (OBJECT, put("bizStep", CBV + "bizstep:receiving"), "wire.word.withdrawn", TAKEN),
    (OBJECT, put("disposition", CBV + "disp:in_progress"), "wire.word.withdrawn", TAKEN),
    (OBJECT, put(*REPORT, "type", "https://gs1.org/voc/Temperature"), "wire.word.withdrawn", TAKEN),
    (OBJECT, put("un:known", 1), "wire.name.prefix", TAKEN),
    (OBJECT, put("ex:note", {"un:known": 1}), "wire.name.prefix", TAKEN),
    (OBJECT, put("ilmd", {"un:known": 1}), "wire.name.prefix", TAKEN),
    (OBJECT, put("bizStep", "un:known"), "wire.name.prefix", TAKEN),
    (OBJECT, put("https://example.com/ns/note", 1), "wire.name.twice", TAKEN),
    (OBJECT, put("_comment", "by Li"), "wire.name.comment", TAKEN),
    (OBJECT, put("@class", "Event"), "wire.name.comment", TAKEN),
    (OBJECT, put("quantityList", 0, "_comment", "by Li"), "wire.name.comment", TAKEN),
    (OBJECT, put("epclist", []), "wire.name", REFUSED),
    (OBJECT, put("ilmd", {"materialType": "soil"}), "wire.name", REFUSED),
    (OBJECT, put("quantityList", 0, "weight", 1), "wire.name", REFUSED),
    (OBJECT, put("sourceList", 0, "name", "Li"), "wire.name", REFUSED),
    (OBJECT, put("readPoint", "name", "Shed"), "wire.name", REFUSED),
    (OBJECT, put("persistentDisposition", "add", []), "wire.name", REFUSED),
    (OBJECT, put(*REPORT, "values", 1), "wire.name", REFUSED),
    (OBJECT, put("parentID", SGTIN + "9"), "wire.name.elsewhere", REFUSED),
    (AGGREGATION, put("ilmd", {"ex:a": 1}), "wire.name.elsewhere", REFUSED),
    (TRANSFORMATION, put("epcList", [SGTIN + "9"]), "wire.name.elsewhere", REFUSED),
    (OBJECT, put("action", "OBSERVE"), "wire.ilmd", REFUSED),
    (OBJECT, put("action", "DELETE"), "wire.ilmd", REFUSED),
    (AGGREGATION, drop("parentID"), "wire.parent", REFUSED),
    (ASSOCIATION, drop("parentID"), "wire.parent", REFUSED),
    (TRANSACTION, drop("bizTransactionList"), "wire.what", REFUSED),
    (TRANSACTION, drop("epcList"), "wire.what", REFUSED),
    (OBJECT, put(*SENSED, "sensorMetadata", "deviceID", ME), "wire.sensor.twice", TAKEN),
    (OBJECT, put(*SENSED, "type", "epcis:SensorElement"), "wire.sensor.type", TAKEN),
    (OBJECT, put("@context", [7]), "wire.context.shape", REFUSED),
    (OBJECT, put("@context", {"epcis": "https://example.com/"}), "wire.context.protected", TAKEN),
]


def several(*changes: Change) -> Change:
    def change(event: Json) -> None:
        for one in changes:
            one(event)

    return change


WITHOUT_CHILDREN = several(drop("childEPCs"), drop("childQuantityList"))
CHANGES += [
    (
        OBJECT,
        several(drop("epcList"), drop("quantityList"), drop("readPoint")),
        "wire.what",
        REFUSED,
    ),
    (AGGREGATION, WITHOUT_CHILDREN, "wire.what", REFUSED),
    (ASSOCIATION, several(WITHOUT_CHILDREN, put("action", "OBSERVE")), "wire.what", REFUSED),
    (
        TRANSFORMATION,
        several(drop("outputEPCList"), drop("outputQuantityList"), drop("transformationID")),
        "wire.what",
        REFUSED,
    ),
    (
        OBJECT,
        several(put("eventTime", "2026-03-01T08:00:00"), drop("eventTimeZoneOffset")),
        "wire.time.local",
        REFUSED,
    ),
    (
        OBJECT,
        put("ilmd", {"ex:a": 1, "https://example.com/ns/a": 2}),
        "wire.name.twice",
        TAKEN,
    ),
]


@pytest.mark.parametrize(("sample", "change", "rule", "lenient"), CHANGES)
def test_a_change_is_found_and_weighed(
    sample: Json, change: Change, rule: str, *, lenient: bool
) -> None:
    event = changed(sample, change)
    strictly, forgiving = read(event, Mode.STRICT), read(event, Mode.LENIENT)
    assert strictly.event is None
    assert rule in {found.rule for found in strictly.findings}
    assert rule in {found.rule for found in forgiving.findings}
    assert (forgiving.event is not None) is lenient, forgiving.findings
    for found in (*strictly.findings, *forgiving.findings):
        for text in (found.message, found.cure):
            assert text.zh
            assert text.en
            assert "{" not in text.en.replace('{"id"', "")


@pytest.mark.parametrize("sample", SAMPLES)
def test_good_events_are_taken_without_a_word(sample: Json) -> None:
    assert read(sample, Mode.STRICT).findings == read(sample, Mode.LENIENT).findings == ()


FINE: list[tuple[Json, Change]] = [
    (OBJECT, put("epcList", [])),
    (OBJECT, drop("quantityList", 0, "quantity")),
    (OBJECT, several(drop("epcList"), drop("quantityList"))),  # sensors at a read point
    (OBJECT, put("bizStep", "https://example.com/my-step")),
    (OBJECT, put("bizStep", "ex:my-step")),
    (OBJECT, put("bizStep", "https://ref.gs1.org/cbv/BizStep-receiving")),
    (OBJECT, put("type", "epcis:ObjectEvent")),
    (OBJECT, put(*REPORT, "exception", "gs1:ALARM_CONDITION")),
    (OBJECT, put("certificationInfo", ["https://example.com/a", "https://example.com/b"])),
    (OBJECT, put("recordTime", "2026-03-01T08:00:01Z")),
    (OBJECT, put("suyuan:step", "slaughter")),
    (AGGREGATION, several(WITHOUT_CHILDREN, put("action", "DELETE"))),
    (AGGREGATION, several(drop("parentID"), put("action", "OBSERVE"))),
    (AGGREGATION, put("persistentDisposition", {"unset": ["conformant"]})),
    (ASSOCIATION, put("persistentDisposition", {"unset": ["conformant"]})),
    (TRANSACTION, put("parentID", SGTIN + "9")),
    (TRANSFORMATION, several(drop("outputEPCList"), drop("outputQuantityList"))),
    (TRANSFORMATION, drop("transformationID")),
    (OBJECT, put("@context", [{"un": "https://example.org/un#"}])),
]


@pytest.mark.parametrize(("sample", "change"), FINE)
def test_what_the_standard_allows_is_taken(sample: Json, change: Change) -> None:
    got = read(changed(sample, change), Mode.STRICT)
    assert got.event is not None, got.findings


def test_words_in_any_form_are_one_word() -> None:
    forms = ["receiving", "https://ref.gs1.org/cbv/BizStep-receiving", "cbv:BizStep-receiving"]
    forms += [CBV + "bizstep:receiving", "https://ns.gs1.org/cbv/BizStep-receiving"]
    events = [read(changed(OBJECT, put("bizStep", form)), Mode.LENIENT).event for form in forms]
    assert {event and event.biz_step for event in events} == {"receiving"}


def test_every_fault_of_an_event_is_found_at_once() -> None:
    event = changed(
        OBJECT,
        put("action", "CREATE"),
        put("eventTime", "noon"),
        put("epcList", [SGTIN + "1", "bare", 5]),
        put("quantityList", 0, "uom", "kg"),
        put("a/b", 1),
        drop("readPoint", "id"),
    )
    found = {(one.path, one.rule) for one in read(event).findings}
    assert found == {
        ("/action", "wire.action"),
        ("/eventTime", "wire.time"),
        ("/epcList/1", "wire.uri"),
        ("/epcList/2", "wire.type"),
        ("/quantityList/0/uom", "wire.unit"),
        ("/a~1b", "wire.name"),
        ("/readPoint", "wire.required"),
    }


def test_a_name_that_an_unknown_context_may_define_is_kept() -> None:
    data = document(changed(OBJECT, put("grade", 1)), context=[EPCIS, EXAMPLE, "https://x.cn/c"])
    opened, (got,) = taken(data)
    assert [note.rule for note in opened.notes] == ["wire.context.unknown"]
    assert [found.rule for found in got.findings] == ["wire.name.open"]
    assert got.event is not None
    assert got.event.extensions["grade"] == 1
    _, (strictly,) = taken(data, Mode.STRICT)
    assert strictly.event is None


def test_the_same_thing_spelled_twice_counts_once() -> None:
    both = [SGTIN + "32a", "urn:epc:id:sgtin:6901234.000001.32a"]
    got = read(changed(OBJECT, put("epcList", both)), Mode.STRICT)
    assert got.event is not None
    assert got.event.epcs == (SGTIN + "32a",)
    assert [found.rule for found in got.findings] == ["wire.same-thing"]


def test_a_code_that_cannot_be_right_is_flagged_and_kept_apart() -> None:
    wrong = SGTIN.replace("16/", "17/") + "1"
    got = read(changed(OBJECT, put("epcList", [wrong])), Mode.STRICT)
    assert got.event is not None
    assert got.event.epcs[0].startswith("urn:suyuan:raw:")
    assert [found.severity for found in got.findings] == [Severity.FLAG]


def test_a_lot_where_instances_belong_is_noted() -> None:
    got = read(changed(OBJECT, put("epcList", [LOT + "A1"])), Mode.STRICT)
    assert got.event is not None
    assert [found.path for found in got.findings] == ["/epcList/0"]


def raw_event(text: str) -> bytes:
    return document().replace(b"[]", b"[" + text.encode("utf-8", "surrogatepass") + b"]")


GOOD = json.dumps(OBJECT)
RAW: list[tuple[str, str]] = [
    (GOOD.replace('"action": "ADD"', '"action": "ADD", "action": "ADD"'), "wire.event.json"),
    (GOOD.replace("12.5", "1e999"), "wire.event.json"),
    (GOOD.replace('"007"', "[" * 80 + "]" * 80), "wire.event.json"),
    (GOOD.replace("007", "\\u0000"), "wire.event.json"),
    (GOOD.replace("ex:deep", "ex:\\u0000"), "wire.event.json"),
    ("5", "wire.event.object"),
    ("null", "wire.event.object"),
    ("[]", "wire.event.object"),
    (GOOD.replace("007", "7" * 70_000), "wire.event.text"),
    (GOOD.replace("007", "7" * 1_100_000), "wire.event.size"),
]


@pytest.mark.parametrize(("text", "rule"), RAW, ids=range(len(RAW)))
def test_one_bad_event_spoils_no_other(text: str, rule: str) -> None:
    _, (before, bad, after) = taken(raw_event(f"{GOOD}, {text} ,{GOOD}"))
    assert bad.event is None
    assert [found.rule for found in bad.findings] == [rule]
    assert before.event == after.event
    assert before.event is not None


WHOLE = document(OBJECT)


def replaced(old: str, new: str) -> bytes:
    text = WHOLE.decode()
    assert old in text
    return text.replace(old, new).encode()


TYPED = (
    b"<!DOCTYPE a><EPCISDocument schemaVersion='2.0' creationDate='2026-03-01T08:00:00Z'>"
    b"<EPCISBody><EventList/></EPCISBody></EPCISDocument>"
)
DOCUMENTS: list[tuple[bytes, str, bool]] = [
    (b"<!DOCTYPE a []><a/>", "wire.xml", REFUSED),
    (TYPED, "wire.document.doctype", TAKEN),
    (WHOLE[:300], "wire.document.json", REFUSED),
    (WHOLE[:-1], "wire.document.json", REFUSED),
    (replaced("007", "\\ud800"), "wire.document.json", REFUSED),
    (WHOLE + b"x", "wire.document.json", REFUSED),
    (b"", "wire.document.empty", REFUSED),
    (WHOLE.decode().encode("utf-16"), "wire.document.json", REFUSED),
    (replaced("007", "溯源").decode().encode("gb18030"), "wire.document.json", REFUSED),
    (b"[" * 10_000 + b"]" * 10_000, "wire.document.json", REFUSED),
    (replaced('"007"', "[" * 10_000 + "]" * 10_000), "wire.document.json", REFUSED),
    (replaced("12.5", "NaN"), "wire.document.json", REFUSED),
    (replaced('"type": "E', '"id": "u:1", "id": "u:1", "type": "E'), "wire.document.json", REFUSED),
    (replaced('{"eventList"', '{"eventList": [], "eventList"'), "wire.document.json", REFUSED),
    (b"\xef\xbb\xbf" + WHOLE, "wire.document.bom", TAKEN),
    (b"[]", "wire.document.root", REFUSED),
    (b'"EPCISDocument"', "wire.document.root", REFUSED),
    (b"{}", "wire.document.root", REFUSED),
    (b"<EPCISDocument xmlns='urn:x'/>", "wire.document.namespace", REFUSED),
    (replaced('"EPCISDocument"', '"Invoice"'), "wire.document.root", REFUSED),
    (replaced('"EPCISDocument"', "7"), "wire.document.root", REFUSED),
    (replaced('"EPCISDocument"', '"\\u0000"'), "wire.document.json", REFUSED),
    (document(OBJECT, sender="\0"), "wire.document.json", REFUSED),
    (document(OBJECT, context=[EPCIS, {"a": "u:\0"}]), "wire.document.json", REFUSED),
    (WHOLE[:1] + b"\0" + WHOLE[1:], "wire.document.json", REFUSED),
    (document(OBJECT, format="json"), "wire.document.member", TAKEN),
    (document(OBJECT, creationDate=None), "wire.document.required", TAKEN),
    (document(OBJECT, schemaVersion=2), "wire.document.version", TAKEN),
    *(
        (document(OBJECT, schemaVersion=each), "wire.document.edition", TAKEN)
        for each in ("1.2", "3.0", "2.1", "20", "2.00.1.1")
    ),
    (TYPED.replace(b"<!DOCTYPE a>", b"").replace(b"2.0", b"3.0"), "wire.document.edition", TAKEN),
    (document(OBJECT, creationDate="today"), "wire.document.time", TAKEN),
    (document(OBJECT, id="_:document1"), "wire.document.id", TAKEN),
    (document(OBJECT, sender=7), "wire.document.header", TAKEN),
    (document(OBJECT, epcisHeader=[]), "wire.document.header", TAKEN),
    (replaced('"eventList"', '"events"'), "wire.document.event-list", REFUSED),
    (replaced('"epcisBody"', '"body"'), "wire.document.event-list", REFUSED),
    (document().replace(b"[]}", b'"none"}'), "wire.document.event-list", REFUSED),
    (
        document(epcisHeader={"epcisMasterData": {}}).replace(b'"eventList": []', b""),
        "wire.document.no-events",
        TAKEN,
    ),
    (
        document().replace(b'"eventList": []', b'"event": ' + GOOD.encode()),
        "wire.document.single",
        TAKEN,
    ),
    (replaced('"@context"', '"ex:context"'), "wire.context.missing", TAKEN),
    (GOOD.encode(), "wire.context.missing", TAKEN),
    (document(OBJECT, context=[EPCIS, 7]), "wire.context.shape", REFUSED),
    (document(OBJECT, context=["words", EXAMPLE]), "wire.context.shape", REFUSED),
    (document(OBJECT, context=[EPCIS, {**EXAMPLE, "bad": 7}]), "wire.context.shape", REFUSED),
    (document(OBJECT, context=[EXAMPLE, {"gs1": "u:x"}]), "wire.context.protected", TAKEN),
]  # fmt: skip


@pytest.mark.parametrize(("data", "rule", "lenient"), DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_a_bad_document_is_refused_with_its_reason(
    data: bytes, rule: str, *, lenient: bool
) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(data, mode=Mode.STRICT)
    assert refused.value.finding.rule == rule
    assert refused.value.finding.severity is Severity.REFUSE
    if lenient:
        assert rule in {note.rule for note in read_document(data).notes}
    else:
        with pytest.raises(DocumentError) as also:
            read_document(data)
        assert also.value.finding.path
    assert "\0" not in refused.value.finding.message.zh


@pytest.mark.parametrize("edition", ["2", "2.0", "2.0.0", "2.0.1"])
def test_every_patch_of_edition_2_0_is_that_edition(edition: str) -> None:
    assert read_document(document(OBJECT, schemaVersion=edition), mode=Mode.STRICT).notes == ()


@pytest.mark.parametrize("edition", ["1", "1.0", "1.1", "1.2", "2.0", " 2 "])
def test_xml_has_every_edition(edition: str) -> None:
    data = TYPED.replace(b"<!DOCTYPE a>", b"").replace(b"2.0", edition.encode())
    assert read_document(data, mode=Mode.STRICT).notes == ()


def test_the_edition_that_is_none_is_told_with_its_place_and_those_that_there_are() -> None:
    (note,) = read_document(document(OBJECT, schemaVersion="1.2")).notes
    assert (note.rule, note.path) == ("wire.document.edition", "/schemaVersion")
    for text in (note.message.zh, note.message.en):
        assert "1.2" in text
        assert "2.0" in text
    assert "XML" in note.cure.zh
    assert "XML" in note.cure.en


KEYS = sorted(EVERY_MEMBER | READ_APART | {"id", "set", "type", "quantity", "time", "x", "un:x"})

LARGE: list[tuple[Limits, str]] = [
    (Limits(document_bytes=100), "wire.document.size"),
    (Limits(events=1), "wire.document.events"),
]


@pytest.mark.parametrize(("limits", "rule"), LARGE)
def test_a_document_beyond_the_limits_is_too_large(limits: Limits, rule: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(document(OBJECT, AGGREGATION), limits=limits)
    assert refused.value.finding.rule == rule
    assert refused.value.status == 413


def test_the_place_of_a_syntax_error_is_told_by_line_and_column() -> None:
    data = b'{"type": "EPCISDocument",\n "epcisBody": {"eventList": [{"a": 1},\n {"b": tru}]}}'
    with pytest.raises(DocumentError) as refused:
        read_document(data)
    assert "/epcisBody/eventList/1/b" in refused.value.finding.path
    assert "line 3, column 8" in refused.value.finding.path


def test_every_rule_can_be_broken() -> None:
    broken: set[str] = {rule for _, _, rule, _ in CHANGES} | {rule for _, rule in RAW}
    broken |= {rule for _, rule, _ in DOCUMENTS} | {rule for _, rule in LARGE}
    elsewhere = {"wire.context.unknown", "wire.name.open", "wire.same-thing"}  # tests above
    elsewhere.add("wire.event.xml")  # test_wire_xml
    elsewhere.add("wire.sensor.later")  # below
    # test_wire_odd:
    elsewhere |= {"wire.word.unlisted", "wire.word.withdrawn-unlisted", "wire.unit.unlisted"}
    elsewhere.add("wire.what.nothing")
    assert broken | elsewhere == DOCUMENT_RULES.keys() | EVENT_RULES.keys()


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("place", [(*SENSED, "sensorMetadata"), REPORT])
@pytest.mark.parametrize(
    ("sensed", "is_later"),
    [("07:59:59.999Z", False), ("08:00:00Z", False), ("16:00:00+08:00", False),
     ("08:00:00.001Z", True), ("08:00:00-00:01", True)],
)  # fmt: skip
def test_a_time_of_sensing_after_the_event_is_told_and_taken(
    mode: Mode, place: tuple[Any, ...], sensed: str, *, is_later: bool
) -> None:
    """M122 of the requirements matrix of EPCIS 2.0, which examples of GS1 themselves break."""
    change = several(
        put("eventTime", "2026-03-01T08:00:00Z"),
        drop(*SENSED, "sensorMetadata"),
        put(*SENSED, "sensorMetadata", {}),
        put(*place, "time", f"2026-03-01T{sensed}"),
    )
    got = read(changed(OBJECT, change), mode)
    found = [found.path for found in got.findings if found.rule == "wire.sensor.later"]
    assert [path.rpartition("/")[2] for path in found] == ["time"] * is_later
    assert got.event is not None


def test_the_limits_of_events_are_those_given() -> None:
    opened = read_document(WHOLE)
    tight = Limits(event_bytes=10)
    got = read_event(opened.events[0], opened.context, capturer=ME, mode=Mode.LENIENT, limits=tight)
    assert [found.rule for found in got.findings] == ["wire.event.size"]


@given(
    st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 60), st.sampled_from(Mode)
)
def test_no_bytes_make_reading_fail_in_another_way(
    noise: bytes, at: int, gone: int, mode: Mode
) -> None:
    for data in (noise, WHOLE[:at] + noise + WHOLE[at + gone :]):
        with contextlib.suppress(DocumentError):
            opened, got = taken(data, mode)
            assert len(opened.events) == len(got)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
        ),
    ),
    st.sampled_from(SAMPLES),
    st.sampled_from(KEYS),
)
def test_no_value_makes_reading_fail_in_another_way(value: Any, sample: Json, key: str) -> None:
    event = {**sample, key: value}
    for mode in Mode:
        try:
            _, (got,) = taken(document(event), mode)
        except DocumentError:
            assert key == "@context"
            return
        assert (got.event is None) is any(
            found.severity is Severity.REFUSE for found in got.findings
        )


@pytest.mark.parametrize(
    ("change", "near"),
    [
        (put("bizStep", "commisioning"), "commissioning, decommissioning"),
        (put("bizStep", "Retail Selling"), "retail_selling"),
        (put("disposition", "in_transport"), "in_transit"),
        (put("sourceList", 0, "type", "possesing_party"), "possessing_party"),
        (put(*REPORT, "type", "temperature"), "Temperature"),
    ],
)
def test_of_a_word_that_is_none_the_nearest_are_told(change: Change, near: str) -> None:
    cures = [
        found.cure
        for found in read(changed(OBJECT, change), mode=Mode.LENIENT).findings
        if found.rule in {"wire.word", "wire.word.kept"} and found.cure
    ]
    assert [near in cure.en for cure in cures] == [True]
    assert all(each in cures[0].zh for each in near.split(", "))


def test_of_a_word_that_is_like_none_none_is_told() -> None:
    (found,) = read(changed(OBJECT, put("bizStep", "marinating")), mode=Mode.LENIENT).findings
    assert found.cure is not None
    assert found.cure.en == "Use a word of the CBV, or a URI of your own."


CURED = [
    (WHOLE[:300], "完整的文件", "get the whole"),
    (WHOLE[:-1], "完整的文件", "get the whole"),
    (WHOLE[: WHOLE.index(b"007") + 1], "完整的文件", "get the whole"),
    (replaced("007", "溯源")[: replaced("007", "溯源").index("源".encode()) + 1],
     "完整的文件", "get the whole"),
    (replaced("007", "溯源溯源").decode().encode("gb18030"), "WPS", "Notepad"),
    (WHOLE.decode().encode("utf-16"), "WPS", "Notepad"),
    (replaced("12.5", "NaN"), "JSON 工具", "JSON library"),
    (b"", "有内容", "something in it"),
    (b" \r\n" * 99, "有内容", "something in it"),
    (b"\xef\xbb\xbf", "有内容", "something in it"),
    (b"bizStep,epc\nshipping,1\n", "XML（以 < 开头）", "begins with <"),
    (b"PK\x03\x04\x14\x00", "suyuan import workbook", "suyuan import workbook"),
    (b"\x1f\x8b\x08\x00", "Content-Encoding", "Content-Encoding"),
    (b"%PDF-1.7\n%\xe2\xe3", "PDF", "PDF"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "zh", "en"), CURED)
@pytest.mark.parametrize("mode", Mode)
def test_the_cure_fits_what_was_sent(data: bytes, zh: str, en: str, mode: Mode) -> None:
    for source in (Source(data), Source(data, chunk=7)):
        with pytest.raises(DocumentError) as caught:
            read_document(source, mode=mode)
        found = caught.value.finding
        assert (zh in found.cure.zh, en in found.cure.en) == (True, True), found.cure
        assert ("JSON library" in found.cure.en) is (en == "JSON library")
