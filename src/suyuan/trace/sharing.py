"""Whether a container did the same as a thing said to be in it: then the thing is still inside."""

from collections.abc import Iterator
from math import inf

from suyuan.model import FactKind, Side
from suyuan.trace.desk import Desk, at_arrival
from suyuan.trace.places import agree, flow
from suyuan.trace.times import NOTHING, Told, meeting, not_before


def shared(laid: Desk, own: Told, container: str) -> bool:
    """Whether the container, or what carries it then, states what the thing's own fact states."""
    return any(
        agree(same.fact.before, own.fact.before) and agree(same.fact.after, own.fact.after)
        for carrier in _upward(laid, container, own)
        for same in _alike(laid, own, carrier)
    )


def _upward(laid: Desk, container: str, own: Told) -> Iterator[str]:
    """The container and all that may carry it then, except the thing itself."""
    seen, waiting = {container}, [container]
    while waiting:
        carried = waiting.pop()
        if carried != own.fact.thing:
            yield carried
        for carrier, lo, hi in laid.carriers.get(carried, ()):
            if carrier not in seen and lo <= own.hi and own.lo <= hi:
                seen.add(carrier)
                waiting.append(carrier)


def _alike(laid: Desk, own: Told, carrier: str) -> Iterator[Told]:
    """Facts of the carrier of that kind that may be of the same time; same parent, same flow."""
    fact = own.fact
    if fact.kind is FactKind.MOVED:
        yield from _moved_alike(laid, own, carrier)
        return
    for other in meeting(laid.done.get((carrier, fact.kind), NOTHING), own.lo, own.hi):
        if fact.kind is FactKind.JOINED and other.fact.parent != fact.parent:
            continue
        if fact.kind is FactKind.BECAME and flow(other) != flow(own):
            continue
        yield other


def _moved_alike(laid: Desk, own: Told, carrier: str) -> Iterator[Told]:
    """Movements whose stated departures and arrivals meet, or that are the two ends of one."""
    departed = laid.departed.get(carrier, NOTHING)
    arrived = laid.arrived.get(carrier, NOTHING)
    if own.fact.side is Side.SENT:
        yield from meeting(departed, own.lo, own.hi)
        yield from _only(Side.RECEIVED, not_before(arrived, own.lo))
    elif own.fact.side is Side.RECEIVED:
        yield from meeting(arrived, own.lo, own.hi)
        yield from _only(Side.SENT, meeting(departed, -inf, own.hi))
    else:
        yield from _both_alike(own, meeting(departed, own.lo, own.hi))
        there = at_arrival(own)
        yield from _only(Side.RECEIVED, meeting(arrived, there.lo, there.hi))


def _only(side: Side, told: Iterator[Told]) -> Iterator[Told]:
    return (item for item in told if item.fact.side is side)


def _both_alike(own: Told, told: Iterator[Told]) -> Iterator[Told]:
    """Those that departed alike and, if they state an arrival, arrived alike."""
    there = at_arrival(own)
    for item in told:
        end = at_arrival(item)
        if item.fact.side is Side.SENT or (end.lo <= there.hi and there.lo <= end.hi):
            yield item
