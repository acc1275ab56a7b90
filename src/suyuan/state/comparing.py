"""Takes recorded events, as they are read back; gives those of which the state says something else.

Held against it is what follows from an event alone: that it is remembered, by its identity, when
it happened, its step, who then has the things and where, and what it makes of which of them. What
judging made of it (marks, what it left known, whether its reporter was entitled) follows from the
law and the record of that day, not from the event, and is not held.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from suyuan.model import Event
from suyuan.state.memory import ENTITLED, HELD, MARKED, NAMED, TOLD, Past, happening, lines_of
from suyuan.state.rows import thing_key
from suyuan.store import Queries, ReadConnection

_Q: Final = Queries(__package__)
_JUDGED: Final = HELD | ENTITLED | MARKED | TOLD

_Facts = tuple[bytes, datetime, str, str, str, str | None]


class Told(Struct, frozen=True, kw_only=True):
    """A recorded event; `identity` is what a declaration takes back, `step` that of its family.

    `is_placed`: a family's rules were asked, so it is remembered. `stands`: it was not held, so
    that, if it declares another wrong, that one is forgotten.
    """

    entry: int
    tenant: int
    event: Event
    identity: bytes
    step: str | None
    is_placed: bool
    stands: bool


def differing(
    conn: ReadConnection, told: Sequence[Told], *, secret: bytes
) -> Iterator[tuple[int, str]]:
    """The entries of neighbouring events of which the state says something else, and where."""
    if not told:
        return
    entries = [each.entry for each in told]
    asked = {"entries": entries, "first": min(entries), "last": max(entries)}
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for entry, *row in conn.execute(_Q.stated, asked):
        rows.setdefault(entry, []).append(tuple(row))
    identities = [each.identity for each in told if each.event.error is not None]
    gone = {bytes(row[0]) for row in conn.execute(_Q.withdrawn, {"identities": identities})}
    for each in told:
        if each.event.error is not None and each.stands and each.identity not in gone:
            yield each.entry, "state.withdrawn"
        if not _agrees(each, rows.get(each.entry, ()), secret):
            yield each.entry, "state.event"


def _agrees(told: Told, rows: Sequence[tuple[Any, ...]], secret: bytes) -> bool:
    lines = lines_of(told.event) if told.is_placed else ()
    if not lines:
        return all(row[-1] & NAMED for row in rows)
    facts = _facts(told, happening(told.event, step=told.step))
    if any(_found(row) != facts for row in rows):
        return False
    key = thing_key(secret, told.tenant)
    wanted: Mapping[int, int] = {key(thing): what for thing, what in lines}
    found = {
        thing: row[-1] & ~_JUDGED
        for row in rows
        if not row[-1] & NAMED
        for thing in row[-2] or (row[-3],)
    }
    return found == wanted


def _facts(told: Told, past: Past) -> _Facts:
    return (
        told.identity, past.at, past.step, past.party or "", past.site or "", past.container,
    )  # fmt: skip


def _found(row: tuple[Any, ...]) -> _Facts:
    identity, at, step, party, site, container, *_ = row
    return bytes(identity), at, step, party, site, container
