"""Takes a tenant; makes again from the record what state rules ask of plain EPCIS.

A rule that is switched on late must know what came before. Whoever records meanwhile keeps what
it records itself, so nothing waits: only entries of which nothing is kept are read here.
"""

from collections.abc import Sequence
from typing import Any, Final

from suyuan.model import Capturer, Verdict
from suyuan.record import overriding
from suyuan.record.bodies import Unpress
from suyuan.record.identity import original_of
from suyuan.record.types import EVENT, VERDICTS
from suyuan.state import plain
from suyuan.store import Queries, WriteConnection
from suyuan.wire import event_from_normal

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 500
_Rows = Sequence[tuple[Any, ...]]


def keep(conn: WriteConnection, tenant: int, *, secret: bytes) -> bool:
    """Have all of it there when this is committed; False: `plain.begin` has to come first."""
    plain.hold(conn)
    keeping = plain.keeping(conn, tenant)
    if keeping is plain.Keeping.PARTLY:
        _make(conn, tenant, secret)
    return keeping is not plain.Keeping.NO


def again(conn: WriteConnection, tenant: int, *, secret: bytes) -> bool:
    """Make all of it again; False: `plain.begin` has to come first."""
    plain.hold(conn)
    if plain.keeping(conn, tenant) is plain.Keeping.NO:
        return False
    plain.drop(conn, tenant)
    _make(conn, tenant, secret)
    return True


def _make(conn: WriteConnection, tenant: int, secret: bytes) -> None:
    bodies, entry = Unpress(conn), 0
    asked = {"tenant": tenant, "kind": EVENT, "limit": _AT_ONCE}
    while rows := conn.execute(_Q.plain, asked | {"entry": entry}).fetchall():
        plain.add(conn, _kept(conn, rows, bodies, tenant), tenant=tenant, secret=secret)
        entry = rows[-1][0]
    plain.is_whole_now(conn, tenant)


def _kept(conn: WriteConnection, rows: _Rows, bodies: Unpress, tenant: int) -> list[plain.Kept]:
    """What is to be kept of entries, as they count now."""
    decided = overriding.standing(conn, [row[0] for row in rows])
    kept = []
    for entry, party, verdict, *packed in rows:
        event = event_from_normal(bodies.unpack(*packed).normal)
        counts = decided[entry].verdict if entry in decided else VERDICTS[verdict]
        if lines := plain.plain_lines(event, held=counts is Verdict.HELD):
            capturer = Capturer(tenant=tenant, account=0, party=party)
            kept.append(
                plain.Kept(
                    entry=entry,
                    event=event,
                    identity=original_of(event, capturer),
                    lines=lines,
                )
            )
    return kept
