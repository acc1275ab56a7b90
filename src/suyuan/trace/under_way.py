"""What is under way between reports that may be of one another, so that each report counts once.

A dispatch that several receipts may be of is a link with each of them, and a flow. Here it is one
flow out of its pool, and from what is under way one flow leads on for each receipt. As of a making,
what came out more than surely went in may be of anything (docs/concepts/trace.md, Recall scope).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.trace.flows import Amount, Flow, smaller, summed
from suyuan.trace.reports import Line
from suyuan.trace.times import Micros
from suyuan.trace.types import Pool
from suyuan.trace.unite import united

Dispatches = Mapping[int, int]
"""By the number of a flow that shares its reports, the number of the flow of its dispatch."""
_NOWHERE: Final = Pool("")


class _Said(Struct, eq=False):
    """What is said of a pool in reports alike: by which flows, in which lines, how much.

    `sure`: no other pool can be meant.
    """

    place: Pool
    numbers: list[int]
    lines: set[frozenset[Line]]
    much: Amount
    sure: bool


def told_once(flows: Sequence[Flow]) -> tuple[Sequence[Flow], Dispatches]:
    """These flows, and after them those of each report that several share, with whose they are.

    A single piece is one however often it was reported, so its flows stay as they are.
    """
    shared = [n for n, flow in enumerate(flows) if flow.reports and not flow.reports.single]
    if not shared:
        return flows, {}
    found, dispatches = list(flows), dict[int, int]()
    for some in _together(flows, shared):
        way = Pool("", unknown=str(some[0]))
        sent, received = _sides(flows, some)
        for number, each in enumerate(sent, start=len(found)):
            dispatches |= dict.fromkeys(each.numbers, number)
        found += [_flow(flows, each, each.place, way) for each in sent]
        found += [_flow(flows, each, way, each.place) for each in received]
    return found, dispatches


def _together(flows: Sequence[Flow], shared: Iterable[int]) -> Iterable[list[int]]:
    """The numbers of flows of one thing that have reports in common, directly or through others."""
    names: dict[object, int] = defaultdict(count().__next__)
    joined: dict[int, tuple[int, int]] = {}
    for number in shared:
        source, reports = flows[number].source or _NOWHERE, flows[number].reports
        of = source.thing, source.container
        if reports:
            joined[number] = names[of, "sent", reports.sent], names[of, "got", reports.received]
    top, found = united(joined.values()), dict[int, list[int]]()
    for number, (dispatch, _) in joined.items():
        found.setdefault(top[dispatch], []).append(number)
    return found.values()


_Key = tuple[Pool | None, frozenset[Line], Amount]


def _sides(flows: Sequence[Flow], some: Iterable[int]) -> tuple[list[_Said], list[_Said]]:
    """What was sent, and what was received, of flows that hang together.

    Of what a container took along reports of it state no amounts: one load, reported several times
    on one side, is one.
    """
    sent, received = dict[int, _Key](), dict[int, _Key]()
    for number in some:
        flow, reports = flows[number], flows[number].reports
        if reports:
            sent[number] = flow.source, reports.sent, flow.sent
            received[number] = flow.target, reports.received, flow.got
    is_carried = any((flows[n].source or _NOWHERE).container for n in sent)
    loads = [is_carried and len({lines for _, lines, _ in side.values()}) == 1
             for side in (received, sent)]  # fmt: skip
    left, came = _said(sent, one_load=loads[0]), _said(received, one_load=loads[1])
    for here, there, is_one in ((left, came, loads[0]), (came, left, loads[1])):
        for each in here if is_one else ():
            limit = summed(other.much for other in there)
            each.much = None if each.much is None else smaller(each.much, limit)
    return left, came


def _said(keys: Mapping[int, _Key], *, one_load: bool) -> list[_Said]:
    """By pool and lines alike; of `one_load` by pool."""
    meant: dict[frozenset[Line], set[Pool | None]] = defaultdict(set)
    apart: dict[object, list[int]] = defaultdict(list)
    for number, (place, lines, _) in keys.items():
        meant[lines].add(place)
        apart[place if one_load else (place, lines)].append(number)
    found: list[_Said] = []
    for numbers in apart.values():
        said = {keys[n][1:] for n in numbers}
        reports = {lines for lines, _ in said}
        much = summed(much and much * len(lines) for lines, much in said)
        sure = all(len(meant[lines]) == 1 for lines in reports)
        found.append(_Said(keys[numbers[0]][0] or _NOWHERE, numbers, reports, much, sure))
    return found


def _flow(flows: Sequence[Flow], said: _Said, source: Pool, target: Pool) -> Flow:
    """What reports say, as a flow from or to what is under way."""
    some = [flows[number] for number in said.numbers]
    units = {flow.unit for flow in some}
    is_sent = source == said.place
    times = _hull([flow.left if is_sent else flow.came for flow in some])
    much = said.much if len(units) == 1 else None
    return replace(
        some[0],
        source=source,
        target=target,
        left=times,
        came=times,
        sent=much,
        got=much,
        unit=some[0].unit,
        certain=said.sure and any(flow.certain for flow in some),
        reached=any(flow.reached for flow in some),
        entries=tuple(sorted({entry for lines in said.lines for entry, _ in lines})),
        reports=None,
    )


def _hull(spans: Collection[tuple[Micros, Micros]]) -> tuple[Micros, Micros]:
    return min(lo for lo, _ in spans), max(hi for _, hi in spans)
