"""Element strings with something wrong in one of their data: what holds of them is told first."""

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_ais import AIS
from suyuan.codes.pieces import in_order
from suyuan.codes.spaced import is_whole

GTIN = "https://id.gs1.org/01/06901234567892"
FORMS = ["(01) 06901234567892 (10) {}", "(01)06901234567892(10){}", "[01]06901234567892[10]{}"]
LOTS = st.text(st.sampled_from("批次甲ABC123-"), min_size=1, max_size=15).filter(
    lambda lot: not lot.isascii()
)


@pytest.mark.parametrize("form", FORMS)
@given(lot=LOTS)
def test_beside_a_wrong_lot_the_article_is_told_first_and_nothing_is_cut_out_of_the_lot(
    form: str, lot: str
) -> None:
    text = form.format(lot)
    for found in (recognise(text), in_order(text, recognise(text))):
        assert [(each.scheme, each.valid) for each in found] == [("gtin", True), ("gtin", False)]
        assert found[0].canonical == GTIN
        (said,) = [each for each in found[0].notes if each.code == "code.wrong-data"]
        assert said.severity == "warning"
        assert f"(10){lot}" in said.text.zh


def test_the_other_data_stay() -> None:
    best, *_ = recognise("(01)06901234567892(17)261231(10)批次1(21)S7")
    assert best.canonical == f"{GTIN}/21/S7"
    assert {part.name for part in best.parts} == {"ai-01", "ai-17", "ai-21"}


@given(st.integers(0, 10**13 - 1), st.integers(1, 9))
def test_a_wrong_key_is_never_left_out(number: int, off: int) -> None:
    body = f"{number:013}"
    wrong = (int(gs1_check_digit(body)) + off) % 10
    text = f"(01){body}{wrong}(10)批次1"
    assert not any(each.valid and "sgtin" in each.scheme for each in recognise(text))
    assert not any(each.scheme == "gtin" and each.valid for each in recognise(text))


def test_what_stands_behind_a_lot_in_words_of_its_own_is_read_as_ever() -> None:
    found = {each.scheme for each in recognise("(01)06901234567892(10)B7 国药准字H20033333")}
    assert {"lgtin", "drug-approval"} <= found


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("(01)06901234567892(10)批次1", "没有汉字", "no Chinese"),
        ("(01)06901234567892(10)B 7", "空格", "spaces"),
    ],
)
def test_the_note_says_which_characters_are_allowed(text: str, zh: str, en: str) -> None:
    said = [
        note.text for each in recognise(text) for note in each.notes if note.code == "code.element"
    ]
    assert any(zh in each.zh and en in each.en for each in said)


def test_fewer_characters_are_allowed_in_some_data() -> None:
    assert "大写字母" in AIS["8010"].form.zh
    assert "capital" in AIS["8010"].form.en


@pytest.mark.parametrize(
    "text",
    [
        "0106901234567892172612311 0L7",
        "0106901234567892 17261231 10L7",
        "010690123456789217261231 10L7",
    ],
)
def test_a_space_within_an_element_string_is_read_over(text: str) -> None:
    best, *_ = recognise(text)
    assert (best.canonical, best.valid) == (f"{GTIN}/10/L7", True)
    assert "code.spaced" in {each.code for each in best.notes}


VALUE = st.from_regex(r"[A-Z][A-Z0-9]{0,6}", fullmatch=True)
BEHIND = st.from_regex(r"[A-Z]{0,2}[0-9][A-Z0-9]{0,2}", fullmatch=True)


