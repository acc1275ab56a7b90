"""Takes recorded events, as they are read back; gives those of which the state says something else.

Held against it is what follows from an event alone: that it is remembered, by its identity, when
it happened, its step, who then has the things and where, and what it makes of which of them. What
judging made of it (`Left`) follows from the law and the record of that day, not from the event: the
event's leaf commits to it, and whoever reads leaves holds it against them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from suyuan.model import Event
from suyuan.state.memory import (
    ENTITLED,
    HELD,
    MARKED,
    NAMED,
    PACKED,
    TOLD,
    Line,
    Past,
    happening,
    lines_of,
)
from suyuan.state.plain import Keeping, keeping, place_of, plain_lines
from suyuan.state.rows import thing_key, told_of
from suyuan.store import Queries, ReadConnection

_Q: Final = Queries(__package__)
_JUDGED: Final = HELD | ENTITLED | MARKED | TOLD

_Facts = tuple[bytes, datetime, str, str, str, str | None, str]


class Left(Struct, frozen=True, kw_only=True, gc=False):
    """What judging made of an event, for later judging: marks, and what it leaves known of what.

    `told` is `{"latest": …, "all": …}`, as rows have it, `things` of which things, by the
    installation's keys; `entitled`: its reporter is registered in a role that its step is for.
    """

    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    told: Mapping[str, Any] = {}
    things: tuple[str, ...] = ()
    entitled: bool = False

    @property
    def says(self) -> bool:
        """Whether there is anything beside the reporter's entitlement."""
        return bool(self.sets or self.clears or self.told or self.things)


NOTHING: Final = Left()
"""Of an event that judging left nothing of."""


class Told(Struct, frozen=True, kw_only=True):
    """A recorded event, and the party that says so.

    `identity` is what a declaration takes back, `step` that of its family.
    `is_placed`: a family's rules were asked, so it is remembered; else it is plain EPCIS, of which
    only what state rules ask is kept, and only of tenants that have one on. `stands`: it was not
    held, so that, if it declares another wrong, that one is forgotten. `left` is what judging made
    of it by its leaf; None where the leaf is older and does not say.
    """

    entry: int
    tenant: int
    reporter: str
    event: Event
    identity: bytes
    step: str | None
    is_placed: bool
    stands: bool
    left: Left | None = None


def left_of(past: Past, lines: Sequence[Line], *, tenant: int, secret: bytes) -> Left:
    """What judging made of an event that is to be remembered so."""
    things = [thing for thing, what in lines if what & TOLD]
    key = thing_key(secret, tenant)
    return Left(
        sets=tuple(sorted(past.marks_set)),
        clears=tuple(sorted(past.marks_cleared)),
        told=told_of(past),
        things=tuple(sorted(_hex(key(thing)) for thing in things)),
        entitled=any(what & ENTITLED for _, what in lines),
    )


def left(conn: ReadConnection, entries: Sequence[int]) -> dict[int, Left]:
    """What is remembered of what judging made of events, by entry.

    Rows of one event that disagree are put together, which is what no event left.
    """
    found: dict[int, Left] = {}
    asked = {
        "entries": list(entries),
        "first": min(entries, default=0),
        "last": max(entries, default=0),
    }
    for entry, what, sets, clears, told, members in conn.execute(_Q.left, asked):
        one = found.get(entry, NOTHING)
        things = [_hex(member) for member in members] if what & TOLD else []
        found[entry] = Left(
            sets=tuple(sorted({*one.sets, *_texts(sets)})),
            clears=tuple(sorted({*one.clears, *_texts(clears)})),
            told={**one.told, **(told if isinstance(told, dict) else {"": told} if told else {})},
            things=tuple(sorted({*one.things, *things})),
            entitled=one.entitled or bool(what & ENTITLED),
        )
    return found


def _texts(marks: Sequence[Any] | None) -> list[str]:
    """Marks, and in the place of what is none, which somebody else wrote, how it is spelled."""
    return [each if isinstance(each, str) else repr(each) for each in marks or ()]


def _hex(key: int) -> str:
    return f"{key % (1 << 64):016x}"


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
    yield from _plain_differing(conn, told, secret)


def _plain_differing(
    conn: ReadConnection, told: Sequence[Told], secret: bytes
) -> Iterator[tuple[int, str]]:
    """The same of what is kept of events of no family: all of it, or not yet, or nothing."""
    entries = [each.entry for each in told]
    asked = {"entries": entries, "first": min(entries), "last": max(entries)}
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for row in conn.execute(_Q.plain_stated, asked):
        rows.setdefault(row[0], []).append(tuple(row[1:]))
    kept = {tenant: keeping(conn, tenant) for tenant in {each.tenant for each in told}}
    for each in told:
        found, wanted = sorted(map(repr, rows.get(each.entry, ()))), list[str]()
        if kept[each.tenant] is not Keeping.NO and not each.is_placed:
            wanted = sorted(map(repr, _plain_rows(each, secret)))
        is_to_come = not found and kept[each.tenant] in (Keeping.PARTLY, Keeping.ENDING)
        if found != wanted and not is_to_come:
            yield each.entry, "state.plain_event"


def _plain_rows(told: Told, secret: bytes) -> Iterator[tuple[Any, ...]]:
    key, past = thing_key(secret, told.tenant), happening(told.event, step=None)
    said = told.tenant, past.at, past.container, told.identity
    for thing, what in plain_lines(told.event, held=not told.stands):
        yield *said, place_of(key(thing), what), what


def _agrees(told: Told, rows: Sequence[tuple[Any, ...]], secret: bytes) -> bool:
    lines = lines_of(told.event) if told.is_placed else ()
    if not lines:
        return all(row[-1] & NAMED for row in rows)
    facts = _facts(told, happening(told.event, step=told.step))
    if any(_found(row) != facts or not _puts(row) for row in rows):
        return False
    key = thing_key(secret, told.tenant)
    judged = _judged(told)
    wanted: Mapping[int, int] = {key(thing): what | judged for thing, what in lines}
    free = _JUDGED if told.left is None else TOLD
    found = {
        thing: row[-1] & ~free
        for row in rows
        if not row[-1] & NAMED
        for thing in row[-2] or (row[-3],)
    }
    return found == wanted


def _judged(told: Told) -> int:
    """What judging adds to each of an event's things, where the leaf says what that was."""
    if told.left is None:
        return 0
    marked = told.left.sets or told.left.clears or told.left.told
    return (
        (0 if told.stands else HELD)
        | (ENTITLED if told.left.entitled else 0)
        | (MARKED if marked else 0)
    )


def _facts(told: Told, past: Past) -> _Facts:
    return (
        told.identity, past.at, past.step, past.party or "", past.site or "", past.container,
        told.reporter,
    )  # fmt: skip


def _found(row: tuple[Any, ...]) -> _Facts:
    identity, at, step, party, site, container, reporter, *_ = row
    return bytes(identity), at, step, party, site, container, reporter


def _puts(row: tuple[Any, ...]) -> bool:
    """Whether a row puts the members of its bundle, and nothing else, into a container."""
    *_, put, _bundle, members, what = row
    if not (what & PACKED and len(members) > 1):
        return put is None
    return set(map(repr, put or ())) == set(map(repr, members))
