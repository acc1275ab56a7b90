"""No command prints in clear what somebody gave it of a person, or of what terminals obey."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import click
import pytest
from click.testing import Result

from suyuan.cli import cli

PERSON = "11010519491231002X"
"""A number of the form of GB 11643 whose check character holds; it is the standard's example."""

OBEYED = "\x1b]0;x\a\x9b2J\u202e"
"""Renames a window, clears the screen by one character, turns the direction of writing."""

ANY_OBEYED = re.compile("[\x1b\a\x9b\u202e]")

TEXT = f"{'a' * 75} {PERSON} b{OBEYED}"
"""Of a length at which what is quoted may be cut within the number."""

DRAWN = 2

NOT_RUN = {"demo"}
"""Tells its stories whatever it is given, for minutes."""


def leaves(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it."""
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from leaves(found, *path, name)
    else:
        yield path, command


COMMANDS = {path: each for path, each in leaves(cli) if path[0] not in NOT_RUN}


def arguments(command: click.Command, given: str) -> list[str]:
    """Something for each argument: the text, a file if one must exist, else what is chosen from."""
    return [
        _fitting(each, given)
        for each in command.params
        if isinstance(each, click.Argument)
        for _ in range(max(each.nargs, 1))
    ]


def _fitting(parameter: click.Parameter, given: str) -> str:
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    if isinstance(parameter.type, click.Path) and parameter.type.exists:
        return str(FILE if parameter.type.file_okay else FOLDER)
    return "1" if isinstance(parameter.type, click.types.IntParamType) else given


FOLDER = Path(PERSON)
FILE = FOLDER / f"{PERSON}{OBEYED}.json"


def lines(command: click.Command) -> Iterator[list[str]]:
    """Command lines in which the text stands: as every argument, as each option's value."""
    plain = arguments(command, TEXT)
    yield [PERSON] * len(plain)
    yield [*plain, TEXT]
    yield [f"--{PERSON}"]
    options = [each for each in command.params if isinstance(each, click.Option)]
    needed = [
        word for each in options if each.required for word in (each.opts[-1], _fitting(each, TEXT))
    ]
    told = [[], *(["--json"] for each in options if "--json" in each.opts)]
    for each, form in product(options, told):
        if not each.is_flag and not each.count:
            yield [*plain, *needed, each.opts[-1], TEXT, *form]
    yield from ([*plain, *needed, *form] for form in told)
    yield from ([PERSON] * len(plain) + needed + form for form in told)


def in_clear(said: str) -> bool:
    """Whether more of the number is told than the division: its day of birth at least."""
    return PERSON[:10] in said


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to work in, with a file that has the number in its name and in all that it holds."""
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir()
    FILE.write_text(f'{{"{PERSON}": "{PERSON}", "{PERSON}": 1}}')


@pytest.mark.postgres
@pytest.mark.usefixtures("around")
@pytest.mark.parametrize(
    "share", [DRAWN, pytest.param(None, marks=pytest.mark.deep)], ids=["drawn", "all"]
)
@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_no_command_prints_a_resident_number_or_what_a_terminal_obeys(
    suyuan: Callable[..., Result], path: tuple[str, ...], share: int | None
) -> None:
    """Of each command some lines, others with each seed of the order; all of them when deep."""
    given = list(lines(COMMANDS[path]))
    random.shuffle(given)
    told = {tuple(words): suyuan(*path, *words).output for words in given[:share]}
    assert [words for words, said in told.items() if in_clear(said)] == []
    assert [
        words for words, said in told.items() if re.search(f"[{OBEYED[0]}\a\x9b\u202e]", said)
    ] == []
