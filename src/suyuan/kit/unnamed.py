"""A file that has no name before it is whole, so that nothing is left of a run that was killed."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from suyuan.kit import durable

_UNSUPPORTED: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL})
"""What systems say that have no files without a name."""
_PRIVATE: Final = 0o600

Fresh = tuple[TextIO, Callable[[], object]]


@contextmanager
def fresh(path: Path) -> Iterator[Fresh]:
    """A file to write that its owner alone may read, and what gives it its name once it is whole.

    Until then it has none, so that of a run that is killed nothing is left. Where the system has no
    such files it is one beside `path`, which `durable.clear` removes.

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
        return os.open(folder, flag | os.O_WRONLY | os.O_CLOEXEC, _PRIVATE)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return None
        raise


@contextmanager
def _named(path: Path) -> Iterator[Fresh]:
    """A file under the name that this process has for it, held until it is done with."""
    before = durable.beside(path)
    try:
        handle = durable.alone(before, mode=_PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file, lambda: before.rename(path)
    finally:
        before.unlink(missing_ok=True)
