"""Takes a chart; gives it in rows for a narrow drawing: few enough boxes to read on a phone.

Rows follow the legs (nobody stands above whom they got it from); a row of more than two folds
into one box with a count, and the middle of a long way into one row.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from suyuan.drawings.types import Box, Chart

MOST_ROWS = 6
MOST_BESIDE = 2


class Drawing(Struct, frozen=True):
    """Rows of boxes from the source down; legs join (row, place) to a lower (row, place).

    `where` says at which (row, place) each box of the chart is drawn, by its number.
    """

    rows: tuple[tuple[Box, ...], ...]
    legs: Mapping[tuple[tuple[int, int], tuple[int, int]], bool]
    where: Mapping[int, tuple[int, int]]


def laid_out(chart: Chart) -> Drawing:
    """The chart in rows, folded."""
    boxes: list[tuple[Box, ...]] = []
    where: dict[int, tuple[int, int]] = {}
    for number, parted in enumerate(_shortened(_rows(chart))):
        boxes.append(tuple(_box(chart, part) for part in parted))
        where.update((each, (number, place)) for place, part in enumerate(parted) for each in part)
    legs: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
    for leg in chart.legs:
        ends = (where[leg.source], where[leg.target])
        if ends[0] != ends[1]:
            legs[ends] = legs.get(ends, False) or leg.certain
    return Drawing(tuple(boxes), legs, where)


def _rows(chart: Chart) -> list[list[int]]:
    """Each box one row below the lowest of those it came from; legs only lead to later ones."""
    depth = [0] * len(chart.boxes)
    for leg in sorted(chart.legs, key=lambda each: each.target):
        depth[leg.target] = max(depth[leg.target], depth[leg.source] + 1)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for box, row in enumerate(depth):
        rows[row].append(box)
    return rows


def _shortened(rows: Sequence[list[int]]) -> list[list[list[int]]]:
    """Rows of boxes, each by those in it: wide rows folded, and the middle of a long way."""
    parted = [_parted(row) for row in rows]
    if len(rows) <= MOST_ROWS:
        return parted
    head, tail = MOST_ROWS // 2 - 1, MOST_ROWS // 2
    middle = [each for row in rows[head : len(rows) - tail] for each in row]
    return [*parted[:head], [middle], *parted[len(rows) - tail :]]


def _parted(row: list[int]) -> list[list[int]]:
    return [[each] for each in row] if len(row) <= MOST_BESIDE else [row]


def _box(chart: Chart, part: Sequence[int]) -> Box:
    boxes = [chart.boxes[each] for each in part]
    return boxes[0] if len(boxes) == 1 else chart.fold(boxes)
