"""What a year in a code says on the day of asking."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.dating import dated
from suyuan.codes.types import Note

YEARS = st.integers(2000, 2099)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def doubts(text: str, on: date) -> list[Note]:
    best = recognise(text)[0]
    told = dated(best, on)
    assert (told.valid, told.canonical) == (best.valid, best.canonical)
    return [each for each in told.notes if each not in best.notes]


@given(
    YEARS,
    DAYS,
    st.sampled_from(
        ["国药准字H{}3333", "国药准字HJ{}0001", "国食健字G{}0001", "卫食健字({})第0001号"]
    ),
)
def test_an_approval_of_a_year_to_come_is_a_doubt(year: int, on: date, form: str) -> None:
    said = doubts(form.format(year), on)
    assert [each.code for each in said] == (["code.future"] if year > on.year else [])
    assert all(str(year) in each.text.en and each.severity == "warning" for each in said)


@given(YEARS, DAYS)
def test_a_licence_that_ended_before_the_day_of_asking_is_a_doubt(year: int, on: date) -> None:
    said = doubts(f"TS2212345-{year}", on)
    assert [each.code for each in said] == (["code.expired"] if on > date(year, 12, 31) else [])
    assert all(f"{year}-12-31" in each.text.zh and str(on) in each.text.zh for each in said)


@pytest.mark.parametrize("text", ["国药准字Z45021428", "6901234567892", "国药准字H2099333"])
def test_a_region_is_no_year_and_what_has_none_or_fails_is_no_doubt(text: str) -> None:
    assert doubts(text, date(2026, 11, 29)) == []


@given(st.dates(date(2015, 1, 1), date(2099, 12, 31)), DAYS)
def test_a_code_applied_for_after_the_day_of_asking_is_a_doubt(applied: date, on: date) -> None:
    said = doubts(f"{applied:%Y%m%d}0012345678901234", on)
    assert [each.code for each in said] == (["code.future-day"] if applied > on else [])
    assert all(str(applied) in each.text.zh and str(on) in each.text.en for each in said)


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_a_veterinary_code_of_before_there_were_any_is_a_doubt(applied: date) -> None:
    best = recognise(f"{applied:%Y%m%d}0012345678901234")[0]
    said = [each.severity for each in best.notes if each.code == "code.before"]
    assert (best.scheme, best.valid) == ("veterinary-trace", True)
    assert said == (["warning"] if applied.year < 2015 else [])
