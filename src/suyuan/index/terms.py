"""Takes an event; gives the terms that queries find it by: what stands in which place, hashed.

A term says that a word stands in a field, that a name is a source or destination of a type, that a
member stands in a part, or that it has a value there, or how a thing's name begins. What is told
apart by size alone (amounts, times of sensors) has a term for being there. Two terms may share a
hash, so whoever finds an event by its terms compares the event too.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from suyuan.families import things
from suyuan.index.anatomy import Part, atoms, inside, instant_of, members_of, number_of
from suyuan.index.apply import SQL
from suyuan.index.blocks import Blocks, keep
from suyuan.index.stems import stems
from suyuan.model import Event, TypedRef
from suyuan.record import Recorded
from suyuan.store import WriteConnection

Names = frozenset[str]

MANY: Final = 0
"""The one term of an event that has more than are kept: it may answer whatever is asked."""
MOST: Final = 500

_BLOCKS: Final = Blocks(take=SQL.take_terms, copy=SQL.copy_terms)
_VALUED: Final = frozenset(
    ("type", "deviceID", "dataProcessingMethod", "bizRules", "microorganism", "chemicalSubstance",
     "stringValue", "booleanValue", "hexBinaryValue", "uriValue")
)  # fmt: skip
_MEASURED: Final = frozenset(
    ("time", "startTime", "endTime", "value", "minValue", "maxValue", "meanValue", "sDev",
     "percValue", "percRank")
)  # fmt: skip
"""The standard's own members of sensor elements: those asked for by value, and by size."""


def one(value: str | None) -> Names:
    """The value, as those that stand in a field that has at most one."""
    return frozenset() if value is None else frozenset((value,))


FIELDS: Final[Mapping[str, Callable[[Event], Names]]] = {
    "action": lambda event: one(event.action),
    "bizStep": lambda event: one(event.biz_step),
    "disposition": lambda event: one(event.disposition),
    "persistentDisposition_set": lambda event: frozenset(event.persistent_set),
    "persistentDisposition_unset": lambda event: frozenset(event.persistent_unset),
    "readPoint": lambda event: one(event.read_point),
    "bizLocation": lambda event: one(event.biz_location),
    "transformationID": lambda event: one(event.transformation_id),
    "errorReason": lambda event: one(event.error.reason if event.error else None),
    "correctiveEventID": lambda event: frozenset(
        event.error.corrective_event_ids if event.error else ()
    ),
}
"""The fields of an event that have a term for each word or name in them."""

ROLES: Final[Mapping[str, Callable[[Event], tuple[TypedRef, ...]]]] = {
    "source": lambda event: event.sources,
    "destination": lambda event: event.destinations,
}
"""The lists of an event that have a term for each name with its type: few names, in many events.

Documents are found by their names alone, since hardly two events share one.
"""

LISTS: Final[Mapping[str, Callable[[Event], bool]]] = {
    "errorDeclaration": lambda event: event.error is not None,
    "sensorElementList": lambda event: bool(event.sensors),
    "quantityElement": lambda event: any(
        (event.quantities, event.input_quantities, event.output_quantities)
    ),
}
"""What an event has a term for having at all."""


def under(stem: str) -> int:
    """The term of a thing whose name has a stem (`suyuan.index.stems`)."""
    return _hashed("stem", stem, "")


def said(field: str, value: str) -> int:
    """The term of a value in a field."""
    return _hashed("field", field, value)


def played(role: str, kind: str, name: str) -> int:
    """The term of a name that stands in one of `ROLES` as of a type."""
    return _hashed("role", f"{role} {kind}", name)


def has(what: str) -> int:
    """The term of having one of `LISTS`."""
    return _hashed("has", what, "")


def stands(part: Part, key: str, *, inner: bool) -> int:
    """The term of a member that stands in a part, or anywhere inside its extensions."""
    return _hashed("inner" if inner else "member", f"{part} {key}", "")


def valued(part: Part, key: str, value: Any, *, inner: bool) -> frozenset[int]:
    """The terms of a value there: what is equal in any reading shares one, as in queries."""
    place = f"{part} {key}"
    kind = "inner value" if inner else "value"
    return frozenset(_hashed(kind, place, reading) for reading in _readings(value))


def comes_by_value(key: str) -> bool:
    """Whether values of a member have terms; all extensions' do."""
    return ":" in key or key in _VALUED


def terms_of(event: Event) -> Collection[int]:
    """All terms of an event."""
    found: set[int] = set()
    for term in chain(_fields(event), _members(event)):
        found.add(term)
        if len(found) > MOST:
            return (MANY,)
    return found


def _fields(event: Event) -> Iterator[int]:
    for field, read in FIELDS.items():
        for value in read(event):
            yield said(field, value)
    for role, refs in ROLES.items():
        for ref in refs(event):
            if ref.type is not None:  # who asks, asks for a type
                yield played(role, ref.type, ref.value)
    for what, is_there in LISTS.items():
        if is_there(event):
            yield has(what)
    for stem in {stem for name in things(event) for stem in stems(name)}:
        yield under(stem)


def _members(event: Event) -> Iterator[int]:
    for part in Part:
        for members in members_of(event, part):
            for key, value in members.items():
                yield from _member(part, key, value, inner=False)
                for name, within in inside(value):
                    yield from _member(part, name, within, inner=True)


def _member(part: Part, key: str, value: Any, *, inner: bool) -> Iterator[int]:
    if comes_by_value(key) or key in _MEASURED:
        yield stands(part, key, inner=inner)
    if comes_by_value(key):
        for atom in atoms(value):
            yield from valued(part, key, atom, inner=inner)


def _readings(atom: Any) -> Iterator[str]:
    """What a text, number or truth is read as; equal ones have one reading in common."""
    if isinstance(atom, bool):
        yield "true" if atom else "false"
        return
    if isinstance(atom, str):
        yield atom.casefold()
        at = instant_of(atom)
        if at is not None:
            yield _instant(at)
    number = number_of(atom)
    if number is not None:
        yield f"number {hash(number)}"  # the same for equal numbers of any type, in any process


def _instant(at: datetime) -> str:
    return f"time {at.timestamp()}"


@lru_cache(maxsize=10_000)
def _hashed(kind: str, place: str, value: str) -> int:
    text = f"{kind}\0{place}\0{value}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def keep_terms(conn: WriteConnection, batch: Collection[Recorded], *, after: int) -> None:
    """Write the terms of a batch's events; `after` is where the batch before ended."""
    said = {recorded.position: terms_of(recorded.event) for recorded in batch}
    keep(conn, _BLOCKS, said, after=after)
