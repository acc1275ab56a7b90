"""Each file of a log's and a witness's folder, damaged in every way: told by its name, and left."""

import json
import os
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest

from suyuan.kit import SuyuanError
from suyuan.ledger import checking, keys, learning, restored, resuming, witnessing
from suyuan.service.witnessing import damage_of, witness_key
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tree import EMPTY_ROOT, leaf_hash
from suyuan.tlog.witness import request_bytes

LOGS = [ed25519_key(f"log.example/{at}", bytes([at]) * 32) for at in (1, 2, 3)]
TIME = 1_790_000_000


def cut(path: Path) -> None:
    """In the midst of a line: of whole lines that are gone the log itself tells."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 5])


def huge(path: Path) -> None:
    os.truncate(path, 1 << 40)


def folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


def unreadable(path: Path) -> None:
    """Who runs the tests may read every file of their own; not this one of the system's."""
    path.unlink()
    path.symlink_to("/proc/self/mem")


def nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("not there"))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": cut,
    "empty": lambda path: path.write_bytes(b""),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\0\n"),
    "other words": lambda path: path.write_text("nothing of this kind\n"),
    "other types": lambda path: path.write_text('{"log.example/1": "x", "at": [1]}\n'),
    "a list": lambda path: path.write_text("[]\n"),
    "huge": huge,
    "a folder": folder_there,
    "unreadable": unreadable,
    "a link to nowhere": nowhere,
}
LOCKS = ("lock", "asking")
NO_LOCK = ("a folder", "a link to nowhere")
IN_LOG = (
    "log.key", "signed", "rotated", "revoked", "handover", "policy", "retention", "closed-2026",
    "restored", "resumed", *LOCKS,
)  # fmt: skip
BESIDE = ("log-origin", "log-restored")


def cases(names: Iterable[str], damages: Iterable[str]) -> list[tuple[str, str]]:
    """Each damage of each file; a lock is opened and not read, and a log may be called `[]`."""
    none = {*((name, "unreadable") for name in LOCKS), ("log-origin", "a list")}
    return [each for each in product(names, damages) if each not in none]


