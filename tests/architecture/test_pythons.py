"""Every Python at hand reads alike: what holds on the one that runs this holds on the others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from layout import ROOT

# Characters and their expressions: where one Python has gone wrong and a newer one has not.
READING = ["-q", "-p", "no:cacheprovider", "tests/codes", "tests/wire", "tests/tlog"]
NAMES = tuple(f"python3.{minor}" for minor in range(11, 15))
SAY = "import sys, ensurepip; print(*sys.version_info[:3], sep='.')"


def version_of(python: str) -> str:
    done = subprocess.run([python, "-c", SAY], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def others() -> dict[str, str]:
    """The Pythons on the path that may run us, one a version, without the one that runs this."""
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    pythons = (folder / name for folder in folders for name in NAMES)
    found = {version_of(str(python)): str(python) for python in pythons if python.exists()}
    return {version: found[version] for version in found.keys() - {"", version_of(sys.executable)}}


@pytest.mark.deep
def test_every_other_python_passes_what_reads_characters(tmp_path: Path) -> None:
    """Each in an environment of its own, from the lock."""
    if not (pythons := others()):
        pytest.skip("not on this system: another Python")
    uv = str(Path(sys.executable).with_name("uv"))
    for version, python in pythons.items():
        place = tmp_path / version
        env = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        install = [uv, "sync", "--quiet", "--frozen", "--python", python]
        subprocess.run(install, cwd=ROOT, env=env, check=True)
        tests = [str(place / "bin" / "python"), "-m", "pytest", *READING]
        done = subprocess.run(tests, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"Python {version}: {done.stdout[-4000:]}"
