"""Codes in groups, or with marks between that nobody sees, are what they are, and no person's."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.privacy import masked

PERSON = "11010519491231002X"
OLD_PERSON = "440524800101001"
CLASSES = st.from_regex("[1-9][0-9]{3}", fullmatch=True)
PLACES = st.sampled_from(["310101", "110105", "370602", "440524"])
MONTHS = st.integers(1, 12).map(lambda month: f"{month:02}")
FOUR = st.from_regex("[0-9]{4}", fullmatch=True)
YEARS = st.integers(1990, 2015).map(str)
REGISTERED = st.builds("{}{}{}{}{}".format, CLASSES, PLACES, YEARS, MONTHS, FOUR)
UNSEEN = st.sampled_from(["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"])


def in_fives(code: str, by: str) -> str:
    return by.join(code[at : at + 5] for at in range(0, len(code), 5))


@given(REGISTERED, st.sampled_from([" ", "-"]))
def test_a_registration_code_in_fives_is_read_as_it_is_together(code: str, by: str) -> None:
    assert masked(in_fives(code, by)) == in_fives(code, by)
    found = recognise(in_fives(code, by))
    assert f"urn:suyuan:special-equipment-registration:{code}" in {each.canonical for each in found}
    assert "resident-id" not in {each.scheme for each in found}


@given(REGISTERED, st.sampled_from([" ", "-"]))
def test_behind_a_word_for_a_card_it_is_somebodys(code: str, by: str) -> None:
    assert code[14:] not in masked(f"身份证 {in_fives(code, by)}").replace(by, "")


@given(st.from_regex("[0-9]{20}", fullmatch=True) | REGISTERED, UNSEEN)
@example("25303101011990010000", "\u200b")
def test_twenty_digits_with_invisible_marks_are_what_they_are_together(
    code: str, mark: str
) -> None:
    """What fails is named as it was written."""

    def read(text: str) -> list[tuple[str, str]]:
        return [(each.scheme, each.canonical if each.valid else "") for each in recognise(text)]

    assert read(mark.join(code)) == read(code)


@pytest.mark.parametrize("number", [PERSON, OLD_PERSON, "110105194912310021"])
@given(mark=UNSEEN, before=st.sampled_from(["", "张三 ", "A", "\u200b"]))
def test_a_persons_number_with_invisible_marks_stays_hidden(
    number: str, mark: str, before: str
) -> None:
    told = masked(before + mark.join(number)).replace(mark, "")
    assert number[6:12] not in told
    assert number[:6] in told


def test_fifteen_digits_in_fives_alone_stay_hidden() -> None:
    assert masked(in_fives(OLD_PERSON, " ")) == "44052 4**** *****"
