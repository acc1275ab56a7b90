"""Who still has some of it answers for it until now, and box, bar and list say the same times."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from suyuan.drawings import presence, timed
from suyuan.drawings.layout import laid_out
from suyuan.drawings.streams import of_trace
from suyuan.interchange.answering import answering
from suyuan.interchange.types import Names
from suyuan.kit import Span
from suyuan.kit.span import instant
from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain
from suyuan.service import Told
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.answer import answer

BEGIN = datetime(2026, 3, 31, 16, tzinfo=UTC)
LOT = "https://id.gs1.org/01/06901234560053/10/SPLIT2"


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number - 1)


def split() -> list[Fact]:
    """100 kg made, 50 sent and 20 of them back; when the 15 that came to a shop left is unknown."""

    def line(number: int, on: int, kind: FactKind, much: int, **more: Any) -> Fact:
        return Fact(
            entry=number, line=0, position=number, kind=kind, thing=LOT, when=instant(day(on)),
            grain=ThingGrain.LOT, quantity=Decimal(much), unit="KGM", **more,
        )  # fmt: skip

    maker, dealer, shop = (Holder(f"p:{name}", f"s:{name}") for name in ("maker", "dealer", "shop"))
    return [
        line(1, 1, FactKind.MADE, 100, after=maker),
        line(2, 2, FactKind.MOVED, 50, side=Side.BOTH, before=maker, after=dealer),
        line(3, 5, FactKind.MOVED, 20, side=Side.BOTH, before=dealer, after=maker),
        line(4, 7, FactKind.MOVED, 15, side=Side.RECEIVED, before=maker, after=shop),
        line(5, 8, FactKind.MOVED, 30, side=Side.BOTH, before=dealer, after=shop),
    ]


def told(direction: Direction) -> Told:
    found = answer(split(), Question(seeds=(Seed(thing=LOT),), direction=direction))
    names = Names()
    return Told(
        answer=found, names=names, responsible=tuple(answering(found, names, {}, tells=False))
    )


@pytest.mark.parametrize("direction", Direction)
def test_list_box_and_bar_say_the_same_times(direction: Direction) -> None:
    found = told(direction)
    times = {each.party: (each.since, each.until, each.still) for each in found.responsible}
    assert times["p:maker"] == (day(1), None, True)
    assert times["p:dealer"] == (day(2), day(8), False)
    order, chart, _ = of_trace(found)
    words = {
        box.name.zh.partition(" ")[0]: (box.words[0].zh, box.words[0].en) for box in chart.boxes
    }
    assert words["p:maker"] == ("2026-04-01 – 至今", "2026-04-01 – now")
    assert words["p:dealer"] == ("2026-04-02 – 2026-04-08",) * 2
    when = presence.presences(found)
    assert when["p:maker", "s:maker"].possible == (Span(day(1), None),)
    assert when["p:dealer", "s:dealer"].possible == (Span(day(2), day(8)),)
    rows = timed.rows_of(laid_out(chart).whole, lambda number: when[order[number]])
    drawn = timed.timed(rows, timed.NARROW, "zh", lambda _: "")
    assert drawn is not None
    assert "p:maker · s:maker: 2026-04-01 – 至今" in drawn
    assert "时间不明" not in drawn


def test_who_has_some_is_told_so_and_not_that_nothing_left() -> None:
    maker = next(each for each in told(Direction.FORWARD).responsible if each.party == "p:maker")
    assert "没有全部离手的记录" in [each.zh for each in maker.unknown]


def test_who_passed_some_on_is_not_said_to_have_kept_all() -> None:
    """Without the last 30 kg the dealer has some; the shop has not been seen to pass any on."""
    question = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
    some = [*split()[:4], *_less(split()[4])]
    found, names = answer(some, question), Names()
    responsible = tuple(answering(found, names, {}, tells=False))
    _, chart, _ = of_trace(Told(answer=found, names=names, responsible=responsible))
    stages = {box.name.zh.partition(" ")[0]: box.stage and box.stage.en for box in chart.boxes}
    assert stages == {
        "p:maker": "made it",
        "p:dealer": "passed some on",
        "p:shop": "not seen to leave",
    }


def _less(fact: Fact) -> list[Fact]:
    return [replace(fact, quantity=Decimal(5))]
