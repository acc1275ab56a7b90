"""What the command line refuses says what is wrong, and the cure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
PARTY = ("--party", "urn:suyuan:party:acme")


def test_a_picture_that_is_not_there_and_one_that_is_a_folder_are_told_apart(
    suyuan: Run, tmp_path: Path
) -> None:
    told = suyuan("--lang", "en", "read", str(tmp_path / "none.png"), str(tmp_path))
    _, gone, _, closed = told.stderr.splitlines()
    assert "There is no such file" in gone
    assert "none.png" in gone
    assert "that is a folder" in closed


def test_a_code_that_is_too_short_to_be_brought_in_is_counted(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("83857930000879766660\n8123\n")
    told = suyuan("--lang", "en", "codes", "import", "drug-trace", str(file), *PARTY)
    assert told.exit_code != 0
    assert "which has 20 letters and digits; here are 4" in told.stderr


def test_a_bound_that_is_open_is_no_dots(suyuan: Run) -> None:
    told = suyuan("codes", "issue", "sgtin", "06901234567892", "0", *PARTY)
    assert "应为 1 或更大的整数" in told.stderr


def test_a_package_without_a_note_is_refused_without_quoting_one(
    suyuan: Run, tmp_path: Path
) -> None:
    suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234567")
    out = str(tmp_path / "codes.csv")
    made = suyuan("codes", "issue", "sgtin", "06901234567892", "3", *PARTY, "--out", out)
    assert made.exit_code == 0, made.stderr
    number = json.loads(suyuan("codes", "list", *PARTY, "--json").stdout.splitlines()[0])["id"]
    told = suyuan("codes", "withdraw", number, *PARTY, "--reason", "wrong")
    assert told.stderr.count(number) == 2
    assert "备注" not in told.stderr
    assert "note" not in told.stderr


def test_work_with_codes_shows_that_it_goes_on_but_not_to_programs(
    suyuan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal alone, and never beside JSON."""
    suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
    tags = tmp_path / "tags.txt"
    tags.write_text("83857930000879766660\n")
    issue = ("codes", "issue", "sgtin", "6901234567892", "5", *PARTY)
    level = ("--level", "5:sscc:06901234")
    number = json.loads(suyuan(*issue, "--json").stdout)["id"]
    monkeypatch.setenv("FORCE_COLOR", "1")
    told = {
        "发码": suyuan(*issue, "--out", str(tmp_path / "a.csv")),
        "写码": suyuan("codes", "export", number, *PARTY, "--out", str(tmp_path / "b.csv")),
        "装箱": suyuan("codes", "pack", number, *PARTY, *level, "--out", str(tmp_path / "c")),
        "印标签": suyuan("codes", "print", number, *PARTY, "--out", str(tmp_path / "d.pdf")),
        "撤回": suyuan("codes", "withdraw", number, *PARTY, "--all", "--reason", "x"),
        "导入": suyuan("codes", "import", "drug-trace", str(tags), *PARTY),
    }
    assert {each: done.exit_code for each, done in told.items()} == dict.fromkeys(told, 0)
    assert [each for each, done in told.items() if each not in done.stderr] == []
    assert suyuan(*issue, "--json").stderr == ""
    printed = ("--end", "1", "--out", str(tmp_path / "e.pdf"), "--json")
    assert "印标签" not in suyuan("codes", "print", number, *PARTY, *printed).stderr
    monkeypatch.delenv("FORCE_COLOR")
    assert suyuan(*issue).stderr == ""


def test_a_file_that_cannot_be_written_is_told_in_chinese_with_what_mends_it(
    suyuan: Run, tmp_path: Path
) -> None:
    suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
    out = str(tmp_path / "no" / "x.csv")
    told = suyuan("codes", "issue", "sgtin", "6901234567892", "5", *PARTY, "--out", out)
    zh, en = told.stderr.splitlines()
    assert "先建" in zh
    assert "No such" not in zh
    assert "make the folder first" in en


def test_days_in_the_wrong_order_are_told_with_a_cure(suyuan: Run) -> None:
    days = ("--from", "2026-03-02", "--until", "2026-03-01")
    told = suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234", *days)
    assert told.exit_code == 2
    assert "请对调或改正" in told.stderr
    assert "exchange them" in told.stderr


def test_a_code_of_nobodys_is_told_where_ones_own_are_listed(suyuan: Run) -> None:
    told = suyuan("codes", "withdraw", "(01)06901234567892(21)NONE", *PARTY, "--reason", "x")
    assert "issuing.no-code" in told.stderr
    assert told.stderr.count("suyuan codes list") == 2


def test_what_is_withdrawn_altogether_is_said_to_be_so(suyuan: Run) -> None:
    suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
    issue = ("codes", "issue", "sgtin", "6901234567892", "7", *PARTY)
    number = json.loads(suyuan(*issue, "--json").stdout)["id"]
    ask = ("codes", "withdraw", number, *PARTY, "--reason", "wrong", "--all")
    assert suyuan(*ask).exit_code == 0
    told = suyuan(*ask)
    assert told.exit_code == 2
    assert "全部 7 个码都已撤回" in told.stderr
    assert "All of them (7 codes) are withdrawn" in told.stderr


@pytest.mark.parametrize("blank", ["", "  ", "　"])
def test_verifying_nothing_is_told_to_be_that(suyuan: Run, blank: str) -> None:
    told = suyuan("--lang", "en", "codes", "verify", blank)
    assert told.exit_code == 1
    assert "No code was given" in told.stdout
