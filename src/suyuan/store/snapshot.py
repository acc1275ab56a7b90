"""Takes a database; gives all rows of our tables as of one moment, and puts them into another.

Rows go as PostgreSQL's own text COPY, which every release from the oldest on reads alike.
"""

from collections.abc import Iterable, Iterator
from time import monotonic, sleep
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg import sql

from suyuan.store.errors import StoreError
from suyuan.store.migrate import Migration, applied, apply, known_migrations
from suyuan.store.pool import PROGRAM, ReadConnection
from suyuan.store.sqlfile import Queries

_Q: Final = Queries("suyuan.store")
SCHEMAS: Final = ("registry", "ledger", "capture", "state", "record", "index", "notify")
"""Whose rows are kept; `store` has only the migrations, which are made again."""
_MADE: Final = {("registry", "tenant"), ("registry", "secret"), ("ledger", "head")}
"""Tables that have rows before anybody uses the database."""

PATIENCE = 10.0
"""Seconds that the connections of a program that has just ended may still be there."""
_PAUSE: Final = 0.1

_OUT: Final = sql.SQL("copy {} ({}) to stdout")
_IN: Final = sql.SQL("copy {} ({}) from stdin")
_LOCK: Final = sql.SQL("lock table {} in access exclusive mode")
_HOLD: Final = sql.SQL("lock table {} in access share mode")

Connection = psycopg.Connection[tuple[Any, ...]]


class Table(Struct, frozen=True):
    """A table of ours, its columns in order, and the tables that must be filled before it."""

    schema: str
    name: str
    columns: tuple[str, ...]
    after: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """With its schema."""
        return f"{self.schema}.{self.name}"


class Sequence(Struct, frozen=True):
    """Where a sequence stands."""

    schema: str
    name: str
    last: int
    called: bool


def unlimited(conn: ReadConnection) -> None:
    """Let this transaction take its time."""
    conn.execute(_Q.unlimited)


def tables(conn: ReadConnection) -> list[Table]:
    """Our tables, each after those that it refers to."""
    rows = conn.execute(_Q.own_tables, {"schemas": list(SCHEMAS)}).fetchall()
    names = {row[4]: f"{row[0]}.{row[1]}" for row in rows}
    waiting = [
        Table(row[0], row[1], tuple(row[2]), tuple(names[each] for each in row[3])) for row in rows
    ]
    ordered: list[Table] = []
    while waiting:
        done = {each.full for each in ordered}
        ready = [each for each in waiting if done.issuperset(each.after)]
        if not ready:
            raise RuntimeError(f"tables refer to each other in a circle: {waiting}")
        ordered.extend(ready)
        waiting = [each for each in waiting if each not in ready]
    return ordered


def hold(conn: ReadConnection, every: Iterable[Table]) -> None:
    """See that these can be read to the end: who wants one empty waits, and holds no other yet."""
    conn.execute(_HOLD.format(sql.SQL(", ").join(map(_identifier, every))))


def sequences(conn: ReadConnection) -> list[Sequence]:
    """Where our sequences stand: at least where any row of this moment needs them."""
    found = conn.execute(_Q.own_sequences, {"schemas": list(SCHEMAS)}).fetchall()
    return [Sequence(schema, name, *_stand(conn, schema, name)) for schema, name in found]


def copy_out(conn: ReadConnection, table: Table) -> Iterator[bytes]:
    """All rows of a table, in pieces of any size that each end with a row."""
    with conn.cursor().copy(_OUT.format(_identifier(table), _columns(table))) as copy:
        for piece in copy:
            yield bytes(piece)


def copy_in(conn: Connection, table: Table, pieces: Iterable[bytes]) -> Iterator[int]:
    """Put rows into a table; gives the length of each piece as it is in.

    Raises:
        StoreError: they are not rows of this table.
    """
    try:
        with conn.cursor().copy(_IN.format(_identifier(table), _columns(table))) as copy:
            for piece in pieces:
                copy.write(piece)
                yield len(piece)
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        raise _no_rows(table) from error


