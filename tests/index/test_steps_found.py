"""Reports of some steps are found by an index: what is read does not grow with the record."""

import re
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from suyuan.index import steps
from suyuan.store import Queries, ReadConnection, Store

COUNT = 60_000
DEEP = 1_000_000
MOST_READ = 1_000
"""Rows that a step of a plan may read for the 31 that are asked for, at any size of the record."""
LIMIT = 31
OFTEN, SELDOM, SOMEBODY = ("food", "food_retail"), ("food", "food_recall"), "urn:x:somebody"
FILL = """
insert into registry.party (tenant, uri, name_zh)
values (1, 'urn:x:anybody', '甲'), (1, 'urn:x:somebody', '乙');
insert into record.head (digest, body, context) values ('', '', '{}');
insert into record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key,
    identity, digest, job, ordinal, head, family, step, tags, raw_length, normal_length, body)
select g, 1, 1, p.id, 1, 0, timestamptz '2026-01-01' + g * interval '1 s', g, int8send(g), '',
    gen_random_uuid(), 0, 1, 'food',
    case when g % 1000 = 0 then 'food_recall' else 'food_retail' end,
    array[7], 1, 1, ''
from generate_series(1, {count}) g
join registry.party as p
    on p.uri = case when g % 500 = 0 then 'urn:x:somebody' else 'urn:x:anybody' end;
insert into ledger.leaf (position, entry, commitment, at)
select g, g, '', now() from generate_series(1, {count}) g;
insert into index.withdrawal (entry, position, declaration)
select g, g, g from generate_series(1, {count}, 7) g;
insert into index.cursor (projection, position) values ('all', {count})
on conflict (projection) do update set position = excluded.position;
"""


def stands(number: int) -> bool:
    return (number - 1) % 7 != 0


@pytest.mark.parametrize("count", [COUNT, pytest.param(DEEP, marks=pytest.mark.deep)])
def test_what_is_read_of_some_steps_does_not_grow_with_the_record(
    database: Store, count: int
) -> None:
    every = [number for number in range(1, count + 1) if stands(number)]
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.replace("{count}", str(count)))  # type: ignore[arg-type]  # ours
        connection.execute("vacuum analyze")
        (until,) = one(connection, "select max(event_time) from record.entry")
        asked = {"tenant": 1, "until": until, "most": LIMIT}
        conn = ReadConnection(connection)
        found = steps.entries_of(conn, [OFTEN, SELDOM], **asked)
        assert found == every[: -LIMIT - 1 : -1]
        recalls = [number for number in every if number % 1000 == 0]
        assert steps.entries_of(conn, [SELDOM], **asked) == recalls[: -LIMIT - 1 : -1]
        own = [number for number in every if number % 500 == 0]
        both = steps.entries_of(conn, [OFTEN, SELDOM], party=SOMEBODY, **asked)
        assert both == own[: -LIMIT - 1 : -1]
        assert steps.entries_of(conn, [OFTEN], party="urn:x:nobody", **asked) == []
        half = count // 2
        after = [number for number in every if number > half]
        assert steps.entries_after(conn, [SELDOM, OFTEN], half, **asked) == after[:LIMIT]
        assert steps.entries_after(conn, [OFTEN], count, **asked) == []
        for name in ("of_steps", "of_steps_by", "of_steps_on"):
            for mode in ("force_custom_plan", "force_generic_plan"):
                plan = planned(connection, name, mode, until, half)
                assert most_read(plan) <= MOST_READ, (name, mode, plan)
                assert "entry_step" in str(plan), (name, mode, plan)


def one(connection: psycopg.Connection[Any], statement: LiteralString) -> tuple[Any, ...]:
    row = connection.execute(statement, prepare=False).fetchone()
    assert row is not None
    return row


def planned(
    connection: psycopg.Connection[Any], name: str, mode: str, until: Any, after: int
) -> Any:
    """How a statement was carried out, by a plan for its values or by one for any."""
    given = {
        "tenant": 1, "until": until, "limit": LIMIT, "party": SOMEBODY, "after": after,
        "families": [OFTEN[0], SELDOM[0]], "steps": [OFTEN[1], SELDOM[1]],
    }  # fmt: skip
    statement = Queries("suyuan.index")[name]
    asked = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(statement)))
    connection.execute(sql.SQL("set plan_cache_mode = {}").format(sql.SQL(mode)))
    connection.execute(statement, given, prepare=True)
    last = "select name from pg_prepared_statements where not from_sql order by prepare_time desc"
    told = sql.SQL("explain (analyze, timing off, format json) execute {} ({})").format(
        sql.Identifier(one(connection, last)[0]),
        sql.SQL(", ").join(sql.Literal(given[each]) for each in asked),
    )
    row = connection.execute(told).fetchone()
    assert row is not None
    return row[0][0]["Plan"]


def most_read(plan: dict[str, Any]) -> float:
    """The most rows that one step of a plan gave or threw away, over all of its turns."""
    thrown = ("Rows Removed by Filter", "Rows Removed by Join Filter")
    given = plan["Actual Rows"] + sum(plan.get(name, 0) for name in thrown)
    return max([given * plan["Actual Loops"], *(most_read(part) for part in plan.get("Plans", ()))])
