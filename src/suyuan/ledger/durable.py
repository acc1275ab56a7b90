"""Files that are there whole or not at all, whatever is pulled out when."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FRESH: Final = ".new"
"""What the name of a file ends in until it is whole."""
_PRIVATE: Final = 0o600


def write_whole(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put a file in the place of the one before, for its owner alone, and see it on the disk.

    Raises:
        OSError: it could not be written, or not be seen on the disk; the one before may stand.
    """
    fresh = path.with_name(path.name + FRESH)
    fresh.unlink(missing_ok=True)  # a crash left it
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take a file away, if it is there, and see that it is gone from the disk."""
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else holds this lock file, on this machine, and hold it."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
