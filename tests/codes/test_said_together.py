"""A lot or serial number beside an item is what stands behind its label, never words of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.pieces import said_together

ITEM = "条码6901234567892"
LABELS = st.sampled_from(["批号", "批次", "批次号", "序列号", "LOT ", "SN "])
WORDS = st.text("见喷码瓶身底部标签与包装", min_size=1, max_size=8)
MEASURES = st.sampled_from(
    ["件", "个", "瓶", "箱", "kg装", "g装", "ml", "公斤", "kg", "L桶装", "台", "盒"]
)


@given(LABELS, WORDS, st.sampled_from(["(A面)", "(生产日期)", "A1", "(B7)", "：B7", " B7"]))
def test_behind_words_stands_no_lot_and_no_serial_number(label: str, words: str, rest: str) -> None:
    assert said_together(f"{ITEM} {label}{words}{rest}") == ""


@pytest.mark.parametrize(
    "text",
    [
        f"{ITEM} 序列号见瓶身(A面)", f"{ITEM} 批号见喷码(生产日期)", f"{ITEM} 批次100件",
        f"{ITEM}批号5kg装", f"{ITEM} 批号(见瓶底)", f"{ITEM} 批号：(见瓶底)", f"{ITEM} 序列号1个",
        f"{ITEM} 批号：--",
    ],
)  # fmt: skip
def test_words_counts_and_marks_are_no_part_of_a_name(text: str) -> None:
    for each in recognise(text):
        assert "/21/" not in each.canonical
        assert "/10/" not in each.canonical


@given(st.sampled_from(["批号", "批次", "批号：", "序列号 "]), st.integers(1, 9999), MEASURES)
def test_a_number_of_a_measure_is_no_lot(label: str, count: int, measure: str) -> None:
    assert said_together(f"{ITEM} {label}{count}{measure}") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ITEM} 批号B7合格", "(01)06901234567892(10)B7"),
        (f"{ITEM} 批号：20260101", "(01)06901234567892(10)20260101"),
        (f"{ITEM} 批号20260101件数5", "(01)06901234567892(10)20260101"),
        (f"{ITEM} 批号：5L", "(01)06901234567892(10)5L"),
        (f"{ITEM} 批号：(B7)", "(01)06901234567892(10)B7"),
        (f"{ITEM}，序列号：A1，批号：B7", "(01)06901234567892(10)B7(21)A1"),
    ],
)
def test_a_lot_and_a_serial_number_behind_their_labels_are_said(text: str, said: str) -> None:
    assert said_together(text) == said
