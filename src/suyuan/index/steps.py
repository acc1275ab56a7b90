"""Takes steps of families and an instant; gives the entries of reports of them that stand."""

from collections.abc import Sequence
from datetime import datetime

from suyuan.index.apply import SQL
from suyuan.store import ReadConnection


def entries_of(
    conn: ReadConnection,
    asked: Sequence[tuple[str, str]],
    *,
    tenant: int,
    until: datetime,
    most: int,
    party: str | None = None,
) -> list[int]:
    """The latest `most` entries of these families and steps that happened by then, latest first.

    What was declared wrong by its reporter does not stand, and a declaration is no report. It
    goes as far as the index has followed the record. `party` None: whoever reported them.
    """
    if not asked:
        return []
    families, steps = zip(*asked, strict=True)
    given = {
        "tenant": tenant, "until": until, "limit": most, "party": party,
        "families": list(families), "steps": list(steps),
    }  # fmt: skip
    return [entry for (entry,) in conn.execute(SQL.of_steps, given)]
