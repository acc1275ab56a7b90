"""Postings at holders not fully known, and lots whose pieces are told singly.

What came to, or left, somebody unknown may have come to, or left, each holder that no known half
excludes: it widens their accounts, and makes none of its own. Nobody sends to himself: whoever was
sent something and is not known is another party than the sender. Where a party is known and its
place is not, the party has one account over all its places: it cannot have given more than came to
all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import inf
from typing import Final

from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.model import FactKind, Holder, ThingGrain
from suyuan.trace.postings import INTO, OUT_OF, Posting
from suyuan.trace.times import Told
from suyuan.trace.types import Column, Pool

_MOST_APART: Final = 50
"""So many unknown holders of a thing are told apart; of more, only what they come to together."""

ByPieces = Mapping[str, frozenset[tuple[str, str]] | None]
"""Of lots, where pieces were told singly, by party and site; None: nobody knows where."""


def by_pieces(told: Iterable[Told]) -> ByPieces:
    """Where pieces of a lot were told singly: what the lot's account says there is not all."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    anywhere: set[str] = set()
    lots: dict[str, set[str]] = defaultdict(set)
    told = [item for item in told if item.fact.grain is ThingGrain.INSTANCE]
    for item in told:
        if item.fact.lot:
            lots[item.fact.thing].add(item.fact.lot)
    for item in told:
        for lot in lots.get(item.fact.thing, ()):
            if item.fact.kind is FactKind.JOINED:
                anywhere.add(lot)
            for end in (item.fact.before, item.fact.after):
                if end is not None:
                    found[lot].add(_holder(end))
    some: dict[str, frozenset[tuple[str, str]] | None] = {
        lot: frozenset(holders) for lot, holders in found.items()
    }
    return some | dict.fromkeys(anywhere)


def _holder(end: Holder) -> tuple[str, str]:
    return end.party or "", end.site or ""


def placed(found: Iterable[Posting], pieces: ByPieces) -> Iterator[Posting]:
    """The postings at known holders, with what those at unknown ones may add to them."""
    found = list(found)
    known: dict[str, dict[Pool, None]] = defaultdict(dict)
    unknown: dict[str, list[Posting]] = defaultdict(list)
    for each in found:
        if each.place.unknown:
            unknown[each.place.thing].append(each)
        else:
            known[each.place.thing][each.place] = None
            yield each
    yield from _of_parties(found, known)
    for thing, some in unknown.items():
        for each in _together(some):
            for place in known.get(thing, ()):
                if _may_be(each, place):
                    yield replace(each, place=place)
    for thing, holders in pieces.items():
        for place in known.get(thing, ()):
            if holders is None or (place.party, place.site) in holders:
                yield from (_nobody_knows(place, column) for column in (Column.CAME, Column.WENT))


def _of_parties(
    found: Sequence[Posting], known: Mapping[str, dict[Pool, None]]
) -> Iterator[Posting]:
    """All that a party did with a thing, wherever, where it once does not say at which place.

    Such an account is one more known place, which what is wholly unknown widens too. Counts are of
    one place alone.
    """
    placeless = {
        (each.place.thing, each.place.party)
        for each in found
        if each.place.unknown and each.place.party and not each.place.site
    }
    for each in found:
        mine = each.place.thing, each.place.party
        if mine in placeless and each.column in INTO | OUT_OF:
            whole = Pool(*mine)
            known[each.place.thing][whole] = None
            yield replace(each, place=whole)


def _together(some: Iterable[Posting]) -> Iterator[Posting]:
    """What may have been anywhere that is not excluded; of many, one for all alike."""
    alike: dict[tuple[str, str, bool], list[Posting]] = defaultdict(list)
    for each in some:
        if each.column in INTO | OUT_OF:
            alike[each.place.party, each.place.site, each.column in INTO].append(each)
    for many in alike.values():
        if len(many) <= _MOST_APART:
            yield from (_only_possible(each) for each in many)
        else:
            yield _sum(many)


def _only_possible(each: Posting) -> Posting:
    """What came to somebody unknown may be here from then on."""
    hi = inf if each.column in INTO else each.hi
    return replace(each, certain=False, stated=False, hi=hi)


def _sum(many: list[Posting]) -> Posting:
    units = {None if each.quantity is None else each.quantity.unit for each in many}
    amounts = [each.quantity.value for each in many if each.quantity is not None]
    one_unit = len(units) == 1 and len(amounts) == len(many) and min(amounts) >= 0
    return replace(
        _only_possible(many[0]),
        quantity=Quantity(sum(amounts, Decimal(0)), units.pop()) if one_unit else None,
        lo=min(each.lo for each in many),
        hi=inf if many[0].column in INTO else max(each.hi for each in many),
        entries=tuple(sorted({entry for each in many for entry in each.entries})),
        other=many[0].other if len({_giver(each) for each in many}) == 1 else None,
    )


def _giver(each: Posting) -> str:
    return "" if each.other is None else each.other.party


def _may_be(each: Posting, place: Pool) -> bool:
    """Whether what was of somebody not fully known may be of this account, and is not in it yet."""
    one, other = each.place, each.other
    if one.party:
        return one.party == place.party and bool(place.site) and one.site in {"", place.site}
    to_himself = other is not None and bool(other.party) and other.party == place.party
    return not to_himself and (not one.site or one.site == place.site or not place.site)


def _nobody_knows(place: Pool, column: Column) -> Posting:
    return Posting(
        place=place,
        thing=place.thing,
        column=column,
        quantity=None,
        lo=-inf,
        hi=inf,
        certain=False,
        stated=False,
        entries=(),
    )
