"""Sections 8 and 10 of the trace contract: what facts allow without stating it."""

from collections.abc import Sequence
from itertools import product

from msgspec.structs import replace
from oracle_facts import OPEN, Line, place

from suyuan.model import FactKind
from suyuan.trace.types import Link, LinkKind, Pool


def belonging_pairs(lines: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """Section 10: (instance, lot) and the facts that state it."""
    pairs: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.fact.lot is not None and line.fact.thing:
            pairs.setdefault((line.fact.thing, line.fact.lot), []).append(line)
    return pairs


def places_of(lines: Sequence[Line], *kinds: FactKind) -> set[Pool]:
    return {place(line) for line in lines if line.fact.kind in kinds}


SEEN = (FactKind.MADE, FactKind.OBSERVED, FactKind.COUNTED, FactKind.ENDED)


def pools_of(thing: str, links: Sequence[Link], lines: Sequence[Line]) -> set[Pool]:
    """Section 12: every end of its links, and where it was made, seen or ended."""
    pools = {pool for link in links for pool in (link.source, link.target)}
    return {pool for pool in pools | places_of(lines, *SEEN) if pool.thing == thing}


def belonging_links(own: Sequence[Link], lines: Sequence[Line]) -> list[Link]:
    """Section 10 (b): from a lot to its instance at the same known holder, never back."""
    links: list[Link] = []
    for (instance, lot), stating in belonging_pairs(lines).items():
        entries = tuple(sorted({entry for line in stating for entry in line.entries}))
        for a, b in product(pools_of(lot, own, lines), pools_of(instance, own, lines)):
            if not a.unknown and _holder(a) == _holder(b):
                links.append(_possible(LinkKind.BELONGS, a, b, entries))
    return links


def lot_level_copies(own: Sequence[Link], lines: Sequence[Line]) -> list[Link]:
    """Section 10 (c): what happened to the lot where no record of the instance accounts for it."""
    made = places_of(lines, FactKind.MADE)
    copies: list[Link] = []
    for instance, lot in belonging_pairs(lines):
        gone = {_holder(link.source) for link in own if link.source.thing == instance}
        come = {_holder(link.target) for link in own if link.target.thing == instance}
        come |= {_holder(pool) for pool in made if pool.thing == instance}
        for link in own:
            moved = link.source.thing == lot and _holder(link.source) not in gone
            output = link.kind is LinkKind.OUTPUT and link.target.thing == lot
            if moved or (output and _holder(link.target) not in come):
                copies.append(_copy(link, lot, instance))
    return copies


def _holder(pool: Pool) -> tuple[str, str, str]:
    return pool.party, pool.site, pool.unknown


def _copy(link: Link, lot: str, instance: str) -> Link:
    source, target = (
        replace(pool, thing=instance) if pool.thing == lot else pool
        for pool in (link.source, link.target)
    )
    return replace(
        link,
        source=source,
        target=target,
        certain=False,
        quantity=None,
        received=None,
        unit=None,
        received_unit=None,
        of_lot=lot,
    )


def presumed_links(links: Sequence[Link], lines: Sequence[Line]) -> list[Link]:
    """Section 8: what came to an unknown holder may be what left or ended at another, and back."""
    arrived = {link.target for link in links} | places_of(lines, FactKind.MADE)
    left = {link.source for link in links} | places_of(lines, FactKind.ENDED)
    return [
        _possible(LinkKind.PRESUMED, a, b, ())
        for a, b in product(arrived, left)
        if a != b and a.thing and _may_be_one(a, b)
    ]


def _may_be_one(a: Pool, b: Pool) -> bool:
    if (a.thing, a.container) != (b.thing, b.container) or not (a.unknown or b.unknown):
        return False
    return all(not x or not y or x == y for x, y in ((a.party, b.party), (a.site, b.site)))


def _possible(kind: LinkKind, source: Pool, target: Pool, entries: tuple[int, ...]) -> Link:
    return Link(
        kind=kind,
        source=source,
        target=target,
        departure=OPEN,
        arrival=OPEN,
        certain=False,
        entries=entries,
    )
