import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from suyuan.store import StoreSettings


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="suyuan-test-")).resolve()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=os.geteuid() != 0)


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
