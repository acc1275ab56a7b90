"""A document of EPCIS 1.1, read through by hand: what becomes of each part, and what is lost."""

import json
from pathlib import Path

import pytest
from wire_samples import taken

from suyuan.wire import Form, Wanted, convert, normal_bytes
from suyuan.wire.convert import Piece

DOCUMENT = Path(__file__).with_name("epcis_1_1.xml").read_bytes()
SENDER = "/EPCISHeader/sbdh:StandardBusinessDocumentHeader/sbdh:Sender"
BUSINESS = "/EPCISHeader/sbdh:StandardBusinessDocumentHeader/sbdh:DocumentIdentification"
# Whom to call, whose numbers these are, what the sender calls this message, and an event that 2.0
# has no longer. All else is there again, in another place or by another name.
LOST = {
    ("convert.member", f"{SENDER}/sbdh:ContactInformation/sbdh:Contact"),
    ("convert.member", f"{SENDER}/sbdh:Identifier/@Authority"),
    ("convert.member", f"{BUSINESS}/sbdh:Type"),
    ("convert.withdrawn", "/type"),
}
SITE, CLASS = "urn:epc:id:sgln:6901234.00000.0", "urn:epc:class:lgtin:6901234.000001.L7"
HEAD = {
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2013-05-08T12:30:00Z",
    "sender": SITE,
    "receiver": "urn:epc:id:sgln:6905678.00000.0",
    "instanceIdentifier": "100",
}
MASTER = {
    "id": SITE,
    "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "Farm"}],
    "children": ["urn:epc:id:sgln:6901234.00001.0"],
}
MADE = {
    "@context": {"example": {"@id": "http://ns.example.com/epcis", "@prefix": True}},
    "type": "ObjectEvent",
    "eventTime": "2013-05-08T14:58:56.591+02:00",
    "eventTimeZoneOffset": "+02:00",
    "epcList": [],
    "action": "ADD",
    "bizStep": "commissioning",
    "disposition": "active",
    "readPoint": {"id": SITE, "example:door": "7"},
    "quantityList": [{"epcClass": CLASS, "quantity": 120, "uom": "KGM"}],
    "sourceList": [{"type": "possessing_party", "source": SITE}],
    "ilmd": {"cbvmda:lotNumber": "L7", "example:grade": {"kind": "a", "#text": "1"}},
    "example:myField": "text",
}
COUNTED = {
    "type": "ObjectEvent",
    "eventTime": "2013-05-09T00:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "action": "OBSERVE",
    "quantityList": [{"epcClass": "urn:epc:idpat:sgtin:6901234.000001.*", "quantity": 200}],
}
TURNED = {
    "type": "TransformationEvent",
    "eventTime": "2013-05-10T00:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "inputQuantityList": [{"epcClass": CLASS, "quantity": 10}],
    "outputEPCList": ["urn:epc:id:sgtin:6901234.000002.1"],
}


def pieces(form: Form) -> list[Piece]:
    found = list(convert(DOCUMENT, Wanted(form=form, created="2026-03-02T00:00:00Z")).pieces)
    assert not any(piece.refused for piece in found)
    return found


def test_all_of_it_is_in_the_json() -> None:
    whole = json.loads(b"".join(piece.data for piece in pieces(Form.JSON)))
    assert {key: whole[key] for key in HEAD} == HEAD
    (vocabulary,) = whole["epcisHeader"]["epcisMasterData"]["vocabularyList"]
    assert vocabulary["type"] == "urn:epcglobal:epcis:vtype:BusinessLocation"
    assert vocabulary["vocabularyElementList"] == [MASTER]
    assert whole["epcisBody"]["eventList"] == [MADE, COUNTED, TURNED]


@pytest.mark.parametrize("form", Form)
def test_what_is_lost_is_told_and_nothing_else(form: Form) -> None:
    found = pieces(form)
    told = [(one.rule, one.path) for piece in found for one in piece.losses]
    assert sorted(told) == sorted(LOST)
    places = [piece.index for piece in found for one in piece.losses if one.path == "/type"]
    assert places == [1]
    again = b"".join(piece.data for piece in found)
    before, after = taken(DOCUMENT)[1], taken(again)[1]
    assert [one.event and normal_bytes(one.event) for one in after] == [
        one.event and normal_bytes(one.event) for one in before
    ]


@pytest.mark.parametrize("before", [b"", b"<?xml version='1.0'?>\n<!-- <ObjectEvent> -->"])
def test_a_quantity_event_alone_is_told_too(before: bytes) -> None:
    begin, end = DOCUMENT.index(b"<QuantityEvent"), DOCUMENT.index(b"</QuantityEvent>")
    alone = before + DOCUMENT[begin:end] + b"</QuantityEvent>"
    found = list(convert(alone, Wanted(form=Form.JSON, created="2026-03-02T00:00:00Z")).pieces)
    assert [one.rule for piece in found for one in piece.losses] == ["convert.withdrawn"]
