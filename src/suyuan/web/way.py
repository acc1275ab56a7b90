"""Takes the route of a thing; gives it as a chart: who had it, what they did, since when."""

from collections.abc import Mapping, Sequence

from suyuan.drawings import folding
from suyuan.drawings.types import Box, Chart
from suyuan.kit import Text
from suyuan.publish.types import Route, Stop, Tone
from suyuan.web.render import local_day_words

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
    mark = _MARKS.get(stop.tone)
    return Box(stop.name, (stop.step, day), stop.certain, mark, stage=stop.step)


def _folded(boxes: Sequence[Box]) -> Box:
    """Several parties as one, with the gravest mark and the day of the first."""
    marks = [mark for mark in _MARKS.values() if any(box.mark == mark for box in boxes)]
    return folding.folded(boxes, boxes[0].words[1], mark=marks[0] if marks else None)
