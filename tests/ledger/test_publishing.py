"""The log made from rows: whole, growing, and never signed once it is not what was signed."""

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from suyuan.kit.durable import held, write_whole
from suyuan.ledger import enqueue, head, keys, publishing, sequence, shards, tree
from suyuan.ledger.keys import Log
from suyuan.ledger.types import Leaf, LedgerError, Shard
from suyuan.store import ReadConnection, Store, WriteConnection
from suyuan.tlog.artefact import Trust, verify_file, verify_mirror
from suyuan.tlog.errors import ProofError, SuiteError
from suyuan.tlog.mirror import CHECKPOINT
from suyuan.tlog.policy import trusting
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.tiles import parse_path, tile_path, tiles_of
from suyuan.tlog.tree import Frontier, extend, leaf_hash, root
from suyuan.tlog.witness import request_bytes

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MANY = """
insert into ledger.leaf (position, entry, commitment, at)
select g, g, sha256(int8send(g)) || sha256(int8send(-g)),
       timestamptz '2026-03-01' + g * interval '1 ms'
from generate_series((select size from ledger.head) + 1, %s) as g;
"""
HEAD = "update ledger.head set size = %s, at = timestamptz '2026-03-01' + %s * interval '1 ms'"


def fill(store: Store, size: int) -> None:
    """Leaves up to a size, as the sequencer would have left them."""
    with store.write() as conn:
        conn.execute(MANY, [size])
        conn.execute(HEAD, [size, size])


def add(store: Store, first: int, count: int) -> None:
    """More leaves, through the sequencer itself."""
    with store.write() as conn:
        enqueue(conn, [(at, at.to_bytes(64)) for at in range(first, first + count)])
    with store.write() as conn:
        sequence(conn, now=NOW)


def first_shard(conn: ReadConnection) -> Shard:
    """The shard that the log begins with."""
    return shards.until(conn, head(conn).size)[0]


def every_leaf(store: Store) -> list[Leaf]:
    with store.read() as conn:
        return tree.leaves(conn, 1, 1_000_000)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return keys.open_log(tmp_path / "log", origin="log.example/x", draw=os.urandom)


def publish(store: Store, log: Log) -> bytes:
    return publishing.publish(store, log, now=NOW).note


def mirror(store: Store, note: bytes, size: int) -> dict[str, bytes]:
    with store.read() as conn:
        files = {
            tile_path(tile): tree.tile_of(conn, first_shard(conn), tile) for tile in tiles_of(size)
        }
    return {CHECKPOINT: note, **files}


def slow_root(leaves: list[Leaf]) -> bytes:
    return root(extend(Frontier(), (leaf_hash(leaf.logged) for leaf in leaves)))


def test_every_checkpoint_is_that_of_all_leaves_and_continues_the_one_before(
    database: Store, log: Log
) -> None:
    trust, since = Trust(policy=trusting(log.vkeys)), publish(database, log)
    old = 0
    for count in (1, 2, 252, 1, 1, 255, 300):
        add(database, old + 1, count)
        size = old + count
        note = publish(database, log)
        proven = verify_file(note, trust)
        assert (proven.origin, proven.size) == ("log.example/x", size)
        assert proven.root == slow_root(every_leaf(database))
        if old:
            with database.read() as conn:
                path = consistency_proof(tree.tree_of(conn, first_shard(conn), size), old, size)
            body = request_bytes(old, path, note)
            later = Trust(policy=trusting(log.vkeys), since=since)
            assert verify_file(body, later).since == old
        since, old = note, size


def test_its_files_are_a_whole_mirror_also_with_tiles_upon_tiles(database: Store, log: Log) -> None:
    size = 256 * 256 + 700
    fill(database, size)
    note = publish(database, log)
    files = mirror(database, note, size)
    proven = verify_mirror(files.get, Trust(policy=trusting(log.vkeys)))
    assert (proven.size, proven.damages) == (size, ())
    assert "tile/2/000.p/1" in files
    with database.read() as conn:
        narrow = tree.tile_of(conn, first_shard(conn), parse_path("tile/1/000.p/9"))
    assert narrow == files["tile/1/000"][:288]


