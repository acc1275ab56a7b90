"""Takes a database in use; gives what in its structure is not this program's, or is gone."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from suyuan.store.migrate import gaps, known_migrations
from suyuan.store.pool import ReadConnection
from suyuan.store.snapshot import SCHEMAS
from suyuan.store.sqlfile import Queries

_Q = Queries("suyuan.store")
_OURS = [*SCHEMAS, "store"]


_FILE: Final = re.compile(r"base/\d+/(\d+)")
"""How PostgreSQL names the file of a table or index that it cannot read."""


class Intruder(Struct, frozen=True):
    """What acts by itself on a table and is not ours: its kind, the table, its name."""

    kind: str
    table: str
    name: str


def intruders(conn: ReadConnection) -> list[Intruder]:
    """Triggers, rules, policies and heirs of our tables: the schema has none of them.

    Also defaults, generated columns, checks and acting keys other than the schema's own.
    """
    return [*_found(conn, "intruders"), *(each for each in acting(conn) if each not in ours())]


def acting(conn: ReadConnection) -> list[Intruder]:
    """Defaults, generated columns, checks and acting keys of our tables, whoever put them there."""
    return list(_found(conn, "acting"))


@cache
def ours() -> tuple[Intruder, ...]:
    """Those that the schema has, as every PostgreSQL from the oldest on spells them."""
    lines = files("suyuan.store").joinpath("acting.txt").read_text(encoding="utf-8").splitlines()
    return tuple(Intruder(*line.split("\t")) for line in lines)


def _found(conn: ReadConnection, statement: str) -> Iterator[Intruder]:
    return (Intruder(*row) for row in conn.execute(_Q[statement], {"schemas": _OURS}))


def unnoted(conn: ReadConnection) -> list[str]:
    """Migrations that are not noted though later ones are: their rows were deleted."""
    return [
        each.name
        for each in gaps(
            known_migrations(), {name for name, _ in conn.execute(_Q.applied_migrations)}
        )
    ]


def unreadable(conn: ReadConnection, said: str) -> str:
    """The table or index whose file PostgreSQL said it cannot read; else what it said."""
    if (named := _FILE.search(said)) is None:
        return said
    row = conn.execute(_Q["of_file"], {"number": int(named[1])}).fetchone()
    return row[0] if row and row[0] else named[0]
