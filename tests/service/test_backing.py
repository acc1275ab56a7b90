"""What is backed up while others go on is restored whole and verified, or not at all."""

import fcntl
import hashlib
import json
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from installed import opened
from logged import report, report_all

from suyuan import index
from suyuan.kit import SuyuanError
from suyuan.ledger import keys, restored, resuming
from suyuan.ledger.types import LedgerError
from suyuan.model.actor import PUBLIC
from suyuan.service import (
    OPERATOR,
    Config,
    Decision,
    Erasure,
    Platform,
    Restored,
    backup,
    begin_anew,
    check_backup,
    checkpoint,
    erase,
    examine,
    log_keys,
    log_of,
    logged_acts,
    publish,
    receipt,
    restore,
    resume,
    rotate_key,
)
from suyuan.store import ReadConnection, StoreError, archive, migrate, snapshot
from suyuan.store.archive import ArchiveError, Part, Writer, read_parts
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.encoding import encode
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import parse_note, parse_vkey
from suyuan.tlog.policy import trusting

Copies = Callable[[str], AbstractContextManager[str]]
WORDS = "correct horse"
EVENTS = 300
NAMED = "urn:uuid:00000000-0000-4000-8000-000000000003"


@pytest.fixture
def source(platform: Platform) -> Platform:
    """Three hundred events, published and indexed."""
    report_all(platform, range(1, EVENTS + 1))
    publish(platform)
    index.catch_up(platform.store)
    return platform


@pytest.fixture
def target(empty_database: str, tmp_path: Path) -> Config:
    """Another machine: nothing is there."""
    return Config(data_dir=tmp_path / "other", database_url=empty_database)


