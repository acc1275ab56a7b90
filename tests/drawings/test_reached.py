"""The scope of a recall as people see it: nobody is lost, and nobody stands above his giver."""

from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings.columns import columns_drawn
from suyuan.drawings.layout import laid_out, wide
from suyuan.drawings.reached import by_holder, order_of_recall
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.service import Recall
from suyuan.service.recalling import Holding
from suyuan.trace.types import (
    Completeness,
    Cost,
    Direction,
    Extent,
    Part,
    Question,
    ScopeLine,
    Transfer,
)

NOTHING = Part(touched=Decimal(0), material=Extent(Decimal(0), Decimal(0)))


def kept(much: int | None) -> Part:
    touched = None if much is None else Decimal(much)
    return Part(touched=touched, material=Extent(Decimal(0), touched))


def line(party: str, much: int | None, *, unit: str | None = "KGM", sure: bool = True) -> ScopeLine:
    return ScopeLine(
        party=party, site="", thing="urn:suyuan:x:1", unit=unit, certain=sure, things=1,
        came=NOTHING, sent=NOTHING, ended=NOTHING, stock=kept(much),
    )  # fmt: skip


def transfer(giver: str, taker: str) -> Transfer:
    return Transfer(
        source_party=giver, source_site="", target_party=taker, target_site="",
        things=1, touched=None, unit=None, certain=True, material=Extent(Decimal(0), None),
    )  # fmt: skip


def found(lines: list[ScopeLine], transfers: list[Transfer]) -> Recall:
    return Recall(
        truncated=False, question=Question(seeds=(), direction=Direction.FORWARD), position=1,
        holders=len(lines), things=1, lines=tuple(lines), transfers=tuple(transfers),
        completeness=Completeness(
            summary=Text("", ""), movements=0, confirmed=0, silent=0, open_ends={}
        ),
        open_ends=(), anomalies=(), cost=Cost(facts=1, links=1),
        parties={"p0": Holding(name=Text("甲", "First"), contact="138")}, sites={},
    )  # fmt: skip


@st.composite
def recalls(draw: st.DrawFn) -> Recall:
    names = [f"p{number}" for number in range(draw(st.integers(1, 12)))]
    lines = [line(name, draw(st.none() | st.integers(0, 9))) for name in names]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=40))
    return found(lines, [transfer(a, b) for a, b in dict.fromkeys(pairs) if a != b])


@given(recalls())
def test_everybody_is_drawn_once_and_listed_once_also_if_goods_went_in_circles(
    recall: Recall,
) -> None:
    _, chart = order_of_recall(recall, {})
    assert sorted(each.name.zh for each in chart.boxes) == sorted(
        each.name.zh for each in by_holder(recall)
    )
    assert len(chart.boxes) == len(recall.lines)
    assert all(leg.source < leg.target for leg in chart.legs)
    assert sum(box.count for row in laid_out(chart).whole.rows for box in row) == len(recall.lines)


@given(recalls())
def test_where_nothing_went_in_circles_every_transfer_is_drawn(recall: Recall) -> None:
    forward = [
        each for each in recall.transfers if int(each.source_party[1:]) < int(each.target_party[1:])
    ]
    _, chart = order_of_recall(found(list(recall.lines), forward), {})
    assert len(chart.legs) == len(forward)


def test_who_still_has_some_comes_first_with_how_much() -> None:
    lines = [line("p1", 0), line("p0", 5), line("p0", 2, unit=None), line("p0", None)]
    first, second = by_holder(found(lines, []))
    assert (first.name.en, first.contact) == ("First", "138")
    assert first.still == Text("数量不明、5 千克、2 件", "amount unknown, 5 kg, 2 pcs")
    assert (second.name.en, second.still) == ("p1 (not registered)", None)


def test_amounts_are_written_as_people_write_them() -> None:
    assert amount(Decimal("1.20E+3"), "KGM") == Text("1200 千克", "1200 kg")
    assert amount(Decimal("0.50"), "XYZ") == Text("0.5 XYZ", "0.5 XYZ")
    assert amount(None, "KGM").en == "amount unknown"


def test_folded_runs_of_parties_that_are_not_registered_are_told_apart() -> None:
    """Every fold was called "(417)6901…(not registered)", whomever it held."""
    parties = [f"https://id.gs1.org/417/69012340{number:05}" for number in range(400)]
    lines = [line(party, 1) for party in parties]
    recall = found(lines, [transfer(parties[0], each) for each in parties[1:]])
    folds = laid_out(order_of_recall(recall, {})[1]).found
    drawn = columns_drawn(wide(folds, folds.whole), "zh")
    texts = [each.text or "" for each in ET.XML(drawn).iter() if each.tag.endswith("text")]
    names = [each for each in texts if each.startswith("(417)")]
    assert len(names) > 5
    assert len(set(names)) == len(names)
