"""Takes a file or the environment; gives a passphrase, which never stands on a command line."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from suyuan.kit import SuyuanError, Text

_EMPTY: Final = Text("口令是空的。", "The passphrase is empty.")


Passphrase = Callable[[], str | None]


class FromEnvironment(click.Option):
    """An option that the command line does not have: others on the machine can read that."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Nothing: the value comes from its variable alone."""

    def get_help_record(self, ctx: click.Context) -> None:
        """The option beside it tells of the variable."""


def passphrase_option(command: Callable[..., None]) -> Callable[..., None]:
    """`passphrase`: a call that gives it, from a file or the environment, or none."""

    @click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="口令所在文件的第一行，或用变量 SUYUAN_BACKUP_PASSPHRASE · "
        "File whose first line is the passphrase; or set SUYUAN_BACKUP_PASSPHRASE.",
    )
    @click.option("--passphrase", cls=FromEnvironment, envvar="SUYUAN_BACKUP_PASSPHRASE")
    @wraps(command)
    def asked(
        *given: Any, passphrase_file: Path | None, passphrase: str | None, **others: Any
    ) -> None:
        command(*given, passphrase=lambda: _chosen(passphrase_file, passphrase), **others)

    return asked


def _chosen(file: Path | None, passphrase: str | None) -> str | None:
    """The passphrase: the file's first line, else that of the environment, else none.

    Raises:
        SuyuanError: `backup.passphrase`, it is empty.
    """
    if file is not None:
        passphrase = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    if passphrase == "":
        raise SuyuanError("backup.passphrase", _EMPTY, str(file or "SUYUAN_BACKUP_PASSPHRASE"))
    return passphrase
