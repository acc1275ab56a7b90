"""`suyuan hash`: one line an event, from files and folders, without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from suyuan.cli import Launcher, cli

PAGE = Path(__file__).resolve().parents[2] / "docs/concepts/digest.md"


def run(*words: str) -> Result:
    return CliRunner().invoke(
        cli, ["hash", *words], obj=Launcher(serve=lambda _: None, witness=lambda *_: None)
    )


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The event that the page on digests shows, in a folder of its own."""
    file = tmp_path / "one.jsonld"
    page = PAGE.read_text(encoding="utf-8")
    file.write_text(page.split("```json")[1].split("```")[0], encoding="utf-8")
    return file


def test_every_event_is_one_line_of_json(example: Path) -> None:
    done = run(str(example.parent), "--json")
    assert done.exit_code == 0, done.output
    (line,) = map(json.loads, done.stdout.splitlines())
    assert list(line) == ["document", "index", "eventID", "cbv", "digest"]
    assert line["document"] == str(example)
    assert line["index"] == 0
    assert line["eventID"] == "urn:uuid:550e8400-e29b-41d4-a716-446655440000"
    assert line["cbv"].startswith("ni:///sha-256;")
    assert f"\n{line['digest']}\n" in PAGE.read_text(encoding="utf-8")


def test_what_cannot_be_read_is_named_with_place_and_cure_and_leaves_with_one(
    example: Path,
) -> None:
    broken = example.with_name("two.json")
    broken.write_text(example.read_text(encoding="utf-8").replace("2026-03-01T08", "yesterday"))
    nonsense = example.with_name("three.json")
    nonsense.write_text("{")
    done = run(str(example.parent), "--json")
    assert done.exit_code == 1
    by_name = {
        Path(each["document"]).name: each for each in map(json.loads, done.stdout.splitlines())
    }
    assert "problem" not in by_name["one.jsonld"]
    assert by_name["two.json"]["problem"]["path"] == "/eventTime"
    assert by_name["two.json"]["digest"] is None
    assert by_name["three.json"]["index"] is None
    said = run("--as", "urn:x:me", str(broken)).output
    assert "/eventTime" in said
    assert "CBV  ni:///sha-256;" in said
