"""Takes the ledger; gives the record time of its last leaf, and lets the head bear it again."""

from datetime import datetime
from typing import Final

from suyuan.ledger.sequence import hold
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)


def last_time(conn: ReadConnection) -> datetime | None:
    """The record time of the leaf at which the ledger ends; None where that is not there."""
    row = conn.execute(_Q.last_time).fetchone()
    return None if row is None else row[0]


def mend_head(conn: WriteConnection) -> None:
    """Let the head bear the record time of its leaf again; the lock keeps sequencers away."""
    hold(conn)
    conn.execute(_Q.mend_head)
