"""Pictures of large charts: bounded however large, and by their links everybody is found once."""

import re
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.drawings import folding, paper, parts
from suyuan.drawings.layout import MOST_WIDE, laid_out, narrow, wide
from suyuan.drawings.picture import WIDTH, box_drawn
from suyuan.drawings.pictured import pictured
from suyuan.drawings.types import Box, Chart, Pictured
from suyuan.interchange import paper as report
from suyuan.kit import Text
from suyuan.publish.types import Leg

STAGES = [None, Text("制成", "made it"), Text("转出", "passed it on"), Text("未见转出", "kept it")]


def box(number: int, party: int, stage: int) -> Box:
    name = f"holder {number}"
    return Box(
        Text(name, name),
        (Text("x", "x"),),
        stage=STAGES[stage],
        party=(f"p{party}", Text(f"party {party}", f"party {party}")),
        things={f"thing {number}": 1, "lot": 2},
    )


def chart_of(levels: list[int], *, parties: int = 1000) -> Chart:
    """Levels of so many holders; each gets it from one of the level above."""
    boxes: list[Box] = []
    legs: list[Leg] = []
    above: range | None = None
    for level in levels:
        own = range(len(boxes), len(boxes) + level)
        boxes += [box(each, each % parties, each % 3 + 1) for each in own]
        if above is not None:
            legs += [Leg(above[at % len(above)], each, at % 4 > 0) for at, each in enumerate(own)]
        above = own
    return Chart(tuple(boxes), tuple(legs), folding.folded)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(2, 80))
    some = [box(at, draw(st.integers(0, 40)), draw(st.integers(0, 3))) for at in range(count)]
    ends = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(ends, ends, st.booleans()), min_size=1, max_size=90))
    legs = [Leg(min(a, b), max(a, b), sure) for a, b, sure in pairs if a != b]
    return Chart(tuple(some), (*legs, Leg(0, 1)), folding.folded)


LARGE = {
    "a fan of fifteen hundred": [1, 1_499],
    "a long chain": [1] * 400,
    "wide and long": [3, 40, 1, 200, 2, 7, 300, 30, 1, 60, 4],
    "few": [1, 2, 3],
    "many sources of one": [400, 1],
}


def drawn(chart: Chart, key: str) -> Pictured:
    found = pictured(laid_out(chart), "en", key, lambda opened: f"?open={opened}")
    assert found is not None
    assert not found.is_gone
    return found


def links(svg: str) -> list[str]:
    """Where the links of a picture lead, in the order in which a keyboard comes to them."""
    root = ET.XML(svg)
    assert (root.get("role") == "group") == bool(root.findall("a"))
    assert all((each.get("aria-label") or "").startswith("Unfold: ") for each in root.iter("a"))
    return [(each.get("href") or "").removeprefix("?open=") for each in root.iter("a")]


def walk(chart: Chart, form: int) -> tuple[Counter[str], int]:
    """Who stands alone in any of the pictures, in a form, and how many links lead there."""
    met, seen, ways, deepest = Counter[str](), set[str](), [("", 0)], 0
    while ways:
        key, depth = ways.pop()
        assert key not in seen, "two boxes lead to one part"
        seen.add(key)
        deepest = max(deepest, depth)
        found = drawn(chart, key)
        svg = [found.narrow, found.wide or found.narrow][form]
        drawing = found.shown[form if found.wide else 0]
        boxes = [one for row in drawing.rows for one in row if not one.around]
        met.update(one.name.en for one in boxes if not one.opens)
        assert links(str(svg)) == [one.opens for one in boxes if one.opens]
        assert sum(one.count for one in boxes) == len(found.members)
        ways += [(each, depth + 1) for each in links(str(svg))]
    return met, deepest


@pytest.mark.parametrize("form", [0, 1], ids=["narrow", "wide"])
@pytest.mark.parametrize("levels", LARGE.values(), ids=LARGE)
def test_by_its_links_everybody_is_found_and_nobody_twice(levels: list[int], form: int) -> None:
    chart = chart_of(levels, parties=300)
    met, deepest = walk(chart, form)
    assert met == Counter(each.name.en for each in chart.boxes)
    assert deepest <= 9


@settings(max_examples=40)
@given(charts(), st.sampled_from([0, 1]))
def test_in_any_chart_everybody_is_found_and_nobody_twice(chart: Chart, form: int) -> None:
    met, _ = walk(chart, form)
    assert met == Counter(each.name.en for each in chart.boxes)


@given(charts(), st.data())
def test_whatever_is_unfolded_it_is_small_inside_and_apart(
    chart: Chart, data: st.DataObject
) -> None:
    key, found = "", drawn(chart, "")
    for _ in range(data.draw(st.integers(0, 4))):
        keys = sorted({each for svg in (found.narrow, found.wide) if svg for each in links(svg)})
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        found = drawn(chart, key)
    small, large = found.shown
    assert sum(map(len, small.rows)) <= 12
    assert sum(map(len, large.rows)) <= MOST_WIDE
    assert_apart(str(found.narrow), WIDTH)
    if found.wide is not None:
        assert_apart(str(found.wide), 1000)
    for drawing in found.shown:
        assert all(source[0] < target[0] for source, target in drawing.legs)


