"""The drawing of a life cycle: every step is in it, and no two tracks run into each other."""

from datetime import date
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.families import load_families
from suyuan.kit import Text
from suyuan.service import StepOn, family_on
from suyuan.service.dated import Named
from suyuan.web.lifecycle import laid_out, lifecycle, tracks
from suyuan.web.render import Reader

SVG = "{http://www.w3.org/2000/svg}"
FAMILIES = load_families()


def a_step(number: int, following: list[int], *, begins: bool) -> StepOn:
    return StepOn(
        id=f"s{number}", name=Text(f"环节<{number}>", f"step <{number}>"), biz_step="other",
        direction="inside", begins=begins, kinds=(), roles=(), licences=(), documents=(), items=(),
        confirms=(),
        next=tuple(Named(f"s{each}", Text(f"环节{each}", f"step {each}")) for each in following),
    )  # fmt: skip


@st.composite
def cycles(draw: st.DrawFn) -> list[StepOn]:
    count = draw(st.integers(1, 12))
    following = st.lists(st.integers(0, count - 1), unique=True, max_size=count)
    return [a_step(n, draw(following), begins=draw(st.booleans())) for n in range(count)]


@given(cycles(), st.sampled_from(["zh", "en"]))
def test_every_step_is_drawn_once_and_inside_the_frame(steps: list[StepOn], lang: str) -> None:
    reader = Reader(lang="zh" if lang == "zh" else "en")
    svg = str(lifecycle(steps, reader)).replace("<svg ", f"<svg xmlns='{SVG[1:-1]}' ", 1)
    drawn = ET.fromstring(svg)  # noqa: S314 -- our own drawing
    assert len(drawn.findall(f"{SVG}circle")) == len(drawn.findall(f"{SVG}text")) == len(steps)
    height = float(drawn.attrib["height"])
    for text in drawn.findall(f"{SVG}text"):
        assert 0 < float(text.attrib["y"]) < height
    for step in steps:
        assert reader.text(step.name) in drawn.attrib["aria-label"]


@given(cycles())
def test_tracks_of_one_lane_never_touch(steps: list[StepOn]) -> None:
    found = tracks(steps, frozenset())
    lanes = laid_out(found)
    assert sorted(map(id, found)) == sorted(id(track) for lane in lanes for track in lane)
    for lane in lanes:
        for one, other in combinations(lane, 2):
            assert one.bottom < other.top or other.bottom < one.top


@given(cycles())
def test_every_way_is_the_line_below_or_on_a_track(steps: list[StepOn]) -> None:
    ways = {(at, int(n.id[1:])) for at, step in enumerate(steps) for n in step.next}
    tracked = {(at, track.to) for track in tracks(steps, frozenset()) for at in track.sources}
    assert ways - tracked == {(a, b) for a, b in ways if b in (a, a + 1)}


@pytest.mark.parametrize("name", FAMILIES.by_id)
def test_names_keep_their_room_in_every_family(name: str) -> None:
    steps = family_on(FAMILIES, name, date(2026, 11, 28)).steps
    svg = str(lifecycle(steps, Reader(lang="zh")))
    assert "…" not in svg.partition(">")[2]
