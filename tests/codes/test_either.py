"""Digits that may be a person's and something else's too: both are told, and both hidden."""

from datetime import date
from itertools import count

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import either, read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit, mod_11_2, mod_11_10
from suyuan.codes.persons import is_resident_id
from suyuan.codes.privacy import masked

UNIT, PERSON = "sscc", "resident-id"
REGISTERED = "registration-number-old"
BOTH = "110105199001010061"
"""Its last digit is right by GB 11643 and by GS1."""


@st.composite
def numbers_of_both(draw: st.DrawFn) -> str:
    """The first serial number, of a place and a day, whose two check digits are one."""
    place = draw(st.sampled_from(["110105", "330106", "440524", "650102"]))
    born = draw(st.dates(date(1930, 1, 1), date(2019, 12, 31)))
    bodies = (f"{place}{born:%Y%m%d}{serial:03}" for serial in count())
    body = next(each for each in bodies if gs1_check_digit(each) == mod_11_2(each))
    return body + mod_11_2(body)


DRESSES = st.sampled_from(
    [
        "{}",
        " {} ",
        "SSCC {}",
        "SSCC: {}",
        "SSCC{}",
        "]C0{}",
        "张三 {}",
        "{}\n6901234567892",
        "号 {}，",
    ]
)
GAPS = st.sampled_from(["", " ", "-", "\u200b", "."])


@given(numbers_of_both(), DRESSES, GAPS)
@example("330106193301060079", "{}", "")  # a day that is written as the place is
def test_both_readings_are_told_and_nothing_of_either_is_in_clear(
    number: str, dress: str, gap: str
) -> None:
    assert is_resident_id(number)
    text = dress.format(gap.join((number[:6], number[6:14], number[14:])))
    found = {each.scheme: each for each in recognise(text)}
    assert {UNIT, PERSON} <= found.keys()
    said = (msgspec.json.encode(found).decode() + masked(text)).replace(number[:6], "")
    assert number[6:12] not in said
    assert number[8:14] not in said
    assert number[12:] not in said
    unit = found[UNIT]
    assert (unit.valid, unit.check) == (True, "passed")
    assert "code.masked-unit" in {said.code for said in unit.notes}
    assert [part.value for part in unit.parts] == [number[:6] + "*" * 12]


@pytest.mark.parametrize(
    ("text", "first"), [(BOTH, PERSON), (f"00{BOTH}", PERSON), (f"SSCC {BOTH}", UNIT)]
)
def test_the_label_decides_which_is_told_first(text: str, first: str) -> None:
    found = recognise(text)
    assert found[0].scheme == first
    assert {each.scheme for each in found} == {UNIT, PERSON}


@pytest.mark.parametrize(
    "text",
    [
        f"身份证 {BOTH}",
        f"https://a.cn/q?id={BOTH}",
        f"(01)06901234567892(21){BOTH}",
        f"urn:suyuan:item:farm:{BOTH}",
        "11010519491231002X",
        "SSCC 110105199003074514",  # sound as a person's alone
    ],
)
def test_what_is_called_a_card_or_stands_in_a_name_or_is_no_unit_is_none(text: str) -> None:
    assert UNIT not in {each.scheme for each in recognise(text)}


@pytest.mark.parametrize("text", [f"(00){BOTH}", f"]C100{BOTH}", f"https://id.gs1.org/00/{BOTH}"])
def test_what_says_itself_that_it_is_a_unit_is_that_in_clear(text: str) -> None:
    best = recognise(text)[0]
    assert best.canonical == f"https://id.gs1.org/00/{BOTH}"
    assert masked(text) == text


def test_a_sound_unit_that_looks_like_a_mistyped_number_is_not_lost() -> None:
    body = next(
        each
        for serial in count()
        if gs1_check_digit(each := f"11010519900101{serial:03}") != mod_11_2(each)
    )
    text = body + gs1_check_digit(body)
    found = {each.scheme: each.valid for each in recognise(text)}
    assert found == {UNIT: True, PERSON: False}
    assert text[6:] not in msgspec.json.encode(recognise(text)).decode()


