"""Whoever has every right in the database is found out by who kept a checkpoint and receipts."""

# ruff: noqa: S608 -- an attack is SQL

import shutil
from pathlib import Path

import pytest
from logged import report

from suyuan import ledger
from suyuan.ledger import shards, tree
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    OPERATOR,
    Platform,
    audit,
    examine,
    log_keys,
    log_of,
    publish,
    receipt,
    revoke_log_key,
    rotate_key,
)
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.errors import ProofError
from suyuan.tlog.note import Note, note_bytes, parse_vkey, vkey_text
from suyuan.tlog.policy import trusting, without
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.signing import sign
from suyuan.tlog.witness import request_bytes

VICTIM = "urn:uuid:00000000-0000-4000-8000-000000000003"
HIS = "id = (select entry from ledger.leaf where position = 3)"
FORGED = "sha256('a') || sha256('b')"

SWAPPED = (
    "update record.entry as e set {column} = o.{column} from record.entry as o, ledger.leaf as l, "
    "ledger.leaf as m where l.entry = e.id and m.entry = o.id and l.position in (3, 4) "
    "and m.position = 7 - l.position"
)

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
    "secrets swapped": SWAPPED.format(column="secret"),
    "digests swapped": SWAPPED.format(column="digest"),
    "bodies swapped": SWAPPED.format(column="body"),
    "deleted": f"delete from record.entry where {HIS}",
    "destroyed by no decision": f"update record.entry set secret = null where {HIS}; "
    "insert into record.erasure select -9, array[id], array[]::uuid[], '{}', '\\x00' "
    f"from record.entry where {HIS}",
    "destroyed by what is no JSON": f"update record.entry set secret = null where {HIS}; "
    "insert into record.erasure select -9, array[id], array[]::uuid[], '\\xff', '\\x00' "
    f"from record.entry where {HIS}",
    "deleted with its leaf": f"delete from record.entry where {HIS}; "
    "delete from ledger.leaf where position = 3",
    "leaf rewritten": f"update ledger.leaf set commitment = {FORGED} where position = 3",
    "record time changed": "update ledger.leaf set at = at - interval '1 us' where position = 3",
    "reordered": "update ledger.leaf set entry = case position when 3 then "
    "(select entry from ledger.leaf where position = 4) else "
    "(select entry from ledger.leaf where position = 3) end where position in (3, 4)",
    "inserted": "update ledger.leaf set position = position + 1000 where position >= 3; "
    "update ledger.leaf set position = position - 999 where position > 1000; "
    "insert into ledger.leaf (position, entry, commitment, at) "
    f"select 3, -1, {FORGED}, at from ledger.leaf where position = 2; "
    "update ledger.head set size = size + 1",
    "deleted and closed up": f"delete from record.entry where {HIS}; "
    "delete from ledger.leaf where position = 3; "
    "update ledger.leaf set position = position + 999 where position > 3; "
    "update ledger.leaf set position = position - 1000 where position > 1000; "
    "update ledger.head set size = size - 1",
    "truncated": "delete from ledger.leaf where position >= 3; "
    "delete from record.entry where id not in (select entry from ledger.leaf); "
    "update ledger.head set size = 2",
}


@pytest.fixture
def kept(platform: Platform) -> tuple[Proven, list[Proven]]:
    """What an outsider holds: a checkpoint, and the receipts of five events."""
    ids = report(platform, range(1, 6))
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    since = verify_file(publish(platform).note, trust)
    held = [receipt(platform, name, OPERATOR) for name in ids]
    return since, [verify_file(each or b"", trust) for each in held]


RESTORED = """
delete from record.entry where id in (select entry from ledger.leaf where position > 2);
delete from ledger.leaf where position > 2;
delete from capture.job where id not in (select job from record.entry);
delete from ledger.checkpoint;
update ledger.head set size = 2, at = (select max(at) from ledger.leaf);
"""
"""The database as it was after two events."""


@pytest.fixture
def forked(platform: Platform, tmp_path: Path) -> tuple[bytes, list[Proven], bytes]:
    """An old backup of the whole data directory is restored and another history goes on from it.

    What an outsider kept from before, the checkpoint and the receipts, and the checkpoint of now:
    it is signed with the true key, and the platform itself knows nothing.
    """
    log = log_of(platform)
    ids = report(platform, (1, 2))
    publish(platform)
    shutil.copytree(log.folder, tmp_path / "backup")
    ids += report(platform, (3, 4, 5))
    old = publish(platform).note
    trust = Trust(policy=trusting(log.vkeys))
    held = [verify_file(receipt(platform, each, OPERATOR) or b"", trust) for each in ids]
    with platform.store.write() as conn:
        conn.execute(RESTORED.encode())
    shutil.copytree(tmp_path / "backup", log.folder, dirs_exist_ok=True)
    report(platform, (6, 7, 8, 9), serial="7")
    assert audit(platform) == []
    return old, held, publish(platform).note


