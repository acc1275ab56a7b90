"""The command line without a process of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from suyuan.cli.root import Launcher, cli


@pytest.fixture
def suyuan(migrated_database: str, tmp_path: Path) -> Callable[..., Result]:
    """The command, in this process, on a database of the test's own."""
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}

    def run(*words: str) -> Result:
        return CliRunner(env=given | {"COLUMNS": "240"}).invoke(cli, list(words), obj=launcher)

    return run
