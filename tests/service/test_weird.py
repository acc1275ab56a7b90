"""Values that no program of ours writes, in every column that is audited: named, never an error."""

# ruff: noqa: S608 -- an attack is a line of SQL

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import cast

import psycopg
import pytest
from logged import report
from msgspec import structs
from test_governed import accounts, codes, credit, overrides, permits, registry
from test_refused import refuse

from suyuan import index
from suyuan.kit.damage import Damage
from suyuan.service import Platform, examine, publish
from suyuan.store import ReadConnection, Store, WriteConnection

SCHEMAS = ["capture", "index", "ledger", "record", "registry", "state"]
TIMES = ["'infinity'", "'-infinity'", "'0100-01-01 BC'"]
LISTS = ["'{}'", "'{null}'"]
NUMBERS = [*LISTS, "'{-1,null}'", "'{{1,2},{3,4}}'"]
LONG = "repeat('9', 5000)"
DEEP = "repeat('[', 3000) || repeat(']', 3000)"
COUNTS = """'{"refused": "x", "accepted": 1e30, "held": "1e9"}'"""
WEIRD = {
    "timestamptz": [*TIMES, "'294276-01-01'"],
    "date": [*TIMES, "'5874897-01-01'"],
    "int2": ["-32768", "-1", "32767"],
    "int4": ["-2147483648", "-1", "2147483647"],
    "int8": ["-9223372036854775808", "-1", "9223372036854775807"],
    "numeric": ["'NaN'", "'infinity'", "-1", "1e300", "1e-300"],
    "float8": ["'NaN'", "'infinity'"],
    "text": ["''", "E'\\x01'", LONG, "'\U0010ffff'"],
    "bytea": ["''", "'\\xff'", "'[]'", f"convert_to({DEEP}, 'UTF8')"],
    "jsonb": ["'{}'", "'[]'", "'1'", "'null'", COUNTS, f"({DEEP})::jsonb", f"({LONG})::jsonb"],
    "uuid": ["'00000000-0000-0000-0000-000000000000'"],
    "bool": ["true", "false"],
    "_int2": NUMBERS,
    "_int4": NUMBERS,
    "_int8": NUMBERS,
    "_text": [*LISTS, "'{{a,b},{c,d}}'"],
    "_bytea": [*LISTS, "array['\\xff']::bytea[]"],
    "_uuid": LISTS,
}
COLUMNS = """
select n.nspname, c.relname, a.attname, t.typname, a.attnotnull
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace join pg_type as t on t.oid = a.atttypid
where n.nspname = %s and c.relkind = 'r' and a.attnum > 0 order by 2, a.attnum
"""
CHECKS = """
select format('alter table %%s drop constraint %%I', c.conrelid::regclass, c.conname)
from pg_constraint as c join pg_namespace as n on n.oid = c.connamespace
where n.nspname = any (%s) and c.contype = 'c'
"""
UNHELD = {
    "record.entry": {"kind"},
    "record.override": {"judged"},  # where nothing was left, what says nothing says the same
    "ledger.leaf": set[str](),
    "ledger.act": set[str](),
    "ledger.node": set[str](),
    "ledger.shard": set[str](),
    "registry.account": {"id"},
    "state.permit": {"id"},
    "registry.party": {"id"},
    "registry.site": {"id"},
    "registry.licence": {"id"},
    # Of a withdrawn permit no act says the days; empty details say nothing in any form.
    "registry.document": {"id", "valid_from", "valid_to", "details"},
    "registry.product": {"id"},
    "registry.credit_decision": set[str](),
    "registry.credit_withdrawal": set[str](),
}
"""Tables of which each column but these must be found, whatever stands there."""


class OneTransaction:
    """A store that is read within one transaction, which nobody else ever sees."""

    def __init__(self, conn: WriteConnection) -> None:
        self._conn = conn

    @contextmanager
    def read(self) -> Iterator[ReadConnection]:
        yield self._conn


@pytest.fixture
def full(platform: Platform) -> Platform:
    """An installation in which every audited table has rows."""
    for made in (accounts, registry, permits, codes, credit, overrides):
        made(platform)
    report(platform, range(1, 4))
    refuse(platform, 7, also=(4,))
    refuse(platform, 8, 9)
    publish(platform)
    index.catch_up(platform.store)
    return platform


def attacks(conn: WriteConnection, schema: str) -> Iterator[tuple[str, str, str]]:
    """Table, column and statement: the first and the last row of each, and each weird value."""
    for _, table, column, kind, is_needed in conn.execute(COLUMNS, (schema,)).fetchall():
        for value in [*WEIRD.get(kind, []), *([] if is_needed else ["null"])]:
            for row in ("min", "max"):
                yield f"{schema}.{table}", column, (
                    f'update {schema}."{table}" set "{column}" = {value} where "{column}" '
                    f'is distinct from {value} and ctid = (select {row}(ctid) from '
                    f'{schema}."{table}")'
                )  # fmt: skip


@contextmanager
def attacked(conn: WriteConnection, statement: str) -> Iterator[bool]:
    """Whether that could be done; it is undone behind."""
    conn.execute("savepoint before")
    done = False
    with suppress(psycopg.Error):  # the schema itself has it otherwise
        done = conn.execute(statement.encode()).rowcount > 0
    if not done:
        conn.execute("rollback to savepoint before")
    yield done
    conn.execute("rollback to savepoint before")


def found(platform: Platform, conn: WriteConnection) -> tuple[Damage, ...]:
    """What the deep doctor finds in that transaction."""
    store = cast("Store", OneTransaction(conn))
    return examine(structs.replace(platform, store=store)).damages


def unnamed(full: Platform, schema: str, every: int) -> list[tuple[str, str, str]]:
    """Of every so many attacks those that nothing was said of, though something has to be."""
    unseen, tried = list[tuple[str, str, str]](), 0
    with full.store.write() as conn:
        for (statement,) in conn.execute(CHECKS, (SCHEMAS,)).fetchall():
            conn.execute(statement.encode())
        for table, column, statement in islice(attacks(conn, schema), 0, None, every):
            with attacked(conn, statement) as is_done:
                if is_done:
                    tried += 1
                    if all(each.code == "store.intruder" for each in found(full, conn)):
                        unseen.append((table, column, statement))
    assert tried
    return [each for each in unseen if each[1] not in UNHELD.get(each[0], {each[1]})]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_may_stand_in_a_column_the_deep_doctor_ends_and_names(
    full: Platform, schema: str
) -> None:
    assert unnamed(full, schema, every=7) == []


@pytest.mark.deep
@pytest.mark.parametrize("schema", SCHEMAS)
def test_whatever_stands_in_a_column_the_deep_doctor_ends_and_names_it(
    full: Platform, schema: str
) -> None:
    assert unnamed(full, schema, every=1) == []
