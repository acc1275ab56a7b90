"""Takes what was reached; gives the sites at which a holder was taken to be who reported.

A report that names no holder is its reporter's, unless the registry knows who operates its site.
Where others name someone else at that site, the way may break off between the two.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from suyuan.codes import shown
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Fact, Side
from suyuan.registry import directory
from suyuan.store import ReadConnection
from suyuan.trace.closure import Examined

_TAKEN: Final = Text(
    "登记里没有写明 {sites} 由谁经营（或登记以后没有重建索引）：那里没有写明持有者的报告，"
    "算作报送方自己持有，而别的报告说那里是别人；追溯可能在此断开，召回范围可能偏小。请登记场所"
    "（suyuan register，或“登记”页 /registry），再运行 suyuan reindex",
    "It is not on file who operates {sites} (or the index is older than that): reports from there "
    "that name no holder were taken to be of what their reporter holds, and others name someone "
    "else there, so the way may break off and a recall reach too little. Register the site "
    "(suyuan register, or the page /registry), then run suyuan reindex",
)
_NAMED: Final = 6


def taken_at(conn: ReadConnection, found: Examined, *, tenant: int) -> tuple[str, ...]:
    """The sites, in order, of which who was taken to hold there is not who is on file.

    Only where what is reached has more than one holder: else nothing is parted.
    """
    if not any(each.fact.inferred for each in found.told):
        return ()
    taken, parties = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    things = {node.pool.thing for node in found.closure.nodes}
    for each in found.told:
        if each.fact.thing in things:
            for party, site, is_taken in _ends(each.fact):
                parties[site].add(party)
                if is_taken:
                    taken[site].add(party)
    doubted = {site: who for site, who in taken.items() if len(parties[site]) > 1}
    if not doubted:
        return ()
    rows = directory.completion(conn, tenant=tenant, sites=doubted).sites
    operators = {site: {row.operator for row in rows.get(site, ())} for site in doubted}
    return tuple(sorted(site for site, who in doubted.items() if not who <= operators[site]))


def taken_said(sites: Sequence[str]) -> list[Text]:
    """In words, with the cure; nothing where there are none."""
    if not sites:
        return []
    more = [Text("…", "…")] if len(sites) > _NAMED else []
    names = joined([*(shown.code_text(site) for site in sites[:_NAMED]), *more])
    return [_TAKEN.format(sites=names)]


def _ends(fact: Fact) -> Iterator[tuple[str, str, bool]]:
    """Party and site of each whole end of a fact, and whether its half may have been completed.

    A sender completes what is said of itself, a receiver likewise.
    """
    for end, other in ((fact.before, Side.RECEIVED), (fact.after, Side.SENT)):
        if end is not None and end.party is not None and end.site is not None:
            yield end.party, end.site, fact.inferred and fact.side is not other
