"""Faults from inside the process, for machines without strace: the same names, the same count.

What Python calls is counted in the place of what the kernel is asked: a statement counts as
`sendto`, its answer as `recvfrom`. So the occurrences are other ones, and fewer.
"""

import errno
import fcntl
import io
import os
import signal
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import psycopg

_FILES = {
    "openat": ("open",),
    "fsync": ("fsync",),
    "rename": ("rename", "replace"),
    "unlink": ("unlink",),
    "ftruncate": ("ftruncate",),
}
NAMES = ("sendto", "recvfrom", "write", "flock", *_FILES)
"""What can be injected here."""


class _Fault:
    """Which call is to fail how, and how many there were."""

    name = ""
    kind = ""
    when = 0
    count = 0


def arm(name: str, kind: str, when: int) -> None:
    """Let the `when`-th call of a name from now on meet `KILL`, or fail with an errno."""
    _Fault.name, _Fault.kind, _Fault.when, _Fault.count = name, kind, when, 0
    for ours in _FILES.get(name, ()):
        setattr(os, ours, _counted(getattr(os, ours), name))
    if name == "write":
        patch.object(os, "fdopen", _fdopen).start()
    if name == "flock":
        fcntl.flock = _counted(fcntl.flock, name)
    if name in {"sendto", "recvfrom"}:
        for kind_of in (psycopg.Cursor, psycopg.Connection):
            for method in ("execute", "commit"):
                if method in vars(kind_of):
                    setattr(kind_of, method, _told(getattr(kind_of, method)))


def disarm() -> None:
    """Let nothing more fail."""
    _Fault.name = ""


def _reached(name: str) -> bool:
    if name != _Fault.name:
        return False
    _Fault.count += 1
    return _Fault.count == _Fault.when


def _hit(name: str) -> None:
    if _reached(name):
        os.write(2, b"(INJECTED)\n")
        if _Fault.kind == "KILL":
            os.kill(os.getpid(), signal.SIGKILL)
        number = int(getattr(errno, _Fault.kind))
        raise OSError(number, os.strerror(number))


def _counted(call: Callable[..., Any], name: str) -> Callable[..., Any]:
    def counted(*given: Any, **others: Any) -> Any:
        _hit(name)
        return call(*given, **others)

    return counted


def _told(call: Callable[..., Any]) -> Callable[..., Any]:
    """A statement that is not sent, or whose answer never comes: the connection is gone."""

    def told(self: Any, *given: Any, **others: Any) -> Any:
        connection = self if isinstance(self, psycopg.Connection) else self.connection
        try:
            _hit("sendto")
            done = call(self, *given, **others)
            _hit("recvfrom")
        except OSError as error:
            connection.close()
            raise psycopg.OperationalError(str(error)) from error
        return done

    return told


class _Writer(io.BufferedWriter):
    def write(self, data: Any) -> int:
        _hit("write")
        return super().write(data)


def _fdopen(handle: int, mode: str = "r", *given: Any, **others: Any) -> Any:
    if mode == "wb":
        return _Writer(io.FileIO(handle, "wb"))
    return io.open(handle, mode, *given, **others)  # noqa: UP020 -- the builtin may be patched
