"""Takes what stands at positions; gives blocks of neighbours: each member once, with its places.

Neighbours say much alike, as they mostly come from one document. A row of a block has its members
in ascending order, and beside each a number whose bit n is set where it stands at the n-th position
of the block. The block that the record ends in has a row for each batch; the batch that goes beyond
makes them one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, LiteralString

from msgspec import Struct

from suyuan.store import WriteConnection, encoded

SPAN: Final = 64
"""Positions in a block: as many as a number has bits."""

Members = Collection[int]
Row = tuple[int, list[int], list[int]]
"""A block, its members, and the places of each."""

_ALL: Final = (1 << SPAN) - 1
_TYPES: Final = ("int8", "int4[]", "int8[]")


class Blocks(Struct, frozen=True, kw_only=True):
    """A table of blocks, by its statements: `take` empties one of `least` rows, `copy` writes."""

    take: LiteralString
    copy: LiteralString


def keep(conn: WriteConnection, blocks: Blocks, said: Mapping[int, Members], *, after: int) -> None:
    """Write what a batch says at its positions, of which there are some, in one or more blocks.

    `after` is where the batch before ended. A block that is over then has one row.
    """
    standing: list[tuple[int, Members]] = list(said.items())
    begun = after // SPAN
    if (max(said) + 1) // SPAN > begun:
        added = any(position // SPAN == begun for position in said)
        rows = conn.execute(blocks.take, {"block": begun, "least": 1 if added else 2}).fetchall()
        standing += [(position, (member,)) for position, member in spread(rows)]
    with encoded.takes_encoded(conn.cursor()).copy(blocks.copy) as copy:
        copy.set_types(_TYPES)
        for block, members, places in packed(standing):
            copy.write_row((block, encoded.int4_array(members), encoded.int8_array(places)))


def packed(said: Iterable[tuple[int, Members]]) -> Iterator[Row]:
    """The rows of blocks, one for each; what stands nowhere has none."""
    blocks: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for position, members in said:
        block, place = divmod(position, SPAN)
        held, bit = blocks[block], 1 << place
        for member in members:
            held[member] |= bit
    for block, held in sorted(blocks.items()):
        if held:
            members = sorted(held)
            yield block, members, [_signed(held[member]) for member in members]


def spread(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, int]]:
    """The positions of rows with what stands there, one member at a time."""
    for block, members, places in rows:
        for member, bits in zip(members, places, strict=False):
            left = bits & _ALL
            while left:
                lowest = left & -left
                yield block * SPAN + lowest.bit_length() - 1, member
                left ^= lowest


def _signed(bits: int) -> int:
    """The number of PostgreSQL that has these bits."""
    return bits - (1 << SPAN) if bits >> (SPAN - 1) else bits
