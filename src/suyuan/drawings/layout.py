"""Takes a chart, or a part of one; gives it in rows: few enough boxes to be read.

Rows follow the legs (nobody stands above whom they got it from). On a phone there are two beside
each other at most; on a wide screen or sheet up to sixty boxes in all, and the rows are columns.
What does not fit is folded. Of a part that is opened, who gave to it and who took stand around it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

from msgspec import Struct, structs

from suyuan.drawings.parts import FAN, Folds, Part, cut, folds, parts
from suyuan.drawings.types import Box, Chart, Drawing, Legs, Place
from suyuan.kit import Text
from suyuan.publish.types import Leg

MOST_BESIDE: Final = 2
MOST_STACKED: Final = 18
MOST_WIDE: Final = 60


class Laid(Struct, frozen=True):
    """How a chart folds, and the whole of it in rows for a narrow drawing: for all that draw it."""

    found: Folds
    whole: Drawing


def laid_out(chart: Chart) -> Laid:
    """The chart folded, once."""
    found = folds(chart)
    return Laid(found, narrow(found, found.whole))


def narrow(found: Folds, part: Part) -> Drawing:
    """A part for a phone: at most twelve boxes, two beside each other; of one row, a list."""
    if part.is_of_rows:
        rooms = [MOST_BESIDE] * len(found.rows)
        return _drawing(found, part, _cells(found, part, rooms))
    return _drawing(found, part, [[cell] for cell in cut(found, part, FAN)], framed=True)


def wide(found: Folds, part: Part) -> Drawing:
    """A part for a wide screen or sheet: at most sixty boxes, each row a column of it."""
    if not part.is_of_rows:
        return _drawing(found, part, [cut(found, part, MOST_STACKED)])
    drawn = _drawing(found, part, _cells(found, part, _rooms(found, part)))
    return _untangled(drawn)


def _cells(found: Folds, part: Part, rooms: Sequence[int]) -> list[list[Part]]:
    """Each row of a part cut to its room; several rows that fold are one box."""
    return [
        cut(found, band, rooms[band.first]) if band.first == band.last else [band]
        for band in parts(found, part)
    ]


def _rooms(found: Folds, part: Part) -> list[int]:
    """Room for sixty, shared: a row gets what it needs while no other goes short of as much."""
    rooms = [1] * len(found.rows)
    bands = parts(found, part)
    left = MOST_WIDE - (2 if part.key else 0)
    for more, band in enumerate(sorted(bands, key=lambda each: len(each.members))):
        need = len(band.members) if band.first == band.last else 1
        room = min(need, MOST_STACKED, left // (len(bands) - more))
        rooms[band.first] = room
        left -= room
    return rooms


def _drawing(
    found: Folds, part: Part, lines: Sequence[Sequence[Part]], *, framed: bool = False
) -> Drawing:
    """The lines with who stands before and behind them, and the legs between any two."""
    before, behind = _around(found, part)
    rows = [[_context(found, before)]] if before else []
    rows += [[box_of(found, cell) for cell in line] for line in lines]
    rows += [[_context(found, behind)]] if behind else []
    head = len(rows) - len(lines) - bool(behind)
    where = dict.fromkeys(before, (0, 0)) | dict.fromkeys(behind, (len(rows) - 1, 0))
    for number, line in enumerate(lines, head):
        for place, cell in enumerate(line):
            where |= dict.fromkeys(cell.members, (number, place))
    return Drawing(
        rows=tuple(map(tuple, rows)),
        legs={} if framed else _legs(found.chart.legs, where, set(part.members)),
        where=where,
        framed=(head, head + len(lines) - 1) if framed else None,
        returns={} if framed else _legs(found.chart.returns, where, set(part.members)),
    )


def _legs(every: Iterable[Leg], where: Mapping[int, Place], inside: Collection[int]) -> Legs:
    """Between boxes that are drawn, one of which at least is of the part."""
    legs: dict[tuple[Place, Place], bool] = {}
    for leg in every:
        source, target = where.get(leg.source), where.get(leg.target)
        is_own = leg.source in inside or leg.target in inside
        if is_own and source is not None and target is not None and source != target:
            legs[source, target] = legs.get((source, target), False) or leg.certain
    return legs


def _around(found: Folds, part: Part) -> tuple[list[int], list[int]]:
    """Of a part that is opened: who gave to it, and whom it gave to."""
    if not part.key:
        return [], []
    inside = set(part.members)
    legs = [leg for leg in found.chart.legs if (leg.source in inside) != (leg.target in inside)]
    before = {leg.source for leg in legs if leg.target in inside}
    behind = {leg.target for leg in legs if leg.source in inside}
    return sorted(before), sorted(behind)


def _context(found: Folds, members: Sequence[int]) -> Box:
    boxes = [found.chart.boxes[each] for each in members]
    one = boxes[0] if len(boxes) == 1 else found.chart.fold(boxes)
    return structs.replace(one, around=True)


def box_of(found: Folds, part: Part) -> Box:
    """The box of a part: its own if it is one, else one for all, with the first and last name.

    Runs of names are told apart by these alone, and so they are their names.
    """
    boxes = [found.chart.boxes[each] for each in part.members]
    if len(boxes) == 1:
        return boxes[0]
    box = found.chart.fold(boxes)
    if part.first < part.last:
        return structs.replace(box, opens=part.key)
    if part.is_slice:
        ends = [each.party[1] if each.party else each.name for each in (boxes[0], boxes[-1])]
        return structs.replace(box, name=_span(*ends), words=(box.name, *box.words), opens=part.key)
    words = (*box.words, _span(boxes[0].name, boxes[-1].name))
    return structs.replace(box, words=words, opens=part.key)


def _span(first: Text, last: Text) -> Text:
    """From the first name to the last, without what both begin with; numbers stay whole."""
    if first == last:
        return first
    return Text(
        zh=f"{first.zh} … {last.zh[_alike(first.zh, last.zh) :]}",
        en=f"{first.en} … {last.en[_alike(first.en, last.en) :]}",
    )


def _alike(one: str, other: str) -> int:
    """How many letters two names have alike at their begin, up to a number that differs."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    begin = "".join(letter for letter, _ in pairs).rstrip("0123456789")
    return len(begin) if one[len(begin) :] and other[len(begin) :] else 0


