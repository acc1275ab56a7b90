"""Old entries withheld by a published rule: what stays provable, and how a mirror says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from installed import opened
from logged import report, report_all
from serving import served

from suyuan import ledger
from suyuan.api import witness_application
from suyuan.ledger import keys, retention
from suyuan.ledger.types import LedgerError, microseconds
from suyuan.model.actor import PUBLIC
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    audit,
    backup,
    log_file,
    log_keys,
    log_of,
    logged_acts,
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
from suyuan.store import Queries
from suyuan.tlog.artefact import Proven, Trust, verify_file, verify_mirror
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.errors import FormatError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.mirror import Read, names_below
from suyuan.tlog.note import Note, note_bytes, parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting
from suyuan.tlog.receipt import Receipt, chosen, receipt_bytes
from suyuan.tlog.retained import PROMISE, RETAINED, RETENTION, parse_retention
from suyuan.tlog.shards import act_fields
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tree import leaf_hash

NOW = datetime(2026, 3, 1, tzinfo=UTC)

BUNDLES = "tile/entries/000", "tile/entries/001", "tile/entries/002.p/8"


def trust_of(platform: Platform, since: bytes | None = None) -> Trust:
    known = [parse_vkey(key) for key in log_keys(platform)]
    return Trust(policy=trusting(known), since=since)


def reader(folder: Path) -> Read:
    return lambda name: (folder / name).read_bytes() if (folder / name).is_file() else None


def verified(platform: Platform, folder: Path, since: bytes | None = None) -> Proven:
    return verify_mirror(reader(folder), trust_of(platform, since), names=names_below(folder))


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
    publish(aged)
    assert retention_file(aged) == b"days 99\nfirst 0\n"
    assert all(log_file(aged, path) for path in BUNDLES), "a rule alone withholds nothing"
    assert prune(aged).first == 256
    assert log_file(aged, BUNDLES[0]), "and none that no checkpoint has yet"
    publish(aged)
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
    assert (found.size, found.damages, found.first) == (524, (), 256)
    assert examine(aged, mirror=folder).damages == ()


def test_what_is_withheld_is_never_given_again_whatever_the_rule_says_then(
    aged: Platform,
) -> None:
    pruned_log(aged)
    retain(aged, 36_500)
    assert prune(aged).first == 256
    for days in (0, -1, 36_501):
        with pytest.raises(LedgerError, match=r"ledger\.retention"):
            retain(aged, days)


def test_nothing_beyond_the_published_checkpoint_is_withheld(platform: Platform) -> None:
    report_all(platform, range(520))
    publish(platform)
    retain(platform, 1)
    late = platform.clock() + timedelta(days=400)
    assert pruned(platform, late, published=300) == 256
    assert pruned(platform, late, published=520) == 512


def pruned(platform: Platform, now: datetime, *, published: int) -> int:
    with platform.store.write() as conn:
        return retention.pruned(conn, published=published, now=now)[0].first


def mirrored(platform: Platform, folder: Path) -> Path:
    """A mirror of a log that withholds its first bundle."""
    pruned_log(platform)
    mirror_to(platform, folder)
    assert not (folder / BUNDLES[0]).exists()
    return folder


def wrong(platform: Platform, folder: Path) -> list[tuple[str, str]]:
    return sorted((each.path, each.code) for each in verified(platform, folder).damages)


def test_entries_may_lack_by_the_rule_that_the_log_signed_and_by_no_other(
    aged: Platform, tmp_path: Path
) -> None:
    folder = mirrored(aged, tmp_path / "mirror")
    own = (folder / RETENTION).read_bytes()
    unsigned = (RETENTION, "mirror.retention-unsigned")
    assert (own, wrong(aged, folder)) == (b"days 99\nfirst 256\n", [])
    for said in (b"days 98\nfirst 256\n", b"days 99\nfirst 0\n", b"days 99\nfirst 512\n"):
        (folder / RETENTION).write_bytes(said)
        assert wrong(aged, folder) == [unsigned]
    (folder / BUNDLES[1]).unlink()
    assert wrong(aged, folder) == [unsigned, (BUNDLES[1], "mirror.missing")]
    (folder / RETENTION).unlink()
    assert wrong(aged, folder) == [(BUNDLES[1], "mirror.missing")]
    mirror_to(aged, folder)
    (folder / PROMISE).unlink()
    assert wrong(aged, folder) == [unsigned, (BUNDLES[0], "mirror.missing")]
    (folder / RETENTION).unlink()
    assert wrong(aged, folder) == [(BUNDLES[0], "mirror.missing")]


def test_the_rule_is_proven_by_the_log_and_by_nothing_that_looks_like_it(
    aged: Platform, tmp_path: Path
) -> None:
    folder = mirrored(aged, tmp_path / "mirror")
    true = (folder / PROMISE).read_bytes()
    shown = verify_file(true, trust_of(aged))
    assert (shown.origin, shown.index) == (verified(aged, folder).origin, 521)
    assert b'"first":256' in shown.fields["said"]
    others = {
        "of an event": receipt(aged, 3, OPERATOR) or b"",
        "of the rule before": receipt(aged, 521, OPERATOR) or b"",
        "without what is said": chosen(true, ["act"]),
        "torn": true[:-40],
        "none": b"days 99\nfirst 256\n",
    }
    for name, data in others.items():
        (folder / PROMISE).write_bytes(data)
        found = dict(wrong(aged, folder))
        assert found.pop(BUNDLES[0]) == "mirror.missing", name
        assert set(found) <= {PROMISE, RETENTION}, name
        assert found[RETENTION] == "mirror.retention-unsigned", name


def test_the_rule_of_another_log_or_of_a_later_day_holds_for_no_mirror(
    aged: Platform, tmp_path: Path
) -> None:
    """The mirror is of before the rule: what it lacks is not what that rule withheld."""
    folder = tmp_path / "mirror"
    mirror_to(aged, folder)
    (folder / BUNDLES[0]).unlink()
    newer = mirrored(aged, tmp_path / "newer")
    (folder / PROMISE).write_bytes((newer / PROMISE).read_bytes())
    assert (PROMISE, "retention.elsewhere") in wrong(aged, folder)
    other = ed25519_key("other.example/log", bytes(range(32)))
    (newer / PROMISE).write_bytes(promise_of(other))
    assert (BUNDLES[0], "mirror.missing") in wrong(aged, newer)
    both = Trust(policy=trusting([*map(parse_vkey, log_keys(aged)), other.vkey]))
    found = verify_mirror(reader(newer), both)
    assert "retention.elsewhere" in {each.code for each in found.damages}


def promise_of(key: Key) -> bytes:
    """The receipt of a rule that another log signed, as its only entry."""
    fields = act_fields(RETAINED, NOW, None, b'{"days":1,"first":520}')
    entry = entry_of(commit(fields, bytes(16)), microseconds(NOW))
    extra = disclosure_bytes(disclose(fields, bytes(16), fields, time=microseconds(NOW)))
    head = Checkpoint(key.vkey.name, 1, leaf_hash(entry))
    text = checkpoint_text(head)
    return receipt_bytes(Receipt(0, (), note_bytes(Note(text, (sign(text, key),))), extra))


def test_the_rule_is_an_act_each_time_that_it_changes_and_only_then(aged: Platform) -> None:
    def said() -> list[tuple[int, int]]:
        publish(aged)
        found = [msgspec.json.decode(each.said) for each in logged_acts(aged, RETAINED)]
        assert all(each["by"] == aged.mark_of(aged.config.operator) for each in found)
        return [(each["days"], each["first"]) for each in found]

    retain(aged, 99)
    retain(aged, 99)
    assert said() == [(99, 0)]
    prune(aged)
    prune(aged)
    assert said() == [(99, 0), (99, 256)]
    retain(aged, 50)
    assert said() == [(99, 0), (99, 256), (50, 256)]
    assert audit(aged) == []
    for public in (521, 522, 523):
        assert receipt(aged, public, PUBLIC), "everybody may know"


def test_a_rule_that_makes_no_sense_or_was_altered_is_gone_by_by_nobody(aged: Platform) -> None:
    """Whoever has the database can have it logged: the rule before holds, and it is told."""
    pruned_log(aged)
    for said in (b'{"days":0,"first":512}', b'{"days":9,"first":-1}', b'{"first":512}', b"[]"):
        log_senseless(aged, said)
    publish(aged)
    assert retention_file(aged) == b"days 99\nfirst 256\n"
    assert {each.code for each in audit(aged)} == {"ledger.act-senseless"}
    assert prune(aged).first == 256
    with aged.store.write() as conn:
        altered = b'{"days":99,"first":512}'
        conn.execute(
            "update ledger.act set said = %s where kind = %s and said like %s",
            [altered, RETAINED, b'%"first":256%'],
        )
    assert retention_file(aged) == b"days 99\nfirst 0\n"
    assert log_file(aged, BUNDLES[0])
    assert "ledger.act" in {each.code for each in audit(aged)}


def log_senseless(platform: Platform, said: bytes) -> None:
    at, secret = platform.clock(), bytes(16)
    with platform.store.write() as conn:
        row = {"kind": RETAINED, "at": at, "party": None, "said": said, "secret": secret}
        ((entry,),) = conn.execute(Queries("suyuan.ledger").keep_act, row).fetchall()
        ledger.enqueue(conn, [(entry, commit(act_fields(RETAINED, at, None, said), secret))])


class Killed(BaseException):
    """The process ends here, as far as any code of it could tell."""


@pytest.mark.parametrize("seam", ["before the commit", "after the commit"])
def test_a_rule_from_before_it_was_an_act_becomes_one_whoever_is_killed_when(
    aged: Platform, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    file = log_of(aged).folder / RETENTION
    file.write_bytes(b"days 99\nfirst 256\n")
    assert keys.packed(log_of(aged))[RETENTION], "an older backup brings it back"

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*((ledger, "sequence") if seam[0] == "b" else (retention, "remove")), killed)
        with pytest.raises(Killed):
            publish(aged)
    assert file.exists(), "what is not known to be an act is not thrown away"
    for _ in range(2):
        publish(aged)
        assert not file.exists()
        assert [each.said for each in logged_acts(aged, RETAINED)] == [b'{"days":99,"first":256}']
    with pytest.raises(LedgerError, match=r"log\.withheld"):
        log_file(aged, BUNDLES[0])
    file.write_bytes(b"days 9\nfirst 0\n")  # as from an old copy of the folder
    publish(aged)
    assert (file.exists(), retention_file(aged)) == (False, b"days 99\nfirst 256\n")
    file.write_bytes(b"days 9\n")
    with pytest.raises(FormatError, match=r"ledger\.file"):
        publish(aged)


def test_a_changed_hash_is_found_though_its_entries_are_withheld(
    aged: Platform, tmp_path: Path
) -> None:
    folder = mirrored(aged, tmp_path / "mirror")
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
        parse_retention(data)


def pruned_log(platform: Platform) -> None:
    """As it is after its operator withheld the first 256 entries."""
    retain(platform, 99)
    assert prune(platform).first == 256
    publish(platform)


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
    assert (found.entries, found.log, found.faults) == (522, "resumes", ())
    with opened(empty_database, target.data_dir) as other:
        assert resume(other, newest) == 522
        assert retention_file(other) == b"days 99\nfirst 256\n"
        with pytest.raises(LedgerError, match=r"log\.withheld"):
            log_file(other, BUNDLES[0])
        report(other, [900])
        publish(other)
        mirror_to(other, tmp_path / "mirror")
        found_there = verified(other, tmp_path / "mirror", newest)
        assert (found_there.size, found_there.damages, found_there.first) == (524, (), 256)
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
    assert verify_mirror(reader(tmp_path / "mirror"), both).size >= 521


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
        assert verify_file(publish(aged).note, trust).size == 524
