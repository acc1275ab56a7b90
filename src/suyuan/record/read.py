"""The record read back: by position for projections, by entry or event id for viewers."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct, structs

from suyuan.kit.digest import Key64, key64
from suyuan.model import Viewer
from suyuan.record import overriding
from suyuan.record.access import grants_of
from suyuan.record.bodies import Unpress
from suyuan.record.types import VERDICTS, Recorded
from suyuan.store import Queries, ReadConnection, encoded
from suyuan.wire import Context, event_from_normal

_Q: Final = Queries(__package__)
_START: Final = 0
# An event may have a megabyte and takes a hundred times less on disk.
_BATCH_BYTES: Final = 32 << 20
_CONTEXTS: Final = 256
_LONGEST_REMEMBERED: Final = 65_536
"""Contexts that are kept as they were read, and the characters that one may have for it."""
_CONTEXT: Final = msgspec.json.Decoder(Context).decode

Row = tuple[Any, ...]


class _Head(Struct, frozen=True):
    body: bytes
    context: Context


def follow(conn: ReadConnection, position: int, limit: int) -> list[Recorded]:
    """The next entries after a position (0 or less is the start), in order, at most `limit`.

    For projections: it sees everything, and what it gives is final, so without overrides, which
    may come at any time. Of large events it gives fewer, so that a batch fits into memory whatever
    was sent; none means the end.
    """
    asked = {"position": max(position, _START), "limit": limit, "bytes": _BATCH_BYTES}
    return recorded_of(conn.execute(_Q.follow, asked).fetchall(), Unpress(conn))


def events_by_entries(
    conn: ReadConnection, entries: Collection[int], viewer: Viewer, *, secret: bytes
) -> list[Recorded]:
    """Those of the entries that the viewer may see, by position; nothing tells of the others."""
    if not entries:
        return []
    asked = {"entries": encoded.int8_array(tuple(entries))}
    asked |= grants_of(viewer, secret=secret).params
    return _counting(conn, conn.execute(_Q.by_entries, asked, binary=True).fetchall())


def events_at(
    conn: ReadConnection, positions: Collection[int], viewer: Viewer, *, secret: bytes
) -> list[Recorded]:
    """Those at these places in the ledger that the viewer may see, in their order."""
    if not positions:
        return []
    asked = {"positions": encoded.int8_array(tuple(positions))}
    asked |= grants_of(viewer, secret=secret).params
    return _counting(conn, conn.execute(_Q.by_positions, asked, binary=True).fetchall())


def event_by_id(
    conn: ReadConnection, event_id: str, viewer: Viewer, *, secret: bytes
) -> list[Recorded]:
    """All that bears an event id and that the viewer may see, by position.

    An original and its error declarations share their id (EPCIS 2.0 §7.4.1.2), and two
    organisations may report the same event, so one id may give several.
    """
    asked = asked_by_ids([event_id], viewer, secret=secret)
    found = _counting(conn, conn.execute(_Q.by_event_keys, asked, binary=True).fetchall())
    return [recorded for recorded in found if recorded.event.event_id == event_id]


def asked_by_ids(
    event_ids: Collection[str], viewer: Viewer, *, secret: bytes, most: int | None = None
) -> dict[str, Any]:
    """What `by_event_keys` is asked, for the first `most`; each id is still to be compared."""
    keys = encoded.int8_array(list(map(event_keys(secret), event_ids)))
    return {"event_keys": keys, "most": most} | grants_of(viewer, secret=secret).params


def event_key(event_id: str, *, secret: bytes) -> int:
    """The hash under which an event id is found; compare the id itself too."""
    return event_keys(secret)(event_id)


def event_keys(secret: bytes) -> Key64:
    """The hash for event ids of an installation."""
    return key64(b"event id\0" + secret)


def _counting(conn: ReadConnection, rows: Sequence[Row]) -> list[Recorded]:
    """The events of rows, those that their last column says so of with what was decided since."""
    decided = overriding.overrides(conn, [row[2] for row in rows if row[20]])
    return [
        structs.replace(each, overrides=decided[each.entry]) if each.entry in decided else each
        for each in recorded_of(rows, Unpress(conn))
    ]


def recorded_of(rows: Sequence[Row], bodies: Unpress) -> list[Recorded]:
    """The events of rows as `recorded` gives them, one of each document with what is around it.

    Raises:
        OtherDictionaryError: their bodies need more than the program's own dictionary.
    """
    heads = {row[10]: _Head(row[18], _context_of(row[19])) for row in rows if row[18] is not None}
    return [_one(row, heads[row[10]], bodies) for row in rows]


def _context_of(text: str) -> Context:
    """A context of its JSON: nearly all documents have one of a few, and none that is long."""
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _CONTEXT(text)


@lru_cache(maxsize=_CONTEXTS)
def _remembered(text: str) -> Context:
    return _CONTEXT(text)


def _one(row: Row, head: _Head, bodies: Unpress) -> Recorded:
    # Never None: so is the public's party, and who reported an event is shown all of it.
    capturer = str(row[17]) if row[17] is not None else _nobody(row[4])
    body = bodies.unpack(*row[14:17])
    return Recorded(
        position=row[0], at=row[1], entry=row[2], tenant=row[3],
        event=event_from_normal(body.normal), raw=body.raw, head=head.body, context=head.context,
        capturer=capturer, capturer_number=row[4], verdict=VERDICTS[row[5]], event_key=row[6],
        digest=row[7], job=row[8].urn, ordinal=row[9], family=row[11], step=row[12],
        tags=tuple(row[13]), findings=body.findings,
    )  # fmt: skip


def _nobody(number: int) -> NoReturn:
    raise LookupError(f"the registry has no party {number}")
