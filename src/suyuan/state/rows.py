"""The rows behind the memory: read under a lock per thing, added to, never changed.

The lock is advisory and on a share of all things, so that two documents that speak of one
thing are judged one after the other; shares are taken in ascending order, so that nobody
waits in a circle.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from suyuan.state.memory import MARKED, PACKS, Line, Memory, Past
from suyuan.store import Queries, WriteConnection, encoded

_Q: Final = Queries(__package__)
_SHARES: Final = 1024
# More than any single item has; of a lot that has more, the latest recorded count. Marks and
# ends are counted apart: a thousand scans must not hide a failed test.
_LIMIT: Final = 1000
# Containers in containers, and things that may matter at one depth of them.
_DEPTH: Final = 8
_CONTENTS: Final = 20_000
_NAMES: Final = 100_000
_EVENT_TYPES: Final = (
    "int8", "bytea", "timestamptz", "text", "text", "text", "text", "text[]", "text[]",
)  # fmt: skip

Key = Callable[[str], bytes]


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """One recorded event to be remembered; `identity` is what a declaration would take back.

    Versions of one event under one id share it: a declaration takes back all that was said.
    """

    entry: int
    identity: bytes
    past: Past
    lines: tuple[Line, ...]


class Withdrawal(Struct, frozen=True, gc=False):
    """An error declaration (`entry`) by the capturer of the event with that identity."""

    identity: bytes
    entry: int


def load(
    conn: WriteConnection,
    things: Collection[str],
    *,
    coming: Collection[bytes] = (),
    without: Collection[bytes] = (),
    tenant: int,
    secret: bytes,
) -> Memory:
    """Lock the things until the transaction ends, and give what is remembered of them.

    `coming` are the events about to be judged, some of which may have been declared wrong
    before they came; `without` those that the document at hand declares wrong.
    """
    if not things:
        return Memory({})
    rows = conn.execute(_Q.withdrawn, {"identities": sorted(coming)}, binary=True)
    memory = Memory({}, gone=frozenset(without).union(row[0] for row in rows))
    key = _key(secret, tenant)
    keyed = {key(name): name for name in sorted(things)}
    shares = {int.from_bytes(one[:4]) % _SHARES for one in keyed}
    conn.execute(_Q.lock, {"shares": sorted(shares)})
    filled = _learn(memory, _read(conn, list(keyed), without), keyed)
    _look_inside(conn, memory, filled, keyed, key=key, without=without)
    return memory


_Told = tuple[int, Past, list[tuple[bytes, int]]]
"""A recorded event by its entry, and what it made of the things that were asked for."""


def _read(conn: WriteConnection, keys: Sequence[bytes], without: Collection[bytes]) -> list[_Told]:
    """What is recorded of things, one row for each event."""
    asked = {"things": encoded.uuid_array(keys), "limit": _LIMIT, "without": sorted(without)}
    cursor = encoded.takes_encoded(conn.cursor())
    told = []
    for places, whats, at, step, *rest in cursor.execute(_Q.load, asked):
        party, site, container, marks_set, marks_cleared, entry = rest
        past = Past(
            at=at,
            step=step,
            party=party,
            site=site,
            container=container,
            marks_set=frozenset(marks_set or ()),
            marks_cleared=frozenset(marks_cleared or ()),
        )
        lines = [(keys[place - 1], what) for place, what in zip(places, whats, strict=True)]
        told.append((entry, past, lines))
    return told


def _learn(memory: Memory, told: Sequence[_Told], names: Mapping[bytes, str]) -> dict[int, Past]:
    """Remember what was read under its names; gives the events that filled one of those things."""
    filled = {}
    for entry, past, lines in told:
        memory.learn(past, [(names[thing], what) for thing, what in lines])
        if any(what & PACKS for _, what in lines):
            filled[entry] = past
    return filled


def _look_inside(
    conn: WriteConnection,
    memory: Memory,
    filled: dict[int, Past],
    names: dict[bytes, str],
    *,
    key: Key,
    without: Collection[bytes],
) -> None:
    """Learn what lies in the containers that were filled, and in those inside, so deep as is set.

    Nothing more is locked: who reports of a content at this moment comes after this document,
    which says nothing of it.
    """
    for _ in range(_DEPTH):
        if not filled:
            return
        rows = conn.execute(_Q.packed, {"entries": list(filled), "limit": _CONTENTS}, binary=True)
        put: dict[int, list[tuple[bytes, int]]] = {}
        for entry, thing, what in rows:
            put.setdefault(entry, []).append((thing.bytes, what))
        new = {thing for lines in put.values() for thing, _ in lines} - names.keys()
        told = _read(conn, sorted(new), without) if new else []
        own = {key(past.container): past.container for _, past, _ in told if past.container}
        names.update((thing, own.get(thing, thing.hex())) for thing in new)
        for entry, lines in put.items():
            memory.fill(filled[entry], tuple((names[thing], what) for thing, what in lines))
        filled = _learn(memory, told, names)


def apply(
    conn: WriteConnection,
    changes: Sequence[Change],
    *,
    withdrawals: Sequence[Withdrawal] = (),
    tenant: int,
    secret: bytes,
) -> None:
    """Remember recorded events, and forget those declared wrong, in the record's transaction."""
    if withdrawals:
        asked = {
            "identities": [one.identity for one in withdrawals],
            "entries": [one.entry for one in withdrawals],
        }
        conn.execute(_Q.withdraw, asked)
    if changes:
        _add_events(conn, changes)
        _add_lines(conn, changes, _key(secret, tenant))


def _add_events(conn: WriteConnection, changes: Sequence[Change]) -> None:
    with conn.cursor().copy(_Q.add_events) as copy:
        copy.set_types(_EVENT_TYPES)
        for change in changes:
            past = change.past
            copy.write_row(
                (change.entry, change.identity, past.at, past.step, past.party, past.site,
                 past.container, sorted(past.marks_set) or None,
                 sorted(past.marks_cleared) or None)
            )  # fmt: skip


def _add_lines(conn: WriteConnection, changes: Sequence[Change], key: Key) -> None:
    rows = sorted(
        (key(thing), change.entry, what | _marked(change.past))
        for change in changes
        for thing, what in change.lines
    )
    with encoded.takes_encoded(conn.cursor()).copy(_Q.add_lines) as copy:
        copy.set_types(("uuid", "int8", "int2"))
        for thing, entry, what in rows:
            copy.write_row((thing, entry, what))


def _marked(past: Past) -> int:
    """Whether an event changes marks, as a part of what its lines say."""
    return MARKED if past.marks_set or past.marks_cleared else 0


@lru_cache(maxsize=16)
def _key(secret: bytes, tenant: int) -> Key:
    """A keyed 128-bit name of a thing: nobody can aim at another's, and none collide.

    Each thing is named at least twice, when its past is read and when it is added to.
    """
    keyed = hashlib.blake2b(tenant.to_bytes(8, "big", signed=True), digest_size=16, key=secret[:64])

    def name(uri: str) -> bytes:
        state = keyed.copy()
        state.update(uri.encode("utf-8", "surrogatepass"))
        return state.digest()

    return lru_cache(maxsize=_NAMES)(name)
