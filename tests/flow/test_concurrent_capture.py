"""Two hundred captures by eight clients over HTTP, while a reader follows: none lost or doubled."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice, pairwise
from typing import Any

import psycopg
from running import Report, Serving, eventually
from sending import Document, documents
from wholeness import lag, look, name

from suyuan.record import Recorded, follow
from suyuan.store import ReadConnection

CLIENTS, CAPTURES, EVENTS = 8, 200, 300


@contextmanager
def following(dsn: str, seen: list[Recorded]) -> Iterator[None]:
    """A reader that never looks back: what it passes, it has lost."""
    done = threading.Event()

    def read() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                last = seen[-1].position if seen else 0
                seen.extend(follow(ReadConnection(connection), last, 7))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
        eventually(lambda: len(seen) == len(look(dsn).record), seconds=60)
    finally:
        done.set()
        reader.join()


def test_two_hundred_captures_from_eight_clients_are_each_recorded_once_in_order(
    serving: Serving, report: Report
) -> None:
    sent = list(islice(documents(1, among=range(EVENTS)), CAPTURES))
    seen: list[Recorded] = []

    def capture(one: Document) -> tuple[Document, Any]:
        told = serving.capture(one.body, request_key=one.request_key)
        assert told.status == 202, told
        return one, told.body

    begin = time.monotonic()
    with following(serving.dsn, seen), ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(capture, sent))
        took = time.monotonic() - begin
        answered = time.monotonic()
        assert eventually(lambda: lag(serving.dsn) == 0, seconds=60)
        behind = time.monotonic() - answered
    report(
        f"{sum(len(answer['events']) for _, answer in answers)} events in {took:.1f} s; "
        f"the index was whole {behind:.2f} s after the last answer"
    )

    now = look(serving.dsn)
    assert now.faults == {}
    assert now.positions == list(range(1, len(now.record) + len(now.acts) + 1))
    assert all(before.at <= after.at for before, after in pairwise(now.record))
    assert [(one.position, one.entry) for one in seen] == [
        (one.position, one.entry) for one in now.record
    ]
    times = Counter(map(name, now.record))
    assert set(times) == {event for one in sent for event in one.events}
    assert set(times.values()) == {1}
    of_position = {one.position: one for one in now.record}
    first = Counter()
    for _, answer in answers:
        for told in answer["events"]:
            recorded = of_position[told["position"]]
            assert recorded.event.event_id == told["eventID"]
            assert recorded.verdict == told["verdict"]
            first[told["position"]] += not told["duplicate"]
    assert first == Counter(one.position for one in now.record)
