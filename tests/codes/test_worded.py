"""Codes as the words on things and papers surround them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.unknown import likeness

TAG, DRUG, SHELL = "137060200001234", "201909150123456789012345", "4490610300050"
WORDED = [
    ("ecode", "Ecode:1003693008912340", ["{}", "请查{}", "{}。"]),
    ("ecode", "1003693008912340", ["Ecode编码：{}", "ECODE标识 {}", "Ecode编码{}"]),
    ("ear-tag", TAG, ["耳标号:{}", "猪耳标{}头", "https://s.cn/e?tag={}", "s.cn/e/{}"]),
    ("veterinary-trace", DRUG, ["兽药追溯码：{}", "本品追溯码{}请核对", "https://s.cn/?c={}"]),
    ("detonator", SHELL, ["雷管编码:{}", "雷管{}号", "https://mb.cn/d/{}", "雷管壳码 {}"]),
    ("cylinder", "12-34567", ["气瓶编号：{}", "气瓶：{}号", "钢瓶编号 {} 号"]),
]
CASES = [(scheme, words.format(code)) for scheme, code, dress in WORDED for words in dress]


@pytest.mark.parametrize(("scheme", "text"), CASES)
def test_a_code_is_first_what_the_words_around_it_say(scheme: str, text: str) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid) == (scheme, True)


@pytest.mark.parametrize("words", ["瓶号{}", "气瓶制造许可证编号：{}", "钢瓶 {}"])
def test_the_licence_of_its_maker_is_no_number_of_a_cylinder(words: str) -> None:
    found = recognise(words.format("TS2212345-2025"))
    assert (found[0].scheme, found[0].valid) == ("special-equipment-licence", True)
    assert not any(each.valid for each in found if each.scheme == "cylinder")


PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
MARKS = st.from_regex("[A-Z][A-Z0-9-]{1,17}[0-9]", fullmatch=True).filter(
    lambda mark: not mark.startswith(("TS", "YSP"))
)


@given(
    st.sampled_from(["气瓶编号 ", "瓶号 ", "气瓶 ", "气瓶编号：", "钢瓶编号", "气瓶编号: "]),
    st.sampled_from(["", *PROVINCES]),
    MARKS,
)
def test_a_cylinders_mark_keeps_the_character_of_its_province(
    label: str, province: str, mark: str
) -> None:
    best = recognise(f"{label}{province}{mark}")[0]
    assert (best.scheme, best.valid) == ("cylinder", True)
    assert [part.value for part in best.parts] == [province + mark]
    assert best.canonical.endswith(f":{quote(province + mark)}")


@pytest.mark.parametrize("word", ["种子追溯码", "种子溯源码", "种子识别码", "种子单元识别代码"])
@pytest.mark.parametrize("code", ["A701234567890123", "0125727100017593"])
@pytest.mark.parametrize("by", ["：", " ", ""])
def test_a_seed_unit_code_is_read_behind_every_word_for_it(word: str, code: str, by: str) -> None:
    found = recognise(f"{word}{by}{code}")[0]
    assert (found.scheme, found.valid) == ("seed-unit", True)
    assert found.canonical.endswith(code)


def test_a_bare_seed_unit_code_that_fails_as_others_may_be_one() -> None:
    like = likeness("0125727100017593", recognise("0125727100017593"))
    assert like is not None
    assert "种子单元识别代码" in like.text.zh
