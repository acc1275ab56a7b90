"""Page tokens that were let go before their time (EPCIS 2.0, DELETE /nextPageToken/{token})."""

from datetime import datetime
from typing import Final

from suyuan.kit.digest import sha256
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)


def spend(conn: WriteConnection, token: str, *, ends: datetime, now: datetime) -> None:
    """Let a token go; it is remembered until it would be over."""
    conn.execute(_Q.spend_token, {"digest": sha256(token.encode()), "ends": ends, "now": now})


def is_spent(conn: ReadConnection, token: str) -> bool:
    """Whether a token was let go."""
    (row,) = conn.execute(_Q.is_spent, {"digest": sha256(token.encode())}).fetchall()
    return bool(row[0])
