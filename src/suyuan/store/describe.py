"""A database's structure as text, so that two databases can be compared by eye and by test."""

import psycopg
from psycopg.rows import TupleRow

from suyuan.store.sqlfile import Queries

_SQL = Queries("suyuan.store")


def describe(connection: psycopg.Connection[TupleRow]) -> str:
    """One sorted line per schema, column, constraint, index, function, policy and so on.

    The order of columns in a table is left out, since a migration can only add at the end.
    """
    rows = connection.execute(_SQL["describe"]).fetchall()
    return "\n".join(" | ".join(part for part in row if part) for row in rows) + "\n"
