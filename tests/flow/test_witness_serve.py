"""`suyuan witness serve` as a process: no database, and nothing forgotten when it is killed."""

import http.client
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running import NO_ANSWER, SUYUAN, free_port

from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.signing import sign
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root
from suyuan.tlog.witness import request_bytes

LOG = ed25519_key("log.example/a", bytes(range(32)))
PATIENCE = 120.0  # seconds; how long a start takes says how busy the machine is


def suyuan(folder: Path, *words: str) -> str:
    command: list[str | Path] = [SUYUAN, "--data-dir", folder, "witness", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command: list[str | Path] = [
        SUYUAN,
        "--data-dir",
        folder,
        "witness",
        "serve",
        "--port",
        str(port),
    ]
    with (folder / "serve.log").open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def post(port: int, *entries: bytes, old: int = 0) -> tuple[int, str]:
    """The answer to a tree that continues its first `old` entries; the server is waited for."""
    node = nodes([leaf_hash(each) for each in entries])
    top = root(extend(Frontier(), map(leaf_hash, entries)))
    text = checkpoint_text(Checkpoint("log.example/a", len(entries), top))
    path = consistency_proof(node, old, len(entries)) if old else ()
    body = request_bytes(old, path, note_bytes(Note(text, (sign(text, LOG),))))
    until = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("POST", "/add-checkpoint", body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except NO_ANSWER:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def test_a_witness_that_was_killed_remembers_and_one_that_is_stopped_ends_well(
    tmp_path: Path,
) -> None:
    key = suyuan(tmp_path, "keys", "--name", "w.example/1").strip()
    suyuan(tmp_path, "know", vkey_text(LOG.vkey))
    with serving(tmp_path, port := free_port()) as child:
        status, lines = post(port, b"one")
        assert status == 200
        assert lines.startswith(f"— {key.partition('+')[0]} ")
        child.kill()
        child.wait()
    with serving(tmp_path, port := free_port()) as child:
        assert post(port, b"another history") == (409, "1\n")
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 0
    assert suyuan(tmp_path, "keys").splitlines() == [key, f"log {vkey_text(LOG.vkey)}"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["serve.log", "witness"]


def test_whatever_was_cosigned_before_a_kill_is_never_taken_back(tmp_path: Path) -> None:
    suyuan(tmp_path, "keys", "--name", "w.example/1")
    suyuan(tmp_path, "know", vkey_text(LOG.vkey))
    entries = [str(at).encode() for at in range(9)]
    size = 0
    for _ in range(3):
        with serving(tmp_path, port := free_port()) as child:
            for _ in range(3):
                assert post(port, *entries[: size + 1], old=size)[0] == 200
                size += 1
            child.kill()
            child.wait()
    with serving(tmp_path, port := free_port()):
        assert post(port, *entries[:4]) == (409, "9\n")
        assert post(port, *entries[:8], b"another", old=0) == (409, "9\n")


def test_a_witness_that_was_not_begun_does_not_serve(tmp_path: Path) -> None:
    with serving(tmp_path, free_port()) as child:
        assert child.wait(PATIENCE) not in (0, -signal.SIGKILL)
