"""Which reports are behind a movement, where one report may be of several movements.

A dispatch with several receipts is a link with each of them. Whoever adds up links then counts what
was reported once for each; by these he counts each report once (docs/concepts/balance.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.places import agree
from suyuan.trace.times import Told
from suyuan.trace.types import Confirmed, Link, LinkKind, Pool

Line = tuple[int, int]
"""Place in the record and line of a report."""
_WHOLE: Final = -1
"""The line of what a container took along: its entry says it once, in whichever line."""


class Reports(Struct, frozen=True, eq=False, gc=False):
    """The dispatches that a movement may be of, and the receipts: of each side lines alike.

    `single`: it is of a piece with a code of its own.
    """

    sent: frozenset[Line]
    received: frozenset[Line]
    single: bool = False


def shared(
    told: Iterable[Told], links: Iterable[Link], pieces: Collection[str]
) -> dict[int, Reports]:
    """By the id of a link its reports, of all movements that have one in common with another."""
    some = [link for link in links if link.kind is LinkKind.MOVED and _is_paired(link)]
    often = _told_again(some)
    met = [link for link in some if any((link.source.thing, e) in often for e in link.entries)]
    stated = _stated(told, {entry for link in met for entry in link.entries})
    return {id(link): _reports(link, stated, pieces) for link in met}


def times(some: Iterable[Reports | None]) -> int:
    """How many movements those of flows with these reports surely are: each report is of one."""
    count, used = 0, set[tuple[bool, frozenset[Line]]]()
    for reports in some:
        ends = {(True, reports.sent), (False, reports.received)} if reports else set()
        if used.isdisjoint(ends):
            used |= ends
            count += 1
    return count


def _is_paired(link: Link) -> bool:
    return link.confirmed is Confirmed.BOTH and len(link.entries) > 1


def _told_again(links: Iterable[Link]) -> set[tuple[str, int]]:
    """By thing the entries that are in several of these."""
    seen, again = set[tuple[str, int]](), set[tuple[str, int]]()
    for link in links:
        for entry in link.entries:
            (again if (link.source.thing, entry) in seen else seen).add((link.source.thing, entry))
    return again


_Stated = Mapping[tuple[Side | None, int], list[Fact]]


def _stated(told: Iterable[Told], entries: set[int]) -> _Stated:
    """What these entries say of movements, by side; copies of a report say it once."""
    found: dict[tuple[Side | None, int], list[Fact]] = defaultdict(list)
    for item in told if entries else ():
        if item.fact.kind is FactKind.MOVED and item.fact.position in entries:
            found[item.fact.side, item.fact.position].append(item.fact)
    return found


def _reports(link: Link, stated: _Stated, pieces: Collection[str]) -> Reports:
    sent, received = (_lines(link, side, stated) for side in (Side.SENT, Side.RECEIVED))
    return Reports(sent, received, single=link.source.thing in pieces)


def _lines(link: Link, side: Side, stated: _Stated) -> frozenset[Line]:
    """Lines of the thing itself with that amount; of what was taken along, those of its carrier."""
    much = link.quantity if side is Side.SENT else link.received
    facts = [fact for entry in link.entries for fact in stated.get((side, entry), ())]
    own = [] if link.source.container else [f for f in facts if _is_of(f, link, much)]
    return frozenset((f.position, f.line) for f in own) or frozenset(
        (f.position, _WHOLE) for f in facts
    )


def _is_of(fact: Fact, link: Link, much: object) -> bool:
    ends = ((fact.before, link.source), (fact.after, link.target))
    is_it = fact.thing == link.source.thing and fact.quantity == much
    return is_it and all(agree(told, _holder(place)) for told, place in ends)


def _holder(place: Pool) -> Holder:
    return Holder(place.party or None, place.site or None)
