"""The rows behind the memory: read under a lock per thing, added to, never changed.

Goods travel together: a herd is tagged, moved and slaughtered as one. Things of which one event
says the same are a bundle, whose members are written once, however many events speak of it; a
thing alone is its own bundle. So there is a row for each event and bundle, not for each thing.

The lock is advisory and on a share of all things, so that two documents that speak of one
thing are judged one after the other; shares are taken in ascending order, so that nobody
waits in a circle.
"""

import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from msgspec import Struct, structs
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from suyuan.state.memory import (
    DEPTH,
    EMPTIED,
    ENDED,
    JOINED,
    LEFT,
    MADE,
    MARKED,
    OF_PIECES,
    PACKED,
    PACKS,
    PUT,
    TAKEN,
    Line,
    Memory,
    Past,
)
from suyuan.state.types import Withdrawal
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded

_Q: Final = Queries(__package__)
_SHARES: Final = 1024
# More than any single item has. Of a thing with more, the latest that was told of it alone and the
# latest formed of its bundles count. What marks or ends it, what concerns containers, how it was
# made and what leaves something known are counted apart, since a thousand scans must not hide a
# failed test.
_LIMIT: Final = 1000
_KEPT: Final = MADE | JOINED | LEFT | PACKS | PUT | TAKEN | EMPTIED
_APART: Final = 1 << 60
_ANY: Final = 0
# Things that may matter at one depth of containers.
_CONTENTS: Final = 20_000
_NAMES: Final = 100_000
_EVENT_TYPES: Final = (
    "int8", "int8", "timestamptz", "int4", "int4", "bytea", "text", "text[]", "text[]", "int8[]",
    "jsonb",
)  # fmt: skip

Key = Callable[[str], int]
_Kept = dict[str, list[tuple[str, list[str]]]]


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """One recorded event to be remembered; `identity` is what a declaration would take back.

    Versions of one event under one id share it: a declaration takes back all that was said.
    """

    entry: int
    identity: bytes
    past: Past
    lines: tuple[Line, ...]


