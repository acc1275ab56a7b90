"""What was sent back: nobody stands above whom he had it from first, and no leg is left out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from suyuan.drawings.columns import columns_drawn
from suyuan.drawings.layout import laid_out, wide
from suyuan.drawings.order import Standing, Standings, ordered
from suyuan.drawings.picture import ABREAST, rows_drawn
from suyuan.drawings.sankey import sankey, words
from suyuan.drawings.streams import of_recall, of_trace
from suyuan.drawings.types import Drawing
from suyuan.interchange.answering import answering
from suyuan.interchange.types import Names
from suyuan.kit.span import instant
from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain
from suyuan.service import Recall, Told
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.answer import answer
from suyuan.trace.scope import scope

BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
LOT = "https://id.gs1.org/01/06901234560015/10/LOOP2"
MAKER, DEALER, SHOP = "maker", "dealer", "shop"
Move = tuple[int, str, str, int]
LOOP: tuple[Move, ...] = (
    (2, MAKER, DEALER, 100), (4, DEALER, MAKER, 60), (6, MAKER, DEALER, 60), (8, DEALER, SHOP, 70),
)  # fmt: skip
SPLIT: tuple[Move, ...] = ((2, MAKER, DEALER, 50), (5, DEALER, MAKER, 20), (7, MAKER, SHOP, 15))


def facts(moves: tuple[Move, ...], *, made: bool = True) -> list[Fact]:
    def line(number: int, day: int, kind: FactKind, much: int, **more: Any) -> Fact:
        return Fact(
            entry=number, line=0, position=number, kind=kind, thing=LOT,
            when=instant(BEGIN + timedelta(days=day)), grain=ThingGrain.LOT,
            quantity=Decimal(much), unit="KGM", **more,
        )  # fmt: skip

    def at(name: str) -> Holder:
        return Holder(f"p:{name}", f"s:{name}")

    first = [line(1, 1, FactKind.MADE, 100, after=at(MAKER))] if made else []
    return first + [
        line(number, day, FactKind.MOVED, much, side=Side.BOTH, before=at(a), after=at(b))
        for number, (day, a, b, much) in enumerate(moves, 2)
    ]


def told(moves: tuple[Move, ...], question: Question, *, made: bool = True) -> Told:
    found, names = answer(facts(moves, made=made), question), Names()
    return Told(
        answer=found, names=names, responsible=tuple(answering(found, names, {}, tells=False))
    )


def asked(direction: Direction, at: str = "") -> Question:
    holder = Holder(f"p:{at}", f"s:{at}") if at else None
    return Question(seeds=(Seed(thing=LOT, holder=holder),), direction=direction)


def rows_of(drawing: Drawing) -> list[str]:
    return [box.name.zh.rpartition(":")[2] for row in drawing.rows for box in row]


@pytest.mark.parametrize("moves", [LOOP, SPLIT])
def test_the_maker_stands_on_top_though_some_came_back_to_him(moves: tuple[Move, ...]) -> None:
    for direction in Direction:
        _, chart, streams = of_trace(told(moves, asked(direction)))
        drawing = laid_out(chart).whole
        assert rows_of(drawing)[0] == MAKER
        assert len(drawing.legs) + len(drawing.returns) == 3
        assert len(streams) == 3
        (back,) = drawing.returns
        assert [rows_of(drawing)[row] for row, _ in back] == [DEALER, MAKER]


def test_a_recall_is_drawn_the_same_way_up() -> None:
    question = asked(Direction.FORWARD)
    found = scope(facts(LOOP), question)
    recall = Recall(
        **{name: getattr(found, name) for name in found.__struct_fields__}, parties={}, sites={}
    )
    _, chart, streams = of_recall(recall, told(LOOP, question))
    drawing = laid_out(chart).whole
    assert rows_of(drawing)[0].startswith(MAKER)
    said = words(chart, streams, "en")
    assert len(said) == 3
    assert sum(line.startswith("Back, ") for line in said) == 1


def test_every_leg_is_told_in_words_with_its_amount_and_what_went_back_as_such() -> None:
    _, chart, streams = of_trace(told(LOOP, asked(Direction.FORWARD)))
    assert words(chart, streams, "en") == [
        "p:maker · s:maker → p:dealer · s:dealer: 160 kg",
        "p:dealer · s:dealer → p:shop · s:shop: 70 kg",
        "Back, p:dealer · s:dealer → p:maker · s:maker: 60 kg",
    ]
    assert (
        words(chart, streams, "zh")[2] == "往回，p:dealer · s:dealer → p:maker · s:maker：60 千克"
    )


def paired_anyhow() -> list[Fact]:
    """100 kg and 60 kg went before any came, and nobody says which receipt is of which."""
    giver, taker = Holder("p:maker", "s:maker"), Holder("p:dealer", "s:dealer")
    ends = {"before": giver, "after": taker, "thing": LOT, "grain": ThingGrain.LOT}
    lines = [
        (2, Side.SENT, 100), (2.5, Side.SENT, 60), (6, Side.RECEIVED, 100), (6.5, Side.RECEIVED, 60)
    ]  # fmt: skip
    return [
        Fact(
            entry=number, line=0, position=number, kind=FactKind.MOVED, side=side, unit="KGM",
            when=instant(BEGIN + timedelta(days=day)), quantity=Decimal(much), **ends,
        )
        for number, (day, side, much) in enumerate(lines, 1)
    ]  # fmt: skip


def test_no_more_is_drawn_than_was_reported_however_reports_can_be_paired() -> None:
    question, names = asked(Direction.FORWARD), Names()
    found = answer(paired_anyhow(), question)
    assert sum(link.quantity or 0 for link in found.links) > 160
    responsible = tuple(answering(found, names, {}, tells=False))
    about = Told(answer=found, names=names, responsible=responsible)
    (stream,) = of_trace(about)[2]
    assert (stream.touched, stream.material.most) == (160, 160)
    reach = scope(paired_anyhow(), question)
    members = {name: getattr(reach, name) for name in reach.__struct_fields__}
    (transfer,) = of_recall(Recall(**members, parties={}, sites={}), about)[2]
    assert transfer.touched == 160


def test_what_went_back_is_drawn_with_its_amount_on_a_phone_and_in_columns() -> None:
    _, chart, streams = of_trace(told(LOOP, asked(Direction.FORWARD)))
    laid = laid_out(chart)
    flows = sankey(laid, streams, "en")
    assert flows is not None
    assert "back: 60 kg" in flows
    assert "160 kg" in flows
    columns = columns_drawn(wide(laid.found, laid.found.whole), "en")
    for drawn in (rows_drawn(laid.whole, "en"), columns, flows):
        root = ET.XML(drawn)
        assert len([each for each in root.iter() if each.get("class") == "back"]) == 1
        assert "back to who had it before" in drawn
        assert "s:dealer → p:maker · s:maker" in root.attrib["aria-label"]


def test_columns_with_a_way_back_stand_within_the_text_of_a_page() -> None:
    _, chart, _ = of_trace(told((*SPLIT, (8, DEALER, "canteen", 10)), asked(Direction.FORWARD)))
    laid = laid_out(chart)
    drawn = columns_drawn(wide(laid.found, laid.found.whole), "en")
    root = ET.XML(drawn)
    assert float(root.attrib["width"]) <= ABREAST
    assert root.get("class") is None


def test_what_is_asked_about_at_a_holder_begins_the_circle_he_is_in() -> None:
    down = laid_out(of_trace(told(LOOP, asked(Direction.FORWARD, DEALER)))[1]).whole
    assert rows_of(down)[0] == DEALER
    up = laid_out(of_trace(told(LOOP[:3], asked(Direction.BACKWARD, MAKER)))[1]).whole
    assert rows_of(up)[-1] == MAKER


def test_where_nobody_says_who_made_it_the_first_to_have_it_stands_on_top() -> None:
    drawing = laid_out(of_trace(told(LOOP, asked(Direction.FORWARD), made=False))[1]).whole
    assert rows_of(drawing) == [MAKER, DEALER, SHOP]


NAMES = st.sampled_from([(f"p{number}", "") for number in range(9)])
PAIRS = st.lists(st.tuples(NAMES, NAMES), max_size=30, unique=True)
FLAGS = st.booleans()
KNOWN = st.dictionaries(NAMES, st.builds(Standing, FLAGS, FLAGS, FLAGS, st.floats(0, 9), FLAGS))


def reaches(pairs: list[tuple[tuple[str, str], tuple[str, str]]], start: object) -> set[object]:
    seen = {start}
    for _ in pairs:
        seen |= {taker for giver, taker in pairs if giver in seen}
    return seen


@given(PAIRS, KNOWN, st.booleans())
def test_only_what_is_in_a_circle_goes_back(
    pairs: list[tuple[tuple[str, str], tuple[str, str]]],
    known: dict[tuple[str, str], Standing],
    upward: bool,  # noqa: FBT001 -- drawn
) -> None:
    every = {end for pair in pairs for end in pair}
    order = ordered(every, pairs, Standings(known, upward))
    assert sorted(order) == sorted(every)
    for giver, taker in pairs:
        if order.index(giver) > order.index(taker):
            assert giver in reaches(pairs, taker)


@given(PAIRS, KNOWN)
def test_nothing_goes_back_to_the_one_asked_about_but_what_he_gave(
    pairs: list[tuple[tuple[str, str], tuple[str, str]]], known: dict[tuple[str, str], Standing]
) -> None:
    """Forward from one holder who leads to all: he is first; backward to one, he is last."""
    start = ("p0", "")
    within = reaches(pairs, start)
    legs = [pair for pair in pairs if pair[0] in within]
    every = {end for pair in legs for end in pair} | {start}
    of = {name: Standing() if name != start else Standing(asked=True) for name in (*known, start)}
    assert ordered(every, legs, Standings(of))[0] == start
    turned = [(taker, giver) for giver, taker in legs]
    assert ordered(every, turned, Standings(of, upward=True))[-1] == start


def test_what_came_in_another_unit_is_the_same_amount() -> None:
    begun, (first, second) = facts((), made=True), (facts(((2, MAKER, DEALER, 4),))[1],) * 2
    pair = (
        replace(first, side=Side.SENT),
        replace(
            second, entry=3, position=3, side=Side.RECEIVED, unit="GRM", quantity=Decimal(4000)
        ),
    )
    question = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
    found, names = answer([*begun, *pair], question), Names()
    whole = tuple(answering(found, names, {}, tells=False))
    _, _, (stream,) = of_trace(Told(answer=found, names=names, responsible=whole))
    assert (stream.material.least, stream.material.most, stream.unit) == (4, 4, "KGM")
