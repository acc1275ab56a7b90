"""Bases of links between sites, or of lots: whether one is worth keeping, and what it is of.

Asked often and by itself, so it is answered by the database alone, without arrays.
"""

import hashlib
from typing import Final

from suyuan.store import ReadConnection
from suyuan.trace.rows import SQL

WORTH_KEEPING: Final = 200_000
"""From so many new links on, they are put into the kept base; fewer are read quickly each time."""

ACTS_WORTH_KEEPING: Final = 200_000
"""Likewise of acts, which the base of lots is made of."""

ALL_KNOWN: Final = 2**63 - 1
"""After every position of the record."""


def is_worth_keeping(conn: ReadConnection, *, since: int = -1, kept: int = 0) -> bool:
    """Whether so much has come after a position that a base of so many links is to be made anew.

    That is 200,000 links come or gone, of whichever tenant, and a quarter of the base.
    """
    enough = max(WORTH_KEEPING, kept // 4)
    row = conn.execute(SQL.enough_links, {"since": since, "enough": enough}).fetchone()
    return row is not None and bool(row[0])


def are_acts_worth_keeping(conn: ReadConnection, *, since: int = -1, kept: int = 0) -> bool:
    """The same of a base of lots with so many links: whether so many acts have come."""
    enough = max(ACTS_WORTH_KEEPING, kept // 4)
    row = conn.execute(SQL.enough_acts, {"since": since, "enough": enough}).fetchone()
    return row is not None and bool(row[0])


def about(
    conn: ReadConnection, what: str, *, secret: bytes, tenant: int, position: int
) -> str | None:
    """Says which base this is: of `what`, of a tenant, of this index and its record to a position.

    The index by what was drawn when it began: it may say less, or more, than one of before said of
    the same record, and only this server's bases were removed then. The record by the log's leaf
    that stands there. None where the index has not come so far.
    """
    row = conn.execute(SQL.drawn_from, {"position": position}).fetchone()
    if row is None:
        return None
    generation, leaf = row
    digest = hashlib.blake2b(key=secret[:64], digest_size=32)
    digest.update(f"{what} {tenant} {position} {generation} ".encode())
    digest.update(b"" if leaf is None else bytes(leaf))
    return digest.hexdigest()
