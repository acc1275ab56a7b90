"""Takes the answer of a trace; gives it as stations, deliveries, and which went into which.

A delivery is a link between holders. Of two, the second may be of the first if a way of links that
stay at the holder leads from one to the other in time, as the trace itself goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from math import inf
from typing import Final

from suyuan.codes import own_names
from suyuan.interchange.types import UNKNOWN, Chain, Delivery, Names, Relation, Station
from suyuan.kit import Span
from suyuan.kit.span import parse_instant
from suyuan.trace.types import Answer, Link, Pool

_CLOCKS: Final = (480, 0, *range(-720, 841, 60))
_SIZES: Final = (10, 7, 4)


Place = tuple[str, str, str]
"""Party, site, and which of the unknown holders it is."""


def place_of(pool: Pool) -> Place:
    """The holder of a pool."""
    return pool.party, pool.site, pool.unknown


def is_making(pool: Pool) -> bool:
    """Whether it is a transformation's own node: it is nowhere."""
    return not pool.thing


def deliveries_of(answer: Answer) -> list[Link]:
    """The links that lead from one holder to another."""
    return [
        link
        for link in answer.links
        if not is_making(link.source) and not is_making(link.target)
        if place_of(link.source) != place_of(link.target)
    ]


def chain_of(answer: Answer, names: Names) -> Chain:
    """Stations, deliveries and relations of an answer; what was never delivered is a field."""
    moved = deliveries_of(answer)
    ids = _ids(moved)
    stations = _stations(answer, names)
    return Chain(
        stations=tuple(stations.values()),
        deliveries=tuple(
            _delivery(link, ids[number], stations, names) for number, link in enumerate(moved)
        ),
        relations=tuple(
            Relation(source=ids[one], target=ids[other]) for one, other in _joined(answer, moved)
        ),
    )


def _ids(moved: list[Link]) -> list[str]:
    """The partner's own number where the thing has one, else the thing; the same twice gets #2."""
    seen: Counter[str] = Counter()
    found = []
    for link in moved:
        name = own_names.split_name(link.source.thing)
        own = name[1][1] if name and name[0] == "lot" else link.source.thing
        seen[own] += 1
        found.append(own if seen[own] == 1 else f"{own}#{seen[own]}")
    return found


def _stations(answer: Answer, names: Names) -> dict[Place, Station]:
    """Every holder, with what was there and never delivered: the format has no room for it else."""
    moved = {pool for link in deliveries_of(answer) for pool in (link.source, link.target)}
    here: dict[Place, dict[str, None]] = defaultdict(dict)
    for pool in _pools(answer):
        things = here[place_of(pool)]
        if pool not in moved:
            things[pool.thing] = None
    fresh: dict[str, str] = {}
    return {place: _station(place, sorted(things), names, fresh) for place, things in here.items()}


def _pools(answer: Answer) -> Iterable[Pool]:
    found: dict[Pool, None] = {node.pool: None for node in answer.nodes}
    for link in answer.links:
        found.update(((link.source, None), (link.target, None)))
    return [pool for pool in found if not is_making(pool)]


def _station(place: Place, things: list[str], names: Names, fresh: dict[str, str]) -> Station:
    party, site, unknown = place
    own = own_names.split_name(site) if party == site else None
    if unknown:
        name = fresh.setdefault(unknown, f"{UNKNOWN}{len(fresh) + 1}")
    else:
        name = own[1][1] if own and own[0] == "holding" else " | ".join(filter(None, (party, site)))
    shown = names.holder(Pool("", party, site))
    fields = {"not delivered": ", ".join(things)} if things else {}
    return Station(id=name, name=shown, party=party, site=site, fields=fields)


def _delivery(link: Link, name: str, stations: Mapping[Place, Station], names: Names) -> Delivery:
    thing = link.source.thing
    fields = {"container": link.source.container} if link.source.container else {}
    return Delivery(
        id=name,
        source=stations[place_of(link.source)].id,
        target=stations[place_of(link.target)].id,
        product=names.product(thing),
        lot=names.lot(thing),
        thing=thing,
        departed=written(link.departure),
        arrived=written(link.arrival),
        quantity=link.quantity if link.quantity is not None else link.received,
        unit=link.unit,
        certain=link.certain,
        fields=fields,
    )


@lru_cache(maxsize=1 << 14)  # the things of a delivery share their times
def written(span: Span) -> str | None:
    """A time as ISO 8601: an instant, else the least day, month or year that holds it; else None.

    The clock is the one on which it is the whole of that day, month or year, else UTC.
    """
    if span.lo is None or span.hi is None:
        return None
    if span.lo == span.hi:
        return span.lo.isoformat()
    for minutes in _CLOCKS:
        for size in _SIZES:
            local = (span.lo + timedelta(minutes=minutes)).date().isoformat()
            text = f"{local[:size]}{_zone(minutes)}"
            if parse_instant(text)[0] == span:
                return text
    one, other = span.lo.date().isoformat(), span.hi.date().isoformat()
    held = next((size for size in _SIZES if one[:size] == other[:size]), None)
    return None if held is None else f"{one[:held]}Z"


def _zone(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _joined(answer: Answer, moved: list[Link]) -> Iterator[tuple[int, int]]:
    """Pairs of deliveries, of which the second may be of the first."""
    outward: dict[Pool, list[int]] = defaultdict(list)
    for number, link in enumerate(moved):
        outward[link.source].append(number)
    crossing = set(map(id, moved))
    inward: dict[Pool, list[Link]] = defaultdict(list)
    for link in answer.links:
        if id(link) not in crossing:
            inward[link.source].append(link)
    for number, link in enumerate(moved):
        start = _low(link.arrival)
        reached = _reached(link.target, start, inward)
        found = {
            other
            for pool, since in reached.items()
            for other in outward.get(pool, ())
            if since <= _high(moved[other].departure)
        }
        yield from ((number, other) for other in sorted(found) if other != number)


def _reached(start: Pool, since: float, inward: Mapping[Pool, list[Link]]) -> dict[Pool, float]:
    """Pools at the holder that links lead to from there, with the earliest possible arrival."""
    found = {start: since}
    todo = [start]
    while todo:
        pool = todo.pop()
        for link in inward.get(pool, ()):
            if not is_making(pool) and found[pool] > _high(link.departure):
                continue
            at = _low(link.arrival)
            if at < found.get(link.target, inf) or link.target not in found:
                found[link.target] = at
                todo.append(link.target)
    return found


def _low(span: Span) -> float:
    return -inf if span.lo is None else span.lo.timestamp()


def _high(span: Span) -> float:
    return inf if span.hi is None else span.hi.timestamp()
