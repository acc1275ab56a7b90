"""The log cut into years: opened once, whatever befalls the turn, and bound to one another."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.kit.clock import CHINA, there
from suyuan.ledger import acts, enqueue, head, keys, publishing, sequence, shards, tree
from suyuan.ledger.keys import Log
from suyuan.ledger.types import Leaf, LedgerError, Shard
from suyuan.store import Store, WriteConnection
from suyuan.tlog.artefact import SKEW, Trust, verify_file, verify_mirror
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.commitment import disclosure_bytes
from suyuan.tlog.errors import ProofError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.mirror import CHECKPOINT
from suyuan.tlog.note import Note, note_bytes, parse_note, vkey_text
from suyuan.tlog.policy import parse_policy, trusting
from suyuan.tlog.shards import (
    OPENED,
    OPENING,
    SHARDS,
    Opening,
    parse_opening,
    parse_said,
    shard_origin,
    shard_prefix,
)
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tiles import tile_path, tiles_of
from suyuan.tlog.tree import EMPTY_ROOT, Frontier, extend, leaf_hash, root

EVE = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
"""The last second of 2026 in China."""
TURN = EVE + timedelta(seconds=1)
CLEAR = (
    "truncate ledger.leaf, ledger.act, ledger.shard, ledger.node, ledger.checkpoint, ledger.queue"
)
EMPTY = "update ledger.head set size = 0, at = '-infinity'"


def put(store: Store, *entries: int) -> None:
    with store.write() as conn:
        enqueue(conn, [(entry, entry.to_bytes(64)) for entry in entries])


def number(store: Store, now: datetime) -> tuple[int, int]:
    with store.write() as conn:
        given = sequence(conn, now=now)
    return given.first, given.last


def add(store: Store, now: datetime, *entries: int) -> None:
    put(store, *entries)
    number(store, now)


def there_are(store: Store) -> list[Shard]:
    with store.read() as conn:
        return shards.until(conn, head(conn).size)


def leaves_of(store: Store, shard: Shard) -> list[Leaf]:
    with store.read() as conn:
        return tree.leaves(conn, shard.first, shard.last)


def slow_root(leaves: list[Leaf]) -> bytes:
    return root(extend(Frontier(), (leaf_hash(leaf.logged) for leaf in leaves)))


def opened(store: Store) -> list[acts.Act]:
    with store.read() as conn:
        return acts.acts(conn, kind=OPENED)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return keys.open_log(tmp_path / "log", origin="log.example/x", draw=os.urandom)


def publish(store: Store, log: Log) -> publishing.Published:
    return publishing.publish(store, log, now=TURN)


def files_of(store: Store) -> dict[str, bytes]:
    """The whole log as an outsider fetches it."""
    found: dict[str, bytes] = {}
    listed = []
    with store.read() as conn:
        shown = {each.shard: each for each in publishing.every_published(conn)}
        for shard in shards.until(conn, head(conn).size):
            if shard.number not in shown:
                continue
            prefix, note = shard_prefix(shard.number), shown[shard.number]
            for tile in tiles_of(note.size):
                found[prefix + tile_path(tile)] = tree.tile_of(conn, shard, tile)
            found[prefix + CHECKPOINT] = note.note
            for act in acts.acts(conn, shard.first, shard.first, kind=OPENED):
                found[prefix + OPENING] = disclosure_bytes(acts.disclosed(act))
            listed.append({"number": shard.number, "first": shard.first})
    found[SHARDS] = json.dumps({"shards": listed}).encode()
    return found


def damages(files: Mapping[str, bytes], log: Log, since: bytes | None = None) -> set[str]:
    proven = verify_mirror(files.get, Trust(policy=trusting(log.vkeys), since=since))
    return {f"{each.path} {each.code}" for each in proven.damages}


def test_the_last_second_of_a_year_in_china_and_the_next_are_in_two_shards(
    database: Store,
) -> None:
    add(database, EVE, 1, 2)
    put(database, 3, 4)
    assert number(database, TURN) == (3, 5)
    first, second = there_are(database)
    assert (first.number, first.first, first.size, first.is_closed) == (0, 1, 2, True)
    assert (second.number, second.first, second.size, second.is_closed) == (2027, 3, 3, False)
    (act,) = opened(database)
    assert (act.position, act.proven, act.at) == (3, True, TURN)
    said = parse_said(act.said)
    assert said == Opening(
        shard=2027, first=3, previous=0, size=2, root=slow_root(leaves_of(database, first))
    )


def test_a_year_without_entries_has_no_shard_and_nothing_is_opened_for_nothing(
    database: Store,
) -> None:
    number(database, EVE)
    number(database, TURN)
    assert [each.number for each in there_are(database)] == [0]
    add(database, TURN, 1)
    number(database, TURN + timedelta(days=800))
    assert [each.number for each in there_are(database)] == [0]
    add(database, TURN + timedelta(days=1200), 2)
    assert [each.number for each in there_are(database)] == [0, 2030]


def test_a_clock_that_goes_back_never_returns_to_an_older_shard(database: Store) -> None:
    add(database, EVE, 1)
    add(database, TURN, 2)
    add(database, EVE - timedelta(seconds=SKEW - 1), 3)
    first, second = there_are(database)
    assert (first.size, second.size) == (1, 3)
    assert {leaf.at for leaf in leaves_of(database, second)} == {TURN}


class Step(NamedTuple):
    """Some entries that come at a time; `False` for signing: nobody publishes after it."""

    hours: int
    count: int
    signed: bool


STEPS = st.lists(
    st.builds(
        Step,
        hours=st.integers(-9_000, 9_000),
        count=st.integers(0, 3) | st.sampled_from([255, 256, 257]),
        signed=st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


def times(steps: list[Step]) -> Iterator[tuple[Step, datetime]]:
    """When each step is; a clock goes back only as far as clocks may differ."""
    at, latest = EVE, EVE - timedelta(days=10_000)
    for step in steps:
        at = max(at + timedelta(hours=step.hours), latest - timedelta(seconds=SKEW))
        latest = max(latest, at) if step.count else latest
        yield step, at


def slowly(steps: list[Step]) -> list[list[int]]:
    """Shards as a list of lists: 0 for the entry that opens one, else the entry's number."""
    found: list[list[int]] = [[]]
    latest, entry = None, 0
    for step, at in times(steps):
        for _ in range(step.count):
            if latest is not None and there(at, CHINA).year > there(latest, CHINA).year:
                found.append([0])
            latest = at if latest is None else max(latest, at)
            entry += 1
            found[-1].append(entry)
    return found


