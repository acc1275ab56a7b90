"""Acts that say nothing sensible, and are proven to: told each by its place, and blind nobody."""

from pathlib import Path

import pytest
from logged import report

from suyuan import ledger
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    audit,
    backup,
    examine,
    log_of,
    publish,
    receipt,
    restore,
)
from suyuan.service.replaying import _STEPS, FOUND, REGISTERED
from suyuan.store import Queries, WriteConnection
from suyuan.store.archive import ArchiveError
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.commitment import SECRET_BYTES, commit
from suyuan.tlog.policy import trusting
from suyuan.tlog.shards import OPENED, act_fields

Q = Queries("suyuan.ledger")
SWAPPED = (
    "update record.entry set verdict = (verdict + 1) % 3 "
    "where id = (select entry from ledger.leaf where position = 3)"
)
GOVERNING = [*_STEPS, *(f"{each}.registered" for each in REGISTERED)]
OTHERS = ["log.keys", "capture.refused", "codes.key-made", "of nobody", ""]
NO_OBJECT = [b"[]", b"1", b"", b"\xff", b'{"by": "\xff"}', b"[" * 100_000, b'{"a": 1']
WRONG = [
    b"{}",
    b'{"by": [1]}',
    b'{"name": 1, "label": 1, "uri": 1, "link": 1, "batch": 1, "package": 1, "container": 1}',
    b'{"name": [], "uri": {}, "permit": null, "number": 1e40, "proof": 3, "rows": [1]}',
]
ODD = (
    b'{"name": "a", "label": "b", "uri": "c", "link": "d", "key": "e", "batch": "f", "party": "g", '
    b'"package": "h", "container": "i", "run": "j", "permit": "k", "number": "l", "issuer": "m", '
    b'"goods": "n", "kind": "o", "proof": "p", "class-uri": "q", "amount": "NaN", "reason": 1e300, '
    b'"begin": 1e300, "past": -1, "on": 1e300, "by": "r", "codes": 123456789012345678901234567890, '
    b'"valid-from": 1e300, "valid-to": {"x": []}, "title": [null], "default": 1, '
    b'"digest": false, "rows": [["registry.code_print", ["z"], {"at": -1e300}]]}'
)


def log_act(conn: WriteConnection, platform: Platform, kind: str, said: bytes) -> None:
    """Log an act as somebody can who has the database."""
    at, secret = platform.clock(), bytes(SECRET_BYTES)
    row = {"kind": kind, "at": at, "party": None, "said": said, "secret": secret}
    ((entry,),) = conn.execute(Q.keep_act, row).fetchall()
    ledger.enqueue(conn, [(entry, commit(act_fields(kind, at, None, said), secret))])


@pytest.mark.parametrize("said", [*NO_OBJECT, *WRONG], ids=lambda each: repr(each[:30]))
def test_a_senseless_act_of_each_kind_is_told_by_its_position(
    platform: Platform, said: bytes
) -> None:
    kinds = GOVERNING if said in WRONG else GOVERNING + OTHERS
    report(platform, range(1, 4))
    publish(platform)
    with platform.store.write() as conn:
        for kind in kinds:
            log_act(conn, platform, kind, said)
        conn.execute(SWAPPED)
    publish(platform)
    found = audit(platform)
    told = [(each.position, each.place) for each in found if each.code == "ledger.act-senseless"]
    assert told == list(enumerate(kinds, 4))
    assert [each.position for each in found if each.code == "record.changed"] == [3]


@pytest.mark.parametrize("kind", GOVERNING)
def test_odd_values_that_an_act_says_blind_nobody(platform: Platform, kind: str) -> None:
    """What can be taken is held against the rows like anything else; there are none here."""
    report(platform, range(1, 4))
    with platform.store.write() as conn:
        log_act(conn, platform, kind, ODD)
        log_act(conn, platform, kind, ODD)
        conn.execute(SWAPPED)
    publish(platform)
    found = {each.code for each in audit(platform)}
    assert "record.changed" in found
    assert found > {"record.changed"} or kind.endswith(("revoked", "withdrawn"))


def test_a_backup_with_one_is_restored_with_faults_and_the_deep_doctor_names_both(
    platform: Platform, empty_database: str, tmp_path: Path
) -> None:
    ids = report(platform, range(1, 4))
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    since = verify_file(publish(platform).note, trust)
    held = [verify_file(receipt(platform, each, OPERATOR) or b"", trust) for each in ids]
    with platform.store.write() as conn:
        log_act(conn, platform, "permit.withdrawn", b"{}")
        conn.execute(SWAPPED)
    publish(platform)
    deep = {(each.code, each.event, each.position) for each in examine(platform).damages}
    assert {("record.changed", ids[2], 3), ("ledger.act-senseless", None, 4)} <= deep
    found = {"record.changed", "capture.answer", "ledger.act-senseless"}
    assert {each.code for each in audit(platform, since=since, receipts=held)} == found
    backup(platform, tmp_path / "kept")
    target = Config(data_dir=tmp_path / "other", database_url=empty_database)
    with pytest.raises(ArchiveError) as told:
        restore(target, tmp_path / "kept")
    assert told.value.code == "restore.faults"
    restored = restore(target, tmp_path / "kept", with_faults=True)
    assert {each.code for each in restored.faults} == found


@pytest.mark.parametrize("said", [b"garbage", b"{}", b"\xff", b'{"shard": 1}'])
def test_a_shard_that_nonsense_opened_is_named_with_all_else_and_nothing_more_is_signed(
    platform: Platform, said: bytes
) -> None:
    ids = report(platform, range(1, 4))
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    since = verify_file(publish(platform).note, trust)
    with platform.store.write() as conn:
        log_act(conn, platform, OPENED, said)
        ledger.sequence(conn, now=platform.clock())
        conn.execute("insert into ledger.shard (number, first) values (2099, 4)")
        conn.execute(SWAPPED)
    for found in (audit(platform, since=since), examine(platform).damages):
        told = {(each.code, each.position, each.event) for each in found}
        assert {("ledger.shard", 4, None), ("record.changed", 3, ids[2])} <= told
    with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
        publish(platform)


def test_what_a_changed_act_does_not_say_is_told_once(platform: Platform) -> None:
    """An act that was made senseless after it was logged is not what was logged, and no more."""
    with platform.store.write() as conn:
        log_act(conn, platform, FOUND, b'{"rows": []}')
    publish(platform)
    assert audit(platform) == []
    with platform.store.write() as conn:
        conn.execute("update ledger.act set said = '\\xff'")
    assert [each.code for each in audit(platform)] == ["ledger.act"]
