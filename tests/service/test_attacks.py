"""Whoever has every right in the database is found out by who kept a checkpoint and receipts."""

# ruff: noqa: S608 -- an attack is SQL

import json

import pytest

from suyuan import ledger
from suyuan.capture import OnRefusal, Options
from suyuan.service import (
    OPERATOR,
    Platform,
    audit,
    capture,
    local_capturer,
    log_of,
    publish,
    receipt,
)
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.policy import trusting

VICTIM = "urn:uuid:00000000-0000-4000-8000-000000000003"
HIS = "id = (select entry from ledger.leaf where position = 3)"
FORGED = "sha256('a') || sha256('b')"

ATTACKS = {
    "body edited": f"update record.entry set body = (select body from record.entry "
    f"where id <> e.id limit 1) from record.entry as e where record.entry.id = e.id and e.{HIS}",
    "verdict swapped": f"update record.entry set verdict = (verdict + 1) % 3 where {HIS}",
    "family changed": f"update record.entry set family = 'other' where {HIS}",
    "step changed": f"update record.entry set step = 'other' where {HIS}",
    "hidden by its tags": f"update record.entry set tags = array[1::bigint] where {HIS}",
    "back-dated": f"update record.entry set event_time = event_time - interval '1 day' where {HIS}",
    "capturer changed": "update registry.party set uri = uri || 'x'",
    "document changed": "update record.head set body = body || ' '",
    "received earlier": "update capture.job set received_at = received_at - interval '1 day'",
    "moved in its document": f"update record.entry set ordinal = ordinal + 1 where {HIS}",
    "digest changed": f"update record.entry set digest = sha256('x') where {HIS}",
    "identity changed": f"update record.entry set identity = '\\x00' where {HIS}",
    "lost from search": f"update record.entry set event_key = 0 where {HIS}",
    "type changed": f"update record.entry set type = type + 1 where {HIS}",
    "tenant changed": f"update record.entry set tenant = 7 where {HIS}",
    "job changed": f"update record.entry set job = gen_random_uuid() where {HIS}",
    "secret destroyed": f"update record.entry set secret = null where {HIS}",
    "secret changed": f"update record.entry set secret = '\\x00' where {HIS}",
    "deleted": f"delete from record.entry where {HIS}",
    "deleted with its leaf": f"delete from record.entry where {HIS}; "
    "delete from ledger.leaf where position = 3",
    "leaf rewritten": f"update ledger.leaf set commitment = {FORGED} where position = 3",
    "record time changed": "update ledger.leaf set at = at - interval '1 us' where position = 3",
    "reordered": "update ledger.leaf set entry = case position when 3 then "
    "(select entry from ledger.leaf where position = 4) else "
    "(select entry from ledger.leaf where position = 3) end where position in (3, 4)",
    "truncated": "delete from ledger.leaf where position >= 3; "
    "delete from record.entry where id not in (select entry from ledger.leaf); "
    "update ledger.head set size = 2",
}


@pytest.fixture
def kept(platform: Platform) -> tuple[Proven, list[Proven]]:
    """What an outsider holds: a checkpoint, and the receipts of five events."""
    ids = [f"urn:uuid:00000000-0000-4000-8000-{n:012}" for n in range(1, 6)]
    body = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T10:00:00+08:00",
    }
    capturer = local_capturer(platform, None)
    for number, name in enumerate(ids):
        event = {
            "type": "ObjectEvent", "eventID": name, "action": "OBSERVE",
            "eventTime": f"2026-03-01T10:00:0{number}+08:00", "eventTimeZoneOffset": "+08:00",
            "bizStep": "inspecting", "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number}"],
        }  # fmt: skip
        data = json.dumps(body | {"epcisBody": {"eventList": [event]}}).encode()
        capture(platform, data, capturer, Options(on_refusal=OnRefusal.PROCEED))
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    since = verify_file(publish(platform).note, trust)
    held = [receipt(platform, name, OPERATOR) for name in ids]
    return since, [verify_file(each or b"", trust) for each in held]


def test_nothing_is_wrong_with_what_nobody_touched(
    platform: Platform, kept: tuple[Proven, list[Proven]]
) -> None:
    assert audit(platform, since=kept[0], receipts=kept[1]) == []


def test_history_rewritten_under_the_kept_hashes_is_found_by_the_own_mark(
    platform: Platform,
) -> None:
    with platform.store.write() as conn:
        leaves = [(at, at.to_bytes(64)) for at in range(1, 301)]
        ledger.enqueue(conn, leaves)
        ledger.sequence(conn, now=platform.clock())
    publish(platform)
    with platform.store.write() as conn:
        conn.execute("update ledger.leaf set commitment = %s where position = 2", [bytes(64)])
    assert "ledger.rewritten" in {each.code for each in audit(platform)}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_and_its_event_named(
    platform: Platform, kept: tuple[Proven, list[Proven]], attack: str
) -> None:
    with platform.store.write() as conn:
        conn.execute("alter table ledger.leaf drop constraint leaf_entry_key")
        conn.execute(ATTACKS[attack].encode())
    found = audit(platform, since=kept[0], receipts=kept[1])
    assert any(each.event == VICTIM or each.position == 3 for each in found), found
