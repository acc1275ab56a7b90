"""Takes codes that were handed out before that was logged; logs them as they stand, once looked at.

Of packages, packings and print runs from before there were such acts the audit says that no act
entered them, as it says of those that somebody put there. Nothing in the database can tell the two
apart, since whoever has it can date a row back. So the operator of the machine says which it is.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import sha256
from suyuan.ledger.types import Done
from suyuan.service import governing
from suyuan.service.platform import Platform
from suyuan.service.replaying import FOUND, Said
from suyuan.store import ReadConnection

_AT_ONCE: Final = 500
"""Rows that one act names."""


_OTHERS: Final = Text(
    "没有操作登记过的行，已不是当时看过的那些；什么也没有存证。"
    "请再看一遍：suyuan ledger adopt，核对后用它给出的摘要。",
    "The rows that no act entered are not those that were looked at; nothing was logged. Look "
    "again: suyuan ledger adopt, then give the digest that it prints.",
)

_Row = tuple[str, list[str], Said]


class Unlogged(Struct, frozen=True, kw_only=True):
    """Rows that no act entered, by table and number, and the digest of all that they say."""

    rows: tuple[tuple[str, str], ...]
    digest: str


def unlogged_codes(platform: Platform) -> Unlogged:
    """What `adopt` would log, for somebody to look at."""
    with platform.store.read() as conn:
        return _told(_rows(platform, conn))


def adopt(platform: Platform, looked_at: str) -> Unlogged:
    """Log the rows that no act entered as they stand, if they are those that were looked at.

    Raises:
        SuyuanError: they have another digest (409); nothing is logged.
    """
    with platform.store.write() as conn:
        rows = _rows(platform, conn)
        found = _told(rows)
        if found.digest != looked_at.strip().lower():
            raise SuyuanError("ledger.adopt-others", _OTHERS, "DIGEST", status=409)
        platform.log_acts(conn, _acts(rows))
    return found


def _rows(platform: Platform, conn: ReadConnection) -> list[_Row]:
    found = governing.without_act(conn, secret=platform.recorder.secret)
    return [(table, list(key), _exact(said)) for table, key, said in found]


def _told(rows: Sequence[_Row]) -> Unlogged:
    digest = sha256(canonical_bytes([list(row) for row in rows])).hex()
    return Unlogged(rows=tuple((table, key[0]) for table, key, _ in rows), digest=digest)


def _acts(rows: Sequence[_Row]) -> Iterator[Done]:
    for begin in range(0, len(rows), _AT_ONCE):
        yield Done(FOUND, None, {"rows": [list(row) for row in rows[begin:][:_AT_ONCE]]})


def _exact(said: Said) -> dict[str, Any]:
    """With times as the decimals that they are: what is signed has no binary fractions."""
    return {
        name: Decimal(repr(value)) if isinstance(value, float) else value
        for name, value in said.items()
    }
