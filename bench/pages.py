"""Pages and look-ups over HTTP: against a bare application that does the same query, and select 1.

Servers and client share the machine; only one server is asked at a time.
"""

from collections.abc import Iterator
from functools import partial
from statistics import median
from urllib.parse import quote, urlsplit

import psycopg

from bench.figures import Figure, at_least, each, figure, percentile, ratio
from bench.http import latencies, rate, served
from bench.lookup import select_one
from bench.market import half_carcasses, market
from bench.plan import Ground, Measure

REQUESTS, PAGES, CLIENTS = 2_000, 200, 4


def measure(place: Ground) -> Iterator[Figure]:
    """Both servers run throughout."""
    with market(place) as platform:
        dsn = platform.store.dsn
        uris = half_carcasses(platform, place.plan.of(REQUESTS, least=200))
        with served("suyuan", dsn) as ours, served("bare", dsn) as bare:
            yield from _identify(ours, bare, uris, place.plan.repeat)
            yield from _pages(ours, dsn, uris[: place.plan.of(PAGES, least=50)], place.plan.repeat)


MEASURE = Measure(name="pages", about="GET /identify and pages, served by uvicorn", run=measure)


def _identify(ours: int, bare: int, uris: list[str], repeat: int) -> Iterator[Figure]:
    paths = [f"/identify?text={quote(uri, safe='')}" for uri in uris]
    full, floor = [], []
    for turn in range(repeat + 1):
        rates = rate(ours, paths, clients=CLIENTS), rate(bare, paths, clients=CLIENTS)
        if turn:
            full.append(rates[0])
            floor.append(rates[1])
    yield figure("GET /identify", "req/s", full, note=f"{CLIENTS} clients, keep-alive")
    yield figure("bare ASGI, same query", "req/s", floor)
    yield ratio("GET /identify / bare", full, floor, goal=at_least(0.5))


def _pages(port: int, dsn: str, uris: list[str], repeat: int) -> Iterator[Figure]:
    paths = [urlsplit(uri).path for uri in uris]
    middle, slow, empty = [], [], []
    latencies(port, paths[:20])
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(repeat):
            times = latencies(port, paths)
            middle.append(median(times))
            slow.append(percentile(times, 0.95))
            empty.append(median(each(partial(select_one, connection) for _ in range(500))) / 1e3)
    yield figure("page of a thing, median", "ms", middle)
    yield figure("page of a thing, p95", "ms", slow)
    yield ratio("page of a thing, p95 / select 1", slow, empty)
