"""What a lot tells of its instances where nothing was told of the instances themselves."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from suyuan.model import SEEN, FactKind
from suyuan.trace.places import pool, source, target
from suyuan.trace.times import OPEN, Told
from suyuan.trace.types import Link, LinkKind, Pool

_Held = tuple[str, str, str]


class Places(Struct, frozen=True, eq=False):
    """Where facts put things without a movement: made here, seen or ended here.

    What `ended` was `seen` too; `sure` are those that a fact which is not held vouches for.
    """

    made: dict[Pool, None]
    seen: dict[Pool, None]
    ended: dict[Pool, None]
    sure: set[Pool]


def places(told: Iterable[Told]) -> Places:
    """The places of MADE facts, and of those that saw or ended something."""
    found = Places({}, {}, {}, set())
    for item in told:
        fact = item.fact
        if fact.kind is FactKind.MADE:
            found.made[target(item)] = None
        elif fact.kind in SEEN:
            found.seen[target(item)] = None
        elif fact.kind is FactKind.ENDED:
            found.seen[source(item)] = found.ended[source(item)] = None
        if not item.held:
            found.sure.update(_vouched(item))
    return found


def _vouched(item: Told) -> Iterator[Pool]:
    """The pools in which a fact surely puts things, beside the ends of its links."""
    fact = item.fact
    if fact.kind is FactKind.MADE or fact.kind in SEEN:
        yield target(item)
    elif fact.kind is FactKind.ENDED:
        yield source(item)
    elif fact.kind is FactKind.ATTACHED and fact.parent and not fact.instrument:
        yield target(item)
        yield pool(fact.parent, fact.after, item, "a")


class Member(Struct, frozen=True, eq=False):
    """An instance of a lot: the entries that say so, and whether one of them is not held."""

    thing: str
    entries: tuple[int, ...]
    sure: bool


def instances(told: Iterable[Told]) -> dict[str, list[Member]]:
    """For every lot the instances that some fact states to be of it."""
    stated: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for item in told:
        fact = item.fact
        if fact.lot and fact.thing and fact.lot != fact.thing:
            stated[fact.lot, fact.thing].append(item)
    members: dict[str, list[Member]] = defaultdict(list)
    for (lot, thing), items in stated.items():
        entries = {entry for item in items for entry in item.entries}
        sure = not all(item.held for item in items)
        members[lot].append(Member(thing, tuple(sorted(entries)), sure))
    return members


class _Ledger(Struct, frozen=True, eq=False):
    """Own links by thing, and the holders at which a thing departs or arrives."""

    leaving: dict[str, list[Link]]
    entering: dict[str, list[Link]]
    departs: set[tuple[str, _Held]]
    arrives: set[tuple[str, _Held]]
    pools: dict[str, dict[Pool, None]]


def inherited(own: list[Link], members: dict[str, list[Member]], found: Places) -> list[Link]:
    """Possible links of instances: by belonging at one holder, and copies of their lot's links.

    Each once, however often `own` has one.
    """
    if not members:
        return []
    books, links = _ledger(own, found), list[Link]()
    for lot, things in members.items():
        steps = _steps(books, lot)
        for member in things:
            links += _belongs(books, lot, member)
            links += _copies(steps, lot, member.thing)
    return links


def _ledger(own: list[Link], found: Places) -> _Ledger:
    books = _Ledger(defaultdict(list), defaultdict(list), set(), set(), defaultdict(dict))
    for link in own:
        start, end = link.source, link.target
        books.leaving[start.thing].append(link)
        books.entering[end.thing].append(link)
        books.departs.add((start.thing, _holder(start)))
        books.arrives.add((end.thing, _holder(end)))
        books.pools[start.thing][start] = None
        books.pools[end.thing][end] = None
    for place in (*found.made, *found.seen):
        books.pools[place.thing][place] = None
    books.arrives.update((place.thing, _holder(place)) for place in found.made)
    return books


def _holder(place: Pool) -> _Held:
    return place.party, place.site, place.unknown


def _belongs(books: _Ledger, lot: str, member: Member) -> Iterator[Link]:
    at_holder: dict[_Held, list[Pool]] = defaultdict(list)
    for place in books.pools.get(member.thing, ()):
        if not place.unknown:
            at_holder[_holder(place)].append(place)
    for start in books.pools.get(lot, ()):
        for end in at_holder.get(_holder(start), ()):
            yield Link(
                kind=LinkKind.BELONGS,
                source=start,
                target=end,
                departure=OPEN,
                arrival=OPEN,
                certain=False,
                entries=member.entries,
            )


_Step = tuple[set[tuple[str, _Held]], _Held, Link]
"""Of a lot: which things have a step of their own at which holder, and what it is for others."""


def _steps(books: _Ledger, lot: str) -> list[_Step]:
    """What a piece of a lot may have gone through with it; of steps that differ in amount, one."""
    left = dict.fromkeys(_for_piece(link, lot) for link in books.leaving.get(lot, ()))
    made = dict.fromkeys(
        _for_piece(link, lot)
        for link in books.entering.get(lot, ())
        if link.kind is LinkKind.OUTPUT
    )
    return [
        *((books.departs, _holder(step.source), step) for step in left),
        *((books.arrives, _holder(step.target), step) for step in made),
    ]


def _for_piece(link: Link, lot: str) -> Link:
    """What a step of the lot may mean for a piece of it; the amount is the lot's."""
    nothing = {"quantity": None, "received": None, "unit": None, "received_unit": None}
    return replace(link, certain=False, of_lot=lot, **nothing)


