"""Sent and received lines of one thing as movements; those of one side alone stay one-sided."""

from collections import defaultdict
from itertools import chain

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import FactKind, Side
from suyuan.trace.findings import anomaly
from suyuan.trace.matching import matched
from suyuan.trace.pairing import are_one
from suyuan.trace.places import merged, pool, source, target
from suyuan.trace.times import Told, high, low
from suyuan.trace.types import Anomaly, Confirmed, Link, LinkKind, Pool


class Movements(Struct, frozen=True, eq=False):
    """The movements of things by their own facts, and of each the facts that state it."""

    links: list[Link]
    stated: list[tuple[Told, ...]]
    anomalies: list[Anomaly]


Line = tuple[int, int]  # entry and line of a fact


def movements(told: list[Told], *, every: bool = False) -> Movements:
    """All movements stated by facts about the things themselves.

    With `every` also those that may be and say no more than those that surely are.
    """
    found = Movements([], [], [])
    by_thing: dict[str, list[Told]] = defaultdict(list)
    for item in told:
        if item.fact.kind is FactKind.MOVED:
            by_thing[item.fact.thing].append(item)
    for items in by_thing.values():
        _of_one_thing(items, found, every=every)
    return found


def sources_of(moves: Movements) -> dict[Line, set[Pool]]:
    """From where each fact about a movement departs."""
    found: dict[Line, set[Pool]] = defaultdict(set)
    for link, told in zip(moves.links, moves.stated, strict=True):
        for item in told:
            found[item.fact.entry, item.fact.line].add(link.source)
    return found


def _of_one_thing(items: list[Told], found: Movements, *, every: bool) -> None:
    sent = [item for item in items if item.fact.side is Side.SENT]
    received = [item for item in items if item.fact.side is Side.RECEIVED]
    if len(sent) == len(received) == 1 == len(items) - 1 and are_one(sent[0], received[0]):
        _add(found, _pair(sent[0], received[0], clear=True), sent[0], received[0])
        return  # as nearly all have been of a lot or a piece
    for item in items:
        if item.fact.side not in {Side.SENT, Side.RECEIVED}:
            _add(found, _both(item), item)
    met = matched(sent, received, every=every)
    for s, r in met.sure:
        _add(found, _pair(s, r, clear=True), s, r)
    for some in met.possible:
        for s, r in some:
            _add(found, _pair(s, r, clear=False), s, r)
        found.anomalies.append(anomaly("ambiguous_movement", *(t for pair in some for t in pair)))
    paired = {id(item) for pair in chain(met.sure, *met.possible) for item in pair}
    for item in sent + received:
        if id(item) not in paired:
            _add(found, one_sided(item), item)


def _add(found: Movements, link: Link, *told: Told) -> None:
    found.links.append(link)
    found.stated.append(told)
    if low(link.departure) > high(link.arrival):
        found.anomalies.append(anomaly("arrival_before_departure", *told))


def _both(item: Told) -> Link:
    fact = item.fact
    return Link(
        kind=LinkKind.MOVED,
        source=source(item),
        target=target(item),
        departure=fact.when,
        arrival=fact.arrived or fact.when,
        certain=not item.held,
        quantity=fact.quantity,
        received=fact.quantity,
        unit=fact.unit,
        received_unit=fact.unit,
        entries=item.entries,
    )


def _pair(sent: Told, received: Told, *, clear: bool) -> Link:
    s, r = sent.fact, received.fact
    return Link(
        kind=LinkKind.MOVED,
        source=pool(s.thing, merged(s.before, r.before), sent, "b"),
        target=pool(s.thing, merged(s.after, r.after), sent, "a"),
        departure=s.when,
        arrival=r.when,
        certain=clear and not sent.held and not received.held,
        quantity=s.quantity,
        received=r.quantity,
        unit=r.unit if s.quantity is None else s.unit,
        received_unit=r.unit,
        entries=tuple(sorted({*sent.entries, *received.entries})),
    )


def one_sided(item: Told) -> Link:
    """The movement that one side alone reports: the other time is open."""
    fact, sent = item.fact, item.fact.side is Side.SENT
    return Link(
        kind=LinkKind.MOVED,
        source=source(item),
        target=target(item),
        departure=fact.when if sent else Span(None, fact.when.hi),
        arrival=Span(fact.when.lo, None) if sent else fact.when,
        certain=not item.held,
        confirmed=Confirmed.SENT if sent else Confirmed.RECEIVED,
        quantity=fact.quantity if sent else None,
        received=None if sent else fact.quantity,
        unit=fact.unit,
        received_unit=None if sent else fact.unit,
        entries=item.entries,
    )
