"""Amounts in words: what somebody stated stays whole, what was divided is not told to the last."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.amounts import plain


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=7, min_value=-(10**12), max_value=10**12
    )
)
def test_what_is_stated_is_told_whole(value: Decimal) -> None:
    assert Decimal(plain(value)) == value


@given(st.integers(1, 10**9), st.sampled_from([3, 7, 11, 13]))
def test_a_quotient_is_told_to_six_places(much: int, by: int) -> None:
    told = plain(Decimal(much) / by)
    assert len(told.partition(".")[2]) <= 6
    assert abs(Decimal(told) - Decimal(much) / by) <= Decimal("0.0000005")
