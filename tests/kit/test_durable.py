"""A file is on the disk before anybody goes by it, and a lock is one holder's."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suyuan.kit.durable import alone_in, held, put, remove, write_whole

OTHER = """
import sys
from pathlib import Path
from suyuan.kit.durable import held
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


def test_a_file_that_was_asked_for_keeps_its_mode_and_follows_its_link(tmp_path: Path) -> None:
    target, link = tmp_path / "file", tmp_path / "link"
    target.write_bytes(b"before")
    target.chmod(0o640)
    link.symlink_to(target)
    put(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"
    assert target.stat().st_mode & 0o777 == 0o640
    os.umask(mask := os.umask(0))
    put(tmp_path / "fresh", b"new")
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_is_no_file_is_written_as_it_is(tmp_path: Path) -> None:
    put(Path(os.devnull), b"gone")
    assert Path(os.devnull).is_char_device()
    with pytest.raises(IsADirectoryError):
        put(tmp_path, b"data")


def test_a_name_as_long_as_may_be_is_written_too(tmp_path: Path) -> None:
    for name in ("n" * 255, "码" * 85):
        put(tmp_path / name, b"data")
        assert (tmp_path / name).read_bytes() == b"data"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("write", [put, write_whole])
def test_of_what_could_not_be_written_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None]
) -> None:
    def broken(_handle: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError):  # noqa: PT011 -- it has no words
        write(tmp_path / "secret", b"data")
    assert list(tmp_path.iterdir()) == []


PUTS = """
import sys
from pathlib import Path
from suyuan.kit.durable import put
for _ in range(200):
    put(Path(sys.argv[1]), sys.argv[2].encode() * 50_000)
"""


def test_of_several_who_put_one_file_each_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    running = [
        subprocess.Popen([sys.executable, "-c", PUTS, str(path), each]) for each in ("a", "b", "c")
    ]
    whole = {each * 50_000 for each in "abc"}
    while any(each.poll() is None for each in running):
        assert not path.exists() or path.read_text() in whole
    assert [each.returncode for each in running] == [0, 0, 0]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_one_writers_at_a_time(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        handle = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    assert list(tmp_path.iterdir()) == []


def test_where_no_folder_is_locked_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_handle: int, _how: int) -> None:
        raise OSError(errno.EBADF, "no locks here")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with alone_in(tmp_path):
        (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError), alone_in(tmp_path / "none"):
        pass
