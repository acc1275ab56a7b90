"""Clients that send documents until a blow falls, and what must be so after it.

A client knows of an acknowledgement only by a whole 202.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct
from running import NO_ANSWER, Serving, eventually
from sending import Document, documents
from wholeness import Wholeness, lag, look, name

CLIENTS: Final = 6
EVENTS_A_ROUND: Final = 400


class Round(Struct):
    """What the clients of one round know, and when the blow fell."""

    acknowledged: list[tuple[Document, Any]]
    unsure: list[Document]
    struck: float = 0.0


def capturing_until(
    serving: Serving, strike: Callable[[], None], *, number: int, after: float
) -> Round:
    """Six clients send documents; `after` seconds past the first answer the blow falls."""
    begun, over = threading.Event(), threading.Event()
    sent = documents(number, among=a_round(number))
    taking = threading.Lock()
    told = Round([], [])

    def client(_number: int) -> None:
        while not over.is_set():
            with taking:
                one = next(sent)
            try:
                answer = serving.capture(one.body, request_key=one.request_key)
            except NO_ANSWER:
                told.unsure.append(one)
                over.set()
                continue
            if answer.status == 202:
                told.acknowledged.append((one, answer.body))
                begun.set()
            else:
                assert answer.status >= 500, answer
                told.unsure.append(one)

    with ThreadPoolExecutor(CLIENTS) as clients:
        working = [clients.submit(client, each) for each in range(CLIENTS)]
        assert begun.wait(60), serving.log()
        time.sleep(after)
        told.struck = time.monotonic()
        strike()
        over.wait(0.5)
        over.set()
    for each in working:
        each.result()
    return told


def a_round(number: int) -> range:
    """The events of a round; a quarter of them were in the round before."""
    first = number * EVENTS_A_ROUND * 3 // 4
    return range(first, first + EVENTS_A_ROUND)


def send_again(serving: Serving, unsure: list[Document]) -> list[tuple[Document, Any]]:
    """With the same key; the answer now is the one it would have got, or did get."""

    def again(one: Document) -> tuple[Document, Any]:
        answer = serving.capture(one.body, request_key=one.request_key)
        assert answer.status == 202, answer
        return one, answer.body

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(again, unsure))


def recovered(serving: Serving) -> Wholeness:
    """What is there once the sequencer and the index have come by; they have fifteen seconds."""

    def settled() -> bool:
        return not look(serving.dsn).faults and lag(serving.dsn) == 0

    eventually(settled, seconds=15)
    assert lag(serving.dsn) == 0
    return look(serving.dsn)


def assert_whole(found: Wholeness, acknowledged: list[tuple[Document, Any]]) -> None:
    """Nothing half-done, nothing twice, and every acknowledgement true word for word."""
    assert found.faults == {}
    assert found.positions == list(range(1, len(found.record) + len(found.acts) + 1))
    assert all(before.at <= after.at for before, after in pairwise(found.record))
    there = Counter(name(one) for one in found.record)
    assert set(there.values()) <= {1}
    at = {one.position: one for one in found.record}
    for sent, answer in acknowledged:
        assert len(answer["events"]) >= len(sent.events)
        assert all(there[event] for event in sent.events)
        for told in answer["events"]:
            one = at[told["position"]]
            assert one.event.event_id == told["eventID"]
            assert one.at.isoformat() == told["recordTime"].replace("Z", "+00:00")
            assert one.verdict == told["verdict"]
