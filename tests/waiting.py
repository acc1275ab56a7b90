"""Two who wait for each other, of whom the same one always gives way."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable


def insist(
    other: psycopg.Connection[Any],
    statement: str,
    done: Future[Any],
    given: Sequence[object] = (),
) -> None:
    """Wait for a lock till who is `done` with it gives way, and never give way.

    A server looks after a second of waiting who waits crosswise, and stops who has it look: this
    one waits a little less at a time.
    """
    other.execute("set local lock_timeout = '800ms'")
    while not done.done():
        with suppress(LockNotAvailable), other.transaction():
            other.execute(statement, given)
            return
