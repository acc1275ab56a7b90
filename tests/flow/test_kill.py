"""Kill -9 in the middle of captures: what was acknowledged is there once, nothing is half-done.

A client knows of an acknowledgement only by a whole 202. All its other documents it sends again
with their keys, as a client must, and then each of their events is there once too.
"""

import os
import random
import signal
import time
from functools import partial
from statistics import median
from typing import Any, Literal

import pytest
from running import Report, Serving
from sending import Document
from striking import assert_whole, capturing_until, recovered, send_again
from wholeness import indexed, look, name

Victim = Literal["server", "postmaster", "backend"]
A_HANDFUL: tuple[Victim, ...] = ("server", "postmaster", "backend", "server", "postmaster")
TWENTY: tuple[Victim, ...] = (*A_HANDFUL, *A_HANDFUL, *A_HANDFUL, *A_HANDFUL)


def strike(serving: Serving, victim: Victim) -> None:
    match victim:
        case "server":
            serving.kill()
        case "postmaster":
            os.kill(serving.postmaster(), signal.SIGKILL)
        case "backend":
            os.kill(serving.backend(), signal.SIGKILL)


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
        told = capturing_until(
            serving, partial(strike, serving, victim),
            number=seed * 1_000 + number, after=draw.uniform(0.1, 1.0),
        )  # fmt: skip
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