def cosigned(key: Key, size: int = 1) -> bytes:
    text = checkpoint_text(Checkpoint(key.vkey.name, size, leaf_hash(b"x")))
    return request_bytes(0, (), note_bytes(Note(text, (sign(text, key),))))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with every file that one can have."""
    folder = tmp_path / "log"
    keys.keep_name(folder, "log.example")
    made = keys.open_log(folder, origin="log.example", draw=os.urandom)
    made = keys.rotate(keys.rotate(made, draw=os.urandom), draw=os.urandom)
    made = keys.revoke(made, made.rotated[0])
    final = keys.signed(made, Checkpoint("log.example/2026", 0, EMPTY_ROOT))
    keys.keep_closed(made, 2026, note_bytes(final))
    (folder / "policy").write_text(f"log {vkey_text(made.vkeys[0])}\nquorum none\n")
    (folder / "retention").write_text("days 99\nfirst 0\n")
    said = {"backup": "2026-03-01", "faults": 0, "origin": "log.example", "size": 0}
    root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    (folder / "resumed").write_text(json.dumps(said | {"root": root}))
    restored.mark_keys(folder, at="2026-03-01", faults=0)
    restored.mark_absent(folder, at="2026-03-01", faults=0)
    for name in LOCKS:
        (folder / name).touch()
    for path in folder.iterdir():
        path.chmod(0o600)
    assert {each.name for each in folder.iterdir()} == set(IN_LOG)
    assert list(checking.files(folder)) == []
    return folder


@pytest.mark.parametrize(("name", "damage"), cases([*IN_LOG, *BESIDE], DAMAGES))
def test_each_damaged_file_of_a_log_is_told_by_its_name_and_left(
    log: Path, name: str, damage: str
) -> None:
    path = log.parent / name if name in BESIDE else log / name
    DAMAGES[damage](path)
    seen = look_of(path)
    found = list(checking.files(log))
    if name in LOCKS and damage not in NO_LOCK:
        assert found == []  # nobody reads what is in a lock
        return
    assert any(str(path) in each.place and each.cure.zh for each in found), found
    for error in filter(None, (said_by(work, log) for work in (keys.read_log, read_all, begun))):
        assert str(path) in error.place  # some read it, and some need not
        assert error.text.zh != error.text.en
    assert look_of(path) == seen


def said_by(work: Callable[[Path], object], folder: Path) -> SuyuanError | None:
    """What somebody is told who does this; anything but that would be a traceback."""
    try:
        work(folder)
    except SuyuanError as error:
        return error
    return None


def read_all(folder: Path) -> None:
    log = keys.read_log(folder)
    keys.last_signed(log)
    keys.closed(log)
    keys.packed(log)
    resuming.require_sound(log)


def begun(folder: Path) -> None:
    keys.open_log(folder, origin=keys.kept_name(folder), draw=os.urandom)
    restored.backup_of(folder)


def look_of(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        return path.stat().st_size, file.read(10_000)


IN_WITNESS = ("witness.key", "logs", "forgotten", "learned.json", "head", "lock")


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    """One that cosigned two logs, was to forget another, and has learned of all."""
    made = witnessing.begin_witness(tmp_path / "w", name="w.example/1", draw=os.urandom)
    for each in LOGS:
        witnessing.know_log(made, each.vkey)
        answer = witnessing.add_checkpoint(made, cosigned(each), time=TIME)
        assert answer.status == 200, answer.body
    witnessing.forget_key(made, LOGS[2].vkey)
    learning.keep(made.folder, {each.vkey.name: (0, 5) for each in LOGS})
    assert damage_of(made.folder) is None
    return made.folder


def file_of(folder: Path, name: str) -> Path:
    if name != "head":
        return folder / name
    return next(path for path in (folder / "heads").iterdir() if b"/1\n" in path.read_bytes())


@pytest.mark.parametrize(("name", "damage"), cases(IN_WITNESS, [*DAMAGES, "gone"]))
def test_each_damaged_file_of_a_witness_keeps_it_from_answering_and_is_left(
    witness: Path, name: str, damage: str
) -> None:
    path = file_of(witness, name)
    path.unlink() if damage == "gone" else DAMAGES[damage](path)
    if (name == "lock" and damage not in NO_LOCK) or (
        damage == "gone" and name in {"learned.json", "forgotten"}
    ):  # of these nobody can tell that they were there, but for what they forget
        assert (damage_of(witness) is None) == (name != "forgotten")
        return
    seen = look_of(path) if damage != "gone" else None
    with pytest.raises(SuyuanError) as told:
        witness_key(witness, None)
    assert str(path) in told.value.place or damage == "gone"
    for said in (told.value.text.zh, told.value.text.en):
        assert str(path) in said or damage == "gone"
    for work in (know, forget, cosign):
        error = said_by(work, witness)
        assert error is None or str(path) in error.text.en or damage == "gone"
        if damage != "gone":
            assert look_of(path) == seen


def know(folder: Path) -> None:
    witnessing.know_log(witnessing.open_witness(folder), LOGS[0].vkey)


def forget(folder: Path) -> None:
    witnessing.forget_key(witnessing.open_witness(folder), ed25519_key("other", b"o" * 32).vkey)


def cosign(folder: Path) -> None:
    made = witnessing.open_witness(folder)
    witnessing.add_checkpoint(made, cosigned(LOGS[0], 2), time=TIME)


def test_what_is_right_in_what_was_learned_is_named_and_what_is_wrong_too(witness: Path) -> None:
    path = witness / "learned.json"
    for wrong in ("null", "[0]", "[0, -1]", "[true, 5]", "[7, 5]", "[0, 5.5]", '["0", 5]', "5"):
        path.write_text(f'{{"log.example/1": [0, 5], "log.example/2": {wrong}}}')
        with pytest.raises(SuyuanError, match=r"witness\.learned") as told:
            learning.learned(witness)
        for said in (told.value.text.zh, told.value.text.en):
            assert "'log.example/2'" in said
            assert "log.example/1 [0, 5]" in said
            assert "suyuan witness learn" in said
    path.write_text('{"log.example/1": [0, 5], "log.example/1": [0, 1]}')
    with pytest.raises(SuyuanError, match=r"witness\.learned"):
        learning.learned(witness)  # said twice: nobody knows which counts
    path.write_text('{"log.example/1": [2026, 5]}')
    assert learning.learned(witness) == {"log.example/1": (2026, 5)}


@pytest.mark.parametrize("name", ["logs", "forgotten"])
def test_a_log_that_was_cosigned_is_neither_known_nor_forgotten_only_where_a_file_was_lost(
    witness: Path, name: str
) -> None:
    (witness / name).unlink()
    with pytest.raises(SuyuanError, match=r"witness\.logs") as told:
        witness_key(witness, None)
    assert "log.example/" in told.value.text.zh
    made = witnessing.open_witness(witness)
    for each in LOGS[:2]:
        witnessing.know_log(made, each.vkey)
    witnessing.forget_key(made, LOGS[2].vkey)
    assert damage_of(witness) is None


def test_a_witness_that_knows_a_forgotten_log_again_is_sound_wherever_it_was_killed(
    witness: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, whole = witnessing.open_witness(witness), witnessing.write_whole
    left = iter(range(0))

    def until_killed(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        whole(path, data)

    for count in range(3):
        left = iter(range(count))
        monkeypatch.setattr(witnessing, "write_whole", until_killed)
        try:
            witnessing.know_log(made, LOGS[2].vkey)
        except KeyboardInterrupt:
            assert damage_of(witness) is None
        monkeypatch.undo()
        witnessing.forget_key(made, LOGS[2].vkey)
