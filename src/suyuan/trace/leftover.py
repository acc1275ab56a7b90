"""How much may be left of what was made and then went into something: at most so much."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.trace.places import consumes
from suyuan.trace.postings import amount
from suyuan.trace.times import Told
from suyuan.trace.types import Link, LinkKind


def left_over(
    made: Mapping[str, Quantity | None], told: Iterable[Told], links: Iterable[Link]
) -> dict[str, Quantity | None]:
    """What was made of each lot, less what surely went into something; what is used up is out.

    A use that nobody states, or states in another unit, takes nothing off: it may have been
    little. None: nobody says how much was made. Amounts made are in base units.
    """
    gone: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for thing, much in (*_own(told), *_carried(links)):
        base = normal(much)
        gone[thing, base.unit] += base.value
    rests = {
        thing: much and Quantity(much.value - gone[thing, much.unit], much.unit)
        for thing, much in made.items()
    }
    return {thing: rest for thing, rest in rests.items() if rest is None or rest.value > 0}


def _own(told: Iterable[Told]) -> Iterator[tuple[str, Quantity]]:
    """What is reported to have gone into a transformation."""
    for item in told:
        much = amount(item.fact)
        if consumes(item.fact) and not item.held and much is not None:
            yield item.fact.thing, much


def _carried(links: Iterable[Link]) -> Iterator[tuple[str, Quantity]]:
    """What surely was in containers that did."""
    for link in links:
        is_carried = link.kind is LinkKind.INPUT and bool(link.source.container)
        if is_carried and link.certain and not link.of_lot and link.quantity is not None:
            yield link.source.thing, Quantity(link.quantity, link.unit)
