"""Whether enough links between sites have come for a base of them to be worth keeping.

Asked often and by itself, so it is answered by the database alone, without arrays.
"""

from typing import Final

from suyuan.store import ReadConnection
from suyuan.trace.rows import SQL

WORTH_KEEPING: Final = 200_000
"""From so many new links on, they are put into the kept base; fewer are read quickly each time."""


def is_worth_keeping(conn: ReadConnection) -> bool:
    """Whether there are so many links at all, of whichever tenant."""
    row = conn.execute(SQL.enough_links, {"enough": WORTH_KEEPING}).fetchone()
    return row is not None and bool(row[0])
