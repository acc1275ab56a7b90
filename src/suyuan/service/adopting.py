"""Takes codes that were handed out before that was logged; logs them as they stand, once looked at.

Of packages, packings and print runs from before there were such acts the audit says that no act
entered them, as it says of those that somebody put there. Nothing in the database can tell the two
apart, since whoever has it can date a row back. So the operator of the machine says which it is.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from suyuan.ledger.types import Done
from suyuan.service import governing
from suyuan.service.platform import Platform
from suyuan.service.replaying import FOUND, Key, Said

_AT_ONCE: Final = 500
"""Rows that one act names."""


def unlogged_codes(platform: Platform) -> list[tuple[str, str]]:
    """What `adopt` would log: the table and the number of each row."""
    with platform.store.read() as conn:
        return [
            (table, key[0])
            for table, key, _ in governing.without_act(conn, secret=platform.recorder.secret)
        ]


def adopt(platform: Platform) -> int:
    """Log the rows that no act entered as they stand now; how many."""
    with platform.store.write() as conn:
        rows = list(governing.without_act(conn, secret=platform.recorder.secret))
        platform.log_acts(conn, _acts(rows))
    return len(rows)


def _acts(rows: Sequence[tuple[str, Key, Said]]) -> Iterator[Done]:
    for begin in range(0, len(rows), _AT_ONCE):
        told = [[table, list(key), _exact(said)] for table, key, said in rows[begin:][:_AT_ONCE]]
        yield Done(FOUND, None, {"rows": told})


def _exact(said: Said) -> dict[str, Any]:
    """With times as the decimals that they are: what is signed has no binary fractions."""
    return {
        name: Decimal(repr(value)) if isinstance(value, float) else value
        for name, value in said.items()
    }
