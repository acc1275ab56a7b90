"""Kill -9 in the middle of captures: what was acknowledged is there once, nothing is half-done.

A client knows of an acknowledgement only by a whole 202. All its other documents it sends again
with their keys, as a client must, and then each of their events is there once too.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from statistics import median
from typing import Any, Literal

import pytest
from msgspec import Struct
from running import NO_ANSWER, Report, Serving, eventually
from sending import Document, documents
from wholeness import Wholeness, indexed, lag, look, name

Victim = Literal["server", "postmaster", "backend"]
CLIENTS, EVENTS_A_ROUND = 6, 400
A_HANDFUL: tuple[Victim, ...] = ("server", "postmaster", "backend", "server", "postmaster")
TWENTY: tuple[Victim, ...] = (*A_HANDFUL, *A_HANDFUL, *A_HANDFUL, *A_HANDFUL)


class Round(Struct):
    """What the clients of one round know, and when the blow fell."""

    acknowledged: list[tuple[Document, Any]]
    unsure: list[Document]
    struck: float = 0.0


def strike(serving: Serving, victim: Victim) -> None:
    match victim:
        case "server":
            serving.kill()
        case "postmaster":
            os.kill(serving.postmaster(), signal.SIGKILL)
        case "backend":
            os.kill(serving.backend(), signal.SIGKILL)


def capturing_while(serving: Serving, victim: Victim, *, number: int, after: float) -> Round:
    """Six clients send documents; `after` seconds past the first answer the victim dies."""
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
        strike(serving, victim)
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


@pytest.mark.parametrize(
    ("victims", "seed"),
    [
        pytest.param(A_HANDFUL, 1, id="five"),
        pytest.param(TWENTY, 2, id="twenty", marks=pytest.mark.deep),
    ],
)
def test_what_was_acknowledged_before_a_kill_is_there_once_and_nothing_is_half_done(
    serving: Serving, report: Report, victims: tuple[Victim, ...], seed: int
) -> None:
    draw = random.Random(seed)
    acknowledged: list[tuple[Document, Any]] = []
    unsure = 0
    seconds: list[float] = []
    for number, victim in enumerate(victims):
        told = capturing_while(
            serving, victim, number=seed * 1_000 + number, after=draw.uniform(0.1, 1.0)
        )
        acknowledged += told.acknowledged
        unsure += len(told.unsure)
        if victim == "server":
            serving.start()
        serving.wait_until_ready()
        seconds.append(time.monotonic() - told.struck)
        assert_whole(recovered(serving), acknowledged)

        acknowledged += send_again(serving, told.unsure)
        found = recovered(serving)
        assert_whole(found, acknowledged)
        sent = {event for one, _ in acknowledged for event in one.events}
        assert {name(one) for one in found.record} == sent

    assert unsure >= len(victims)  # or the kills met nobody at work
    before = len(look(serving.dsn).record)
    for one, answer in draw.sample(acknowledged, 20):
        again = serving.capture(one.body, request_key=one.request_key).body
        assert (again["captureID"], again["events"]) == (answer["captureID"], answer["events"])
    assert len(look(serving.dsn).record) == before

    followed = indexed(serving.dsn)
    serving.command("reindex")
    assert indexed(serving.dsn) == followed
    serving.command("doctor", "--deep")  # which says so and fails if anything is damaged
    report(
        f"{len(victims)} kills, {before} events recorded, {len(acknowledged)} documents "
        f"acknowledged, {unsure} sent again; ready again after {median(seconds):.1f} s "
        f"(median; at most {max(seconds):.1f} s)"
    )
