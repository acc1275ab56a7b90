"""Files that are there whole or not at all, whatever is pulled out when; and locks that are files.

A file is written under another name beside its own, is brought to the disk, and only then takes its
place: who reads it finds what was there before, or all that is to be there.
"""

import fcntl
import glob
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

FRESH: Final = ".new"
"""What the name of a file of our own ends in until it is whole."""
_PRIVATE: Final = 0o600
_ANYBODY: Final = 0o666  # less what the user masks
_LONGEST: Final = 200  # bytes of a name, so that one made of it is short enough for every disk


def write_whole(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put a file of our own in the place of the one before, for its owner alone, and on the disk.

    Whoever writes it holds a lock, or is the only one who does.

    Raises:
        OSError: it could not be written, or not be seen on the disk; the one before may stand.
    """
    fresh = path.with_name(path.name + FRESH)
    fresh.unlink(missing_ok=True)  # a crash left it
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    _become(handle, fresh, path, data)
    sync(path.parent)


def put(path: Path, data: bytes) -> None:
    """Put a file where somebody asked for it: until it is on the disk, what had its name stands.

    Several may do so at once; the last one's stays. It has the mode of the one before, and what is
    no file, as a device or a pipe, is written as it is: another cannot take its place.

    Raises:
        OSError: it could not be written; nothing of it is left.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = path.resolve()
    clear(path)
    fresh = beside(path)
    handle = alone(fresh)
    if path.exists():
        os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))
    _become(handle, fresh, path, data)
    with suppress(OSError):  # it is there; not every system has folders synced
        sync(path.parent)


def _become(handle: int, fresh: Path, path: Path, data: bytes) -> None:
    """Write the open file, bring it to the disk and give it its name; or nothing of it is left."""
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            fresh.replace(path)  # while it is held, or who clears takes it for left
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def alone(path: Path, *, mode: int = _ANYBODY) -> int:
    """A new file that is held from its first moment: who clears may have it away before that."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        hold(handle)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)


def remove(path: Path) -> None:
    """Take a file away, if it is there, and see that it is gone from the disk."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file or the names in a folder on the disk itself, so that no power cut takes them.

    Raises:
        OSError: the disk does not take them.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def beside(path: Path) -> Path:
    """Under which name this process writes a file that others may write too, before it has its own.

    `hold` says that it is being written, `clear` removes what killed processes left.
    """
    return path.with_name(f"{_stem(path)}{os.getpid()}")


def hold(handle: int) -> None:
    """Say that the open file is being written, until it is closed or its process ends."""
    fcntl.flock(handle, fcntl.LOCK_EX)


def clear(path: Path) -> None:
    """Remove what processes that were killed left beside a file: those that nobody holds.

    It was never whole under its name, so nothing rests on it, and it may hold secrets.
    """
    for left in path.parent.glob(f"{glob.escape(_stem(path))}*"):
        if left.suffix[1:].isdecimal():
            with suppress(OSError):
                _remove_free(left)


def _stem(path: Path) -> str:
    """What such a name begins with; of a name that leaves it no room, the beginning of that."""
    return f".{os.fsdecode(os.fsencode(path.name)[:_LONGEST])}."


def _remove_free(left: Path) -> None:
    handle = os.open(left, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), left.stat()):  # else it is another's by now
            left.unlink()
    finally:
        os.close(handle)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else is writing in this folder, on this machine; nothing is left there.

    On a disk that locks no folders, as one over a network, nobody waits.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            hold(handle)
        yield
    finally:
        os.close(handle)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else holds this lock file, on this machine, and hold it."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
