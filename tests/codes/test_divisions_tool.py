"""How the table of divisions is made: votes, runs of years, heirs; on lists small enough to see."""

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from suyuan.codes.divisions import division

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src" / "suyuan" / "codes" / "divisions" / "data"


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tools")
        yield _loaded()


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("divisions_tool", ROOT / "tools/divisions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass asks where it was defined
    spec.loader.exec_module(module)
    return module


def test_of_three_copies_two_must_agree_and_of_two_what_one_says_is_kept(tool: ModuleType) -> None:
    one, two, three = {"1": "甲县", "2": "乙县"}, {"1": "甲县"}, {"1": "申县", "3": "丙县"}
    lists = tool.elected({1990: [one, two, three], 1991: [one, two], 1992: [three]})
    assert lists[1990] == {"1": ("甲县", 2)}
    assert lists[1991] == {"1": ("甲县", 2), "2": ("乙县", 1)}
    assert lists[1992] == {"1": ("申县", 1), "3": ("丙县", 1)}


def test_a_name_that_goes_and_comes_back_makes_two_rows_and_one_source_alone_is_doubtful(
    tool: ModuleType,
) -> None:
    name = ("甲县", 2)
    lists = {1990: {"110221": name}, 1991: {}, 1992: {"110221": name, "110222": ("乙县", 1)}}
    rows = tool.rows_of(lists, {"110221": "甲市"})
    assert [(row.code, row.name, row.begun, row.ended, row.doubtful) for row in rows] == [
        ("110221", "甲县", "1990", "1991", False),
        ("110221", "甲县", "1992", tool.LATEST, False),
        ("110222", "乙县", "1992", tool.LATEST, True),
        ("110221", "甲市", tool.LATEST, "", False),
    ]


def test_heirs_are_found_by_name_then_by_stem_then_by_what_is_told(tool: ModuleType) -> None:
    rows = [
        tool.Row("330122", "甲乙县", "1980", "1990"),
        tool.Row("330182", "甲乙市", "1990", ""),
        tool.Row("330123", "丙丁县", "1980", "1990"),
        tool.Row("330223", "丙丁县", "1990", ""),
        tool.Row("330124", "戊己县", "1980", "1990"),
        tool.Row("330125", "庚辛县", "1980", "1990"),
        tool.Row("330126", "壬癸县", "1980", "1990"),
        tool.Row("330126", "子丑县", "1990", ""),
    ]
    told = {("330124", 1990): ["330182"], ("330125", 1990): ["990000"]}
    tool.link(rows, told, set())
    assert [row.next for row in rows if row.ended] == [
        ["330182"], ["330223"], ["330182"], [], ["330126"],
    ]  # fmt: skip


def test_a_code_given_to_another_place_is_no_heir_of_itself(tool: ModuleType) -> None:
    rows = [tool.Row("330126", "壬癸县", "1980", "1990"), tool.Row("330126", "子丑县", "1990", "")]
    tool.link(rows, {}, {("330126", 1990)})
    assert rows[0].next == []


def test_a_code_that_came_later_tells_who_was_meant_then(tool: ModuleType) -> None:
    rows = [
        tool.Row("330121", "甲县", "1980", "1990"),
        tool.Row("339001", "子丑市", "1990", "1995"),
        tool.Row("330181", "子丑市", "1995", ""),
        tool.Row("330122", "乙丙县", "1980", "1990"),
        tool.Row("330102", "乙丙市", "1985", "1999"),
        tool.Row("330103", "寅卯区", "1999", ""),
        tool.Row("330125", "辰巳区", "1980", "1990"),
        tool.Row("340125", "辰巳区", "1980", ""),
    ]
    told = {
        ("330121", 1990): ["330181"],
        ("330122", 1990): ["330103"],
        ("330125", 1990): ["340125"],
    }
    tool.link(rows, told, set())
    heirs = {row.name: row.next for row in rows if row.ended == "1990"}
    assert heirs == {"甲县": ["339001"], "乙丙县": ["330102"], "辰巳区": []}


def test_a_prefecture_went_where_its_counties_went(tool: ModuleType) -> None:
    rows = [
        tool.Row("332100", "甲乙地区", "1980", "1990"),
        tool.Row("332121", "甲乙县", "1980", "1990"),
        tool.Row("332122", "丙丁县", "1980", "1990"),
        tool.Row("332123", "戊己县", "1980", "1990"),
        tool.Row("330100", "子丑市", "1980", ""),
        tool.Row("330121", "甲乙县", "1990", ""),
        tool.Row("330122", "丙丁县", "1990", ""),
        tool.Row("330200", "寅卯市", "1985", ""),
        tool.Row("330221", "戊己县", "1990", ""),
        tool.Row("339000", "省直辖县级行政区划", "1980", ""),
        tool.Row("332200", "庚辛地区", "1980", "1991"),
        tool.Row("332221", "庚辛县", "1980", "1991"),
        tool.Row("339021", "庚辛县", "1991", ""),
    ]
    tool.link(rows, {}, set())
    assert rows[0].next == ["330100", "330200"]
    assert next(row.next for row in rows if row.code == "332200") == ["330000"]


def test_a_month_is_the_first_from_which_the_lists_agree_until_the_year_ends(
    tool: ModuleType,
) -> None:
    rows = [tool.Row("330122", "甲县", "1980", "2016"), tool.Row("330182", "甲市", "2016", "")]
    old, new = {"330122": "甲县"}, {"330182": "甲市"}
    lists = {"201601": old, "201602": new, "201603": old, "201604": new, "201612": new}
    tool.by_month(rows, lists)
    assert (rows[0].ended, rows[1].begun) == ("2016-04", "2016-04")


def test_every_entry_of_the_overlay_is_cited_and_stands_in_the_table(tool: ModuleType) -> None:
    said = tomllib.loads(tool.OVERLAY.read_text(encoding="utf-8"))
    for kind in ("decision", "row", "wrong", "merger"):
        assert all(each["source"] for each in said[kind]), kind
    for each in said["row"]:
        row = division(each["code"])
        assert row is not None
        assert (row.name, row.since, row.verified) == (
            each["name"],
            each["begun"],
            each.get("verified", True),
        )


def test_the_files_are_sorted_small_and_say_where_they_come_from() -> None:
    lines = (DATA / "divisions.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows == sorted(rows, key=lambda row: (row[0], row[2]))
    assert "SOURCES.md" in lines[0]
    assert sum(each.stat().st_size for each in DATA.iterdir()) < 400_000
