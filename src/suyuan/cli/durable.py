"""Takes files that are written; gives them to the disk for good, and leaves nothing of a kill's."""

import errno
import fcntl
import glob
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

_UNSUPPORTED: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL})
"""What systems say that have no files without a name."""

Fresh = tuple[TextIO, Callable[[], object]]


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


@contextmanager
def fresh(path: Path) -> Iterator[Fresh]:
    """A file to write that its owner alone may read, and what gives it its name once it is whole.

    Until then it has none, so that of a run that is killed nothing is left. Where the system has no
    such files it is one beside `path`, which `clear` removes.

    Raises:
        OSError: it cannot be written, or there is a file of that name.
    """
    handle = _unnamed(path.parent)
    if handle is None:
        with _named(path) as named:
            yield named
        return
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        whole = f"/proc/self/fd/{handle}"
        # Of an absolute path the handle says nothing; with one the link itself is followed.
        yield file, lambda: os.link(whole, path, src_dir_fd=handle, follow_symlinks=True)


def _unnamed(folder: Path) -> int | None:
    """A file in the folder that has no name and can be given one; None where there are none."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, flag | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return None
        raise


@contextmanager
def _named(path: Path) -> Iterator[Fresh]:
    """A file under the name that this process has for it, held until it is done with."""
    before = _beside(path)
    try:
        with open(before, "x", encoding="utf-8", newline="", opener=_own) as file:
            _hold(file.fileno())
            yield file, lambda: before.rename(path)
    finally:
        before.unlink(missing_ok=True)


def _own(path: str, flags: int) -> int:
    """Open a file that from its first moment nobody else may read."""
    return os.open(path, flags, 0o600)


def _beside(path: Path) -> Path:
    """Under which name this process writes a file before it has its own."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def _hold(handle: int) -> None:
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
