"""The floor: binary COPY of rows at hand into a table without index, one transaction a document."""

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

from msgspec import Struct
from psycopg import adapters

from bench.pork import Report
from suyuan.store import Store
from suyuan.wire import read_document

Row = tuple[Any, ...]


def floor_tables(store: Store) -> None:
    """A copy of the record's table without index, and a table for events as JSON."""
    with store.write() as conn:
        conn.execute("create schema bench")
        conn.execute("create table bench.entry (like record.entry)")
        conn.execute("create table bench.document (id int8, body bytea)")


class Written(Struct, frozen=True):
    """Rows document by document, and the types (OIDs) of their columns."""

    types: list[int]
    batches: list[list[Row]]


def newest_rows(store: Store, sizes: Sequence[int]) -> Written:
    """The rows that the last documents left in the record."""
    newest = "select * from record.entry order by id desc limit %s"
    with store.read() as conn:
        found = conn.execute(newest, [sum(sizes)])
        types = [column.type_code for column in found.description or ()]
        rows = found.fetchall()
    rows.reverse()
    return Written(types, list(_cut(rows, sizes)))


def json_rows(sent: Sequence[Report]) -> Written:
    """The events of documents as the bytes they came in."""
    batches = [
        [(raw.index, raw.raw) for raw in read_document(report.data).events] for report in sent
    ]
    return Written([adapters.types["int8"].oid, adapters.types["bytea"].oid], batches)


def copy_raw(store: Store, table: LiteralString, written: Written) -> None:
    """Copy rows, one transaction for each batch."""
    statement = f"copy {table} from stdin (format binary)"
    for rows in written.batches:
        with store.write() as conn, conn.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(written.types)
            for row in rows:
                copy.write_row(row)


def _cut(rows: list[Row], sizes: Sequence[int]) -> Iterator[list[Row]]:
    begin = 0
    for size in sizes:
        yield rows[begin : begin + size]
        begin += size
