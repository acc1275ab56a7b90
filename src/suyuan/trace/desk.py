"""Facts laid out for finding when which thing was in which container."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from suyuan.model import FactKind, Side, ThingGrain
from suyuan.trace.places import consumes
from suyuan.trace.portions import Portions, may_be_part, portions
from suyuan.trace.times import (
    NOTHING,
    Micros,
    Timeline,
    Told,
    first_end_after,
    high,
    low,
    meeting,
    not_before,
    timeline,
)

_Pair = tuple[str, str]
_PACKING = {FactKind.JOINED, FactKind.LEFT}
_ENDING = (FactKind.ENDED, FactKind.BECAME)
_ACTS = {FactKind.JOINED, FactKind.MADE, FactKind.MOVED, FactKind.ENDED}


class Desk(Struct, frozen=True, eq=False):
    """Joins and ends by (thing, container), and the facts of contents and of containers."""

    joins: dict[_Pair, list[Told]]
    lefts: dict[_Pair, Timeline]
    portions: dict[_Pair, Portions]  # of those that are taken out by amounts
    alls: dict[_Pair, Timeline]  # of those that amounts do not tell: what surely took all
    emptied: dict[str, Timeline]
    made: dict[str, Timeline]
    own: dict[str, Timeline]  # of things that were packed: what they did by themselves
    done: dict[tuple[str, FactKind], Timeline]  # by containers, movements apart
    departed: dict[str, Timeline]  # movements of containers that state a departure
    arrived: dict[str, Timeline]  # those that state an arrival, at the time of arrival
    all_of: dict[str, Timeline]  # every fact of a container
    carriers: dict[str, list[tuple[str, Micros, Micros]]]


def desk(told: list[Told]) -> Desk:
    """Lays out the facts; `carriers` says what may have been in what, by stated ends alone."""
    packing = [t for t in told if t.fact.kind in _PACKING and t.fact.parent]
    joins = _by_pair(t for t in packing if t.fact.kind is FactKind.JOINED)
    left = [t for t in packing if t.fact.kind is FactKind.LEFT]
    contents, containers = {thing for thing, _ in joins}, {parent for _, parent in joins}
    of_container = [t for t in told if t.fact.thing in containers] if containers else []
    moved = [t for t in of_container if t.fact.kind is FactKind.MOVED]
    lefts = _by_pair(t for t in left if t.fact.thing)
    emptied = _by_pair(t for t in left if not t.fact.thing)
    found = Desk(
        joins,
        {pair: timeline(items) for pair, items in lefts.items()},
        {},
        {},
        {box: timeline(items) for (_, box), items in emptied.items()},
        _by_thing(t for t in of_container if t.fact.kind is FactKind.MADE),
        _by_thing(t for t in (told if contents else ()) if t.fact.thing in contents and _acts(t)),
        _by_kind(t for t in of_container if t.fact.kind in _ACTS or consumes(t.fact)),
        _by_thing(t for t in moved if t.fact.side is not Side.RECEIVED),
        _by_thing(at_arrival(t) for t in moved if t.fact.side is not Side.SENT),
        _by_thing(of_container),
        defaultdict(list),
    )
    for pair, outs in lefts.items():
        if not any(map(may_be_part, outs)):  # as of every piece
            continue
        if (amounts := _portions(found, pair, outs)) is not None:
            found.portions[pair] = amounts
        else:
            found.alls[pair] = timeline(out for out in outs if not may_be_part(out))
    for (thing, container), begun in joins.items():
        found.carriers[thing].extend((container, j.lo, stated_end(found, j)) for j in begun)
    return found


def _portions(laid: Desk, pair: _Pair, outs: list[Told]) -> Portions | None:
    """What was put in and taken out by amounts; only what came between can have emptied it."""
    joins, box = laid.joins.get(pair), pair[1]
    if not joins:
        return None
    lo, hi = min(join.lo for join in joins), max(out.hi for out in outs)
    lines = (laid.emptied.get(box, NOTHING), laid.made.get(box, NOTHING))
    return portions(joins, outs, chain.from_iterable(meeting(line, lo, hi) for line in lines))


def stated_ends(laid: Desk, join: Told, *, doubted: bool = False) -> tuple[Timeline, Timeline]:
    """What was said of taking out the thing, all of it, and of emptying the container."""
    pair = _, container = join.fact.thing, join.fact.parent or ""
    told = laid.portions.get(pair)
    if told is not None:
        lefts = told.doubted if doubted else told.ended
    else:
        lefts = laid.alls.get(pair, laid.lefts.get(pair, NOTHING))
    return lefts, laid.emptied.get(container, NOTHING)


def out_from(laid: Desk, join: Told, *, but: Told | None = None) -> Micros:
    """From when on it may have been out by what was said of that; `but` by this emptying."""
    pair = _, container = join.fact.thing, join.fact.parent or ""
    told, lefts = laid.portions.get(pair), laid.lefts.get(pair, NOTHING)
    if told is None:
        taken = next((out.lo for out in not_before(lefts, join.lo)), inf)
    else:
        taken = told.out_by[id(join)]
    emptied = not_before(laid.emptied.get(container, NOTHING), join.lo)
    return min(taken, next((each.lo for each in emptied if each is not but), inf))


def made_anew(laid: Desk, join: Told) -> Timeline:
    """The container's commissionings; those not surely after the join are its first."""
    return laid.made.get(join.fact.parent or "", NOTHING)


def stated_end(laid: Desk, join: Told, *, doubted: bool = False) -> Micros:
    """The latest time the stay can have lasted by what was said of leaving, alone.

    `doubted` lets what is held stand too.
    """
    lines = (*stated_ends(laid, join, doubted=doubted), made_anew(laid, join))
    return min(first_end_after(line, join.hi, doubted=doubted) for line in lines)


def box_end(laid: Desk, join: Told) -> Micros:
    """By when the container had ended or been used up, were what is held to stand.

    What it held ended with it, so that nothing surely is inside from then on. What may have been
    at the time of the packing may have been after it.
    """
    container = join.fact.parent or ""
    lines = [laid.done.get((container, kind), NOTHING) for kind in _ENDING]
    if any(next(meeting(line, join.lo, join.hi), None) is not None for line in lines):
        return join.hi
    return min(first_end_after(line, join.hi, doubted=True) for line in lines)


def at_arrival(item: Told) -> Told:
    """The fact at the time of its arrival."""
    when = item.fact.arrived
    return item if when is None else replace(item, lo=low(when), hi=high(when))


def _acts(item: Told) -> bool:
    """Whether it says that one piece, not a part of a lot, did something by itself."""
    fact = item.fact
    return fact.grain is ThingGrain.INSTANCE and (fact.kind in _ACTS or consumes(fact))


def _by_pair(told: Iterable[Told]) -> dict[_Pair, list[Told]]:
    lists: dict[_Pair, list[Told]] = defaultdict(list)
    for item in told:
        lists[item.fact.thing, item.fact.parent or ""].append(item)
    return lists


def _by_thing(told: Iterable[Told]) -> dict[str, Timeline]:
    lists: dict[str, list[Told]] = defaultdict(list)
    for item in told:
        lists[item.fact.thing].append(item)
    return {name: timeline(items) for name, items in lists.items()}


def _by_kind(told: Iterable[Told]) -> dict[tuple[str, FactKind], Timeline]:
    lists: dict[tuple[str, FactKind], list[Told]] = defaultdict(list)
    for item in told:
        lists[item.fact.thing, item.fact.kind].append(item)
    return {key: timeline(items) for key, items in lists.items()}
