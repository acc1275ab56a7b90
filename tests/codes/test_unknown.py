"""What no scheme reads is told as that, with what it looks like and whom to ask."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise, unknown
from suyuan.codes.unknown import likeness, no_code


@pytest.mark.parametrize(
    ("text", "words", "page"),
    [
        ("0871-63331234", "电话", ""),
        ("0600", "UN1203", "unece.org"),
        ("A723CDfg", "种子单元识别代码", "seedchina"),
        ("LOT21605301022A019", "批号", ""),
        ("YSP35.5", "型号", "cnse"),
        ("卫药健字(1999)第0001号", "发证单位", "nmpa"),
        ("某饲许字〔2020〕第1号", "发证单位", "moa.gov"),
        ("兽药许〔2020〕甲", "发证单位", "ivdc"),
    ],
)
def test_what_nothing_reads_is_told_what_it_looks_like(text: str, words: str, page: str) -> None:
    assert not recognise(text)
    like = likeness(text)
    assert like is not None
    assert words in like.text.zh
    assert like.text.en
    assert page in " ".join(each.url for each in like.pages)


@pytest.mark.parametrize("text", ["", "hello", "番茄", "谢谢！"])
def test_of_plain_words_nothing_is_said(text: str) -> None:
    assert likeness(text) is None


@given(st.text(max_size=300))
def test_it_never_fails(text: str) -> None:
    like = likeness(text)
    assert like is None or (like.text.zh and like.text.en)


def test_it_holds_no_persons_number() -> None:
    assert "19491231" not in msgspec.json.encode(likeness("许可证 11010519491231002X号")).decode()


@pytest.mark.parametrize("text", ["1942", "0203", "1203"])
def test_four_digits_may_be_a_un_number_and_say_what_else(text: str) -> None:
    (found,) = recognise(text)
    assert (found.scheme, found.canonical) == ("un-number", f"urn:suyuan:un-number:UN{text}")
    said = {each.code: each for each in found.notes}
    assert said["code.maybe-un"].severity == "warning"
    assert found.score < 40  # so that a page asks before it shows the thing


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("川饲审(2018)02011", "feed-inspected"),
        ("川饲审（2018）02011", "feed-inspected"),
        ("(2020)外饲准字123号", "feed-import"),
        ("(2021)外兽药证字22号", "veterinary-import"),
        ("国药准字B20020001", "drug-approval-old"),
        ("国药准字 T20060012", "drug-approval-old"),
        ("B20020001", "drug-approval-old"),
        ("国食健字G20040001", "health-food"),
        ("卫食健字(1997)第0001号", "health-food"),
    ],
)
def test_numbers_that_only_labels_vouch_for_are_known_and_marked_as_not_confirmed(
    text: str, scheme: str
) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid, first.verified) == (scheme, True, False)


@pytest.mark.parametrize("text", ["液化石油气瓶 YSP118", "钢瓶：YSP-35", "气瓶编号 ysp50-II"])
def test_the_type_of_a_cylinder_is_no_number_of_one(text: str) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid) == ("cylinder", False)
    assert "code.model" in {each.code for each in first.notes}


def test_a_number_that_a_spreadsheet_shortened_is_told_as_that_with_the_cure() -> None:
    for text in ("1.3706E+14", "1,37e+14", "１.3706E+14", "1.3706E+14 "):
        assert not recognise(text)
        like = likeness(text)
        assert like is not None
        assert "Excel" in like.text.zh
        assert "完整的码" in like.text.zh
        assert "whole code" in like.text.en


@pytest.mark.parametrize("text", ["A70112345678901", "0125727100017593", "0125 7271 0001 7593"])
def test_beside_what_only_chance_reads_a_makers_own_number_is_told(text: str) -> None:
    found = recognise(text)
    assert found
    like = likeness(text, found)
    assert (like is not None) == (" " not in text)
    assert like is None or "单元识别代码" in like.text.zh


@pytest.mark.parametrize(
    "text",
    ["6901234567893", "6901234567892", "91330104MA27XJ8K94", "SC10633010400012", "X6901234567892",
     "110101000000000000000", "(01)06901234567893", "SSCC 0125727100017593",
     "81234567890123456789"],
)  # fmt: skip
def test_beside_what_speaks_for_itself_or_is_mistyped_it_is_not(text: str) -> None:
    found = recognise(text)
    assert found
    assert likeness(text, found) is None


def test_of_no_code_one_sentence_is_said_with_what_it_looks_like() -> None:
    said = no_code("0571-88888888")
    assert said.zh.startswith("“0571-88888888”不是我们认得的编码。请照包装")
    assert said.en.startswith("'0571-88888888' is no code that we know. Compare it")
    assert "电话" in said.zh
    assert "telephone" in said.en
    assert "1949" not in str(no_code("x 11010519491231002X"))
    assert no_code("hello").en.endswith("extra characters.")


def test_no_other_file_says_it_in_words_of_its_own() -> None:
    source = Path(unknown.__file__).parents[1]
    others = [each for each in source.rglob("*.py") if each != Path(unknown.__file__)]
    words = re.compile("is no code that we know|不是能认出的编码|不是我们认得的编码|认不出是哪种")
    assert len(others) > 500
    assert [each.name for each in others if words.search(each.read_text())] == []
