"""Prefixes that GS1 licenses to no company (General Specifications §1.4.2, figure 1.4.2-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import gmn_check, gs1_check_digit

IN_STORE = {"code.in-store"}
OF_ITEMS = [
    *((f"02{each}", IN_STORE) for each in "0159"),
    ("040", IN_STORE), ("049", IN_STORE), ("200", IN_STORE), ("210", IN_STORE), ("299", IN_STORE),
    ("050", {"code.coupon"}), ("951", {"code.manager"}), ("952", {"code.demonstration"}),
    ("977", {"code.periodical"}), ("978", {"code.book"}), ("979", {"code.book"}),
    ("980", {"code.coupon"}), ("981", {"code.coupon"}), ("984", {"code.coupon"}),
    ("990", {"code.coupon"}), ("999", {"code.coupon"}),
]  # fmt: skip
LICENSED = ["001", "019", "030", "039", "060", "139", "300", "690", "699", "950"]
OF_OTHERS = ["020", "049", "055", "200", "210", "299", "951", "977", "978", "980", "984", "990"]
DIGITS = st.text("0123456789", min_size=17, max_size=17)
FORMS = {
    "sscc": lambda prefix, rest: checked("(00)", f"3{prefix}{rest}", 17),
    "gln": lambda prefix, rest: checked("(414)", prefix + rest, 12),
    "pgln": lambda prefix, rest: checked("(417)", prefix + rest, 12),
    "payee": lambda prefix, rest: checked("(415)", prefix + rest, 12),
    "grai": lambda prefix, rest: checked("(8003)", f"0{prefix}{rest}", 13),
    "gdti": lambda prefix, rest: checked("(253)", prefix + rest, 12),
    "gsrn": lambda prefix, rest: checked("(8018)", prefix + rest, 17),
    "gsin": lambda prefix, rest: checked("(402)", prefix + rest, 16),
    "giai": lambda prefix, rest: f"(8004){prefix}{rest}",
    "ginc": lambda prefix, rest: f"(401){prefix}{rest}",
    "cpi": lambda prefix, rest: f"(8010){prefix}{rest}",
    "gmn": lambda prefix, rest: f"(8013){prefix}{rest}{gmn_check(prefix + rest)}",
    "gsrnp": lambda prefix, rest: checked("(8017)", prefix + rest, 17),
}


def checked(ai: str, digits: str, size: int) -> str:
    return f"{ai}{digits[:size]}{gs1_check_digit(digits[:size])}"


def first(text: str, scheme: str) -> Candidate:
    return next(each for each in recognise(text) if each.scheme == scheme)


def codes(found: Candidate) -> set[str]:
    return {said.code for said in found.notes}


@pytest.mark.parametrize(("prefix", "said"), OF_ITEMS)
@pytest.mark.parametrize("indicator", ["0", "1", "8"])
@pytest.mark.parametrize(
    ("behind", "scheme"), [("", "gtin"), ("(21)A1", "sgtin"), ("(10)B", "lgtin")]
)
def test_an_items_number_says_what_its_prefix_is_however_it_goes_on(
    prefix: str, said: set[str], indicator: str, behind: str, scheme: str
) -> None:
    found = first(checked("(01)", f"{indicator}{prefix}123456789", 13) + behind, scheme)
    assert said <= codes(found)
    assert found.issued_by is not None
    assert "GS1 成员组织" not in found.issued_by.zh
    assert found.name.zh != "带序列号的贸易项目"


@pytest.mark.parametrize(
    "text", ["2100000123452", "0200123456788", "0212345002506", "212345002506"]
)
def test_a_bare_in_store_number_is_told_as_one_and_as_no_place(text: str) -> None:
    found = recognise(text)
    assert codes(first(text, "gtin")) >= IN_STORE
    assert not any(each.scheme == "gln" for each in found)


def test_behind_the_word_for_it_it_is_first_what_the_word_says() -> None:
    best = recognise("店内码 2100000123452")[0]
    assert (best.scheme, best.name.en) == ("gtin", "in-store number (restricted circulation)")


@pytest.mark.parametrize("scheme", FORMS)
@given(st.sampled_from(OF_OTHERS), DIGITS)
def test_another_key_under_such_a_prefix_poses_as_nobodys(
    scheme: str, prefix: str, rest: str
) -> None:
    found = first(FORMS[scheme](prefix, rest), scheme)
    assert "code.no-company" in codes(found)
    assert found.issued_by is not None
    assert "没有企业" in found.issued_by.zh
    assert found.pages == ()


@pytest.mark.parametrize("scheme", FORMS)
@given(st.sampled_from(LICENSED), DIGITS)
def test_a_licensed_prefix_is_not_doubted(scheme: str, prefix: str, rest: str) -> None:
    found = first(FORMS[scheme](prefix, rest), scheme)
    assert "code.no-company" not in codes(found)
    assert found.issued_by is not None
    assert "GS1" in found.issued_by.zh


def test_the_prefix_of_examples_is_told_as_that_in_every_key() -> None:
    assert "code.demonstration" in codes(recognise("(8004)9520614141234567")[0])
    assert "code.demonstration" in codes(recognise("(253)9520123456788A")[0])


@pytest.mark.parametrize(("prefix", "said"), OF_ITEMS)
@pytest.mark.parametrize("indicator", ["0", "1"])
def test_a_piece_of_an_item_says_what_the_items_prefix_is(
    prefix: str, said: set[str], indicator: str
) -> None:
    item = checked("(8006)", f"{indicator}{prefix}123456789", 13)
    assert said <= codes(recognise(f"{item}0102")[0])
