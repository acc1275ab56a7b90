"""Origins, whereabouts and responsibility: what a closure means to those who ask."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity, Span
from suyuan.kit.quantity import normal
from suyuan.model import SEEN, FactKind
from suyuan.trace.alike import everyone
from suyuan.trace.balance import sums_of
from suyuan.trace.closure import Examined
from suyuan.trace.contents import contents
from suyuan.trace.places import source, target
from suyuan.trace.postings import amount, at_holder, columns_of, of_ends
from suyuan.trace.returning import Back, returned, takes_away
from suyuan.trace.times import Micros, Told, high, low, moment
from suyuan.trace.types import (
    Column,
    Confirmed,
    Link,
    LinkKind,
    Node,
    Origin,
    OriginKind,
    Pool,
    Responsible,
    Rest,
    Whereabouts,
)

Left = Mapping[Pool, tuple[Decimal | None, str | None]]
_NO_AMOUNT = (None, None)


def origins(found: Examined) -> tuple[Origin, ...]:
    """Nodes with nothing before them among what was reached, and all that was made here."""
    made = _made_at(found.told)
    entered = {link.target for link in found.closure.links}
    return tuple(
        origin
        for node in found.closure.nodes
        for origin in _origins(node, made.get(node.pool, []), entered=node.pool in entered)
    )


def _origins(node: Node, made: list[Told], *, entered: bool) -> Iterator[Origin]:
    for item in made:
        much = amount(item.fact)
        yield Origin(
            pool=node.pool,
            kind=OriginKind.MADE,
            certain=node.certain and not item.held,
            quantity=None if much is None else much.value,
            unit=None if much is None else much.unit,
            entries=item.entries,
        )
    if not made and not entered:
        kind = OriginKind.UNKNOWN if node.pool.thing else OriginKind.UNSTATED
        yield Origin(pool=node.pool, kind=kind, certain=node.certain)


def whereabouts(found: Examined, left: Left) -> tuple[Whereabouts, ...]:
    """Who has what was reached, what is under way to whom, and what ended where."""
    departs = {link.source for link in found.net.links if takes_away(link)}
    ended = _ends_at(found)
    unsaid = _unsaid(found, departs | ended.keys())
    back = _returned(found, left, ended)
    arriving: dict[Pool, list[Link]] = defaultdict(list)
    for link in found.closure.links:
        arriving[link.target].append(link)
    places: list[Whereabouts] = []
    for node in found.closure.nodes:
        if not node.pool.thing:
            continue
        over = [_ended(node, each) for each in ended.get(node.pool, ())]
        places += over
        gone = node.pool in departs or bool(over)
        seen = node.pool in found.net.places.made or node.pool in found.net.places.seen
        under_way = [] if gone or seen else _under_way(node, arriving[node.pool])
        places += under_way
        if node.pool in back:
            places += _again(node, back[node.pool])
        elif not under_way:
            places += _kept(node, left, gone=gone)
            places += _rest_under_way(node, unsaid, left, arriving[node.pool])
    return tuple(places)


def _returned(
    found: Examined, left: Left, ended: Mapping[Pool, Iterable["_End"]]
) -> dict[Pool, Back]:
    """Where something is again of which no amount says how much is left."""
    pools = {
        node.pool for node in found.closure.nodes if left.get(node.pool, _NO_AMOUNT)[0] is None
    }
    over = ((pool, end.item.fact.when) for pool, ends in ended.items() for end in ends)
    return returned(found, over, pools)


def _again(node: Node, back: Back) -> list[Whereabouts]:
    if back.under_way:
        return [_sent(node, link) for link in back.under_way]
    return [Whereabouts(pool=node.pool, rest=Rest.HELD, certain=node.certain and back.certain)]


def _ended(node: Node, end: "_End") -> Whereabouts:
    return Whereabouts(
        pool=node.pool,
        rest=Rest.ENDED,
        certain=node.certain and end.sure and not end.item.held,
        quantity=None if end.much is None else end.much.value,
        unit=None if end.much is None else end.much.unit,
        entries=end.item.entries,
    )


def _under_way(node: Node, arriving: list[Link]) -> list[Whereabouts]:
    """Sent here and never said to have come; nothing else brought the thing here."""
    moves = [link for link in arriving if link.kind is LinkKind.MOVED]
    if not moves or any(link.confirmed is not Confirmed.SENT for link in moves):
        return []
    return [_sent(node, link) for link in moves]


def _sent(node: Node, link: Link) -> Whereabouts:
    return Whereabouts(
        pool=node.pool,
        rest=Rest.IN_TRANSIT,
        certain=node.certain and link.certain,
        quantity=link.quantity,
        unit=link.unit,
        entries=link.entries,
    )


def _unsaid(found: Examined, gone: Collection[Pool]) -> dict[Pool, tuple[Decimal, str | None]]:
    """Of lots sent to a holder who does not say that they came: what has not left him, at most.

    Only where something left him; in the base unit. Else all of it is under way.
    """
    sent = {at_holder(link.target) for link in found.net.links if _is_sent_only(link)}
    if not (sent := sent.intersection(gone)):
        return {}
    ends = of_ends(found.told, {place.thing for place in sent}, found.net.stays)
    sums = sums_of(found.told, found.net.links, ends)
    known = ((place, sums.get(place)) for place in sent)
    rests = ((place, s.came - s.went - s.ended, s.unit) for place, s in known if s is not None)
    return {place: (rest, unit) for place, rest, unit in rests if rest > 0}


def _is_sent_only(link: Link) -> bool:
    return link.kind is LinkKind.MOVED and link.confirmed is Confirmed.SENT


def _rest_under_way(
    node: Node, unsaid: Left, left: Left, arriving: list[Link]
) -> Iterator[Whereabouts]:
    """What was sent here, is not said to have come, and cannot be in what left or is held."""
    moves = [link for link in arriving if _is_sent_only(link)]
    rest, unit = unsaid.get(node.pool, (None, None))
    held, held_in = left.get(node.pool, (None, None))
    if rest is None or not moves or not all(link.certain for link in moves):
        return
    if held:
        rest -= normal(Quantity(held, held_in)).value
    if rest > 0:
        yield Whereabouts(
            pool=node.pool,
            rest=Rest.IN_TRANSIT,
            certain=node.certain,
            quantity=rest,
            unit=unit,
            entries=tuple(sorted({entry for link in moves for entry in link.entries})),
        )


def _kept(node: Node, left: Left, *, gone: bool) -> Iterator[Whereabouts]:
    """Still here: nothing left, or less left than came."""
    quantity, unit = left.get(node.pool, (None, None))
    if not gone or (quantity is not None and quantity > 0):
        yield Whereabouts(
            pool=node.pool, rest=Rest.HELD, certain=node.certain, quantity=quantity, unit=unit
        )


def _made_at(told: Iterable[Told]) -> dict[Pool, list[Told]]:
    found: dict[Pool, list[Told]] = defaultdict(list)
    for item in told:
        if item.fact.kind is FactKind.MADE:
            found[target(item)].append(item)
    return found


class _End(Struct, frozen=True, eq=False):
    """What was sold, used up or destroyed of a thing, itself or in a container; None: not known."""

    item: Told
    much: Quantity | None
    sure: bool


def _ends_at(found: Examined) -> dict[Pool, list[_End]]:
    """By place what ended there; what a container held ended with it, once if one event says both.

    Such an event says how much of the thing itself, so nothing is added to that.
    """
    ends: dict[Pool, list[_End]] = defaultdict(list)
    inside = list[Told]()
    own = set[tuple[Pool, int]]()
    for item in found.told:
        if item.fact.kind is FactKind.ENDED:
            ends[source(item)].append(_End(item, amount(item.fact), sure=True))
            own.update((source(item), entry) for entry in item.entries)
            if item.fact.thing in found.net.stays.inside:
                inside.append(item)
    nodes = {node.pool for node in found.closure.nodes}
    for item in inside:
        for content in contents(found.net.stays, item.fact.thing, item.lo, item.hi):
            loose = replace(source(item), thing=content.thing)
            told = loose in nodes and any((loose, entry) in own for entry in item.entries)
            much = None if told else content.packed
            place = replace(loose, container=content.container)
            ends[place].append(_End(item, much, sure=content.sure))
    return ends


class _Tenure(Struct):
    """What one holder's part in the chain adds up to, while it is being added up."""

    things: set[str]
    entries: set[int]
    since: tuple[Micros, Micros] = (inf, inf)
    until: tuple[Micros, Micros] = (-inf, -inf)
    left: tuple[Micros, Micros] = (inf, inf)
    made: bool = False
    certain: bool = False
    holds: bool = False


