"""A command line that cannot be understood is told so in both languages, whatever the command."""

import json
import re

import click
import pytest
from click.testing import CliRunner

from suyuan.cli import Launcher, cli
from suyuan.codes import making

LAUNCHER = Launcher(serve=lambda _: None, witness=lambda *_: None)
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["nope"], "没有 nope 这个命令", "There is no command nope"),
        (["codes", "nope"], "没有 nope 这个命令", "There is no command nope"),
        (["identify"], "缺少参数", "Missing"),
        (["codes", "verify"], "缺少参数", "Missing"),
        (["identify", "--nope", "x"], "没有 --nope 这个选项", "There is no option --nope"),
        (["--lang", "fr", "identify", "x"], "应为 zh, en 之一", "one of zh, en"),
        (["identfy", "x"], "您是不是要用：identify", "Did you mean: identify"),
        (["codes", "isue"], "您是不是要用：issue", "Did you mean: issue"),
        (["codes", "issue", "sgtin", "1", "many"], "应为 1 或更大的整数", "a whole number from 1."),
        (["codes", "issue", "sgtin", "1", "0"], "应为 1 或更大的整数", "a whole number from 1."),
        (["source", "--noise", "no", "x"], "应为 0", "a number from 0"),
        (["codes", "issue", "sgtin", "1", "-5"], "不能用负数", "A negative number"),
        (["codes", "verify", "a", "b", "c"], "命令写法不对", "unexpected extra argument"),
        (["--data-dir"], "命令写法不对", "requires an argument"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said_in_both_languages(
    words: list[str], zh: str, en: str
) -> None:
    told = CliRunner().invoke(cli, words, obj=LAUNCHER)
    assert told.exit_code == 2
    assert zh in told.stderr
    assert en in told.stderr
    assert "用法 · Usage" in told.stderr or words == ["--data-dir"]  # click says not where
    *_, first, second = told.stderr.splitlines()
    assert first.startswith("错误：")
    assert second.startswith("Error: ")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["identify", " "], "identify.empty"),
        (["division", ""], "division.empty"),
        (["check", "none.json"], "cli.usage"),
        (["codes", "list", "--nope"], "cli.usage"),
        (["codes", "issue", "sgtin", "1", "1"], "cli.usage"),
        (["codes", "issue", "sgtin", "1", "1", "--party", "urn:x:y", "--scratch"], "issuing.out"),
    ],
)  # fmt: skip
def test_every_error_is_in_both_languages_whatever_the_answers_are_in(
    words: list[str], code: str, lang: str
) -> None:
    """Chinese first, then English; as JSON one object with both, and nothing else."""
    told = CliRunner().invoke(cli, ["--lang", lang, *words], obj=LAUNCHER)
    first, second = told.stderr.splitlines()[-2:]
    assert CHINESE.search(first)
    assert not CHINESE.search(second)
    assert code in first
    assert code in second
    told = CliRunner().invoke(cli, ["--lang", lang, *words, "--json"], obj=LAUNCHER)
    error = json.loads(told.stderr)
    assert (told.stdout, error["error"]) == ("", code)
    assert (error["message"]["zh"] in first, error["message"]["en"] in second) == (True, True)


NAMELESS = ["codes", "print", "not-a-uuid", "--party", "x"]


@pytest.mark.parametrize(
    ("words", "as_json"),
    [
        ([*NAMELESS, "--json"], True), (["--lang", "en", *NAMELESS, "--json"], True),
        (["identify", "--json"], True), (["--json", "identify"], True),
        (["codes", "print", "--heading", "--json", "not-a-uuid"], False),
        (["--log-origin", "--json", "identify"], False),
        (["codes", "print", "--heading", "--json", "not-a-uuid", "--json"], True),
        (["codes", "print", "not-a-uuid", "--", "--json"], False),
        (["codes", "print", "--json", "--heading"], True),
    ],
)  # fmt: skip
def test_an_error_is_json_where_that_is_asked_and_not_where_it_is_the_value_of_something(
    words: list[str], *, as_json: bool
) -> None:
    told = CliRunner().invoke(cli, words, obj=LAUNCHER)
    assert told.exit_code == 2
    assert told.stderr.startswith("{") is as_json