class Scene(NamedTuple):
    """A step, who then has the things and where; empty where not said. `reporter`: who says so."""

    step: str
    party: str
    site: str
    reporter: str


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
    before they came; `without` those that the document at hand declares wrong. They are locked
    too: an event and the declaration that it was wrong are judged one after the other.
    """
    key = thing_key(secret, tenant)
    shares = {key(name) % _SHARES for name in things}
    shares.update(int.from_bytes(each[:4], "big") % _SHARES for each in (*coming, *without))
    if shares:
        conn.execute(_Q.lock, {"shares": encoded.int4_array(sorted(shares))})
    asked = {"identities": encoded.bytea_array(sorted(coming))}
    rows = conn.execute(_Q.withdrawn, asked, binary=True) if coming else ()
    memory = Memory({}, gone=frozenset(without).union(row[0] for row in rows))
    if things:
        _recall(conn, memory, things, without, key=key)
    return memory


def lock_everything(conn: WriteConnection) -> None:
    """Lock all things until the transaction ends: for a document that is judged in portions.

    It names nearly every share anyway; taken portion by portion, two would wait in a circle.
    """
    conn.execute(_Q.lock, {"shares": list(range(_SHARES))})


def look(conn: ReadConnection, things: Collection[str], *, tenant: int, secret: bytes) -> Memory:
    """What is remembered of things, to answer a question; nothing is locked."""
    memory = Memory({})
    if things:
        _recall(conn, memory, things, (), key=thing_key(secret, tenant))
    return memory


def _recall(
    conn: ReadConnection,
    memory: Memory,
    things: Collection[str],
    without: Collection[bytes],
    *,
    key: Key,
) -> None:
    """Learn what is recorded of things and of what lies in them."""
    names = {key(name): name for name in sorted(things)}
    told, cut = _read(conn, list(names), without)
    memory.cut.update(names[thing] for thing in cut)
    filled = _learn(memory, told, names)
    lots = {thing for one in told for thing, what in one.lines if what & OF_PIECES}
    inner = _Inner(names=names, key=key, without=without, lots=sorted(lots))
    _look_inside(conn, memory, filled, inner)


def pasts(
    conn: ReadConnection, keys: Mapping[int, str], without: Collection[bytes]
) -> Iterator[tuple[Past, tuple[Line, ...]]]:
    """What families recorded of things, under their names by key; nothing is locked."""
    told, _ = _read(conn, list(keys), without) if keys else ([], ())
    for one in told:
        yield one.past, tuple((keys[thing], what) for thing, what in one.lines)


class _Told(Struct, frozen=True, gc=False):
    """A recorded event, and what it made of those things that were asked for."""

    entry: int
    past: Past
    lines: tuple[tuple[int, int], ...]


def _read(
    conn: ReadConnection, keys: Sequence[int], without: Collection[bytes]
) -> tuple[list[_Told], Collection[int]]:
    """What is recorded of things, without what their own capturers declared wrong.

    Also those of which only the latest was read.
    """
    told: dict[int, _Told] = {}
    recorded, cut = _recorded(conn, encoded.int8_array(keys))
    scenes = _scenes(conn, {row[6] for row in recorded})
    for places, entry, what, identity, gone, at, scene, *said in recorded:
        if gone or identity in without:
            continue
        lines = tuple((keys[place - 1], what) for place in places)
        known = told.get(entry)
        if known is None:
            told[entry] = _Told(entry, _past(entry, at, scenes[scene], *said), lines)
        else:  # an event says one thing of one bundle and another of the next
            told[entry] = structs.replace(known, lines=known.lines + lines)
    return list(told.values()), [keys[place - 1] for place in cut]


def _learn(memory: Memory, told: Sequence[_Told], names: Mapping[int, str]) -> dict[int, Past]:
    """Remember what was read under its names; gives the events that filled one of those things."""
    for one in told:
        memory.learn(one.past, [(names[thing], what) for thing, what in one.lines])
    return {one.entry: one.past for one in told if any(what & PACKS for _, what in one.lines)}


class _Inner(Struct, frozen=True, kw_only=True):
    """What looking into containers needs: names of things by their keys, and how they are keyed.

    `lots` are lots that the document names: it may itself mark them.
    """

    names: dict[int, str]
    key: Key
    without: Collection[bytes]
    lots: list[int]


def _look_inside(
    conn: ReadConnection, memory: Memory, filled: dict[int, Past], inner: _Inner
) -> None:
    """Learn what lies in the containers that were filled, and in those inside, so deep as is set.

    Nothing more is locked: who reports of a content at this moment comes after this document,
    which says nothing of it. Containers of which not all is learnt are said to be unseen.
    """
    names = inner.names
    for _ in range(DEPTH):
        if not filled:
            return
        put = _put(conn, memory, filled, inner)
        new = {thing for lines in put.values() for thing, _ in lines} - names.keys()
        told, _ = _read(conn, sorted(new), inner.without) if new else ([], ())
        own = {
            inner.key(one.past.container): one.past.container for one in told if one.past.container
        }
        names.update((thing, own.get(thing, f"{thing:x}")) for thing in new)
        for entry, lines in put.items():
            memory.fill(filled[entry], [(names[thing], what) for thing, what in lines])
        filled = _learn(memory, told, names)
    _hide(memory, filled.values())


def _put(
    conn: ReadConnection, memory: Memory, filled: Mapping[int, Past], inner: _Inner
) -> dict[int, list[tuple[int, int]]]:
    """What these events put into their containers, as far as it can matter."""
    asked = {
        "entries": list(filled), "lots": inner.lots, "limit": _CONTENTS + 1, "apart": _APART,
    }  # fmt: skip
    rows = conn.execute(_Q.packed, asked, binary=True, prepare=False).fetchall()
    if len(rows) > _CONTENTS:  # they come latest first: all of the later events is there
        _hide(memory, (past for entry, past in filled.items() if entry <= rows[-1][0]))
    put: dict[int, list[tuple[int, int]]] = {}
    for entry, thing, what in rows:
        put.setdefault(entry, []).append((thing, what))
    return put


def _hide(memory: Memory, packings: Iterable[Past]) -> None:
    """Remember that not all is known of what these events put into their containers."""
    for container in {past.container for past in packings if past.container is not None}:
        memory.unseen.add(container)
        memory.weigh(container)


def _recorded(
    conn: ReadConnection, things: encoded.Int8Array
) -> tuple[list[TupleRow], Collection[int]]:
    """The rows of `load`; of things with a long past those of `load_latest`, whose these are."""
    cursor = encoded.takes_encoded(conn.cursor(binary=True))
    asked = {"things": things, "limit": _LIMIT, "apart": _APART}
    # Planned anew each time: a plan made while the tables were empty would stay for ever.
    rows = cursor.execute(_Q.load, asked, prepare=False).fetchall()
    counts = Counter(chain.from_iterable(row[0] for row in rows))
    cut = [place for place, count in counts.items() if count > _LIMIT]
    if cut:
        rows = cursor.execute(_Q.load_latest, asked, prepare=False).fetchall()
    return rows, cut


def _scenes(conn: ReadConnection, numbers: Collection[int]) -> dict[int, Scene]:
    """What the numbers of scenes stand for."""
    if not numbers:
        return {}
    rows = conn.execute(_Q.scenes, {"scenes": list(numbers)}, prepare=False)
    return {row[0]: Scene(*row[1:]) for row in rows}


def _past(
    entry: int,
    at: datetime,
    scene: Scene,
    container: str | None,
    told: _Kept | None,
    *marks: list[str] | None,
) -> Past:
    marks_set, marks_cleared = (frozenset(names or ()) for names in marks)
    return Past(
        at=at,
        step=scene.step,
        party=scene.party or None,
        site=scene.site or None,
        by=scene.reporter or None,
        container=container,
        marks_set=marks_set,
        marks_cleared=marks_cleared,
        latest=_kept(told, "latest"),
        every=_kept(told, "all"),
        entry=entry,
    )


def _kept(told: _Kept | None, how: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in (told or {}).get(how, ()))


def told_of(past: Past) -> dict[str, list[list[object]]]:
    """What an event leaves known, as its row has it."""
    return {
        how: [[name, list(values)] for name, values in kept]
        for how, kept in (("latest", past.latest), ("all", past.every))
        if kept
    }


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
        _add(conn, changes, secret, tenant)


class _Bundle(Struct, frozen=True, gc=False):
    """Things of which an event says the same, by their keys, and the first entry to say it.

    `since` lies in a range below zero where that marks or ends them, and in one below that where
    it makes them, concerns containers or leaves something known: so these are found apart.
    """

    things: tuple[int, ...]
    since: int

    @property
    def is_kept(self) -> bool:
        """Whether it makes them, concerns containers or leaves something known."""
        return self.since < -_APART


def _add(conn: WriteConnection, changes: Sequence[Change], secret: bytes, tenant: int) -> None:
    key, name_bundle = thing_key(secret, tenant), _bundle_key(secret)
    scenes = _keep_scenes(conn, {_scene(change.past) for change in changes})
    bundles: dict[int, _Bundle] = {}
    rows = []
    for change in changes:
        past = change.past
        said = (
            scenes[_scene(past)], change.identity, past.container,
            _marks(past.marks_set), _marks(past.marks_cleared),
        )  # fmt: skip
        left = Jsonb(kept) if (kept := told_of(past)) else None
        for what, things in _alike(change, key):
            since = _since(change, what)
            # What decides has a bundle of its own: so the latest formed are the latest told.
            alone = change.entry if -_APART < since < 0 else _ANY
            bundle = name_bundle(things, alone) if len(things) > 1 else things[0]
            if len(things) > 1:
                told = _Bundle(things, since)
                known = bundles.setdefault(bundle, told)
                if told.is_kept and not known.is_kept:
                    bundles[bundle] = told
            put = encoded.int8_array(things) if what & PACKED and len(things) > 1 else None
            rows.append((bundle, change.entry, past.at, what, *said, put, left))
    _add_bundles(conn, bundles)
    with encoded.takes_encoded(conn.cursor()).copy(_Q.add_events) as copy:
        copy.set_types(_EVENT_TYPES)
        for row in rows:
            copy.write_row(row)


def _marks(names: frozenset[str]) -> encoded.TextArray | None:
    return encoded.text_array(sorted(names)) if names else None


def _since(change: Change, what: int) -> int:
    past, entry = change.past, change.entry
    if what & ENDED or past.marks_set or past.marks_cleared:
        return entry - _APART
    return entry - 2 * _APART if what & (_KEPT | MARKED) else entry


def _scene(past: Past) -> Scene:
    return Scene(past.step, past.party or "", past.site or "", past.by or "")


def _keep_scenes(conn: WriteConnection, scenes: Collection[Scene]) -> dict[Scene, int]:
    """The numbers of scenes; new ones in ascending order, so that nobody waits in a circle."""
    said = sorted(scenes)
    steps, parties, sites, reporters = (list(part) for part in zip(*said, strict=True))
    asked = {
        "steps": steps, "parties": parties, "sites": sites, "reporters": reporters,
        "digests": [_digest(scene) for scene in said],
    }  # fmt: skip
    rows = conn.execute(_Q.keep_scenes, asked, prepare=False)
    return {said[place - 1]: number for place, number in rows}


def _digest(scene: Scene) -> bytes:
    """By what a scene is found again, however long its names; as migration 0010 computes it."""
    parts = (hashlib.sha256(name.encode()).digest() for name in scene)
    return hashlib.sha256(b"".join(parts)).digest()


def _alike(change: Change, key: Key) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The things of an event by what it makes of them; the keys of each kind ascending."""
    past = change.past
    marked = MARKED if past.marks_set or past.marks_cleared or past.latest or past.every else 0
    kinds: dict[int, list[int]] = {}
    for thing, what in change.lines:
        kinds.setdefault(what | marked, []).append(key(thing))
    return ((what, tuple(sorted(things))) for what, things in kinds.items())


