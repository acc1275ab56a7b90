"""Where small letters are others than capital ones, they stay; what is wrong says the letter."""

import pytest

from suyuan.codes import recognise


@pytest.mark.parametrize("letter", ["a", "b", "d", "y"])
def test_a_small_feature_letter_of_a_detonator_stays_and_nothing_says_otherwise(
    letter: str,
) -> None:
    code = f"4490610{letter}00050"
    found = recognise(code)[0]
    assert (found.scheme, found.valid) == ("detonator", True)
    assert found.canonical == f"urn:suyuan:detonator:{code}"
    assert "cleaned.case" not in {each.code for each in found.notes}


@pytest.mark.parametrize("letter", ["c", "s", "z"])
def test_a_small_letter_that_cannot_stand_there_is_told_by_its_place(letter: str) -> None:
    found = recognise(f"雷管编码：4490610{letter}00050")[0]
    assert (found.scheme, found.valid) == ("detonator", False)
    assert found.canonical.endswith(f"4490610{letter}00050")
    (said,) = [each.text for each in found.notes if each.code == "code.place"]
    for text in (said.zh, said.en):
        assert "8" in text
        assert f"{letter}" in text
        assert "A–Z" in text
