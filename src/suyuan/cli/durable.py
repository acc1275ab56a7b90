"""Takes files that were written; gives them to the disk for good, and clears what a kill left."""

import fcntl
import glob
import os
from contextlib import suppress
from pathlib import Path


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
    """Under which name this process writes a file before it has its own."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def hold(handle: int) -> None:
    """Say that the open file is being written, until it is closed or its process ends."""
    fcntl.flock(handle, fcntl.LOCK_EX)


def clear(path: Path) -> None:
    """Remove what processes that were killed left beside a file: those that nobody holds.

    It was never whole under its name, so nothing rests on it, and it may hold secrets.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        if left.suffix[1:].isdecimal():
            with suppress(OSError):
                _remove_free(left)


def _remove_free(left: Path) -> None:
    handle = os.open(left, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink()
    finally:
        os.close(handle)
