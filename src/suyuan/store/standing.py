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
    """What of our tables is not as the schema has it: what acts on them, and what they are.

    Triggers, rules, policies and heirs, of which the schema has none; defaults, generated columns,
    checks and acting keys other than its own; a view in a table's place, another column, key, index
    or function than its own, and one of these that is gone.
    """
    stand, shipped = form(conn), shipped_form()
    standing, known = frozenset(stand), frozenset(shipped)
    gone = [each for each in shipped if each not in standing]
    return [
        *_found(conn, "intruders"),
        *(each for each in acting(conn) if each not in ours()),
        *(each for each in stand if each not in known),
        *(Intruder(f"missing {each.kind}", each.table, each.name) for each in gone),
    ]


def acting(conn: ReadConnection) -> list[Intruder]:
    """Defaults, generated columns, checks and acting keys of our tables, whoever put them there."""
    return list(_found(conn, "acting"))


def form(conn: ReadConnection) -> list[Intruder]:
    """Kinds of relations, columns, keys, indexes and functions, whoever put them there."""
    return list(_found(conn, "form"))


@cache
def ours() -> tuple[Intruder, ...]:
    """Those that the schema has, as every PostgreSQL from the oldest on spells them."""
    return _shipped("acting.txt")


@cache
def shipped_form() -> tuple[Intruder, ...]:
    """The form that the schema gives, spelled likewise."""
    return _shipped("form.txt")


def _shipped(name: str) -> tuple[Intruder, ...]:
    lines = files("suyuan.store").joinpath(name).read_text(encoding="utf-8").splitlines()
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
