"""Takes the files of a log's or a witness's folder; gives what they say, or what is wrong with one.

Each is read here: one that is empty, cut off, no text, no file or far too large is told by its
name, with what mends it, and is never taken for one that is not there.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from suyuan.kit import Text, durable, oserrors
from suyuan.tlog.errors import FormatError

Read = TypeVar("Read")
LARGEST: Final = 16 << 20
"""Bytes at most of such a file: a hundred times what any has."""
_DAMAGED: Final = Text(
    "{path} 读不出来：{why}请从备份恢复这个文件。",
    "{path} cannot be read: {why} Restore this file from a backup.",
)
_NO_TEXT: Final = Text("它不是 UTF-8 文本。", "it is no text in UTF-8.")
_EMPTY: Final = Text("它是空的。", "it is empty.")
_GONE: Final = Text("它不见了。", "it is gone.")
_NO_FILE: Final = Text("它不是文件。", "it is no file.")
_HUGE: Final = Text(
    "它大过 {most} 字节，不是原来的文件。",
    "it is larger than {most} bytes, and not the file that was there.",
)
_SYSTEM: Final = Text(
    "{why}（请核对运行本程序的用户能否读它）。",
    "{why} (see whether the user of this program may read it).",
)
_LOCK: Final = Text(
    "{path} 应是本程序所建的空文件（锁），却不是文件。请移走它，再试一次。",
    "{path} should be an empty file that this program makes, a lock, and is no file. Take it away "
    "and try again.",
)


def is_there(path: Path) -> bool:
    """Whether anything has this name, be it a link that leads nowhere."""
    return os.path.lexists(path)


def data_of(path: Path) -> bytes | None:
    """What is in a file; None where nothing has its name.

    Raises:
        FormatError: `ledger.file`, it cannot be read, is no file, or is too large.
    """
    if not is_there(path):
        return None
    if path.exists() and not path.is_file():
        raise damaged(path, _NO_FILE)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise damaged(path, _SYSTEM.format(why=oserrors.why(error))) from error
    if len(data) > LARGEST:
        raise damaged(path, _HUGE.format(most=LARGEST))
    return data


def parsed(path: Path, parse: Callable[[str], Read]) -> Read:
    """What a file of text in UTF-8, whatever the machine's own encoding, says.

    Raises:
        FormatError: `ledger.file`, it is none, or `parse` does not take it; never with its text.
    """
    if (data := data_of(path)) is None:
        raise damaged(path, _GONE)
    try:
        return parse(data.decode())
    except UnicodeDecodeError:
        why = _NO_TEXT
    except FormatError as error:
        why = error.text
    raise damaged(path, why)


def each_line(path: Path, parse: Callable[[str], Read]) -> list[Read]:
    """Each line of such a file that is not empty; none if it is not there.

    Raises:
        FormatError: `ledger.file`, as `parsed` does, or it has no line: none such is written.
    """
    if not is_there(path):
        return []
    found = parsed(path, lambda text: [parse(line) for line in text.splitlines() if line.strip()])
    if not found:
        raise damaged(path, _EMPTY)
    return found


def damaged(path: Path, why: Text) -> FormatError:
    """`ledger.file`: a file is not as it was written, and which; a backup has it."""
    return FormatError("ledger.file", _DAMAGED.format(path=path, why=why), str(path))


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else holds this lock file, on this machine, and hold it.

    Raises:
        FormatError: `ledger.file`, what has its name is no file.
    """
    require_lock(path)
    with durable.held(path):
        yield


def require_lock(path: Path) -> None:
    """See that a lock file is one, or is not there yet."""
    if is_there(path) and not path.is_file():
        raise FormatError("ledger.file", _LOCK.format(path=path), str(path))
