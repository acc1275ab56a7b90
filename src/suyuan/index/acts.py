"""Takes facts; gives acts: what one event says alike of several things, in one row.

Most events say one thing of many: so many lines, one row. A row keeps what its lines share once,
and of each name only what it does not share with the others. One line has its name whole.
"""

import os.path
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from suyuan.index.types import BETWEEN, FACT_KINDS, GRAINS, SIDES, Entered
from suyuan.kit import Span
from suyuan.kit.digest import sha256
from suyuan.model import Fact, Holder
from suyuan.store import encoded

LINES = 64
"""The most things in one act: whoever looks for one of them reads them all."""

TYPES = (
    *("int8", "int8", "timestamptz", "timestamptz", "timestamptz", "timestamptz", "int4", "int4"),
    *("int2", "int2", "int2", "bool", "bool", "bool"),
    *("text", "text", "text", "text", "text", "int4[]", "int4", "int4", "int8"),
    *("int4", "text", "text", "numeric", "numeric[]"),
)
"""Of the columns, as the statement `copy_acts` has them."""

Holders = Mapping[Holder, int]
Names = Mapping[str, int]
Entries = Mapping[int, Entered]
"""By the numbers of entries."""

_KIND = {kind: code for code, kind in enumerate(FACT_KINDS)}
_SIDE = {side: code for code, side in enumerate(SIDES)}
_GRAIN = {grain: code for code, grain in enumerate(GRAINS)}
_NO_SPAN = Span(None, None)


def copy_key(event_key: int, digest: bytes) -> int:
    """A hash of an event id's key and of the report's digest, as a signed 64-bit integer.

    All copies of a report have it in common. Of reports that are no copies two may have it by
    chance, and lines of one number in them then count as one: among 200,000 reports, as many facts
    as a trace reads, with a probability of 200,000² / 2⁶⁵, about 10⁻⁹. Nobody can aim at that
    without the secret of the installation: it keys the hash of the id, which is hashed here with
    the digest. Who hands in a report makes one try, which hits a given one by 2⁻⁶⁴.
    """
    hashed = sha256(event_key.to_bytes(8, "big", signed=True) + digest)
    return int.from_bytes(hashed[:8], "big", signed=True)


def act_rows(
    facts: Sequence[Fact], holders: Holders, names: Names, entries: Entries
) -> Iterator[tuple[object, ...]]:
    """The rows of facts, which come event by event and line by line."""
    alike = groupby(enumerate(facts), lambda one: (*_shared(one[1]), one[1].line - one[0]))
    for _, lines in alike:
        same = [fact for _, fact in lines]
        for some in _portions(same):
            shape = _shape(some[0], holders, names)
            yield *shape, *entries[some[0].entry], *_lines(some)


def _portions(same: Sequence[Fact]) -> Iterator[Sequence[Fact]]:
    """Lines that one act can hold; what stands between tails may stand in none of them."""
    most = 1 if any(BETWEEN in fact.thing for fact in same) else LINES
    for begin in range(0, len(same), most):
        yield same[begin : begin + most]


def _shared(fact: Fact) -> tuple[object, ...]:
    """All that lines of one act have in common; what else a fact has is its entry's."""
    return (
        *(fact.entry, fact.position, fact.when, fact.arrived, fact.before, fact.after),
        *(fact.kind, fact.side, fact.grain, fact.held, fact.instrument, fact.inferred),
        *(fact.unit, fact.parent, fact.flow, fact.other, fact.lot, fact.document),
    )


def _shape(fact: Fact, holders: Holders, names: Names) -> tuple[object, ...]:
    arrived = fact.arrived or _NO_SPAN
    return (
        *(fact.entry, fact.position, fact.when.lo, fact.when.hi, arrived.lo, arrived.hi),
        None if fact.before is None else holders[fact.before],
        None if fact.after is None else holders[fact.after],
        _KIND[fact.kind],
        None if fact.side is None else _SIDE[fact.side],
        _GRAIN[fact.grain],
        *(fact.held, fact.instrument, fact.inferred),
        *(fact.unit, fact.parent, fact.flow, fact.other, fact.lot),
        encoded.int4_array([names[uri] for uri in fact.document]) if fact.document else None,
    )


def _lines(facts: Sequence[Fact]) -> tuple[object, ...]:
    if len(facts) == 1:
        return facts[0].line, facts[0].thing, None, facts[0].quantity, None
    head = os.path.commonprefix([fact.thing for fact in facts])  # noqa: RUF071 (letters are meant)
    tails = BETWEEN.join([fact.thing[len(head) :] for fact in facts])
    quantities = [fact.quantity for fact in facts]
    stated = any(quantity is not None for quantity in quantities)
    return facts[0].line, head, tails, None, quantities if stated else None
