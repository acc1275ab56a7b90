"""The first command of a newcomer: from an empty home, as root and as anybody, twice a day."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from running import Report, free_port

ROOT = Path(__file__).parents[2]
NOBODY = 65534
SMALL = ("--scale", "0.02")
PACKAGES = Path(psycopg.__file__).parents[1]
OTHER_PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
COMMAND = "import sys; sys.path[:0] = {path!r}; from suyuan.main import run; run()"

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="not on this system: only root can become another user"
)


@pytest.fixture(params=["root", "nobody"])
def newcomer(request: pytest.FixtureRequest, home: Path) -> Iterator["Newcomer"]:
    """Somebody with a closed, empty home, whose programs they can reach."""
    if request.param == "root":
        if os.geteuid() != 0:
            pytest.skip("not on this system: the tests do not run as root")
        yield Newcomer(home, user=0, python=Path(sys.executable))
        return
    python = Path(sys.executable)
    if os.geteuid() == 0:
        python = reachable_python()
    yield Newcomer(home, user=NOBODY if os.geteuid() == 0 else os.geteuid(), python=python)


class Newcomer:
    """A user with an empty home that nobody else may enter."""

    def __init__(self, folder: Path, *, user: int, python: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.home, user, user)
        self._user = user
        self._program = [python, "-c", COMMAND.format(path=[str(PACKAGES), str(ROOT / "src")])]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Run `suyuan` in that home with nothing else in the environment."""
        return subprocess.Popen(
            [*self._program, *words],
            cwd=self.home,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
            user=self._user if os.geteuid() == 0 else None,
            group=self._user if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run `suyuan` to its end: exit status, and all that it printed."""
        child = self.start(*words)
        said, _ = child.communicate(timeout=300)
        return child.returncode, said


def reachable_python() -> Path:
    """An interpreter and packages that the user nobody can use."""
    parts = (ROOT / "src", PACKAGES)
    closed = [each for part in parts for each in (part, *part.parents) if not _open(each)]
    if not OTHER_PYTHON.exists() or closed:
        pytest.skip(f"not on this system: nobody cannot use {OTHER_PYTHON} with {closed}")
    return OTHER_PYTHON


def _open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o001)


def test_the_demonstration_is_in_order_twice_on_one_day(newcomer: Newcomer, report: Report) -> None:
    begin = time.monotonic()
    status, said = newcomer.run("demo", "--check", *SMALL)
    first = time.monotonic() - begin
    assert status == 0, said
    status, said = newcomer.run("demo", "--check", *SMALL)
    report(f"first run {first:.1f} s, second {time.monotonic() - begin - first:.1f} s")
    assert status == 0, said
    assert "Traceback" not in said


def test_the_first_page_is_answered_within_a_minute(newcomer: Newcomer, report: Report) -> None:
    port = free_port()
    begin = time.monotonic()
    child = newcomer.start("demo", "--port", str(port), *SMALL)
    try:
        answered = answer_at(port, child, patience=120)
        took = time.monotonic() - begin
    finally:
        child.terminate()
        said, _ = child.communicate(timeout=60)
    report(f"first answer after {took:.1f} s")
    assert answered.startswith("HTTP/1.1 200"), said
    assert took < 60
    assert child.returncode == 0, said


def answer_at(port: int, child: "subprocess.Popen[str]", *, patience: float) -> str:
    """The first line of the first answer to the address that the demonstration names."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as caller:
                caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return caller.recv(64).decode(errors="replace")
        except OSError:
            time.sleep(0.05)
    return ""


@pytest.mark.deep
@pytest.mark.parametrize("user", [pytest.param(0, marks=needs_root), NOBODY])
def test_make_demo_in_a_fresh_clone_needs_nothing_but_python_and_make(
    home: Path, report: Report, user: int
) -> None:
    """The clone holds what is committed; pip and uv fetch the rest from the registries."""
    if not OTHER_PYTHON.exists():
        pytest.skip(f"not on this system: no {OTHER_PYTHON}")
    owner = user if os.geteuid() == 0 else os.geteuid()
    nest = home / "nest"
    nest.mkdir(mode=0o700)
    clone, empty = nest / "suyuan", nest / "home"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    empty.mkdir(mode=0o700)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{owner}:{owner}", nest], check=True)
    begin = time.monotonic()
    done = subprocess.run(
        ["make", "demo", "DEMO_ARGS=--check"],
        cwd=clone,
        env={"HOME": str(empty), "PATH": "/usr/bin:/bin"},
        user=owner if os.geteuid() == 0 else None,
        group=owner if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    report(f"{time.monotonic() - begin:.0f} s, its downloads included")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shutil.which("uv", path="/usr/bin:/bin") is None or (clone / ".venv/bin/uv").exists()
