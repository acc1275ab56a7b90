"""Takes a holder's contacts in one direction; gives them as a chart, a row for so many moves.

Of a row with more than two holders there is one box with their number: who they are stands in
words below.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from suyuan.drawings.layout import MOST_BESIDE
from suyuan.drawings.types import Box, Chart
from suyuan.kit import Text
from suyuan.kit.text import counted
from suyuan.publish.types import Leg

if TYPE_CHECKING:
    from suyuan.trace import contact_ways

_ASKED: Final = Text("所问", "asked about")
_SPAN: Final = Text("{least}–{most} 次移动", "{least}–{most} moves")
_DIRECT: Final = Text("直接", "direct")


def chart_of_contacts(
    ways: "contact_ways.Ways", root: str, called: Mapping[str, str], *, ingoing: bool
) -> Chart:
    """From the farthest down to the root, or from the root down to the farthest."""
    groups: list[list[contact_ways.Contacted]] = [*_groups(ways.contacts)]
    place = {root: 0} | {each.name: at for at, some in enumerate(groups, 1) for each in some}
    boxes = [_root(called.get(root, root)), *(_box(some, called) for some in groups)]
    pairs = sorted({(place[near], place[far]) for near, far in ways.steps})
    legs = [Leg(near, far) for near, far in pairs if near < far]
    if ingoing:
        last = len(boxes) - 1
        boxes.reverse()
        legs = [Leg(last - leg.target, last - leg.source) for leg in legs]
    far = {_moves(some[0].moves): some[0].moves for some in groups}
    return Chart(tuple(boxes), tuple(legs), partial(_folded, far))


def _groups(
    contacts: Sequence["contact_ways.Contacted"],
) -> Iterator[list["contact_ways.Contacted"]]:
    """Those that share a box, the nearest first."""
    rows: dict[int, list[contact_ways.Contacted]] = defaultdict(list)
    for each in contacts:
        rows[each.moves].append(each)
    for _, row in sorted(rows.items()):
        if len(row) > MOST_BESIDE:
            yield row
        else:
            yield from ([each] for each in row)


def _root(name: str) -> Box:
    return Box(Text(name, name), (), mark=_ASKED)


def _box(some: Sequence["contact_ways.Contacted"], called: Mapping[str, str]) -> Box:
    days = _days(sorted({each.day for each in some}))
    words = (_moves(some[0].moves), days)
    if len(some) == 1:
        name = called.get(some[0].name, some[0].name)
        return Box(Text(name, name), words)
    return Box(counted(len(some), "家", "holder", "holders"), words, count=len(some))


def _moves(moves: int) -> Text:
    return _DIRECT if moves == 1 else counted(moves, "次移动", "move", "moves")


def _days(days: Sequence[date]) -> Text:
    """Month and day, from and to; a narrow box has no room for more."""
    ends = dict.fromkeys((days[0], days[-1]))
    return Text(
        "–".join(f"{day.month}月{day.day}日" for day in ends),
        "–".join(f"{day.day} {day:%b}" for day in ends),
    )


def _folded(far: Mapping[Text, int], boxes: Sequence[Box]) -> Box:
    """Several rows as one, with the moves of the nearest and the farthest."""
    count = sum(box.count for box in boxes)
    moves = sorted({far[box.words[0]] for box in boxes})
    said = _SPAN.format(least=moves[0], most=moves[-1]) if moves[1:] else _moves(moves[0])
    return Box(counted(count, "家", "holder", "holders"), (said,), count=count)
