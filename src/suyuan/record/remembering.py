"""Takes a tenant; makes again from the record what state rules ask of plain EPCIS.

A rule that is switched on late must know what came before. Whoever records meanwhile keeps what
it records itself and waits for nothing. Erasures and overrides wait for one portion at most: each
is a transaction of its own, and where one that was cut off had come to, another goes on.
"""

from collections.abc import Sequence
from typing import Any, Final

from suyuan.model import Capturer, Verdict
from suyuan.record import overriding
from suyuan.record.bodies import Unpress
from suyuan.record.identity import original_of
from suyuan.record.types import EVENT, VERDICTS
from suyuan.state import plain
from suyuan.store import Queries, Store, WriteConnection
from suyuan.wire import event_from_normal

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 500
_Rows = Sequence[tuple[Any, ...]]


def keep(store: Store, tenant: int, *, secret: bytes) -> bool:
    """Have all of it there; False: nothing is kept (any more), `plain.begin` has to come first."""
    while True:
        with store.write() as conn:
            plain.hold(conn)
            keeping, reached = plain.standing(conn, tenant)
            if keeping is plain.Keeping.WHOLE or not keeping.is_kept:
                return keeping.is_kept
            _make_some(conn, tenant, reached, secret)


def again(store: Store, tenant: int, *, secret: bytes) -> bool:
    """Make all of it again, judging by it meanwhile; False: `plain.begin` has to come first."""
    with store.write() as conn:
        plain.hold(conn)
        plain.reach(conn, tenant, 0)
    is_more = True
    while is_more:
        with store.write() as conn:
            plain.hold(conn)
            keeping, reached = plain.standing(conn, tenant)
            if not keeping.is_kept:
                return False
            is_more = _make_some(conn, tenant, reached, secret)
    return True


def _make_some(conn: WriteConnection, tenant: int, reached: int, secret: bytes) -> bool:
    """Make the next portion in the place of what is kept of it; False: that was all.

    What others record meanwhile is replaced by the same, or not seen and left to them.
    """
    asked = {"tenant": tenant, "kind": EVENT, "limit": _AT_ONCE, "entry": reached}
    rows = conn.execute(_Q.plain, asked).fetchall()
    entries = [row[0] for row in rows]
    last = entries[-1] if entries else None
    lost = {"tenant": tenant, "entry": reached, "last": last}
    entries += [row[0] for row in conn.execute(_Q.lost_plain, lost)]
    plain.forget(conn, entries)
    if last is None:
        plain.is_whole_now(conn, tenant)
        return False
    plain.add(conn, _kept(conn, rows, tenant), tenant=tenant, secret=secret)
    plain.reach(conn, tenant, last)
    return True


def _kept(conn: WriteConnection, rows: _Rows, tenant: int) -> list[plain.Kept]:
    """What is to be kept of entries, as they count now."""
    bodies = Unpress(conn)
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
