"""What accounts say is left of lots in doubt; it holds the stock of a recall's lines.

Flows tell of a lot whatever may carry it, and each way of reading a report is a flow: added up,
they can be more than ever came, and what somebody unknown took, or a count found, is not in them.
The account of a lot at a holder has each report once (docs/concepts/balance.md). It is drawn only
where flows may be wrong: a lot that each side reported once, at holders who are known, needs none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.model import FactKind, ThingGrain
from suyuan.trace.accounts.audit import ROOM
from suyuan.trace.accounts.ledger import entries, ledger, with_carriers
from suyuan.trace.accounts.stock import course
from suyuan.trace.closure import Examined
from suyuan.trace.flows import Flow, smaller
from suyuan.trace.shelves import Network, Shelf
from suyuan.trace.times import until
from suyuan.trace.types import BalanceKind, Extent, Pool, ScopeLine, Unclear

_ZERO: Final = Decimal(0)


class Stock(Struct, frozen=True, gc=False):
    """How much is there at least and at most; `contradicts`: its records cannot all be right."""

    there: Extent
    contradicts: bool


Stocks = Mapping[Pool, Mapping[str | None, Stock]]
"""By lot at a holder, and by base unit; of lots in doubt alone."""


def stocks(
    found: Examined, net: Network, as_of: datetime | None, *, is_whole: bool = True
) -> Stocks:
    """What is left as of a time of the lots reached that are in doubt, at each of their holders.

    Where records are hidden or cut off (not `is_whole`) none is said to contradict others.
    """
    doubted = _doubted(found, net)
    lots = doubted and doubted & {node.pool.thing for node in found.closure.nodes}
    if not lots:
        return {}
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    end, drawn = until(as_of), dict[Pool, dict[str | None, Stock]]()
    told = with_carriers(found.told, lots - pieces)
    with localcontext(ROOM):
        for (kind, place), postings in ledger(
            told, lambda _thing: "", found.alike
        ).accounts.items():
            if kind is BalanceKind.POOL and place.thing in lots:
                singly = place.thing in found.net.members
                drawn[place] = {}
                for unit, lines in entries(postings):
                    walked = course(lines, end=end)
                    broken = is_whole and walked.broken is not None and not singly
                    drawn[place][unit] = Stock(walked.closing, broken)
    return drawn


def _doubted(found: Examined, net: Network) -> set[str]:
    """The things of which not each report is one flow, or of which there is more than flows."""
    doubted = {t.fact.thing for t in found.told if t.fact.kind is FactKind.COUNTED}
    for place, shelf in net.shelves.items():
        if shelf.is_lone and not shelf.out[1:] and not place.unknown:  # as nearly all are
            continue
        if not place.thing or place.thing in doubted:  # a making has no stock
            continue
        if place.unknown or not adds_up(shelf, net.flows):
            doubted.add(place.thing)
    return doubted


def adds_up(shelf: Shelf, flows: Sequence[Flow]) -> bool:
    """Whether what came and left is known, each of a report of its own, and is never too much."""
    came = [flow for n in shelf.into if (flow := flows[n]).takes]
    gone = [flow for n in shelf.out if (flow := flows[n]).takes]
    if any(not f.certain or f.sent is None or f.got is None for f in (*came, *gone)):
        return False
    if len({flow.unit for flow in (*came, *gone)}) > 1:
        return False
    spans = [*(flow.came for flow in came), *(flow.left for flow in gone)]
    if any(lo != hi for lo, hi in spans):
        return False
    moves = [(flow.came[0], 0, flow.got or _ZERO) for flow in came]
    moves += [(flow.left[0], 1, -(flow.sent or _ZERO)) for flow in gone]
    there = _ZERO
    for _, _, much in sorted(moves):
        there += much
        if there < 0:
            return False
    return True


def held(line: ScopeLine, stock: Stock, own: Decimal) -> ScopeLine:
    """A line whose stock is no more than its account allows, and no less of it sure.

    `own`: so much of the stock is sure by flows alone. Of what the account does not vouch for all
    may have gone, and all of that may have been of the material.
    """
    part, there = line.stock, stock.there
    touched, bound = smaller(part.touched, there.most), part.material
    most = smaller(bound.most, there.most)
    least = max(_ZERO, bound.least - max(_ZERO, own - there.least))
    material = Extent(least if most is None else min(least, most), most)
    if (touched, material) != (part.touched, bound):
        part = replace(part, touched=touched, material=material, assumed=None)
    line = replace(line, stock=part)
    parts = (line.came, line.sent, line.ended, line.stock)
    given = all(each.touched is not None and each.material.most is not None for each in parts)
    if stock.contradicts:
        return replace(line, unclear=Unclear.CONTRADICTED)
    return replace(line, unclear=None) if given else line
