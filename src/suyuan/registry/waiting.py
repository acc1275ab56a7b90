"""Locks of issuing: who waits too long for another is told to come again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, LiteralString

from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan.kit import BusyError, Text
from suyuan.store import WriteConnection

_BUSY: Final = Text(
    "同一码前段或同一企业正在发一个大码包；什么也没有做，请过一会儿再试。",
    "A large package of the same stem or party is being handed out; nothing was done, try again "
    "in a while.",
)


@contextmanager
def or_busy() -> Iterator[None]:
    """What waits too long for another's order, or in a circle with it, is told to come again."""
    try:
        yield
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("issuing.busy", _BUSY, "stem") from error


@or_busy()
def wait(conn: WriteConnection, lock: LiteralString, key: str) -> None:
    """Take a lock that ends with the transaction.

    Raises:
        BusyError: it would take too long (503).
    """
    conn.execute(lock, {"key": key})
