"""How far long questions are: told on a terminal alone, and nothing is left of it."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from suyuan.cli.telling import rounds_told, searches_told
from suyuan.kit.text import Lang


def on_terminal(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    else:
        monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.parametrize(
    ("terminal", "quiet", "told"), [(True, False, True), (True, True, False), (False, False, False)]
)
@pytest.mark.parametrize(
    ("lang", "word"), [("zh", "第 3 轮：已读 1 条事实"), ("en", "Round 3: 1 fact read")]
)
def test_rounds_and_facts_are_told_on_a_terminal_alone(
    lang: Lang,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    terminal: bool,
    quiet: bool,
    told: bool,
) -> None:
    on_terminal(monkeypatch, terminal=terminal)
    with rounds_told(lang, quiet=quiet) as limit:
        limit.advance(3, 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert (word in said.err) is told


def test_searches_are_told_with_their_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on_terminal(monkeypatch, terminal=True)
    with searches_told("en", quiet=False) as advance:
        advance(7, 20)
    said = capsys.readouterr()
    assert "Chains followed: 7 of 20" in said.err
    assert said.out == ""


LONG = """
import sys, time
from suyuan.cli.group import LazyGroup
import click
from suyuan.cli.telling import rounds_told

@click.group(cls=LazyGroup)
def cli(): pass

def get_command(self, ctx, name):
    @click.command(name)
    def long():
        with rounds_told("en", quiet=False) as limit:
            for turn in range(1, 10_000):
                limit.advance(turn, turn * 10)
                time.sleep(.05)
    return long

LazyGroup.get_command = get_command
cli(["trace"])
"""


def test_what_is_broken_off_ends_with_a_word_and_the_cursor_is_there_again(tmp_path: Path) -> None:
    """A terminal of its own, on which somebody types Ctrl+C."""
    script = tmp_path / "long.py"
    script.write_text(LONG, "utf-8")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
        env=environment, start_new_session=True,
    ) as child:  # fmt: skip
        os.close(theirs)
        told = read_until(ours, b"facts read")  # of whichever round it is drawn in
        child.send_signal(signal.SIGINT)
        told += read_until(ours, b"")
        assert child.wait(60) == 1
    os.close(ours)
    assert re.search(rb"Round (\d+): (?:\1)0 facts read", told), told
    assert b"Traceback" not in told
    assert told.rindex(b"\x1b[?25h") > told.rindex(b"\x1b[?25l")  # the cursor is shown again
    after = told[told.rindex(b"\x1b[?25h") :]
    assert b"Round" not in after


def read_until(terminal: int, word: bytes) -> bytes:
    """What it shows until a word comes, or without one until whoever writes has ended."""
    told = b""
    while not word or word not in told:
        ready, _, _ = select.select([terminal], [], [], 60)
        assert ready, told
        try:
            some = os.read(terminal, 65536)
        except OSError:  # Linux says so that the other end is closed
            break
        if not some:
            break
        told += some
    return told


def test_json_and_pipes_have_no_progress_in_them(tmp_path: Path) -> None:
    """The same command with neither terminal: nothing but what it says."""
    script = tmp_path / "short.py"
    short = LONG.replace("range(1, 10_000)", "range(1, 4)").replace("sleep(.05)", "sleep(0)")
    script.write_text(short, "utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
