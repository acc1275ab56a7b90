"""The drawing of amounts: any chart fits, widths never say more than is known, words say it all."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings import paper
from suyuan.drawings.layout import laid_out
from suyuan.drawings.picture import WIDTH
from suyuan.drawings.sankey import sankey, words
from suyuan.drawings.types import Box, Chart, Stream
from suyuan.kit import Text
from suyuan.kit.amounts import plain
from suyuan.publish.types import Leg
from suyuan.trace.types import Extent

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=30)
AMOUNTS = st.decimals(0, 1_000_000, places=3, allow_nan=False, allow_infinity=False)


def folded(boxes: object) -> Box:
    return Box(Text("several", "several"), (), count=len(list(boxes)))  # type: ignore[call-overload]


@st.composite
def charts(draw: st.DrawFn) -> tuple[Chart, list[Stream]]:
    names = draw(st.lists(NAMES, min_size=2, max_size=70))
    boxes = tuple(Box(Text(name, name), (Text("x", "x"),)) for name in names)
    ends = st.integers(0, len(boxes) - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=90, unique=True))
    down = [(a, b) for a, b in pairs if a < b]
    streams = []
    for source, target in down:
        touched = draw(st.none() | AMOUNTS)
        top = touched if touched is not None else Decimal(1)
        least = min(draw(AMOUNTS), top)
        most = draw(st.sampled_from([None, top]))
        streams.append(
            Stream(
                source=source, target=target, touched=touched, material=Extent(least, most),
                unit=draw(st.sampled_from([None, "KGM", "LTR"])), certain=draw(st.booleans()),
            )
        )  # fmt: skip
    return Chart(boxes, tuple(Leg(a, b, certain=True) for a, b in down), folded), streams


def is_drawn(chart: Chart, streams: list[Stream], each: Stream) -> bool:
    """Whether it has a width: between two drawn boxes, and nothing unknown is added to it there."""
    where = laid_out(chart).whole.where

    def ends(one: Stream) -> tuple[object, ...]:
        return where[one.source], where[one.target], one.unit

    alike = [other for other in streams if ends(other) == ends(each)]
    apart = where[each.source] != where[each.target]
    return bool(each.touched) and apart and all(other.touched is not None for other in alike)


@given(charts())
def test_any_amounts_are_drawn_inside_the_picture_and_dark_is_no_wider_than_light(
    drawn: tuple[Chart, list[Stream]],
) -> None:
    chart, streams = drawn
    found = sankey(laid_out(chart), streams, "en")
    if found is None:
        assert not any(is_drawn(chart, streams, each) for each in streams)
        return
    root = ET.XML(found)
    boxes = [each for each in root.iter() if each.tag.endswith("rect") and "stroke" in each.attrib]
    assert len(boxes) <= 12
    bands = [each for each in root.iter() if each.tag.endswith("path")]
    widths: dict[str, list[float]] = {"#a9c9be": [], "#0b5345": []}
    for band in bands:
        if "stroke-dasharray" not in band.attrib:
            widths[band.attrib["stroke"]].append(float(band.attrib["stroke-width"]))
    assert all(width <= WIDTH for width in widths["#a9c9be"])
    assert sum(widths["#0b5345"]) <= sum(widths["#a9c9be"]) + 0.01 * len(bands)


@given(charts())
def test_every_stream_is_said_in_words(drawn: tuple[Chart, list[Stream]]) -> None:
    chart, streams = drawn
    said = words(chart, streams, "en")
    assert len(said) == len(streams)
    assert all("→" in line for line in said)


def test_what_is_surely_there_and_what_may_be_are_both_said() -> None:
    chart = Chart(
        (Box(Text("甲", "A"), ()), Box(Text("乙", "B"), ())), (Leg(0, 1, certain=True),), folded
    )
    stream = Stream(
        source=0, target=1, touched=Decimal(8), material=Extent(Decimal(1), Decimal(3)),
        unit="KGM", certain=True,
    )  # fmt: skip
    assert words(chart, [stream], "en") == ["A → B: 8 kg, of it at least 1, at most 3"]
    found = sankey(laid_out(chart), [stream], "en")
    assert found is not None
    assert "8 kg (1–3)" in found
    light, dark = (
        float(each.attrib["stroke-width"])
        for each in ET.XML(found).iter()
        if each.tag.endswith("path")
    )
    assert abs(dark * 8 - light) < 0.1


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=2, max_size=2))
def test_no_number_is_cut_however_narrow_its_box(much: list[tuple[Decimal, Decimal]]) -> None:
    """At most 6000 of 8500 stood there as "0–60…"."""
    boxes = tuple(Box(Text(name, name), (Text("x", "x"),)) for name in "abc")
    chart = Chart(boxes, tuple(Leg(0, n, certain=True) for n in (1, 2)), folded)
    streams = [
        Stream(
            source=0, target=n, touched=most + more, material=Extent(Decimal(0), most),
            unit="KGM", certain=True,
        )
        for n, (most, more) in enumerate(much, start=1)
    ]  # fmt: skip
    found = sankey(laid_out(chart), streams, "en")
    numbers = {plain(value) for each in streams for value in (each.touched, each.material.most)}
    for each in ET.XML(found or "<svg/>").iter():
        if each.tag.endswith("text") and "kg" in (each.text or ""):
            assert set(re.findall(r"[\d.,]*\d", each.text or "")) <= numbers | {"0"}


def test_amounts_of_different_units_do_not_share_a_width() -> None:
    boxes = tuple(Box(Text(name, name), ()) for name in "abc")
    chart = Chart(boxes, (Leg(0, 1, certain=True), Leg(1, 2, certain=True)), folded)
    whole = Extent(Decimal(5), Decimal(5))
    streams = [
        Stream(source=0, target=1, touched=Decimal(5), material=whole, unit="KGM", certain=True),
        Stream(source=1, target=2, touched=Decimal(5), material=whole, unit="LTR", certain=True),
    ]
    found = sankey(laid_out(chart), streams, "en")
    assert found is not None
    assert str(found).count("stroke-dasharray") == 1


@given(charts())
def test_what_is_missing_is_said_and_what_is_drawn_is_not(case: tuple[Chart, list[Stream]]) -> None:
    chart, streams = case
    amounts = sankey(laid_out(chart), streams, "zh")
    said = paper.undrawn(chart, amounts)
    assert bool(said) == (amounts is None or not chart.legs)
    assert len(said) <= 1
