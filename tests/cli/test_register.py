"""`suyuan register` and `suyuan registry`: entered from a file, and shown."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from suyuan.cli.group import COMMANDS

ZHAO = "urn:suyuan:party:zhao"
Run = Callable[..., Result]


def test_a_file_is_checked_entered_and_shown_with_what_was_before(
    suyuan: Run, tmp_path: Path
) -> None:
    assert {"register", "registry"} <= COMMANDS.keys()
    file = tmp_path / "parties.csv"
    file.write_text(f"主体编码,名称,行政区划\n{ZHAO},赵记菜摊,金水区\n", encoding="gb18030")
    looked = suyuan("register", str(file), "--dry-run")
    assert (looked.exit_code, "将新增 1" in looked.output) == (0, True)
    assert "没有登记" in suyuan("registry", "show", ZHAO).output.replace("还没有", "没有")
    assert "新增 1" in suyuan("register", str(file)).output
    again = json.loads(suyuan("register", str(file), "--json").stdout)
    assert [each["state"] for each in again["filings"]] == ["same"]
    assert "Jinshui" in suyuan("--lang", "en", "registry", "list").output
    file.write_text(f"party,name\n{ZHAO},赵家菜摊\n", encoding="utf-8")
    suyuan("register", str(file))
    told = suyuan("registry", "show", ZHAO, "--history").output
    assert "赵家菜摊" in told
    assert "赵记菜摊" in told
    assert "本机" in told


def test_for_where_and_for_what_a_licence_is_stands_in_a_file_and_is_shown(
    suyuan: Run, tmp_path: Path
) -> None:
    file = tmp_path / "papers.csv"
    said = "持证单位,证照种类,证号,许可区域,许可内容\n"
    file.write_text(f"{said}{ZHAO},firework_retail_licence,LS-1,金水区；330100,C级、D级\n", "utf-8")
    assert "新增 1" in suyuan("register", str(file)).output
    told = suyuan("registry", "show", ZHAO, "--json")
    (kept,) = json.loads(told.stdout)["licences"]
    assert (kept["areas"], kept["covers"]) == (["410105", "330100"], ["C级", "D级"])
    shown = " ".join(suyuan("--lang", "en", "registry", "show", ZHAO).output.split())
    for each in ("Jinshui", "Hangzhou", "C级；D级"):
        assert each in shown
    before = suyuan("registry", "show", ZHAO, "--history").output
    assert "C级" in before


def test_a_wrong_cell_is_named_and_the_command_leaves_with_1(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(f"主体编码,名称,行政区划\n{ZHAO},赵记菜摊,金水曲\n", encoding="utf-8")
    done = suyuan("--lang", "en", "register", str(file))
    assert (done.exit_code, "wrong!C2" in done.output) == (1, True)
    assert "410105" in done.output


def test_a_template_needs_no_database_and_a_file_must_be_named(suyuan: Run, tmp_path: Path) -> None:
    assert suyuan("register", "--template", str(tmp_path / "empty.xlsx")).exit_code == 0
    assert (tmp_path / "empty.xlsx").read_bytes().startswith(b"PK")
    assert suyuan("register").exit_code == 2
