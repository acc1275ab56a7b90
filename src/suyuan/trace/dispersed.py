"""Takes nothing; gives the shapes in which it is told how far inputs are dispersed 扩散度."""

from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Quantity


class Recalled(Struct, frozen=True, kw_only=True):
    """How many products, and what they amount to in each unit; of `unstated` nobody says."""

    products: int
    amounts: tuple[Quantity, ...]
    unstated: int


class InputRow(Struct, frozen=True, kw_only=True):
    """An input, the widest spread first: `rank` counts those that are in more, and itself."""

    rank: int
    thing: str
    recall: Recalled


class ProductRow(Struct, frozen=True, kw_only=True):
    """A product, and of how many inputs it is made; the one of most inputs has rank 1."""

    rank: int
    thing: str
    inputs: int


class HolderRow(Struct, frozen=True, kw_only=True):
    """A holder, and what may have something in it that was ever there."""

    rank: int
    party: str
    site: str
    recall: Recalled


class Sized(Struct, frozen=True, kw_only=True):
    """In one unit what one bad input makes to be recalled: at worst, by which, and on average."""

    unit: str | None
    worst: Decimal
    by: str
    mean: Decimal


class Dispersed(Struct, frozen=True, kw_only=True):
    """How far inputs are dispersed 扩散度; `truncated` first: later records are not in it.

    `inputs` are things that went into something and that nothing on record made; `products` are
    made, and nothing is made of them. `links` are pairs of the two: their sum seen from either
    side. `worst` and `mean` count the products that one bad input makes to be recalled. Of
    makings without an input, and without an output, nobody knows what they join; `facts` were read.
    """

    truncated: bool
    position: int
    inputs: int
    products: int
    holders: int
    links: int
    worst: int
    mean: float
    sized: tuple[Sized, ...]
    rows: tuple[InputRow, ...]
    made_of: tuple[ProductRow, ...]
    by_holder: tuple[HolderRow, ...]
    without_inputs: int
    without_outputs: int
    unstated: int
    facts: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Which rows are given: of these things, or that were at this site or party; `most` of each.

    Ranks, worst and mean are always of all that is visible.
    """

    things: tuple[str, ...] = ()
    place: str | None = None
    most: int = 50
