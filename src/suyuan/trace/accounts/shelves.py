"""Accounts beside those of lots at holders: of classes, of vessels, and of transformations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from math import inf

from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.model import FactKind, ThingGrain
from suyuan.trace.accord import Nodes
from suyuan.trace.accounts.stock import EVER
from suyuan.trace.alike import Alike
from suyuan.trace.folding import ClassOf
from suyuan.trace.places import consumes, source, target
from suyuan.trace.postings import Posting, amount, at_holder, of_ends, of_facts, of_links
from suyuan.trace.spells import Spells
from suyuan.trace.times import Micros, Told
from suyuan.trace.types import BalanceKind, Column, Link, Pool

_ONE = Quantity(Decimal(1))

Accounts = dict[tuple[BalanceKind, Pool], list[Posting]]


def by_class(accounts: Accounts, pieces: Iterable[Posting], class_of: ClassOf) -> None:
    """All lots and pieces of a class at a holder together; the class has no other account.

    Lots and pieces of one class may be the same stock, told twice: then pieces only may add to it.
    """
    sites: dict[Pool, dict[str, list[Posting]]] = defaultdict(lambda: defaultdict(list))
    single: dict[Pool, list[Posting]] = defaultdict(list)
    for kind, place in accounts:
        group = class_of(place.thing) if kind is BalanceKind.POOL else ""
        if group:
            sites[_at(group, place)][place.thing] = accounts[kind, place]
    for each in pieces:
        single[_at(class_of(each.thing), each.place)].append(each)
    for whole in dict.fromkeys((*sites, *single)):
        lots, some = sites.get(whole, {}), single.get(whole, [])
        if whole.thing in lots:
            del accounts[BalanceKind.POOL, whole]
        elif len(lots) == 1 and not some:
            continue  # what there is to say of the class is said of its lot
        doubtful = [replace(each, certain=False) for each in some] if lots else some
        accounts[BalanceKind.SITE, whole] = [*_together(whole, lots), *doubtful]


def _at(group: str, place: Pool) -> Pool:
    return Pool(group, place.party, place.site)


def _together(whole: Pool, lots: dict[str, list[Posting]]) -> Iterator[Posting]:
    """All but counts, which are of a lot alone."""
    for thing, some in lots.items():
        for each in some:
            if each.column is not Column.COUNTED or thing == whole.thing:
                yield each


def of_lots(
    told: Sequence[Told], links: Sequence[Link], lots: set[str], stays: Spells
) -> Iterator[Posting]:
    """What lots did, by themselves and in containers; once if one event tells it both ways."""
    own: set[object] = set()
    for each in of_facts(told, lots):
        own.update((each.thing, each.column, each.place, entry) for entry in each.entries)
        yield each
    for each in chain(of_links(links, lots), of_ends(told, lots, stays)):
        same = ((each.thing, each.column, each.place, entry) for entry in each.entries)
        yield replace(each, certain=False) if not own.isdisjoint(same) else each


def of_pieces(
    told: Sequence[Told], links: Sequence[Link], pieces: set[str], stays: Spells, alike: Alike
) -> Iterator[Posting]:
    """What single pieces did, with all that did the same."""
    for each in _of_pieces(told, links, pieces, stays):
        yield replace(each, alike=alike[each.thing]) if each.thing in alike else each


def _of_pieces(
    told: Sequence[Told], links: Sequence[Link], pieces: set[str], stays: Spells
) -> Iterator[Posting]:
    """What a piece told itself its container does not add to for sure."""
    own: set[object] = set()
    for each in of_facts(told, pieces):
        own.add((each.thing, each.column, each.place))
        yield each
    for each in chain(of_links(links, pieces), of_ends(told, pieces, stays)):
        same = (each.thing, each.column, each.place) in own
        yield replace(each, quantity=_ONE, certain=each.certain and not same)


def in_vessels(told: Sequence[Told]) -> Iterator[Posting]:
    """What went into each container, came out of it, or was counted in it, by quantity."""
    quantities = {
        item.fact.parent
        for item in told
        if item.fact.kind is FactKind.JOINED and item.fact.grain is not ThingGrain.INSTANCE
    }
    for item in told:
        column, vessel = _of_vessel(item)
        if column is not None and vessel in quantities:
            yield _posting(item, Pool("", container=vessel), column, at_holder(target(item)))


def _of_vessel(item: Told) -> tuple[Column | None, str]:
    fact = item.fact
    parent, by_quantity = fact.parent or "", fact.grain is not ThingGrain.INSTANCE
    if fact.kind is FactKind.LEFT and not fact.thing:
        return Column.EMPTIED, parent
    if fact.kind in {FactKind.MADE, FactKind.ENDED} or consumes(fact):
        return Column.EMPTIED, fact.thing
    columns = {
        FactKind.JOINED: Column.CAME,
        FactKind.LEFT: Column.WENT,
        FactKind.COUNTED: Column.COUNTED,
    }
    return columns.get(fact.kind) if by_quantity else None, parent


def in_makings(told: Iterable[Told], makings: Nodes, alike: Alike) -> Iterator[Posting]:
    """What surely went into each transformation, and came out of it."""
    lines = [
        (item, node)
        for item in told
        for node, sure in makings.get((item.fact.entry, item.fact.line), ())
        if sure
    ]
    first: dict[Pool, Micros] = defaultdict(lambda: inf)
    for item, node in lines:
        if not consumes(item.fact):
            first[node] = min(first[node], item.lo)
    for item, node in lines:
        made = _of_making(item, node, first[node])
        yield replace(made, alike=alike.get(made.thing, ()))


def _of_making(item: Told, node: Pool, first: Micros) -> Posting:
    """Time does not filter what goes in: what is dated later is in by what `first` came out."""
    put_in = consumes(item.fact)
    holder = source(item) if put_in else target(item)
    made = _posting(item, node, Column.CAME if put_in else Column.WENT, at_holder(holder))
    if not put_in:
        return made
    return replace(made, lo=min(made.lo, first), hi=max(EVER, min(made.hi, first)))


def _posting(item: Told, place: Pool, column: Column, other: Pool) -> Posting:
    return Posting(
        place=place,
        thing=item.fact.thing,
        column=column,
        quantity=None if column is Column.EMPTIED else amount(item.fact),
        lo=item.lo,
        hi=item.hi,
        certain=not item.held,
        stated=True,
        entries=item.entries,
        other=other,
    )
