"""Takes a holder's contacts in one direction; gives a chart that folds by moves and name."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from suyuan.drawings.folding import folded
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
) -> tuple[list[str], Chart]:
    """The names of its boxes, and the chart: from the farthest down to the root, or from it on."""
    names = [root, *(each.name for each in ways.contacts)]
    boxes = [_root(called.get(root, root)), *(_box(each, called) for each in ways.contacts)]
    place = {name: at for at, name in enumerate(names)}
    pairs = sorted((place[near], place[far]) for near, far in ways.steps)
    legs = [Leg(near, far) for near, far in pairs]
    if ingoing:
        last = len(boxes) - 1
        names.reverse()
        boxes.reverse()
        legs = [Leg(last - leg.target, last - leg.source) for leg in legs]
    far = {_moves(each.moves): each.moves for each in ways.contacts}
    days = {_days([each.day]): each.day for each in ways.contacts}
    return names, Chart(tuple(boxes), tuple(legs), partial(_folded, far, days))


def _root(name: str) -> Box:
    return Box(Text(name, name), (), mark=_ASKED)


def _box(each: "contact_ways.Contacted", called: Mapping[str, str]) -> Box:
    name, moves = called.get(each.name, each.name), _moves(each.moves)
    return Box(Text(name, name), (moves, _days([each.day])), stage=moves)


def _moves(moves: int) -> Text:
    return _DIRECT if moves == 1 else counted(moves, "次移动", "move", "moves")


def _days(days: Sequence[date]) -> Text:
    """Month and day, from and to; a narrow box has no room for more."""
    ends = dict.fromkeys((days[0], days[-1]))
    return Text(
        "–".join(f"{day.month}月{day.day}日" for day in ends),
        "–".join(f"{day.day} {day:%b}" for day in ends),
    )


def _folded(far: Mapping[Text, int], on: Mapping[Text, date], boxes: Sequence[Box]) -> Box:
    """Several holders as one, with the moves of the nearest and the farthest, and their days."""
    told = [box.words for box in boxes if box.words]  # of the root there are none
    moves = sorted({far[words[0]] for words in told})
    said = _SPAN.format(least=moves[0], most=moves[-1]) if moves[1:] else _moves(moves[0])
    return folded(boxes, said, _days(sorted({on[words[1]] for words in told})), staged=False)
