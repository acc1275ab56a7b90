"""The `suyuan` command as its user calls it: as a process, or in this one, which begins at once."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from suyuan.cli import Launcher, cli

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def process(**environment: str) -> Run:
    """The program by itself; with `full` no file grows beyond 512 bytes, as on a full disk.

    Bytecode is not written then: Python 3.11 leaves it torn, and what loads it never starts again.
    """
    limit = 'ulimit -f 1; export PYTHONDONTWRITEBYTECODE=1; exec "$@"'
    program = Path(sys.executable).parent / "suyuan"

    def run(*words: object, full: bool = False) -> Done:
        before = ["sh", "-c", limit, "sh"] if full else []
        return subprocess.run(
            [*before, program, *map(str, words)],
            env={**os.environ, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def here(**environment: str) -> Run:
    """The same without a process of its own; what is no answer of the command is raised."""
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)

    def run(*words: object, given: bytes | None = None) -> Done:
        runner = CliRunner(env={"COLUMNS": "200", **environment})
        done = runner.invoke(cli, [*map(str, words)], obj=launcher, prog_name="suyuan", input=given)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return run
