"""The documents are true: what they name exists, and what exists is named."""

import ast
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import click
from layout import ROOT, SOURCE, layers, modules, packages

DOCS = sorted((ROOT / "docs").rglob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
HAN = re.compile(r"[\u4e00-\u9fff]")


def rows(path: Path) -> list[list[str]]:
    """The cells of every table row of a page, without the rulers."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if not set(line) <= set("|-: ")
    ]


def missing(path: str) -> bool:
    """Whether a path of where.md is not there, though the package that it is of is."""
    named = [part for part in Path(path).parts if part not in {"src", "suyuan", "tests"}]
    package = Path(named[0]).stem if named else ""
    placed = {name for layer in layers() for name in layer}
    awaited = package in placed - set(packages()) - {file.stem for file in SOURCE.glob("*.py")}
    return not awaited and not (ROOT / path).exists()


def named(group: click.Group, before: str) -> list[str]:
    """Every command under a group, a sub-command with its group's name before it."""
    context, names = click.Context(group), []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = named(command, f"{before}{name} ") if isinstance(command, click.Group) else []
        names += inner or [f"{before}{name}"]
    return names


def commands() -> list[str]:
    """Every command of the command line; none while it is not there."""
    return named(import_module("suyuan.cli").cli, "") if "cli" in packages() else []


def settings() -> set[str]:
    """Every environment variable that the product reads, as its code spells them."""
    return {
        name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r"\bSUYUAN_[A-Z_]+[A-Z]\b", node.value)
    }


def test_every_path_of_the_where_table_exists() -> None:
    page = ROOT / "docs" / "howto" / "where.md"
    paths = re.findall(r"`((?:src|tests|docs|tools)/[^`\s]*)`", page.read_text())
    assert len(paths) >= 20
    assert [path for path in paths if missing(path)] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in [*ROOT.glob("*.md"), *DOCS]
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_glossary_has_one_english_and_one_chinese_word_per_concept() -> None:
    terms = rows(ROOT / "docs" / "concepts" / "glossary.md")
    terms = [row for row in terms if row[0] != "English"]
    assert len(terms) >= 40
    for at in (0, 1):
        assert [word for word, n in Counter(row[at] for row in terms).items() if n > 1] == []
    assert [row for row in terms if not (row[0] and HAN.search(row[1]) and row[2])] == []
    assert [
        row for row in terms if HAN.search(row[0]) or re.search(r"[;,/，、；]", row[0] + row[1])
    ] == []


def test_every_command_is_told_in_both_readmes() -> None:
    spoken = commands()
    assert spoken or "cli" not in packages()
    untold = [
        f"{page.name}: suyuan {name}"
        for page in READMES
        for name in spoken
        if f"suyuan {name}" not in page.read_text()
    ]
    assert untold == []


def test_every_make_target_is_explained_and_told() -> None:
    targets = re.findall(r"^([a-z-]+):(?!=)(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    public = {name for name, rest in targets if "## " in rest}
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert {"help", "demo", "dev", "test", "test-deep", "check", "bench", "clean"} <= public
    assert {name for name in public if f"make {name}" not in told} == set()


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "howto" / "settings.md").read_text()
    assert {name for name in settings() if f"`{name}`" not in page} == set()


def test_every_decision_says_what_holds_it() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert len(records) >= 5
    for record in records:
        text = record.read_text()
        parts = ["## Context", "## Decision", "## Consequences", "## Held by"]
        assert [part for part in parts if part not in text] == [], record.name


def test_pages_are_short_enough_to_be_read() -> None:
    assert [page.name for page in DOCS if len(page.read_text().splitlines()) >= 300] == []
