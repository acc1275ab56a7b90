"""Which tables a statement writes and which it reads, by parsing it as PostgreSQL."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import sqlglot
from sqlglot import exp

# Two utility statements that the parser does not know; both name one table, which they write.
UTILITY = re.compile(r"\s*(?:copy|lock\s+table)\s+(?:(\w+)\.)?(\w+)", re.IGNORECASE)
# A cast names no table, and some spellings of it (`x::regrole[]::text`) are unknown to the parser.
CAST = re.compile(r"::\s*[a-z_][\w.]*(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*", re.IGNORECASE)
# A parameter that the driver sends in binary form; the parser knows %(name)s alone.
BINARY = re.compile(r"%\((\w+)\)b")
SYSTEM = frozenset({"pg_catalog", "information_schema", "pg_temp"})


class Use(NamedTuple):
    """One table as a statement names it; `schema` is empty where it does not say."""

    schema: str
    table: str
    is_write: bool


def uses(statement: str) -> set[Use]:
    """Every table that a statement writes or reads, without its own CTEs and the system's."""
    if utility := UTILITY.match(re.sub(r"--[^\n]*", "", statement)):
        return {Use(utility[1] or "", utility[2], is_write=True)}
    plain = BINARY.sub(r"%(\1)s", CAST.sub("", statement))
    trees = sqlglot.parse(plain, read="postgres")
    return {use for tree in trees if tree for use in walk(tree)}


def walk(tree: exp.Expr) -> Iterator[Use]:
    written = {id(target) for node in tree.find_all(*WRITERS) for target in targets(node)}
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        is_named = isinstance(table.this, exp.Identifier)  # not a set-returning function
        is_own = not table.db and table.name in own
        is_system = table.db in SYSTEM or (not table.db and table.name.startswith("pg_"))
        if is_named and not is_own and not is_system:
            yield Use(table.db, table.name, is_write=id(table) in written)


WRITERS = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)


def targets(writer: exp.Expr) -> list[exp.Expr]:
    if isinstance(writer, exp.TruncateTable):
        return writer.expressions
    target = writer.this
    return [target.this if isinstance(target, exp.Schema) else target]
