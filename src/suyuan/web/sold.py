"""Takes the scope of a recall; gives the buyers whom only sellers name, in words.

Lots of one product that one sold to another are told together, with their sum.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan.codes import shown
from suyuan.interchange import alike_lines
from suyuan.interchange.types import Buyer
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.kit.clock import there
from suyuan.kit.text import Lang
from suyuan.service import Recall


class Sold(Struct, frozen=True):
    """To whom a seller says he sold, in words."""

    name: str
    seller: str
    much: Text
    time: str
    sold: Buyer


class Lots(Struct, frozen=True):
    """Sales of one seller to one buyer: one, or many lots of one `product` with their sum."""

    product: str
    much: Text
    times: tuple[str, ...]
    sales: tuple[Sold, ...]


_FEW: Final = 3
"""So many sales are read as fast as their sum."""


def together(sales: Sequence[Sold]) -> list[Lots]:
    """The sales in their order, those of one product and unit between the same two as one."""
    alike: dict[Hashable, list[Sold]] = defaultdict(list)
    for number, each in enumerate(sales):
        of, product = each.sold, alike_lines.product_of(each.sold.thing)
        kind = (of.party, of.name, of.seller, product, of.unit, of.quantity is None)
        alike[kind if product else number].append(each)
    return [lots for some in alike.values() for lots in _lots(some)]


def _lots(some: Sequence[Sold]) -> Iterator[Lots]:
    if len(some) <= _FEW:
        yield from (Lots("", each.much, (each.time,), (each,)) for each in some)
        return
    amounts = [each.sold.quantity for each in some if each.sold.quantity is not None]
    total = sum(amounts, Decimal(0)) if amounts else None
    yield Lots(
        product=alike_lines.product_of(some[0].sold.thing),
        much=amount(total, some[0].sold.unit),
        times=tuple(dict.fromkeys((some[0].time, some[-1].time))),
        sales=tuple(some),
    )


def bought(found: Recall, lang: Lang) -> list[Sold]:
    """The buyers whom only sellers name, in the order of their buying."""

    def called(uri: str) -> str:
        known = found.parties.get(uri)
        return known.name.pick(lang) if known else shown.shown_code(uri)

    return [
        Sold(
            name=each.name or called(each.party),
            seller=called(each.seller),
            much=amount(each.quantity, each.unit),
            time=f"{there(each.at, each.offset):%Y-%m-%d %H:%M} {each.offset}",
            sold=each,
        )
        for each in found.buyers
    ]
