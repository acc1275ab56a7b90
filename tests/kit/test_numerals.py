"""A number as people write it is read where it can mean one number, and never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.numerals import readings

PAIRS = st.sampled_from([(".", ","), (",", ".")])


@given(st.decimals(-(10**12), 10**12, places=3), PAIRS)
def test_what_has_groups_and_decimals_is_that_number_in_either_half_of_the_world(
    number: Decimal, signs: tuple[str, str]
) -> None:
    group, point = signs
    written = f"{number:,}".translate({ord(","): group, ord("."): point})
    assert number in readings(written)
    assert abs(number) < 1_000 or readings(written) == (number,)


@given(st.integers(1, 10**12), st.sampled_from([".", ","]))
def test_what_could_be_of_thousands_or_decimals_is_both(number: int, sign: str) -> None:
    written = f"{number:,}".replace(",", sign)
    found = readings(written)
    assert found[0] == number
    assert len(found) == (2 if 10**3 <= number < 10**6 else 1)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1,000", ["1000", "1.000"]), ("1.000", ["1000", "1.000"]), ("12.500", ["12500", "12.5"]),
        ("0.125", ["0.125"]), ("0,125", ["0.125"]), ("1234,567", ["1234.567"]), ("1,5", ["1.5"]),
        ("2.25", ["2.25"]), ("1.000,5", ["1000.5"]), ("1,000.5", ["1000.5"]),
        ("1.000.000", ["1000000"]), ("1.000,500", ["1000.5"]), ("1e3", ["1000"]), ("7", ["7"]),
        ("1,00,000", []), ("12,34.5", []), ("1.000.5", []), ("1,000,5", []), ("", []),
        ("a", []), ("NaN", []), ("1.", ["1"]), (",5", []),
    ],
)  # fmt: skip
def test_a_number_means_what_it_can(written: str, found: list[str]) -> None:
    assert readings(written) == tuple(map(Decimal, found))
