"""A sign of a lot's number is no word of its label: what is dropped names another lot."""

import pytest

from suyuan.codes import recognise


@pytest.mark.parametrize(
    "text",
    [
        "批次乙1",
        "批次甲1号",
        "批次甲A1",
        "批号丙7",
        "批次一1",
        "批次 乙1",
        "生产批号甲12",
        "序列号乙A12345",
    ],
)
def test_a_number_that_begins_in_chinese_is_not_read_without_its_beginning(text: str) -> None:
    assert not [each for each in recognise(text) if each.valid]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("批次1", "1"), ("批次号A1", "A1"), ("批次编号为A1", "A1"), ("本批次A12", "A12"),
        ("产品批号20240101A", "20240101A"), ("批号是B7", "B7"),
        ("序列号码 A12345", "A12345"), ("批号甲：A12", "A12"),
    ],
)  # fmt: skip
def test_words_of_its_label_are_no_part_of_a_number(text: str, number: str) -> None:
    assert recognise(text)[0].canonical == f"urn:suyuan:raw:-:{number}"