def assert_apart(svg: str, most: float) -> None:
    root = ET.XML(svg)
    wide, high = float(root.get("width", 0)), float(root.get("height", 0))
    assert wide <= most
    rects = [
        tuple(float(each.get(name, 0)) for name in ("x", "y", "width", "height"))
        for each in root.iter("rect")
    ]
    for x, y, width, height in rects:
        assert 0 <= x <= x + width <= wide
        assert 0 <= y <= y + height <= high
    for (x, y, width, height), (left, top, w, h) in combinations(rects, 2):
        assert x + width <= left or left + w <= x or y + height <= top or top + h <= y


@given(charts())
def test_what_is_drawn_is_joined_as_the_chart_is(chart: Chart) -> None:
    """A leg between two boxes is there if and only if one of those in them gave to the other's."""
    found = parts.folds(chart)
    for part in (found.whole, *parts.parts(found, found.whole)):
        if len(part.members) == 1:
            continue
        for drawing in (narrow(found, part), wide(found, part)):
            if drawing.framed:
                assert not drawing.legs
                continue
            own = set(part.members)
            wanted = {
                (drawing.where[leg.source], drawing.where[leg.target])
                for leg in chart.legs
                if own & {leg.source, leg.target}
            }
            assert set(drawing.legs) == {(a, b) for a, b in wanted if a != b}


def test_a_folded_box_says_how_many_whose_which_stage_and_how_many_things() -> None:
    boxes = [box(number, number % 2, 1) for number in range(6)]
    some = folding.folded(boxes)
    assert some.name == Text("2 家", "2 parties")
    assert [word.en for word in some.words] == ["6 sites", "made it", "8 things"]
    one = folding.folded(boxes[::2])
    assert one.name == Text("party 0", "party 0")
    assert one.words[0] == Text("3 处", "3 sites")
    apart = folding.folded([box(number, number, number) for number in range(4)])
    assert (apart.name.en, apart.words[0].en) == ("4 holders", "on the way")


def test_a_row_folds_by_stage_before_party_and_by_party_before_names() -> None:
    by_stage = [box(number, number, 1 + number // 60) for number in range(120)]
    by_party = [box(200 + number, number % 7, 3) for number in range(70)]
    legs = tuple(Leg(0, each) for each in range(1, 191))
    chart = Chart((box(999, 99, 1), *by_stage, *by_party), legs, folding.folded)
    _, row = drawn(chart, "").shown[1].rows
    said = sorted((each.name.en, each.words[0].en, each.words[1].en) for each in row)
    assert said == [
        ("60 holders", "made it", "62 things"),
        ("60 holders", "passed it on", "62 things"),
        *((f"party {number}", "10 sites", "kept it") for number in range(7)),
    ]


def test_a_key_of_what_is_no_more_shows_the_nearest_and_says_so() -> None:
    chart = chart_of([1, 300])
    for key, length in (("2.s9", 2), ("nonsense", 1), ("<script>", 1), ("2" * 300, 1), ("٢", 1)):
        found = pictured(laid_out(chart), "en", key, lambda opened: f"?open={opened}")
        assert found is not None
        assert found.is_gone
        assert len(found.trail) == length
        assert "script" not in found.narrow


def test_the_way_back_leads_through_every_part_to_the_whole() -> None:
    chart = chart_of([1, 2000], parties=2000)
    key = links(str(drawn(chart, "2.s1").narrow))[0]
    found = drawn(chart, key)
    assert [href for _, href in found.trail] == ["?open=", "?open=2", "?open=2.s1", f"?open={key}"]
    assert found.trail[0][0].en == "All"
    assert re.fullmatch(r"\d+ holders", found.trail[1][0].en)
    assert len([each for row in found.shown[0].rows for each in row if each.around]) == 1


def test_no_narrow_box_cuts_off_what_is_wrong() -> None:
    """However long the words behind it, and however narrow the box, the mark is read whole."""
    for words in ((), ("12 sites",), ("12 sites", "1 thing"), ("a" * 30, "1 thing", "b" * 30)):
        said = tuple(Text(word, word) for word in words)
        mark = Text("还有", "still there")
        sure, maybe = (Box(Text("A", "A"), said, each, mark) for each in (True, False))
        for width in (134, 151, 170, 240, 322):
            assert ">still there" in box_drawn(sure, (0, 0, width), "en")
            assert ">可能 · 还有" in box_drawn(maybe, (0, 0, width), "zh")


@pytest.mark.parametrize("levels", LARGE.values(), ids=LARGE)
def test_on_paper_stands_the_form_that_shows_more_and_it_fits_a_sheet(levels: list[int]) -> None:
    chart = chart_of(levels)
    found = parts.folds(chart)
    small, large = narrow(found, found.whole), wide(found, found.whole)
    drawn = str(paper._largest(laid_out(chart), "zh"))
    boxes = sum(1 for _ in ET.XML(drawn).iter("rect"))
    assert boxes == max(sum(map(len, small.rows)), sum(map(len, large.rows)))
    assert "<a" not in drawn
    placed = report._placed(drawn, "Noto")
    high = float(placed["width"]) * float(ET.XML(drawn).get("height", 0))
    assert high / float(ET.XML(drawn).get("width", 1)) <= 160.5
    assert float(placed["width"]) <= 220
    assert placed["own_line"] == (boxes > sum(map(len, small.rows)))
