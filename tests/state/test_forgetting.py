"""What is forgotten is found by indexes, however much is remembered: captures wait meanwhile."""

from typing import Any

import psycopg
import pytest

from suyuan.state.forgetting import forget
from suyuan.store import Queries, ReadConnection, Store, WriteConnection

COUNT = 40_000
FILL = """
insert into state.scene (step, party, site, reporter, digest)
select 's', 'p', 't', g::text, int4send(g) from generate_series(1, {scenes}) g;
insert into state.event (bundle, entry, at, what, scene, identity)
select g * 7919, g, now(), 0, 1 + g % {scenes}, int8send(g) from generate_series(1, {count}) g;
insert into state.bundle (thing, bundle, since)
select g * 31 + n, g * 7919, g from generate_series(1, {count}) g, generate_series(0, 1) n;
insert into state.withdrawn (identity, entry)
select int8send(g), g from generate_series(1, {count}) g;
"""
ASKED: dict[str, dict[str, Any]] = {
    "scenes_of": {"entries": [777]},
    "forget_bundles": {"entries": [777]},
    "forget_events": {"entries": [777]},
    "forget_scenes": {"scenes": [778]},
    "forget_withdrawn": {"entries": [777]},
}


@pytest.fixture
def filled(database: Store) -> str:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=COUNT, scenes=COUNT // 10).encode())
        connection.execute("vacuum analyze")
    return database.dsn


def test_no_statement_that_forgets_reads_a_table_whole(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        for name, asked in ASKED.items():
            told = connection.execute("explain " + Queries("suyuan.state")[name], asked)
            plan = "\n".join(row[0] for row in told)
            assert "Seq Scan on" not in plan, (name, plan)


def test_only_what_nobody_else_speaks_of_is_forgotten_with_an_entry(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        write = WriteConnection(ReadConnection(connection))
        forget(write, [777])
        assert left(connection) == (COUNT - 1, COUNT // 10, 2 * COUNT - 2, COUNT - 1)
        others = [777 + COUNT // 10 * n for n in range(1, 10)]
        forget(write, others)
        assert left(connection) == (COUNT - 10, COUNT // 10 - 1, 2 * COUNT - 20, COUNT - 10)


def left(connection: psycopg.Connection[Any]) -> tuple[int, ...]:
    found = connection.execute(
        "select (select count(*) from state.event), (select count(*) from state.scene),"
        " (select count(*) from state.bundle), (select count(*) from state.withdrawn)"
    ).fetchone()
    assert found is not None
    return tuple(found)
