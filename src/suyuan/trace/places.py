"""Holders as pools: known ones are shared by all facts, unknown ones belong to one fact."""

from decimal import Decimal
from typing import Final, Literal

from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.times import Told
from suyuan.trace.types import Link, LinkKind, Pool

End = Literal["b", "a"]  # before, after: which end of its fact an unknown holder is

Stated = tuple[Decimal | None, str | None]  # quantity and unit of a line; None: unknown, pieces

NOBODY = Holder()
UNSTATED: Final[Stated] = (None, None)


def pool(thing: str, holder: Holder | None, told: Told, end: End, *, container: str = "") -> Pool:
    """The pool of a thing at one end of a fact; an unknown holder is a fresh one."""
    party, site = (holder.party, holder.site) if holder else (None, None)
    if party is not None and site is not None:
        return Pool(thing, party, site, container)
    return Pool(
        thing, party or "", site or "", container, f"{told.fact.position}.{told.fact.line}.{end}"
    )


def source(told: Told) -> Pool:
    """Where the fact's thing was, loose, before it."""
    return pool(told.fact.thing, told.fact.before, told, "b")


def target(told: Told) -> Pool:
    """Where the fact's thing is, loose, after it."""
    return pool(told.fact.thing, told.fact.after, told, "a")


def flow_name(told: Told) -> str:
    """What its transformation is called: by its key, else by the entry that states it."""
    return told.fact.flow or str(told.fact.position)


def flow(told: Told) -> Pool:
    """The transformation as a node."""
    return Pool("", container=flow_name(told))


def agree(one: Holder | None, two: Holder | None) -> bool:
    """Whether no known half of one contradicts the other."""
    a, b = one or NOBODY, two or NOBODY
    same_party = a.party is None or b.party is None or a.party == b.party
    return same_party and (a.site is None or b.site is None or a.site == b.site)


def merged(one: Holder | None, two: Holder | None) -> Holder:
    """The known halves of two holders that agree."""
    a, b = one or NOBODY, two or NOBODY
    return Holder(a.party or b.party, a.site or b.site)


def consumes(fact: Fact) -> bool:
    """Whether the fact is an input of a transformation."""
    return fact.kind is FactKind.BECAME and fact.side is Side.INPUT


def step(
    kind: LinkKind,
    start: Pool,
    end: Pool,
    item: Told,
    *,
    sure: bool,
    amount: Stated = UNSTATED,
) -> Link:
    """A link whose departure and arrival are the fact's own time."""
    when = item.fact.when
    return Link(
        kind=kind,
        source=start,
        target=end,
        departure=when,
        arrival=when,
        certain=sure and not item.held,
        quantity=amount[0],
        unit=amount[1],
        entries=item.entries,
    )
