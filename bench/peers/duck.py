"""DuckDB: who is reached in the order of times, by its recursive query over the same links."""

import json
import sys
from time import perf_counter

import duckdb
import numpy as np

FORWARD = """
with recursive reached (holder, since) as (
    select target, arrival from link where source = $root
    union
    select l.target, l.arrival
    from reached as r join link as l on l.source = r.holder and l.departure >= r.since
)
select count(distinct holder) from reached
"""


def filled(file: str) -> tuple[duckdb.DuckDBPyConnection, float]:
    """A database in memory with the links of a file, and how long that took."""
    columns = dict(zip(("source", "target", "departure", "arrival"), np.load(file), strict=True))
    connection, begun = duckdb.connect(), perf_counter()
    connection.register("columns", columns)
    connection.execute("create table link as select * from columns")
    connection.execute("create index link_source on link (source)")
    return connection, perf_counter() - begun


def main() -> None:
    """Load once, then answer: how many a root reaches, and in how much time by the clock."""
    connection = duckdb.connect()
    for line in sys.stdin:
        asked = json.loads(line)
        if "links" in asked:
            connection, spent = filled(asked["links"])
            answer = {"seconds": spent}
        else:
            begun = perf_counter()
            row = connection.execute(FORWARD, {"root": asked["root"]}).fetchone()
            answer = {"seconds": perf_counter() - begun, "reached": row[0] if row else 0}
        print(json.dumps(answer), flush=True)


main()
