"""An enterprise's table of how its vessels are drawn from, and a recall under it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from oil import BOTTLER, HALL, LOT, PRESS, SHOP, TANK, YARD, amounts, event, moved, pressed, told

from suyuan.kit import SuyuanError
from suyuan.model import Holder
from suyuan.service import OPERATOR, Platform, recall, vessel_rules, vessel_rules_typed
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.types import Extent, Rotation, ScopeLine, VesselRule

FIFO = VesselRule(
    vessel=HALL, rotation=Rotation.FIFO, since=date(2026, 1, 1), source="作业规程 SOP-12"
)


def read(platform: Platform, tmp_path: Path, text: str | bytes) -> tuple[VesselRule, ...]:
    file = tmp_path / "vessels.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return vessel_rules(platform, file, OPERATOR)


def test_a_table_is_read_in_either_language_and_code_page(
    platform: Platform, tmp_path: Path
) -> None:
    chinese = (
        "容器罐,轮换,分开存放,起始日,截止日,依据\n"
        f"{HALL},先进先出,否,2026-01-01,,作业规程 SOP-12\n\n"
        "(8003)069012345678921T07,,是,,2026-12-31,罐日志\n"
    )
    tank = VesselRule(vessel=TANK, apart=True, until=date(2026, 12, 31), source="罐日志")
    assert read(platform, tmp_path, chinese) == (FIFO, tank)
    assert read(platform, tmp_path, chinese.encode("gb18030")) == (FIFO, tank)
    assert read(platform, tmp_path, chinese.replace(",", ";")) == (FIFO, tank)
    assert read(platform, tmp_path, chinese.replace(",", "\t")) == (FIFO, tank)
    english = (
        "\ufeffsource,vessel,since,rotation\r\n作业规程 SOP-12," + HALL + ",2026-01-01,FIFO\r\n"
    )
    assert read(platform, tmp_path, english) == (FIFO,)
    assert read(platform, tmp_path, "vessel,source\n") == ()


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("vessel,rotation\nx,fifo\n", "vessels.csv", "source"),
        ("vessel,source,colour\n", "vessels.csv", "colour"),
        ("vessel,source,依据\n", "vessels.csv", "依据"),
        ("", "vessels.csv", "vessel"),
        (b"\x00\x01\x02", "vessels.csv", "no text"),
        (b"vessel,source\n\xff\xff,x\n", "vessels.csv", "no text"),
        (f"vessel,source\n{HALL},\n", "row 2, source", "without a source"),
        ("vessel,source\n,SOP\n", "row 2, vessel", "no code"),
        (f"vessel,source\n{HALL},SOP,more\n", "row 2", "more cells"),
        (f"vessel,rotation,source\n{HALL},oldest,SOP\n", "row 2, rotation", "oldest"),
        (f"vessel,apart,source\n{HALL},maybe,SOP\n", "row 2, apart", "maybe"),
        (f"vessel,since,source\n{HALL},2026-02-30,SOP\n", "row 2, since", "2026-02-30"),
        (
            f"vessel,since,until,source\n{HALL},2026-03-02,2026-03-01,SOP\n",
            "row 2, until",
            "before the first",
        ),
        (f"vessel,source\n{HALL},SOP\n{HALL},other\n", "row 3, since", "Row 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_row_and_column(
    platform: Platform, tmp_path: Path, text: str | bytes, place: str, said: str
) -> None:

    with pytest.raises(SuyuanError) as wrong:
        read(platform, tmp_path, text)
    assert str(wrong.value.place).endswith(place)
    assert said in wrong.value.text.en
    assert wrong.value.text.zh != wrong.value.text.en


def test_days_of_emptying_are_read_each_once_and_in_order(
    platform: Platform, tmp_path: Path
) -> None:
    (rule,) = read(
        platform,
        tmp_path,
        f"容器罐,清空日,依据\n{HALL},2026-03-05；2026-03-01 2026-03-05,清洗记录 7\n",
    )
    assert rule.emptied == (date(2026, 3, 1), date(2026, 3, 5))
    with pytest.raises(SuyuanError, match="emptied"):
        read(platform, tmp_path, f"vessel,emptied,source\n{HALL},yesterday,SOP\n")


@pytest.mark.parametrize(
    "typed",
    [
        f"{HALL}，先进先出，作业规程 SOP-12，2026-01-01",
        f"{HALL},fifo,作业规程 SOP-12,2026-01-01,,,no",
        f"依据,容器罐,轮换,起始日\n作业规程 SOP-12,{HALL},FIFO,2026-01-01",
    ],
)
def test_typed_lines_say_what_a_table_says(platform: Platform, typed: str) -> None:
    assert vessel_rules_typed(platform, typed, OPERATOR) == (FIFO,)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("nowhere", "vessels, row 1, vessel"),
        (f"{HALL},fifo", "vessels, row 1, source"),
        (f"{HALL},fifo,SOP\n☃,fifo,SOP", "vessels, row 2, vessel"),
        (f"{HALL},fifo,SOP,,,,,more", "vessels, row 1"),
        ('"', "vessels"),
    ],
)
def test_a_typed_line_that_is_wrong_is_named(platform: Platform, typed: str, place: str) -> None:
    with pytest.raises(SuyuanError) as wrong:
        vessel_rules_typed(platform, typed, OPERATOR)
    assert wrong.value.place == place
    assert vessel_rules_typed(platform, " \n ", OPERATOR) == ()


def test_two_rules_of_a_vessel_may_follow_each_other(platform: Platform, tmp_path: Path) -> None:
    rules = read(
        platform,
        tmp_path,
        f"vessel,since,until,source\n{HALL},2026-03-01,,b\n{HALL},,2026-02-28,a\n",
    )
    assert [rule.source for rule in rules] == ["b", "a"]


def test_a_recall_tells_what_the_rule_makes_of_it_and_recalls_the_same(
    platform: Platform,
) -> None:
    other = event(
        2, 1, "creating_class_instance", SHOP, action="ADD", quantityList=amounts((LOT, 6))
    )
    first, second, away = (
        moved(10, 2, PRESS, BOTTLER, much=3),
        moved(20, 4, SHOP, BOTTLER, much=6),
        moved(30, 7, BOTTLER, SHOP, much=6),
    )
    told(
        platform,
        [
            (PRESS, [pressed(1, 1, LOT, 3), first[0]]),
            (SHOP, [other, second[0], away[1]]),
            (BOTTLER, [first[1], second[1], away[0]]),
        ],
    )

    def hall(*rules: VesselRule) -> ScopeLine:
        seeds = (Seed(thing=LOT, holder=Holder(PRESS, YARD)),)
        asked = Question(seeds=seeds, direction=Direction.FORWARD, vessels=rules)
        found = recall(platform, asked, OPERATOR)
        assert found.question.vessels == rules
        (line,) = (each for each in found.lines if each.site == HALL)
        return line

    bare, ruled = hall(), hall(FIFO)
    assert bare.sent.stated is None
    assert ruled.rules == (FIFO,)
    assert ruled.sent.stated == Extent(Decimal(3), Decimal(3))
    assert ruled.stock.stated == Extent(Decimal(0), Decimal(0))
    assert (ruled.sent.touched, ruled.sent.material) == (bare.sent.touched, bare.sent.material)
    assert bare.sent.material == Extent(Decimal(0), Decimal(3))
