"""Codes in a list are forgiven what people and scanners add to them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import making
from suyuan.kit import SuyuanError, Text
from suyuan.registry import bringing
from suyuan.service import columns

NAME = Text("药品追溯码", "drug trace code")
TAG = "137060200001234"


@given(
    code=st.from_regex("8100[0-9]{16}", fullmatch=True),
    gap=st.sampled_from(["", " ", "\u3000", "  "]),
    wide=st.booleans(),
)
def test_full_width_digits_and_spaces_within_a_code_are_forgiven(
    code: str, gap: str, *, wide: bool
) -> None:
    typed = gap.join((code[:5], code[5:11], code[11:]))
    if wide:
        typed = typed.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    (found,) = columns.spans([typed], lambda text: making.is_sound("drug-trace", text), name=NAME)
    assert (found.first, found.last) == (code, code)


@pytest.mark.parametrize(
    "line",
    [
        "{}-{}", "{} - {}", "{}~{}", "{}～{}", "{}—{}", "{}——{}", "{}–{}", "{} 至 {}", "{}到{}",
        "{}至{}。", '"{}-{}"', "'{}-{}", "{},{}", "{}\t{}", '"{}"-"{}"', "“{}”至“{}”",
        "{}至{}止", "从{}到{}止。", "自{}至{}", "{}..{}", "{}...{}", "{}……{}", "{}〜{}", "{}―{}",
    ],
)  # fmt: skip
@given(number=st.integers(0, 10**8 - 2), dashed=st.booleans())
def test_a_range_is_one_whatever_people_write_between_its_ends(
    line: str, number: int, *, dashed: bool
) -> None:
    ends = tuple(f"1370602{each:08}" for each in (number, number + 1))
    typed = [f"{each[0]}-{each[1:7]}-{each[7:]}" if dashed else each for each in ends]
    (found,) = columns.spans([line.format(*typed)], is_tag, name=NAME)
    assert (found.first, found.last) == ends


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{0}-{1} {2}-{3}", "{0}-{1} {2}-{3}"), ("{0} {1}", "{0} {1}"),
        ("{0}至{1}、{2}", "{0}-{1} {2}"),
        ("{0}-{1},{2}-{3}", "{0}-{1} {2}-{3}"), ("{0},{1},{2}", "{0} {1} {2}"),
        ("{0}-{1};{2}", "{0}-{1} {2}"), ("{0} {1} {2} {3}", "{0} {1} {2} {3}"),
        ("{0}/{1}", "{0} {1}"), ("{0}和{1}-{2}", "{0} {1}-{2}"), ("{0} | {1}", "{0} {1}"),
        ("1,{0}\n2,{1},{2}", "{1} {2}"), ("{0}\n{1},{2},{3}", "{1} {2} {3}"),
    ],
)  # fmt: skip
@given(number=st.integers(0, 10**8 - 4), dashed=st.booleans())
def test_all_of_a_line_with_several_codes_or_ranges_is_told(
    line: str, told: str, number: int, *, dashed: bool
) -> None:
    """None is run into another, and none is left out."""
    ends = [f"1370602{number + each:08}" for each in range(4)]
    typed = [f"{each[0]}-{each[1:7]}-{each[7:]}" if dashed else each for each in ends]
    found = list(columns.spans(line.format(*typed).split("\n"), is_tag, name=NAME))
    assert (found[-1].first, found[-1].last) == (told.format(*ends),) * 2
    with pytest.raises(bringing.BringingError) as caught:
        bringing.require_sound(making.STATE_ISSUED["ear-tag"], found[-1:])
    said = caught.value
    assert said.code == "bringing.several"
    assert all(each in said.text.zh and each in said.text.en for each in told.format(*ends).split())


def test_other_columns_may_have_codes_where_one_is_named() -> None:
    rows = ["母,子", f"{TAG},137060200001235"]
    (found,) = columns.spans(rows, is_tag, name=NAME, column="子")
    assert (found.first, found.last) == ("137060200001235",) * 2


@pytest.mark.parametrize("line", ['"{}"', '="{}"', "'{}", "{}。", "{}、", "{}.", "{}，", " {} "])
def test_what_stands_around_a_code_alone_is_forgiven(line: str) -> None:
    (found,) = columns.spans([line.format(TAG)], is_tag, name=NAME)
    assert (found.first, found.last) == (TAG, TAG)


@pytest.mark.parametrize("begins", ['"', "", "1,", "码\t"])
@pytest.mark.parametrize("before", [[], ["耳标"], [f"{TAG}"]])
def test_a_line_that_nobody_writes_is_told_by_its_number(begins: str, before: list[str]) -> None:
    lines = [*before, begins + "1" * 140_000]
    with pytest.raises(SuyuanError) as caught:
        list(columns.spans(lines, is_tag, name=NAME))
    assert (caught.value.code, caught.value.status) == ("bringing.line", 413)
    assert caught.value.place == f"line {len(lines)}"


@given(st.text(st.sampled_from('\r\n",;\t\0 1甲'), max_size=30))
def test_no_signs_in_a_line_are_more_than_a_refusal(line: str) -> None:
    """Through an API a line may have breaks and quotes within it, which no file's line has."""
    with suppress(SuyuanError):
        for found in columns.spans([f"{line}{TAG}", line], is_tag, name=NAME):
            assert found.line in (1, 2)


PERSON = "11010519491231002X"


@given(before=st.integers(0, 260))
def test_a_heading_that_is_not_there_is_told_without_anybody_in_the_file(before: int) -> None:
    """Wherever a number stands in a row, nothing of it is quoted beyond the division."""
    named = f"标签,{'甲' * (before % 50)},备注"
    rows = (f"{TAG},张三{'村' * before},{PERSON}", f"{named}\n{TAG},1")
    for text, is_data in zip(rows, (True, False), strict=True):
        with pytest.raises(SuyuanError) as told:
            list(columns.spans(text.split("\n"), is_tag, name=NAME, column=f"耳标{PERSON}"))
        said = told.value
        assert (said.code, said.place) == ("bringing.head", "line 1")
        for words in (said.text.zh, said.text.en):
            assert PERSON[:8] not in words
            assert ("张三" in words, "备注" in words) == (False, not is_data)


def is_tag(text: str) -> bool:
    return making.is_sound("ear-tag", text)
