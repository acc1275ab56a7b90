import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from suyuan.store import StoreSettings


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="suyuan-test-")).resolve()
    made.chmod(0o755)
    yield made
    wait_for_processes_in(made)
    shutil.rmtree(made, ignore_errors=os.geteuid() != 0)


def wait_for_processes_in(folder: Path) -> None:
    """A killed starter's server is still shutting down when the test is over."""
    deadline = time.monotonic() + 20
    while any(map(folder.__eq__, ancestors_of_processes())) and time.monotonic() < deadline:
        time.sleep(0.05)


def ancestors_of_processes() -> Iterator[Path]:
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            yield from each.readlink().parents


@pytest.fixture
def settings(folder: Path, postgres_binaries: Path | None, hasty: dict[str, str]) -> StoreSettings:
    """An embedded server in that folder, whatever has to move staying in it too."""
    return StoreSettings(
        data_dir=folder / "pg",
        places=(folder / "places",),
        temp=folder,
        binaries=postgres_binaries,
        options=hasty,
    )
