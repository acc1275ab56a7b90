"""A chart of contacts holds everybody, and leads from the root outward or back to it."""

from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings.layout import laid_out
from suyuan.drawings.nearness import chart_of_contacts
from suyuan.drawings.pictured import pictured
from suyuan.trace.contact_ways import Contacted, Ways

DAY = date(2026, 3, 1)


@st.composite
def drawn_ways(draw: st.DrawFn) -> Ways:
    """Contacts each of which was met from somebody nearer."""
    rows = draw(st.lists(st.integers(1, 5), max_size=9))
    contacts, steps, nearer = list[Contacted](), list[tuple[str, str]](), ["root"]
    for moves, count in enumerate(rows, 1):
        made = [f"{moves}.{number}" for number in range(count)]
        contacts += [Contacted(name, moves, DAY + timedelta(moves)) for name in made]
        steps += [(draw(st.sampled_from(nearer)), name) for name in made]
        nearer += made
    return Ways(contacts=tuple(contacts), steps=tuple(steps), within=len(steps))


@given(drawn_ways(), st.booleans())
def test_everybody_is_in_it_and_each_leg_leads_on(ways: Ways, ingoing: bool) -> None:  # noqa: FBT001
    names, chart = chart_of_contacts(ways, "root", {}, ingoing=ingoing)
    assert [box.name.en for box in chart.boxes] == names
    assert sorted(names) == sorted(["root", *(each.name for each in ways.contacts)])
    root = len(names) - 1 if ingoing else 0
    assert names[root] == "root"
    assert all(leg.source < leg.target for leg in chart.legs)
    ends = {leg.source if ingoing else leg.target for leg in chart.legs}
    assert ends == set(range(len(names))) - {root}
    boxes = [box for row in laid_out(chart).whole.rows for box in row]
    assert sum(box.count for box in boxes) == len(ways.contacts) + 1


def many(count: int) -> Ways:
    """One near, and so many that had it from there, a day apart."""
    some = tuple(Contacted(f"h{n}", 2, DAY + timedelta(n)) for n in range(count))
    steps = (("root", "near"), *(("near", each.name) for each in some))
    return Ways(contacts=(Contacted("near", 1, DAY), *some), steps=steps, within=count + 1)


def test_a_row_of_many_says_how_many_how_far_and_when() -> None:
    _, chart = chart_of_contacts(many(3), "root", {"near": "<近>"}, ingoing=False)
    rows = laid_out(chart).whole.rows
    assert [box.name.zh for row in rows for box in row] == ["root", "<近>", "3 家"]
    assert [word.en for word in rows[2][0].words[:2]] == ["2 moves", "1 Mar–3 Mar"]
    drawn = pictured(laid_out(chart), "zh", "", str)
    assert drawn is not None
    label = fromstring(str(drawn.narrow)).get("aria-label")  # noqa: S314 -- our own drawing
    assert label is not None
    assert label.startswith("root (所问) → <近> (直接 · 3月1日)")


@pytest.mark.parametrize("ingoing", [False, True])
def test_by_its_links_everybody_is_found(ingoing: bool) -> None:  # noqa: FBT001
    names, chart = chart_of_contacts(many(300), "root", {}, ingoing=ingoing)
    laid = laid_out(chart)
    keys, seen, found = [""], set[str](), set[str]()
    while keys:
        drawn = pictured(laid, "en", keys.pop(), str)
        assert drawn is not None
        for drawing in drawn.shown:
            for row in drawing.rows:
                for box in row:
                    if box.opens and box.opens not in seen:
                        seen.add(box.opens)
                        keys.append(box.opens)
                    elif box.count == 1 and not box.around:
                        found.add(box.name.en)
    assert found == set(names)
    assert seen
