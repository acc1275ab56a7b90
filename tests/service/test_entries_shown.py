"""Whatever the log has at a position has a receipt, or it is said truly why there is none."""

import json

import pypdfium2 as pdfium
import pytest
from logged import event, report

from suyuan.kit import BusyError, Text
from suyuan.ledger.types import LedgerError, TamperedError
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry.types import Party
from suyuan.service import (
    OPERATOR,
    Decision,
    Platform,
    audit,
    erase,
    log_keys,
    publish,
    receipt,
    receipt_pdf,
    register,
)
from suyuan.tlog import standalone
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting

DECISION = Decision(by="杭州市市场监督管理局", ground="个人信息保护法第四十七条")
SHOP = "urn:suyuan:party:shop"
NOBODY = 10**6
EVENT, DESTROYED, ACT, DECIDED = 1, 2, 3, 4
"""What stands at the positions of the log of `four`."""


@pytest.fixture
def four(platform: Platform) -> Platform:
    """An event, one that was destroyed, an act that concerns the shop, the decision."""
    report(platform, [1, 2])
    register(platform, [Party(uri=SHOP, name=Text("店", "Shop"))])
    publish(platform)
    erase(platform, str(event(2)["eventID"]), DECISION)
    publish(platform)
    return platform


def proven(platform: Platform, data: bytes) -> Proven:
    """What a receipt proves to the verifier and to that of one file."""
    keys = log_keys(platform)
    found = verify_file(data, Trust(policy=trusting([parse_vkey(key) for key in keys])))
    said = standalone.receipt(data, keys[:1], 2**33)
    assert f"entry {found.index} of {found.size}" in said
    assert all(value.decode() in said for value in found.fields.values())
    return found


def of(party: str) -> Viewer:
    return Viewer(tenant=1, role=Role.CAPTURER, party=party)


def refusal(platform: Platform, position: int, viewer: Viewer) -> tuple[str, int]:
    with pytest.raises(LedgerError) as said:
        receipt(platform, position, viewer)
    for text in (said.value.text.zh, said.value.text.en):
        assert str(position) in text
    return said.value.code, said.value.status


def test_a_decision_is_proven_to_everybody_as_a_file_and_on_paper(four: Platform) -> None:
    for viewer in (OPERATOR, PUBLIC, of(SHOP)):
        data = receipt(four, DECIDED, viewer)
        assert data is not None
        found = proven(four, data)
        said = json.loads(found.fields["erasure"])
        assert (said["by"], said["ground"], said["positions"]) == (
            DECISION.by, DECISION.ground, [DESTROYED],
        )  # fmt: skip
        paper = receipt_pdf(four, data, "zh", base="https://trace.example")
        with pdfium.PdfDocument(paper) as document:
            assert bytes(document.get_attachment(0).get_data()) == data
        assert audit(four, receipts=[found]) == []


def test_an_act_is_proven_to_whom_it_concerns_and_others_are_told_what_it_is(
    four: Platform,
) -> None:
    for viewer in (OPERATOR, of(SHOP)):
        found = proven(four, receipt(four, ACT, viewer) or b"")
        assert json.loads(found.fields["act"])["kind"] == "party.registered"
    assert refusal(four, ACT, of("urn:suyuan:party:other")) == ("receipt.not-yours", 403)


@pytest.mark.parametrize("statement", [None, "delete from ledger.act"])
def test_the_public_cannot_tell_an_act_from_a_position_that_is_empty(
    four: Platform, statement: str | None
) -> None:
    if statement is not None:
        with four.store.write() as conn:
            conn.execute(statement.encode())
    assert [receipt(four, at, PUBLIC) for at in (ACT, NOBODY)] == [None, None]


def test_where_nothing_stands_or_nothing_is_to_be_seen_there_is_none(four: Platform) -> None:
    assert receipt(four, NOBODY, OPERATOR) is None
    assert receipt(four, NOBODY, PUBLIC) is None
    assert receipt(four, EVENT, PUBLIC) is None
    assert refusal(four, DESTROYED, PUBLIC) == ("receipt.destroyed", 410)


def test_a_decision_that_no_checkpoint_has_yet_is_said_to_wait(four: Platform) -> None:
    erase(four, str(event(1)["eventID"]), DECISION)
    with pytest.raises(BusyError, match=r"receipt\.early"):
        receipt(four, DECIDED + 1, PUBLIC)


@pytest.mark.parametrize(
    ("statement", "position", "code"),
    [
        ("update ledger.act set kind = 'party.removed'", ACT, "receipt.changed"),
        ("update record.erasure set secret = '\\x00'", DECIDED, "receipt.changed"),
        ("update record.entry set secret = '\\x00'", EVENT, "receipt.changed"),
        ("update record.erasure set said = said || ' '", DECIDED, "receipt.changed"),
        ("delete from ledger.act", ACT, "receipt.gone"),
        ("delete from record.erasure", DECIDED, "receipt.gone"),
        ("delete from record.entry", EVENT, "receipt.gone"),
    ],
)
def test_of_what_was_altered_or_deleted_there_is_none_and_this_is_said(
    four: Platform, statement: str, position: int, code: str
) -> None:
    with four.store.write() as conn:
        conn.execute(statement.encode())
    with pytest.raises(TamperedError) as said:
        receipt(four, position, OPERATOR)
    assert (said.value.code, said.value.found_wrong) == (code, True)
    for text in (said.value.text.zh, said.value.text.en):
        assert str(position) in text
        assert "suyuan verify --database" in text
