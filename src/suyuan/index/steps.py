"""Takes steps of families and an instant; gives the entries of reports of them that stand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
    given = _given(asked, tenant=tenant, until=until, most=most)
    if party is None:
        return [entry for (entry,) in conn.execute(SQL.of_steps, given)]
    return [entry for (entry,) in conn.execute(SQL.of_steps_by, given | {"party": party})]


def entries_after(
    conn: ReadConnection,
    asked: Sequence[tuple[str, str]],
    after: int,
    *,
    tenant: int,
    until: datetime,
    most: int,
) -> list[int]:
    """The next `most` of these entries after one, the first first: 0 begins, the last goes on."""
    given = _given(asked, tenant=tenant, until=until, most=most)
    return [entry for (entry,) in conn.execute(SQL.of_steps_on, given | {"after": after})]


def _given(
    asked: Sequence[tuple[str, str]], *, tenant: int, until: datetime, most: int
) -> dict[str, Any]:
    return {
        "tenant": tenant, "until": until, "limit": most,
        "families": [family for family, _ in asked], "steps": [step for _, step in asked],
    }  # fmt: skip
