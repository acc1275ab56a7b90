"""Values that are already in PostgreSQL's binary form when they reach the driver.

It builds arrays and UUIDs value by value in Python. Where ten of them go with every event, or
two with every question, that is most of the work, so who has their bytes hands them on. The
store's own connections take them.
"""

import struct
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

from psycopg import AsyncConnection, Connection, Cursor
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import TupleRow

AnyConnection = TypeVar("AnyConnection", Connection[Any], AsyncConnection[Any])

_INT4: Final = 23
_INT4_ARRAY: Final = 1007
_INT8: Final = 20
_INT8_ARRAY: Final = 1016
_TEXT: Final = 25
_TEXT_ARRAY: Final = 1009
_BYTEA: Final = 17
_BYTEA_ARRAY: Final = 1001
_UUID: Final = 2950
_UUID_ARRAY: Final = 2951
_HEAD: Final = struct.Struct(">iiiii")
_SIZE: Final = struct.Struct(">i")
_SMALL: Final = 128
"""The layouts of arrays of so many numbers are kept: one of a large array takes its size again."""


class Int4Array(bytes):
    """An `integer[]`; made by `int4_array`."""

    __slots__ = ()


class Int8Array(bytes):
    """A `bigint[]`; made by `int8_array`."""

    __slots__ = ()


class TextArray(bytes):
    """A `text[]`; made by `text_array`."""

    __slots__ = ()


class ByteaArray(bytes):
    """A `bytea[]`; made by `bytea_array`."""

    __slots__ = ()


class UuidArray(bytes):
    """A `uuid[]`; made by `uuid_array`."""

    __slots__ = ()


class Uuid(bytes):
    """A `uuid` as its 16 bytes."""

    __slots__ = ()


def int4_array(values: Sequence[int]) -> Int4Array:
    """The array of these 32-bit integers."""
    count = len(values)
    flat = [part for value in values for part in (4, value)]
    return Int4Array(_laid_out("ii", count).pack(1, 0, _INT4, count, 1, *flat))


def int8_array(values: Sequence[int]) -> Int8Array:
    """The array of these 64-bit integers."""
    count = len(values)
    flat = [part for value in values for part in (8, value)]
    return Int8Array(_laid_out("iq", count).pack(1, 0, _INT8, count, 1, *flat))


def text_array(values: Sequence[str]) -> TextArray:
    """The array of these texts."""
    return TextArray(_sized(_TEXT, [value.encode() for value in values]))


def bytea_array(values: Sequence[bytes]) -> ByteaArray:
    """The array of these bytes."""
    return ByteaArray(_sized(_BYTEA, values))


def _sized(kind: int, values: Sequence[bytes]) -> bytes:
    """An array of values of any size."""
    parts = [_HEAD.pack(1, 0, kind, len(values), 1)]
    for value in values:
        parts += (_SIZE.pack(len(value)), value)
    return b"".join(parts)


def uuid_array(names: Sequence[bytes]) -> UuidArray:
    """The array of these UUIDs, each given as its 16 bytes."""
    head = _HEAD.pack(1, 0, _UUID, len(names), 1)
    size = _SIZE.pack(16)
    return UuidArray(head + b"".join([size + name for name in names]))


def takes_encoded(cursor: "Cursor[TupleRow]") -> "Cursor[TupleRow]":
    """The same cursor, which now takes the encoded kinds, and only them, in columns of a COPY.

    Plain bytes are their own binary form, and handed on as they are.
    """
    for kind, dumper in (_DUMPERS | {bytes: _Bytea}).items():
        cursor.adapters.register_dumper(kind, dumper)
    return cursor


def asks_encoded(connection: AnyConnection) -> AnyConnection:
    """The same connection, whose statements now take the encoded kinds beside Python's own."""
    for kind, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(kind, _by_class_alone(dumper))
    return connection


@cache
def _by_class_alone(dumper: "type[_AsItIs]") -> "type[_AsItIs]":
    """A dumper that is not taken for other values of its type: the made one has it."""

    class Alone(dumper):  # type: ignore[misc, valid-type]
        oid = 0

        def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
            super().__init__(cls, context)
            self.oid = dumper.oid

    return Alone


def _laid_out(kind: str, count: int) -> struct.Struct:
    return _small(kind, count) if count <= _SMALL else struct.Struct(f">iiiii{kind * count}")


@lru_cache(maxsize=2 * _SMALL)
def _small(kind: str, count: int) -> struct.Struct:
    return struct.Struct(f">iiiii{kind * count}")


class _AsItIs(Dumper):
    """Hands bytes on; the kinds below say for which type."""

    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        """The bytes themselves."""
        return obj


class _Int4Array(_AsItIs):
    oid = _INT4_ARRAY


class _Int8Array(_AsItIs):
    oid = _INT8_ARRAY


class _TextArray(_AsItIs):
    oid = _TEXT_ARRAY


class _UuidArray(_AsItIs):
    oid = _UUID_ARRAY


class _Bytea(_AsItIs):
    oid = _BYTEA


class _ByteaArray(_AsItIs):
    oid = _BYTEA_ARRAY


class _Uuid(_AsItIs):
    oid = _UUID


_DUMPERS: Final[dict[type, type[_AsItIs]]] = {
    Int4Array: _Int4Array,
    Int8Array: _Int8Array,
    TextArray: _TextArray,
    ByteaArray: _ByteaArray,
    UuidArray: _UuidArray,
    Uuid: _Uuid,
}
