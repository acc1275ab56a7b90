"""Identifiers on lines of their own are one thing; keys on lines of their own are several."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.clean import clean
from suyuan.codes.making import reading

KEYED = {
    "00": "(00)006901234567892347", "01": "(01)06901234567892(21)GENUINE1",
    "253": "(253)6901234567892A1", "414": "(414)6901234567892", "417": "(417)6901234567892",
    "8003": "(8003)06901234567892A1", "8004": "(8004)6901234ABC",
}  # fmt: skip
URIS = {
    "00": "https://id.gs1.org/00/006901234567892347",
    "01": "https://id.gs1.org/01/06901234567892/21/GENUINE1",
    "253": "https://id.gs1.org/253/6901234567892A1",
    "414": "https://id.gs1.org/414/6901234567892",
    "417": "https://id.gs1.org/417/6901234567892",
    "8003": "https://id.gs1.org/8003/06901234567892A1",
    "8004": "https://id.gs1.org/8004/6901234ABC",
}
PARTS = st.sampled_from(["\n", "\r\n", "\n\n", "\t", "、", " 、 ", "\n  "])


@given(st.lists(st.sampled_from(sorted(KEYED)), min_size=2, max_size=4, unique=True), PARTS)
@example(["01", "00"], "\n")
@example(["00", "01"], "\n")
@example(["01", "414"], "\n")
@example(["8004", "01"], "\n")
@example(["414", "417"], "\n")
@example(["01", "00"], "、")
def test_of_several_keys_each_names_its_thing_and_none_vouches_for_another(
    ais: list[str], part: str
) -> None:
    found = recognise(part.join(KEYED[ai] for ai in ais))
    named = {each.canonical for each in found if each.valid}
    assert {URIS[ai] for ai in ais} <= named
    singles = {"00", "01"} & set(ais)
    assert len(reading.apart(found)) == len(singles)


@given(
    st.permutations(["(10)B7", "(17)270101", "(11)260101"]), st.sampled_from(["\n", "\r\n", "\t"])
)
def test_identifiers_that_are_no_keys_belong_to_the_key_before_them(
    behind: list[str], part: str
) -> None:
    found = recognise(part.join(["(01)06901234567892", *behind, "(00)006901234567892347"]))
    assert {"(01)06901234567892(10)B7", "(00)006901234567892347"} == set(reading.apart(found))


def test_a_key_behind_what_is_none_is_joined_to_it() -> None:
    best = recognise("(10)B7\n(01)06901234567892")[0]
    assert best.canonical == "https://id.gs1.org/01/06901234567892/10/B7"


@pytest.mark.parametrize("text", ["(01)06901234567892\n(10)B7", "(01)06901234567892\t(10)B7"])
def test_joining_lines_is_said_as_that_and_nothing_else(text: str) -> None:
    assert [each.code for each in recognise(text)[0].notes] == ["cleaned.lines"]


def test_brackets_are_said_beside_lines_where_both_were_changed() -> None:
    said = {each.code for each in clean("[01]06901234567892\n[10]B7").notes}
    assert said == {"cleaned.ai-brackets", "cleaned.lines"}
