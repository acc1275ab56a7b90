"""Takes the answer of a trace; gives it as stations, deliveries, and which went into which.

A delivery is a link between holders. Of two, the second may be of the first if a way of links that
stay at the holder leads from one to the other in time, as the trace itself goes.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from typing import Any, Final

from suyuan.codes import own_names
from suyuan.interchange.types import UNKNOWN, Chain, Delivery, Names, Relation, Start, Station
from suyuan.kit import Span
from suyuan.kit.clock import CHINA, day_in_china, there
from suyuan.kit.span import parse_instant
from suyuan.trace import began
from suyuan.trace.types import Answer, Confirmed, Link, Pool

_CLOCKS: Final = (480, 0, *range(-720, 841, 60))
_SIZES: Final = (10, 7, 4)
_DAY: Final = re.compile(r"\d{4}(?:-\d\d(?!:)){0,2}", re.ASCII)


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


def chain_of(answer: Answer, names: Names, begun: Sequence[began.Began] = ()) -> Chain:
    """Stations, deliveries and relations of an answer; what was never delivered is a field.

    A delivery of what began once where it left also says that.
    """
    moved = deliveries_of(answer)
    ids = _ids(moved)
    stations, starts = _stations(answer, names), _starts(begun)
    return Chain(
        stations=tuple(stations.values()),
        deliveries=tuple(
            _delivery(link, ids[number], stations, names, starts)
            for number, link in enumerate(moved)
        ),
        relations=tuple(
            Relation(source=ids[one], target=ids[other]) for one, other in _joined(answer, moved)
        ),
    )


def _ids(moved: list[Link]) -> list[str]:
    """The partner's own number where the thing has one, else the thing."""
    names = [own_names.split_name(link.source.thing) for link in moved]
    return _apart(
        name[1][1] if name and name[0] == "lot" else link.source.thing
        for name, link in zip(names, moved, strict=True)
    )


def _apart(names: Iterable[str]) -> list[str]:
    """Names of which no two are alike: the same twice gets #2."""
    seen: Counter[str] = Counter()
    found: dict[str, None] = {}
    for name in names:
        seen[name] += 1
        own = name if seen[name] == 1 else f"{name}#{seen[name]}"
        while own in found:
            seen[name] += 1
            own = f"{name}#{seen[name]}"
        found[own] = None
    return list(found)


def _stations(answer: Answer, names: Names) -> dict[Place, Station]:
    """Every holder, with what was there and never delivered: the format has no room for it else."""
    moved = {pool for link in deliveries_of(answer) for pool in (link.source, link.target)}
    here: dict[Place, dict[str, None]] = defaultdict(dict)
    for pool in _pools(answer):
        things = here[place_of(pool)]
        if pool not in moved:
            things[pool.thing] = None
    fresh: dict[str, str] = {}
    ids = _apart(_called(place, fresh) for place in here)
    return {
        place: _station(place, name, sorted(things), names)
        for (place, things), name in zip(here.items(), ids, strict=True)
    }


def _pools(answer: Answer) -> Iterable[Pool]:
    found: dict[Pool, None] = {node.pool: None for node in answer.nodes}
    for link in answer.links:
        found.update(((link.source, None), (link.target, None)))
    return [pool for pool in found if not is_making(pool)]


def _called(place: Place, fresh: dict[str, str]) -> str:
    """The partner's own number of a station, else its codes; a number for what is unknown."""
    party, site, unknown = place
    own = own_names.split_name(site) if party == site else None
    if unknown:
        return fresh.setdefault(unknown, f"{UNKNOWN}{len(fresh) + 1}")
    return own[1][1] if own and own[0] == "holding" else " | ".join(filter(None, (party, site)))


def _station(place: Place, name: str, things: list[str], names: Names) -> Station:
    party, site, _ = place
    shown = names.holder(Pool("", party, site))
    fields = {"not delivered": ", ".join(things)} if things else {}
    return Station(id=name, name=shown, party=party, site=site, fields=fields)


def _starts(begun: Sequence[began.Began]) -> dict[Pool, Start]:
    """What began once at its place; of what began several times there is no one amount or day."""
    times = Counter(each.pool for each in begun)
    return {
        each.pool: Start(at=written(each.when), quantity=each.quantity, unit=each.unit)
        for each in begun
        if times[each.pool] == 1
    }


def _delivery(
    link: Link,
    name: str,
    stations: Mapping[Place, Station],
    names: Names,
    starts: Mapping[Pool, Start],
) -> Delivery:
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
        **_amounts(link),
        confirmed=link.confirmed,
        start=starts.get(link.source),
        certain=link.certain,
        fields=fields,
    )


def _amounts(link: Link) -> dict[str, Any]:
    """What was sent, and what came where that was told otherwise; what one end alone says is it."""
    if link.confirmed is Confirmed.RECEIVED:
        much, unit = link.came
        return {"quantity": much, "unit": unit}
    sent, came = (link.quantity, link.unit), (link.received, link.received_unit)
    more = {"received": came[0], "received_unit": came[1]} if link.received is not None else {}
    return {"quantity": sent[0], "unit": sent[1], **(more if came != sent else {})}


@lru_cache(maxsize=1 << 14)  # the things of a delivery share their times
def written(span: Span) -> str | None:
    """A time as ISO 8601: an instant, else the least day, month or year that holds it; else None.

    Instants are on China's clock; what is the whole of a day, month or year on another is on that.
    """
    if span.lo is None or span.hi is None:
        return None
    if span.lo == span.hi:
        return there(span.lo, CHINA).isoformat()
    for minutes in _CLOCKS:
        for size in _SIZES:
            local = (span.lo + timedelta(minutes=minutes)).date().isoformat()
            text = f"{local[:size]}{_zone(minutes)}"
            if parse_instant(text)[0] == span:
                return text
    one, other = day_in_china(span.lo), day_in_china(span.hi)
    held = next((size for size in _SIZES if one[:size] == other[:size]), None)
    return None if held is None else f"{one[:held]}{CHINA}"


def local_day(text: str | None) -> str:
    """Of a time as `written` the day, month or year, as far as it is known; of instants China's."""
    if not text:
        return ""
    if "T" in text:
        return day_in_china(datetime.fromisoformat(text))
    found = _DAY.match(text)
    return found[0] if found else ""


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
