"""Slow and obvious: every path is walked, link after link."""

from collections import deque

from suyuan.network.reach import Rules, Way
from suyuan.network.ties import Ties

Row = tuple[int, int, int, int]
"""Source, target, departure, arrival."""


def along(rows: list[Row], way: Way) -> list[Row]:
    """Backward a link leads from its target to its source, on mirrored time."""
    if way is Way.FORWARD:
        return rows
    return [(t, s, -arrival, -departure) for s, t, departure, arrival in rows]


def follows(came: int, leaves: int, rules: Rules) -> bool:
    rest = leaves - came
    if rest < rules.hold or (rules.stay is not None and rest > rules.stay):
        return False
    return rules.ties is Ties.ALLOWED or rest > 0


def walked(
    rows: list[Row], seeds: set[int], way: Way, rules: Rules
) -> dict[int, tuple[int, int | None]]:
    """Each node reached: its least number of links, and when it is first come to (not seeds)."""
    links = [
        link
        for row, link in zip(rows, along(rows, way), strict=True)
        if row[2] >= rules.start and row[3] <= rules.end
    ]
    hops = {index: 1 for index, link in enumerate(links) if link[0] in seeds}
    waiting = deque(hops)
    while waiting:
        here = waiting.popleft()
        for index, link in enumerate(links):
            meets = link[0] == links[here][1] and follows(links[here][3], link[2], rules)
            if meets and index not in hops:
                hops[index] = hops[here] + 1
                waiting.append(index)
    found: dict[int, tuple[int, int | None]] = dict.fromkeys(seeds, (0, None))
    for node in {links[index][1] for index in hops} - seeds:
        into = [index for index in hops if links[index][1] == node]
        sign = 1 if way is Way.FORWARD else -1
        found[node] = min(hops[i] for i in into), sign * min(links[i][3] for i in into)
    return found