def _copies(steps: Sequence[_Step], lot: str, thing: str) -> Iterator[Link]:
    """The steps of its lot that a thing has no own step in the place of."""
    names = dict[Pool, Pool]()
    for own, holder, step in steps:
        if (thing, holder) not in own:
            yield replace(
                step,
                source=_renamed(step.source, lot, thing, names),
                target=_renamed(step.target, lot, thing, names),
            )


def _renamed(place: Pool, lot: str, thing: str, known: dict[Pool, Pool]) -> Pool:
    if place.thing != lot:
        return place
    return known.get(place) or known.setdefault(place, replace(place, thing=thing))


def presumed(links: list[Link], found: Places, pools: Iterable[Pool]) -> Iterator[Link]:
    """Joins an unknown holder's pool to every pool of the thing that it may be.

    What arrived at an unknown holder may leave or end at any holder that no known half excludes,
    and what left or ended at an unknown one may have arrived at any such: possible, at any time.
    `pools` are all that the links and places name.
    """
    unsure = {(place.thing, place.container) for place in pools if place.unknown and place.thing}
    if not unsure:
        return
    arrived = dict.fromkeys((*found.made, *(link.target for link in links)))
    left = dict.fromkeys((*found.ended, *(link.source for link in links)))
    known_ends, unknown_ends = _by_thing(arrived, unsure)
    known_starts, unknown_starts = _by_thing(left, unsure)
    for key, ends in unknown_ends.items():
        for end in ends:
            yield from _joined((end,), known_starts.get(key, ()))
            yield from _joined((end,), unknown_starts.get(key, ()))
    for key, starts in unknown_starts.items():
        yield from _joined(known_ends.get(key, ()), starts)


_Grouped = dict[tuple[str, str], list[Pool]]


def _by_thing(pools: Iterable[Pool], of: Container[tuple[str, str]]) -> tuple[_Grouped, _Grouped]:
    known: _Grouped = defaultdict(list)
    unknown: _Grouped = defaultdict(list)
    for place in pools:
        key = place.thing, place.container
        if key in of:
            (unknown if place.unknown else known)[key].append(place)
    return known, unknown


def _joined(ends: Iterable[Pool], starts: Iterable[Pool]) -> Iterator[Link]:
    for end in ends:
        for start in starts:
            if end != start and _may_be(end, start):
                yield Link(
                    kind=LinkKind.PRESUMED,
                    source=end,
                    target=start,
                    departure=OPEN,
                    arrival=OPEN,
                    certain=False,
                )


def _may_be(one: Pool, two: Pool) -> bool:
    parties = not one.party or not two.party or one.party == two.party
    return parties and (not one.site or not two.site or one.site == two.site)
