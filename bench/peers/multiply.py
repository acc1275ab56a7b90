"""Takes the other repository's database; fills it with copies of what it holds.

Its reader takes some tens of events a second, and a million would take it a day. So its tables are
given each row again, as often as is wanted: every copy with ids, things, lots, papers and times of
its own, at the same places and of the same parties, as a longer time of the same trade would be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import psycopg
from psycopg import sql

_COLUMNS: Final = """
select table_name, array_agg(column_name::text order by ordinal_position),
       array_agg(data_type::text order by ordinal_position)
from information_schema.columns
where table_name like 'quartet\\_epcis\\_%' and column_default is null and is_identity = 'NO'
group by table_name
"""
_REFERENCES: Final = """
select conrelid::regclass::text, conname from pg_constraint
where contype = 'f' and conrelid::regclass::text like 'quartet\\_epcis\\_%'
"""
_KEYS: Final = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where contype in ('p', 'u') and conrelid::regclass::text like 'quartet\\_epcis\\_%'
"""
_INDEXES: Final = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid::regclass::text like 'quartet\\_epcis\\_%'
"""
_SPAN: Final = """
select max(event_time) - min(event_time) + interval '1 second' from quartet_epcis_event
"""
_COPY: Final = """
insert into {table} ({columns})
select {values} from {table} as t cross join generate_series(1, {times}) as k (k)
"""
_OWN_ID: Final = "md5(t.{column}::text || '.' || k.k)::uuid"
_OWN_NAME: Final = "t.{column} || '.' || k.k"
_OWN_TIME: Final = "t.{column} + k.k * {span}"
_SAME: Final = "t.{column}"
_NAMES: Final = frozenset(("identifier", "event_id", "epc_class", "biz_transaction"))


def multiply(dsn: str, times: int) -> None:
    """Add so many copies of all rows."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        # A copy refers to the copy of what its row refers to; reading asks for no constraint.
        for table, name in conn.execute(_REFERENCES).fetchall():
            drop = sql.SQL("alter table {} drop constraint {}")
            conn.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
        ((span,),) = conn.execute(_SPAN).fetchall()
        with _unindexed(conn):
            for table, columns, kinds in conn.execute(_COLUMNS).fetchall() if times else ():
                conn.execute(_copying(table, dict(zip(columns, kinds, strict=True)), span, times))
        conn.execute("vacuum analyze")


@contextmanager
def _unindexed(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """Without keys and indexes inside, and with the same after: made at once, they take minutes."""
    keys = conn.execute(_KEYS).fetchall()
    for table, name, _ in keys:
        drop = sql.SQL("alter table {} drop constraint {}")
        conn.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
    indexes = conn.execute(_INDEXES).fetchall()  # those that no key has
    for name, _ in indexes:
        conn.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    yield
    conn.execute("set maintenance_work_mem = '512MB'")
    for table, name, said in keys:
        add = sql.SQL("alter table {} add constraint {} {}")
        parts = sql.Identifier(table), sql.Identifier(name), sql.SQL(said)
        conn.execute(add.format(*parts))
    for _, said in indexes:
        conn.execute(said)


def _copying(table: str, kinds: dict[str, str], span: timedelta, times: int) -> sql.Composed:
    return sql.SQL(_COPY).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, kinds)),
        values=sql.SQL(", ").join(_values(kinds, span)),
        times=sql.Literal(times),
    )


def _values(kinds: dict[str, str], span: timedelta) -> Iterator[sql.Composed]:
    for name, kind in kinds.items():
        parts: dict[str, Any] = {"column": sql.Identifier(name)}
        form: Any = _SAME
        if kind == "uuid":
            form = _OWN_ID
        elif name in _NAMES:
            form = _OWN_NAME
        elif name == "event_time":
            form, parts["span"] = _OWN_TIME, sql.Literal(span)
        yield sql.SQL(form).format(**parts)
