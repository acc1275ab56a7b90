"""Takes the lines of a recall; gives them with lots folded that say alike: many as one, added up.

Alike are lots of one product at one holder, in one unit, of which the same is known and not known.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Text
from suyuan.trace.types import Extent, Part, ScopeLine

_FEW: Final = 3
"""So many lots are read as fast as their sum."""

_PARTS: Final = ("came", "sent", "ended", "stock")
_ITEMS: Final = "https://id.gs1.org/01/"
_NOTHING: Final = Decimal(0)
MANY: Final = Text("{product}，{count} 个批次合计", "{product}, {count:lot|lots} in all")
"""What stands for lots that are folded is called so."""


class Fold(Struct, frozen=True):
    """Lines that say alike, as one `line` whose amounts are theirs together; or one by itself.

    Of several, `line.thing` is their product. At least and at most are the sums of theirs: true of
    all together, if not as narrow as could be.
    """

    line: ScopeLine
    members: tuple[ScopeLine, ...]

    @property
    def count(self) -> int:
        """How many lines it stands for."""
        return len(self.members)

    @property
    def key(self) -> str:
        """By which it is asked for: the same as long as the same is known of them."""
        return blake2b(repr(_kind(self.members[0])).encode(), digest_size=6).hexdigest()


def folds(lines: Iterable[ScopeLine]) -> list[Fold]:
    """The lines in their order, those that are alike where the first of them stands."""
    alike: dict[Hashable, list[ScopeLine]] = defaultdict(list)
    for number, line in enumerate(lines):
        alike[_kind(line) if product_of(line.thing) else number].append(line)
    return [fold for some in alike.values() for fold in _folded(some)]


def product_of(thing: str) -> str:
    """The product of a lot by its GTIN; "" of what is no such lot."""
    product, is_lot, lot = thing.partition("/10/")
    return product if is_lot and "/" not in lot and thing.startswith(_ITEMS) else ""


def _folded(some: Sequence[ScopeLine]) -> Iterator[Fold]:
    if len(some) <= _FEW:
        yield from (Fold(each, (each,)) for each in some)
        return
    parts = {name: _sum([getattr(each, name) for each in some]) for name in _PARTS}
    things = sum(each.things for each in some)
    whole = replace(some[0], thing=product_of(some[0].thing), things=things, **parts)
    yield Fold(whole, tuple(some))


def _kind(line: ScopeLine) -> tuple[object, ...]:
    """What those must have in common that can be added up and told as one."""
    parts = [getattr(line, name) for name in _PARTS]
    said = tuple(_known(part) for part in parts)
    whose = (line.party, line.site, product_of(line.thing))
    return (*whose, line.unit, line.certain, line.unclear, line.rules, said)


def _known(part: Part) -> tuple[bool | None, ...]:
    """Whether there is any, and which of its limits are known."""
    any_of = None if part.touched is None else part.touched != 0
    stated = None if part.stated is None else part.stated.most is None
    return any_of, part.material.most is None, stated


def _sum(parts: Sequence[Part]) -> Part:
    stated = [part.stated for part in parts if part.stated is not None]
    return Part(
        touched=_added([part.touched for part in parts]),
        material=_extent([part.material for part in parts]),
        stated=_extent(stated) if stated else None,
    )


def _extent(some: Sequence[Extent]) -> Extent:
    least = sum((each.least for each in some), _NOTHING)
    return Extent(least, _added([each.most for each in some]))


def _added(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in amounts if each is not None]
    return sum(known, _NOTHING) if len(known) == len(amounts) else None
