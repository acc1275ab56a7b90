from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Quantity
from suyuan.kit.quantity import UNITS, UnitError, convert, normal, same_dimension
from suyuan.kit.unit_names import UNIT_NAMES

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
CODES = st.sampled_from(sorted(code for code in UNITS if code))


@pytest.mark.parametrize(
    ("amount", "unit", "target", "expected"),
    [
        ("1.5", "TNE", "KGM", "1500"),
        ("1", "LBR", "GRM", "453.59237"),
        ("16", "ONZ", "LBR", "1"),
        ("250", "MLT", "LTR", "0.25"),
        ("4", "CEL", "KEL", "277.15"),
        ("32", "FAH", "CEL", "0"),
        ("-40", "FAH", "CEL", "-40"),
        ("3", "DZN", "H87", "36"),
        ("1", "FOT", "CMT", "30.48"),
    ],
)
def test_known_conversions_are_exact(amount: str, unit: str, target: str, expected: str) -> None:
    assert convert(Quantity(Decimal(amount), unit), target) == Quantity(Decimal(expected), target)


@given(AMOUNTS, CODES, CODES)
def test_there_and_back_is_the_same_amount(amount: Decimal, unit: str, other: str) -> None:
    quantity = Quantity(amount, unit)
    if not same_dimension(unit, other):
        with pytest.raises(UnitError):
            convert(quantity, other)
        return
    back = convert(convert(quantity, other), unit)
    assert abs(Fraction(back.value) - Fraction(amount)) <= Fraction(1, 10**15)


@given(AMOUNTS, CODES)
def test_the_normal_form_is_one_for_equal_amounts(amount: Decimal, unit: str) -> None:
    padded = Quantity(Decimal(f"{amount}000"), unit)
    assert str(normal(padded).value) == str(normal(Quantity(amount, unit)).value)
    assert normal(normal(padded)) == normal(padded)


def test_an_amount_without_unit_counts_instances() -> None:
    assert same_dimension(None, "EA")
    assert normal(Quantity(Decimal("5.0"), "H87")) == Quantity(Decimal(5))


def test_an_unknown_unit_is_comparable_with_itself_only() -> None:
    assert same_dimension("ZZZ", "ZZZ")
    assert not same_dimension("ZZZ", "KGM")
    assert normal(Quantity(Decimal("5.50"), "ZZZ")) == Quantity(Decimal("5.5"), "ZZZ")


def test_every_unit_has_a_name_of_its_own_in_both_languages() -> None:
    named = [UNIT_NAMES[code] for code in UNITS if code]
    assert len({one.zh for one in named}) == len({one.en for one in named}) == len(named)
