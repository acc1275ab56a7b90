"""What is said first of a text, and what only behind it: the sounder before the less sound."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import gs1_check_digit

HOSTS = st.sampled_from(["id.gs1.org", "x.cn", "trace.example.com/a"])
KEYS = st.sampled_from([("01", 13), ("00", 17), ("414", 12), ("417", 12), ("8018", 17)])


def notes(found: Candidate) -> set[str]:
    return {said.code for said in found.notes}


@given(HOSTS, KEYS, st.integers(0, 10**12 - 1), st.integers(1, 9))
def test_a_link_whose_key_is_wrong_by_a_digit_is_first_that_key_and_no_sound_address(
    host: str, key: tuple[str, int], number: int, wrong: int
) -> None:
    ai, size = key
    body = f"69{number:0{size}}"[:size]
    digit = (int(gs1_check_digit(body)) + wrong) % 10
    found = recognise(f"https://{host}/{ai}/{body}{digit}")
    assert found[0].check == "failed"
    assert found[0].scheme != "uri"
    assert not any(each.valid for each in found if each.scheme == "uri")


@pytest.mark.parametrize("size", [31, 33])
@given(host=st.sampled_from(["x.cn", "trace.example.com"]), rest=st.integers(0, 10**30 - 1))
def test_a_link_with_a_pesticide_code_a_place_off_is_first_that_code(
    host: str, rest: int, size: int
) -> None:
    found = recognise(f"https://{host}/t?code=1{rest:0{size - 1}}")
    assume(all(each.scheme != "resident-id" for each in found))
    assert found[0].scheme == "pesticide-unit"
    assert "code.size" in notes(found[0])
    assert not any(each.valid for each in found if each.scheme == "uri")


@pytest.mark.parametrize(
    "link",
    ["https://x.cn/01/hello", "https://x.cn/2020/01/20200112", "https://x.cn/?page=12345678"],
)
def test_a_link_that_only_looks_a_little_like_one_with_a_key_stays_an_address(link: str) -> None:
    found = recognise(link)
    assert (found[0].scheme, found[0].canonical, found[0].valid) == ("uri", link, True)