@given(steps=STEPS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_shards_are_those_of_a_list_of_lists_and_an_outsider_can_check_them_all(
    database: Store, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    with database.write() as conn:
        conn.execute(CLEAR)
        conn.execute(EMPTY)
    folder = tmp_path_factory.mktemp("log")
    log = keys.open_log(folder, origin="log.example/x", draw=os.urandom)
    entry, since = 0, list[bytes]()
    for step, at in times(steps):
        add(database, at, *range(entry + 1, entry + 1 + step.count))
        entry += step.count
        if step.signed:
            since.append(publish(database, log).note)
    wanted = slowly(steps)
    done = publish(database, log)
    there_is = there_are(database)
    found = [[max(leaf.entry, 0) for leaf in leaves_of(database, each)] for each in there_is]
    assert found == wanted
    assert done.shard == there_is[-1].number
    with database.read() as conn:
        shown = {each.shard: each for each in publishing.every_published(conn)}
    for shard in there_is:
        note = verify_file(shown[shard.number].note, Trust(policy=trusting(log.vkeys)))
        assert note.origin == shard_origin("log.example/x", shard.number)
        assert (note.size, note.root) == (shard.size, slow_root(leaves_of(database, shard)))
    for kept in [None, *since]:
        assert damages(files_of(database), log, kept) == set()


@pytest.mark.parametrize("harm", [
    "update ledger.node set hash = sha256(hash)",
    "delete from ledger.node where place = 1",
    "delete from ledger.node where place = 2",
    "delete from ledger.node",
    "update ledger.checkpoint set note = 'x'",
])  # fmt: skip
def test_a_rotten_hash_does_not_get_into_an_opening_which_nobody_could_take_back(
    database: Store, log: Log, harm: str
) -> None:
    add(database, EVE, *range(1, 801))
    publish(database, log)
    with database.write() as conn:
        conn.execute(harm.encode())
    add(database, TURN, 801)
    (act,) = opened(database)
    assert parse_said(act.said).root == slow_root(leaves_of(database, there_are(database)[0]))
    with database.write() as conn:
        tree.regrow(conn, there_are(database))
    assert publish(database, log).shard == 2027


def test_no_shard_is_opened_after_leaves_that_are_missing_and_what_waits_goes_on_waiting(
    database: Store,
) -> None:
    add(database, EVE, *range(1, 11))
    put(database, 11)
    with database.write() as conn:
        (row,) = conn.execute(
            "delete from ledger.leaf where position = 4 returning commitment, at"
        ).fetchall()
    with pytest.raises(LedgerError, match=r"ledger\.gap"):
        number(database, TURN)
    with database.write() as conn:
        conn.execute(
            "insert into ledger.leaf (position, entry, commitment, at) values (4, 4, %s, %s)", row
        )
    assert number(database, TURN) == (11, 12)


@pytest.mark.parametrize(
    ("count", "known"), [(0, 0), (1, 0), (255, 255), (256, 256), (257, 1), (1_030, 512)]
)
def test_the_root_of_a_whole_shard_is_that_of_its_leaves_however_much_is_hashed(
    database: Store, count: int, known: int
) -> None:
    add(database, EVE, *range(1, count + 1))
    (shard,) = there_are(database)
    with database.write() as conn:
        tree.grow(conn, Shard(number=0, first=1, size=known))
        wanted = slow_root(tree.leaves(conn, 1, count))
        checkpoint = Checkpoint("x", known, slow_root(tree.leaves(conn, 1, known)))
        for each in (None, checkpoint):
            assert tree.whole_root(conn, shard, each) == wanted


def test_two_sequencers_at_the_turn_open_one_shard(database: Store) -> None:
    add(database, EVE, 1)
    together = threading.Barrier(4)

    def write(writer: int) -> None:
        for batch in range(5):
            put(database, writer * 100 + batch)
            if not batch:
                together.wait(60)
            number(database, TURN)

    threads = [threading.Thread(target=write, args=(at,)) for at in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = there_are(database)
    assert (first.size, second.number, second.size) == (1, 2027, 21)
    assert len(opened(database)) == 1
    assert len({leaf.entry for leaf in leaves_of(database, second)}) == 21


class Killed(Exception):  # noqa: N818 -- it is an end, and no error
    """The process ends here."""


@pytest.mark.parametrize("point", [*range(1, 11), 999])
def test_a_sequencer_killed_anywhere_in_the_turn_opens_the_shard_once(
    database: Store, point: int
) -> None:
    add(database, EVE, *range(1, 301))
    put(database, 301)

    class Dying:
        """A connection whose process is killed at its n-th statement."""

        def __init__(self, conn: WriteConnection) -> None:
            self._conn, self.count = conn, 0

        def execute(self, *args: object) -> object:
            self.count += 1
            if self.count == point:
                raise Killed
            return self._conn.execute(*args)  # type: ignore[arg-type]

    def turn() -> None:
        with database.write() as conn:
            sequence(Dying(conn), now=TURN)  # type: ignore[arg-type]

    if point == 999:
        turn()
    else:
        with pytest.raises(Killed):
            turn()
        assert [each.number for each in there_are(database)] == [0]
        assert head_of(database) == 300
    number(database, TURN + timedelta(seconds=1))
    assert [(each.number, each.size) for each in there_are(database)] == [(0, 300), (2027, 2)]
    assert len(opened(database)) == 1


def head_of(store: Store) -> int:
    with store.read() as conn:
        return head(conn).size


@pytest.fixture
def turned(database: Store, log: Log) -> Store:
    """Two turns: 300 entries, 5 after the first turn, 2 after the second; all published."""
    add(database, EVE, *range(1, 301))
    publish(database, log)
    add(database, TURN, *range(301, 305))
    publish(database, log)
    add(database, TURN + timedelta(days=365), 305)
    publish(database, log)
    return database


@pytest.mark.parametrize("function", ["write_whole", "keep_closed", "keep_signed"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_signer_killed_anywhere_in_the_turn_goes_on_from_where_it_was(
    database: Store, log: Log, monkeypatch: pytest.MonkeyPatch, function: str, at: int
) -> None:
    add(database, EVE, 1, 2, 3)
    publish(database, log)
    add(database, EVE, 4)
    add(database, TURN, 5)
    module = keys if function == "write_whole" else publishing
    true: Callable[..., None] = getattr(module, function)
    done = 0

    def dying(*args: object, **named: object) -> None:
        nonlocal done
        done += 1
        if done == at:
            raise Killed
        true(*args, **named)

    monkeypatch.setattr(module, function, dying)
    try:
        publish(database, log)
    except Killed:
        assert done == at
    monkeypatch.setattr(module, function, true)
    after = publish(database, log)
    assert (after.shard, after.size) == (2027, 2)
    assert set(keys.closed(log)) == {0}
    assert damages(files_of(database), log) == set()


def test_a_closed_shard_stays_as_it_was_signed_and_its_receipts_verify_for_ever(
    turned: Store, log: Log
) -> None:
    before = files_of(turned)
    add(turned, TURN + timedelta(days=366), 306)
    publish(turned, log)
    after = files_of(turned)
    for path, data in before.items():
        if not path.startswith("2028/"):
            assert path == SHARDS or after[path] == data, path
    for path in (CHECKPOINT, "2027/checkpoint", "2028/checkpoint"):
        found = verify_file(after[path], Trust(policy=trusting(log.vkeys)))
        assert found.origin == "log.example/x" + ("/" + path[:4] if "/" in path else "")


def test_a_key_of_another_log_with_a_year_in_its_name_does_not_speak_for_this_one(
    turned: Store, tmp_path: Path
) -> None:
    other = keys.open_log(tmp_path / "other", origin="log.example/y", draw=os.urandom)
    files = files_of(turned)
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        damages(files, other)


def test_what_a_former_key_closed_verifies_and_a_revoked_ones_is_signed_anew(
    turned: Store, log: Log
) -> None:
    old = files_of(turned)[CHECKPOINT]
    rotated = keys.rotate(log, draw=os.urandom)
    publish(turned, rotated)
    assert files_of(turned)[CHECKPOINT] == old
    assert verify_file(old, Trust(policy=trusting([*rotated.vkeys, *rotated.rotated])))
    revoked = keys.revoke(rotated, log.vkeys[0])
    publish(turned, revoked)
    files = files_of(turned)
    now = Trust(policy=trusting(revoked.vkeys))
    for path in (CHECKPOINT, "2027/checkpoint", "2028/checkpoint"):
        assert verify_file(files[path], now)
    assert parse_note(files[CHECKPOINT]).text == parse_note(old).text
    assert damages(files, revoked) == set()


def test_a_log_begun_anew_signs_the_shards_that_are_there(turned: Store, tmp_path: Path) -> None:
    with turned.write() as conn:
        publishing.forget(conn)
    other = keys.open_log(tmp_path / "other", origin="log.example/z", draw=os.urandom)
    assert publish(turned, other).shard == 2028
    files = files_of(turned)
    assert (
        parse_checkpoint(parse_note(files["2027/checkpoint"]).text).origin == "log.example/z/2027"
    )
    assert damages(files, other) == set()


def forged(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes], str]]:
    """Mirrors that an attacker without the keys makes, and where it is found."""
    listed = json.loads(files[SHARDS])["shards"]

    def entries(*kept: dict[str, int]) -> bytes:
        return json.dumps({"shards": kept}).encode()

    yield "dropped", files | {SHARDS: entries(listed[0], listed[2])}, "2028/opening shard.previous"
    moved = files | {f"2028/{path[5:]}": files[path] for path in files if path.startswith("2027/")}
    yield "swapped", moved, "2028/checkpoint shard.origin"
    other = files | {"2028/opening": files["2027/opening"]}
    yield "another's opening", other, "2028/opening shard.opening"
    none = {path: data for path, data in files.items() if path != "2027/opening"}
    yield "no opening", none, "2027/opening mirror.missing"
    shifted = entries(listed[0], listed[1] | {"first": 300}, listed[2])
    yield "bounds moved", files | {SHARDS: shifted}, "2027/opening shard.opening"


@pytest.mark.parametrize("at", range(5))
def test_a_mirror_with_a_shard_dropped_swapped_or_moved_is_found_by_name(
    turned: Store, log: Log, at: int
) -> None:
    name, files, wanted = list(forged(files_of(turned)))[at]
    assert wanted in damages(files, log), name


def test_a_closed_shard_cut_off_or_reopened_by_the_log_itself_is_found_from_the_next(
    turned: Store, log: Log
) -> None:
    files = files_of(turned)
    with turned.read() as conn:
        first = shards.until(conn, head(conn).size)[0]
        for size in (299, 1):
            made = keys.signed(
                log,
                Checkpoint("log.example/x", size, tree.root_of(conn, first, size)),
            )
            cut = {
                path: data
                for path, data in files.items()
                if path.startswith("202") or path == SHARDS
            }
            cut[CHECKPOINT] = note_bytes(made)
            cut |= {tile_path(each): tree.tile_of(conn, first, each) for each in tiles_of(size)}
            assert "2027/opening shard.previous" in damages(cut, log)


ATTACKS = {
    "boundary moved": "update ledger.shard set first = first + 1 where number = 2027",
    "shard dropped": "delete from ledger.shard where number = 2027",
    "newest dropped": "delete from ledger.shard where number = 2028",
    "shard invented": "insert into ledger.shard (number, first) values (2029, 307)",
    "closed rewritten": "update ledger.leaf set commitment = sha256('x') || sha256('y') "
    "where position = 300",
    "renamed": "update ledger.shard set number = 2026 where number = 2027",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_more_is_signed_once_a_closed_shard_is_not_what_was_signed(
    turned: Store, log: Log, attack: str
) -> None:
    with turned.write() as conn:
        conn.execute(ATTACKS[attack])
    add(turned, TURN + timedelta(days=367), 400)
    before = keys.last_signed(log)
    with pytest.raises(LedgerError, match=r"ledger\.(shorter|rewritten)"):
        publish(turned, log)
    assert keys.last_signed(log) == before


def test_a_forked_closed_shard_is_found_by_whoever_kept_a_later_checkpoint_and_the_opening(
    turned: Store, log: Log
) -> None:
    """The log itself forks: the first shard is another, all else is as it was."""
    files = files_of(turned)
    with turned.write() as conn:
        conn.execute(ATTACKS["closed rewritten"])
        conn.execute("delete from ledger.node")
        for each in shards.until(conn, head(conn).size):
            tree.grow(conn, each)
    with turned.read() as conn:
        first = shards.until(conn, head(conn).size)[0]
        fork = Checkpoint("log.example/x", 300, tree.root_of(conn, first, 300))
        tiles = {tile_path(each): tree.tile_of(conn, first, each) for each in tiles_of(300)}
    changed = files | tiles | {CHECKPOINT: note_bytes(keys.signed(log, fork))}
    assert damages(changed, log) == {"2027/opening shard.previous"}
    opening, disclosure = parse_opening(files["2027/opening"])
    assert leaf_hash(disclosure.entry) == files["2027/tile/0/000.p/5"][:32]
    assert (opening.size, opening.root) != (fork.size, fork.root)


def cosigned(note: bytes, witness: Key) -> bytes:
    parsed = parse_note(note)
    return note_bytes(Note(parsed.text, (*parsed.signatures, sign(parsed.text, witness, time=1))))


def test_a_witness_of_the_newest_shard_alone_stands_for_all_that_it_names(
    turned: Store, log: Log
) -> None:
    files, witness = files_of(turned), ed25519_key("w.example/1", bytes(32), cosigner=True)
    text = f"log {vkey_text(log.vkeys[0])}\nwitness w {vkey_text(witness.vkey)}\nquorum w\n"
    trust = Trust(policy=parse_policy(text.encode()))
    with pytest.raises(ProofError, match=r"policy\.quorum"):
        verify_mirror(files.get, trust)
    files["2028/checkpoint"] = cosigned(files["2028/checkpoint"], witness)
    proven = verify_mirror(files.get, trust)
    assert (proven.damages, set(proven.witnesses)) == ((), {"w"})
    for path in (CHECKPOINT, "2027/checkpoint"):
        with pytest.raises(ProofError, match=r"policy\.quorum"):
            verify_file(files[path], trust)


def test_a_shard_without_entries_vouches_for_no_opening(turned: Store, log: Log) -> None:
    """All that a forger needs is a cosigned beginning, which every witness gives."""
    files = files_of(turned)
    empty = keys.signed(log, Checkpoint("log.example/x/2027", 0, EMPTY_ROOT))
    listed = json.loads(files[SHARDS])["shards"][:2]
    files |= {
        "2027/checkpoint": note_bytes(empty), SHARDS: json.dumps({"shards": listed}).encode()
    }  # fmt: skip
    assert damages(files, log) == {"2027/opening shard.opening"}


def test_a_final_checkpoint_under_the_name_of_another_shard_is_no_mark_to_go_by(
    turned: Store, log: Log
) -> None:
    before = files_of(turned)
    path = log.folder / "closed-0"
    path.write_bytes((log.folder / "closed-2027").read_bytes())
    with pytest.raises(LedgerError, match=r"ledger\.mark"):
        publish(turned, log)
    path.unlink()
    publish(turned, log)
    assert files_of(turned) == before


def test_the_folder_of_another_log_changes_nothing_that_is_published(
    turned: Store, log: Log, tmp_path: Path
) -> None:
    before = files_of(turned)
    other = keys.open_log(tmp_path / "other", origin="log.example/z", draw=os.urandom)
    for path in ("closed-0", "closed-2027", "signed"):
        kept = parse_checkpoint(parse_note((log.folder / path).read_bytes()).text)
        named = kept.origin.replace("log.example/x", "log.example/z")
        note = keys.signed(other, Checkpoint(named, kept.size, kept.root))
        (other.folder / path).write_bytes(note_bytes(note))
    with pytest.raises(LedgerError, match=r"ledger\.other-log"):
        publish(turned, other)
    assert files_of(turned) == before


def test_a_final_checkpoint_that_is_lost_or_changed_in_the_database_is_shown_again(
    turned: Store, log: Log
) -> None:
    before = files_of(turned)
    note = parse_note(before[CHECKPOINT])
    with turned.write() as conn:
        conn.execute("delete from ledger.checkpoint where shard = 2027")
        conn.execute(
            "update ledger.checkpoint set note = %s where shard = 0",
            [
                note_bytes(
                    Note("log.example/x\n1\n" + note.text.split("\n")[2] + "\n", note.signatures)
                )
            ],
        )
    publish(turned, log)
    assert files_of(turned) == before


def test_hashes_and_final_checkpoints_that_were_lost_are_made_again_the_same(
    turned: Store, log: Log
) -> None:
    add(turned, TURN + timedelta(days=366), *range(400, 700))
    publish(turned, log)
    before = files_of(turned)
    with turned.write() as conn:
        conn.execute("delete from ledger.node")
    for number in (0, 2027):
        (log.folder / f"closed-{number}").unlink()
    publish(turned, log)
    assert files_of(turned) == before
    assert set(keys.closed(log)) == {0, 2027}


def test_a_lost_final_checkpoint_is_not_made_again_of_a_shard_that_was_rewritten(
    turned: Store, log: Log
) -> None:
    (log.folder / "closed-0").unlink()
    with turned.write() as conn:
        conn.execute(ATTACKS["closed rewritten"])
    with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
        publish(turned, log)
    assert set(keys.closed(log)) == {2027}
