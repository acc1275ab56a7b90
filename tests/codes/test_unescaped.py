"""Escapes within escapes: the quick ways agree with undoing one at a time, in linear time."""

import re
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from linear import assert_linear

from suyuan.codes import recognise
from suyuan.codes.unescaped import plainly, unescaped

PIECES = ["%", "25", "2", "5", "%25", "%31", "%47", "1", "7", "-", "%7", "%2", "%7e"]
WIDER = [*PIECES, "%E7", "%95", "%AA", "%ff", "番", "％", "Ａ", "%EF%BC%85", "\ud800", "\udc99"]


def one_at_a_time(text: str) -> str:
    """Every escape of ASCII undone, the first one first, until there is none."""
    while found := re.search("%[0-7][0-9A-Fa-f]", text):
        text = text[: found.start()] + chr(int(found[0][1:], 16)) + text[found.end() :]
    return text


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("%2525252541")
def test_all_escapes_are_undone_however_often_they_were_escaped(text: str) -> None:
    assert unescaped(text)[0] == plainly(text) == one_at_a_time(text)


@given(st.lists(st.sampled_from(WIDER), max_size=14).map("".join))
def test_the_quick_way_reads_as_the_way_that_knows_the_places(text: str) -> None:
    read, places = unescaped(text)
    assert plainly(text) == read
    assert len(places) == len(read) + 1
    assert list(places) == sorted(set(places))
    assert places[-1] == len(text)


@given(st.text(max_size=30), st.integers(1, 5))
def test_a_text_escaped_several_times_is_itself_again(text: str, times: int) -> None:
    plain = "".join(each for each in text if each.isalnum() and each.isascii()) + "番茄"
    escaped = plain
    for _ in range(times):
        escaped = quote(escaped, safe="")
    assert plainly(escaped) == unescaped(escaped)[0] == plain


@pytest.mark.parametrize("piece", ["%25", "25%", "%2", "a%41", "%E7%95%AA", "番%25E7"])
def test_undoing_takes_time_linear_in_the_length(piece: str) -> None:
    def text(size: int) -> str:
        return (piece * size)[:size]

    assert_linear(plainly, text, 200_000)
    assert_linear(unescaped, text, 200_000)


@pytest.mark.parametrize(
    "piece", ["\n", " ", "\t(", " \n", "(10)\n", "码 1 ", "码 12 34 ", ",(10)", "批号", "条码1"]
)
def test_what_lines_groups_and_labels_part_is_read_in_linear_time(piece: str) -> None:
    def text(size: int) -> str:
        return ("(01)06901234567892" + piece * size)[:size]

    assert_linear(recognise, text, 10_000)
