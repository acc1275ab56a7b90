"""Bytes on disk for each byte of JSON received, schema by schema, table by table, index by index.

The bodies' dictionary comes with the program; tools/dictionary.py trained it on other documents.
What is of no use any more, as a queue that was taken, is cleared first: a server does that by
itself within minutes, and would here, were the measure not over sooner.
"""

from collections.abc import Iterator, Sequence

import psycopg

from bench.figures import Figure, Goal, at_most, figure
from bench.plan import Ground, Measure, database
from bench.pork import Report
from bench.taking import mixed_reports, pork_reports, recorder, register_cast, take_all
from suyuan import index
from suyuan.store import Store

ROUNDS = 4
LEAST = 1.0
"""Bytes an event, of which a table or index has a line of its own."""

_SIZES = """
select n.nspname, 'table', c.relname, c.relname, pg_table_size(c.oid)
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r'
  and n.nspname in ('record', 'ledger', 'capture', 'state', 'index')
union all
select n.nspname, 'indexes', c.relname, i.relname, pg_relation_size(i.oid)
from pg_index as x
join pg_class as i on i.oid = x.indexrelid
join pg_class as c on c.oid = x.indrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('record', 'ledger', 'capture', 'state', 'index')
"""

Sizes = dict[tuple[str, str, str, str], int]
"""Bytes by schema, `table` or `indexes`, table, and the name of which of them it is."""


def measure(place: Ground) -> Iterator[Figure]:
    """The mix without rules, then pork with them: state and findings cost bytes too."""
    mixed = [one for turn in range(ROUNDS) for one in mixed_reports(place.plan, turn)]
    yield from _figures(place, "mix", mixed, judged=False)
    pork = [one for turn in range(ROUNDS) for one in pork_reports(place.plan, turn)]
    yield from _figures(place, "pork", pork, judged=True)


MEASURE = Measure(name="disk", about="bytes on disk for each byte of JSON", run=measure)


def _figures(place: Ground, name: str, sent: Sequence[Report], *, judged: bool) -> Iterator[Figure]:
    with database(place, "bench_disk") as store:
        register_cast(store)
        before = _sizes(store)
        take_all(store, recorder(judged=judged), sent)
        index.catch_up(store)
        with psycopg.connect(store.dsn, autocommit=True) as connection:
            connection.execute("vacuum")
        sizes = _grown(before, _sizes(store))
    received, events = (sum(len(report.data) for report in sent), sum(one.events for one in sent))
    yield figure(f"{name}: JSON", "B/event", [received / events])
    for part, (said, goal) in _PARTS.items():
        share = sum(size for key, size in sizes.items() if key[: len(part)] == part) / received
        yield figure(f"{name}: {said} / JSON", "×", [share], goal=goal)
    for key, size in sorted(sizes.items(), key=lambda each: -each[1]):
        if size >= LEAST * events:
            note = f"{size / received:.4f} of JSON"
            yield figure(f"{name}: {_called(key)}", "B/event", [size / events], note=note)


_PARTS: dict[tuple[str, ...], tuple[str, Goal | None]] = {
    ("record",): ("record with its indexes", at_most(1.0)),
    ("record", "table"): ("· its tables", None),
    ("record", "indexes"): ("· its indexes", None),
    ("ledger",): ("ledger", None),
    ("capture",): ("jobs", None),
    ("state",): ("state", None),
    ("index",): ("index: facts, names, links", None),
    (): ("everything", at_most(2.0)),
}


def _called(key: tuple[str, str, str, str]) -> str:
    schema, kind, table, name = key
    return f"{schema}.{table}" if kind == "table" else f"{schema}.{table}, index {name}"


def _sizes(store: Store) -> Sizes:
    with store.read() as conn:
        return {
            (schema, kind, table, name): size
            for schema, kind, table, name, size in conn.execute(_SIZES)
        }


def _grown(before: Sizes, after: Sizes) -> Sizes:
    return {key: size - before.get(key, 0) for key, size in after.items()}
