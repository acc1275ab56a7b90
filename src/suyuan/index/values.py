"""Takes reports; gives the values of events that lists are made of, by who may see them."""

from collections.abc import Iterable, Iterator

from suyuan.index.apply import SQL
from suyuan.index.types import VALUES
from suyuan.record import Recorded
from suyuan.store import WriteConnection

Row = tuple[int, int, str, int]


def keep_values(conn: WriteConnection, batch: Iterable[Recorded]) -> None:
    """Write each value once for each tag; sorted, so that the same batch is the same statement."""
    rows = sorted(value_rows(batch))
    if rows:
        columns = zip(("tenants", "kinds", "values", "tags"), zip(*rows, strict=True), strict=True)
        given = {name: list(column) for name, column in columns}
        conn.execute(SQL.keep_values, given)
        conn.execute(SQL.keep_shown, given)


def value_rows(batch: Iterable[Recorded]) -> set[Row]:
    """What reports leave among the values, each once."""
    return {row for recorded in batch for row in _rows(recorded)}


def _rows(recorded: Recorded) -> Iterator[Row]:
    for kind, read in enumerate(VALUES.values()):
        value = read(recorded.event)
        if value:
            for tag in recorded.tags:
                yield recorded.tenant, kind, value, tag
