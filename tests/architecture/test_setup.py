"""The set-up scripts: what is missing is named with the one command that mends it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from layout import ROOT

WORDS = ("sh", "id", "uname", "cat", "grep", "cp")
REFUSES = "#!/bin/sh\nexit 1\n"
PYTHON = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
ROOT_USER = "#!/bin/sh\necho 0\n"
SOMEBODY = "#!/bin/sh\necho 1000\n"


def program(path: Path, script: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)


def machine(folder: Path, programs: dict[str, str]) -> dict[str, str]:
    """An environment whose PATH holds a few plain words and the programs given, nothing else."""
    folder.mkdir()
    for word in WORDS:
        found = next(path for at in ("/usr/bin", "/bin") if (path := Path(at, word)).exists())
        (folder / word).symlink_to(found)
    for name, script in programs.items():
        program(folder / name, script)
    return {"PATH": str(folder), "HOME": str(folder)}


def run(script: str, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(ROOT / "tools" / script), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_python_that_can_make_an_environment_is_found(tmp_path: Path) -> None:
    env = machine(tmp_path / "bin", {"python3": PYTHON, "python3.12": REFUSES})
    done = run("python.sh", env=env)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "bin" / "python3"))


@pytest.mark.parametrize(
    ("manager", "cure"),
    [
        ("apt-get", "sudo apt-get update && sudo apt-get install -y python3-venv"),
        ("brew", "brew install python@3.13"),
        ("dnf", "sudo dnf install -y python3.12"),
    ],
)
def test_a_missing_python_is_named_with_its_cure(tmp_path: Path, manager: str, cure: str) -> None:
    linux = "#!/bin/sh\necho Linux\n"
    has = {"python3": REFUSES, manager: REFUSES, "id": SOMEBODY, "uname": linux}
    done = run("python.sh", env=machine(tmp_path / "bin", has))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].strip() == cure


def test_root_installs_the_missing_python_by_itself(tmp_path: Path) -> None:
    folder, log = tmp_path / "bin", tmp_path / "log"
    program(tmp_path / "python3", PYTHON)
    apt = f'#!/bin/sh\necho "$*" >>{log}\ncp {tmp_path}/python3 {folder}/python3\n'
    done = run("python.sh", env=machine(folder, {"apt-get": apt, "id": ROOT_USER}))
    assert (done.returncode, done.stdout.strip()) == (0, str(folder / "python3")), done.stderr
    assert "python3-venv" in log.read_text()


def test_packages_that_tests_miss_are_named_to_who_may_not_install(tmp_path: Path) -> None:
    has_strace = '#!/bin/sh\ncase "$*" in *strace*) echo installed;; *) exit 1;; esac\n'
    env = machine(tmp_path / "bin", {"dpkg-query": has_strace, "id": SOMEBODY})
    done = run("test-machine.sh", str(ROOT / "tests" / "apt.txt"), env=env)
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.strip().startswith("sudo apt-get update && sudo apt-get install")
    assert "chromium" in last
    assert "strace" not in last


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools" / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(module, "npm", lambda: ["true"])
    return module


def test_a_script_with_another_digest_is_not_taken(tmp_path: Path, assets: ModuleType) -> None:
    (name,) = assets.ASSETS
    source = tmp_path / "node_modules" / name
    source.parent.mkdir(parents=True)
    source.write_text("alert(1)")
    assert assets.main() == 1
    assert not list((tmp_path / "vendor").iterdir())
    assets.ASSETS[name] = assets.digest(source)
    assert assets.main() == 0
    assert (tmp_path / "vendor" / source.name).read_text() == "alert(1)"


def test_scripts_that_cannot_be_fetched_are_said_and_survived(
    assets: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets, "npm", lambda: ["false"])
    assert assets.main() == 1
    assert "could not be fetched" in capsys.readouterr().err


def test_make_explains_itself() -> None:
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(["make"], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert {"make demo", "make test"} <= {
        " ".join(line.split()[:2]) for line in done.stdout.splitlines()
    }


def test_no_two_files_of_tests_have_one_name() -> None:
    """They are imported by their bare names: of two, whole runs would collect only one."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.stem != "conftest"]
    names = [path.name for path in files]
    assert sorted(names) == sorted(set(names))
