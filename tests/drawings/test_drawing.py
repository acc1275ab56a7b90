"""The drawing of a way: any way fits, nobody is lost, and names cannot break out of it."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import all_schemes
from suyuan.drawings.layout import MOST_BESIDE, laid_out
from suyuan.drawings.parts import MOST_ROWS
from suyuan.drawings.picture import WIDTH, fitted, fitted_name, rows_drawn, said_of
from suyuan.drawings.pictured import pictured
from suyuan.kit import Text
from suyuan.kit.letters import ems
from suyuan.publish.types import Leg, Route, Stop, Tone
from suyuan.web.render import Reader
from suyuan.web.structure import structure
from suyuan.web.way import chart_of_route

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=40)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    names = draw(st.lists(NAMES, min_size=1, max_size=30, unique=True))
    stops = tuple(
        Stop(
            name=Text(name, name),
            step=Text("收货", "received"),
            at=BEGIN + timedelta(hours=hour),
            offset="+08:00",
            certain=draw(st.booleans()),
            tone=draw(st.sampled_from(Tone)) if draw(st.booleans()) else Tone.GOOD,
        )
        for hour, name in enumerate(names)
    )
    tones = {Tone.UNKNOWN, Tone.PLAIN}
    stops = tuple(stop for stop in stops if stop.tone not in tones) or stops[:0]
    ends = st.integers(0, max(len(stops) - 1, 0))
    pairs = draw(st.lists(st.tuples(ends, ends, st.booleans()), max_size=60))
    once = {(a, b): sure for a, b, sure in pairs if a != b and a < len(stops) > b}
    return Route(stops, tuple(Leg(a, b, sure) for (a, b), sure in once.items()))


@given(routes())
def test_any_way_folds_to_at_most_twelve_boxes_and_loses_nobody(route: Route) -> None:
    drawing = laid_out(chart_of_route(route)).whole
    boxes = [box for row in drawing.rows for box in row]
    assert len(boxes) <= MOST_ROWS * MOST_BESIDE == 12
    assert sum(box.count for box in boxes) == len(route.stops)


@given(routes())
def test_nobody_stands_above_whom_they_had_it_from(route: Route) -> None:
    drawing = laid_out(chart_of_route(route)).whole
    assert all(source[0] < target[0] for source, target in drawing.legs)


@given(routes())
def test_all_that_went_from_stop_to_stop_is_drawn_down_or_back(route: Route) -> None:
    chart = chart_of_route(route)
    names = [box.name for box in chart.boxes]
    drawn = [(names[leg.source], names[leg.target]) for leg in (*chart.legs, *chart.returns)]
    stops = [stop.name for stop in route.stops]
    assert sorted(map(str, drawn)) == sorted(
        str((stops[leg.source], stops[leg.target])) for leg in route.legs
    )
    if all(leg.source < leg.target for leg in route.legs):
        assert not chart.returns


def test_what_came_back_is_drawn_back_to_who_had_it_first() -> None:
    received = Text("收货", "received")
    stops = tuple(
        Stop(name=Text(name, name), step=received, at=BEGIN + timedelta(day), offset="+08:00")
        for day, name in enumerate(("Farm", "Shop", "Port"))
    )
    route = Route(stops, (Leg(0, 1), Leg(1, 0), Leg(0, 2)))
    drawing = laid_out(chart_of_route(route)).whole
    assert said_of(drawing, "en").endswith("; back: Shop → Farm")


@given(st.integers(1, 20))
def test_a_long_chain_keeps_both_ends_and_folds_its_middle(length: int) -> None:
    stops = tuple(
        Stop(
            name=Text(f"第{each}家", f"No {each}"),
            step=Text("收货", "received"),
            at=BEGIN,
            offset="+00:00",
        )
        for each in range(length)
    )
    route = Route(stops, tuple(Leg(each, each + 1) for each in range(length - 1)))
    drawing = laid_out(chart_of_route(route)).whole
    assert len(drawing.rows) == min(length, MOST_ROWS)
    assert drawing.rows[0][0].name == stops[0].name
    assert drawing.rows[-1][0].name == stops[-1].name
    assert all(target[0] - source[0] == 1 for source, target in drawing.legs)


@given(routes(), st.sampled_from(["zh", "en"]))
def test_boxes_and_lines_stay_inside_and_boxes_apart(route: Route, lang: str) -> None:
    chart = chart_of_route(route)
    assert (pictured(laid_out(chart), "zh", "", str) is None) == (not route.legs)
    if not route.legs:
        return
    drawn = rows_drawn(laid_out(chart).whole, "zh" if lang == "zh" else "en")
    svg = ET.fromstring(str(drawn))  # noqa: S314 -- our own drawing; well-formed whatever the names
    height = float(svg.attrib["height"])
    rects = [
        tuple(float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        for each in svg.iter("rect")
    ]
    for x, y, width, high in rects:
        assert x >= 0
        assert y >= 0
        assert x + width <= WIDTH
        assert y + high <= height
    for (x, y, width, high), (other_x, other_y, _, _) in pairwise(sorted(rects, key=_by_row)):
        assert other_y >= y + high or other_x >= x + width


def _by_row(rect: tuple[float, ...]) -> tuple[float, float]:
    return rect[1], rect[0]


def test_what_is_stopped_says_so_before_anything_can_be_cut_off() -> None:
    long = Text(
        "一个名字非常非常非常非常非常非常长的环节", "a step with a very very very long name"
    )
    farm = Stop(name=Text("甲", "A"), step=long, at=BEGIN, offset="+08:00", tone=Tone.STOP)
    shop = Stop(name=Text("乙", "B"), step=long, at=BEGIN, offset="+08:00", certain=False)
    route = Route((farm, shop), (Leg(0, 1, False),))
    drawn = str(rows_drawn(laid_out(chart_of_route(route)).whole, "en"))
    assert ">stopped · " in drawn
    assert ">possible · " in drawn
    assert drawn.count("… · 1 Jan 2026</text>") == 2, "the long name gives way, not the day"
    assert "stroke-dasharray" in drawn


def test_of_long_names_the_ends_stay_for_shops_of_one_firm_differ_there() -> None:
    shops = (
        "Shanghai Baby Shop 1",
        "Shanghai Baby Shop 2",
        "上海母婴连锁第一分店",
        "上海母婴连锁第二分店",
    )
    for room in (6.0, 8.0, 10.0):
        short = [fitted_name(name, room, 0.6) for name in shops]
        assert len(set(short)) == len(shops), short
        assert all(ems(each, 0.6) <= room for each in short)
        assert all("…" in each or each in shops for each in short)
    assert fitted_name("Shop 1", 10, 0.6) == "Shop 1"


def test_every_scheme_has_a_structure_that_fits_its_drawing() -> None:
    """One box for each piece, side by side and within the picture, and every text escaped."""
    for scheme in all_schemes():
        for lang in ("zh", "en"):
            drawn = ET.fromstring(structure(scheme.layout, Reader(lang=lang)))  # noqa: S314 -- ours
            boxes = [
                (float(each.get("x", 0)), float(each.get("width", 0)))
                for each in drawn
                if each.tag == "rect"
            ]
            assert len(boxes) == len(scheme.layout)
            assert all(abs(a + width - b) < 0.2 for (a, width), (b, _) in pairwise(boxes))
            assert boxes[0][0] >= 0
            assert sum(boxes[-1]) <= WIDTH
            assert drawn.get("aria-label")


@given(st.decimals(0, 10**9, places=3, allow_nan=False), st.floats(0, 30))
def test_no_number_is_cut(much: Decimal, room: float) -> None:
    """Half of an amount is another one: 12345 kg stood there as "123…"."""
    said = fitted(f"still there · {much} kg", room, 0.6)
    assert re.findall(r"[\d.,]*\d", said) in ([], [str(much)])
