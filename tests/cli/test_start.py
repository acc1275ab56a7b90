"""What a process of ours loads and starts before anybody asked for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_THREADS = """
import sys
from contextlib import suppress
from pathlib import Path
from suyuan import main
sys.argv = ["suyuan", "--help"]
with suppress(SystemExit):
    main.run()
import numpy
numpy.ones((400, 400)) @ numpy.ones((400, 400))
print(len(list(Path("/proc/self/task").iterdir())))
"""


def said_by(code: str, **environment: str) -> str:
    """The last line that a fresh process prints."""
    plain = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**plain, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_linear_algebra_starts_no_threads_beside_ours_unless_told_to() -> None:
    assert said_by(_THREADS) == "1"
    if (os.cpu_count() or 1) > 1:
        assert said_by(_THREADS, OPENBLAS_NUM_THREADS="2") == "2"


def test_faces_are_ready_without_arrays_and_workbooks() -> None:
    code = (
        "import sys, suyuan.api, suyuan.web, suyuan.cli\n"
        "print(sorted({'numpy', 'numba', 'openpyxl', 'lxml'} & set(sys.modules)))"
    )
    assert said_by(code) == "[]"