@given(VALUE, BEHIND, st.sampled_from(["{}{}", "({})"]))
@example("L", "7", "{}{}")
@example("A", "900", "{}{}")
@example("L", "21A", "{}{}")  # behind it may as well be data with their own identifier
def test_of_a_space_within_the_last_value_both_readings_are_told_and_why(
    value: str, behind: str, form: str
) -> None:
    head = "010690123456789217261231" if form == "{}{}" else "(01)06901234567892(17)261231"
    text = f"{head}{'10' if form == '{}{}' else '(10)'}{value} {behind}"
    found = {each.canonical: each for each in recognise(text) if each.valid}
    together, ended = found[f"{GTIN}/10/{value}{behind}"], found[f"{GTIN}/10/{value}"]
    if "code.spaced" in {each.code for each in ended.notes}:  # that is data by itself, of AI 9…
        assert is_whole(behind)
        return
    assert [each.severity for each in together.notes if each.code == "code.value-spaced"] == [
        "warning"
    ]
    (said,) = (each.text for each in ended.notes if each.code == "code.value-ended")
    assert behind in said.zh
    assert f"'{behind}'" in said.en
    assert together.score > ended.score


def test_words_behind_a_lot_are_no_part_of_it_and_said() -> None:
    found = {each.canonical: each for each in recognise("(01)06901234567892(10)B7 kg")}
    assert f"{GTIN}/10/B7kg" not in found
    assert "code.value-ended" in {each.code for each in found[f"{GTIN}/10/B7"].notes}


@pytest.mark.parametrize("text", ["(01)06901234567892 7", "(01)06901234567892(17)261231 7"])
def test_a_value_of_fixed_length_is_whole_before_a_space(text: str) -> None:
    said = {note.code for each in recognise(text) for note in each.notes}
    assert not said & {"code.value-ended", "code.value-spaced"}


OPEN_ENDED = st.permutations(["10", "21", "240", "400"]).flatmap(
    lambda ais: st.tuples(*(st.tuples(st.just(ai), VALUE) for ai in ais[:2]))
)


@given(data=OPEN_ENDED, is_dated=st.booleans())
def test_a_space_before_an_identifier_ends_the_data_before_it(
    *, data: tuple[tuple[str, str], ...], is_dated: bool
) -> None:
    parts = ["0106901234567892", *(ai + value for ai, value in data)]
    parts.extend(["17261231"] if is_dated else [])
    found = [each for each in recognise(" ".join(parts)) if each.valid]
    meant = recognise("\x1d" + "\x1d".join(parts))[0]
    assert {each.canonical for each in found if not each.piece} == {meant.canonical}
    assert {(part.name, part.value) for part in found[0].parts} == {
        (part.name, part.value) for part in meant.parts
    }


@given(VALUE, VALUE)
@example("A1", "B2")
def test_where_identifiers_stand_apart_from_their_data_both_readings_are_told(
    serial: str, lot: str
) -> None:
    found = [each for each in recognise(f"01 06901234567892 21 {serial} 10 {lot}") if each.valid]
    assert found[0].canonical == f"{GTIN}/21/{serial}"
    (other,) = (each for each in found if each.canonical == f"{GTIN}/21/{serial}10{lot}")
    assert "code.value-spaced" in {each.code for each in other.notes}


@pytest.mark.parametrize("head", ["0106901234567892", "01 06901234567892 "])
def test_a_separator_is_no_space_to_be_read_over(head: str) -> None:
    found = {each.canonical for each in recognise(f"{head}10AB\x1d21X")}
    assert f"{GTIN}/21/X" in found
    assert f"{GTIN}/10/AB21X" not in found


@pytest.mark.parametrize(
    ("lot", "shown"),
    [("奶A", "奶"), ("A\u200bB", "U+200B"), ("批次1批", "批 次"), ("A 1", "U+0020"), ("１2", "１")],
)
def test_a_character_that_a_lot_never_has_is_named(lot: str, shown: str) -> None:
    known = read_identifier(f"{GTIN}/10/{quote(lot)}", capturer="me")
    assert known.note is not None
    assert known.note.code == "code.alphabet"
    assert f"“{shown}”" in known.note.text.zh
    assert f"'{shown}'" in known.note.text.en


def test_a_lot_that_is_too_long_is_not_told_of_characters() -> None:
    known = read_identifier(f"{GTIN}/10/{'A' * 21}", capturer="me")
    assert known.note is not None
    assert known.note.code == "code.length"
    assert "21" in known.note.text.en
