"""What commands print has nothing in it that a terminal obeys; nothing is printed past that."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan import cli
from suyuan.cli.echo import echo, echo_json, visible
from suyuan.cli.errors import show_error
from suyuan.cli.output import emit_json, show_table
from suyuan.kit import Text

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
PLAIN = {"\n", "\t"}
HOSTILE = "a\x1b]0;x\a\x1b[8mb\x9b2J\r\x7f\u202e\u2066c"
MARKS = st.sampled_from(["\x1b", "\a", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\u061c"])
TEXTS = st.lists(st.characters() | MARKS).map("".join)


def obeyed(text: str) -> list[str]:
    """By the tables of Unicode: control characters, and all that changes the direction."""
    return [
        each
        for each in text
        if (unicodedata.category(each) == "Cc" and each not in PLAIN)
        or unicodedata.bidirectional(each) in DIRECTIONS
        or each in "\u200e\u200f\u061c"
    ]


@given(TEXTS)
def test_nothing_is_left_that_a_terminal_obeys_and_all_else_stays(text: str) -> None:
    told = visible(text)
    assert obeyed(told) == []
    told.encode()
    if not obeyed(text) and text.isprintable():
        assert told == text


@pytest.mark.parametrize(
    ("given", "told"),
    [("\x1b[8m", "<ESC>[8m"), ("\a", "<BEL>"), ("\x7f", "<DEL>"), ("\u202e", "<U+202E>")],
)
def test_what_is_taken_out_is_named(given: str, told: str) -> None:
    assert visible(given) == told


@given(st.text())
def test_json_means_the_same_and_has_nothing_obeyed(text: str) -> None:
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("click.echo", lambda line, **_: told.append(line))
        echo_json(json.dumps([text], ensure_ascii=False))
    assert obeyed(told[0]) == []
    assert json.loads(told[0]) == [text]


def test_every_way_of_telling_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    said = Text(HOSTILE, HOSTILE)
    echo(HOSTILE)
    emit_json({HOSTILE: HOSTILE})
    show_table(said, [Text("甲", "a")], [[HOSTILE]], "zh")
    show_error(said, "a.code", HOSTILE)
    show_error(said, "a.code", HOSTILE, as_json=True)
    printed = capsys.readouterr()
    assert obeyed(printed.out + printed.err) == []
    assert printed.out.count("<ESC>[8m") == 3


def test_commands_print_by_that_alone() -> None:
    """Rich prints what it is given: it is given what `visible` made, in these files."""
    root = Path(cli.__file__).parent
    past = {
        str(each.relative_to(root))
        for each in root.rglob("*.py")
        if re.search(r"click\.s?echo\(|\bprint\(|Console\(|Printed\(", each.read_text())
    }
    assert past == {"echo.py", "output.py", "telling.py", "tracing.py"}
