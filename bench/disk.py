"""Bytes on disk for each byte of JSON received, schema by schema.

The bodies' dictionary comes with the program; tools/dictionary.py trained it on other documents.
"""

from collections.abc import Iterator, Sequence

from bench.figures import Figure, at_most, figure
from bench.plan import Ground, Measure, database
from bench.pork import Report
from bench.taking import mixed_reports, pork_reports, recorder, register_cast, take_all
from suyuan import index
from suyuan.store import Store

ROUNDS = 4
_SIZES = """
select n.nspname, c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid)
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r'
  and n.nspname in ('record', 'ledger', 'capture', 'state', 'index')
"""

Sizes = dict[str, int]


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
        sizes = _grown(before, _sizes(store))
    received = sum(len(report.data) for report in sent)
    yield figure(f"{name}: JSON", "B/event", [received / sum(one.events for one in sent)])
    for part, goal in _PARTS.items():
        share = sum(size for key, size in sizes.items() if key.startswith(part)) / received
        yield figure(f"{name}: {_NAMES[part]} / JSON", "×", [share], goal=goal)


_PARTS = {
    "record": at_most(1.0),
    "record table": None,
    "record indexes": None,
    "ledger": None,
    "capture": None,
    "state": None,
    "index": None,
    "index.act": None,
    "index.name": None,
    "index.mention": None,
    "index.link": None,
    "index.term": None,
    "": at_most(2.0),
}
_NAMES = {
    "record": "record with its indexes",
    "record table": "· its tables",
    "record indexes": "· its indexes",
    "ledger": "ledger",
    "capture": "jobs",
    "state": "state",
    "index": "index: facts, names, links",
    "index.act": "· of it acts",
    "index.name": "· of it names",
    "index.mention": "· of it mentions",
    "index.link": "· of it links",
    "index.term": "· of it terms",
    "": "everything",
}


def _sizes(store: Store) -> Sizes:
    """Bytes by `schema table name` and `schema indexes name`; `index.name` for the index's."""
    sizes: Sizes = {}
    with store.read() as conn:
        for schema, table, heap, indexes in conn.execute(_SIZES):
            first = f"index.{table}" if schema == "index" else schema
            sizes[f"{first} table {table}"] = heap
            sizes[f"{first} indexes {table}"] = indexes
    return sizes


def _grown(before: Sizes, after: Sizes) -> Sizes:
    return {name: size - before.get(name, 0) for name, size in after.items()}