def _untangled(drawn: Drawing) -> Drawing:
    """Each column in the order of those whom its boxes are joined to, so that fewer legs cross."""
    orders = [list(range(len(row))) for row in drawn.rows]
    height = {(row, place): _middled(place, len(order)) for row, order in enumerate(orders)
              for place in order}  # fmt: skip
    before: dict[Place, list[Place]] = defaultdict(list)
    behind: dict[Place, list[Place]] = defaultdict(list)
    for source, target in drawn.legs:
        before[target].append(source)
        behind[source].append(target)
    for joined, rows in _sweeps(before, behind, len(orders)):
        for row in rows:
            mean = {at: _mean(height, joined[row, at], (row, at)) for at in orders[row]}
            orders[row].sort(key=mean.__getitem__)
            height |= {(row, at): _middled(p, len(mean)) for p, at in enumerate(orders[row])}
    return _reordered(drawn, orders)


def _sweeps(
    before: Mapping[Place, list[Place]], behind: Mapping[Place, list[Place]], count: int
) -> Iterator[tuple[Mapping[Place, list[Place]], Iterable[int]]]:
    """To the right by whom it came from, back by whom it went to, and once more to the right."""
    yield before, range(1, count)
    yield behind, range(count - 2, -1, -1)
    yield before, range(1, count)


def _middled(place: int, count: int) -> float:
    """How far from the middle of its column: columns are centred."""
    return place - (count - 1) / 2


def _mean(height: Mapping[Place, float], joined: Sequence[Place], own: Place) -> float:
    return sum(height[each] for each in joined) / len(joined) if joined else height[own]


def _reordered(drawn: Drawing, orders: Sequence[Sequence[int]]) -> Drawing:
    to = {(row, at): (row, place) for row, order in enumerate(orders)
          for place, at in enumerate(order)}  # fmt: skip
    return Drawing(
        rows=tuple(
            tuple(row[at] for at in order) for row, order in zip(drawn.rows, orders, strict=True)
        ),
        legs={(to[a], to[b]): sure for (a, b), sure in drawn.legs.items()},
        where={number: to[place] for number, place in drawn.where.items()},
        returns={(to[a], to[b]): sure for (a, b), sure in drawn.returns.items()},
    )
