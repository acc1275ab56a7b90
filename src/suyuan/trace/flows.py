"""Links and facts as flows of amounts: what left one pool and came into another.

A thing made comes from no pool, a thing ended goes to none.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain
from suyuan.trace.closure import Examined
from suyuan.trace.contents import contents
from suyuan.trace.places import source, target
from suyuan.trace.postings import amount
from suyuan.trace.reach import Interval
from suyuan.trace.reports import Reports, shared
from suyuan.trace.spells import Spells
from suyuan.trace.times import Micros, Told
from suyuan.trace.types import Confirmed, Link, LinkKind, Pool

Amount = Decimal | None
"""In the base unit of its dimension; None: not known, so without limit."""
_ZERO: Final = Decimal(0)


class Flow(Struct, frozen=True, eq=False, gc=False):
    """An amount that left a pool and came into another, with when that may have been.

    `sent` and `got` may differ, as both sides report. `certain`: it surely happened; `reached`:
    what is asked about may be in it; `takes`: it takes something out of its pool, and does not
    merely say what that may be part of. `entries` are those of the record that state it. `of_lot`:
    it is what a step of a lot may mean for one of its pieces. `covered`: a step of the lot itself,
    with its amount, is reached beside it, and this is a part of that; it must not count again.
    `reports`: those behind it, if one of them is behind other flows too; else None.
    """

    kind: LinkKind | FactKind
    source: Pool | None
    target: Pool | None
    left: tuple[Micros, Micros]
    came: tuple[Micros, Micros]
    sent: Amount
    got: Amount
    unit: str | None
    certain: bool
    reached: bool
    takes: bool
    entries: tuple[int, ...]
    of_lot: bool = False
    covered: bool = False
    reports: Reports | None = None


def flows(found: Examined) -> list[Flow]:
    """Every flow that the facts behind a closure state."""
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    reached = set(map(id, found.closure.links))  # these are of the network's own
    covered = set(map(id, _covered(found)))
    reports = shared(found.told, found.net.links, pieces)
    return [
        *(
            _of_link(
                link,
                times,
                pieces,
                is_reached=id(link) in reached,
                is_covered=id(link) in covered,
                reports=reports.get(id(link)),
            )
            for link, *times in zip(found.net.links, found.walk.out, found.walk.into, strict=True)
        ),
        *_of_facts(found),
    ]


def _covered(found: Examined) -> list[Link]:
    """Steps of pieces that are within steps of their lots, and what these explain.

    A piece that left a box unseen, and is found where its lot came, came there with it.
    """
    links = found.closure.links
    lots = {m.thing: lot for lot, members in found.net.members.items() for m in members}
    if not lots:
        return []
    steps = {_step(link) for link in links}
    came = {(link.target.thing, *_holder(link.target)) for link in links if _moves(link)}
    copies = [link for link in links if link.of_lot and _step(_of_whole(link)) in steps]
    unseen = [
        link
        for link in links
        if link.kind is LinkKind.UNPACKED
        and _moves(link)
        and (lots.get(link.source.thing), *_holder(link.target)) in came
    ]
    return copies + unseen


def _step(link: Link) -> tuple[LinkKind, Pool, Pool, tuple[int, ...]]:
    return link.kind, link.source, link.target, link.entries


def _of_whole(link: Link) -> Link:
    piece = link.source.thing or link.target.thing
    start, end = (
        replace(pool, thing=link.of_lot) if pool.thing == piece else pool
        for pool in (link.source, link.target)
    )
    return replace(link, source=start, target=end)


def _moves(link: Link) -> bool:
    """Whether a step leads to another holder."""
    return _holder(link.source) != _holder(link.target)


def _holder(place: Pool) -> tuple[str, str]:
    return place.party, place.site


def _of_link(
    link: Link,
    times: Sequence[Interval],
    pieces: set[str],
    *,
    is_reached: bool,
    is_covered: bool,
    reports: Reports | None,
) -> Flow:
    one = (link.source.thing or link.target.thing) in pieces
    sent, unit = _amount(link.quantity, link.unit, is_piece=one)
    got = sent
    if link.received is not None and link.came != (link.quantity, link.unit):
        got, got_in = _amount(*link.came, is_piece=one)
        if sent is None:
            sent, unit = got if link.confirmed is Confirmed.RECEIVED else sent, got_in
        elif unit != got_in:
            got = None  # how much that is in the sender's unit nobody says
    elif link.received is None and reports is not None and not reports.single:
        got = None  # of a dispatch that others received some of too
    moves = link.kind is not LinkKind.BELONGS and link.kind is not LinkKind.PRESUMED
    left, came = times
    return Flow(
        kind=link.kind,
        source=link.source,
        target=link.target,
        left=left,
        came=came,
        sent=sent,
        got=got,
        unit=unit,
        certain=link.certain and moves,
        reached=is_reached,
        takes=moves,
        entries=link.entries,
        of_lot=bool(link.of_lot),
        covered=is_covered,
        reports=reports,
    )


def _amount(
    value: Decimal | None, unit: str | None, *, is_piece: bool
) -> tuple[Amount, str | None]:
    if value is None:
        return (Decimal(1), None) if is_piece else (None, None)
    base = normal(Quantity(value, unit))
    return base.value, base.unit


def _of_facts(found: Examined) -> Iterator[Flow]:
    """What was made somewhere, and what ended there."""
    reached = {node.pool for node in found.closure.nodes}
    for item in found.told:
        if item.fact.kind is FactKind.MADE:
            yield _one_ended(item, None, target(item), amount(item.fact), is_reached=False)
        elif item.fact.kind is FactKind.ENDED:
            place = source(item)
            yield _one_ended(item, place, None, amount(item.fact), is_reached=place in reached)
            if item.fact.thing in found.net.stays.inside:
                yield from _ended_inside(item, found.net.stays, reached)


def _ended_inside(item: Told, stays: Spells, reached: Collection[Pool]) -> Iterator[Flow]:
    """What a container held that was sold, used up or destroyed ended with it."""
    for content in contents(stays, item.fact.thing, item.lo, item.hi):
        place = replace(source(item), thing=content.thing, container=content.container)
        one = _one_ended(item, place, None, content.packed, is_reached=place in reached)
        yield one if content.sure else replace(one, certain=False)


def _one_ended(
    item: Told, start: Pool | None, end: Pool | None, stated: Quantity | None, *, is_reached: bool
) -> Flow:
    base = None if stated is None else normal(stated)
    return Flow(
        kind=item.fact.kind,
        source=start,
        target=end,
        left=(item.lo, item.hi),
        came=(item.lo, item.hi),
        sent=None if base is None else base.value,
        got=None if base is None else base.value,
        unit=None if base is None else base.unit,
        certain=not item.held,
        reached=is_reached,
        takes=True,
        entries=item.entries,
    )


def summed(amounts: Iterable[Amount]) -> Amount:
    """All of them; None if one is not known."""
    total = _ZERO
    for much in amounts:
        if much is None:
            return None
        total += much
    return total


def plus(a: Amount, b: Amount) -> Amount:
    """Both together; None if one is not known."""
    return None if a is None or b is None else a + b


def less(a: Amount, b: Amount) -> Amount:
    """What is left of an amount without another, which is never below nothing."""
    if a is None or b is None:
        return None
    rest = a - b
    return max(_ZERO, rest)


def smaller(a: Amount, b: Amount) -> Amount:
    """The less of two amounts, of which one may be without limit."""
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)
