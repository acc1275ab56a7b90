"""Takes the route of a thing; gives it as a chart: who had it, what they did, since when."""

from collections.abc import Mapping, Sequence

from suyuan.drawings.types import Box, Chart
from suyuan.kit import Text
from suyuan.kit.text import counted
from suyuan.publish.types import Route, Stop, Tone
from suyuan.web.render import local_day_words

_ON_WAY = Text("经手", "on the way")
_MARKS: Mapping[Tone, Text] = {
    Tone.STOP: Text("停用", "stopped"),
    Tone.HOLD: Text("待查", "held"),
}


def chart_of_route(route: Route) -> Chart:
    """The stops of a route as boxes."""
    return Chart(tuple(_box(stop) for stop in route.stops), route.legs, _folded)


def _box(stop: Stop) -> Box:
    day = Text(
        zh=local_day_words(stop.at, stop.offset, "zh"),
        en=local_day_words(stop.at, stop.offset, "en"),
    )
    return Box(stop.name, (stop.step, day), stop.certain, _MARKS.get(stop.tone))


def _folded(boxes: Sequence[Box]) -> Box:
    """Several parties as one, with the gravest mark and the day of the first."""
    steps = {box.words[0] for box in boxes}
    marks = [mark for mark in _MARKS.values() if any(box.mark == mark for box in boxes)]
    return Box(
        name=counted(len(boxes), "家", "party", "parties"),
        words=(steps.pop() if len(steps) == 1 else _ON_WAY, boxes[0].words[1]),
        certain=any(box.certain for box in boxes),
        mark=marks[0] if marks else None,
        count=len(boxes),
    )