def responsibility(found: Examined, left: Left) -> tuple[Responsible, ...]:
    """Every holder on the chain, from the first time it may have had it to the last.

    Who has some of it `left` has it until now, and so has who was sent more than left him.
    """
    tenures: dict[tuple[str, str], _Tenure] = defaultdict(lambda: _Tenure(set(), set()))
    nodes = {node.pool: node for node in found.closure.nodes if node.pool.party or node.pool.site}
    gone = {link.source for link in found.net.links if takes_away(link)}
    ended = _ends_at(found)
    gone |= ended.keys()
    unsaid, back = _unsaid(found, gone), _returned(found, left, ended)
    for place, node in nodes.items():
        tenure = tenures[place.party, place.site]
        tenure.things |= {place.thing} - {""}
        tenure.certain |= node.certain
        stock, _ = left.get(place, (None, None))
        tenure.holds |= place not in gone or place in unsaid or place in back
        tenure.holds |= stock is not None and stock > 0
    for link in found.closure.links:
        _add_link(tenures, link, nodes)
    for item in found.told:
        _add_place(tenures, item, nodes)
    for place, ends in ended.items():
        if place in nodes:
            _add_ends(tenures[place.party, place.site], ends)
    for tenure in tenures.values():
        tenure.things = everyone(tenure.things, found.alike)
    return tuple(_responsible(key, tenures[key]) for key in sorted(tenures))


