"""A resident identity number goes in and never comes out, whatever is around it."""

from datetime import date

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit, mod_11_2
from suyuan.codes.divisions import all_divisions
from suyuan.codes.privacy import masked

PROVINCES = sorted(code[:2] for code in all_divisions() if code.endswith("0000"))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    place = draw(st.sampled_from(PROVINCES)) + draw(st.from_regex("[0-9]{4}", fullmatch=True))
    born = draw(st.dates(date(1900, 1, 1), date(2026, 11, 1)))
    body = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + mod_11_2(body)


def spaced(number: str, gap: str) -> str:
    return f"{number[:6]}{gap}{number[6:14]}{gap}{number[14:]}"


WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
DRESSES = st.sampled_from(
    [
        "{}", " {} ", "身份证号：{}", "公民身份号码{}", "ID:{}", "https://a.cn/q?id={}&x=1",
        "https://a.cn/{}/", "【{}】", "张三 {} 13800000000", "urn:suyuan:resident-id:{}", "]d2{}",
        "{}\n{}", "ID{}",
    ]
)  # fmt: skip
GAPS = st.sampled_from(["", " ", "-", "  ", "·", "\u200b"])


def digits_of(text: str) -> str:
    return "".join(each for each in text.translate(WIDE) if each.isalnum()).upper()


@given(numbers(), DRESSES, GAPS, st.sampled_from(["as it is", "wide", "lower"]))
def test_no_answer_holds_it_in_clear(number: str, dress: str, gap: str, case: str) -> None:
    written = spaced(number, gap)
    written = {"wide": written.translate(WIDE), "lower": written.lower()}.get(case, written)
    text = dress.replace("{}", written)
    found = recognise(text)
    said = msgspec.json.encode(found).decode() + masked(text)
    assert found[0].scheme == "resident-id"
    assert number[6:] not in said.upper()
    assert number[6:14] not in digits_of(said)
    assert "code.masked" in [note.code for note in found[0].notes]


@given(numbers())
@example("11010519491231002X")
@example("440524188001010014")
def test_a_number_alone_has_no_other_reading(number: str) -> None:
    assert [each.scheme for each in recognise(number)] == ["resident-id"]


@given(numbers(), st.sampled_from(["{}", "urn:suyuan:resident-id:{}", "身份证{}", "x {} y"]))
def test_capture_names_nobody_by_it(number: str, dress: str) -> None:
    known = read_identifier(dress.format(number), capturer="urn:suyuan:party:farm")
    assert known.scheme == "raw"
    assert number[6:] not in known.uri


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_a_number_with_a_wrong_digit_is_none(number: str, place: int, off: int) -> None:
    """Its check finds every single wrong digit; then it is whatever else it may be."""
    digit = str((int(number[place]) + off) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    assert all(each.scheme != "resident-id" for each in recognise(wrong))


@given(st.integers(10**16, 10**17 - 1))
def test_a_key_that_says_itself_what_it_is_stays(body: int) -> None:
    sscc = f"{body}{gs1_check_digit(str(body))}"
    for text in (f"(00){sscc}", f"00{sscc}", f"https://id.gs1.org/00/{sscc}"):
        assert masked(text) == text


@pytest.mark.parametrize(
    "text", ["110105491231002", "身份证 110105491231002", "身份证：370602800101001"]
)
def test_the_old_form_is_masked_where_it_is_no_ear_tag_or_is_called_one(text: str) -> None:
    assert recognise(text)[0].scheme == "resident-id"
    assert text[-9:] not in masked(text)


def test_an_ear_tag_stays_an_ear_tag() -> None:
    assert recognise("137060280010100")[0].scheme == "ear-tag"


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_and_keeps_the_length(text: str) -> None:
    hidden = masked(text)
    assert masked(hidden) == hidden
    assert len(hidden) == len(text)
