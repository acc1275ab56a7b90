"""A code of the right length with something wrong says where, what stands there, and what may."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.divisions.table import all_divisions
from suyuan.codes.misplaced import cut_up, is_fixed, misplaced
from suyuan.codes.plain import spelled
from suyuan.codes.registry import all_schemes, grouped_schemes, scheme_of
from suyuan.codes.types import Scheme

FIXED = [each for each in all_schemes() if each.urn and is_fixed(each.layout)]
PESTICIDE = scheme_of("pesticide-unit")
assert PESTICIDE is not None
DIGITS_32 = st.integers(0, 10**32 - 1).map(lambda number: f"{number:032}")
OTHERS = {"resident-id"} | {
    each.id for name, _, schemes in grouped_schemes() if name == "gs1" for each in schemes
}
"""As many digits may be an element string, or begin or end with somebody's number."""

SOUND = re.compile("[123][0-9]{6}[123][0-9]{24}")


def only(text: str, scheme: str) -> Candidate:
    (found,) = [each for each in recognise(text) if each.scheme == scheme]
    return found


@given(
    DIGITS_32, st.sampled_from(["{}", "https://label.example.cn/q?c={}", "http://t.cn/{}", " {} "])
)
def test_any_32_digits_are_a_pesticide_code_right_or_wrong_at_a_place(
    code: str, dress: str
) -> None:
    """Announcement 2579: category 1, 2 or 3; kind of production, place 8, 1, 2 or 3."""
    text = dress.format(code)
    assume(not any(each.valid and each.scheme in OTHERS for each in recognise(text)))
    found = only(text, "pesticide-unit")
    assert found.valid == bool(SOUND.fullmatch(code))
    told = [each for each in found.notes if each.code == "code.place"]
    wrong = [at for at in (0, 7) if code[at] not in "123"]
    assert len(told) == len(wrong)
    for said, at in zip(told, wrong, strict=True):
        assert f"第 {at + 1} 位（" in said.text.zh
        assert f"是“{code[at]}”，那里只能是 1、2、3" in said.text.zh
        assert f"is '{code[at]}', where there can only be 1, 2 or 3" in said.text.en
    assert "".join(each.value for each in found.parts) == code


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Scheme, str, int]:
    """A code of a scheme of fixed length with one character changed, and where."""
    scheme = draw(st.sampled_from(FIXED))
    code = draw(st.from_regex(spelled(scheme.layout), fullmatch=True))
    at = draw(st.integers(0, len(code) - 1))
    other = draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return scheme, code[:at] + other + code[at + 1 :], at


@given(spoiled())
def test_what_is_told_is_the_changed_place_and_only_where_it_matters(
    case: tuple[Scheme, str, int],
) -> None:
    """The oracle: the layout as one regular expression."""
    scheme, code, at = case
    told = misplaced(scheme.layout, code)
    assert bool(told) != bool(re.fullmatch(spelled(scheme.layout), code))
    for said in told:
        first, _, last = re.findall(r"第 ([0-9–]+) 位", said.text.zh)[0].partition("–")
        assert int(first) <= at + 1 <= int(last or first)
    if told:
        assert len(told) == 1
    joined = "".join(each.value for each in cut_up(scheme.layout, code))
    assert len(joined) == len(code) - sum(len(each.text) for each in scheme.layout)


@pytest.mark.parametrize(
    ("text", "scheme", "said"),
    [
        ("9111000060003734SL", "uscc", "Place 17 "),
        ("437060200001234", "ear-tag", "goat)) is '4', where there can only be 1, 2 or 3;"),
        ("SC30633019702613", "sc-licence", "additive (2)) is '3', where there can only be 1 or 2;"),
        ("雷管：4491310300050", "detonator", "4–5 (month) is '13', where there can only be 01–12;"),
        ("特种设备代码311010234181700123", "special-equipment", "there can only be 1900–2099"),
        ("有机码1472112345678901A", "organic-mark", "Place 17 (random) is 'A'"),
    ],
)  # fmt: skip
def test_a_code_that_its_label_or_what_it_holds_makes_sure_says_where_it_is_wrong(
    text: str, scheme: str, said: str
) -> None:
    found = only(text, scheme)
    assert not found.valid
    assert any(said in each.text.en for each in found.notes)


def test_a_veterinary_code_in_a_link_that_has_no_such_day_is_told_too() -> None:
    found = only("https://v.example.cn/?c=202013150012312345678901", "veterinary-trace")
    assert not found.valid
    assert "code.day" in {each.code for each in found.notes}


@given(st.text("0123456789", min_size=6, max_size=40))
def test_a_help_is_no_flood(text: str) -> None:
    told = [each for each in recognise(text) if any(n.code == "code.place" for n in each.notes)]
    assert len(told) <= 1


KNOWN = sorted(all_divisions())
HOLDERS = {
    "mv-node": "{}309", "mv-operator": "{}0040001", "mv-batch": "{}0040001001",
    "mv-trace": "{}00400010000003", "ear-tag": "1{}00001234", "forest-seed-licence": "{}20160001",
    "special-equipment-registration": "2160{}2006010101", "division": "{}",
}  # fmt: skip
DIVISIONS = st.sampled_from(KNOWN) | st.integers(0, 999_999).map(lambda number: f"{number:06}")


@given(DIVISIONS)
def test_a_division_is_judged_by_one_rule_whichever_code_it_is_in(division: str) -> None:
    """Known, withdrawn, in no list, of no province: the same words, and the same outcome."""
    assume(division[0] != "0")
    said, valid = {}, {}
    for scheme, form in HOLDERS.items():
        found = only(form.format(division), scheme) if scheme != "division" else None
        if found is not None:
            valid[scheme] = found.valid
            said[scheme] = tuple(
                (each.severity, each.text) for each in found.notes if "division" in each.code
            )
    assert len(set(said.values())) == 1
    assert len(set(valid.values())) == 1
    has_province = f"{division[:2]}0000" in all_divisions()
    assert set(valid.values()) == {has_province}
    assert {each[0] for each in next(iter(said.values()))} <= (
        {"info"} if has_province else {"error"}
    )
