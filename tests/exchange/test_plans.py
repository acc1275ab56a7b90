"""Queries by thing go by the index: what they read does not grow with the record."""

import re
from typing import Any

import psycopg
import pytest
from psycopg import sql

from suyuan.store import Queries, Store

COUNT = 20_000
MANY = 70_000  # so many that a plan made without the names would rather read them all
HEAD = "https://id.gs1.org/01/06901234567892/21/"
FILL = """
insert into record.head (digest, body, context) values ('', '', '{{}}');
insert into record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key,
    identity, digest, job, ordinal, head, tags, raw_length, normal_length, body)
select g, 1, 1, 1, 1, 0, timestamptz '2026-01-01' + g * interval '1 s', g, int8send(g), '',
    gen_random_uuid(), 0, 1, array[7], 1, 1, '' from generate_series(1, {count}) g;
insert into ledger.leaf (position, entry, commitment, at)
select g, g, '', now() from generate_series(1, {count}) g;
insert into index.act (entry, position, line, kind, grain, held, instrument, inferred, head, tails)
select g, g, 0, 8, 1, false, false, false, '{head}' || g, array['']
from generate_series(1, {count}) g;
"""
ASKED = {
    "tenant": 1, "everything": False, "tags": [7], "upto": COUNT, "indexed": COUNT, "types": None,
    "ge_event": None, "lt_event": None, "ge_record": None, "lt_record": None,
    "things": [f"{HEAD}777"], "keys": None, "after": -1, "after_time": None, "limit": 31,
}  # fmt: skip


@pytest.mark.parametrize("order", ["by_position", "by_position_down", "by_time", "by_time_down"])
def test_a_query_by_thing_reads_no_table_whole(database: Store, order: str) -> None:
    statement = Queries("suyuan.exchange")[order]
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=COUNT, head=HEAD))
        connection.execute("vacuum analyze")
        found = connection.execute(statement, ASKED).fetchall()
        told = connection.execute("explain " + statement, ASKED).fetchall()
    plan = "\n".join(row[0] for row in told)
    assert [row[0] for row in found] == [777]
    assert "Seq Scan on entry" not in plan, plan
    assert "Seq Scan on leaf" not in plan, plan


@pytest.mark.parametrize("order", ["by_position", "by_time_down"])
def test_a_query_by_event_id_reads_no_table_whole(database: Store, order: str) -> None:
    statement = Queries("suyuan.exchange")[order]
    asked = {**ASKED, "things": None, "keys": [777]}
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=COUNT, head=HEAD))
        connection.execute("vacuum analyze")
        found = connection.execute(statement, asked).fetchall()
        told = connection.execute("explain " + statement, asked).fetchall()
    plan = "\n".join(row[0] for row in told)
    assert [row[0] for row in found] == [777]
    assert "entry_event_key" in plan, plan
    assert "Seq Scan" not in plan, plan


KEPT = {
    ("suyuan.trace", "level"): {
        "names": [f"{HEAD}777"], "parts": [0], "known_at": None, "as_of": None, "room": 1000,
    },
    ("suyuan.publish", "entries_of_things"): {
        "uris": [f"{HEAD}777"], "sides": [0], "linked": [], "linked_sides": [], "made": 0,
        "subject": f"{HEAD}777", "flagged": 1, "most": 200,
    },
    ("suyuan.exchange", "by_position"): {},
    ("suyuan.service", "known_thing"): {"uri": f"{HEAD}777", "own": []},
}  # fmt: skip


@pytest.mark.parametrize(("package", "name"), KEPT)
def test_the_plan_that_a_connection_keeps_for_any_names_goes_by_the_index(
    database: Store, package: str, name: str
) -> None:
    """A connection that has asked some five times keeps one plan, made without the names."""
    bounds = {"upto": MANY, "indexed": MANY}
    statement, asked = Queries(package)[name], ASKED | bounds | KEPT[package, name]
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=MANY, head=HEAD))
        connection.execute("vacuum analyze")
        connection.execute("set plan_cache_mode = force_generic_plan")
        found = connection.execute(statement, asked, prepare=True).fetchall()
        plan = kept_plan(connection, str(statement), asked)
    assert len(found) == 1
    assert "act_keys" in plan, plan
    assert not re.search(r"Seq Scan on (act|entry|leaf)\b", plan), plan


def kept_plan(connection: psycopg.Connection[Any], statement: str, asked: dict[str, Any]) -> str:
    """The plan of the one statement that a connection has prepared."""
    names = dict.fromkeys(re.findall(r"%\((\w+)\)s", statement))
    row = connection.execute(
        "select name from pg_prepared_statements where not from_sql"
    ).fetchone()
    assert row is not None
    given = sql.SQL(", ").join(sql.Literal(asked[name]) for name in names)
    told = connection.execute(
        sql.SQL("explain execute {} ({})").format(sql.Identifier(row[0]), given)
    ).fetchall()
    return "\n".join(line[0] for line in told)
