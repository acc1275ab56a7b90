"""Takes the entries of a batch; gives which originals an error declaration takes out, and when.

A declaration takes effect at the position of its own record, only from the organisation that
captured the original; one that arrives first waits. From others it is a dispute (EPCIS 2.0
§7.4.1.3; docs/concepts/trace.md).
"""

from collections.abc import Sequence

from suyuan.index.apply import SQL
from suyuan.record import Recorded
from suyuan.store import WriteConnection


def withdraw(conn: WriteConnection, batch: Sequence[Recorded]) -> None:
    """Enter the declarations of a batch and everything they, or earlier ones, now withdraw."""
    declarations = [entry.entry for entry in batch if entry.event.error is not None]
    if declarations:
        conn.execute(SQL.add_declarations, {"entries": declarations})
    given = {"entries": [entry.entry for entry in batch], "position": batch[-1].position}
    pairs = conn.execute(SQL.candidates, given).fetchall()
    if not pairs:
        return
    conn.execute(
        SQL.withdraw,
        {
            "originals": [original for _, _, original, _ in pairs],
            "positions": [max(first, second) for _, first, _, second in pairs],
            "declarations": [declaration for declaration, _, _, _ in pairs],
        },
    )
    conn.execute(SQL.mark_effective, {"declarations": [pair[0] for pair in pairs]})
