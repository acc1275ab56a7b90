"""Short words for writing out small histories and their answers by hand."""

from decimal import Decimal
from typing import Any

from histories import HOLDERS, at, instant, record

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.types import Closure, Direction, Pool, Question, Seed

A, B, C, D = HOLDERS
Event = tuple[dict[str, Any], ...]


def when(time: int | Span) -> Span:
    return instant(time) if isinstance(time, int) else time


def day(first: int, last: int) -> Span:
    """A time known only to lie between two hours."""
    return Span(at(first), at(last))


def made(thing: str, place: Holder | None, time: int | Span, **more: Any) -> Event:
    return ({"kind": FactKind.MADE, "thing": thing, "after": place, "when": when(time), **more},)


def packed(thing: str, box: str, place: Holder | None, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.JOINED, "thing": thing, "parent": box, "after": place}
    return (base | {"when": when(time), **more},)


def left(thing: str, box: str, place: Holder | None, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.LEFT, "thing": thing, "parent": box, "after": place}
    return (base | {"when": when(time), **more},)


def emptied(box: str, place: Holder | None, time: int | Span) -> Event:
    return left("", box, place, time)


def moved(
    thing: str, before: Holder | None, after: Holder | None, time: int | Span, **more: Any
) -> Event:
    """Both ends in one line, unless `side` says otherwise."""
    base = {"kind": FactKind.MOVED, "side": Side.BOTH, "thing": thing}
    return (base | {"before": before, "after": after, "when": when(time), **more},)


def sent(
    thing: str, before: Holder | None, after: Holder | None, time: int | Span, **more: Any
) -> Event:
    return moved(thing, before, after, time, side=Side.SENT, **more)


def received(
    thing: str, before: Holder | None, after: Holder | None, time: int | Span, **more: Any
) -> Event:
    return moved(thing, before, after, time, side=Side.RECEIVED, **more)


def used(thing: str, flow: str, place: Holder, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.BECAME, "side": Side.INPUT, "flow": flow, "before": place}
    return (base | {"thing": thing, "when": when(time), **more},)


def came(thing: str, flow: str, place: Holder, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.BECAME, "side": Side.OUTPUT, "flow": flow, "after": place}
    return (base | {"thing": thing, "when": when(time), **more},)


def ended(thing: str, place: Holder, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.ENDED, "thing": thing, "before": place}
    return (base | {"when": when(time), **more},)


def attached(part: str, whole: str, place: Holder, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.ATTACHED, "thing": part, "parent": whole, "after": place}
    return (base | {"when": when(time), **more},)


def recoded(thing: str, other: str, time: int | Span) -> Event:
    return ({"kind": FactKind.RECODED, "thing": thing, "other": other, "when": when(time)},)


def history(*events: Event) -> list[Fact]:
    return record(events)


def forward(thing: str, place: Holder | None = None, **more: Any) -> Question:
    return Question(seeds=(Seed(thing=thing, holder=place),), direction=Direction.FORWARD, **more)


def backward(thing: str, place: Holder | None = None, **more: Any) -> Question:
    return Question(seeds=(Seed(thing=thing, holder=place),), direction=Direction.BACKWARD, **more)


def name_of(pool: Pool) -> str:
    """As in "t1 s1" or "t1 s1 in c1"; a making by its flow, an unknown holder as "?"."""
    if not pool.thing:
        return pool.container
    site = "?" if pool.unknown else pool.site
    return f"{pool.thing} {site}" + (f" in {pool.container}" if pool.container else "")


def certain(answer: Closure) -> set[str]:
    return {name_of(node.pool) for node in answer.nodes if node.certain}


def only_possible(answer: Closure) -> set[str]:
    return {name_of(node.pool) for node in answer.nodes if not node.certain}


def everything(answer: Closure) -> set[str]:
    return certain(answer) | only_possible(answer)


def codes(answer: Closure) -> set[str]:
    return {anomaly.code for anomaly in answer.anomalies}


def open_ends(answer: Closure) -> set[tuple[str, str]]:
    return {(end.kind.value, name_of(end.pool)) for end in answer.open_ends}


def kilos(number: int) -> dict[str, Any]:
    return {"quantity": Decimal(number), "unit": "kg"}
