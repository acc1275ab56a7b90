"""Capture against the floor: raw binary COPY of the very rows it wrote, into a table without index.

Each pair captures fresh documents and then copies the rows that came of them, in as many
transactions, on the same server. Two processes are held to one process of raw COPY.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from bench.figures import Figure, at_least, figure, ratio, seconds
from bench.floor import copy_raw, floor_tables, json_rows, newest_rows
from bench.plan import Ground, Measure, Plan, database
from bench.pork import Report
from bench.taking import mixed_reports, pork_reports, recorder, register_cast, take_all
from suyuan.kit import collector
from suyuan.record import Recorder
from suyuan.store import Store, StoreSettings, open_store

Draw = Callable[[Plan, int], list[Report]]
Take = Callable[[Store, Sequence[Report]], float]


class Rates(Struct, frozen=True):
    """Events a second of each pair: captured, and copied raw as rows and as the JSON received."""

    captured: list[float]
    rows: list[float]
    json: list[float]


def measure(place: Ground) -> Iterator[Figure]:
    """Both paths in one process, then the full one in two."""
    plain, full = recorder(judged=False), recorder(judged=True)
    yield from _figures(place, "no rules", mixed_reports, partial(_alone, plain), bar=0.25)
    yield from _figures(place, "full path, pork", pork_reports, partial(_alone, full), bar=0.15)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        both = partial(_together, workers)
        yield from _figures(place, "full path, two processes", _two_waves, both, bar=0.25)


MEASURE = Measure(name="capture", about="events captured against raw COPY", run=measure)


def _figures(place: Ground, name: str, draw: Draw, take: Take, *, bar: float) -> Iterator[Figure]:
    with database(place, "bench_capture") as store:
        floor_tables(store)
        register_cast(store)
        rates = Rates([], [], [])
        for turn in range(place.plan.repeat + 1):
            _pair(store, draw(place.plan, turn), take, rates if turn else Rates([], [], []))
    yield figure(f"{name}: captured", "ev/s", rates.captured)
    yield figure(f"{name}: the same rows, raw COPY", "ev/s", rates.rows)
    yield ratio(f"{name} / raw COPY", rates.captured, rates.rows, goal=at_least(bar))
    note = "of the events' JSON, uncompressed"
    yield ratio(f"{name} / raw COPY", rates.captured, rates.json, note=note)


def _pair(store: Store, sent: list[Report], take: Take, rates: Rates) -> None:
    """One pair; the very first is not kept, since it warms both sides up."""
    events = sum(report.events for report in sent)
    rates.captured.append(events / take(store, sent))
    rows, texts = newest_rows(store, [report.events for report in sent]), json_rows(sent)
    rates.rows.append(events / seconds(partial(copy_raw, store, "bench.entry", rows)))
    rates.json.append(events / seconds(partial(copy_raw, store, "bench.document", texts)))


def _alone(taker: Recorder, store: Store, sent: Sequence[Report]) -> float:
    return seconds(partial(take_all, store, taker, sent))


def _two_waves(plan: Plan, seed: int) -> list[Report]:
    return pork_reports(plan, 2 * seed) + pork_reports(plan, 2 * seed + 1)


def _together(workers: ProcessPoolExecutor, store: Store, sent: Sequence[Report]) -> float:
    """Seconds from the first start to the last end; each worker is warm before it starts."""
    half = len(sent) // 2
    spans = list(workers.map(partial(_worker, store.dsn), (sent[:half], sent[half:])))
    return max(end for _, end in spans) - min(begin for begin, _ in spans)


def _worker(dsn: str, sent: Sequence[Report]) -> tuple[float, float]:
    """In a process of its own: the system-wide clock when it began and ended."""
    collector.settle()
    taker = recorder(judged=True)
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        begin = perf_counter()
        take_all(store, taker, sent)
        return begin, perf_counter()
