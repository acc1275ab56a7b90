"""Values that are already in PostgreSQL's binary form when they reach a COPY.

The driver builds arrays and UUIDs value by value in Python. Where ten of them go with every
event that is most of the work of writing it, so a writer that has their bytes hands them on.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import TupleRow

_INT8: Final = 20
_INT8_ARRAY: Final = 1016
_UUID: Final = 2950
_UUID_ARRAY: Final = 2951
_HEAD: Final = struct.Struct(">iiiii")


class Int8Array(bytes):
    """A `bigint[]`; made by `int8_array`."""

    __slots__ = ()


class UuidArray(bytes):
    """A `uuid[]`; made by `uuid_array`."""

    __slots__ = ()


class Uuid(bytes):
    """A `uuid` as its 16 bytes."""

    __slots__ = ()


def int8_array(values: Sequence[int]) -> Int8Array:
    """The array of these 64-bit integers."""
    count = len(values)
    flat = [part for value in values for part in (8, value)]
    return Int8Array(_int8s(count).pack(1, 0, _INT8, count, 1, *flat))


def uuid_array(names: Sequence[bytes]) -> UuidArray:
    """The array of these UUIDs, each given as its 16 bytes."""
    head = _HEAD.pack(1, 0, _UUID, len(names), 1)
    size = struct.pack(">i", 16)
    return UuidArray(head + b"".join([size + name for name in names]))


def takes_encoded(cursor: "Cursor[TupleRow]") -> "Cursor[TupleRow]":
    """The same cursor, which now takes the encoded kinds for columns of their types."""
    for kind, dumper in _DUMPERS.items():
        cursor.adapters.register_dumper(kind, dumper)
    return cursor


@lru_cache(maxsize=256)
def _int8s(count: int) -> struct.Struct:
    return struct.Struct(">iiiii" + "iq" * count)


class _AsItIs(Dumper):
    """Hands bytes on; the kinds below say for which type."""

    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        """The bytes themselves."""
        return obj


class _Int8Array(_AsItIs):
    oid = _INT8_ARRAY


class _UuidArray(_AsItIs):
    oid = _UUID_ARRAY


class _Uuid(_AsItIs):
    oid = _UUID


_DUMPERS: Final[dict[type, type[Dumper]]] = {
    Int8Array: _Int8Array,
    UuidArray: _UuidArray,
    Uuid: _Uuid,
}
