"""Movements between holders as the index keeps them, for contact tracing."""

from datetime import UTC, date, datetime, time, tzinfo

from suyuan.model import Viewer
from suyuan.record import grants_of
from suyuan.store import Queries, ReadConnection

SQL = Queries("suyuan.trace")


def site_moves(
    conn: ReadConnection,
    viewer: Viewer,
    *,
    secret: bytes,
    start: date,
    end: date,
    clock: tzinfo = UTC,
) -> list[tuple[str, str, date]]:
    """From which site to which, on the local day of departure, as far as the viewer may see.

    `start` and `end` are included; `clock` says whose days they are; `secret` keys the access
    tags. A holder without a site goes by its party's name.
    """
    given = {
        **grants_of(viewer, secret=secret).params,
        "start": datetime.combine(start, time.min, clock),
        "end": datetime.combine(end, time.max, clock),
    }
    found = conn.execute(SQL.site_moves, given)
    return [(source, target, at.astimezone(clock).date()) for source, target, at in found]
