"""Takes a decision to destroy events; leaves their positions, and the decision among the leaves.

Content and the secrets of the salts go, so that the leaves prove nothing about anything any more;
the tree stays as it is. The decision is an entry of the log with a position of its own: a gap that
no logged decision explains is still a deletion, and is found as one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from suyuan import ledger
from suyuan.capture import jobs
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.ids import Draw
from suyuan.record import refusing
from suyuan.record.types import Decision, Erasure, Recorded, Recorder
from suyuan.state import forgetting, plain
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog.commitment import SECRET_BYTES, commit

_Q: Final = Queries(__package__)
FIELD: Final = "erasure"
"""The one field of a decision's leaf."""


class _Said(Struct, frozen=True):
    positions: list[int]
    by: str
    ground: str
    at: datetime


_NOTHING: Final = _Said([], "", "", datetime.min.replace(tzinfo=UTC))


def erase(
    conn: WriteConnection,
    found: Sequence[Recorded],
    decision: Decision,
    *,
    now: datetime,
    recorder: Recorder,
) -> int:
    """Destroy events, all that one reporter recorded under one id; the decision's number.

    The index must be made again in the same transaction (`suyuan.index.forget`).
    """
    entries = [each.entry for each in found]
    one = found[0]
    assert one.event.event_id is not None  # noqa: S101 -- by which it was found
    # In the order in which recording locks (head, entries, state): no waiting in a circle.
    plain.beside(conn)
    heads = [row[0] for row in conn.execute(_Q.hold_heads, {"entries": entries}).fetchall()]
    left = jobs.forget(
        conn, entries, tenant=one.tenant, party=one.capturer, event_id=one.event.event_id
    )
    refusing.log(conn, left, recorder, now=now)
    number = _keep(conn, found, decision, now=now, draw=recorder.draw)
    conn.execute(_Q.destroy, {"entries": entries})
    conn.execute(_Q.forget_heads, {"heads": heads})
    forgetting.forget(conn, entries)
    conn.execute(_Q.forget_judged, {"entries": entries})
    return number


def _keep(
    conn: WriteConnection,
    found: Sequence[Recorded],
    decision: Decision,
    *,
    now: datetime,
    draw: Draw,
) -> int:
    ((number,),) = conn.execute(_Q.draw_entries, {"count": 1}).fetchall()
    positions = [each.position for each in found]
    said = _Said(positions, decision.by, decision.ground, now)
    value, secret = canonical_bytes(msgspec.to_builtins(said)), draw(SECRET_BYTES)
    row = {
        "number": number,
        "entries": [each.entry for each in found],
        "jobs": [UUID(each.job) for each in found],
        "said": value,
        "secret": secret,
    }
    conn.execute(_Q.keep_erasure, row)
    ledger.enqueue(conn, [(number, commit({FIELD: value}, secret))])
    return int(number)


def erasures(conn: ReadConnection, number: int | None = None) -> list[Erasure]:
    """All that was destroyed by a decision, or by that of a number, in the order of decisions."""
    return [_erasure(*row) for row in conn.execute(_Q.erasures, {"number": number}).fetchall()]


def erasure_of(conn: ReadConnection, position: int) -> Erasure | None:
    """The logged decision that explains a gap; the others are not read for it."""
    found = conn.execute(_Q.erasures_of, {"position": position}).fetchall()
    decided = (_erasure(*row) for row in found)
    return next((each for each in decided if each.proven and position in each.positions), None)


def _erasure(
    number: int, said: bytes, secret: bytes, position: int | None, commitment: Any, there: Any
) -> Erasure:
    """A decision is proven by its leaf, and only for the positions that it names.

    A row that somebody put there may say nothing; it must not keep an audit from the others.
    """
    value = bytes(said)
    try:
        told = msgspec.json.decode(value, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = _NOTHING
    logged = commitment is not None and _is_logged(value, bytes(secret), bytes(commitment))
    return Erasure(
        number=number,
        positions=tuple(told.positions),
        by=told.by,
        ground=told.ground,
        at=told.at,
        position=position,
        logged=logged,
        proven=logged and list(there) == sorted(told.positions),
        there=tuple(there),
    )


def _is_logged(value: bytes, secret: bytes, commitment: bytes) -> bool:
    return len(secret) == SECRET_BYTES and commit({FIELD: value}, secret) == commitment