def analyze(dsn: str) -> None:
    """Let the planner know what came in."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("analyze")


def vacuum(dsn: str) -> int:
    """Let what was deleted be gone from the tables' files too.

    Gives how many transactions from before may still see it, because of which it is not gone yet.
    """
    with psycopg.connect(dsn, autocommit=True) as conn:
        ((held,),) = conn.execute(_Q.older_snapshots).fetchall()
        conn.execute(sql.SQL("vacuum {}").format(_named(conn)))
    return int(held)


def migrations_of(conn: ReadConnection) -> dict[str, str]:
    """The migrations that a database has had, by name, with the digests of their files."""
    return applied(conn)


def make_empty(conn: Connection, wanted: dict[str, str]) -> tuple[Migration, ...]:
    """Our tables as these migrations make them, without rows; what is to be applied after them.

    Raises:
        StoreError: there are rows already, a program of ours is connected, or the migrations are
            not those of this program.
    """
    conn.execute(_Q.lock_migrations)
    known = _known(wanted)
    had = applied(conn)
    if had:
        # Looked at once nobody can write: what is committed meanwhile would be emptied with it.
        conn.execute(_LOCK.format(_named(conn)))
        _require_empty(conn)
        _require_unused(conn)
    if had.keys() != wanted.keys():
        for schema in (*SCHEMAS, "store"):
            conn.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        for migration in known:
            if migration.name in wanted:
                apply(conn, migration)
    conn.execute(sql.SQL("truncate {}").format(_named(conn)))
    return tuple(each for each in known if each.name not in wanted)


def bring_up(conn: Connection, rest: Iterable[Migration]) -> None:
    """Apply later migrations to rows that an older program wrote."""
    for migration in rest:
        apply(conn, migration)


def set_sequences(conn: Connection, found: Iterable[Sequence]) -> None:
    """Let sequences go on where they stood."""
    for each in found:
        name = sql.Identifier(each.schema, each.name).as_string(conn)
        conn.execute(_Q.set_sequence, {"name": name, "last": each.last, "called": each.called})


def _no_rows(table: Table) -> StoreError:
    return StoreError(
        zh=f"备份中 {table.full} 的数据不能用。没有恢复任何东西；请换一份备份。",
        en=f"The backup's rows of {table.full} cannot be used. Nothing was restored; take another.",
    )


def _known(wanted: dict[str, str]) -> tuple[Migration, ...]:
    known = known_migrations()
    here = {each.name: each.sha256 for each in known}
    if strange := [name for name, digest in wanted.items() if here.get(name) != digest]:
        raise StoreError(
            zh=f"备份来自较新的或另一版本的程序（迁移 {strange[0]}）。请用那个版本恢复。",
            en=f"The backup was made by a newer or another program (migration {strange[0]}). "
            "Restore it with that one.",
        )
    return known


def _require_empty(conn: Connection) -> None:
    if (filled := next(_filled(ReadConnection(conn)), None)) is not None:
        raise StoreError(
            zh=f"数据库不是空的（{filled} 中有数据），没有恢复。"
            "请用 --data-dir 或 --database-url 指定一个空的。",
            en=f"The database is not empty ({filled} has rows), so nothing was restored. "
            "Name an empty one with --data-dir or --database-url.",
        )


def _require_unused(conn: Connection) -> None:
    """See that nobody goes by this database's secrets, which the backup's are to replace.

    Who comes from now on waits for the lock of migrations, and reads those of the backup.
    """
    until = monotonic() + PATIENCE
    while conn.execute(_Q.others, {"name": PROGRAM}).fetchone() is not None:
        if monotonic() >= until:
            raise StoreError(
                zh="有程序正在使用这个数据库，没有恢复。请先停止 suyuan serve 等，再恢复。",
                en="A program is using this database, so nothing was restored. "
                "Stop suyuan serve and the like, then restore.",
            )
        sleep(_PAUSE)


def _filled(conn: ReadConnection) -> Iterator[str]:
    for table in tables(conn):
        if (table.schema, table.name) in _MADE:
            continue
        query = sql.SQL("select exists (select from {})").format(_identifier(table))
        (row,) = conn.execute(query).fetchall()
        if row[0]:
            yield table.full


def _stand(conn: ReadConnection, schema: str, name: str) -> tuple[int, bool]:
    query = sql.SQL("select last_value, is_called from {}").format(sql.Identifier(schema, name))
    (row,) = conn.execute(query).fetchall()
    return int(row[0]), bool(row[1])


def _named(conn: Connection) -> sql.Composed:
    """All our tables, as a statement lists them."""
    return sql.SQL(", ").join(_identifier(each) for each in tables(ReadConnection(conn)))


def _columns(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))


def _identifier(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)
