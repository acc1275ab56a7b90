"""Resident numbers of fifteen digits have no check character: hidden where they may be one.

GB 11643: six digits of division, six of the day of birth, three of the serial; issued until 1999.
"""

from datetime import date

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.divisions import was_ever
from suyuan.codes.privacy import masked

DAYS = st.dates(date(1900, 1, 1), date(1999, 12, 31)).map(lambda day: f"{day:%y%m%d}")
SERIALS = st.from_regex("[0-9]{3}", fullmatch=True)
# No ear tag begins with 4 to 6, so that nothing else than a person's number is of their form.
PLACES = st.sampled_from(["440524", "510104", "420106", "610102"])
NUMBERS = st.builds("{}{}{}".format, PLACES, DAYS, SERIALS)
LOTS = st.sampled_from(
    ["LOT{}", "{}B", "{}A34", "LOT {}", "批号：{}", "SN {}", "S/N: {}", "序列号 {}", "X-{}"]
)


def persons(text: str) -> list[Candidate]:
    return [each for each in recognise(text) if each.scheme == "resident-id"]


@given(NUMBERS, st.sampled_from(["{}", "身份证 {}", "{} 张三"]) | LOTS)
def test_it_is_never_confirmed_by_a_check_and_never_in_clear(number: str, dress: str) -> None:
    text = dress.format(number)
    (found,) = persons(text)
    assert found.check == "unknown"
    assert {"code.number-old", "code.number-maybe-old"} & {each.code for each in found.notes}
    assert number[6:] not in msgspec.json.encode(recognise(text)).decode() + masked(text)


@given(NUMBERS, LOTS)
def test_where_a_lot_or_serial_number_stands_it_is_a_doubt(number: str, dress: str) -> None:
    (found,) = persons(dress.format(number))
    assert found.score < persons(number)[0].score
    assert "code.number-maybe-old" in {each.code for each in found.notes}


@given(NUMBERS, LOTS)
def test_a_word_for_an_identity_card_says_more_than_what_stands_about_it(
    number: str, dress: str
) -> None:
    (found,) = persons("身份证 " + dress.format(number))
    assert "code.number-old" in {each.code for each in found.notes}


@given(
    st.from_regex("(4[1-6]|5[0-4]|6[1-5])[0-9]{4}", fullmatch=True),
    DAYS,
    SERIALS,
    st.sampled_from(["{}", "{} 张三"]) | LOTS,
)
def test_of_a_division_that_never_was_it_is_a_doubt_and_hidden_still(
    place: str, day: str, serial: str, dress: str
) -> None:
    """Numbers were given for places that no table has, as development zones."""
    assume(not was_ever(place))
    number = place + day + serial
    (found,) = persons(dress.format(number))
    assert {"code.number-nowhere-old", "code.number-maybe-old"} & {
        each.code for each in found.notes
    }
    assert (found.check, found.score) == ("unknown", 30)
    assert number[6:] not in masked(dress.format(number))


@pytest.mark.parametrize("day", ["851301", "850230", "990631", "000000"])
@pytest.mark.parametrize("dress", ["{}", "LOT{}", "批号：{}"])
def test_with_a_day_that_is_none_there_is_no_number(day: str, dress: str) -> None:
    assert not persons(dress.format(f"440524{day}123"))


def test_a_number_of_eighteen_characters_is_confirmed_as_ever() -> None:
    assert persons("11010519491231002X")[0].check == "passed"
