"""An act or event that was altered is told as that, by position, number and kind, and as no gap."""

# ruff: noqa: S608 -- an attack is a line of SQL

import json
from typing import Any, cast

import pytest
from logged import report
from msgspec import structs
from test_governed import accounts, codes, credit, permits, registry
from test_refused import refuse
from test_weird import OneTransaction

from suyuan.ledger.acts import Act
from suyuan.record.types import VERDICTS
from suyuan.service import (
    OPERATOR,
    Platform,
    audit,
    log_keys,
    logged_acts,
    publish,
    receipt,
    rotate_key,
)
from suyuan.service.auditing import Wrong
from suyuan.store import Store, WriteConnection
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting

KINDS = {
    "account.opened", "account.key-issued", "account.key-revoked", "capture.refused",
    "codes.import-withdrawn", "codes.imported", "codes.issued", "codes.packed", "codes.printed",
    "codes.withdrawn", "credit.decided", "credit.withdrawn", "document.registered",
    "entitlement.entered", "entitlement.withdrawn",
    "licence.registered", "link.entered", "link.withdrawn", "log.keys", "party.registered",
    "permit.entered", "permit.withdrawn", "product.registered", "site.registered",
    "state-rules.switched", "strictness.switched",
}  # fmt: skip
COLUMNS = {
    "kind": "update ledger.act set kind = 'x.y' where {own}",
    "at": "update ledger.act set at = at - interval '90 days' where {own}",
    "party": "update ledger.act set party = 'urn:x:y' where {own}",
    "said": "update ledger.act set said = convert_to('{{}}', 'UTF8') where {own}",
    "secret": "update ledger.act set secret = sha256(secret) where {own}",
    "entry": "update ledger.act set entry = entry - 5000 where {own}",
    "its leaf's entry": "update ledger.leaf set entry = entry - 5000 where {own}",
}
"""One altered column each."""


@pytest.fixture
def full(platform: Platform) -> Platform:
    """An installation of which acts of every kind are logged, and some events."""
    for made in (accounts, registry, permits, codes, credit):
        made(platform)
    report(platform, range(1, 4))
    refuse(platform, 7, also=(4,))
    rotate_key(platform)
    publish(platform)
    assert audit(platform) == []
    return platform


def held(platform: Platform, *positions: int) -> list[Proven]:
    """The receipts that somebody keeps."""
    keys = [parse_vkey(each, "") for each in log_keys(platform)]
    trust = Trust(policy=trusting(keys))
    return [verify_file(receipt(platform, at, OPERATOR) or b"", trust) for at in positions]


def within(platform: Platform, conn: WriteConnection) -> Platform:
    """The same, seen from within a transaction that nobody else sees."""
    return structs.replace(platform, store=cast("Store", OneTransaction(conn)))


def altered(
    platform: Platform, statement: str, receipts: list[Proven] | None = None
) -> list[Wrong]:
    """What an audit finds after somebody's statement, which is undone behind."""
    with platform.store.write() as conn:
        conn.execute("savepoint before")
        assert conn.execute(statement.encode()).rowcount > 0
        found = audit(within(platform, conn), receipts=receipts or [])
        conn.execute("rollback to savepoint before")
    return found


def number_of(platform: Platform, act: Act) -> int:
    with platform.store.read() as conn:
        asked = "select -entry from ledger.leaf where position = %s"
        ((number,),) = conn.execute(asked, [act.position]).fetchall()
    return int(number)


def one_of_each(platform: Platform) -> dict[str, Act]:
    return {each.kind: each for each in reversed(list(logged_acts(platform)))}


def test_an_altered_act_of_any_kind_is_told_as_altered(full: Platform) -> None:
    acts = one_of_each(full)
    assert acts.keys() == KINDS
    for kind, act in acts.items():
        number = number_of(full, act)
        for column, statement in COLUMNS.items():
            found = altered(full, statement.format(own=f"entry = {-number}"))
            (told,) = [each for each in found if each.code == "ledger.act"]
            assert told.position == act.position
            known = "x.y" if column == "kind" else kind
            for said in (f"position {act.position}", f"number {number}", known):
                assert said in told.text.en, column
            assert str(number) in told.text.zh
            gone = {"ledger.act-deleted", "record.deleted", "record.unlogged", "record.changed"}
            assert not gone & {each.code for each in found}, (kind, column)


