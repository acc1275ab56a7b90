"""A chart of contacts holds everybody, and leads from the root outward or back to it."""

from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings import picture
from suyuan.drawings.layout import laid_out
from suyuan.drawings.nearness import chart_of_contacts
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
    chart = chart_of_contacts(ways, "root", {}, ingoing=ingoing)
    assert sum(box.count for box in chart.boxes) == len(ways.contacts) + 1
    assert chart.boxes[-1 if ingoing else 0].name.en == "root"
    assert all(leg.source < leg.target for leg in chart.legs)
    ends = {leg.source if ingoing else leg.target for leg in chart.legs}
    root = len(chart.boxes) - 1 if ingoing else 0
    assert ends == set(range(len(chart.boxes))) - {root}
    boxes = [box for row in laid_out(chart).whole.rows for box in row]
    assert sum(box.count for box in boxes) == len(ways.contacts) + 1


def test_a_row_of_many_says_how_many_and_how_far() -> None:
    some = tuple(Contacted(f"h{n}", 2, DAY + timedelta(n)) for n in range(3))
    ways = Ways(
        contacts=(Contacted("near", 1, DAY), *some),
        steps=(("root", "near"), *(("near", each.name) for each in some)),
        within=4,
    )
    chart = chart_of_contacts(ways, "root", {"near": "<近>"}, ingoing=False)
    assert [box.name.zh for box in chart.boxes] == ["root", "<近>", "3 家"]
    assert [word.en for word in chart.boxes[2].words] == ["2 moves", "1 Mar–3 Mar"]
    drawn = picture(chart, "zh")
    assert drawn is not None
    label = fromstring(str(drawn)).get("aria-label")  # noqa: S314 -- our own drawing
    assert label is not None
    assert label.startswith("root (所问) → <近> (直接 · 3月1日)")