@pytest.fixture(scope="module")
def made(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A backup, plain and encrypted."""
    folder = tmp_path_factory.mktemp("made")
    with copy_database(migrated_template) as dsn, opened(dsn, folder) as platform:
        report_all(platform, range(1, 41))
        backup(platform, folder / "plain")
        backup(platform, folder / "sealed", passphrase=WORDS)
    return {"plain": folder / "plain", "sealed": folder / "sealed"}


def rows(dsn: str) -> dict[str, str]:
    """Every row of every table, sorted and digested."""
    with psycopg.connect(dsn) as connection:
        conn = ReadConnection(connection)
        return {
            table.full: hashlib.sha256(
                b"".join(sorted(b"".join(snapshot.copy_out(conn, table)).splitlines()))
            ).hexdigest()
            for table in snapshot.tables(conn)
        }


@contextmanager
def running(config: Config) -> Iterator[Platform]:
    assert config.database_url is not None
    with opened(config.database_url, config.data_dir) as platform:
        yield platform


def test_a_restored_installation_has_every_row_and_goes_on_as_if_nothing_had_been(
    source: Platform, target: Config, tmp_path: Path
) -> None:
    done = backup(source, tmp_path / "file", passphrase=WORDS)
    held = receipt(source, NAMED, OPERATOR)
    trust = Trust(policy=trusting([parse_vkey(each, "") for each in log_keys(source)]))
    before = rows(source.store.dsn)
    newest = checkpoint(source)

    found = restore(target, tmp_path / "file", passphrase=WORDS)
    assert found == Restored(entries=EVENTS, signed=EVENTS, log="resumes", faults=())
    assert (done.entries, done.signed, done.keys) == (EVENTS, EVENTS, True)
    assert rows(target.database_url or "") == before
    with running(target) as platform:
        assert examine(platform).damages == ()
        with pytest.raises(LedgerError, match=r"ledger\.restored"):
            publish(platform)
        assert resume(platform, newest) == EVENTS
        report(platform, [3, EVENTS + 1])  # the third is there
        assert publish(platform).size == EVENTS + 2, "that it was resumed is logged"
        verify_file(publish(platform).note, trust)
        verify_file(receipt(platform, NAMED, OPERATOR) or b"", trust)
        verify_file(held or b"", trust)
        index.catch_up(platform.store)
        assert examine(platform).damages == ()


def test_a_backup_made_while_four_capture_is_of_one_moment(
    platform: Platform, target: Config, tmp_path: Path
) -> None:
    stop, failed = threading.Event(), list[Exception]()

    def capturing(number: int) -> None:
        try:
            for step in range(1_000):
                if stop.is_set():
                    return
                report(platform, [number * 1_000 + step])
        except Exception as error:  # noqa: BLE001 -- told by the test
            failed.append(error)

    report(platform, range(1, 5))
    clients = [threading.Thread(target=capturing, args=(number,)) for number in range(1, 5)]
    for each in clients:
        each.start()
    try:
        made = [backup(platform, tmp_path / f"{number}") for number in range(3)]
    finally:
        stop.set()
        for each in clients:
            each.join()
    assert failed == []
    found = restore(target, Path(made[-1].path))
    assert (found.entries, found.log, found.faults) == (made[-1].entries, "missing", ())
    assert found.signed <= found.entries
    with running(target) as other:
        assert {each.code for each in examine(other).damages} <= {"index.differs"}


def test_a_backup_and_an_erasure_at_once_do_not_wait_for_each_other_in_a_circle(
    source: Platform, tmp_path: Path
) -> None:
    """Erasing empties the index, of which the backup has read some tables and not the others."""
    with ThreadPoolExecutor(1) as clients:
        begun = list[Future[Erasure]]()

        def erase_it(_read: int) -> None:
            if not begun and is_read(source, "index.act"):
                begun.append(clients.submit(erase, source, NAMED, Decision(by="a", ground="b")))
                while not begun[0].done() and not waits(source):
                    time.sleep(0.01)

        backup(source, tmp_path / "file", progress=erase_it)
        assert begun[0].result().positions == (3,)
    assert check_backup(tmp_path / "file").entries == EVENTS
    assert examine(source).damages == ()


def is_read(platform: Platform, table: str) -> bool:
    """Whether a transaction that is open has read a table, or may read it."""
    with platform.store.read() as conn:
        asked = "select from pg_locks where relation = %s::regclass and granted limit 1"
        return bool(conn.execute(asked, [table]).fetchall())


def test_nothing_is_restored_over_anything(source: Platform, tmp_path: Path) -> None:
    backup(source, tmp_path / "file")
    before = rows(source.store.dsn)
    own = Config(data_dir=source.config.data_dir, database_url=source.store.dsn)
    with pytest.raises(StoreError, match="not empty"):
        restore(own, tmp_path / "file")
    assert rows(source.store.dsn) == before


def test_what_is_recorded_while_a_restore_begins_is_not_restored_over(
    source: Platform, target: Config, tmp_path: Path
) -> None:
    """It is committed after the restore has begun to look, and acknowledged: it is not lost."""
    backup(source, tmp_path / "file")
    dsn = target.database_url or ""
    migrate(dsn)
    with psycopg.connect(dsn) as other, ThreadPoolExecutor(1) as clients:
        other.execute("insert into state.withdrawn (identity, entry) values ('here', 1)")
        restoring = clients.submit(restore, target, tmp_path / "file")
        while not restoring.done() and not waits(source):
            time.sleep(0.01)
        other.commit()
        with pytest.raises(StoreError, match="not empty"):
            restoring.result()
        assert other.execute("select count(*) from state.withdrawn").fetchone() == (1,)


def waits(platform: Platform) -> bool:
    """Whether a transaction waits for another one's lock."""
    with platform.store.read() as conn:
        return bool(conn.execute("select from pg_locks where not granted limit 1").fetchall())


def test_an_opened_but_unused_database_counts_as_empty(
    made: dict[str, Path], target: Config
) -> None:
    migrate(target.database_url or "")
    with running(target) as platform:
        assert examine(platform).damages == ()
    assert restore(target, made["plain"]).entries == 40


def test_nothing_is_restored_beneath_a_program_that_goes_by_the_secrets_of_before(
    made: dict[str, Path], target: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(target.database_url or "")
    with monkeypatch.context() as patched, running(target) as platform:
        patched.setattr(snapshot, "PATIENCE", 0.0)
        with pytest.raises(StoreError, match="is using this database"):
            restore(target, made["plain"])
        report(platform, [1])
        assert examine(platform).damages == ()


def test_a_backup_older_than_what_was_signed_here_is_refused_and_another_log_may_begin(
    source: Platform, empty_database: str, tmp_path: Path
) -> None:
    backup(source, tmp_path / "old")
    old, shown = log_keys(source), checkpoint(source)
    held = receipt(source, NAMED, OPERATOR)
    report(source, [EVENTS + 1])
    signed = publish(source).size
    here = Config(data_dir=source.config.data_dir, database_url=empty_database)
    with pytest.raises(LedgerError, match=r"restore\.older") as caught:
        restore(here, tmp_path / "old")
    assert str(signed) in caught.value.text.zh
    assert "--new-log" in caught.value.text.en
    assert restore(here, tmp_path / "old", new_log=True).log == "new"
    with running(here) as platform:
        assert publish(platform).size == EVENTS + 2
        told, begun = said(platform, "log.restored"), said(platform, "log.begun")
        assert (told["entries"], told["faults"]) == (EVENTS, 0)
        ended = parse_checkpoint(parse_note(shown).text)
        assert begun["before"] == {
            "origin": ended.origin, "size": ended.size, "root": encode(ended.root)
        }  # fmt: skip
        assert log_keys(platform) != old
        assert examine(platform).damages == ()
    assert (here.data_dir / "log-ended-1" / "log.key").exists()
    verify_file(held or b"", Trust(policy=trusting([parse_vkey(old[0], "")])))


def test_this_machines_log_goes_on_from_a_backup_that_has_all_it_signed(
    source: Platform, empty_database: str, tmp_path: Path
) -> None:
    backup(source, tmp_path / "newest")
    here = Config(data_dir=source.config.data_dir, database_url=empty_database)
    assert restore(here, tmp_path / "newest").log == "own"
    with running(here) as platform:
        report(platform, [EVENTS + 1])
        assert publish(platform).size == EVENTS + 2
        assert said(platform, "log.restored")["entries"] == EVENTS


def said(platform: Platform, kind: str) -> dict[str, Any]:
    """What the only act of a kind says, which everybody may know."""
    (act,) = logged_acts(platform, kind)
    assert receipt(platform, act.position, PUBLIC)
    found: dict[str, Any] = json.loads(act.said)
    return found


def test_a_backup_of_another_log_is_refused(
    source: Platform, made: dict[str, Path], empty_database: str
) -> None:
    here = Config(data_dir=source.config.data_dir, database_url=empty_database)
    with pytest.raises(LedgerError, match=r"ledger\.other-log"):
        restore(here, made["plain"])


def test_keys_of_a_restore_that_was_cut_off_are_not_told_to_be_this_machines_own(
    made: dict[str, Path], target: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They came from the backup all the same, and sign nothing before they are resumed."""
    unpack = keys.unpack

    def cut_off(*said: Any, **more: Any) -> None:
        unpack(*said, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(keys, "unpack", cut_off)
    with pytest.raises(KeyboardInterrupt):
        restore(target, made["sealed"], passphrase=WORDS)
    monkeypatch.undo()
    assert restore(target, made["sealed"], passphrase=WORDS).log == "resumes"


def test_restored_keys_sign_only_what_continues_the_newest_checkpoint_anybody_has(
    source: Platform, target: Config, tmp_path: Path
) -> None:
    backup(source, tmp_path / "old", passphrase=WORDS)
    report(source, [EVENTS + 1])
    newer = publish(source).note
    restore(target, tmp_path / "old", passphrase=WORDS)
    with running(target) as platform:
        for attempt in (lambda: publish(platform), lambda: rotate_key(platform)):
            with pytest.raises(LedgerError, match=r"ledger\.restored"):
                attempt()
        with pytest.raises(LedgerError, match=r"ledger\.shorter"):
            resume(platform, newer)
        report(platform, [EVENTS + 2])  # the same size as what was signed, and another history
        with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
            resume(platform, newer)
        with pytest.raises(SuyuanError):
            resume(platform, b"no checkpoint")
        with pytest.raises(LedgerError, match=r"ledger\.restored"):
            publish(platform)
        old = log_keys(platform)
        assert begin_anew(platform) != old
        assert publish(platform).size == EVENTS + 2
        assert said(platform, "log.begun")["before"]["size"] == EVENTS


@pytest.mark.parametrize("seam", ["restored", "resumed"])
def test_that_restored_keys_sign_again_is_logged_once_whoever_is_killed_when(
    source: Platform,
    target: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seam: str,
) -> None:
    """Before the keys may sign, and between the act and the file that it was made of."""
    backup(source, tmp_path / "file", passphrase=WORDS)
    newest = checkpoint(source)
    restore(target, tmp_path / "file", passphrase=WORDS)
    remove = resuming.remove

    def killed(path: Path) -> None:
        if path.name == seam:
            raise KeyboardInterrupt
        remove(path)

    def resumed(platform: Platform) -> None:
        resume(platform, newest)
        publish(platform)

    with running(target) as platform:
        monkeypatch.setattr(resuming, "remove", killed)
        monkeypatch.setattr(restored, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            resumed(platform)
        monkeypatch.undo()
        if seam == "restored":
            with pytest.raises(LedgerError, match=r"ledger\.restored"):
                publish(platform)
            assert not list(logged_acts(platform)), "it was not done yet"
            assert resume(platform, newest) == EVENTS
        for _ in range(2):
            assert publish(platform).size == EVENTS + 1
            told = said(platform, "log.resumed")
            assert (told["size"], told["faults"]) == (EVENTS, 0)
            assert not (log_of(platform).folder / "resumed").exists()
        (log_of(platform).folder / "resumed").write_bytes(b"{")
        with pytest.raises(FormatError, match=r"ledger\.file"):
            publish(platform)


def test_keys_that_are_put_back_after_a_restore_are_told_what_they_signed_and_it_is_logged(
    source: Platform, target: Config, tmp_path: Path
) -> None:
    """The backup has no keys; they were kept elsewhere, and come whole or over what is there."""
    backup(source, tmp_path / "file")
    newest = checkpoint(source)
    assert restore(target, tmp_path / "file").log == "missing"
    shutil.copytree(log_of(source).folder, target.data_dir / "log")
    with running(target) as platform:
        report(platform, [EVENTS + 1])
        for attempt in (lambda: publish(platform), lambda: rotate_key(platform)):
            with pytest.raises(LedgerError, match=r"ledger\.restored"):
                attempt()
        assert resume(platform, newest) == EVENTS
        assert publish(platform).size == EVENTS + 2
        told = said(platform, "log.resumed")
        at = check_backup(tmp_path / "file").at.isoformat()
        assert (told["backup"], told["size"], told["faults"]) == (at, EVENTS, 0)
        report(platform, [EVENTS + 2])
        publish(platform)
        assert len(list(logged_acts(platform))) == 1
        assert examine(platform).damages == ()


def test_keys_put_back_over_a_backup_that_lacks_what_they_signed_sign_nothing(
    source: Platform, target: Config, tmp_path: Path
) -> None:
    backup(source, tmp_path / "old")
    report(source, [EVENTS + 1])
    newer = publish(source).note
    restore(target, tmp_path / "old")
    shutil.copytree(log_of(source).folder, target.data_dir / "log")
    with running(target) as platform:
        with pytest.raises(LedgerError, match=r"ledger\.shorter"):
            resume(platform, newer)
        with pytest.raises(LedgerError, match=r"ledger\.restored"):
            publish(platform)
        old = log_keys(platform)
        assert begin_anew(platform) != old
        assert publish(platform).size == EVENTS + 1


@pytest.mark.parametrize(
    ("which", "passphrase", "code"),
    [
        ("sealed", None, "backup.locked"),
        ("sealed", "wrong", "backup.passphrase"),
        ("plain", WORDS, "backup.open"),
    ],
)
def test_a_passphrase_is_asked_for_exactly_where_there_is_one(
    made: dict[str, Path], which: str, passphrase: str | None, code: str
) -> None:
    with pytest.raises(ArchiveError) as caught:
        check_backup(made[which], passphrase=passphrase)
    assert caught.value.code == code


@pytest.mark.parametrize("which", ["plain", "sealed"])
def test_no_private_key_lies_open_in_a_backup(made: dict[str, Path], which: str) -> None:
    data = made[which].read_bytes()
    assert b"PRIVATE" not in data
    assert made[which].stat().st_mode & 0o077 == 0
    labels = [
        part.label
        for part in read_parts(made[which], passphrase=WORDS if which == "sealed" else None)
    ]
    assert ("file log.key" in labels) is (which == "sealed")


def opened_parts(path: Path, passphrase: str | None) -> list[Part] | None:
    """What a reader believes of a file; None if it refuses it."""
    try:
        return list(read_parts(path, passphrase=passphrase))
    except ArchiveError:
        return None


@pytest.mark.parametrize(("which", "times"), [("plain", 300), ("sealed", 3)])
def test_a_flipped_byte_or_a_torn_end_is_refused_or_changes_nothing(
    made: dict[str, Path], tmp_path: Path, which: str, times: int
) -> None:
    """A sealed one takes a second to open, on purpose, so fewer of them are tried."""
    passphrase = WORDS if which == "sealed" else None
    true, path = made[which].read_bytes(), tmp_path / "file"
    parts = opened_parts(made[which], passphrase)
    draw, refused = random.Random(11), 0
    for number in range(times):
        at = draw.randrange(len(true))
        flipped = bytearray(true)
        flipped[at] ^= 1 << draw.randrange(8)
        path.write_bytes(true[:at] if number % 3 == 0 else flipped)
        found = opened_parts(path, passphrase)
        refused += found is None
        assert found in (None, parts)
    assert refused >= times // 3


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    for data in (b"", b"hello", b"\0" * 10_240):
        (tmp_path / "file").write_bytes(data)
        with pytest.raises(ArchiveError):
            check_backup(tmp_path / "file")
    with pytest.raises(ArchiveError, match=r"backup\.read"):
        check_backup(tmp_path / "absent")


def remade(path: Path, into: Path, change: Callable[[Part], Part | None]) -> Path:
    """Another backup that is whole by itself, with parts changed or left out."""
    with Writer(into, passphrase=None) as writer:
        for part in read_parts(path, passphrase=None):
            if (changed := change(part)) is not None:
                writer.add(changed)
    return into


def test_rows_changed_in_a_whole_backup_are_found_by_the_log_and_nothing_is_restored(
    made: dict[str, Path], target: Config, tmp_path: Path
) -> None:
    def later(part: Part) -> Part:
        if part.label != "rows record.entry":
            return part
        first, *others = part.data.splitlines(keepends=True)
        cells = first.split(b"\t")
        cells[5] = b"1" if cells[5] == b"0" else b"0"  # the verdict
        return Part(part.label, b"".join([b"\t".join(cells), *others]))

    forged = remade(made["plain"], tmp_path / "forged", later)
    with pytest.raises(ArchiveError, match=r"restore\.faults"):
        restore(target, forged)
    found = restore(target, forged, with_faults=True)
    assert [each.code for each in found.faults] == ["record.changed", "capture.answer"]


@pytest.mark.parametrize(
    "change",
    [
        lambda part: None if part.label == "rows ledger.leaf" else part,
        lambda part: None if part.label == "sequences" else part,
        lambda part: None if part.label == "manifest" else part,
        lambda part: Part("rows x.y", part.data) if part.label == "rows record.head" else part,
        lambda part: Part(part.label, b"x\n") if part.label == "rows record.head" else part,
        lambda part: Part(part.label, b"{}") if part.label == "sequences" else part,
        lambda part: Part(part.label, b"{}") if part.label == "manifest" else part,
        lambda part: Part("file ../../x", b"") if part.label == "rows record.head" else part,
    ],
    ids=["no leaves", "no sequences", "no manifest", "strange", "no rows", "odd", "empty", "away"],
)
def test_a_whole_file_with_something_else_in_it_restores_nothing(
    made: dict[str, Path],
    target: Config,
    tmp_path: Path,
    change: Callable[[Part], Part | None],
) -> None:
    with pytest.raises(SuyuanError):
        restore(target, remade(made["plain"], tmp_path / "odd", change))
    assert restore(target, made["plain"]).entries == 40


def test_a_backup_by_a_newer_program_is_refused(
    made: dict[str, Path], target: Config, tmp_path: Path
) -> None:
    def newer(part: Part) -> Part:
        if part.label != "manifest":
            return part
        said = json.loads(part.data)
        said["migrations"]["9999_pre_later.sql"] = "00"
        return Part(part.label, msgspec.json.encode(said))

    with pytest.raises(StoreError, match="newer"):
        restore(target, remade(made["plain"], tmp_path / "newer", newer))


def test_a_file_that_is_there_is_left_and_a_folder_gets_a_new_one(
    source: Platform, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(ArchiveError, match=r"backup\.there"):
        backup(source, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"
    done = backup(source, tmp_path)
    assert Path(done.path).parent == tmp_path
    assert check_backup(Path(done.path)).entries == EVENTS
    with pytest.raises(ArchiveError, match=r"backup\.write"):
        backup(source, tmp_path / "no" / "where")


def test_a_backup_that_was_finished_while_another_began_is_left_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other has opened the first one's unfinished file, and gets its lock when it is done."""
    path, first = tmp_path / "file", ExitStack()
    first.enter_context(Writer(path, passphrase=None)).add(Part("rows", b"first"))
    lock = fcntl.flock

    def late(file: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        first.close()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(SuyuanError) as caught, Writer(path, passphrase=None) as second:
        second.add(Part("rows", b"second"))
    assert caught.value.status in {409, 503}
    assert list(read_parts(path, passphrase=None)) == [Part("rows", b"first")]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_comes_to_be_under_the_name_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with ExitStack() as ending:
        caught = ending.enter_context(pytest.raises(ArchiveError))
        ending.enter_context(Writer(path, passphrase=None)).add(Part("rows", b"new"))
        path.write_bytes(b"another's")
    assert caught.value.code == "backup.there"
    assert path.read_bytes() == b"another's"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_two_backups_into_one_file_do_not_mix(source: Platform, tmp_path: Path) -> None:
    with archive.Writer(tmp_path / "one", passphrase=None) as writer:
        with pytest.raises(SuyuanError, match=r"backup\.busy"):
            backup(source, tmp_path / "one")
        writer.add(Part("mine", b""))
    assert [part.label for part in read_parts(tmp_path / "one", passphrase=None)] == ["mine"]


def test_what_a_killed_backup_left_counts_for_nothing_and_is_written_over(
    source: Platform, tmp_path: Path
) -> None:
    (tmp_path / ".one.part").write_bytes(b"half of a backup")
    backup(source, tmp_path / "one")
    assert check_backup(tmp_path / "one").entries == EVENTS
    assert [each.name for each in tmp_path.glob("*.part")] == []