def test_of_an_altered_act_its_receipt_shows_the_fields_that_differ(full: Platform) -> None:
    for act in one_of_each(full).values():
        kept = held(full, act.position)
        for column in ("kind", "party", "said"):
            statement = COLUMNS[column].format(own=f"entry = {-number_of(full, act)}")
            (told,) = [each for each in altered(full, statement, kept) if each.code == "ledger.act"]
            members = [f"said.{each}" if each == "party" else each for each in json.loads(act.said)]
            fields = sorted(members) if column == "said" else [column]
            assert "receipt" in told.text.en
            assert all(f"{each} is " in told.text.en for each in fields[:5]), told.text.en


SAID = (
    "update ledger.act set said = convert_to(replace(convert_from(said, 'UTF8'), "
    "'{one}', '{other}'), 'UTF8') where kind = '{kind}' and position('{one}' in "
    "convert_from(said, 'UTF8')) > 0"
)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (SAID.format(kind="permit.entered", one='"700"', other='"999"'), "amount is '999'"),
        (SAID.format(kind="permit.entered", one="GM-1", other="GM-9"), "number is 'GM-9'"),
        (SAID.format(kind="account.opened", one="regulator", other="admin"), "role is 'admin'"),
        (
            "update ledger.act set party = 'urn:x' where kind = 'permit.entered'",
            "logged as 'urn:suyuan:party:mine'",
        ),
        (
            "update ledger.act set kind = 'permit.withdrawn' where kind = 'permit.entered'",
            "kind is 'permit.withdrawn' now and was logged as 'permit.entered'",
        ),
    ],
)
def test_without_a_receipt_a_value_that_stands_elsewhere_shows_it(
    full: Platform, statement: str, says: str
) -> None:
    found = altered(full, statement)
    assert says in " ".join(each.text.en for each in found if each.code == "ledger.act")


JUDGED = "where id = (select entry from ledger.leaf where position = {at})"


def entry_position(platform: Platform) -> int:
    with platform.store.read() as conn:
        ((at,),) = conn.execute(
            "select min(l.position) from ledger.leaf as l join record.entry as e on e.id = l.entry"
        ).fetchall()
    return int(at)


@pytest.mark.parametrize("verdict", range(1, len(VERDICTS)))
def test_a_verdict_changed_by_hand_is_told_with_what_was_logged(
    full: Platform, verdict: int
) -> None:
    at = entry_position(full)
    with full.store.read() as conn:
        asked = "select verdict from record.entry as e join ledger.leaf as l on l.entry = e.id "
        ((was,),) = conn.execute(f"{asked} where l.position = {at}".encode()).fetchall()
    other = (was + verdict) % len(VERDICTS)
    statement = f"update record.entry set verdict = {other} " + JUDGED.format(at=at)
    kept: list[list[Proven]] = [[], held(full, at)]
    for receipts in kept:
        found = altered(full, statement, receipts)
        (told,) = [each for each in found if each.code == "record.changed"]
        now, logged = VERDICTS[other].value, VERDICTS[was].value
        assert f"verdict is '{now}' now and was logged as '{logged}'" in told.text.en


def test_of_an_altered_event_its_receipt_names_the_fields(full: Platform) -> None:
    at = entry_position(full)
    receipts = held(full, at)
    changes: dict[str, tuple[str, Any]] = {
        "step": ("step = 'recall'", "recall"),
        "family": ("family = 'food'", "food"),
        "ordinal": ("ordinal = 7", 7),
        "tenant": ("tenant = 7", 7),
        "access": ("tags = '{1}'", "0" * 15 + "1"),
    }
    for field, (change, value) in changes.items():
        found = altered(full, f"update record.entry set {change} " + JUDGED.format(at=at), receipts)
        (told,) = [each for each in found if each.code == "record.changed"]
        assert f"{field} is '{value}' now" in told.text.en