@pytest.mark.parametrize(
    ("asked", "scheme"),
    [
        ("veterinary-drug", "veterinary-trace"), ("veterinary-trace", "veterinary-trace"),
        ("兽药", "veterinary-trace"), ("drug", "drug-trace"), ("drug-trace", "drug-trace"),
        ("药品追溯码", "drug-trace"), ("ear-tag", "ear-tag"),
        ("eartag", "ear-tag"), ("耳标", "ear-tag"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rest", [[], ["1", "10", "--party", "urn:suyuan:party:x"]])
def test_an_order_for_codes_of_a_state_body_leads_to_bringing_them_in(
    asked: str, scheme: str, rest: list[str]
) -> None:
    told = CliRunner().invoke(cli, ["codes", "issue", asked, *rest], obj=LAUNCHER)
    assert told.exit_code == 2
    assert told.stderr.count(f"suyuan codes import {scheme}") == 2
    assert "企业不能自己生成" in told.stderr
    assert "not made by enterprises" in told.stderr


@pytest.mark.parametrize("scheme", making.STRUCTURES)
def test_an_order_without_a_stem_is_told_which_the_scheme_takes(scheme: str) -> None:
    told = CliRunner().invoke(cli, ["codes", "issue", scheme], obj=LAUNCHER)
    assert told.exit_code == 2
    assert told.stderr.count(making.structure(scheme).sample) == 2
    assert "STEM" in told.stderr


def test_a_scheme_that_nobody_makes_is_told_with_those_that_can_be() -> None:
    told = CliRunner().invoke(cli, ["codes", "issue", "bottle"], obj=LAUNCHER)
    assert told.exit_code == 2
    for each in ("sgtin", "pesticide-unit", "seed-unit", "mv-trace"):
        assert told.stderr.count(each) == 2


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "　"])
@pytest.mark.parametrize(
    ("command", "code"), [("identify", "identify.empty"), ("division", "division.empty")]
)
def test_nothing_to_look_up_is_told_with_what_to_give(command: str, code: str, blank: str) -> None:
    told = CliRunner().invoke(cli, [command, "--json", blank], obj=LAUNCHER)
    assert (told.exit_code, told.stdout) == (2, "")
    said = ("没有给出", "如 ", "was given", "such as")
    assert all(each in told.stderr for each in (*said, code))


def commands() -> list[list[str]]:
    """All commands and what is below them."""
    group, found = cli, [[]]
    assert isinstance(group, click.Group)
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            below = list(command.commands) if isinstance(command, click.Group) else []
            found += [[name], *([name, each] for each in below)]
    return found


def test_what_an_option_is_said_to_be_one_of_is_taken() -> None:
    taken = 0
    for words in commands():
        command: click.Command = cli
        with click.Context(cli) as context:
            for word in words:
                assert isinstance(command, click.Group)
                found = command.get_command(context, word)
                assert found is not None
                command = found
        for each in command.params:
            if isinstance(each.type, click.Choice):
                for choice in each.type.choices:
                    assert each.type.convert(str(choice), each, None) == choice
                    taken += 1
    assert taken


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_help_has_its_headings_in_both_languages(words: list[str]) -> None:
    told = CliRunner().invoke(cli, [*words, "--help"], obj=LAUNCHER).stdout
    assert told.startswith("用法 · Usage: ")
    heads = [line for line in told.splitlines()[1:] if re.fullmatch(r"\S.*:", line)]
    assert "选项 · Options:" in heads
    assert all(CHINESE.search(head) for head in heads)
    assert "显示这份说明 · Show this message and exit." in told


@pytest.mark.parametrize("words", [["--help"], ["identify", "--help"], ["--version"]])
def test_help_is_no_error(words: list[str]) -> None:
    told = CliRunner().invoke(cli, words, obj=LAUNCHER)
    assert told.exit_code == 0
    assert told.stderr == ""


def test_help_for_accounts_says_where_a_key_is_a_password() -> None:
    told = CliRunner().invoke(cli, ["account", "--help"], obj=LAUNCHER).output
    assert "/sign-in" in told


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_says_in_both_languages_what_it_is(words: list[str]) -> None:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    said = [text for each in command.params if (text := getattr(each, "help", None))]
    words_of = re.compile(r"[a-z]{2}|[\u3400-\u9fff]")
    in_both = re.compile(r"\S ?· .*[a-z]{2}", re.DOTALL)
    assert [text for text in said if words_of.search(text) and not in_both.search(text)] == []
