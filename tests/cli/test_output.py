"""Tables: within a terminal, and whole in a pipe."""

import json
import os
import pty
import subprocess
import sys
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.cli.output import emit_quoted, plain_errors, show_table
from suyuan.cli.telling import progress_bar
from suyuan.codes import privacy
from suyuan.kit import Text

PERSON = "11010519491231002X"
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


def test_json_has_nobodys_number_and_decimals_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit_quoted(
        {"a": [f"x {PERSON}", Decimal("1.50"), None, True], PERSON: {"b": date(2026, 3, 1)}}
    )
    told = capsys.readouterr().out
    assert told == (
        '{"a":["x 110105************",1.50,null,true],"110105************":{"b":"2026-03-01"}}\n'
    )


def test_what_no_person_writes_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Of these one in some ten thousand holds digits in the form of a number of a person's."""
    drawn = Random(1)
    digests = [drawn.randbytes(32).hex() for _ in range(20_000)]
    ids = [str(UUID(int=drawn.getrandbits(128), version=4)) for _ in range(20_000)]
    found = [
        *digests,
        *(f"ni:///sha-256;{each}?ver=CBV2.0" for each in digests),
        *ids,
        *(f"urn:uuid:{each}" for each in ids),
    ]
    assert any(privacy.masked(each) != each for each in found)
    emit_quoted(found)
    assert json.loads(capsys.readouterr().out) == found


def test_a_table_has_nobodys_number(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(Text(PERSON, PERSON), [Text("甲", "a")], [[f"x {PERSON}"]], "zh")
    assert PERSON[:10] not in capsys.readouterr().out


@pytest.mark.parametrize("total", [None, 10])
@pytest.mark.parametrize("where", ["terminal", "terminal, for JSON", "pipe"])
def test_work_shows_itself_on_a_terminal_alone_and_before_the_first_is_done(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    total: int | None,
    where: str,
) -> None:
    if where != "pipe":
        monkeypatch.setenv("FORCE_COLOR", "1")
    else:
        monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress_bar(Text("发码", "Issuing"), total, "zh", quiet="JSON" in where) as advance:
        before = capsys.readouterr()
        advance(3)
    said = before.err + capsys.readouterr().err
    assert before.out == ""
    assert ("发码" in said) == (where == "terminal")
    assert (f"3/{total or '?'}" in said) == (where == "terminal")


def test_a_database_that_goes_away_is_told_with_its_cure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left, plain_errors():
        raise psycopg.errors.AdminShutdown("terminating connection\nmore")
    assert left.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all("terminating connection" in each and "suyuan doctor" in each for each in lines)
    with pytest.raises(ValueError, match="ours"), plain_errors():
        raise ValueError("ours")
