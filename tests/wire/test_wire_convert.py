"""A document in another form says the same, or its losses are told; so with codes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xml_samples as xml
from hypothesis import assume, example, given
from hypothesis import strategies as st
from wire_samples import (
    ASSOCIATION,
    EPCIS,
    EXAMPLE,
    LOT,
    OBJECT,
    SAMPLES,
    SGTIN,
    Change,
    Json,
    answer,
    changed,
    document,
    events,
    meant,
    put,
    taken,
)

from suyuan.model import Finding
from suyuan.wire import (
    DocumentError,
    Form,
    Limits,
    Spelling,
    Wanted,
    convert,
    normal_bytes,
    read_document,
)
from suyuan.wire.losses import LOSSES
from suyuan.wire.shapes import EVERY_MEMBER, SHAPES
from suyuan.wire.types import Kind
from suyuan.wire.xml_event import _EVENT as READ
from suyuan.wire.xml_layout import LAYOUTS, Layout
from suyuan.wire.xml_write import _MEMBERS as WRITTEN

DATA = Path(__file__).resolve().parents[3] / "shared/data/epcis"
CREATED = "2026-03-02T00:00:00Z"
EDITION = "convert.edition"
URN = "urn:epc:id:sgtin:6901234.000001."


def converted(data: bytes, form: Form, **wanted: Any) -> tuple[bytes, list[Finding]]:
    """The document in that form, every event of it good, and what was lost."""
    conversion = convert(data, Wanted(form=form, created=CREATED, **wanted))
    pieces = list(conversion.pieces)
    assert not [piece.refused for piece in pieces if piece.refused]
    indexes = [piece.index for piece in pieces if piece.index is not None]
    assert indexes == list(range(conversion.events))
    losses = [one for piece in pieces for one in piece.losses]
    assert all(one.message.zh and one.message.en and one.cure.zh and one.law for one in losses)
    return b"".join(piece.data for piece in pieces), losses


def said(data: bytes) -> list[bytes]:
    read = taken(data)[1]
    assert all(one.event is not None for one in read), read
    return [normal_bytes(one.event) for one in read if one.event is not None]


def rules(losses: list[Finding]) -> set[str]:
    return {one.rule for one in losses} - {EDITION}


ways = st.lists(st.sampled_from(Form), min_size=1, max_size=4)


@given(st.lists(events(), max_size=3), ways)
def test_any_way_through_the_forms_keeps_the_meaning_or_tells_what_is_lost(
    some: list[Json], way: list[Form]
) -> None:
    data = document(*some)
    before, lost = said(data), set[str]()
    for form in way:
        data, losses = converted(data, form)
        lost |= rules(losses)
    if not lost:
        assert said(data) == before


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("sample", SAMPLES)
def test_an_event_of_any_type_loses_nothing(form: Form, sample: Json) -> None:
    for data in (document(sample), answer(sample)):
        there, losses = converted(data, form)
        assert rules(losses) == set()
        assert said(there) == [normal_bytes(meant(sample))]
        back, _ = converted(there, Form.JSON)
        assert said(back) == [normal_bytes(meant(sample))]
        assert read_document(there).kind is read_document(data).kind


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_single_event_stays_one(form: Form, sample: Json) -> None:
    bare = json.dumps({"@context": [EPCIS, EXAMPLE], **sample}).encode()
    there, losses = converted(bare, form)
    assert rules(losses) == set()
    assert read_document(there).kind is Kind.EVENT
    assert said(there) == [normal_bytes(meant(sample))]


@pytest.mark.parametrize("event", [xml.OBJECT_2_0, xml.OBJECT_1_2])
@pytest.mark.parametrize("way", [(a, b) for a in Form for b in Form])
def test_xml_of_either_edition_goes_everywhere(event: str, way: tuple[Form, Form]) -> None:
    data = xml.document(event)
    for form in way:
        data, losses = converted(data, form)
        assert rules(losses) == set()
    assert said(data) == [normal_bytes(meant(OBJECT))]


VALUES = [
    "", " a ", "\n", "\t", "a\r\nb", "<&>\"'", "]]>", "007", "1.50", "true", "溯源", "🐖", "ex:a",
    True, False, 0, -1, 10**30, 1.5, 1e-9, {"ex:a": 1, "ex:b": ["x", "y"]}, ["a", "b"], [1, "1"],
    {"plain": "x"}, {"#text": "5", "ex:unit": "CEL"}, {"#text": " 5 ", "ex:unit": "CEL"},
    {"#text": 5, "ex:unit": "CEL"}, [{"ex:a": 1}, {"ex:a": 2}], {"type": "x", "id": "y"},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("place", ["", "ilmd", "readPoint", "errorDeclaration"])
def test_a_value_of_somebodys_own_comes_back_as_it_was(value: Any, place: str) -> None:
    def add(event: Json) -> None:
        event.setdefault("errorDeclaration", {"declarationTime": "2026-03-02T08:00:00Z"})
        (event[place] if place else event)["ex:v"] = value

    event = changed(OBJECT, add)
    for form in (Form.XML, Form.XML_1_2):
        there, losses = converted(document(event), form)
        assert rules(losses) == set()
        assert said(there) == said(document(event))


REPORT = ("sensorElementList", 0, "sensorReport", 0)


LOST: list[tuple[Change, str, str, dict[str, Any]]] = [
    (put("ex:a b", 1), "convert.name", "/ex:a b", {}),
    (put("ex:v", {"@x": 1, "ex:a": 1}), "convert.name", "/ex:v/@x", {}),
    (put("ex:v", "\x01"), "convert.character", "/ex:v", {}),
    (put("ex:v", [1]), "convert.single", "/ex:v", {}),
    (put("ex:v", []), "convert.empty", "/ex:v", {}),
    (put("ex:v", {}), "convert.empty", "/ex:v", {}),
    (put("certificationInfo", []), "convert.empty", "/certificationInfo", {}),
    (put("ex:v", [[1, 2], [3, 4]]), "convert.nested", "/ex:v/0", {}),
    (put("ex:v", [1, None]), "convert.null", "/ex:v/1", {}),
    (put("_note", "x"), "convert.bare", "/_note", {}),
    (put(*REPORT, "ex:v", 7), "convert.attribute", "/sensorElementList/0/sensorReport/0/ex:v", {}),
    (put(*REPORT, "ex:v", {"ex:a": 1}), "convert.structure",
     "/sensorElementList/0/sensorReport/0/ex:v", {}),
    (put("sensorElementList", 0, "type", "x"), "convert.member", "/sensorElementList/0/type", {}),
    (put("epcList", ["https://id.gs1.org/01/09521234000013/21/1"]), "convert.prefix", "/epcList/0",
     {"spelling": Spelling.URN}),
    (put("epcList", [LOT + "A/21/1"]), "convert.more", "/epcList/0",
     {"spelling": Spelling.URN, "prefixes": frozenset({"6901234"})}),
    (put("epcList", [SGTIN + "1?17=260101"]), "convert.more", "/epcList/0",
     {"spelling": Spelling.URN, "prefixes": frozenset({"6901234"})}),
    (put("epcList", ["urn:epc:id:gid:1.2.3"]), "convert.code", "/epcList/0",
     {"spelling": Spelling.LINK}),
    (put("eventID", "_:e1"), "convert.local", "/eventID", {}),
    (put("ex:v", "x"), "convert.edition", "/sensorElementList", {}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "path", "wanted"), LOST)
def test_what_is_lost_is_told_with_its_place(
    change: Change, rule: str, path: str, wanted: dict[str, Any]
) -> None:
    event = changed(OBJECT, change)
    there, losses = converted(document(event), Form.XML_1_2, **wanted)
    assert (rule, path) in {(one.rule, one.path) for one in losses}
    assert len(said(there)) == 1


def test_names_of_many_namespaces_are_written_and_come_back() -> None:
    many = {f"https://example.com/{number}/x": number for number in range(5_000)}
    event = changed(OBJECT, put("ilmd", many))
    there, losses = converted(document(event), Form.XML)
    assert rules(losses) == set()
    assert said(there) == said(document(event))


@pytest.mark.parametrize("key", ["acme:field", "https://example.com/x", "urn:acme:field", "a:b:c"])
def test_a_prefix_that_nobody_declared_keeps_its_name(key: str) -> None:
    data = document(changed(OBJECT, put(key, "x")))
    there, losses = converted(data, Form.XML)
    back = json.loads(converted(there, Form.JSON)[0])["epcisBody"]["eventList"][0]
    assert (rules(losses), said(there)) == (set(), said(data))
    assert (key in back) is (key == "acme:field")


@pytest.mark.parametrize(
    "namespace",
    [
        "urn:epcglobal:epcis:xsd:2",
        "urn:epcglobal:epcis-query:xsd:1",
        "http://www.w3.org/2000/xmlns/",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "not an address",
        "https://example.com/?a=<b>&c='d'\"",
    ],
)
def test_a_namespace_that_means_something_to_xml_never_changes_the_event(namespace: str) -> None:
    event = changed(OBJECT, put("odd:action", "DELETE"), put("xml:lang", "zh"))
    context = [EPCIS, EXAMPLE, {"odd": namespace, "xml": namespace}]
    data = document(event, context=context)
    try:
        before = said(data)
    except DocumentError:
        return
    there, losses = converted(data, Form.XML)
    after = said(there)
    if rules(losses):
        assert [one.path for one in losses] == ["/odd:action", "/xml:lang"]
        assert after == [normal_bytes(meant(OBJECT))]
    else:
        assert after == before


def test_every_loss_can_happen() -> None:
    assert {rule for _, rule, _, _ in LOST} | {"convert.withdrawn"} == LOSSES.keys()


def test_an_association_is_told_when_it_goes_to_1_2() -> None:
    _, losses = converted(document(ASSOCIATION), Form.XML_1_2)
    assert [(one.rule, one.path) for one in losses] == [(EDITION, "/type")]
    assert converted(document(ASSOCIATION), Form.XML)[1] == []


def test_an_event_that_cannot_be_read_is_told_and_the_others_are_written() -> None:
    broken = changed(OBJECT, put("action", "SELL"))
    for form in Form:
        conversion = convert(document(OBJECT, broken, OBJECT), Wanted(form=form, created=CREATED))
        pieces = list(conversion.pieces)
        refused = [(piece.index, piece.refused[0].rule) for piece in pieces if piece.refused]
        assert refused == [(1, "wire.action")]
        assert len(said(b"".join(piece.data for piece in pieces))) == 2


def test_what_is_no_document_is_an_error_and_limits_hold() -> None:
    with pytest.raises(DocumentError):
        convert(b"{}", Wanted(form=Form.XML, created=CREATED))
    with pytest.raises(DocumentError):
        convert(document(OBJECT), Wanted(form=Form.XML, created=CREATED), limits=Limits(events=0))


HEAD: Json = {
    "sender": "urn:x:me",
    "receiver": "urn:x:you",
    "instanceIdentifier": "9",
    "epcisHeader": {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:id:sgln:6901234.00000.0",
                            "attributes": [
                                {"id": "cbvmda:site", "attribute": "1 & 2"},
                                {"id": "ex:box", "attribute": {"ex:a": ["2", "3"], "ex:b": "4"}},
                            ],
                            "children": ["urn:x:part"],
                        }
                    ],
                }
            ]
        }
    },
}


@pytest.mark.parametrize("form", [Form.XML, Form.XML_1_2])
def test_the_head_comes_back_whole(form: Form) -> None:
    there, losses = converted(document(OBJECT, **HEAD), form)
    assert rules(losses) == set()
    back, losses = converted(there, Form.JSON)
    assert losses == []
    fields = json.loads(back)
    assert {key: fields[key] for key in HEAD} == HEAD
    assert fields["creationDate"] == "2026-03-01T08:00:00Z"


def test_what_a_head_says_beyond_the_standard_is_told() -> None:
    data = document(OBJECT, id="https://example.com/d/1", **{"ex:x": 1})
    assert {one.path for one in converted(data, Form.XML)[1]} == {"/id", "/ex:x"}
    inside = "<EPCISHeader><ex:mine>1</ex:mine></EPCISHeader><ex:other/>"
    losses = converted(xml.document(xml.OBJECT_2_0, inside=inside), Form.JSON)[1]
    assert {one.path for one in losses} == {"/EPCISHeader/ex:mine", "/ex:other"}


def test_codes_go_to_urns_and_back() -> None:
    data = document(*SAMPLES)
    urns, losses = converted(data, Form.JSON, spelling=Spelling.URN, prefixes={"6901234"})
    assert rules(losses) == set()
    text = urns.decode()
    for urn in (URN + "1", "urn:epc:class:lgtin:6901234.000001.A1", "urn:epc:id:sscc:6901234."):
        assert urn in text
    assert "https://id.gs1.org/" not in text
    assert said(urns) == said(data)
    links, losses = converted(urns, Form.XML, spelling=Spelling.LINK)
    assert rules(losses) == set()
    assert b"urn:epc:id" not in links
    assert said(links) == said(data)


def test_a_prefix_that_a_urn_of_the_document_marks_off_is_known() -> None:
    event = changed(OBJECT, put("epcList", [URN + "1", SGTIN + "2"]))
    written, losses = converted(document(event), Form.JSON, spelling=Spelling.URN)
    assert rules(losses) == set()
    assert URN + "2" in written.decode()


def test_two_prefixes_that_both_fit_leave_a_link_as_it_is() -> None:
    known = frozenset({"690123", "6901234"})
    event = changed(OBJECT, put("epcList", [SGTIN + "1"]))
    _, losses = converted(document(event), Form.JSON, spelling=Spelling.URN, prefixes=known)
    assert "convert.prefix" in rules(losses)


def test_cbv_words_are_urns_or_addresses_in_xml() -> None:
    urns = converted(document(OBJECT), Form.XML)[0].decode()
    assert "<bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep>" in urns
    assert 'type="gs1:Temperature"' in urns
    web = converted(document(OBJECT), Form.XML, web=True)[0].decode()
    assert "<bizStep>https://ref.gs1.org/cbv/BizStep-receiving</bizStep>" in web
    assert 'type="https://ref.gs1.org/cbv/SDT-possessing_party"' in web


def corpora() -> Iterator[Path]:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    for file in sorted(DATA.rglob("*")):
        if file.suffix in {".json", ".jsonld", ".xml"} and file.is_file():
            yield file


@pytest.mark.shared
@pytest.mark.parametrize("form", Form)
def test_all_documents_there_are_keep_their_meaning_or_tell_their_losses(form: Form) -> None:
    kept, lost = 0, 0
    for file in corpora():
        data = file.read_bytes()
        try:
            conversion = convert(data, Wanted(form=form, created=CREATED))
        except DocumentError:
            continue
        pieces = list(conversion.pieces)
        before = [normal_bytes(one.event) for one in taken(data)[1] if one.event is not None]
        if not before:
            continue  # nothing could be read, or there was nothing
        after = said(b"".join(piece.data for piece in pieces))
        losses = [one for piece in pieces for one in piece.losses if piece.index is not None]
        if rules(losses):
            lost += len(before)
        else:
            assert after == before, file
            kept += len(before)
    assert kept >= (380 if form is not Form.JSON else 420)
    assert lost <= 45


# Whatever somebody puts into XML: elements and attributes of two namespaces and of none, typed or
# not, with text before, between and behind.
_texts = st.text(st.sampled_from("a<&>'\"]溯 \t\n\r7.eE+-_:"), max_size=6)
_typed = st.sampled_from(
    ("", ' xsi:type="xsd:integer"', ' xsi:type="xsd:boolean"', ' xsi:nil="true"')
)
_names = st.sampled_from(("ex:a", "ex:b", "other:a", "a", "id", "type", "extension", "epc"))


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    )


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(_names)
    attribute = draw(st.sampled_from(("", " ex:c='1'", " c='2'", " xml:lang='zh'", " other:c=' '")))
    inner = "" if depth > 2 else "".join(draw(st.lists(elements(depth + 1), max_size=2)))
    before, behind = _escaped(draw(_texts)), _escaped(draw(_texts))
    return f"<{name}{draw(_typed)}{attribute}>{before}{inner}{behind}</{name}>"


@given(st.lists(elements(), max_size=3), st.sampled_from(("ilmd", "readPoint", "extension")), ways)
def test_whatever_stands_in_xml_goes_any_way_or_its_losses_are_told(
    inside: list[str], place: str, way: list[Form]
) -> None:
    put_in = {"ilmd": "<ilmd>", "readPoint": "<readPoint>", "extension": "<ilmd>"}[place]
    there = "".join(inside)
    added = f"<extension>{there}</extension>{put_in}" if place == "extension" else put_in + there
    event = xml.OBJECT_2_0.replace(put_in, added, 1)
    event = event.replace("<ObjectEvent>", '<ObjectEvent xmlns:other="urn:x:other">', 1)
    data = xml.document(event)
    read = taken(data)[1][0]
    if read.event is None:  # `id`, `epc` … where the standard has its own
        return
    before, lost = said(data), set[str]()
    for form in way:
        data, losses = converted(data, form)
        lost |= rules(losses)
    if not lost:
        assert said(data) == before


def flat(layout: Layout) -> Iterator[str]:
    for part in layout:
        if isinstance(part, tuple):
            yield from flat(part[1])
        else:
            yield part


def test_xml_reads_writes_and_has_a_place_for_every_member_that_json_has() -> None:
    when = {"eventTime", "eventTimeZoneOffset"}
    assert READ.keys() == WRITTEN.keys() == EVERY_MEMBER | when
    for layouts in LAYOUTS.values():
        assert layouts.keys() == SHAPES.keys()
        for kind, layout in layouts.items():
            needless = set() if SHAPES[kind].has_action else {"action"}
            laid_out = list(flat(layout))
            assert len(laid_out) == len(set(laid_out))
            assert set(laid_out) == (SHAPES[kind].members.keys() | when) - needless


_HERE = 987_654_321
"""Stands for a number that Python's JSON cannot write."""

_AMOUNT: Json = [{"epcClass": LOT + "A", "quantity": _HERE, "uom": "KGM"}]


@given(
    st.integers(-400, 400),
    st.from_regex(r"[1-9][0-9]{0,40}", fullmatch=True),
    st.sampled_from([put("ex:v", _HERE), put("quantityList", _AMOUNT)]),
)
@example(400, "1", put("quantityList", _AMOUNT))
@example(-360, "12345678901234567890123456789012345678901", put("ex:v", _HERE))
def test_a_number_of_any_size_that_json_may_hold_goes_to_xml_and_back(
    exponent: int, digits: str, change: Change
) -> None:
    last = exponent - len(digits) + 1
    assume(last >= -400)  # as for JSON
    written = f"{digits}E{last}"
    sent = document(changed(OBJECT, change)).replace(str(_HERE).encode(), written.encode())
    for form in (Form.XML, Form.XML_1_2):
        there, _ = converted(sent, form)
        assert said(there) == said(sent)
