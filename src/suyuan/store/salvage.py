"""Takes a table of which pages are damaged; gives what can be read of it around them."""

from collections.abc import Iterator
from typing import Any, Final, LiteralString

import psycopg
from msgspec import Struct

from suyuan.store.pool import ReadConnection
from suyuan.store.snapshot import unlimited
from suyuan.store.sqlfile import Queries

_Q: Final = Queries("suyuan.store")
_PLACES: Final = 4096
"""More than the rows of any page: addresses are counted through, so many to a page."""


class Around(Struct, frozen=True):
    """Statements that read a table from the address `first` to before `stop`.

    `rows` gives what is wanted, and reads each row whole; `addresses` those of its rows, and reads
    none of them.
    """

    table: str
    rows: LiteralString
    addresses: LiteralString


def readable(conn: ReadConnection, around: Around) -> list[tuple[Any, ...]]:
    """What `rows` gives of all that can be read; pages and rows that cannot are left out.

    A range that cannot be read is read in halves, so each damage costs some twenty statements.
    """
    unlimited(conn)
    conn.execute(_Q.by_address)  # else the whole table might be read for a part of it
    ((pages,),) = conn.execute(_Q.pages, {"table": around.table}).fetchall()
    found, waiting = list[tuple[Any, ...]](), [(0, int(pages) * _PLACES)]
    while waiting:
        span = waiting.pop()
        read = _tried(conn, around.rows, span)
        if read is None:
            waiting.extend(_parts(conn, around, *span))
        else:
            found.extend(read)
    return found


def _parts(
    conn: ReadConnection, around: Around, first: int, stop: int
) -> Iterator[tuple[int, int]]:
    """Two ranges of pages; or of one page its rows each by itself, if the page can be read."""
    if stop - first > _PLACES:
        middle = first + (stop - first) // _PLACES // 2 * _PLACES
        yield from ((first, middle), (middle, stop))
    elif stop - first > 1:
        for (place,) in _tried(conn, around.addresses, (first, stop)) or ():
            at = first + int(place)
            yield at, at + 1


def _tried(
    conn: ReadConnection, statement: LiteralString, span: tuple[int, int]
) -> list[tuple[Any, ...]] | None:
    """What a statement gives of a range; None where something in it cannot be read."""
    first, stop = (f"({at // _PLACES},{at % _PLACES})" for at in span)
    try:
        with conn.transaction():
            return conn.execute(statement, {"first": first, "stop": stop}).fetchall()
    except psycopg.InternalError:  # data and index corrupted are of its class
        return None
