"""Takes a route; gives it in rows for a narrow drawing: few enough boxes to read on a phone.

Rows follow the legs (nobody stands above whom they got it from); a row of more than two folds
into one box with a count, and the middle of a long way into one row.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from suyuan.kit import Text
from suyuan.publish.types import Route, Stop, Tone

MOST_ROWS = 6
MOST_BESIDE = 2

_GRAVITY = (Tone.STOP, Tone.HOLD, Tone.NOTE, Tone.GOOD)
_PARTIES = Text("{count} 家", "{count} parties")
_ON_WAY = Text("经手", "on the way")


class Box(Struct, frozen=True):
    """One or several stops as one box; `count` 1 is a single one."""

    stop: Stop
    count: int = 1


class Drawing(Struct, frozen=True):
    """Rows of boxes from the source down; legs join (row, place) to a lower (row, place)."""

    rows: tuple[tuple[Box, ...], ...]
    legs: Mapping[tuple[tuple[int, int], tuple[int, int]], bool]


def laid_out(route: Route) -> Drawing:
    """The route in rows, folded."""
    boxes: list[tuple[Box, ...]] = []
    where: dict[int, tuple[int, int]] = {}
    for number, parted in enumerate(_shortened(_rows(route))):
        boxes.append(tuple(_box([route.stops[each] for each in part]) for part in parted))
        where.update((each, (number, place)) for place, part in enumerate(parted) for each in part)
    legs: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
    for leg in route.legs:
        ends = (where[leg.source], where[leg.target])
        if ends[0] != ends[1]:
            legs[ends] = legs.get(ends, False) or leg.certain
    return Drawing(tuple(boxes), legs)


def _rows(route: Route) -> list[list[int]]:
    """Each stop one row below the lowest of those it came from; legs only lead to later stops."""
    depth = [0] * len(route.stops)
    for leg in sorted(route.legs, key=lambda each: each.target):
        depth[leg.target] = max(depth[leg.target], depth[leg.source] + 1)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for stop, row in enumerate(depth):
        rows[row].append(stop)
    return rows


def _shortened(rows: Sequence[list[int]]) -> list[list[list[int]]]:
    """Rows of boxes, each the stops in it: wide rows folded, and the middle of a long way."""
    parted = [_parted(row) for row in rows]
    if len(rows) <= MOST_ROWS:
        return parted
    head, tail = MOST_ROWS // 2 - 1, MOST_ROWS // 2
    middle = [each for row in rows[head : len(rows) - tail] for each in row]
    return [*parted[:head], [middle], *parted[len(rows) - tail :]]


def _parted(row: list[int]) -> list[list[int]]:
    return [[each] for each in row] if len(row) <= MOST_BESIDE else [row]


def _box(stops: Sequence[Stop]) -> Box:
    if len(stops) == 1:
        return Box(stops[0])
    steps = list(dict.fromkeys(stop.step for stop in stops))
    return Box(
        Stop(
            name=_PARTIES.format(count=len(stops)),
            step=steps[0] if len(steps) == 1 else _ON_WAY,
            at=stops[0].at,
            offset=stops[0].offset,
            certain=any(stop.certain for stop in stops),
            tone=min((stop.tone for stop in stops), key=_GRAVITY.index),
        ),
        len(stops),
    )
