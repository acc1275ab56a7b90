"""Codes and packings are on the disk before they have their names; what a kill leaves goes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_calls import Run, here

from suyuan.cli.commands import codes_make
from suyuan.kit import durable, unnamed

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
    """What was asked of the disk, in its order: the names that were synced, and given."""
    done: list[tuple[str, str]] = []
    sync, rename, link = os.fsync, Path.rename, os.link

    def synced(handle: int) -> None:
        done.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def renamed(self: Path, target: Path) -> Path:
        done.append(("rename", Path(target).name))
        return rename(self, target)

    def linked(before: str, name: Path, **how: Any) -> None:
        done.append(("rename", Path(name).name))
        link(before, name, **how)

    monkeypatch.setattr(os, "link", linked)
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


@pytest.mark.parametrize("begins", ["#", ".codes.csv."])
def test_a_file_of_codes_and_its_name_are_on_the_disk(
    suyuan: Run, tmp_path: Path, disk: list[tuple[str, str]], begins: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Also where the system has no files without a name, which Linux shows as `#1234`."""
    if begins != "#":
        monkeypatch.setattr(unnamed, "_unnamed", lambda _: None)
    issued(suyuan, tmp_path / "codes.csv")
    at = disk.index(("rename", "codes.csv"))
    assert any(kind == "sync" and name.startswith(begins) for kind, name in disk[:at])
    assert ("sync", tmp_path.name) in disk[at:]
    assert [each.name for each in tmp_path.iterdir()] == ["codes.csv"]
    assert (tmp_path / "codes.csv").stat().st_mode & 0o7777 == 0o600


def test_a_file_that_comes_to_be_meanwhile_stays_as_it_is(
    suyuan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Giving the name takes no other file's place, however late that came."""
    out = tmp_path / "codes.csv"
    sync = os.fsync

    def late(handle: int) -> None:
        sync(handle)
        out.write_text("mine")
        monkeypatch.setattr(codes_make, "_require_fresh", lambda _: None)

    monkeypatch.setattr(os, "fsync", late)
    done = suyuan("codes", "issue", "sgtin", GTIN, "5", *PARTY, "--out", out)
    assert done.returncode == 2
    assert out.read_text() == "mine"
    assert suyuan("codes", "list", *PARTY, "--json").stdout == ""


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
from suyuan.kit import unnamed
from suyuan.cli.commands.codes_make import _opened
if sys.argv[2] == "named":
    unnamed._unnamed = lambda _: None
def lines():
    yield "secret\\n" * 100_000
    print("writing", flush=True)
    time.sleep(60)
with _opened(Path(sys.argv[1])) as write:
    write(lines())
"""


def started(out: Path, how: str = "named") -> "subprocess.Popen[bytes]":
    """A run that has written more than it keeps to itself, and goes on for a minute."""
    command = [sys.executable, "-c", _WRITER, str(out), how]
    running = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert running.stdout
    assert running.stdout.readline() == b"writing\n"
    return running


def test_a_killed_run_leaves_nothing_of_codes_that_were_not_handed_out(tmp_path: Path) -> None:
    running = started(tmp_path / "codes.csv", "unnamed")
    running.send_signal(signal.SIGKILL)
    running.communicate()
    handle = unnamed._unnamed(tmp_path)
    if handle is None:  # the next run of that name clears it, as the next test has it
        return
    os.close(handle)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_of_that_name_but_not_anothers(
    suyuan: Run, tmp_path: Path
) -> None:
    """Where files have names from the first. What another writes, and what looks alike, stays."""
    killed, goes_on = started(tmp_path / "codes.csv"), started(tmp_path / "other.csv")
    try:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        (alike := tmp_path / ".codes.csv.backup").write_text("mine")
        issued(suyuan, tmp_path / "codes.csv", "--scratch")
        left = {each.name for each in tmp_path.iterdir()}
        assert left == {"codes.csv", alike.name, f".other.csv.{goes_on.pid}"}
        durable.clear(tmp_path / "other.csv")
        assert {each.name for each in tmp_path.iterdir()} == left
    finally:
        goes_on.kill()
        goes_on.communicate()
    durable.clear(tmp_path / "other.csv")
    assert {each.name for each in tmp_path.iterdir()} == {"codes.csv", alike.name}
