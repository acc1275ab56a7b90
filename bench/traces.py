"""Traces: the pure closure over facts at hand, and questions put to a store of a million facts."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter

import psycopg

from bench.chains import EVENTS, FACTS, Chain, chain_report, chains
from bench.figures import Figure, at_most, each, figure, percentile, ratio, seconds
from bench.lookup import select_one
from bench.plan import Ground, Measure, database
from bench.taking import SECRET, SENDER, recorder, take_all
from suyuan import index
from suyuan.index import Known, Report, derive
from suyuan.model import Fact, Role, Viewer
from suyuan.registry.directory import Completion
from suyuan.store import Store
from suyuan.trace import Direction, Question, Seed, trace
from suyuan.trace.closure import closure
from suyuan.wire import Mode, read_document, read_event

HELD = (10_000, 100_000)
STORED = 1_000_000
DOCUMENT = 125
ASKED = 40
ASKER = Viewer(role=Role.CAPTURER, party=SENDER)


def measure(place: Ground) -> Iterator[Figure]:
    """In memory first; then captured, indexed, gathered and closed."""
    for held in HELD:
        yield _closure(held, place)
    with database(place, "bench_traces") as store:
        sample = list(islice(chains(1), place.plan.of(STORED // FACTS)))
        yield from _filled(store, sample)
        yield from _questions(store, sample[:: max(1, len(sample) // ASKED)], place.plan.repeat)


MEASURE = Measure(name="traces", about="closure in memory, and traces from a store", run=measure)


def _closure(count: int, place: Ground) -> Figure:
    sample = list(islice(chains(1), place.plan.of(count // FACTS, least=8)))
    facts = _facts(sample)
    question = forward(sample[0].lot)
    if len(closure(facts, question).nodes) < 2:
        raise ValueError("the trace reached nothing")
    times = [
        seconds(partial(closure, facts, question)) / len(facts) * 1e6
        for _ in range(place.plan.repeat)
    ]
    return figure(f"closure over {len(facts):,} facts in memory", "µs/fact", times)


def _facts(sample: Sequence[Chain]) -> list[Fact]:
    """What the index would derive of the chains."""
    read = read_document(chain_report(list(sample)).data)
    known = Known(directory=Completion(sites={}, places={}))
    facts: list[Fact] = []
    for raw in read.events:
        event = read_event(raw, read.context, capturer=SENDER, mode=Mode.LENIENT).event
        if event is None:
            raise ValueError("an event of a chain cannot be read")
        report = Report(
            entry=raw.index,
            position=raw.index,
            event=event,
            capturer=SENDER,
            digest=b"",
            held=False,
        )
        facts.extend(derive(report, known).facts)
    return facts


def forward(lot: str) -> Question:
    """Where did the lot go?"""
    return Question(seeds=(Seed(thing=lot),), direction=Direction.FORWARD)


def backward(item: str) -> Question:
    """Where did the item come from?"""
    return Question(seeds=(Seed(thing=item),), direction=Direction.BACKWARD)


def _filled(store: Store, sample: list[Chain]) -> Iterator[Figure]:
    reports = [chain_report(sample[at : at + DOCUMENT]) for at in range(0, len(sample), DOCUMENT)]
    events = len(sample) * EVENTS
    taken = seconds(partial(take_all, store, recorder(judged=False), reports))
    yield figure("chains captured without rules", "ev/s", [events / taken])
    indexed = seconds(partial(index.catch_up, store))
    with psycopg.connect(store.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        (count,) = connection.execute(
            "select sum(cardinality(index.tails(tails))) from index.act"
        ).fetchone() or (0,)
    yield figure("indexed", "ev/s", [events / indexed])
    yield figure("facts in the store", "", [count])


def _questions(store: Store, asked: Sequence[Chain], repeat: int) -> Iterator[Figure]:
    with psycopg.connect(store.dsn, autocommit=True) as connection:
        times = (each(partial(select_one, connection) for _ in range(500)) for _ in range(repeat))
        empty = [median(one) for one in times]
    ways = (
        ("backward from an item", [backward(chain.item) for chain in asked]),
        ("forward from a lot", [forward(chain.lot) for chain in asked]),
    )
    for name, questions in ways:
        middle, slow, every = [], [], list[float]()
        for turn in range(repeat + 1):
            spent = [_asked(store, each) for each in questions]
            if turn:
                middle.append(median(spent) * 1e3)
                slow.append(percentile(spent, 0.95) * 1e3)
                every += spent
        yield figure(f"{name}, median", "ms", middle)
        yield figure(f"{name}, p95", "ms", slow, goal=at_most(50))
        note = f"of {len(every)} answers"
        yield figure(f"{name}, p99", "ms", [percentile(every, 0.99) * 1e3], note=note)
        yield ratio(f"{name}, median / select 1", [time * 1e3 for time in middle], empty)


def _asked(store: Store, question: Question) -> float:
    """Seconds for one answer.

    Raises:
        ValueError: it reached nothing, so something else was measured.
    """
    with store.read() as conn:
        begun = perf_counter()
        answer = trace(conn, question, ASKER, secret=SECRET)
        spent = perf_counter() - begun
    if len(answer.nodes) < 2:
        raise ValueError("the trace reached nothing")
    return spent
