"""A file is on the disk before anybody goes by it, and a lock is one holder's."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suyuan.ledger.durable import held, remove, write_whole

OTHER = """
import sys
from pathlib import Path
from suyuan.ledger.durable import held
print("begun", flush=True)
with held(Path(sys.argv[1])):
    print("held", flush=True)
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the system is asked to do with the disk, in its order: the call, and of which file."""
    made: list[tuple[str, str]] = []

    def told(name: str, path_of: Callable[..., Any]) -> None:
        call = getattr(os, name)

        def telling(*given: Any, **others: Any) -> Any:
            made.append((name, os.fspath(path_of(*given))))
            return call(*given, **others)

        monkeypatch.setattr(os, name, telling)

    told("fsync", lambda handle: Path(f"/proc/self/fd/{handle}").readlink())
    told("replace", lambda _, path: path)
    told("rename", lambda _, path: path)
    told("unlink", lambda path: path)
    return made


def test_a_file_is_on_the_disk_before_it_takes_its_place_and_its_folder_before_it_counts(
    tmp_path: Path, asked: list[tuple[str, str]]
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"data")
    fresh, *rest = asked
    assert fresh == ("unlink", f"{path}.new")  # of a crash
    assert rest == [("fsync", f"{path}.new"), ("replace", str(path)), ("fsync", str(tmp_path))]
    assert path.read_bytes() == b"data"


def test_a_file_that_was_removed_is_gone_from_the_disk(
    tmp_path: Path, asked: list[tuple[str, str]]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"secret")
    remove(path)
    assert asked == [("unlink", str(path)), ("fsync", str(tmp_path))]
    assert not path.exists()


def test_what_did_not_come_to_the_disk_takes_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_handle: int) -> None:
        raise OSError

    path = tmp_path / "file"
    write_whole(path, b"before")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError):  # noqa: PT011 -- it has no words
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"


def test_a_lock_that_is_held_is_waited_for_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path):
        other = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    assert other.stdout.read() == "held\n"
    assert other.wait() == 0
    other.stdout.close()
