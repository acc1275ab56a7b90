"""Takes an answer; gives how much can have gone from one holder to another at most.

Where dispatches and receipts can be paired in more than one way, every pairing is a link, and their
amounts together are more than anybody reported. What each side reported counts once (balance).
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from suyuan.drawings.types import Holder
from suyuan.kit.quantity import Quantity, normal
from suyuan.trace.types import Answer, Balance, BalanceKind, Extent

_NOTHING = Decimal(0)
_Lines = Mapping[str, Balance | None]
"""By thing; None: its amounts are not all stated, or in more than one unit."""


class Limits(Struct, frozen=True):
    """What each holder had, with its line of the balance."""

    of: Mapping[Holder, _Lines]

    def between(self, giver: Holder, taker: Holder, unit: str | None) -> Decimal | None:
        """Of what both had, no more than the one sent or the other received; None: not known."""
        sent, came = self.of.get(giver, {}), self.of.get(taker, {})
        total = _NOTHING
        for thing in sent.keys() & came.keys():
            left, right = sent[thing], came[thing]
            if left is None or right is None:
                return None
            total += max(_in(unit, left.went, left), _in(unit, right.came, right))
        return total or None


def limits(answer: Answer) -> Limits:
    """From the balance of an answer."""
    lines: dict[tuple[Holder, str], list[Balance]] = defaultdict(list)
    for line in answer.balance:
        if line.kind is BalanceKind.POOL:
            lines[(line.pool.party, line.pool.site), line.pool.thing].append(line)
    found: dict[Holder, dict[str, Balance | None]] = defaultdict(dict)
    for node in answer.nodes:
        holder, thing = (node.pool.party, node.pool.site), node.pool.thing
        if thing:
            some = lines.get((holder, thing), [])
            found[holder][thing] = some[0] if len(some) == 1 and not some[0].unknown else None
    return Limits(found)


def within(extent: Extent, limit: Decimal | None) -> Extent:
    """At least and at most, and neither more than a limit."""
    if limit is None:
        return extent
    most = limit if extent.most is None else min(extent.most, limit)
    return Extent(min(extent.least, limit), most)


def _in(unit: str | None, much: Decimal, line: Balance) -> Decimal:
    """An amount in that base unit; of another dimension nothing."""
    amount = normal(Quantity(much, line.unit))
    return amount.value if amount.unit == unit else _NOTHING