def test_a_restored_data_directory_and_the_fork_from_it_are_found_by_what_an_outsider_kept(
    platform: Platform, forked: tuple[bytes, list[Proven], bytes]
) -> None:
    old, held, _ = forked
    since = verify_file(old, Trust(policy=trusting(log_of(platform).vkeys)))
    found = audit(platform, since=since, receipts=held)
    assert "ledger.rewritten" in {each.code for each in found}
    assert [each.event for each in found if each.code == "ledger.receipt"] == [
        f"urn:uuid:00000000-0000-4000-8000-{number:012}" for number in (3, 4, 5)
    ]


def test_the_fork_is_found_offline_by_a_proof_that_it_cannot_give(
    platform: Platform, forked: tuple[bytes, list[Proven], bytes]
) -> None:
    old, _, new = forked
    policy = trusting(log_of(platform).vkeys)
    older = verify_file(old, Trust(policy=policy)).size
    with platform.store.read() as conn:
        newer = verify_file(new, Trust(policy=policy)).size
        path = consistency_proof(
            tree.tree_of(conn, shards.until(conn, newer)[0], newer), older, newer
        )
    with pytest.raises(ProofError):
        verify_file(request_bytes(older, path, new), Trust(policy=policy, since=old))


def test_a_restored_data_directory_before_anything_goes_on_is_found_too(
    platform: Platform, kept: tuple[Proven, list[Proven]]
) -> None:
    log = log_of(platform)
    shutil.rmtree(log.folder)
    with platform.store.write() as conn:
        conn.execute(RESTORED.encode())
    found = audit(platform, since=kept[0], receipts=kept[1])
    assert "ledger.shorter" in {each.code for each in found}
    assert VICTIM in {each.event for each in found}


@pytest.mark.parametrize("stolen_later", [False, True])
def test_a_checkpoint_forged_with_a_stolen_old_key_is_refused_once_it_is_revoked(
    platform: Platform, kept: tuple[Proven, list[Proven]], *, stolen_later: bool
) -> None:
    thief = log_of(platform).keys[0]  # has the private key, and full rights in the database
    if stolen_later:
        rotate_key(platform)
        revoke_log_key(platform, vkey_text(thief.vkey))
    else:
        rotate_key(platform, revoke=True)
    now = log_of(platform)
    with platform.store.write() as conn:
        conn.execute("alter table ledger.leaf drop constraint leaf_entry_key")
        conn.execute(ATTACKS["leaf rewritten"].encode())
        forged_root = tree.root_of(conn, shards.until(conn, 5)[0], 5)
        text = checkpoint_text(Checkpoint(now.origin, 5, forged_root))
        forged = note_bytes(Note(text, (sign(text, thief),)))
        conn.execute("update ledger.checkpoint set note = %s", [forged])
    keys = [parse_vkey(line) for line in log_keys(platform)]
    assert thief.vkey not in keys
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        verify_file(forged, Trust(policy=trusting(keys)))
    with pytest.raises(ProofError, match=r"policy\.revoked"):
        verify_file(forged, Trust(policy=without(trusting([*keys, thief.vkey]), [thief.vkey])))
    with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
        publish(platform)
    found = audit(platform, since=kept[0], receipts=kept[1])
    assert VICTIM in {each.event for each in found}


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
    assert VICTIM in {each.event for each in found}, found
    assert all(VICTIM in each.text.zh and VICTIM in each.text.en
               for each in found if each.event == VICTIM)  # fmt: skip


def test_a_reordering_is_named_to_who_has_no_receipt_and_by_doctor(
    platform: Platform, kept: tuple[Proven, list[Proven]]
) -> None:
    assert len(kept[1]) == 5
    with platform.store.write() as conn:
        conn.execute("alter table ledger.leaf drop constraint leaf_entry_key")
        conn.execute(ATTACKS["reordered"].encode())
    both = {VICTIM, VICTIM.replace("3", "4")}
    told = [each for each in audit(platform) if each.code != "store.intruder"]  # the key that went
    assert {each.event for each in told} == both
    deep = [each for each in examine(platform).damages if each.code == "record.changed"]
    assert {each.event for each in deep} == both
    told = audit(platform, receipts=kept[1])
    assert [(each.position, each.event) for each in told if each.code != "store.intruder"] == [
        (3, VICTIM), (4, VICTIM.replace("3", "4")),
    ]  # fmt: skip


def test_a_receipt_of_another_place_names_nothing_and_the_answer_does(
    platform: Platform, kept: tuple[Proven, list[Proven]]
) -> None:
    with platform.store.write() as conn:
        conn.execute(ATTACKS["deleted"].encode())
    others = [each for each in kept[1] if each.index != 2]
    assert [each.event for each in audit(platform, receipts=others)] == [VICTIM]
    with platform.store.write() as conn:
        conn.execute("delete from capture.job")
    assert {each.event for each in audit(platform, receipts=others)} >= {None}
    assert VICTIM not in {each.event for each in audit(platform, receipts=others)}
