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
        (["110103", "--on", "yesterday"], 2, "2010-07-01"),
    ],
)
def test_what_cannot_be_found_is_said_with_the_cure(
    words: list[str], status: int, said: str
) -> None:
    done = run(*words)
    assert done.exit_code == status
    assert said in done.output


@pytest.mark.parametrize(
    ("code", "on", "name", "said"),
    [
        ("330104", "2021-12-01", "江干区", "江干区在 2021 年停用，哪一天不清楚"),
        ("330114", "2021-01-15", "钱塘区", "钱塘区在 2021 年启用，哪一天不清楚"),
        ("330104", "1980-05-01", "江干区", "代码表从 1980 年底的名录开始"),
    ],
)
def test_within_the_year_of_a_change_both_readings_are_told(
    code: str, on: str, name: str, said: str
) -> None:
    done = run(code, "--on", on)
    assert done.exit_code == 0, done.output
    assert name in done.output
    assert said in done.output
    answer = json.loads(run(code, "--on", on, "--json").output)
    assert answer["certain"] is False
    assert on in answer["doubt"]["en"]
    assert run(name, "--on", on).exit_code == 0


@pytest.mark.parametrize(
    ("code", "on", "said", "then"),
    [
        ("110103", "2015-01-01", "在 2010 年停用，2015-01-01 已经没有", ["110101"]),
        ("370284", "2012-12-31", "在 2012 年停用，2012-12-31 已经没有", ["370211"]),
        ("342223", "1995-06-01", "在 1992 年停用", ["342201"]),
        ("330104", "2022-01-01", "1980 至 2021", ["330102", "330114"]),
        ("330114", "2015-01-01", "在 2021 年启用，2015-01-01 还没有", ["330104"]),
        ("469025", "1995-01-01", "在 2003 年启用", ["460030"]),
        ("469025", "1985-01-01", "在 2003 年启用", ["442227"]),
        ("460300", "2000-01-01", "在 2012 年启用", []),
    ],
)
def test_outside_of_its_time_a_code_is_told_with_where_its_area_lay_that_day(
    code: str, on: str, said: str, then: list[str]
) -> None:
    done = run(code, "--on", on)
    assert done.exit_code == 1, done.output
    assert said in "".join(done.output.split("\n"))
    answer = json.loads(run(code, "--on", on, "--json").output)
    assert [each["code"] for each in answer["then"]] == then
    assert said in answer["outside"]["zh"]
    assert all(each["name"]["zh"] in answer["outside"]["zh"] for each in answer["then"])
    assert bool(then) is ("没有查到" not in answer["outside"]["zh"])


def test_a_day_of_before_the_table_is_said_to_be_one() -> None:
    done = run("330104", "--on", "1975-06-01")
    assert done.exit_code == 2
    assert "代码表从 1980 年开始" in done.output


def test_a_day_away_from_every_change_is_without_doubt() -> None:
    answer = json.loads(run("330104", "--on", "2010-06-01", "--json").output)
    assert answer["certain"] is True
    assert (answer["doubt"], answer["outside"], answer["then"]) == (None, None, [])


def test_an_option_of_suyuan_itself_behind_a_command_is_told_its_place() -> None:
    done = run("330106", "--data-dir", "x")
    assert done.exit_code == 2
    assert "--data-dir goes before the command" in done.output
    assert "--data-dir 写在命令之前" in done.output
