"""Behind GS1 numbers that are no company's own nothing is made: the rule against every prefix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_prefixes import special
from suyuan.codes.making.structures import proof_number, stem_of, structure
from suyuan.codes.making.types import MakingError

NOT_A_COMPANYS = [
    (range(20, 30), "in-store number"),
    (range(40, 50), "in-store number"),
    (range(50, 60), "coupon"),
    (range(200, 300), "in-store number"),
    (range(951, 952), "EPC manager"),
    (range(952, 953), "demonstrations"),
    (range(977, 978), "ISSN"),
    (range(978, 980), "IS"),  # ISBN, of 9790 ISMN
    (range(980, 981), "refund receipt"),
    (range(981, 985), "coupon"),
    (range(990, 1000), "coupon"),
]
"""GS1 General Specifications §1.4.2, figure 1.4.2-1, by the first three digits of a GTIN-13."""

PREFIXES = st.integers(1, 999).map("{:03}".format)


def kind_of(prefix: str) -> str | None:
    """What the rule says of a prefix of three digits; None: it is a company's."""
    return next((kind for span, kind in NOT_A_COMPANYS if int(prefix) in span), None)


def test_no_prefix_has_a_kind_of_which_the_rule_does_not_know() -> None:
    for number in range(1, 1000):
        prefix = f"{number:03}"
        found, kind = special(f"0{prefix}{'1' * 10}"), kind_of(prefix)
        assert (found is None) == (kind is None), prefix
        assert found is None or str(kind) in found.name.en


@pytest.mark.parametrize("number", ["9787101", "9771234", "9790123", "9512345", "0501234"])
def test_why_no_serials_are_made_is_true_also_of_a_publishers_own_numbers(number: str) -> None:
    with pytest.raises(MakingError) as caught:
        proof_number("gs1_company_prefix", number)
    said = caught.value.text
    assert "company's own" not in said.en
    assert "自己的商品" not in said.zh
    assert "does not say whose the number is" in said.en
    assert "看不出号码归谁" in said.zh


def checked(digits: str) -> str:
    return digits + gs1_check_digit(digits)


@given(PREFIXES, st.from_regex("[1-9][0-9]{8}", fullmatch=True), st.integers(4, 8), st.data())
def test_what_is_no_companys_own_proves_nothing_and_is_the_stem_of_nothing(
    prefix: str, rest: str, length: int, data: st.DataObject
) -> None:
    number = (prefix + rest)[: length if length >= 7 or not prefix.startswith("69") else 7]
    scheme = data.draw(st.sampled_from(["sgtin", "lgtin", "sscc"]))
    indicator = data.draw(st.sampled_from("012345678"))
    stem = indicator + number
    if scheme != "sscc":
        stem = checked(indicator + prefix + rest)
    kind = kind_of(prefix)
    if kind is None:
        assert proof_number("gs1_company_prefix", number) == number
        assert stem_of(structure(scheme), stem) == stem
        return
    for told, place in (
        (lambda: proof_number("gs1_company_prefix", number), "number"),
        (lambda: stem_of(structure(scheme), stem), "stem"),
    ):
        with pytest.raises(MakingError) as caught:
            told()
        assert (caught.value.code, caught.value.place) == ("making.reserved", place)
        assert kind in caught.value.text.en
        assert "690 至 699" in caught.value.text.zh
        assert "690 to 699" in caught.value.text.en


@pytest.mark.parametrize("number", ["2100000", "0200", "9771", "9781234", "9791234", "9790123"])
def test_the_number_as_it_was_given_is_named(number: str) -> None:
    with pytest.raises(MakingError) as caught:
        proof_number("gs1_company_prefix", number)
    assert f"“{number}”" in caught.value.text.zh
    assert f"'{number}'" in caught.value.text.en


@given(st.from_regex("[0-9]{7}", fullmatch=True))
def test_of_eight_digits_a_shops_own_are_refused(digits: str) -> None:
    """A GTIN-8 that begins with 0 or 2 is a shop's (§1.4.2); its prefix has five zeros before."""
    gtin = checked(digits)
    own = digits[0] not in "02"
    assert (special(gtin.zfill(14)) is None) == own
    if own:
        assert stem_of(structure("sgtin"), gtin) == gtin.zfill(14)
        return
    with pytest.raises(MakingError) as caught:
        stem_of(structure("sgtin"), gtin)
    assert caught.value.code == "making.reserved"


@pytest.mark.parametrize("scheme", ["sgtin", "lgtin"])
@given(st.from_regex("69[0-9]{10}", fullmatch=True))
def test_an_item_of_variable_measure_has_no_code_without_its_measure(
    scheme: str, body: str
) -> None:
    with pytest.raises(MakingError) as caught:
        stem_of(structure(scheme), checked(f"9{body}"))
    assert (caught.value.code, caught.value.place) == ("making.measure", "stem")
    assert "变量贸易项目" in caught.value.text.zh
    assert "0 至 8" in caught.value.text.zh
    assert "0 to 8" in caught.value.text.en
    fixed = checked(f"8{body}")
    assert stem_of(structure(scheme), fixed) == fixed


def test_an_extension_digit_of_nine_says_nothing_of_measure() -> None:
    assert stem_of(structure("sscc"), "96901234") == "96901234"
