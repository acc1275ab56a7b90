"""Old entries withheld by a published rule: what stays provable, and how a mirror says so."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from installed import opened
from logged import report, report_all
from serving import served

from suyuan import ledger
from suyuan.api import witness_application
from suyuan.ledger import keys, retention
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    audit,
    backup,
    log_file,
    log_keys,
    log_of,
    mirror_to,
    prune,
    publish,
    receipt,
    restore,
    resume,
    retain,
    retention_file,
    rotate_key,
    witness_key,
    witness_log,
)
from suyuan.service.examining import examine
from suyuan.tlog.artefact import Proven, Trust, verify_file, verify_mirror
from suyuan.tlog.errors import FormatError
from suyuan.tlog.mirror import RETENTION, parse_first
from suyuan.tlog.note import parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting

BUNDLES = "tile/entries/000", "tile/entries/001", "tile/entries/002.p/8"


def trust_of(platform: Platform, since: bytes | None = None) -> Trust:
    known = [parse_vkey(key) for key in log_keys(platform)]
    return Trust(policy=trusting(known), since=since)


def verified(platform: Platform, folder: Path, since: bytes | None = None) -> Proven:
    def read(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return verify_mirror(read, trust_of(platform, since))


def age(platform: Platform, last: int, by: timedelta) -> None:
    """What was recorded up to a position was so much earlier: only before anything is signed."""
    with platform.store.write() as conn:
        conn.execute("update ledger.leaf set at = at - %s where position <= %s", [by, last])


@pytest.fixture
def aged(platform: Platform) -> Platform:
    """520 entries, of which the first 300 are a hundred days old, in a published log."""
    report_all(platform, range(520))
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    age(platform, 300, timedelta(days=100))
    publish(platform)
    return platform


def test_only_whole_bundles_older_than_the_rule_are_withheld_and_all_stays_provable(
    aged: Platform, tmp_path: Path
) -> None:
    old = publish(aged).note
    kept = receipt(aged, 3, OPERATOR)
    with pytest.raises(LedgerError, match=r"ledger\.no-retention"):
        prune(aged)
    retain(aged, 101)
    assert prune(aged).first == 0
    retain(aged, 99)
    assert retention_file(aged) == b"days 99\nfirst 0\n"
    assert all(log_file(aged, path) for path in BUNDLES), "a rule alone withholds nothing"
    assert prune(aged).first == 256
    with pytest.raises(LedgerError, match=r"log\.withheld") as said:
        log_file(aged, BUNDLES[0])
    assert said.value.status == 404
    assert log_file(aged, BUNDLES[1])
    assert log_file(aged, BUNDLES[2])
    assert len(log_file(aged, "tile/0/000")) == 8192, "hashes stay"
    again = receipt(aged, 3, OPERATOR)
    for each in (kept, again):
        assert each is not None
        assert verify_file(each, trust_of(aged)).index == 2
    report(aged, [900])
    publish(aged)
    folder = tmp_path / "mirror"
    mirror_to(aged, folder)
    assert not (folder / BUNDLES[0]).exists()
    found = verified(aged, folder, old)
    assert (found.size, found.damages, found.first) == (521, (), 256)
    assert examine(aged, mirror=folder).damages == ()


def test_what_is_withheld_is_never_given_again_whatever_the_rule_says_then(
    aged: Platform,
) -> None:
    retain(aged, 99)
    prune(aged)
    retain(aged, 36_500)
    assert prune(aged).first == 256
    for days in (0, -1, 36_501):
        with pytest.raises(LedgerError, match=r"ledger\.retention"):
            retain(aged, days)


def test_nothing_beyond_the_published_checkpoint_is_withheld(platform: Platform) -> None:
    report_all(platform, range(520))
    publish(platform)
    retain(platform, 1)
    log = log_of(platform)
    late = platform.clock() + timedelta(days=400)
    assert pruned(platform, log.folder, late, published=300) == 256
    assert pruned(platform, log.folder, late, published=520) == 512


def pruned(platform: Platform, folder: Path, now: datetime, *, published: int) -> int:
    assert folder == log_of(platform).folder
    with platform.store.read() as conn:
        return retention.prune(conn, log_of(platform), published=published, now=now).first


def test_a_mirror_without_entries_and_without_a_rule_is_damaged_and_so_is_one_beyond_its_rule(
    aged: Platform, tmp_path: Path
) -> None:
    retain(aged, 99)
    prune(aged)
    folder = tmp_path / "mirror"
    mirror_to(aged, folder)
    (folder / RETENTION).unlink()
    assert [each.path for each in verified(aged, folder).damages] == [BUNDLES[0]]
    (folder / RETENTION).write_bytes(b"days 99\nfirst 256\n")
    (folder / BUNDLES[1]).unlink()
    assert [each.path for each in verified(aged, folder).damages] == [BUNDLES[1]]
    (folder / RETENTION).write_bytes(b"days 99\nfirst 520\n")
    (folder / BUNDLES[2]).unlink()
    assert [each.path for each in verified(aged, folder).damages] == [BUNDLES[2]]


def test_a_changed_hash_is_found_though_its_entries_are_withheld(
    aged: Platform, tmp_path: Path
) -> None:
    retain(aged, 99)
    prune(aged)
    folder = tmp_path / "mirror"
    mirror_to(aged, folder)
    tile = folder / "tile/0/000"
    data = bytearray(tile.read_bytes())
    data[40] ^= 1
    tile.write_bytes(data)
    assert verified(aged, folder).damages


@pytest.mark.parametrize(
    "data",
    [b"", b"days 3\n", b"first 3\ndays 3\n", b"days 03\nfirst 0\n", b"days 3\nfirst 0", b"\xff"],
)
def test_a_retention_out_of_form_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        parse_first(data)


def test_a_retention_is_kept_by_a_backup_of_the_log(aged: Platform) -> None:
    retain(aged, 99)
    assert keys.packed(log_of(aged))[RETENTION] == b"days 99\nfirst 0\n"


def pruned_log(platform: Platform) -> None:
    """As it is after its operator withheld the first 256 entries."""
    retain(platform, 99)
    assert prune(platform).first == 256


def test_a_pruned_log_is_backed_up_and_restored_pruned_and_goes_on(
    aged: Platform, empty_database: str, tmp_path: Path
) -> None:
    """What is withheld stays so on the other machine, and the rows behind it are all there."""
    held = receipt(aged, 3, OPERATOR) or b""
    pruned_log(aged)
    newest, trust = publish(aged).note, trust_of(aged)
    backup(aged, tmp_path / "file", passphrase="a b c")  # noqa: S106
    target = Config(data_dir=tmp_path / "other", database_url=empty_database)
    found = restore(target, tmp_path / "file", passphrase="a b c")  # noqa: S106
    assert (found.entries, found.log, found.faults) == (520, "resumes", ())
    with opened(empty_database, target.data_dir) as other:
        assert resume(other, newest) == 520
        assert retention_file(other) == b"days 99\nfirst 256\n"
        with pytest.raises(LedgerError, match=r"log\.withheld"):
            log_file(other, BUNDLES[0])
        report(other, [900])
        publish(other)
        mirror_to(other, tmp_path / "mirror")
        found_there = verified(other, tmp_path / "mirror", newest)
        assert (found_there.size, found_there.damages, found_there.first) == (521, (), 256)
        assert verify_file(receipt(other, 3, OPERATOR) or b"", trust).index == 2
        assert verify_file(held, trust).index == 2
        assert audit(other) == []


def test_keys_of_a_pruned_log_are_rotated_and_revoked(aged: Platform, tmp_path: Path) -> None:
    before = publish(aged).note
    (old,) = log_keys(aged)
    pruned_log(aged)
    rotate_key(aged, revoke=True)
    report(aged, [900])
    publish(aged)
    assert old not in log_keys(aged)
    mirror_to(aged, tmp_path / "mirror")
    found = verified(aged, tmp_path / "mirror")
    assert (found.damages, found.first) == ((), 256)
    assert verify_file(receipt(aged, 3, OPERATOR) or b"", trust_of(aged)).index == 2
    assert examine(aged, mirror=tmp_path / "mirror").damages == ()
    log = log_of(aged)
    known = trusting([*log.vkeys, parse_vkey(old)])
    both = Trust(policy=known, since=before)

    def of_file(name: str) -> bytes | None:
        path = tmp_path / "mirror" / name
        return path.read_bytes() if path.is_file() else None

    assert verify_mirror(of_file, both).size >= 521


def test_a_witness_cosigns_a_pruned_log_from_before_and_after(
    aged: Platform, tmp_path: Path
) -> None:
    """It continues heads from hashes, which stay, whatever entries are withheld."""
    witness = parse_vkey(witness_key(tmp_path / "w", "w.example/1"))
    for key in log_keys(aged):
        witness_log(tmp_path / "w", key)
    with served(witness_application(tmp_path / "w")) as port:
        address = f"http://127.0.0.1:{port}/"
        policy = f"log {log_keys(aged)[0]}\nwitness w {vkey_text(witness)} {address}\nquorum w\n"
        (log_of(aged).folder / "policy").write_text(policy)
        trust = Trust(policy=parse_policy(policy.encode()))
        report(aged, [800])
        assert verify_file(publish(aged).note, trust).size == 521
        pruned_log(aged)
        report(aged, [900])
        assert verify_file(publish(aged).note, trust).size == 522
