"""The ten commonest queries of a repository of a million events, and the same of another program.

The record is filled without rules, a document of a thousand events at a time; values that are
asked for are drawn from what was sent, all over it. The other program holds as many, and is asked
for the same of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter

import psycopg

from bench.events import EventDict, document, mixed
from bench.figures import Figure, at_least, each, figure, percentile, ratio
from bench.peers import Peer
from bench.plan import Ground, Measure, database
from bench.pork import Report
from bench.rivals import filled_peer
from bench.taking import SENDER, take_all
from suyuan import index
from suyuan.model import Role, Viewer
from suyuan.service import Config, Platform, on_store
from suyuan.service.querying import event as at_address
from suyuan.service.querying import events as answer

EVENTS, DOCUMENT, ASKED, OTHERS = 1_000_000, 1_000, 200, 40
"""`OTHERS`: how often the other program is asked each."""
VIEWER = Viewer(role=Role.ADMIN)
AHEAD = at_least(20)
BY_ID, AT_ADDRESS = "an event by its id", "an event at its address"
"""By a query (`EQ_eventID`), and as `GET /events/{id}`; the other program has one way for both."""

Given = dict[str, list[str]]


def measure(place: Ground) -> Iterator[Figure]:
    """Each query with many values, in pages of thirty; then each beside the other program."""
    with database(place, "bench_asked") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        begun = perf_counter()
        kept = _fill(place, platform)
        size = place.plan.of(EVENTS)
        yield figure("events captured and indexed", "ev/s", [size / (perf_counter() - begun)])
        own = {
            name: _timed([partial(_answered, platform, given(one)) for one in kept])
            for name, given in QUERIES.items()
        }
        own[AT_ADDRESS] = _timed([partial(_given, platform, one["eventID"]) for one in kept])
    for name, spent in own.items():
        note = f"{size:,} events"
        yield figure(f"{name}: median", "ms", [median(spent)], note=note)
        yield figure(f"{name}: p95", "ms", [percentile(spent, 0.95)], note=note)
    with filled_peer(place, size) as (peer, events, held):
        for name, spent in own.items():
            theirs = [_theirs(peer, name, one) for one in events[:OTHERS]]
            yield from _beside(name, theirs, spent, note=f"theirs of {held:,} events")


def _beside(
    name: str, theirs: Sequence[float], own: Sequence[float], *, note: str
) -> Iterator[Figure]:
    """How many times as long the other program takes, as a rule and when it takes long."""
    pairs = [median(theirs)], [median(own)]
    yield ratio(f"{name}: quartet / ours, median", *pairs, goal=AHEAD, note=note)
    pairs = [percentile(theirs, 0.95)], [percentile(own, 0.95)]
    yield ratio(f"{name}: quartet / ours, p95", *pairs, goal=AHEAD, note=note)


MEASURE = Measure(name="asking", about="EPCIS queries of a million events", run=measure)


def _fill(place: Ground, platform: Platform) -> list[EventDict]:
    """Capture and index all; gives shippings and receivings to ask for, from all over."""
    count = place.plan.of(EVENTS) // DOCUMENT
    draws, kept, chosen = mixed(Random(11)), [], Random(12)
    for _ in range(count):
        some = list(islice(draws, DOCUMENT))
        sent = Report(party=SENDER, data=document(some), events=DOCUMENT)
        take_all(platform.store, platform.recorder, [sent])
        index.catch_up(platform.store)
        kept += chosen.sample([one for one in some if "bizTransactionList" in one], 5)
    with psycopg.connect(platform.store.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return chosen.sample(kept, min(len(kept), ASKED))


def _timed(calls: Sequence[Callable[[], None]]) -> list[float]:
    """Milliseconds of each; every one answers with what was asked for."""
    list(each(calls))  # warms what any server has warm
    return [spent / 1e3 for spent in each(calls)]


def _answered(platform: Platform, given: Given) -> None:
    page = answer(platform, {**given, "perPage": ["30"]}, VIEWER)
    assert b'"eventID"' in page.document, given  # noqa: S101 -- else nothing is measured


def _given(platform: Platform, event: str) -> None:
    assert b'"eventID"' in (at_address(platform, event, VIEWER) or b""), event  # noqa: S101


def _theirs(other: Peer, name: str, event: str) -> float:
    told = other.ask(query=BY_ID if name == AT_ADDRESS else name, event=event)
    assert told["found"], (name, event)  # noqa: S101
    return float(told["seconds"]) * 1e3


def _at(event: EventDict, later: float = 0) -> str:
    return (datetime.fromisoformat(event["eventTime"]) + timedelta(seconds=later)).isoformat()


def _minute(event: EventDict) -> Given:
    return {"GE_eventTime": [_at(event)], "LT_eventTime": [_at(event, 60)]}


QUERIES: dict[str, Callable[[EventDict], Given]] = {
    "a thing's events": lambda one: {"MATCH_anyEPC": [one["epcList"][0]]},
    "a lot's events": lambda one: {"MATCH_anyEPCClass": [one["quantityList"][0]["epcClass"]]},
    BY_ID: lambda one: {"EQ_eventID": [one["eventID"]]},
    "of a delivery note": lambda one: {
        "EQ_bizTransaction_desadv": [one["bizTransactionList"][0]["bizTransaction"]]
    },
    "of a minute": _minute,
    "of a place, newest first": lambda one: {
        "EQ_bizLocation": [one["bizLocation"]["id"]],
        "orderBy": ["eventTime"],
    },
    "of a step since a time": lambda one: {
        "EQ_bizStep": [one["bizStep"]],
        "GE_eventTime": [_at(one)],
    },
    "received from a party": lambda one: {
        "EQ_source_possessing_party": [one["sourceList"][0]["source"]],
        "EQ_bizStep": [one["bizStep"]],
    },
    "made by a type at a place": lambda one: {
        "eventType": ["ObjectEvent"],
        "EQ_readPoint": [one["readPoint"]["id"]],
    },
    "above an amount in a minute": lambda one: _minute(one) | {"GE_quantity": ["0.1"]},
}
"""From the commonest on: what a query asks for that finds this event, among others."""
