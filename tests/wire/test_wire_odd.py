"""What is taken and probably not meant so, and files that are no document of EPCIS."""

import json
from typing import Any

import pytest
from wire_samples import DECLARED, OBJECT, TRANSACTION, Json, changed, put, read

from suyuan.model import Finding, Severity
from suyuan.wire import DocumentError, Mode, read_document

TRANSACTION_TYPE = ("bizTransactionList", 0, "type")
REPORT = ("sensorElementList", 0, "sensorReport", 0)
MEMBERS: list[tuple[Json, tuple[Any, ...], str, str, str, str]] = [
    (OBJECT, ("bizStep",), "BizStep", "bizstep", "shiping", "shipping"),
    (OBJECT, ("disposition",), "Disp", "disp", "in_transt", "in_transit"),
    (OBJECT, TRANSACTION_TYPE, "BTT", "btt", "desadw", "desadv"),
    (OBJECT, ("sourceList", 0, "type"), "SDT", "sdt", "owning_prty", "owning_party"),
    (OBJECT, ("destinationList", 0, "type"), "SDT", "sdt", "owning_prty", "owning_party"),
    (DECLARED, ("errorDeclaration", "reason"), "ER", "er", "incorect_data", "incorrect_data"),
    (OBJECT, ("persistentDisposition", "set", 0), "Disp", "disp", "recaled", "recalled"),
]


def told(event: Json, mode: Mode) -> list[Finding]:
    """All that is said of an event; what is only noted does not keep it out."""
    got = read(event, mode)
    refused = [each for each in got.findings if each.severity is Severity.REFUSE]
    assert (got.event is None) == bool(refused)
    return list(got.findings)


@pytest.mark.parametrize(("sample", "way", "web", "urn", "wrong", "right"), MEMBERS)
def test_a_misspelt_word_of_the_vocabulary_is_told_with_the_nearest(
    sample: Json, way: tuple[Any, ...], web: str, urn: str, wrong: str, right: str
) -> None:
    for mode in Mode:
        for form in (f"https://ref.gs1.org/cbv/{web}-", f"cbv:{web}-"):
            (found,) = told(changed(sample, put(*way, form + wrong)), mode)
            assert (found.rule, found.severity) == ("wire.word.unlisted", Severity.NOTE)
            assert right in found.cure.zh
            assert right in found.cure.en
            assert told(changed(sample, put(*way, form + right)), mode) == []
    for form in (f"urn:epcglobal:cbv:{urn}:", f"https://ns.gs1.org/cbv/{web}-"):
        event = changed(sample, put(*way, form + wrong))
        for mode, severity in ((Mode.LENIENT, Severity.NOTE), (Mode.STRICT, Severity.REFUSE)):
            (found,) = told(event, mode)
            assert (found.rule, found.severity) == ("wire.word.withdrawn-unlisted", severity)
            assert right in found.cure.en
            assert "read as" not in found.message.en


def test_a_word_of_another_vocabulary_is_none_of_this() -> None:
    (found,) = told(changed(OBJECT, put("bizStep", "cbv:BizStp-shipping")), Mode.STRICT)
    assert (found.rule, found.path) == ("wire.word.unlisted", "/bizStep")
    assert "shipping" in found.cure.en
    (found,) = told(changed(OBJECT, put("bizStep", "cbv:Disp-in_transit")), Mode.STRICT)
    assert found.rule == "wire.word.unlisted"
    assert (
        told(changed(OBJECT, put("bizStep", "https://example.com/cbv/BizStep-x")), Mode.STRICT)
        == []
    )


@pytest.mark.parametrize(
    ("uom", "code"), [("KG", "KGM"), ("ML", "MLT"), ("LB", "LBR"), ("KGM", None), ("XYZ", None)]
)
@pytest.mark.parametrize("mode", Mode)
def test_the_symbol_of_a_unit_is_told_its_code(uom: str, code: str | None, mode: Mode) -> None:
    for way in (("quantityList", 0, "uom"), (*REPORT, "uom")):
        event = changed(OBJECT, put(*way, uom))
        found = told(event, mode)
        assert [each.rule for each in found] == (["wire.unit.unlisted"] if code else [])
        for each in found:
            assert each.severity is Severity.NOTE
            assert f"Write {code}." in each.cure.en
            assert str(code) in each.cure.zh


