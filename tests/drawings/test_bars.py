"""Bars: as long as the shares they stand for, on one scale with the limit, at most twelve."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings.bars import MOST, WIDTH, Bar, bars_drawn
from suyuan.kit import Text

share = st.floats(0, 1)


@st.composite
def drawn_bar(draw: st.DrawFn) -> Bar:
    low, point, high = sorted(draw(st.tuples(share, share, share)))
    name = draw(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60))
    return Bar(name=name, said=Text("甲", "x"), low=low, high=high, point=point)


def svg(rows: list[Bar], *, limit: float | None = None) -> Element:
    drawn = bars_drawn(rows, "en", limit=limit)
    assert drawn is not None
    return fromstring(str(drawn))  # noqa: S314 -- our own drawing


def ends(root: Element) -> list[tuple[float, float]]:
    """Where each bar and the track below it begin, and how wide they are."""
    ways = [each.get("d", "") for each in root.iter("path")]
    found = (re.fullmatch(r"M([\d.]+) [\d.-]+h([\d.]+)v.*", way) for way in ways)
    return [(float(each[1]), float(each[2])) for each in found if each is not None]


@given(st.lists(drawn_bar(), min_size=1, max_size=20), st.none() | share)
def test_nothing_leaves_the_drawing_and_twelve_are_drawn(
    rows: list[Bar], limit: float | None
) -> None:
    root = svg(rows, limit=limit)
    dots = list(root.iter("circle"))
    assert len(dots) == min(len(rows), MOST)
    assert all(x >= 0 and x + wide <= WIDTH for x, wide in ends(root))
    for each, dot, (begin, wide) in zip(rows, dots, ends(root)[1::2], strict=False):
        if each.high - each.low > 0.1:
            assert begin - 6 <= float(dot.get("cx", "nan")) <= begin + wide + 6


def test_a_bar_is_twice_as_long_for_twice_the_share() -> None:
    rows = [Bar(name=str(n), said=Text("", ""), low=0, high=n / 4) for n in (1, 2, 4)]
    tracks, wide = ends(svg(rows))[::2], [each for _, each in ends(svg(rows))[1::2]]
    assert wide[1] == pytest.approx(2 * wide[0], abs=0.2)
    assert wide[2] == pytest.approx(tracks[0][1], abs=0.2)


def test_the_scale_holds_bars_and_limit_and_says_its_end() -> None:
    rows = [Bar(name="a & b", said=Text("七成", "70 %"), low=0, high=0.04, point=0.01, stop=True)]
    texts = [each.text for each in svg(rows, limit=0.1).iter("text")]
    assert texts[:2] == ["a & b", "70 %"]
    assert "10 %" in texts
    assert "5 %" in [each.text for each in svg(rows).iter("text")]
    assert "a & b: 70 %" in (svg(rows).get("aria-label") or "")


def test_of_nothing_nothing_is_drawn() -> None:
    assert bars_drawn([], "zh") is None
