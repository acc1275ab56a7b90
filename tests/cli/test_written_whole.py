"""Codes and packings are on the disk before they have their names; what a kill leaves goes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_calls import Run, here

from suyuan.kit import durable

PARTY = ("--party", "urn:suyuan:party:acme")
GTIN = "06901234567892"


@pytest.fixture
def suyuan(migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = str(tmp_path_factory.mktemp("data"))
    run = here(SUYUAN_DATABASE_URL=migrated_database, SUYUAN_DATA_DIR=data, SUYUAN_LANG="en")
    assert run("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234").returncode == 0
    return run


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was asked of the disk, in its order: the names that were synced and the renames."""
    done: list[tuple[str, str]] = []
    sync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        done.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def renamed(self: Path, target: Path) -> Path:
        done.append(("rename", Path(target).name))
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    return done


def issued(suyuan: Run, out: Path, *more: str) -> str:
    done = suyuan("codes", "issue", "sgtin", GTIN, "25", *PARTY, "--out", out, *more)
    assert done.returncode == 0, done.stderr
    return out.name


def test_all_of_a_packing_is_on_the_disk_before_it_has_its_name(
    suyuan: Run, tmp_path: Path, disk: list[tuple[str, str]]
) -> None:
    issued(suyuan, tmp_path / "codes.csv", "--note", "one")
    disk.clear()
    ask = ("codes", "pack", "one", *PARTY, "--level", "10:sscc:06901234", "--out")
    done = suyuan(*ask, tmp_path / "packing")
    assert done.returncode == 0, done.stderr
    at = disk.index(("rename", "packing"))
    before = {name for kind, name in disk[:at] if kind == "sync"}
    assert {"relation.csv", "events-1.json", "packing"} <= before
    assert ("sync", tmp_path.name) in disk[at:]


def test_a_file_of_codes_and_its_name_are_on_the_disk(
    suyuan: Run, tmp_path: Path, disk: list[tuple[str, str]]
) -> None:
    issued(suyuan, tmp_path / "codes.csv")
    at = disk.index(("rename", "codes.csv"))
    assert any(kind == "sync" and name.startswith(".codes.csv.") for kind, name in disk[:at])
    assert ("sync", tmp_path.name) in disk[at:]


@pytest.mark.parametrize("mode", [0o700, 0o2770, 0o755])
def test_an_empty_folder_keeps_its_mode(suyuan: Run, tmp_path: Path, mode: int) -> None:
    issued(suyuan, tmp_path / "codes.csv", "--note", "one")
    out = tmp_path / "packing"
    out.mkdir()
    out.chmod(mode)
    ask = ("codes", "pack", "one", *PARTY, "--level", "10:sscc:06901234", "--out", out)
    assert suyuan(*ask).returncode == 0
    assert out.stat().st_mode & 0o7777 == mode


@pytest.mark.parametrize("below", ["x", "x/y"])
def test_a_folder_below_a_file_is_told_as_that(suyuan: Run, tmp_path: Path, below: str) -> None:
    issued(suyuan, tmp_path / "codes.csv", "--note", "one")
    out = tmp_path / "codes.csv" / below
    told = suyuan("codes", "pack", "one", *PARTY, "--level", "10:sscc:06901234", "--out", out)
    assert told.returncode == 2
    assert "a part of the path is a file and no folder" in told.stderr
    assert "it exists" not in told.stderr


_WRITER = """
import sys, time
from pathlib import Path
from suyuan.cli.commands.codes_make import _opened
with _opened(Path(sys.argv[1])) as write:
    write(line for line in ["secret\\n", *(time.sleep(60) or "" for _ in "x")])
"""


def started(out: Path) -> "subprocess.Popen[bytes]":
    running = subprocess.Popen([sys.executable, "-c", _WRITER, str(out)])
    until = time.monotonic() + 60
    while not list(out.parent.glob(f".{out.name}.*")):
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.2)  # until it holds what it made
    return running


def test_what_a_killed_run_left_goes_with_the_next_of_that_name_but_not_anothers(
    suyuan: Run, tmp_path: Path
) -> None:
    """What another still writes is left to it, and so is what only looks alike."""
    killed, goes_on = started(tmp_path / "codes.csv"), started(tmp_path / "other.csv")
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        (alike := tmp_path / ".codes.csv.backup").write_text("mine")
        issued(suyuan, tmp_path / "codes.csv", "--scratch")
        left = {each.name for each in tmp_path.iterdir()}
        assert left == {"codes.csv", alike.name, f".other.csv.{goes_on.pid}"}
        durable.clear(tmp_path / "other.csv")
        assert {each.name for each in tmp_path.iterdir()} == left
    finally:
        goes_on.kill()
        goes_on.wait()
    durable.clear(tmp_path / "other.csv")
    assert {each.name for each in tmp_path.iterdir()} == {"codes.csv", alike.name}
