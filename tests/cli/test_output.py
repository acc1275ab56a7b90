"""Tables: within a terminal, and whole in a pipe."""

import os
import pty
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.cli.output import show_table
from suyuan.kit import Text

SAY = (
    "from suyuan.cli.output import show_table\nfrom suyuan.kit import Text\n"
    "heads = [Text('甲', 'a'), Text('乙', 'b')]\n"
    "show_table(Text('题', 'title'), heads, [['x' * 300, '中' * 90]], 'zh')"
)
WORDS = st.text("ab中文09-:/[]", min_size=1, max_size=300)


def printed(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("columns", ["", "40", "80"])
def test_no_word_is_folded_where_there_is_no_terminal(columns: str) -> None:
    told = printed(COLUMNS=columns) if columns else printed()
    assert any("x" * 300 in line and "中" * 90 in line for line in told.splitlines())


@example(cells=[(":b:", "[red]1[/]")])
@given(cells=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_every_row_is_one_line_as_it_is_whatever_its_width(cells: list[tuple[str, str]]) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as out:
        before, sys.stdout = sys.stdout, out
        try:
            show_table(Text("题", "title"), [Text("甲", "a"), Text("乙", "b")], cells, "zh")
        finally:
            sys.stdout = before
    with os.fdopen(reading, encoding="utf-8") as pipe:
        lines = pipe.read().splitlines()
    for first, second in cells:
        assert any(first in line and second in line for line in lines)


def test_a_terminal_is_kept_within_its_width() -> None:
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": "60", "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", SAY], env=environment, stdout=slave, check=True)
    os.close(slave)
    told = os.read(master, 65_536).decode(errors="replace")
    os.close(master)
    assert "x" * 10 in told
    assert "x" * 60 not in told
