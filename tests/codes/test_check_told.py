"""A code is confirmed by check characters alone: where a scheme has none, that is what is said."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, all_schemes, recognise
from suyuan.codes.types import OUTCOMES, Scheme

GOOD = [(scheme, text) for scheme in all_schemes() for text in scheme.good]
# What the standards say: schemes of which a check character can be computed by anybody.
PROVED = {
    "gtin", "sgtin", "lgtin", "sscc", "gln", "sgln", "pgln", "payee", "payment", "grai", "gsrn",
    "gsrnp", "gdti", "gcn", "gsin", "itip", "upui", "gmn", "uscc", "organisation-code",
    "drug-standard-code", "sc-licence", "jy-licence", "cas", "ec-number", "resident-id",
    "registration-number-old",
}  # fmt: skip


def reading(scheme: Scheme, text: str) -> Candidate:
    return next(each for each in recognise(text) if each.scheme == scheme.id)


def test_the_schemes_with_check_characters_are_those_of_the_standards() -> None:
    assert {each.id for each in all_schemes() if each.checked == "open"} == PROVED
    assert {each.id for each in all_schemes() if each.checked == "secret"} == {"drug-trace"}


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=lambda each: getattr(each, "id", each))
def test_a_good_code_is_confirmed_only_where_its_scheme_has_a_check(
    scheme: Scheme, text: str
) -> None:
    said = reading(scheme, text).check
    container = text.startswith("urn:epc:id:bic:")
    expected = "passed" if scheme.id in PROVED or container else "none"
    assert said == ("unknown" if scheme.id == "drug-trace" else expected)


@given(st.integers(0, 10**17 - 1))
def test_seventeen_digits_are_no_confirmed_organic_mark(number: int) -> None:
    for each in recognise(f"{number:017}"):
        if each.scheme == "organic-mark":
            assert each.check == "none"
            assert each.said_of_check == OUTCOMES["none"]


@given(st.text("0123456789SCJYUNX", min_size=4, max_size=34))
@example("110105194912310021")
@example("urn:epc:id:bic:CSQU3054384")
def test_what_passed_is_valid_and_what_failed_says_the_right_character(text: str) -> None:
    for each in recognise(text):
        assert each.valid or each.check != "passed"
        failed = {"code.check", "code.number-check"} & {said.code for said in each.notes}
        assert (each.check == "failed") == bool(failed)
