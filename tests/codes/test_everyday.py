"""Days and telephone numbers stand on every label; written as such they are no codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.unknown import likeness

MARKS = st.sampled_from("-/.")


@given(st.dates(date(2010, 1, 1), date(2099, 12, 31)), MARKS)
def test_a_day_is_no_code_and_told_as_one(day: date, mark: str) -> None:
    text = day.isoformat().replace("-", mark)
    assert recognise(text) == ()
    like = likeness(text)
    assert like is not None
    assert f"a day ({day})" in like.text.en


@pytest.mark.parametrize("text", ["2026-02-30", "2026/02/30", "2026.13.01", "2026-00-10"])
def test_a_day_that_does_not_exist_is_told_as_that(text: str) -> None:
    assert recognise(text) == ()
    like = likeness(text)
    assert like is not None
    assert "a day that does not exist" in like.text.en
    assert "日历上没有" in like.text.zh


@pytest.mark.parametrize("text", ["400-800-1234", "400 800 1234", "800-8001234", "400-1234-567"])
def test_a_hotline_is_no_code_and_told_as_one(text: str) -> None:
    assert recognise(text) == ()
    like = likeness(text)
    assert like is not None
    assert "telephone" in like.text.en


@pytest.mark.parametrize(
    "text", ["1901.10.10", "2009.12.00", "20090220", "HS 2009-12-00", "0203.12.00"]
)
def test_what_is_written_as_commodities_are_stays_one(text: str) -> None:
    assert recognise(text)[0].scheme == "hs-code"


@pytest.mark.parametrize("text", ["6908765432101 2026-02-30", "400-800-1234，6908765432101"])
def test_beside_a_code_they_are_passed_over(text: str) -> None:
    assert {each.scheme for each in recognise(text)} == {"gtin", "gln"}