def test_hashes_that_were_lost_are_made_again_the_same(database: Store, log: Log) -> None:
    fill(database, 1_000)
    note = publish(database, log)
    before = mirror(database, note, 1_000)
    with database.write() as conn:
        conn.execute("delete from ledger.node")
        conn.execute("delete from ledger.checkpoint")
    assert publish(database, log) == note
    assert mirror(database, note, 1_000) == before


def test_what_grows_while_hashes_are_kept_is_signed_the_next_time(
    database: Store, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bundles that were complete only then had no hash: it was told as a damaged log."""
    fill(database, 300)
    grow = tree.grow

    def beside(conn: WriteConnection, shard: Shard) -> None:
        grow(conn, shard)
        if not later:
            later.append(shard)
            fill(database, 900)

    later: list[Shard] = []
    monkeypatch.setattr(publishing.tree, "grow", beside)
    assert publishing.publish(database, log, now=NOW).size == 300
    assert publishing.publish(database, log, now=NOW).size == 900
    with database.read() as conn:
        assert tree.root_of(conn, first_shard(conn), 900) == slow_root(every_leaf(database))


def test_a_database_has_one_log_and_another_folder_signs_nothing(
    database: Store, log: Log, tmp_path: Path
) -> None:
    add(database, 1, 3)
    note = publish(database, log)
    other = keys.open_log(tmp_path / "other", origin="log.example/x", draw=os.urandom)
    with pytest.raises(LedgerError) as caught:
        publish(database, other)
    assert caught.value.code == "ledger.other-log"
    assert publish(database, log) == note


def test_the_keys_of_a_log_are_had_while_its_signer_is_at_work(log: Log) -> None:
    with held(log.lock):
        again = keys.open_log(log.folder, origin=None, draw=os.urandom)
    assert again.vkeys == log.vkeys


def test_what_is_published_is_not_signed_again(database: Store, log: Log) -> None:
    add(database, 1, 3)
    first = publish(database, log)
    mark = (log.folder / "signed").stat().st_ino  # a new file comes in its place when it signs
    assert publish(database, log) == first
    assert (log.folder / "signed").stat().st_ino == mark


def test_a_crash_between_the_mark_and_the_database_is_mended_by_the_next_call(
    database: Store, log: Log
) -> None:
    add(database, 1, 3)
    publish(database, log)
    add(database, 4, 2)
    note = publish(database, log)
    with database.write() as conn:  # as it was before the last call came so far
        conn.execute("update ledger.checkpoint set size = 3, note = 'old'")
    assert publish(database, log) == note
    with database.read() as conn:
        assert publishing.published(conn) == publishing.Published(5, note)


def test_what_another_publisher_showed_meanwhile_is_not_put_back(
    database: Store, log: Log, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of another machine: it waits for no lock of this one."""
    add(database, 1, 3)
    publish(database, log)
    add(database, 4, 2)
    shown: list[bytes] = []

    def meanwhile(_store: Store, log: Log) -> None:
        """Called once this one has signed, and has still to show it."""
        monkeypatch.undo()
        other = Path(shutil.copytree(log.folder, tmp_path / "other"))
        add(database, 6, 4)
        shown.append(publish(database, keys.read_log(other)))

    monkeypatch.setattr(publishing, "_policy_of", meanwhile)
    note = publish(database, log)
    with database.read() as conn:
        assert publishing.published(conn) == publishing.Published(9, shown[0])
    assert note == shown[0]


def is_held(path: Path) -> bool:
    """Whether anybody holds a lock file, here or in another process."""
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_one_signs_at_a_time(database: Store, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held from the mark that is gone by to the one that is left."""
    seen: list[bool] = []

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*given: Any, **others: Any) -> Any:
            seen.append(is_held(log.lock))
            return call(*given, **others)

        return watching

    for name in ("last_signed", "keep_signed"):
        monkeypatch.setattr(publishing, name, watched(getattr(publishing, name)))
    add(database, 1, 3)
    publish(database, log)
    assert len(seen) >= 3
    assert all(seen)
    assert not is_held(log.lock)


@pytest.mark.parametrize(
    ("meddling", "code"),
    [
        ("delete from ledger.leaf where position > 3; update ledger.head set size = 3", "shorter"),
        ("update ledger.leaf set commitment = sha256('x') || sha256('y') where position = 2",
         "rewritten"),
        ("update ledger.leaf set at = at - interval '1 us' where position = 1", "rewritten"),
        ("delete from ledger.leaf where position = 2", "rewritten"),
        ("update ledger.leaf set position = 9 - position where position in (4, 5)", "rewritten"),
    ],
)  # fmt: skip
def test_what_was_signed_must_still_be_there_or_nothing_more_is_signed(
    database: Store, log: Log, meddling: str, code: str
) -> None:
    add(database, 1, 5)
    note = publish(database, log)
    with database.write() as conn:
        conn.execute("alter table ledger.leaf drop constraint leaf_pkey")
        conn.execute(meddling.encode())
    with pytest.raises(LedgerError) as refusal:
        publish(database, log)
    assert refusal.value.code == f"ledger.{code}"
    assert (log.folder / "signed").read_bytes() == note
    with database.read() as conn:
        assert publishing.published(conn) == publishing.Published(5, note)


def test_a_key_whose_mark_is_gone_or_changed_signs_nothing(database: Store, log: Log) -> None:
    add(database, 1, 1)
    publish(database, log)
    mark = log.folder / "signed"
    whole = mark.read_bytes()
    for bad in (whole.replace(b"\n1\n", b"\n0\n"), whole[:-5], b"", b"\xff"):
        mark.write_bytes(bad)
        with pytest.raises(LedgerError, match=r"ledger\.mark"):
            publish(database, log)
    mark.unlink()
    with pytest.raises(LedgerError, match=r"ledger\.mark"):
        publish(database, log)
    with pytest.raises(LedgerError, match=r"ledger\.mark"):
        keys.open_log(log.folder, origin=None, draw=os.urandom)


def test_keys_are_made_once_for_their_owners_eyes_alone(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    first = keys.open_log(folder, origin="a.example", draw=os.urandom)
    again = keys.open_log(folder, origin="b.example", draw=os.urandom)
    assert (first.origin, first.vkeys) == ("a.example", again.vkeys)
    assert folder.stat().st_mode & 0o077 == 0
    files = [path for path in folder.iterdir() if path.name != "lock"]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600] * 2
    with pytest.raises(LedgerError, match=r"ledger\.origin"):
        keys.open_log(tmp_path / "other", origin="with space", draw=os.urandom)


def test_the_name_of_a_log_is_kept_until_it_begins_and_does_not_change(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "log"
    for name in ("a.example/log", "b.example/log", "b.example/log"):
        keys.keep_name(folder, name)
    assert not folder.exists(), "a log begins with its first signature, and a restore needs none"
    log = keys.open_log(folder, origin=keys.kept_name(folder), draw=os.urandom)
    assert log.origin == "b.example/log"
    keys.keep_name(folder, "b.example/log")
    with pytest.raises(LedgerError, match=r"ledger\.other-name") as other:
        keys.keep_name(folder, "c.example/log")
    assert "b.example/log" in other.value.text.zh
    for rubbish in ("", "with space", "a+b", "a\nb", "\ud800", "a\x1bb"):
        with pytest.raises(LedgerError, match=r"ledger\.origin"):
            keys.keep_name(tmp_path / "other" / "log", rubbish)
    assert not (tmp_path / "other").exists()


def test_an_sm2_line_stands_beside_the_other_and_both_verify(database: Store, log: Log) -> None:
    add(database, 1, 2)
    try:
        both = keys.add_sm2(log, draw=os.urandom)
    except SuiteError:
        pytest.skip("not on this system: no libcrypto that signs with SM2")
    assert keys.open_log(log.folder, origin=None, draw=os.urandom).vkeys == both.vkeys
    note = publish(database, both)
    for vkey in both.vkeys:
        assert verify_file(note, Trust(policy=trusting([vkey]))).size == 2


def test_a_rotated_key_signs_beside_the_new_one_until_the_handover_ends(
    database: Store, log: Log
) -> None:
    add(database, 1, 3)
    old = publish(database, log)
    new = keys.rotate(log, draw=os.urandom)
    assert (new.origin, new.rotated, new.revoked) == (log.origin, log.vkeys, ())
    assert new.vkeys != log.vkeys
    for size in (3, 5, 6):  # whoever opened the log before signs with its new key too
        add(database, size + 1, max(0, 5 - size))
        both = publish(database, log)
        for vkey in (*log.vkeys, *new.vkeys):
            assert verify_file(both, Trust(policy=trusting([vkey]))).kind == "checkpoint"
    ended = keys.end_handover(log)
    assert (ended.vkeys, ended.rotated, ended.handover) == (new.vkeys, log.vkeys, ())
    with database.read() as conn:
        size = head(conn).size
    add(database, size + 1, 2)
    after = publish(database, new)
    assert verify_file(after, Trust(policy=trusting(new.vkeys))).size == size + 2
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        verify_file(after, Trust(policy=trusting(log.vkeys)))
    several = trusting([*new.vkeys, *new.rotated])
    with database.read() as conn:
        path = consistency_proof(tree.tree_of(conn, first_shard(conn), size + 2), 3, size + 2)
    later = Trust(policy=several, since=old)
    assert verify_file(request_bytes(3, path, after), later).since == 3


def test_each_of_several_keys_that_were_rotated_in_a_row_signs_until_the_handover_ends(
    database: Store, log: Log
) -> None:
    add(database, 1, 1)
    first = keys.rotate(log, draw=os.urandom)
    second = keys.rotate(log, draw=os.urandom)
    signing = (log.vkeys[0], first.vkeys[0], second.vkeys[0])
    for vkey in signing:
        assert verify_file(publish(database, log), Trust(policy=trusting([vkey]))).size == 1
    stolen = keys.revoke(second, first.vkeys[0])
    assert [each.vkey for each in stolen.handover] == [log.vkeys[0]]
    add(database, 2, 1)
    note = publish(database, log)
    for vkey in (log.vkeys[0], second.vkeys[0]):
        assert verify_file(note, Trust(policy=trusting([vkey]))).size == 2
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        verify_file(note, Trust(policy=trusting(first.vkeys)))
    assert stolen.vkeys == second.vkeys


def test_a_key_that_signs_no_more_is_on_the_disk_no_more(log: Log) -> None:
    secret = (log.folder / "log.key").read_bytes().strip()
    keys.rotate(log, draw=os.urandom)
    assert secret in (log.folder / "handover").read_bytes()
    assert (log.folder / "handover").stat().st_mode & 0o077 == 0
    keys.end_handover(log)
    assert not [path for path in log.folder.iterdir() if secret in path.read_bytes()]
    other = keys.read_log(log.folder)
    secret = (log.folder / "log.key").read_bytes().strip()
    keys.rotate(log, draw=os.urandom)
    keys.revoke(log, other.vkeys[0])
    assert not [path for path in log.folder.iterdir() if secret in path.read_bytes()]


def test_a_revoked_key_is_taken_off_what_was_signed_and_published(
    database: Store, log: Log
) -> None:
    add(database, 1, 3)
    publish(database, log)
    new = keys.rotate(log, draw=os.urandom, revoke=True)
    assert (new.rotated, new.revoked) == ((), log.vkeys)
    note = publish(database, new)
    assert verify_file(note, Trust(policy=trusting(new.vkeys))).size == 3
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        verify_file(note, Trust(policy=trusting(log.vkeys)))
    with pytest.raises(LedgerError, match=r"ledger\.not-rotated"):
        keys.revoke(new, new.vkeys[0])


@pytest.mark.parametrize("revoke", [False, True])
@pytest.mark.parametrize("steps", range(5))
def test_a_crash_at_any_step_of_a_rotation_leaves_a_log_that_signs(
    database: Store, log: Log, monkeypatch: pytest.MonkeyPatch, *, steps: int, revoke: bool
) -> None:
    """Each file is there whole or not; so the crash is between two of them."""
    add(database, 1, 3)
    publish(database, log)
    left = iter(range(steps))

    def until(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            raise OSError(path)
        write_whole(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(keys, "write_whole", until)
        with suppress(OSError):
            keys.rotate(log, draw=os.urandom, revoke=revoke)
    add(database, 4, 1)
    again = keys.open_log(log.folder, origin=None, draw=os.urandom)
    assert verify_file(publish(database, again), Trust(policy=trusting(again.vkeys))).size == 4
    last = keys.rotate(again, draw=os.urandom, revoke=revoke)
    assert verify_file(publish(database, last), Trust(policy=trusting(last.vkeys))).size == 4
    assert last.vkeys[0] not in last.rotated + last.revoked