@pytest.mark.parametrize("uom", ["kg", "Kg", "kilo", "公斤", "千克"])
def test_what_is_no_code_at_all_is_told_the_code_too(uom: str) -> None:
    (found,) = told(changed(OBJECT, put("quantityList", 0, "uom", uom)), Mode.LENIENT)
    assert (found.rule, found.severity) == ("wire.unit", Severity.REFUSE)
    assert "Write KGM." in found.cure.en
    (found,) = told(changed(OBJECT, put(*REPORT, "uom", uom)), Mode.STRICT)
    assert (found.rule, found.severity) == ("wire.unit.unlisted", Severity.NOTE)
    assert "Write KGM." in found.cure.en


def test_what_is_meant_by_no_unit_is_told_what_codes_are_like() -> None:
    (found,) = told(changed(OBJECT, put("quantityList", 0, "uom", "a lot")), Mode.LENIENT)
    assert (found.rule, "KGM" in found.cure.en) == ("wire.unit", True)


@pytest.mark.parametrize("mode", Mode)
def test_an_event_about_nothing_is_told_so(mode: Mode) -> None:
    for sample in (OBJECT, TRANSACTION):
        bare = {key: value for key, value in sample.items() if key not in _ABOUT}
        found = told({**bare, "epcList": []}, mode)
        assert [(each.rule, each.severity) for each in found] == [
            ("wire.what.nothing", Severity.NOTE)
        ]
        assert told({**sample, "epcList": []}, mode) == ([] if sample is OBJECT else found)


_ABOUT = ("epcList", "quantityList", "sensorElementList", "parentID", "ilmd")


def refusal(data: bytes, mode: Mode = Mode.LENIENT) -> Finding:
    """Why a document is not taken."""
    with pytest.raises(DocumentError) as caught:
        read_document(data, mode=mode)
    return caught.value.finding


FOREIGN = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF", "export EPCIS"),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip", "Content-Encoding"),
    "xlsx": (b"PK\x03\x04\x14\x00\xb1\xea", "workbook", "suyuan import workbook"),
    "web page": (b"\n<!DOCTYPE html>\n<html><br></html>", "web page", "log in"),
    "old web page": (
        b'\xef\xbb\xbf<?xml version="1.0"?><!-- a --><!doctype HTML PUBLIC "x" "y"><HTML>',
        "web page",
        "log in",
    ),
    "bare web page": (b"<html lang='zh'><p>hello<br>", "web page", "log in"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("mode", Mode)
def test_a_foreign_file_is_told_what_it_is(name: str, mode: Mode) -> None:
    data, what, cure = FOREIGN[name]
    found = refusal(data, mode)
    assert found.rule == "wire.document.root"
    assert what in found.message.en
    assert cure in found.cure.en
    assert "GBK" not in found.message.en


@pytest.mark.parametrize(
    "namespace",
    ["http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"],
)
def test_an_envelope_of_soap_is_told_to_be_opened(namespace: str) -> None:
    data = f'<s:Envelope xmlns:s="{namespace}"><s:Body/></s:Envelope>'.encode()
    found = refusal(data)
    assert (found.rule, "SOAP" in found.message.zh) == ("wire.document.root", True)
    assert "Send what is inside" in found.cure.en
    assert "EPCISDocument" in refusal(b"<Envelope/>").cure.en


def test_a_document_that_is_cut_off_is_told_so_with_the_place() -> None:
    data = json.dumps({"type": "EPCISDocument", "schemaVersion": "2.0"}).encode()
    for end in (20, len(data) - 1):
        found = refusal(data[:end])
        assert found.message.en.startswith("It is cut off here. Expected")
        assert found.message.zh.startswith("文件断在这里：此处应为")
    found = refusal('{"type": "溯源'.encode()[:-1])
    assert "within a character" in found.message.en
    assert "cut off" not in refusal(data[:-1] + b"x}").message.en
