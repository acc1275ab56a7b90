"""Queries by thing go by the index: what they read does not grow with the record."""

import psycopg
import pytest

from suyuan.store import Queries, Store

COUNT = 20_000
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
