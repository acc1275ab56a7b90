"""A recursive query over a million links in `index.link`, in the order of their times.

A network in six layers, from few to many; every holder but the first layer's has one or two
suppliers, of which few are much larger than the rest.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from random import Random
from statistics import median
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow

from bench.events import START
from bench.figures import Figure, each, figure, percentile, ratio, seconds
from bench.lookup import select_one
from bench.plan import Ground, Measure, database

LAYERS = (20_000, 30_000, 50_000, 100_000, 200_000, 550_000)
ASKED = 200
_SECOND, _SKEW = 0.075, 2.0

FORWARD: LiteralString = """
with recursive reached (holder, since) as (
    select l.target, l.arrival from index.link as l where l.source = %(root)s
    union
    select l.target, l.arrival
    from reached as r join index.link as l on l.source = r.holder and l.departure >= r.since
)
select count(distinct holder) from reached
"""
_BACKWARD: LiteralString = """
with recursive reached (holder, until) as (
    select l.source, l.departure from index.link as l where l.target = %(root)s
    union
    select l.source, l.departure
    from reached as r join index.link as l on l.target = r.holder and l.arrival <= r.until
)
select count(distinct holder) from reached
"""

Link = psycopg.Connection[TupleRow]


def measure(place: Ground) -> Iterator[Figure]:
    """Forward from the first layer, backward from the last."""
    sizes = [place.plan.of(size) for size in LAYERS]
    last = sum(sizes)
    with (
        database(place, "bench_links") as store,
        psycopg.connect(store.dsn, autocommit=True) as connection,
    ):
        filled = seconds(partial(fill, connection, sizes))
        (made,) = connection.execute("select count(*) from index.link").fetchone() or (0,)
        yield figure("links", "", [made])
        yield figure("filled, with indexes", "links/s", [made / filled])
        draw = Random(1)
        heads = [draw.randrange(sizes[0]) for _ in range(place.plan.of(ASKED, least=50))]
        tails = [draw.randrange(last - sizes[-1], last) for _ in heads]
        yield from _asked(connection, "forward", FORWARD, heads, place.plan.repeat)
        yield from _asked(connection, "backward", _BACKWARD, tails, place.plan.repeat)


MEASURE = Measure(name="links", about="recursive query over a million links", run=measure)


def fill(connection: Link, sizes: list[int]) -> None:
    statement: LiteralString = "copy index.link from stdin (format binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(("int4", "int4", "timestamptz", "timestamptz", "int8", "int8", "int4"))
        for number, (source, target, layer, late) in enumerate(_edges(sizes)):
            departure = START + timedelta(days=3 * layer, hours=late)
            arrival = departure + timedelta(hours=12)
            copy.write_row((source, target, departure, arrival, number, number, 1))
    connection.execute("vacuum analyze index.link")


def _edges(sizes: list[int]) -> Iterator[tuple[int, int, int, float]]:
    """Source, target, layer of the source, hours after the layer's begin."""
    draw, first = Random(2), 0
    for layer, (size, following) in enumerate(pairwise(sizes)):
        for target in range(first + size, first + size + following):
            for _ in range(1 + (draw.random() < _SECOND)):
                source = first + int(size * draw.random() ** _SKEW)
                yield source, target, layer, draw.random() * 48
        first += size


def _asked(
    connection: Link, name: str, statement: LiteralString, roots: list[int], repeat: int
) -> Iterator[Figure]:
    reach = [count(connection, statement, root) for root in roots]
    middle, slow, empty = [], [], []
    for _ in range(repeat):
        times = list(each(partial(count, connection, statement, root) for root in roots))
        middle.append(median(times))
        slow.append(percentile(times, 0.95) / 1e3)
        empty.append(median(each(partial(select_one, connection) for _ in range(500))))
    yield figure(f"{name}: reached, median", "holders", [median(reach)], note=f"most {max(reach)}")
    yield figure(f"{name}, median", "ms", [time / 1e3 for time in middle])
    yield figure(f"{name}, p95", "ms", slow)
    yield ratio(f"{name}, median / select 1", middle, empty)


def count(connection: Link, statement: LiteralString, root: int) -> int:
    row = connection.execute(statement, {"root": root}).fetchone()
    return int(row[0]) if row else 0
