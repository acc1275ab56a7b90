"""What an entry's leaf commits to, made again from its rows; and whether the rows still say it."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.model import Capturer, Event
from suyuan.record.bodies import Unpress
from suyuan.record.identity import conflicting, identity_of
from suyuan.record.leaves import Kept, around, fields_of, tag_digits
from suyuan.record.read import event_key
from suyuan.record.types import EVENT_TYPES, VERDICTS
from suyuan.registry import directory
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.commitment import SECRET_BYTES, commit
from suyuan.wire import digest, event_from_normal

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 256
_CHANGED: Final = Text(
    "位置 {position} 的事件 {event}：数据库中的内容不是存证时的内容（{what}）。",
    "Event {event} at position {position}: the database has not what was logged ({what}).",
)
_GONE: Final = Text(
    "位置 {position} 的事件不在数据库中：已被删除。",
    "The event at position {position} is not in the database: it was deleted.",
)
_UNPROVEN: Final = Text(
    "位置 {position}（条目 {entry}）没有密值，无从核对：它在有存证之前记录，或密值被删除。",
    "The entry {entry} at position {position} has no secret, so nothing can be said of it: it was "
    "recorded before there was a log, or its secret was deleted.",
)
_STRAY: Final = Text(
    "条目 {entry} 没有进入账本：它是绕过账本写入的，或其叶记录被删除。",
    "Entry {entry} is not in the ledger: it was written past it, or its leaf was deleted.",
)


class Testimony(Struct, frozen=True, kw_only=True):
    """The fields that an entry's leaf commits to, and the secret of their salts."""

    position: int
    fields: dict[str, bytes]
    secret: bytes


class Fault(Struct, frozen=True, kw_only=True):
    """An entry whose rows do not say what was logged of it; `event` its id where one is left."""

    position: int | None
    entry: int | None
    event: str | None
    code: str
    text: Text


def testimony(conn: ReadConnection, position: int) -> Testimony | None:
    """What was logged at a position; None for entries from before there were leaves, or erased."""
    asked = {"first": position, "last": position}
    for row in conn.execute(_Q.logged, asked).fetchall():
        if row[16] is not None:
            fields, _ = _fields(row, Unpress(conn), directory.party_uris(conn, {row[3]}))
            return Testimony(position=position, fields=fields, secret=bytes(row[16]))
    return None


def faults(conn: ReadConnection, size: int, *, secret: bytes) -> Iterator[Fault]:
    """Every entry up to a position whose rows are not what its leaf commits to, in order.

    `secret` is that of the record (`Recorder.secret`).
    """
    bodies = Unpress(conn)
    for first in range(1, size + 1, _AT_ONCE):
        asked = {"first": first, "last": min(first + _AT_ONCE - 1, size)}
        rows = conn.execute(_Q.logged, asked).fetchall()
        present = {row[3] for row in rows if row[1] is not None}
        capturers = directory.party_uris(conn, present) if present else {}
        for row in rows:
            if (fault := _fault(row, bodies, capturers, secret)) is not None:
                yield fault
    for (entry,) in conn.execute(_Q.unlogged, {"limit": _AT_ONCE}).fetchall():
        yield _found(None, entry, None, "record.unlogged", _STRAY.format(entry=entry))


def _fault(
    row: tuple[Any, ...], bodies: Unpress, capturers: dict[int, str], secret: bytes
) -> Fault | None:
    position, entry = row[:2]
    if entry is None:
        text = _GONE.format(position=position)
        return _found(position, None, None, "record.deleted", text)
    if row[16] is None:
        text = _UNPROVEN.format(position=position, entry=entry)
        return _found(position, entry, None, "record.unproven", text)
    event: Event | None = None
    try:
        fields, event = _fields(row, bodies, capturers)
        what = _differing(row, event, capturers[row[3]], secret)
        if len(row[16]) != SECRET_BYTES or commit(fields, bytes(row[16])) != bytes(row[22]):
            what = "leaf"
    except Exception:  # noqa: BLE001 -- whatever is in the rows, it is not what was recorded
        what = "rows"
    if what is None:
        return None
    name = event.event_id if event else None
    shown = name or _entry_name(entry)
    text = _CHANGED.format(position=position, event=shown, what=what)
    return _found(position, entry, name, "record.changed", text)


def _fields(
    row: tuple[Any, ...], bodies: Unpress, capturers: dict[int, str]
) -> tuple[dict[str, bytes], Event]:
    body = bodies.unpack(*row[13:16])
    about = around(
        tenant=row[2], capturer=capturers[row[3]], head=bytes(row[20]), job=row[7].urn,
        received=row[21],
    )  # fmt: skip
    kept = Kept(
        raw=body.raw, normal=body.normal, findings=body.findings, verdict=VERDICTS[row[4]],
        family=row[10], step=row[11], ordinal=row[8], tags=tag_digits(row[12]),
    )  # fmt: skip
    return fields_of(kept, about), event_from_normal(body.normal)


def _differing(row: tuple[Any, ...], event: Event, capturer: str, secret: bytes) -> str | None:
    """The first column beside the body that does not say what the body says."""
    who = Capturer(tenant=row[2], account=0, party=capturer)
    own = identity_of(event, who)
    content = digest(event)
    wanted = {
        "event_key": (row[5], event_key(event.event_id or "", secret=secret)),
        "digest": (bytes(row[6]), content),
        "type": (row[17], EVENT_TYPES.index(event.type)),
        "event_time": (row[18], event.event_time),
        "identity": (bytes(row[19]) in {own, conflicting(own, content)}, True),
    }
    return next((name for name, (is_, should) in wanted.items() if is_ != should), None)


def _entry_name(entry: int) -> str:
    return f"#{entry}"


def _found(
    position: int | None, entry: int | None, event: str | None, code: str, text: Text
) -> Fault:
    return Fault(position=position, entry=entry, event=event, code=code, text=text)