def test_its_name_is_read_as_itself_and_recorded_by_nobody() -> None:
    name = next(each.canonical for each in recognise(BOTH) if each.scheme == UNIT)
    (again,) = recognise(name)
    assert (again.canonical, again.scheme) == (name, UNIT)
    assert read_identifier(name, capturer="me").uri.startswith("urn:suyuan:raw:me:")


@given(numbers_of_both(), DRESSES)
def test_what_was_told_before_the_mask_is_told_behind_it(number: str, dress: str) -> None:
    text = dress.format(number)
    before = recognise(text)
    again = either.told_beside(recognise(masked(text)), either.told(before), masked(text))
    assert {each.canonical for each in again} == {each.canonical for each in before}
    assert {(each.scheme, each.valid, each.check) for each in again} == {
        (each.scheme, each.valid, each.check) for each in before
    }


@pytest.mark.parametrize("said", ["passed.", "sscc", ".sscc.", "passed.gtin", "\u2603", "check.x"])
def test_what_nobody_told_adds_no_unit(said: str) -> None:
    found = recognise(masked(BOTH))
    assert {each.scheme for each in either.told_beside(found, said, masked(BOTH))} == {PERSON}


@st.composite
def numbers_of_an_organisation(draw: st.DrawFn) -> str:
    """Old registration numbers, sound by their check digit, in which a day stands."""
    place = draw(st.sampled_from(["110105", "330106", "440524", "650102"]))
    born = draw(st.dates(date(1930, 1, 1), date(1999, 12, 31)))
    body = f"{place}{born:%y%m%d}{draw(st.integers(0, 99)):02}"
    return body + str(mod_11_10(body))


REGISTERED_SO = st.sampled_from(
    [
        "注册号：{}",
        "注册号 {}",
        "工商注册号：{}",
        "营业执照注册号:{}",
        "某公司 注册号：{} 条码 6901234567892",
        "名称：某公司，注册号：{}，住所：某市",
    ]
)


@given(numbers_of_an_organisation(), REGISTERED_SO)
@example("330106000123458", "注册号：{}")
def test_behind_its_label_a_registration_number_with_a_day_is_told_first_and_hidden(
    number: str, dress: str
) -> None:
    text = dress.format(number)
    every = recognise(text)
    found = {each.scheme: each for each in every}
    assert {REGISTERED, PERSON} <= found.keys()
    both = [each.scheme for each in every if each.scheme in {REGISTERED, PERSON}]
    assert both == [REGISTERED, PERSON]
    said = (msgspec.json.encode(every).decode() + masked(text)).replace(number[:6], "")
    assert number[6:] not in said
    assert number[6:12] not in said
    told = found[REGISTERED]
    assert (told.valid, told.check, told.score > found[PERSON].score) == (True, "passed", True)
    assert "code.masked-registration" in {each.code for each in told.notes}
    assert "code.number-old" in {each.code for each in found[PERSON].notes}
    assert [part.value for part in told.parts] == [number[:6] + "*" * 9]


@given(numbers_of_an_organisation(), REGISTERED_SO)
def test_what_a_registration_number_was_told_before_the_mask_is_told_behind_it(
    number: str, dress: str
) -> None:
    text = dress.format(number)
    before = recognise(text)
    again = either.told_beside(recognise(masked(text)), either.told(before), masked(text))
    assert {(each.scheme, each.canonical, each.valid, each.check) for each in again} == {
        (each.scheme, each.canonical, each.valid, each.check) for each in before
    }


@given(numbers_of_an_organisation(), st.integers(1, 9))
def test_without_label_or_sound_check_it_is_a_persons_alone(number: str, more: int) -> None:
    wrong = number[:-1] + str((int(number[-1]) + more) % 10)
    for text in (number, f"批号 {number}", f"身份证 注册号：{number}", f"注册号：{wrong}"):
        assert REGISTERED not in {each.scheme for each in recognise(text) if each.valid}, text


def test_a_hidden_registration_number_is_read_by_its_name_and_recorded_by_nobody() -> None:
    name = recognise("注册号：330106000123458")[0].canonical
    (again,) = recognise(name)
    assert (again.canonical, again.scheme) == (name, REGISTERED)
    assert read_identifier(name, capturer="me").uri.startswith("urn:suyuan:raw:me:")