def _add_link(tenures: dict[tuple[str, str], _Tenure], link: Link, nodes: dict[Pool, Node]) -> None:
    if not takes_away(link):
        return
    if link.target in nodes:
        tenure = tenures[link.target.party, link.target.site]
        tenure.since = _earlier(tenure.since, link.arrival)
        tenure.entries.update(link.entries)
        tenure.made |= link.kind is LinkKind.OUTPUT
    if link.source in nodes:
        tenure = tenures[link.source.party, link.source.site]
        tenure.until = _later(tenure.until, link.departure)
        tenure.left = _earlier(tenure.left, link.departure)
        tenure.entries.update(link.entries)


def _add_place(
    tenures: dict[tuple[str, str], _Tenure], item: Told, nodes: dict[Pool, Node]
) -> None:
    place, made = target(item), Column.MADE in columns_of(item.fact)
    if place not in nodes or not (made or item.fact.kind in SEEN):
        return
    tenure = tenures[place.party, place.site]
    tenure.since = _earlier(tenure.since, item.fact.when)
    tenure.entries.update(item.entries)
    tenure.made |= made


def _add_ends(tenure: _Tenure, ends: Iterable[_End]) -> None:
    for each in ends:
        when = each.item.fact.when
        tenure.since = _earlier(tenure.since, when)
        tenure.until = _later(tenure.until, when)
        tenure.left = _earlier(tenure.left, when)
        tenure.entries.update(each.item.entries)


def _earlier(span: tuple[Micros, Micros], other: Span) -> tuple[Micros, Micros]:
    return min(span[0], low(other)), min(span[1], high(other))


def _later(span: tuple[Micros, Micros], other: Span) -> tuple[Micros, Micros]:
    return max(span[0], low(other)), max(span[1], high(other))


def _responsible(key: tuple[str, str], tenure: _Tenure) -> Responsible:
    since, until = tenure.since, tenure.until
    if tenure.left[1] < since[0]:  # it left before anybody says how it came: it was there by then
        since = (-inf, tenure.left[1])
    return Responsible(
        party=key[0],
        site=key[1],
        made=tenure.made,
        things=len(tenure.things),
        since=Span(moment(since[0]), moment(since[1])),
        until=None if tenure.holds else Span(moment(until[0]), moment(until[1])),
        certain=tenure.certain,
        entries=tuple(sorted(tenure.entries)),
    )
