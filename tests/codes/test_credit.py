"""Social credit codes with letters for digits, and which of their two checks failed (GB 32100)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.checks import is_uscc_checked

SOUND = ("91110000600037341L", "91440300708461136T", "91330100799655058B")
LOOKS = {"0": "Oo", "1": "I|", "2": "Zz", "5": "Ss"}


@given(st.sampled_from(SOUND), st.data())
def test_letters_that_no_credit_code_has_are_read_as_the_digits_they_look_like(
    code: str, data: st.DataObject
) -> None:
    places = [at for at, each in enumerate(code) if each in LOOKS]
    wrong = data.draw(st.sets(st.sampled_from(places), min_size=1))
    typed = "".join(
        data.draw(st.sampled_from(LOOKS[each])) if at in wrong else each
        for at, each in enumerate(code)
    )
    best = recognise(typed)[0]
    assert (best.scheme, best.canonical, best.valid) == ("uscc", f"urn:suyuan:uscc:{code}", True)
    assert "code.letters-31" in {each.code for each in best.notes}


def test_a_small_l_is_the_digit_where_only_that_makes_the_check_hold() -> None:
    assert recognise("9ll10000600037341L")[0].canonical == "urn:suyuan:uscc:91110000600037341L"
    assert recognise("91110000600037341l")[0].canonical == "urn:suyuan:uscc:91110000600037341L"


@pytest.mark.parametrize("text", ["9I330104MA27XJ8K94", "税号 9I330104MA27XJ8K94"])
def test_one_whose_check_fails_all_the_same_is_told_as_mistyped(text: str) -> None:
    assert not is_uscc_checked("91330104MA27XJ8K94")
    best = recognise(text)[0]
    assert (best.scheme, best.valid, best.check) == ("uscc", False, "failed")
    assert {"code.letters-31", "code.check"} <= {each.code for each in best.notes}


@pytest.mark.parametrize("text", ["批号 9I330104MA27XJ8K94", "9I990104MA27XJ8K94"])
def test_what_a_label_or_its_division_denies_is_no_mistyped_credit_code(text: str) -> None:
    assert "uscc" not in {each.scheme for each in recognise(text) if each.check == "failed"}


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("91330104MA27XJ8K94", "第 17 位应为 3，而不是 9；整个代码的校验（第 18 位）相符"),
        ("91110000600037341M", "（第 18 位）不符：应为 L，而不是 M；其中的组织机构代码相符"),
        ("91110000600037351L", "都不符；请先核对第 9–17 位"),
    ],
)
def test_which_check_failed_is_told_once(text: str, zh: str) -> None:
    best = recognise(text)[0]
    (said,) = [each.text for each in best.notes if each.code == "code.check"]
    assert (best.scheme, best.check) == ("uscc", "failed")
    assert zh in said.zh
    assert "place" in said.en
