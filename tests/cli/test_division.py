"""`suyuan division`: by code, by name, as of a day, without a database."""

import json

import pytest
from click.testing import CliRunner, Result

from suyuan.cli import Launcher, cli


def run(*words: str) -> Result:
    return CliRunner().invoke(
        cli,
        ["division", *words],
        obj=Launcher(serve=lambda _: None, witness=lambda *_: None),
        env={"COLUMNS": "160"},
    )


def test_a_code_is_told_with_what_it_became() -> None:
    done = run("330104")
    assert done.exit_code == 0, done.output
    for name in ("江干区", "上城区", "钱塘区"):
        assert name in done.output


def test_wide_digits_are_the_same_digits() -> None:
    assert run("３３０１０４", "--json").output == run("330104", "--json").output


def test_a_code_on_a_day_is_told_as_it_was_then() -> None:
    answer = json.loads(run("419001", "--on", "1990-01-01", "--json").output)
    assert answer["asked"]["name"] == {"zh": "义马市", "en": "Yima City"}
    assert [each["name"]["zh"] for each in answer["history"]] == ["义马市", "济源市"]
    assert [each["code"] for each in answer["became"]] == ["411281"]


def test_a_name_that_was_none_on_the_day_is_told_with_its_own_time() -> None:
    done = run("崇文", "--on", "2015-06-01")
    assert done.exit_code == 1
    assert "2015-06-01 没有，别的时候有" in done.output
    assert "2010" in done.output
    assert "东城区" in done.output
    assert "没有叫这个名称" in run("无此地", "--on", "2015-06-01").output


def test_a_name_gives_every_division_that_had_it_on_that_day() -> None:
    found = json.loads(run("朝阳", "--on", "2019-05-01", "--json").output)
    assert {each["code"] for each in found} == {"211300", "110105", "211321", "220104"}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["没有这个地方"], 1, "没有叫"),
        (["999999"], 2, "division.unknown"),
        (["110103", "--on", "2020-01-01"], 2, "1980 至 2010"),
        (["110103", "--on", "yesterday"], 2, "2010-07-01"),
    ],
)
def test_what_cannot_be_found_is_said_with_the_cure(
    words: list[str], status: int, said: str
) -> None:
    done = run(*words)
    assert done.exit_code == status
    assert said in done.output
