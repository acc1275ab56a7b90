"""Takes the route of a thing; gives it as a chart: who had it, what they did, since when."""

from collections.abc import Mapping, Sequence

from suyuan.drawings import folding, order, reached
from suyuan.drawings.types import Box, Chart, Holder
from suyuan.kit import Text
from suyuan.publish.types import Route, Stop, Tone
from suyuan.web.render import local_day_words

_MARKS: Mapping[Tone, Text] = {
    Tone.STOP: Text("停用", "stopped"),
    Tone.HOLD: Text("待查", "held"),
}


def chart_of_route(route: Route) -> Chart:
    """The stops of a route as boxes, each below whom it had it from; what went back is a return."""
    stops = {_key(number): stop for number, stop in enumerate(route.stops)}
    pairs = {(_key(leg.source), _key(leg.target)): leg.certain for leg in route.legs}
    first = {key: order.Standing(since=stop.at.timestamp()) for key, stop in stops.items()}
    downwards = order.ordered(stops, pairs, order.Standings(first))
    boxes = [_box(stops[key]) for key in downwards]
    return reached.chart_of_pairs(downwards, boxes, pairs, _folded)


def _key(number: int) -> Holder:
    """A stop as charts know holders, in the order of the route."""
    return f"{number:06}", ""


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
