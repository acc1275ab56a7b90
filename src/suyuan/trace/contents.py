"""What is inside a container at a time, at any depth, and what the container does with it."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import Fact, ThingGrain
from suyuan.trace.accord import Nodes
from suyuan.trace.places import Stated, consumes, source, step
from suyuan.trace.spells import Spell, Spells, spells_at
from suyuan.trace.times import Micros, Told, high, low
from suyuan.trace.types import Confirmed, Link, LinkKind, Pool


class Content(Struct, frozen=True, eq=False):
    """A thing in a container at a time: in which, whether surely, and the spells that say so.

    `stated`: how much of it is in there, where that is known.
    """

    thing: str
    container: str
    sure: bool
    spells: tuple[Spell, ...]
    stated: Stated

    @property
    def packed(self) -> Quantity | None:
        """How much of it is in there, if that is known; a piece is one."""
        much, unit = self.stated
        if much is not None:
            return Quantity(much, unit)
        is_piece = self.spells[0].join.fact.grain is ThingGrain.INSTANCE
        return Quantity(Decimal(1)) if is_piece else None


def contents(stays: Spells, root: str, lo: Micros, hi: Micros) -> Iterator[Content]:
    """All that may be in a container, at any depth, at some time of [lo, hi].

    Sure is what was inside all the time; whatever contains itself is left out.
    """
    edges = _edges(stays, root, lo, hi)
    certainly = _surely(edges, root, lo, hi)
    for container, things in edges.items():
        for thing, met in things.items():
            if thing != root:
                inside = container in certainly
                sure = [inside and spell.covers(lo, hi) for spell in met]
                yield Content(
                    thing, container, any(sure), met, amount_in(stays, met, sure, (lo, hi))
                )


_Edges = dict[str, dict[str, tuple[Spell, ...]]]


def _edges(stays: Spells, root: str, lo: Micros, hi: Micros) -> _Edges:
    """By container, from the root down, what may have been directly in it."""
    found: _Edges = {}
    waiting = [root]
    while waiting:
        container = waiting.pop()
        if container not in found:
            found[container] = spells_at(stays, container, lo, hi)
            waiting.extend(found[container])
    return found


def _surely(inside: _Edges, root: str, lo: Micros, hi: Micros) -> set[str]:
    """The root and what surely was in it all the time."""
    seen, waiting = {root}, [root]
    while waiting:
        for thing, spells in inside[waiting.pop()].items():
            if thing not in seen and any(spell.covers(lo, hi) for spell in spells):
                seen.add(thing)
                waiting.append(thing)
    return seen


def carried(links: Iterable[Link], stays: Spells) -> Iterator[Link]:
    """For each movement of a container the movements of what it then held."""
    for link in links:
        if link.source.thing in stays.inside:
            yield from _with_contents(link, stays)


def _with_contents(link: Link, stays: Spells) -> Iterator[Link]:
    lo, hi = _during(link)
    for item in contents(stays, link.source.thing, lo, hi):
        quantity, unit = item.stated
        yield replace(
            link,
            source=_of(item, link.source),
            target=_of(item, link.target),
            certain=link.certain and item.sure,
            quantity=quantity,
            received=quantity if link.confirmed is Confirmed.BOTH else None,
            unit=unit,
            received_unit=unit if link.confirmed is Confirmed.BOTH else None,
        )


def _of(item: Content, place: Pool) -> Pool:
    return replace(place, thing=item.thing, container=item.container)


def _during(link: Link) -> tuple[Micros, Micros]:
    """The time that is known of a movement: the reported end, or both."""
    if link.confirmed is Confirmed.SENT:
        return low(link.departure), high(link.departure)
    if link.confirmed is Confirmed.RECEIVED:
        return low(link.arrival), high(link.arrival)
    return (
        min(low(link.departure), low(link.arrival)),
        max(high(link.departure), high(link.arrival)),
    )


def amount_in(
    stays: Spells, spells: Sequence[Spell], sure: Sequence[bool], during: tuple[Micros, Micros]
) -> Stated:
    """How much of one thing is in a container at a time: what was put in, less what was taken out.

    Where some surely is inside and some may be, it surely is there, and how much is not known.
    """
    joins = [spell.join for spell in spells]
    fact = joins[0].fact
    whole = _packed([join.fact for join in joins]) if len(set(sure)) == 1 else (None, None)
    told = stays.laid.portions.get((fact.thing, fact.parent or ""))
    if whole[0] is None or told is None:
        return whole
    return told.rest(joins, *during) or whole


def _packed(facts: Sequence[Fact]) -> Stated:
    """How much was put in, if every packing says so in units that compare."""
    said = [Quantity(fact.quantity, fact.unit) for fact in facts if fact.quantity is not None]
    if len({each.unit for each in said}) > 1:
        said = [normal(each) for each in said]
    if len(said) < len(facts) or len({each.unit for each in said}) > 1:
        return None, None
    return sum((each.value for each in said), Decimal(0)), said[0].unit


def consumed_inside(told: Iterable[Told], stays: Spells, nodes: Nodes) -> Iterator[Link]:
    """When a container goes into a transformation its contents do."""
    for item in told:
        if consumes(item.fact) and item.fact.thing in stays.inside and item.fact.quantity != 0:
            yield from _consumed(item, stays, nodes)


def _consumed(item: Told, stays: Spells, nodes: Nodes) -> Iterator[Link]:
    for content in contents(stays, item.fact.thing, item.lo, item.hi):
        place = _of(content, source(item))
        for node, joined in nodes[item.fact.entry, item.fact.line]:
            sure = joined and content.sure
            yield step(LinkKind.INPUT, place, node, item, sure=sure, amount=content.stated)