def _add_bundles(conn: WriteConnection, bundles: dict[int, _Bundle]) -> None:
    """Write the members of bundles that no event has spoken of yet; their things are locked.

    Once more where one first makes them, concerns containers or leaves something known: then they
    are also found apart.
    """
    if not bundles:
        return
    asked = {"bundles": encoded.int8_array(list(bundles))}
    cursor = encoded.takes_encoded(conn.cursor())
    known: dict[int, bool] = dict(cursor.execute(_Q.known_bundles, asked, prepare=False).fetchall())
    rows = sorted(
        (thing, bundle, one.since)
        for bundle, one in bundles.items()
        if bundle not in known or (one.is_kept and not known[bundle])
        for thing in one.things
    )
    with conn.cursor().copy(_Q.add_bundles) as copy:
        copy.set_types(("int8", "int8", "int8"))
        for row in rows:
            copy.write_row(row)


def _bundle_key(secret: bytes) -> Callable[[tuple[int, ...], int], int]:
    """A keyed name of things together, for one entry or for `_ANY`."""
    keyed = hashlib.blake2b(b"bundle", digest_size=8, key=secret[:64])

    def name(things: tuple[int, ...], entry: int) -> int:
        state = keyed.copy()
        state.update(struct.pack(f">{len(things) + 1}q", entry, *things))
        return int.from_bytes(state.digest(), "big", signed=True)

    return name


@lru_cache(maxsize=16)
def thing_key(secret: bytes, tenant: int) -> Key:
    """A keyed 64-bit name of a thing: nobody can aim at another's.

    Among a thousand million things, that any two share a name is a matter of 3 in 100. Each
    thing is named at least twice, when its past is read and when it is added to.
    """
    keyed = hashlib.blake2b(tenant.to_bytes(8, "big", signed=True), digest_size=16, key=secret[:64])

    def name(uri: str) -> int:
        state = keyed.copy()
        state.update(uri.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest()[:8], "big", signed=True)

    return lru_cache(maxsize=_NAMES)(name)
