import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.canonical import NotCanonicalError, canonical_bytes
from suyuan.kit.strictjson import parse

NUMBERS = st.integers() | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30")
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


def slow(value: Any) -> str:
    """RFC 8785 written out plainly, numbers as exact decimals."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{slow(key)}:{slow(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(slow, value)) + "]"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("-0", "") else text
    return json.dumps(value, ensure_ascii=False)


@given(VALUES)
def test_the_bytes_are_those_of_the_plain_definition(value: Any) -> None:
    assert canonical_bytes(value).decode() == slow(value)


@given(VALUES)
def test_reading_and_writing_again_changes_nothing(value: Any) -> None:
    once = canonical_bytes(value)
    assert canonical_bytes(parse(once)) == once


@given(NUMBERS, st.integers(0, 20))
def test_equal_numbers_have_equal_bytes(number: Any, zeros: int) -> None:
    plain = f"{Decimal(number):f}"
    padded = Decimal(plain + ("" if "." in plain else ".") + "0" * zeros)
    assert padded == number
    assert canonical_bytes([padded]) == canonical_bytes([number])


@given(st.dictionaries(st.text(alphabet="a\ud7ff\ue000\uffff\U00010000\U0010ffff"), st.none()))
def test_keys_beyond_the_basic_plane_sort_by_utf16(value: dict[str, None]) -> None:
    assert canonical_bytes(value).decode() == slow(value)


@pytest.mark.parametrize(
    "value",
    [
        1.0, float("nan"), Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+1000"),
        {1: 2}, {"a": (1,)}, ["\ud800"], b"x",
    ],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


def test_twenty_digit_codes_stay_apart() -> None:
    assert canonical_bytes(83000123456789012345) != canonical_bytes(83000123456789012344)
    assert canonical_bytes(2**70) == str(2**70).encode()


def test_nesting_beyond_the_interpreter_is_refused_not_fatal() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)
    while value:  # take it apart by hand: its own destructor would be as deep
        value = value.pop()
