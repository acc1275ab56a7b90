"""Kill -9 while documents are handed over and captured: each acknowledged one is captured once.

A client knows of an acknowledgement only by a whole 202, and goes. Whatever it does not know of it
hands over again with its key. Others capture the same events at once meanwhile.
"""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from running import NO_ANSWER, Report, Serving, eventually
from sending import Document, documents
from striking import assert_whole, recovered
from wholeness import look, name

Victim = Literal["server", "postmaster", "backend"]
A_HANDFUL: tuple[Victim, ...] = ("server", "postmaster", "backend", "server")
TWENTY: tuple[Victim, ...] = (*A_HANDFUL, *A_HANDFUL, *A_HANDFUL, *A_HANDFUL, *A_HANDFUL)
CLIENTS = 5


def strike(serving: Serving, victim: Victim) -> None:
    match victim:
        case "server":
            serving.kill()
        case "postmaster":
            os.kill(serving.postmaster(), signal.SIGKILL)
        case "backend":
            os.kill(serving.backend(), signal.SIGKILL)


def hand_over(serving: Serving, one: Document) -> Any:
    headers = {
        "Content-Type": "application/ld+json",
        "Idempotency-Key": one.request_key,
        "GS1-Capture-Error-Behaviour": "proceed",
        "Prefer": "respond-async",
    }
    return serving.ask("POST", "/capture", one.body, headers=headers, timeout=120)


class Round:
    """What the clients of one round know."""

    def __init__(self) -> None:
        self.acknowledged: list[tuple[Document, str]] = []
        self.unsure: list[Document] = []
        self.at_once: list[tuple[Document, Any]] = []


def handing_until(serving: Serving, victim: Victim, *, number: int, after: float) -> Round:
    """Four clients hand over and one captures at once, until the blow falls."""
    begun, over, taking = threading.Event(), threading.Event(), threading.Lock()
    first = number * 300
    sent = documents(number, among=range(first, first + 400))
    told = Round()

    def one_sent(one: Document, *, at_once: bool) -> None:
        try:
            if at_once:
                answer = serving.capture(one.body, request_key=one.request_key)
            else:
                answer = hand_over(serving, one)
        except NO_ANSWER:
            told.unsure.append(one)
            over.set()
            return
        if answer.status != 202:
            assert answer.status in {429, 503} or answer.status >= 500, answer
            told.unsure.append(one)
        elif at_once:
            told.at_once.append((one, answer.body))
        else:
            told.acknowledged.append((one, answer.body["captureID"]))
            begun.set()

    def client(place: int) -> None:
        while not over.is_set():
            with taking:
                one = next(sent)
            one_sent(one, at_once=place == 0)

    with ThreadPoolExecutor(CLIENTS) as clients:
        working = [clients.submit(client, each) for each in range(CLIENTS)]
        assert begun.wait(60), serving.log()
        time.sleep(after)
        strike(serving, victim)
        over.wait(0.5)
        over.set()
    for each in working:
        each.result()
    return told


def taken(serving: Serving, one: Document) -> Any:
    """Hand it over, again as long as as many of the party wait as may; what it was told then."""
    found: list[Any] = []

    def done() -> bool:
        answer = hand_over(serving, one)
        assert answer.status in {202, 429}, answer
        found[:] = [answer]
        return answer.status == 202

    assert eventually(done, seconds=180, pause=0.2), serving.log()
    return found[0]


def outcome(serving: Serving, number: str) -> Any:
    """The job once it is finished and its events have their places."""
    found: list[Any] = []

    def done() -> bool:
        answer = serving.ask("GET", f"/capture/{number}")
        assert answer.status == 200, answer
        found[:] = [answer.body]
        return not answer.body["running"] and all(
            each["position"] is not None
            for each in answer.body["events"]
            if each["verdict"] != "refused"
        )

    assert eventually(done, seconds=180, pause=0.2), serving.log()
    return found[0]


@pytest.mark.parametrize(
    ("victims", "seed"),
    [
        pytest.param(A_HANDFUL, 1, id="four"),
        pytest.param(TWENTY, 2, id="twenty", marks=pytest.mark.deep),
    ],
)
def test_what_was_handed_over_before_a_kill_is_captured_once_and_nothing_is_half_done(
    serving: Serving, report: Report, victims: tuple[Victim, ...], seed: int
) -> None:
    draw = random.Random(seed)
    known: list[tuple[Document, Any]] = []
    waited = unsure = 0
    for number, victim in enumerate(victims):
        told = handing_until(
            serving, victim, number=seed * 1_000 + number, after=draw.uniform(0.1, 1.0)
        )
        unsure += len(told.unsure)
        if victim == "server":
            serving.start()
        serving.wait_until_ready()
        waited += serving.ask("GET", "/readyz").body["waiting"]
        again = [(one, taken(serving, one)) for one in told.unsure]
        handed = [*told.acknowledged, *((one, each.body["captureID"]) for one, each in again)]
        assert len({job for _, job in handed}) == len(handed)
        known += told.at_once
        known += [(one, outcome(serving, job)) for one, job in handed]
        found = recovered(serving)
        assert_whole(found, known)
        assert {name(one) for one in found.record} == {
            each for one, _ in known for each in one.events
        }
        assert serving.ask("GET", "/readyz").body["waiting"] == 0

    assert unsure >= len(victims)  # or the kills met nobody at work
    assert waited > 0  # or no start found what another had left
    before = len(look(serving.dsn).record)
    for one, answer in draw.sample(known, 10):
        same = hand_over(serving, one).body
        assert (same["captureID"], same["events"]) == (answer["captureID"], answer["events"])
    assert len(look(serving.dsn).record) == before
    serving.command("doctor", "--deep")  # which says so and fails if anything is damaged
    report(
        f"{len(victims)} kills, {before} events recorded, {len(known)} documents, {unsure} handed "
        f"over again; {waited} waited at the starts"
    )


def test_what_waits_as_a_server_is_stopped_is_captured_after_the_next_start(
    serving: Serving,
) -> None:
    sent = [one for one, _ in zip(documents(9, among=range(400)), range(30), strict=False)]
    handed = [(one, hand_over(serving, one).body["captureID"]) for one in sent]
    assert serving.stop() == 0
    serving.start()
    known = [(one, outcome(serving, job)) for one, job in handed]
    assert_whole(recovered(serving), known)
