"""`identify` and `read` without a database: answered from the codes, and nothing is made."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from cli_calls import here
from PIL import Image

PRODUCT = "(01)06922266443114"
UNTOLD = ("SUYUAN_DATABASE_URL", "SUYUAN_DATA_DIR")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in UNTOLD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_code_is_told_from_itself_and_that_nothing_was_looked_up(tmp_path: Path) -> None:
    done = here(SUYUAN_LANG="en")("identify", PRODUCT)
    assert done.returncode == 0
    assert "https://id.gs1.org/01/06922266443114" in done.stdout
    assert "not looked up" in done.stdout
    assert f"no database in {tmp_path / 'var'}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_has_the_same_members_as_with_a_database(migrated_database: str) -> None:
    alone = here()("identify", PRODUCT, "--json", "--hints")
    asked = here()("--database-url", migrated_database, "identify", PRODUCT, "--json", "--hints")
    assert json.loads(alone.stdout) == json.loads(asked.stdout)
    assert "没有查记录" in alone.stderr
    assert asked.stderr == ""


def test_it_answers_where_nothing_may_be_written_and_loads_no_database() -> None:
    """So it also begins soon: most of the time went into what talks to databases."""
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom suyuan.cli import Launcher, cli\n"
        "launcher = Launcher(serve=lambda p: None, witness=lambda *_: None)\n"
        f"done = CliRunner().invoke(cli, ['identify', {PRODUCT!r}, '--json'], obj=launcher)\n"
        "print(done.exit_code, sorted({'psycopg', 'suyuan.service', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/proc"
    )
    assert done.stdout.strip() == "0 []", done.stderr


def test_a_link_of_ones_own_is_a_code_also_then() -> None:
    link = "https://t.example.com/01/06922266443114"
    done = here()("--public-url", "https://t.example.com", "identify", link, "--json")
    assert "https://id.gs1.org/01/06922266443114" in done.stdout


def test_a_picture_is_read_without_one_and_a_folder_is_told_as_that(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    made: Any = zxingcpp.create_barcode(PRODUCT, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    Image.fromarray(made.to_image(scale=6, add_quiet_zones=True)).save(picture)
    folder = tmp_path / "folder"
    folder.mkdir()
    done = here()("read", picture, folder, "--json")
    assert done.returncode == 2
    read, nothing = map(json.loads, done.stdout.splitlines())
    assert read[0]["readings"][0]["canonical"] == "https://id.gs1.org/01/06922266443114"
    assert nothing == []
    said, told = done.stderr.splitlines()
    assert "没有查记录" in said
    assert (
        json.loads(told)["message"]["en"]
        == "The file cannot be opened: that is a folder; name a file."
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["code.png", "folder"]


@pytest.mark.parametrize("begun", ["data", "place.json"])
def test_a_database_that_was_begun_is_opened_and_its_fault_is_told(
    tmp_path: Path, begun: str
) -> None:
    own = tmp_path / "var" / "pg"
    own.mkdir(parents=True)
    (own / begun).write_text("{")
    done = here(SUYUAN_LANG="en")("identify", PRODUCT)
    assert done.returncode == 2
    assert done.stdout == ""


def test_lines_are_answered_as_they_come() -> None:
    """A program that waits for an answer before it writes on is not kept waiting."""
    program = Path(sys.executable).parent / "suyuan"
    with subprocess.Popen(
        [program, "identify", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    ) as running:
        assert running.stdin
        assert running.stdout
        for _ in range(3):
            running.stdin.write(PRODUCT.encode() + b"\n")
            running.stdin.flush()
            assert b"06922266443114" in running.stdout.readline()
        running.stdin.close()
        assert running.wait(30) == 0
