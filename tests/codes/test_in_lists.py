"""Codes in numbered lists, with the goods' name behind them, beside days; each is told once."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import pieces, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.index import with_words
from suyuan.codes.plain import spelled
from suyuan.codes.privacy import masked
from suyuan.codes.registry import all_schemes

BODIES = st.from_regex("69[0-9]{10}", fullmatch=True)
MARKS = st.sampled_from(["{}. ", "{}) ", "({}) ", "{}.", "{})"])


def found(text: str) -> set[tuple[str, str]]:
    return {(each.scheme, each.canonical) for each in recognise(text) if each.valid}


@example(["690000000001", "690000000002", "690000001100", "690000000000"], "{}. ")
@given(st.lists(BODIES, min_size=1, max_size=4, unique=True), MARKS)
def test_the_number_of_a_line_is_no_part_of_a_code(bodies: list[str], mark: str) -> None:
    codes = [body + gs1_check_digit(body) for body in bodies]
    lines = [mark.format(at) + code for at, code in enumerate(codes, start=1)]
    text = "\n".join(lines)
    shown = masked(text)  # digits that may be a person's are hidden, whatever else they are
    told = {("gtin", f"https://id.gs1.org/01/0{code}") for code in codes if code in shown}
    assert told <= found(text)
    assert len(told) == len(codes) or shown != text


@pytest.mark.parametrize("mark", ["①", "⑵ ", "⒊", "2) ", "12. "])
@pytest.mark.parametrize(
    ("code", "scheme"),
    [
        ("6928456732105", "gtin"),
        ("国药准字H20051234", "drug-approval"),
        ("SC10633019702613", "sc-licence"),
    ],
)
def test_what_was_taken_for_a_lines_number_is_said(mark: str, code: str, scheme: str) -> None:
    best = recognise(mark + code)[0]
    assert (best.scheme, best.valid) == (scheme, True)
    assert any(
        each.code == "code.list-number" and mark.strip() in each.text.zh for each in best.notes
    )


@pytest.mark.parametrize(
    "text", ["88.100.1/1234", "10.1000/182", "(10) AB12345", "(01) 16928456732102"]
)
def test_dots_and_brackets_of_a_code_number_no_line(text: str) -> None:
    said = [note.code for each in recognise(text) for note in each.notes]
    assert "code.list-number" not in said


@pytest.mark.parametrize("text", ["UN号1203汽油", "UN 编号：1203 汽油", "联合国编号 1203汽油"])
def test_the_goods_name_behind_a_labelled_number_is_no_part_of_it(text: str) -> None:
    assert ("un-number", "urn:suyuan:un-number:UN1203") in found(text)


@pytest.mark.parametrize("text", ["保质期至2027/01/31", "有效期至 2027-01-31", "保质期：2027.1.31"])
def test_a_day_behind_a_word_for_it_is_no_code(text: str) -> None:
    assert recognise(text) == ()


def test_a_variety_approved_by_a_province_is_no_commodity() -> None:
    assert found("鲁审稻20210012") == set()


@pytest.mark.parametrize(
    "text", ["卫食健字(2001)第0012号", "农肥(2018)准字12345号", "B(鲁)农种许字(2020)第0012号"]
)
def test_a_paper_with_its_word_for_number_is_told_once(text: str) -> None:
    assert len(found(text)) == 1


def alternatives(text: str) -> list[str]:
    """The slow twin: one pattern of all schemes whose words stand in the text."""
    places = [place for place in with_words(text) if not all_schemes()[place].scoped]
    forms = "|".join(spelled(all_schemes()[place].layout) for place in places)
    every = re.finditer(f"(?:{forms})(?![0-9])", text, re.IGNORECASE) if places else ()
    return [each[0] for each in every][:24]


WRITTEN = [
    code
    for scheme in all_schemes()
    for code in scheme.good
    if not code.isascii() and "\n" not in code
]


@given(
    st.lists(
        st.one_of(st.sampled_from(WRITTEN), st.text("国药农证字(20)1鲁第号准", max_size=9)),
        max_size=6,
    )
)
def test_codes_in_a_sentence_are_those_that_one_pattern_of_all_finds(parts: list[str]) -> None:
    text = "".join(parts).upper()
    assert list(pieces.written_codes(text)) == alternatives(text)


def test_no_set_of_words_asks_for_a_pattern_of_its_own() -> None:
    """A pattern of many schemes took ten times as long to compile as its text to read."""
    for code in WRITTEN:
        list(pieces.written_codes(code.upper()))
    known = pieces._written.cache_info().currsize
    for one in WRITTEN[::3]:
        for other in WRITTEN[::5]:
            list(pieces.written_codes(f"{one}，{other}".upper()))
    assert pieces._written.cache_info().currsize == known
