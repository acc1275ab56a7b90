"""Where an answer cannot be written, every command says where, by which rule and what mends it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli_calls import Done, here, process
from cli_documents import document

from suyuan.cli import cli

PARTY = ("--party", "urn:suyuan:uscc:91330106MA2ABCDEX7")
THING = "urn:epc:id:sgtin:6901234.056789.1"
BASE = ("--base", "https://trace.example")
READ = {
    ("read", "pictures"),
    ("verify", "paths"), ("verify", "policy"), ("verify", "since"), ("verify", "tiles"),
    ("verify", "entry"), ("verify", "since_policy"),
}  # fmt: skip
"""What a command reads where it says itself that it is not there."""

STATE = {("", "data_dir"), *((f"witness {each}", "folder") for each in (
    "keys", "know", "learn", "forget", "serve",
))}  # fmt: skip
"""Where the program keeps its own."""


class Case:
    """A command that writes somewhere: its words, and the option that says where."""

    def __init__(self, name: str, option: str, *words: str, folder: bool = False) -> None:
        self.name, self.option, self.folder = name, option, folder
        self._words = words

    def words(self, home: Path, package: str, target: Path) -> list[str]:
        known = {"DOCUMENT": str(home / "1.json"), "CHECKPOINT": str(home / "old"), "PACK": package}
        named = [] if self.option in {"folder", "target"} and not self._words else [self.option]
        where = [*named, str(target)] if self.option.startswith("--") else [str(target)]
        return [*self.name.split(), *(known.get(each, each) for each in self._words), *where]


CASES = [
    Case("receipt", "--output", "1"),
    Case("receipt", "--pdf", "1", *BASE),
    Case("ledger consistency", "--output", "CHECKPOINT"),
    Case("ledger mirror", "folder", folder=True),
    Case("backup", "target", folder=True),
    Case("register", "--template"),
    Case("template", "--out", "food", "--step", "food_intake", "--json-schema"),
    Case("template", "--out", "food", "--json-schema", folder=True),
    Case("trace", "--out", THING, "--format", "epcis"),
    Case("trace", "--requests", THING, folder=True),
    Case("scope", "--out", THING, "--format", "pdf"),
    Case("convert", "--out", "DOCUMENT", "--to", "xml", folder=True),
    Case("codes issue", "--out", "sgtin", "6901234567892", "9", *PARTY),
    Case("codes export", "--out", "PACK", *PARTY),
    Case("codes pack", "--out", "PACK", *PARTY, "--level", "9:sscc:06901234", folder=True),
    Case("codes print", "--out", "PACK", *PARTY, "--end", "1"),
]


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield f"{above}{name}", found
        if isinstance(found, click.Group):
            yield from commands(found, f"{above}{name} ")


def test_every_place_that_a_command_writes_to_is_tried_here() -> None:
    written = {
        (name, each.name)
        for name, command in (("", cli), *commands(cli))
        for each in command.params
        if isinstance(each.type, click.Path) and not each.type.exists
    }
    tried = {
        (case.name, "target" if case.name in {"trace", "scope"} and case.option == "--out" else
         case.option.strip("-"))
        for case in CASES
    }  # fmt: skip
    assert written - STATE - READ == tried


@pytest.fixture
def home(migrated_database: str, tmp_path: Path) -> Path:
    """A folder with a document, a kept checkpoint and an installation that has issued codes."""
    run = here(**environment(migrated_database, tmp_path))
    for number in range(1, 21):
        (tmp_path / f"{number}.json").write_bytes(document(number))
    assert run("capture", *tmp_path.glob("*.json")).returncode == 0
    told = json.loads(run("ledger", "publish", "--json").stdout)
    (tmp_path / "old").write_text(told["checkpoint"])
    run("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
    issued = run("codes", "issue", "sgtin", "6901234567892", "300", *PARTY, "--json")
    (tmp_path / "package").write_text(str(json.loads(issued.stdout)["id"]))
    (tmp_path / "file").write_text("not mine")
    return tmp_path


def environment(database: str, folder: Path) -> dict[str, str]:
    return {"SUYUAN_DATABASE_URL": database, "SUYUAN_DATA_DIR": str(folder / "data")}


def assert_told(done: Done, case: Case, *, code: str = "cli.unwritable|cli.exists") -> None:
    assert done.returncode == 2, (case.name, case.option, done)
    zh, en = done.stderr.splitlines()[-2:]
    assert zh.startswith("错误："), done.stderr
    assert en.startswith("Error: ")
    assert re.search(rf"\[.*\] \(({code}|backup.write|packing.unwritten)\)$", en), en
    assert "Traceback" not in done.stderr


def everything(home: Path) -> set[Path]:
    return {each for each in home.rglob("*") if "data" not in each.relative_to(home).parts}


def test_a_place_that_cannot_be_is_told_by_every_command(
    home: Path, migrated_database: str
) -> None:
    run = here(**environment(migrated_database, home))
    package = (home / "package").read_text()
    before = everything(home)
    for case in CASES:
        for target in (home / "file" / "x", home / "file" / "y" / "x.csv"):
            assert_told(run(*case.words(home, package, target)), case)
        if not case.folder:
            done = run(*case.words(home, package, Path("/dev/full")))
            assert_told(done, case)
        assert everything(home) == before, case.name
    assert (home / "file").read_text() == "not mine"
    assert Path("/dev/full").is_char_device()


def test_a_folder_that_is_missing_is_told_where_none_is_made(
    home: Path, migrated_database: str
) -> None:
    run = here(**environment(migrated_database, home))
    for case in (each for each in CASES if each.name in {"receipt", "ledger consistency"}):
        done = run(*case.words(home, "", home / "none" / "x"))
        assert_told(done, case)
        assert "make the folder first" in done.stderr
        assert not (home / "none").exists()


def test_on_a_full_disk_nothing_is_torn_under_its_name(home: Path, migrated_database: str) -> None:
    """No file grows beyond 512 bytes; what had the name before stands as it was."""
    run = process(**environment(migrated_database, home))
    package = (home / "package").read_text()
    for case in CASES:
        if case.name in {"ledger consistency", "register"} or case.option == "--requests":
            continue  # so short that it goes into such a file; workbooks need larger ones before
        target = home / ("made" if case.folder else "made.csv")
        if not case.folder and not case.name.startswith("codes"):
            target.write_text("from before")
        done = run(*case.words(home, package, target), full=True)
        assert_told(done, case, code="cli.unwritable|cli.file")
        if not case.folder and not case.name.startswith("codes"):
            assert target.read_text() == "from before", case.name
            target.unlink()
        left = [each for each in everything(home) if each.name.startswith(("made", ".made"))]
        inside = [each for each in left if each.is_dir() and any(each.iterdir())]
        assert not any(each.is_file() for each in left), (case.name, left)
        assert case.name == "ledger mirror" or not inside, (case.name, inside)
        assert not [each for each in everything(home) if re.search(r"^\.suyuan|\.new$", each.name)]
        shutil.rmtree(target, ignore_errors=True)  # a mirror keeps the files that are whole


def test_state_that_cannot_be_written_is_told(home: Path, migrated_database: str) -> None:
    run = here(**environment(migrated_database, home))
    data = ("--data-dir", str(home / "file" / "data"))
    for words in (
        ("witness", "keys", "--name", "w.example/1", "--folder", str(home / "file" / "w")),
        (*data, "witness", "serve", "--port", "8820", "--name", "w.example/1"),
    ):
        done = run(*words)
        assert done.returncode == 2, done
        assert "a part of the path is a file and no folder" in done.stderr
        assert "路径中间有一个是文件" in done.stderr
        assert "(cli.file)" in done.stderr


SAID = [
    ("--help",), ("--version",), ("families", "food"), ("families", "food", "--json"),
    ("identify", THING), ("convert", "DOCUMENT", "--to", "xml"), ("hash", "DOCUMENT"),
    ("ledger", "keys"), ("receipt", "1"), ("trace", THING), ("trace", THING, "--format", "epcis"),
    ("codes", "list", *PARTY), ("ledger", "acts"), ("scope", THING, "--format", "pdf"),
]  # fmt: skip


PROGRAM = str(Path(sys.executable).parent / "suyuan")


@pytest.mark.parametrize("reader", ["/dev/full", "gone"])
def test_standard_output_that_cannot_be_written_is_told_but_to_who_reads_no_further(
    home: Path, migrated_database: str, reader: str
) -> None:
    for words in SAID:
        given = [str(home / "1.json") if each == "DOCUMENT" else each for each in words]
        done = to_reader([PROGRAM, *given], environment(migrated_database, home), reader)
        if reader == "gone":
            status = 1 if words[0].startswith("--") else 141  # what click prints ends by its way
            assert (done.returncode, done.stderr) == (status, ""), words
            continue
        assert "Traceback" not in done.stderr, (words, done.stderr)
        assert "Exception ignored" not in done.stderr, (words, done.stderr)
        assert done.returncode == 2, (words, done)
        assert "cli.stdout" in done.stderr
        assert "标准输出" in done.stderr


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_first_lines_of_a_long_answer_can_be_taken(
    tmp_path: Path, form: tuple[str, ...]
) -> None:
    """Longer than a pipe holds, so that its reader has left before all is written."""
    codes, words = tmp_path / "codes", [PROGRAM, "identify", "-", *form]
    codes.write_text("6901234567892\n" * 100)
    with codes.open() as asked:
        whole = subprocess.run(words, stdin=asked, capture_output=True, check=True)
    assert len(whole.stdout) > 3 * 65_536
    with codes.open() as asked, (tmp_path / "told").open("w+b") as told:
        written = subprocess.Popen(words, stdin=asked, stdout=subprocess.PIPE, stderr=told)
        taken = subprocess.run(
            ["head", "-n", "1"], stdin=written.stdout, capture_output=True, check=True
        ).stdout
        assert written.stdout is not None
        written.stdout.close()
        assert (written.wait(), told.seek(0), told.read()) == (141, 0, whole.stderr)
    assert taken == whole.stdout.splitlines(keepends=True)[0]


def to_reader(words: list[str], given: dict[str, str], reader: str) -> Done:
    """The command with its standard output on a device, or in a pipe that nobody reads."""
    if reader == "gone":
        read, write = os.pipe()
        os.close(read)
    else:
        write = os.open(reader, os.O_WRONLY)
    try:
        return subprocess.run(
            words,
            env={"COLUMNS": "200", **given},
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
