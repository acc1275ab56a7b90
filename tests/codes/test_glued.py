"""Codes written together are parted and told; a person among them is hidden."""

from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.checks import gs1_check_digit, mod_11_2, organisation_check, uscc_check
from suyuan.codes.privacy import masked

BODIES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIVISIONS = st.sampled_from(["110105", "330106", "440300", "650100"])
GTINS = st.integers(0, 10**10 - 1).map(lambda n: f"69{n:010}").map(lambda b: b + gs1_check_digit(b))


@st.composite
def social_credit_codes(draw: st.DrawFn) -> str:
    inner = draw(st.text(BODIES, min_size=8, max_size=8))
    body = f"91{draw(DIVISIONS)}{inner}{organisation_check(inner)}"
    return body + str(uscc_check(body))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(date(1900, 1, 1), date(2019, 12, 31)))
    body = f"{draw(DIVISIONS)}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + mod_11_2(body)


CODES = GTINS | GTINS.map(lambda each: f"0{each}") | social_credit_codes()


@given(st.lists(CODES, min_size=2, max_size=3))
@example(["91110000600037341L", "91440300708461136T"])
def test_codes_written_together_are_each_told_with_their_place(codes: list[str]) -> None:
    text = "".join(codes)
    assume(masked(text) == text)
    found = [each for each in recognise(text) if each.valid]
    told = {each.piece for each in found}
    if any(each.piece is None for each in found):
        return  # the whole is a code of another scheme by its length
    assert "".join(sorted(told, key=text.index)) != ""
    assert all("code.glued" in {said.code for said in each.notes} for each in found)
    assert all(each.piece is not None and each.piece in text for each in found)
    assert sum(len(each) for each in {each.piece for each in found} if each) <= len(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("91110000600037341L91440300708461136T", ["91110000600037341L", "91440300708461136T"]),
        ("69012345678926922266443114", ["6901234567892", "6922266443114"]),
        ("SC10633019702613SC11552038220099", ["SC10633019702613", "SC11552038220099"]),
        ("6901234567892SC10633019702613", ["6901234567892", "SC10633019702613"]),
        ("137060200001234137060200001235", ["137060200001234", "137060200001235"]),
        ("11010519491231002X6901234567892", ["6901234567892"]),
        ("91110000600037341L11010519491231002X", ["91110000600037341L"]),
    ],
)
def test_what_was_written_together_is_told_piece_by_piece(text: str, pieces: list[str]) -> None:
    found = {each.piece for each in recognise(text) if each.valid and each.piece}
    assert found == set(pieces)


def test_digits_that_come_out_uneven_are_told_as_nothing() -> None:
    assert not any(each.valid for each in recognise("69012345678926901234567893"))


@given(numbers(), CODES, st.booleans())
def test_a_number_glued_to_a_code_is_hidden_and_told(number: str, code: str, first: bool) -> None:  # noqa: FBT001 -- drawn
    text = number + code if first else code + number
    shown = masked(text)
    assert number[6:] not in shown
    assert number[6:14] not in "".join(str(each) for each in recognise(text))
    assert "resident-id" in {each.scheme for each in recognise(text)}


@given(numbers(), st.integers(0, 18), st.sampled_from("0123456789"))
@example("110105194912310029", 18, "1")
@example("11010519530606146X", 12, "1")
def test_a_number_with_one_digit_too_many_is_hidden_and_told(
    number: str, at: int, digit: str
) -> None:
    assume(number[-1] != "X" or at < 18)
    text = number[:at] + digit + number[at:]
    assume(text[0] != "0")
    assert "*" * 9 in masked(text)
    (found,) = recognise(text)
    assert (found.scheme, found.valid) == ("resident-id", False)


@given(st.from_regex("[123][0-9]{6}[123][0-9]{24}", fullmatch=True))
def test_no_pesticide_code_is_taken_for_a_persons_number(code: str) -> None:
    assert masked(code) == code
