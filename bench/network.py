"""The network engine against recursive queries over the same links, and all roots of a year.

The pairs ask the same roots of PostgreSQL or DuckDB and of ours, and both must say the same. What
EpiContactTrace takes for all roots was measured elsewhere and stands beside ours.
"""

import csv
import gzip
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

import numpy as np
import psycopg

from bench.figures import Figure, at_most, each, figure, processed, ratio, seconds
from bench.links import FORWARD, LAYERS, Link, count, fill
from bench.peers import peer
from bench.plan import CORPORA, Ground, Measure, database
from suyuan.network.arrays import columns
from suyuan.network.chains import Moves, reached
from suyuan.network.graph import Network, links_of, network
from suyuan.network.kernels import available
from suyuan.network.reach import reach

ROOTS = 25
_REFERENCE, _ASKED = 24.1, 40
"""Seconds that EpiContactTrace 0.18 takes for so many of the herds' roots in that year."""


def measure(place: Ground) -> Iterator[Figure]:
    """Paired with SQL, then all roots of the herds' year."""
    yield from _paired(place)
    yield from _herds(place.plan.repeat)


MEASURE = Measure(name="network", about="closures and chains in arrays", run=measure)


def _paired(place: Ground) -> Iterator[Figure]:
    sizes = [place.plan.of(size) for size in LAYERS]
    with (
        database(place, "bench_network") as store,
        psycopg.connect(store.dsn, autocommit=True) as connection,
    ):
        fill(connection, sizes)
        spent = seconds(partial(_read, connection))
        net = _read(connection)
        yield figure("read into arrays", "links/s", [len(net) / spent])
        roots = list(range(ROOTS))  # the first are the largest
        ours = {name: partial(_reached, net, name) for name in available()}
        asked = partial(count, connection, FORWARD)
        told = [asked(root) for root in roots]
        for name, work in ours.items():
            assert [work(root) for root in roots] == told  # noqa: S101 -- else nothing is compared
            pairs = [
                (_middle(asked, roots), _middle(work, roots)) for _ in range(place.plan.repeat)
            ]
            theirs, mine = zip(*pairs, strict=True)
            yield figure(f"forward, {name}, median", "ms", [time / 1e3 for time in mine])
            yield ratio(f"recursive query / forward, {name}", theirs, mine)
        yield from _beside_duckdb(place, net, roots, told)


def _beside_duckdb(
    place: Ground, net: Network, roots: list[int], told: list[int]
) -> Iterator[Figure]:
    """By the clock, each as it comes; DuckDB may use every core."""
    links, file = links_of(net), place.folder / "duck.npy"
    np.save(file, np.stack([links.source, links.target, links.departure, links.arrival]))
    with peer("duck") as duck:
        spent = duck.ask(links=str(file))["seconds"]
        yield figure("DuckDB: read and indexed", "links/s", [len(links) / spent])
        theirs: list[float] = []
        for _ in range(place.plan.repeat):
            found = [duck.ask(root=root) for root in roots]
            assert [one["reached"] for one in found] == told  # noqa: S101 -- else nothing is
            theirs.append(median(one["seconds"] for one in found) * 1e6)
    yield figure("forward, DuckDB, median", "ms", [time / 1e3 for time in theirs])
    for name in available():
        mine = [_middle(partial(_reached, net, name), roots) for _ in range(place.plan.repeat)]
        yield ratio(f"DuckDB / forward, {name}", theirs, mine)


def _middle(work: Callable[[int], int], roots: list[int]) -> float:
    return median(each(partial(work, root) for root in roots))


def _reached(net: Network, kernels: str, root: int) -> int:
    return len(reach(net, [root], kernels=kernels).nodes) - 1


def _read(connection: Link) -> Network:
    rows = connection.execute(
        "select source, target, (extract(epoch from departure) * 1e6)::bigint,"
        " (extract(epoch from arrival) * 1e6)::bigint, entry from index.link"
    ).fetchall()
    return network(columns(*zip(*rows, strict=True)))


def _herds(repeat: int) -> Iterator[Figure]:
    file = CORPORA / "tracing" / "sise3" / "transfers.csv.gz"
    if not file.is_file():
        return
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [(int(r["node"]), int(r["dest"]), int(r["time"])) for r in csv.DictReader(lines)]
    table = np.array(rows)
    year = Moves(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2]).within(
        int(table[:, 2].max()) - 364, int(table[:, 2].max())
    )
    nodes = int(table[:, :2].max()) + 1
    theirs = _REFERENCE / _ASKED * nodes
    note = f"measured elsewhere: {_ASKED} roots in {_REFERENCE} s, and all reckoned from these"
    yield figure("all roots of a herd year, in and out, EpiContactTrace", "s", [theirs], note=note)
    for name in available():
        both = partial(_both_ways, nodes, year, name)
        both()
        times = [processed(both) * 1e3 for _ in range(repeat)]
        goal = at_most(100) if name == available()[0] else None
        about = f"all roots of a herd year, in and out, {name}"
        yield figure(about, "ms of CPU", times, goal=goal)
        yield ratio(f"EpiContactTrace / {name}", [theirs * 1e3] * len(times), times, note=note)


def _both_ways(nodes: int, year: Moves, kernels: str) -> None:
    for moves in (year, year.against()):
        reached(nodes, moves, np.arange(nodes), kernels=kernels)
