"""Boxes used for years, and much in many: time grows with the records, not with their square."""

import gc
from collections.abc import Callable, Sequence
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from histories import BEGIN, LOTS
from worked import A, B, Event, forward, left, made, moved, packed

from suyuan.kit import Span
from suyuan.model import Fact, ThingGrain
from suyuan.trace.scope import scope

LOT = LOTS[0]


def kilos(much: int) -> dict[str, Any]:
    return {"quantity": Decimal(much), "unit": "KGM", "grain": ThingGrain.LOT}


def recorded(events: Sequence[Event]) -> list[Fact]:
    """One event after the other, each at its second."""
    return [
        Fact(
            **({"grain": ThingGrain.INSTANCE, "capturer": "k1"} | line | {"when": at(number)}),
            entry=number,
            line=0,
            position=number,
            event_id=f"event{number}",
            digest=number.to_bytes(4, "big"),
        )
        for number, (line,) in enumerate(events, start=1)
    ]


def at(second: int) -> Span:
    moment = BEGIN.fromtimestamp(BEGIN.timestamp() + second, BEGIN.tzinfo)
    return Span(moment, moment)


def used_again(times: int) -> list[Event]:
    """Packed, carried there, taken out in two parts and carried back."""
    return [
        event
        for _ in range(times)
        for event in (
            packed(LOT, "c1", A, 0, **kilos(10)),
            moved("c1", A, B, 0),
            left(LOT, "c1", B, 0, **kilos(4)),
            left(LOT, "c1", B, 0, **kilos(6)),
            moved("c1", B, A, 0),
        )
    ]


def by_the_kilo(times: int) -> list[Event]:
    """Packed again and again, then taken out in as many small parts."""
    put = [packed(LOT, "c1", A, 0, **kilos(10)) for _ in range(times)]
    return [*put, *(left(LOT, "c1", A, 0, **kilos(1)) for _ in range(times)), moved("c1", A, B, 0)]


def in_many_boxes(times: int) -> list[Event]:
    """Each packed in a box of its own and carried off."""
    return [
        event
        for box in (f"box{n}" for n in range(times))
        for event in (packed(LOT, box, A, 0, **kilos(10)), moved(box, A, B, 0))
    ]


@pytest.mark.timed("the processor's time of four times as much, where a square takes sixteen times")
@pytest.mark.parametrize(
    ("told", "times"), [(used_again, 1000), (by_the_kilo, 800), (in_many_boxes, 3000)]
)
def test_time_does_not_grow_with_the_square(told: Callable[[int], list[Event]], times: int) -> None:
    assert spent(told, 4 * times) < 7.5 * spent(told, times)


def spent(told: Callable[[int], list[Event]], times: int) -> float:
    """Best of three, without the collector, which looks at all that other tests left."""
    facts = recorded([made(LOT, A, 0, **kilos(10 * times)), *told(times)])
    return min(asked(facts) for _ in range(3))


def asked(facts: list[Fact]) -> float:
    gc.collect()
    gc.disable()
    try:
        begun = process_time()
        found = scope(facts, forward(LOT))
        took = process_time() - begun
    finally:
        gc.enable()
    assert {line.party for line in found.lines} == {A.party, B.party}
    return took
