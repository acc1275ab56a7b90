"""A line with several codes: no reading swallows others, and people see them in its order."""

from itertools import permutations

import pytest

from suyuan.codes import recognise
from suyuan.codes.pieces import in_order

PIECES = {
    "6908765432101": "gtin",
    "91330104MA27XJ8K94": "uscc",  # an inner check fails
    "国药准字H20033333": "drug-approval",
}


@pytest.mark.parametrize("order", list(permutations(PIECES)))
@pytest.mark.parametrize("between", [" ", "，", "\n"])
def test_several_codes_are_told_each_in_the_order_of_the_text(
    order: tuple[str, ...], between: str
) -> None:
    text = between.join(order)
    found = in_order(text, recognise(text))
    pieces = list(dict.fromkeys(each.piece for each in found))
    first = {each.piece: each.scheme for each in reversed(found)}
    assert pieces == list(order)
    assert first == PIECES


def test_the_readings_of_a_piece_stand_together_the_sound_ones_first() -> None:
    text = "91330104MA27XJ8K94 6908765432101"
    told = [(each.piece, each.scheme, each.valid) for each in in_order(text, recognise(text))]
    assert told == [
        ("91330104MA27XJ8K94", "uscc", False),
        ("6908765432101", "gtin", True),
        ("6908765432101", "gln", True),
    ]


def test_of_one_code_the_order_is_that_of_likelihood() -> None:
    text = "6908765432101"
    assert in_order(text, recognise(text)) == list(recognise(text))


def test_one_that_is_too_long_by_itself_is_still_told() -> None:
    said = {each.code for each in recognise("国药准字H200333331")[0].notes}
    assert "code.size" in said


def test_a_licence_of_a_province_behind_its_label_among_others_is_told_once() -> None:
    text = "生产许可证编号：（浙）XK08-001-00123 条码：6901234567892 产品名称：郑单958"
    found = {each.scheme for each in recognise(text) if each.valid}
    assert found >= {"production-licence-of-province", "gtin"}
    assert "production-licence" not in found


@pytest.mark.parametrize(
    ("text", "scheme"),
    [("产品名称：郑单958 批号 L7 有效期2年", "lot"), ("区划代码 33 产品名称：郑单958", "division")],
)
def test_a_code_of_few_characters_is_read_where_a_word_says_so(text: str, scheme: str) -> None:
    found = [(each.scheme, each.piece) for each in recognise(text) if each.valid]
    assert [one for one, _ in found] == [scheme]
