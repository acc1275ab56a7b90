"""`suyuan credit`: decided, listed as of a day, withdrawn; in words and as JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

DAIRY = "urn:suyuan:party:dairy"
WORDS = (
    "credit", "decide", DAIRY, "--ground", "标签虚假", "--document", "D-1",
    "--authority", "市场监管局", "--on", "2026-01-10", "--until", "2026-02-01",
)  # fmt: skip


@pytest.fixture
def entered(suyuan: Callable[..., Result], tmp_path: Path) -> None:
    """A party on file."""
    table = tmp_path / "主体.csv"
    table.write_text(f"主体编码,名称,行政区划\n{DAIRY},乳品厂,330106\n", encoding="utf-8")
    done = suyuan("register", str(table))
    assert done.exit_code == 0, done.output


def listed(suyuan: Callable[..., Result], *words: str) -> list[tuple[int, str]]:
    done = suyuan("credit", "list", *words, "--json")
    assert done.exit_code == 0, done.output
    found = [json.loads(line) for line in done.output.splitlines()]
    return [(each["number"], each["state"]) for each in found]


@pytest.mark.usefixtures("entered")
def test_what_is_decided_is_listed_as_of_a_day_and_withdrawn_once(
    suyuan: Callable[..., Result],
) -> None:
    first = suyuan("--lang", "en", *WORDS, "--kind", "serious_list")
    assert first.exit_code == 0, first.output
    assert "was not read" in first.output
    grade = suyuan(*WORDS, "--kind", "risk_grade", "--grade", "a", "--json")
    made = json.loads(grade.output)
    number = made["number"]
    assert (made["grade"], made["valid_to"], made["state"]) == ("A", "2026-02-01", "expired")
    assert listed(suyuan) == [(number, "expired"), (number - 1, "expired")]
    assert listed(suyuan, DAIRY, "--on", "2026-01-20") == [
        (number, "holds"), (number - 1, "holds"),
    ]  # fmt: skip
    assert listed(suyuan, "--on", "2026-02-02") == []
    assert listed(suyuan, "--before", str(number)) == [(number - 1, "expired")]
    gone = ("credit", "withdraw", str(number), "--ground", "复议撤销", "--on", "2026-01-15")
    done = suyuan(*gone, "--json")
    assert json.loads(done.output)["withdrawal"]["way"] == "revoked"
    assert listed(suyuan, "--on", "2026-01-20") == [(number - 1, "holds")]
    again = suyuan("--lang", "en", *gone)
    assert again.exit_code == 2
    assert "withdrawn before" in again.output
    shown = suyuan("--lang", "zh", "credit", "list").output
    for words in ("乳品厂", "食品生产经营风险等级 A", "已撤回", "已到期", "撤销：复议撤销"):
        assert words in shown


@pytest.mark.usefixtures("entered")
def test_what_is_wrong_is_said(suyuan: Callable[..., Result]) -> None:
    for words, says in (
        ((*WORDS, "--kind", "risk_grade"), "one of: A, B, C, D"),
        ((*WORDS[:2], "urn:suyuan:party:none", *WORDS[3:], "--kind", "violation"), "register it"),
        (("credit", "withdraw", "99", "--ground", "x"), "no credit decision of the number 99"),
        (("credit", "list", "nobody"), "no code of a party"),
    ):
        done = suyuan("--lang", "en", *words)
        assert done.exit_code == 2, done.output
        assert says in " ".join(done.output.split()), done.output
