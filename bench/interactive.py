"""The index of ten million links: traces of a thousand nodes warm, a recall of 10,000 lots cold.

All of it is captured through the door and indexed, lineage by lineage (`bench/lineages.py`); what
is asked about is drawn from the whole length of the record. Cold: the server was started anew and
the system's cache dropped before each question, where that is allowed. Processor time is that of
the process that asks, without the server's.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

import psycopg
from msgspec import Struct

from bench.figures import Figure, at_most, figure, percentile, processed, seconds
from bench.lineages import EVENTS, Lineage, World, reported
from bench.plan import Ground, Measure
from bench.taking import SECRET, recorder, take_all
from bench.traces import ASKER, backward, forward
from suyuan import index
from suyuan.model import Role, Viewer
from suyuan.registry import directory
from suyuan.service import Config, on_store, recall
from suyuan.store import Store, StoreSettings, migrate, open_store
from suyuan.store.embedded import embedded
from suyuan.trace import Direction, Question, Seed, trace
from suyuan.trace.types import Answer

LINEAGES, DOCUMENT, ASKED = 10_000, 25, 200
OPERATOR = Viewer(role=Role.ADMIN)
_CACHES = Path("/proc/sys/vm/drop_caches")
_WITHOUT = "the system's cache was left as it was"


class Stored(Struct, frozen=True, kw_only=True):
    """What is in a store: some of its lineages, how many there are, and the additive of all."""

    sample: list[tuple[str, str]]
    count: int
    additive: str


def measure(place: Ground) -> Iterator[Figure]:
    """Filled first; then asked warm, and cold."""
    with opened(place.folder) as store:
        stored = yield from _filled(store, place.plan.of(LINEAGES, least=DOCUMENT))
    yield from answers(place.folder, stored, place.plan.repeat)


MEASURE = Measure(
    name="interactive", about="traces and a recall in a store of ten million links", run=measure
)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A store on a server of its own in this folder, which ends with the block."""
    own = StoreSettings(data_dir=folder / "pg", places=(folder,))
    with embedded(own) as server:
        migrate(server.dsn)
        settings = StoreSettings(
            data_dir=folder, database_url=server.dsn, statement_timeout=3600.0, idle_timeout=600.0
        )
        with open_store(settings) as store:
            yield store


def _filled(store: Store, count: int) -> Generator[Figure, None, Stored]:
    world, begun = World(1), perf_counter()
    with store.write() as conn:
        directory.register(conn, world.registered())
    take_all(store, recorder(judged=False), [world.supplied()])
    lineages, named = world.lineages(), list[Lineage]()
    for at in range(0, count, DOCUMENT):
        some, report = reported(lineages, min(DOCUMENT, count - at))
        named += [Lineage(events=[], lot=each.lot, item=each.item) for each in some]
        take_all(store, recorder(judged=False), [report])
    yield figure("captured without rules", "ev/s", [count * EVENTS / (perf_counter() - begun)])
    indexed = seconds(partial(index.catch_up, store))
    yield figure("indexed", "ev/s", [count * EVENTS / indexed])
    with psycopg.connect(store.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    sample = [(each.lot, each.item) for each in named]
    return Stored(sample=sample, count=count, additive=world.additive)


def answers(folder: Path, stored: Stored, repeat: int) -> Iterator[Figure]:
    """What is asked of a store that was filled."""
    drawn = Random(3).choices(stored.sample, k=ASKED)
    with opened(folder) as store:
        with psycopg.connect(store.dsn, autocommit=True) as connection:
            row = connection.execute(
                "select sum(cardinality(index.tails(tails))) from index.act"
            ).fetchone()
        yield figure("facts in the store", "", [float(row[0]) if row else 0.0])
        questions = [forward(lot) for lot, _ in drawn]
        yield from _asked(store, "forward from a lot", questions, repeat, stored.count)
        questions = [backward(item) for _, item in drawn]
        yield from _asked(store, "backward from an item", questions, repeat, None)
    question = Question(seeds=(Seed(thing=stored.additive),), direction=Direction.FORWARD)
    yield from _recalled(folder, question, repeat)


def _asked(
    store: Store, name: str, questions: list[Question], repeat: int, lineages: int | None
) -> Iterator[Figure]:
    found = [_answer(store, each).answer for each in questions]
    nodes = [float(len(each.nodes)) for each in found]
    yield figure(f"{name}: nodes", "", [median(nodes)], note=f"{min(nodes):g} to {max(nodes):g}")
    if lineages is not None:
        links = median(each.cost.links for each in found) * lineages
        yield figure("links in the store, of lots alone", "", [links])
    turns = [[_answer(store, each) for each in questions] for _ in range(repeat)]
    middle = [median(each.spent for each in turn) for turn in turns]
    yield figure(f"{name}, median", "ms", middle)
    slow = [percentile((each.spent for each in turn), 0.95) for turn in turns]
    yield figure(f"{name}, p95", "ms", slow, goal=at_most(50), note=f"of {len(questions)} answers")
    own = [percentile((each.processed for each in turn), 0.95) for turn in turns]
    yield figure(f"{name}, p95 of processor time", "ms", own)


class _Answered(Struct, frozen=True):
    """An answer, and the milliseconds that it took: by the clock, and of this process."""

    answer: Answer
    spent: float
    processed: float


def _answer(store: Store, question: Question) -> _Answered:
    """One answer with its times.

    Raises:
        ValueError: it reached nothing, so something else was measured.
    """
    with store.read() as conn:
        begun, busy = perf_counter(), process_time()
        answer = trace(conn, question, ASKER, secret=SECRET)
        spent, own = perf_counter() - begun, process_time() - busy
    if len(answer.nodes) < 2:
        raise ValueError("the trace reached nothing")
    return _Answered(answer, spent * 1e3, own * 1e3)


def _recalled(folder: Path, question: Question, repeat: int) -> Iterator[Figure]:
    cold, warm, own, lots, note = list[float](), list[float](), list[float](), 0, ""
    for _ in range(repeat):
        note = "" if _dropped() else _WITHOUT
        with opened(folder) as store:
            platform = on_store(store, Config(data_dir=folder))
            ask = partial(recall, platform, question, OPERATOR)
            begun = perf_counter()
            lots = ask().things
            cold.append(perf_counter() - begun)
            warm.append(seconds(ask))
            own.append(processed(ask))
    yield figure("recall: things", "", [lots])
    yield figure("recall with holders and quantities, cold", "s", cold, goal=at_most(2), note=note)
    yield figure("recall with holders and quantities, warm", "s", warm)
    yield figure("recall with holders and quantities, processor", "s", own)


def _dropped() -> bool:
    """Whether the system let go of what it had read from the disk."""
    try:
        os.sync()
        _CACHES.write_text("3", encoding="ascii")
    except OSError:
        return False
    return True
