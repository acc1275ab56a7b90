"""Serials: unique, reversible, unguessable by count, and refused by arithmetic when invented."""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes.making.alphabets import DIGITS, SAFE, number_of, spelled
from suyuan.codes.making.checks import checker
from suyuan.codes.making.scratch import digest, normal, secrets
from suyuan.codes.making.series import index_of, length_for, odds, serials
from suyuan.codes.making.types import Checking, CheckRule, Series

SET_82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
SECRET = bytes(range(32))
KEYS = st.binary(min_size=32, max_size=32)


def checking(key: bytes) -> Checking:
    return Checking(rule=CheckRule.CODE, key=key, scheme="sgtin", stem="06901234567892")


def series(
    capacity: int, *, alphabet: str = SAFE, secret: bytes = SECRET, checks: int = 0
) -> Series:
    return Series(
        alphabet=alphabet,
        length=length_for(capacity, alphabet),
        capacity=capacity,
        secret=secret,
        checks=checks,
        checking=checking(secret[::-1]) if checks else None,
    )


def test_the_safe_alphabet_is_of_set_82_and_has_no_twins() -> None:
    assert SET_82.fullmatch(SAFE)
    assert len(SAFE) == len(set(SAFE)) == 25
    for twins in ("0O", "1IL", "2Z", "5S", "8B", "UV", "AE"):
        assert len(set(twins) & set(SAFE)) <= 1


@given(st.integers(1, 10**9), st.sampled_from((SAFE, DIGITS)))
def test_the_length_is_the_least_that_keeps_a_guess_to_one_in_a_thousand_million(
    capacity: int, alphabet: str
) -> None:
    length = length_for(capacity, alphabet)
    assert Fraction(capacity, len(alphabet) ** length) <= Fraction(1, 10**9)
    assert Fraction(capacity, len(alphabet) ** (length - 1)) > Fraction(1, 10**9)
    assert odds(series(capacity, alphabet=alphabet)) <= 1e-9


@given(st.integers(1, 10**9), KEYS, st.data())
def test_a_serial_leads_back_to_its_index_and_to_no_other_series(
    capacity: int, secret: bytes, data: st.DataObject
) -> None:
    one = series(capacity, secret=secret, checks=data.draw(st.integers(0, 3)))
    index = data.draw(st.integers(0, capacity - 1))
    (serial,) = serials(one, index, index + 1)
    assert len(serial) == one.length + one.checks
    assert index_of(one, serial) == index
    other = series(capacity, secret=bytes(each ^ 1 for each in secret))
    assert index_of(other, serial[: one.length]) is None


@pytest.mark.parametrize("capacity", [1, 2, 7, 10_000])
def test_a_whole_series_has_no_serial_twice(capacity: int) -> None:
    one = series(capacity)
    made = list(serials(one, 0, capacity))
    assert len(set(made)) == capacity
    assert [index_of(one, serial) for serial in made] == list(range(capacity))


def test_a_series_cut_anywhere_is_the_same_series() -> None:
    one = series(1000, checks=2)
    whole = list(serials(one, 0, 1000))
    assert [*serials(one, 0, 137), *serials(one, 137, 1000)] == whole
    with pytest.raises(ValueError, match="outside"):
        next(serials(one, 999, 1001))


def test_the_order_of_making_is_not_seen_in_the_serials() -> None:
    """Of n random numbers in a row each next is larger than the one before in half the cases."""
    made = list(serials(series(10**6), 0, 4000))
    rises = sum(one < other for one, other in pairwise(made))
    assert 1850 < rises < 2150
    firsts = {character: sum(serial[1] == character for serial in made) for character in SAFE}
    assert min(firsts.values()) > 100  # 160 each if even


@dataclass
class Guesser:
    draw: Random

    def guess(self, length: int) -> str:
        return "".join(self.draw.choice(SAFE) for _ in range(length))


def test_inventions_are_refused_without_asking_anybody() -> None:
    one, guesser = series(10**6), Guesser(Random(7))
    assert [
        g for _ in range(20_000) if index_of(one, g := guesser.guess(one.length)) is not None
    ] == []


def test_two_check_characters_let_one_invention_in_625_pass() -> None:
    check, guesser = checker(checking(SECRET), SAFE, 2), Guesser(Random(11))
    tries = 60_000
    passed = sum(check(guess[:9]) == guess[9:] for guess in map(guesser.guess, [11] * tries))
    assert 60 < passed < 135  # 96 expected; five standard deviations either way


@given(st.text(max_size=30))
def test_no_text_makes_the_way_back_fail(text: str) -> None:
    assert index_of(series(1000), text) is None or text in set(serials(series(1000), 0, 1000))


@given(st.integers(0, 25**9 - 1))
def test_numbers_are_spelled_and_read_back(number: int) -> None:
    assert number_of(spelled(number, SAFE, 9), SAFE) == number
    assert spelled(number % 10**9, DIGITS, 9) == f"{number % 10**9:09}"


def test_secrets_are_distinct_typed_freely_and_salted_by_place() -> None:
    draw = Random(3)
    drawn = list(secrets(25_000, draw.randbytes))
    assert len(set(drawn)) == 25_000
    assert all(re.fullmatch(f"[{SAFE}]{{4}}(-[{SAFE}]{{4}}){{2}}", each) for each in drawn)
    first = drawn[0]
    typed = " " + first.lower().replace("-", " ") + "\n"
    wide = "".join(chr(ord(each) + 0xFEE0) for each in first)
    assert normal(typed) == normal(wide) == first.replace("-", "")
    assert digest(b"salt", 0, typed) == digest(b"salt", 0, first)
    assert (
        len({digest(b"salt", 0, first), digest(b"salt", 1, first), digest(b"tlas", 0, first)}) == 3
    )
