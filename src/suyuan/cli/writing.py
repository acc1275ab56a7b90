"""Takes an answer and where it is to be; it is there whole, or what kept it away is told."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from suyuan.kit import SuyuanError, Text, durable, oserrors

_UNWRITTEN: Final = Text("{path} 没有写成：{why}。", "{path} could not be written: {why}.")
_UNUSABLE: Final = Text("{path} 用不了：{why}。", "{path} cannot be used: {why}.")
_TEMPORARY: Final = Text(
    "临时文件没有写成：{why}；临时文件夹是 {path}。",
    "A temporary file could not be written: {why}; the folder for them is {path}.",
)
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNSAID: Final = Text(
    "标准输出写不出去：{why}。此前已经做完的仍然有效。",
    "Standard output cannot be written: {why}. What was done by then stands.",
)
_LEFT: Final = 141
"""The exit status that shells give a program in a pipe whose reader left: 128 and signal 13."""


@contextmanager
def writing_to(path: Path, place: str) -> Iterator[None]:
    """What keeps something below `path` from being written is told, by the option that named it.

    Raises:
        SuyuanError: `cli.unwritable`.
    """
    try:
        yield
    except OSError as error:
        text = _UNWRITTEN.format(path=path, why=oserrors.with_cure(error))
        raise SuyuanError("cli.unwritable", text, place) from error


def put(path: Path, data: bytes, place: str) -> None:
    """Write a file whole: until it is on the disk, what had its name before stands.

    What is no file, as a device or a pipe, is written as it is: another cannot take its place.

    Raises:
        SuyuanError: `cli.unwritable`; nothing of it is left.
    """
    with writing_to(path, place):
        durable.put(path, data)


def unusable(error: OSError) -> SuyuanError | None:
    """What to say of a file or folder that the system does not let be used: `cli.file`.

    Of one without a name there is something to say where a disk is full: libraries have theirs in
    the folder for temporary files. None: it is of no file.
    """
    why, path = oserrors.with_cure(error), error.filename
    if path is not None:
        return SuyuanError("cli.file", _UNUSABLE.format(path=path, why=why), str(path))
    if error.errno in _NO_ROOM:
        path = gettempdir()
        return SuyuanError("cli.file", _TEMPORARY.format(path=path, why=why), path)
    return None


@contextmanager
def to_stdout() -> Iterator[None]:
    """What keeps standard output from being written is told once; nothing more is tried there.

    Who reads no further, as `head`, knows that: then the program ends without a word, as others do.

    Raises:
        SuyuanError: `cli.stdout`.
    """
    try:
        yield
    except OSError as error:
        _silence()
        if error.errno == errno.EPIPE:
            sys.exit(_LEFT)
        text = _UNSAID.format(why=oserrors.with_cure(error))
        raise SuyuanError("cli.stdout", text, "stdout") from error


@contextmanager
def help_to_stdout() -> Iterator[None]:
    """The same of what click prints by itself: where standard output is at fault.

    Raises:
        SuyuanError: `cli.stdout`.
        OSError: it is of something else.
    """
    try:
        yield
    except OSError:
        with to_stdout():  # of what is half out nothing may be left to flush: a line finds out
            sys.stdout.write("\n")
            sys.stdout.flush()
        raise


def print_bytes(data: bytes) -> None:
    """Print a file as it is, byte for byte: it is signed, or for a program.

    Raises:
        SuyuanError: `cli.stdout`.
    """
    with to_stdout():
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _silence() -> None:
    """Let what is still to be printed go nowhere, or Python fails at it again as it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
