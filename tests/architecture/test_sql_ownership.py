"""Each stage owns the PostgreSQL schema of its name: it writes there alone and reads upstream.

Import rules cannot see a table, so the SQL is read itself: `queries.sql` of every package, and
every string in Python that names a table of ours.
"""

import ast
import re

import pytest
from layout import ROOT, SOURCE, modules, package_of, packages, rank
from sql_tables import Use, uses

from suyuan.store import sqlfile

FILES = sorted(SOURCE.glob("*/**/queries.sql"))
SCHEMA = "|".join(packages())
NAMED = re.compile(
    rf"\b(from|join|into|update|copy|table|using)\s+({SCHEMA})\.([a-z_]+)", re.IGNORECASE
)


def trespass(package: str, use: Use) -> str | None:
    """Why a package may not use a table so; nothing where it may."""
    if not use.schema:
        return f"{use.table}: name its schema"
    if use.schema == package:
        return None
    if use.schema not in packages():
        return f"{use.schema}.{use.table}: no package has this schema"
    if use.is_write:
        return f"writes {use.schema}.{use.table}, which {use.schema} owns"
    if rank(use.schema) <= rank(package):
        return f"reads {use.schema}.{use.table}, which is not upstream"
    return None


def test_a_stage_writes_its_own_schema_and_reads_upstream() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} {name}: {reason}"
        for path in FILES
        for name, statement in sqlfile.parse(path.read_text(), path.parent.name).items()
        for use in sorted(uses(statement))
        if (reason := trespass(package_of(path), use))
    ]
    assert wrong == []


def test_sql_inside_python_keeps_the_same_rule() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} names {schema}.{table}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for verb, schema, table in NAMED.findall(node.value)
        if trespass(
            package_of(path),
            Use(schema, table, is_write=verb.lower() in {"into", "update", "copy", "table"}),
        )
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("statement", "expected"),  # a table with ! is written
    [
        ("insert into a.t (x) values (%(x)s) returning x", "a.t!"),
        ("with w as (delete from a.t returning x) select * from w, b.u", "a.t! b.u"),
        ("update a.t set x = u.x from b.u as u where u.y = any(%s::int[])", "a.t! b.u"),
        (
            "with recursive r as (select 1 x union all select 1 from r join b.u using (x)) table r",
            "b.u",
        ),
        ("-- why\nCOPY a.t (x, y) FROM STDIN (FORMAT BINARY)", "a.t!"),
        ("truncate a.t, b.u", "a.t! b.u!"),
        ("merge into a.t using b.u on t.x = u.x when matched then update set y = 1", "a.t! b.u"),
        ("select * from unnest(%(x)s::text[], %(y)s::int[]) as u(a, b) for update", ""),
        ("select pg_advisory_xact_lock(%(key)s)", ""),
        ("select * from t", ".t"),
    ],
)
def test_tables_are_told_apart(statement: str, expected: str) -> None:
    found = {f"{use.schema}.{use.table}{'!' * use.is_write}" for use in uses(statement)}
    assert found == set(expected.split())


def test_trespass_is_seen() -> None:
    assert trespass("store", Use("model", "t", is_write=False)) is None
    assert trespass("store", Use("model", "t", is_write=True))
    assert trespass("model", Use("store", "t", is_write=False))
    assert trespass("store", Use("", "t", is_write=False))
    assert trespass("store", Use("nowhere", "t", is_write=False))
