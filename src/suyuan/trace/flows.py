"""Links and facts as flows of amounts: what left one pool and came into another.

A thing made comes from no pool, a thing ended goes to none.
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain
from suyuan.trace.closure import Examined
from suyuan.trace.places import source, target
from suyuan.trace.postings import amount
from suyuan.trace.times import Micros, Told, high, low
from suyuan.trace.types import Link, LinkKind, Pool

Amount = Decimal | None
"""In the base unit of its dimension; None: not known, so without limit."""


class Flow(Struct, frozen=True, eq=False):
    """An amount that left a pool and came into another, with when that may have been.

    `sent` and `got` may differ, as both sides report. `certain`: it surely happened; `reached`:
    what is asked about may be in it; `takes`: it takes something out of its pool, and does not
    merely say what that may be part of. `entries` are those of the record that state it.
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


def flows(found: Examined) -> list[Flow]:
    """Every flow that the facts behind a closure state."""
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    reached = set(found.closure.links)
    return [
        *(_of_link(link, pieces, is_reached=link in reached) for link in found.net.links),
        *_of_facts(found),
    ]


def _of_link(link: Link, pieces: set[str], *, is_reached: bool) -> Flow:
    one = (link.source.thing or link.target.thing) in pieces
    sent, unit = _amount(link.quantity, link.unit, is_piece=one)
    got, _ = _amount(link.received, link.unit, is_piece=False)
    moves = link.kind not in {LinkKind.BELONGS, LinkKind.PRESUMED}
    return Flow(
        kind=link.kind,
        source=link.source,
        target=link.target,
        left=(low(link.departure), high(link.departure)),
        came=(low(link.arrival), high(link.arrival)),
        sent=sent,
        got=sent if got is None else got,
        unit=unit,
        certain=link.certain and moves,
        reached=is_reached,
        takes=moves,
        entries=link.entries,
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
            yield _one_ended(item, None, target(item), is_reached=False)
        elif item.fact.kind is FactKind.ENDED:
            yield _one_ended(item, source(item), None, is_reached=source(item) in reached)


def _one_ended(item: Told, start: Pool | None, end: Pool | None, *, is_reached: bool) -> Flow:
    stated = amount(item.fact)
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
