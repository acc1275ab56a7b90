"""Files that are there whole or not at all, whatever is pulled out when."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from suyuan.kit import Text
from suyuan.tlog.errors import FormatError

Read = TypeVar("Read")
FRESH: Final = ".new"
"""What the name of a file ends in until it is whole."""
_PRIVATE: Final = 0o600
_DAMAGED: Final = Text(
    "{path} 读不出来：{why}请从备份恢复这个文件。",
    "{path} cannot be read: {why} Restore this file from a backup.",
)
_NO_TEXT: Final = Text("它不是 UTF-8 文本。", "it is no text in UTF-8.")


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


def parsed(path: Path, parse: Callable[[str], Read]) -> Read:
    """What a file of text in UTF-8, whatever the machine's own encoding, says.

    Raises:
        FormatError: `ledger.file`, it is none, or `parse` does not take it; never with its text.
    """
    try:
        return parse(path.read_bytes().decode())
    except UnicodeDecodeError:
        why = _NO_TEXT
    except FormatError as error:
        why = error.text
    raise FormatError("ledger.file", _DAMAGED.format(path=path, why=why), str(path))


def each_line(path: Path, parse: Callable[[str], Read]) -> list[Read]:
    """Each line of such a file that is not empty; none if it is not there."""
    if not path.exists():
        return []
    return parsed(path, lambda text: [parse(line) for line in text.splitlines() if line.strip()])


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
