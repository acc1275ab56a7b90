"""A platform over the turns of years: what outsiders can check, and what nobody gets past them."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from logged import report, report_all
from msgspec.structs import replace

from suyuan import index, store
from suyuan.ledger import acts, keys, posting, shards, tree
from suyuan.ledger.types import LedgerError
from suyuan.ledger.witnessing import add_checkpoint, know_log, known_logs, open_witness
from suyuan.main import asgi
from suyuan.model import Viewer
from suyuan.service import (
    OPERATOR,
    Config,
    Decision,
    Platform,
    audit,
    backup,
    checkpoint,
    doctor,
    erase,
    examine,
    forget_log_key,
    log_file,
    log_keys,
    log_of,
    log_shards,
    mirror_to,
    on_store,
    prune,
    publish,
    read_shown,
    rebuild,
    receipt,
    restore,
    resume,
    retain,
    retention_file,
    revoke_log_key,
    rotate_key,
    witness_key,
)
from suyuan.store import Store, StoreSettings, open_store
from suyuan.tlog import standalone
from suyuan.tlog.artefact import Kind, Proven, Trust, verify_file, verify_mirror
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.commitment import commit
from suyuan.tlog.errors import ProofError
from suyuan.tlog.note import note_bytes, parse_note, parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.shards import OPEN, OPENED, act_fields, parse_said, said_bytes
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root
from suyuan.tlog.witness import request_bytes

LATER = 2**33
"""Seconds since 1970, behind all of these years."""

EVE = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
IDS = [f"urn:uuid:00000000-0000-4000-8000-{number:012}" for number in range(20)]
YEAR = timedelta(days=365)


class Years:
    """A platform whose clock a test sets."""

    def __init__(self, store: Store, folder: Path, at: datetime = EVE) -> None:
        self.now = at
        self.platform = on_store(store, Config(data_dir=folder), clock=lambda: self.now)

    def report(self, *numbers: int) -> None:
        report(self.platform, numbers)

    def turn(self, by: timedelta = YEAR) -> None:
        self.now += by


@pytest.fixture
def years(database: Store, tmp_path: Path) -> Years:
    """1, 2, 3 in the shard that the log begins with, 4 and 5 in that of 2027, 6 in that of 2028."""
    made = Years(database, tmp_path / "data")
    for part in ((1, 2, 3), (4, 5), (6,)):
        made.report(*part)
        publish(made.platform)
        made.turn()
    return made


def trust(platform: Platform, since: bytes | None = None) -> Trust:
    known = [parse_vkey(each, "") for each in log_keys(platform)]
    return Trust(policy=trusting(known), since=since)


def mirrored(folder: Path, known: Trust) -> Proven:
    def read(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return verify_mirror(read, known)


def test_positions_go_on_and_each_shard_is_a_log_under_its_own_name(years: Years) -> None:
    platform, origin = years.platform, log_of(years.platform).origin
    found = log_shards(platform)
    assert [(each.number, each.first, each.size, each.closed) for each in found] == [
        (0, 1, 3, True), (2027, 4, 3, True), (2028, 7, 2, False),
    ]  # fmt: skip
    assert [each.origin for each in found] == [origin, f"{origin}/2027", f"{origin}/2028"]
    assert [each.prefix for each in found] == ["", "2027/", "2028/"]
    with platform.store.read() as conn:
        (size,) = conn.execute("select size from ledger.head").fetchone() or (0,)
    assert size == 8
    index.catch_up(platform.store)
    assert audit(platform) == []
    assert examine(platform).damages == ()
    assert all(each.good for each in doctor(platform))


def test_receipts_of_both_sides_of_a_turn_verify_with_the_one_key_and_name_their_shard(
    years: Years,
) -> None:
    platform, origin = years.platform, log_of(years.platform).origin
    key = log_keys(platform)[0]
    years.report(7)
    publish(platform)
    for number, (shard, at, position) in {
        3: ("", 2, 3), 4: ("/2027", 1, 5), 5: ("/2027", 2, 6), 6: ("/2028", 1, 8),
        7: ("/2029", 1, 10),
    }.items():  # fmt: skip
        file = receipt(platform, IDS[number], OPERATOR)
        assert file is not None
        proven = verify_file(file, trust(platform))
        assert (proven.origin, proven.index) == (origin + shard, at)
        assert json.loads(proven.fields["event"])["eventId"] == IDS[number]
        assert read_shown(platform, file).position == position
        assert f"entry {at} of" in standalone.receipt(file, [key], LATER)


def test_the_stand_alone_verifier_takes_no_shard_of_another_log(years: Years) -> None:
    file = receipt(years.platform, IDS[4], OPERATOR) or b""
    vkey = parse_vkey(log_keys(years.platform)[0])
    for name in (vkey.name + "x", vkey.name + "/2028", vkey.name[:-1], f"{vkey.name}/2"):
        other = type(vkey)(name, vkey.kind, vkey.key)
        with pytest.raises(standalone.NoProof):
            standalone.receipt(file, [vkey_text(other)], LATER)
        with pytest.raises(ProofError):
            verify_file(file, Trust(policy=trusting([other])))
    exact = log_keys(years.platform, 2027)[0]
    assert standalone.receipt(file, [exact], LATER)


def test_an_opening_entry_is_everybodys_to_prove(years: Years) -> None:
    nobody = Viewer()
    file = receipt(years.platform, 4, nobody) or b""
    proven = verify_file(file, trust(years.platform))
    said = json.loads(proven.fields["said"])["said"]
    first = verify_file(checkpoint(years.platform), trust(years.platform))
    assert proven.index == 0
    assert (said["shard"], said["first"]) == (2027, 4)
    assert (said["previous"]["shard"], said["previous"]["size"]) == (0, first.size)


def test_a_mirror_made_before_the_turn_goes_on_after_it(database: Store, tmp_path: Path) -> None:
    years, folder = Years(database, tmp_path / "data"), tmp_path / "mirror"
    years.report(1, 2)
    old = publish(years.platform).note
    mirror_to(years.platform, folder)
    assert mirrored(folder, trust(years.platform)).earlier == ()
    years.report(3)
    years.turn()
    years.report(4)
    middle = publish(years.platform).note
    mirror_to(years.platform, folder)
    years.turn()
    years.report(5)
    new = publish(years.platform).note
    mirror_to(years.platform, folder)
    for since in (None, old, middle, new):
        found = mirrored(folder, trust(years.platform, since))
        assert (found.damages, found.size) == ((), 2)
        assert [size for _, size, _ in found.earlier] == [3, 2]
    assert not [
        e for e in examine(years.platform, mirror=folder).damages if e.code == "mirror.file"
    ]
    (folder / "2027/tile/0/000.p/2").write_bytes(bytes(64))
    assert {each.path for each in mirrored(folder, trust(years.platform)).damages} >= {
        "2027/tile/0/000.p/2"
    }
    places = [e.place for e in examine(years.platform, mirror=folder).damages]
    assert str(folder / "2027/tile/0/000.p/2") in places


def test_an_outsider_fetches_and_verifies_every_shard_over_http(years: Years) -> None:
    with TestClient(asgi(years.platform), raise_server_exceptions=False) as client:

        def read(path: str) -> bytes | None:
            found = client.get(f"/log/{path}")
            return found.content if found.status_code == 200 else None

        whole = verify_mirror(read, trust(years.platform))
        assert (whole.damages, whole.size) == ((), 2)
        assert [size for _, size, _ in whole.earlier] == [3, 3]
        listed = client.get("/log/shards").json()["shards"]
        assert [each["number"] for each in listed] == [0, 2027, 2028]
        for each in listed:
            assert each["checkpoint"] == client.get(f"/log/{each['prefix']}checkpoint").text
            keys_of = client.get(f"/log/{each['prefix']}keys").text.splitlines()
            assert {parse_vkey(line).name for line in keys_of} == {each["origin"]}
        assert "immutable" in client.get("/log/2027/opening").headers["cache-control"]
        for path in ("2026/checkpoint", "2026/opening", "2026/tile/0/000", "2026/retention"):
            assert client.get(f"/log/{path}").status_code == 404, path
        for path in ("0/checkpoint", "27/keys", "10000/checkpoint", "-1/opening", "x/checkpoint"):
            assert client.get(f"/log/{path}").status_code in {400, 404}, path
        page = client.get("/entries/4", headers={"Accept": "text/html"}).text
        assert "/log/2027/checkpoint" in page


def test_whole_closed_shards_are_withheld_first_and_everything_stays_provable(
    database: Store, tmp_path: Path
) -> None:
    years = Years(database, tmp_path / "data")
    report_all(years.platform, range(300))
    years.turn(timedelta(days=1))
    report_all(years.platform, range(300, 600))
    publish(years.platform)
    years.turn(timedelta(days=50))
    retain(years.platform, 51)
    assert prune(years.platform).first == 0
    retain(years.platform, 50)
    years.turn(timedelta(hours=1))
    years.report(700)
    publish(years.platform)
    assert prune(years.platform).first == 300 + 256
    publish(years.platform)
    assert retention_file(years.platform) == b"days 50\nfirst 300\n"
    assert retention_file(years.platform, 2027) == b"days 50\nfirst 256\n"
    for path in ("tile/entries/000", "tile/entries/001.p/44"):
        with pytest.raises(LedgerError, match=r"log\.withheld"):
            log_file(years.platform, path)
    assert log_file(years.platform, "tile/0/001.p/44"), "hashes stay"
    assert log_file(years.platform, "tile/entries/001.p/46", 2027)
    folder = tmp_path / "mirror"
    mirror_to(years.platform, folder)
    assert not (folder / "tile/entries").exists()
    found = mirrored(folder, trust(years.platform))
    assert (found.damages, found.first) == ((), 256)
    assert [first for _, _, first in found.earlier] == [300]
    assert not [
        e for e in examine(years.platform, mirror=folder).damages if e.code == "mirror.file"
    ]
    file = receipt(years.platform, IDS[3], OPERATOR)
    assert verify_file(file or b"", trust(years.platform)).index == 3


def test_keys_are_rotated_and_revoked_over_shards(years: Years) -> None:
    platform = years.platform
    thief, held = log_of(platform).vkeys[0], receipt(platform, IDS[2], OPERATOR) or b""
    rotate_key(platform)
    years.report(7)
    publish(platform)
    for number in (2, 4, 6, 7):
        own = receipt(platform, IDS[number], OPERATOR) or b""
        assert verify_file(own, trust(platform)).kind is Kind.RECEIPT
    assert verify_file(held, trust(platform)).index == 1
    revoke_log_key(platform, vkey_text(thief))
    publish(platform)
    with pytest.raises(ProofError):
        verify_file(held, trust(platform))
    for number in (2, 4, 6, 7):
        own = receipt(platform, IDS[number], OPERATOR) or b""
        assert verify_file(own, trust(platform)).kind is Kind.RECEIPT
    assert audit(platform) == []


def test_a_backup_with_shards_is_restored_and_its_keys_go_on(
    years: Years, empty_database: str, tmp_path: Path
) -> None:
    newest = publish(years.platform).note
    backup(years.platform, tmp_path / "file", passphrase="a b c")  # noqa: S106
    target = Config(data_dir=tmp_path / "other", database_url=empty_database)
    found = restore(target, tmp_path / "file", passphrase="a b c")  # noqa: S106
    assert (found.entries, found.log, found.faults) == (8, "resumes", ())
    with _opened(target, years.now) as platform:
        assert resume(platform, newest) == 2
        report(platform, [9])
        assert publish(platform).shard == 2029
        assert [each.size for each in log_shards(platform)] == [3, 3, 2, 3]
        assert audit(platform) == []


def test_keys_from_a_backup_of_an_older_shard_go_on_from_a_checkpoint_of_a_newer_one(
    years: Years,
) -> None:
    """The keys are from before a turn, the database has gone on: closed shards are kept again."""
    platform = years.platform
    log, newest = log_of(platform), publish(platform).note
    before = checkpoint(platform), checkpoint(platform, 2027)
    note = keys.signed(log, parse_checkpoint(parse_note(before[0]).text))
    keys.keep_signed(log, note_bytes(note))
    for path in log.folder.glob("closed-*"):
        path.unlink()
    (log.folder / "restored").write_text("2026-03-01\n")
    assert resume(platform, newest) == 2
    assert publish(platform).size == 2, "the act that says so opens the shard of its year"
    assert checkpoint(platform, 2028) == newest
    assert set(keys.closed(log)) == {0, 2027, 2028}
    assert (checkpoint(platform), checkpoint(platform, 2027)) == before


def test_an_older_backup_is_refused_where_a_newer_shard_was_signed(
    database: Store, empty_database: str, tmp_path: Path
) -> None:
    years = Years(database, tmp_path / "data")
    years.report(1, 2, 3)
    backup(years.platform, tmp_path / "file")
    years.turn()
    years.report(4)
    publish(years.platform)
    target = Config(data_dir=tmp_path / "data", database_url=empty_database)
    with pytest.raises(LedgerError, match=r"restore\.older"):
        restore(target, tmp_path / "file")


@contextmanager
def _opened(config: Config, now: datetime) -> Iterator[Platform]:
    settings = StoreSettings(data_dir=config.data_dir, database_url=config.database_url)
    with open_store(settings) as store:
        yield on_store(store, config, clock=lambda: now)


def test_what_is_erased_in_a_closed_shard_leaves_its_leaf_and_all_checkpoints(
    years: Years,
) -> None:
    before = [each.checkpoint for each in log_shards(years.platform)][:2]
    erase(years.platform, IDS[2], Decision(by="market office", ground="PIPL art. 47"))
    publish(years.platform)
    assert [each.checkpoint for each in log_shards(years.platform)][:2] == before
    assert audit(years.platform) == []
    assert examine(years.platform).erased == 1


def test_hashes_that_were_lost_are_made_again_in_every_shard(
    database: Store, tmp_path: Path
) -> None:
    years = Years(database, tmp_path / "data")
    report_all(years.platform, range(300))
    years.turn()
    report_all(years.platform, range(300, 600))
    publish(years.platform)
    nodes = "select shard, level, place, hash from ledger.node order by 1, 2, 3"
    with database.write() as conn:
        before = conn.execute(nodes).fetchall()
        conn.execute("update ledger.node set hash = sha256(hash) where shard = 2027")
    assert {row[0] for row in before} == {0, 2027}
    damaged = [each.place for each in examine(years.platform).damages if each.code == "ledger.node"]
    assert damaged == ["ledger.node shard 2027 level 1 place 0"]
    assert rebuild(years.platform) == 601
    with database.read() as conn:
        assert conn.execute(nodes).fetchall() == before


def asked(platform: Platform, shard: int, old: int = 0) -> bytes:
    return request_bytes(old, (), checkpoint(platform, shard))


def test_a_witness_that_knows_a_log_cosigns_its_shards_each_from_nothing(
    years: Years, tmp_path: Path
) -> None:
    platform, folder = years.platform, tmp_path / "witness"
    key = parse_vkey(log_keys(platform)[0])
    witness_key(folder, "w.example/1")
    witness = open_witness(folder)
    know_log(witness, key)
    for shard, size in ((0, 3), (2027, 3), (2028, 2)):
        assert add_checkpoint(witness, asked(platform, shard), time=LATER).status == 200
        again = add_checkpoint(witness, asked(platform, shard), time=LATER)
        assert (again.status, again.body) == (409, b"%d\n" % size)
    assert set(known_logs(witness)) == {f"{key.name}{part}" for part in ("", "/2027", "/2028")}
    other = f"{key.name}/2029"
    stranger = asked(platform, 2028).replace(f"{key.name}/2028\n".encode(), f"{other}\n".encode())
    assert add_checkpoint(witness, stranger, time=LATER).status == 403
    assert other not in known_logs(witness)
    rotate_key(platform)
    years.report(7)
    publish(platform)
    assert add_checkpoint(witness, asked(platform, 2029), time=LATER).status == 200, (
        "both keys sign"
    )
    keys.end_handover(log_of(platform))
    years.report(8)
    publish(platform)
    folder = tmp_path / "late"
    witness_key(folder, "late.example/1")
    witness = open_witness(folder)
    know_log(witness, key)
    assert add_checkpoint(witness, asked(platform, 2029), time=LATER).status == 403
    know_log(witness, parse_vkey(log_keys(platform)[0]))
    assert add_checkpoint(witness, asked(platform, 2029), time=LATER).status == 200
    forget_log_key(folder, vkey_text(key))
    assert add_checkpoint(witness, asked(platform, 2027), time=LATER).status == 403
    forget_log_key(folder, log_keys(platform)[0])
    assert known_logs(witness) == {}
    know_log(witness, parse_vkey(log_keys(platform)[0]))
    size = int(checkpoint(platform, 2029).split(b"\n")[1])
    again = add_checkpoint(witness, asked(platform, 2029), time=LATER)
    assert (again.status, again.body) == (409, b"%d\n" % size), "a forgotten key's head is known"


def test_a_witness_adds_nothing_to_a_shard_that_has_ended_and_invents_none_between(
    years: Years, tmp_path: Path
) -> None:
    platform, folder = years.platform, tmp_path / "witness"
    log = log_of(platform)
    witness_key(folder, "w.example/1")
    witness = open_witness(folder)
    know_log(witness, log.vkeys[0])
    assert add_checkpoint(witness, asked(platform, 0), time=LATER).status == 200
    assert add_checkpoint(witness, asked(platform, 2028), time=LATER).status == 200

    for year in (1999, 2027):
        invented = keys.signed(log, Checkpoint(f"{log.origin}/{year}", 1, leaf_hash(b"x")))
        body = request_bytes(0, (), note_bytes(invented))
        assert add_checkpoint(witness, body, time=LATER).status == 403
        assert f"{log.origin}/{year}" not in known_logs(witness)
    with platform.store.read() as conn:
        leaves = [leaf_hash(each.logged) for each in tree.leaves(conn, 1, 3)]
    grown = extend(Frontier(), [*leaves, leaf_hash(b"late")])
    note = note_bytes(keys.signed(log, Checkpoint(log.origin, 4, root(grown))))
    proof = consistency_proof(nodes([*leaves, leaf_hash(b"late")]), 3, 4)
    more = request_bytes(3, proof, note)
    answer = add_checkpoint(witness, more, time=LATER)
    assert (answer.status, b"/2028" in answer.body) == (403, True)
    again = request_bytes(3, (), checkpoint(platform))
    assert add_checkpoint(witness, again, time=LATER).status == 200, "what was cosigned stays so"
    forget_log_key(folder, vkey_text(log.vkeys[0]))
    know_log(witness, log.vkeys[0])
    assert add_checkpoint(witness, more, time=LATER).status == 403, "whatever key was forgotten"


def test_logs_of_others_named_by_years_grow_beside_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    witness_key(folder, "w.example/1")
    witness = open_witness(folder)
    for year in (2028, 2027):
        name = f"log.example/{year}"
        log = keys.open_log(tmp_path / str(year), origin=name, draw=os.urandom)
        know_log(witness, log.vkeys[0])
        note = note_bytes(keys.signed(log, Checkpoint(name, 1, leaf_hash(b"x"))))
        assert add_checkpoint(witness, request_bytes(0, (), note), time=1).status == 200


def test_a_head_of_a_shard_that_is_lost_is_never_taken_for_a_beginning(
    years: Years, tmp_path: Path
) -> None:
    folder = tmp_path / "witness"
    witness_key(folder, "w.example/1")
    witness = open_witness(folder)
    know_log(witness, parse_vkey(log_keys(years.platform)[0]))
    assert add_checkpoint(witness, asked(years.platform, 2027), time=LATER).status == 200
    for each in (folder / "heads").iterdir():
        each.unlink()
    with pytest.raises(LedgerError, match=r"witness\.state"):
        add_checkpoint(witness, asked(years.platform, 2027), time=LATER)


def test_no_shard_is_opened_to_the_public_before_the_one_before_has_its_witnesses(
    database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years, folder = Years(database, tmp_path / "data"), tmp_path / "witness"
    log = log_of(years.platform)
    key = witness_key(folder, "w.example/1")
    witness = open_witness(folder)
    know_log(witness, log.vkeys[0])
    (log.folder / "policy").write_text(
        f"log {vkey_text(log.vkeys[0])}\nwitness w {key} http://127.0.0.1:9/\nquorum w\n"
    )
    policy = parse_policy((log.folder / "policy").read_bytes())
    is_up = True

    def answered(_posts: object, _name: str, _url: str, body: bytes) -> tuple[int, bytes]:
        if not is_up:
            raise ConnectionRefusedError
        found = add_checkpoint(witness, body, time=int(years.now.timestamp()))
        return found.status, found.body

    monkeypatch.setattr(posting.Posts, "_answer", answered)
    years.report(1, 2)
    publish(years.platform)
    is_up = False
    years.report(3)
    years.turn()
    years.report(4)
    with pytest.raises(LedgerError, match=r"ledger\.quorum"):
        publish(years.platform)
    assert [(each.number, each.size) for each in log_shards(years.platform)] == [(0, 2)]
    is_up = True
    assert publish(years.platform).shard == 2027
    for each in log_shards(years.platform):
        found = verify_file(each.checkpoint.encode(), Trust(policy=policy))
        assert set(found.witnesses) == {"w"}
    assert [(each.number, each.size) for each in log_shards(years.platform)] == [(0, 3), (2027, 2)]


ATTACKS = {
    "boundary moved forward": "update ledger.shard set first = first + 1 where number = 2027",
    "boundary moved back": "update ledger.shard set first = first - 1 where number = 2027",
    "shard dropped": "delete from ledger.shard where number = 2027",
    "newest shard dropped": "delete from ledger.shard where number = 2028",
    "shard invented": "insert into ledger.shard (number, first) values (2026, 2)",
    "shards renamed": "update ledger.shard set number = number + 100",
    "closed shard rewritten": "update ledger.leaf set commitment = sha256('a') || sha256('b') "
    "where position = 3",
    "closed shard's event edited": "update record.entry set verdict = (verdict + 1) % 3 "
    "where id = (select entry from ledger.leaf where position = 3)",
    "closed shard's event deleted": "delete from record.entry "
    "where id = (select entry from ledger.leaf where position = 3)",
    "closed shard cut off": "delete from ledger.leaf where position = 3",
    "false predecessor": "update ledger.act set said = replace(convert_from(said, 'UTF8'), "
    "'\"size\":3', '\"size\":2')::bytea where kind = 'log.shard-opened'",
    "opening deleted": "delete from ledger.act where kind = 'log.shard-opened' and entry = "
    "(select entry from ledger.leaf where position = 4)",
    "reopened": "update ledger.leaf set position = position + 1000 where position > 3; "
    "update ledger.leaf set position = position - 999 where position > 1000; "
    "insert into ledger.leaf (position, entry, commitment, at) select 4, 999999, "
    "sha256('a') || sha256('b'), at from ledger.leaf where position = 3; "
    "update ledger.shard set first = first + 1000; "
    "update ledger.shard set first = first - 999; update ledger.head set size = size + 1",
}
"""What is done with every right in the database, to shards that are closed or their bounds."""
NAMES_THE_EVENT = {
    "closed shard rewritten", "closed shard's event edited", "closed shard's event deleted",
    "closed shard cut off",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_closed_shards_is_found_by_who_kept_one_checkpoint_and_receipts(
    years: Years, attack: str
) -> None:
    platform = years.platform
    since = verify_file(publish(platform).note, trust(platform))
    held = [
        verify_file(receipt(platform, each, OPERATOR) or b"", trust(platform)) for each in IDS[1:7]
    ]
    assert audit(platform, since=since, receipts=held) == []
    shutil.rmtree(log_of(platform).folder)  # nothing of the platform's own marks helps
    with platform.store.write() as conn:
        conn.execute("alter table ledger.leaf drop constraint leaf_entry_key")
        conn.execute(ATTACKS[attack].encode())
    found = audit(platform, since=since, receipts=held)
    assert found
    if attack in NAMES_THE_EVENT:
        assert any(each.event == IDS[3] or each.position == 3 for each in found), found


def test_a_closed_shard_forked_with_all_its_hashes_and_openings_is_found_by_a_later_checkpoint(
    years: Years,
) -> None:
    """The forger makes the openings say what the forged shard gives, with every right there is."""
    platform = years.platform
    since = verify_file(publish(platform).note, trust(platform))
    with platform.store.write() as conn:
        conn.execute(ATTACKS["closed shard's event edited"].encode())
        conn.execute(ATTACKS["closed shard rewritten"].encode())
        for at, shard in enumerate(there := shards.until(conn, 8)):
            if not at:
                continue
            before = there[at - 1]
            (act,) = acts.acts(conn, shard.first, shard.first, kind=OPENED)
            root = tree.root_of(conn, before, before.size)
            said = said_bytes(replace(parse_said(act.said), root=root))
            fields = act_fields(OPENED, act.at, None, said)
            conn.execute(
                "update ledger.act set said = %(said)s where entry = "
                "(select entry from ledger.leaf where position = %(position)s)",
                {"said": said, "position": shard.first},
            )
            conn.execute(
                "update ledger.leaf set commitment = %(commitment)s where position = %(position)s",
                {"commitment": commit(fields, OPEN), "position": shard.first},
            )
    found = audit(platform, since=since, marked=False)
    assert "ledger.rewritten" in {each.code for each in found}
    with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
        publish(platform)


BEFORE_SHARDS = """
drop table ledger.shard;
alter table ledger.node drop constraint node_pkey, drop column shard,
    add primary key (level, place);
alter table ledger.checkpoint drop column shard,
    add column singleton boolean primary key default true check (singleton);
"""
MIGRATION = Path(store.__file__).parent / "migrations" / "0191_pre_shards.sql"


def test_a_log_from_before_there_were_shards_is_the_first_shard_of_its_chain(
    database: Store, tmp_path: Path
) -> None:
    years, folder = Years(database, tmp_path / "data"), tmp_path / "mirror"
    report_all(years.platform, range(300))
    old, held = publish(years.platform).note, receipt(years.platform, IDS[3], OPERATOR) or b""
    mirror_to(years.platform, folder)
    with database.write() as conn:
        conn.execute(BEFORE_SHARDS)
    for _ in range(2):  # it is safe to run twice
        with database.write() as conn:
            conn.execute(MIGRATION.read_text().encode())
    assert publish(years.platform).note == old
    index.catch_up(years.platform.store)
    assert examine(years.platform, mirror=folder).damages == ()
    years.turn()
    years.report(301)
    publish(years.platform)
    assert checkpoint(years.platform) == old, "nothing came to it after the turn"
    mirror_to(years.platform, folder)
    assert mirrored(folder, trust(years.platform, old)).damages == ()
    assert verify_file(held, trust(years.platform)).index == 3
