"""Takes that there is no database; says that answers come from the codes alone."""

from typing import Final

from suyuan.cli.echo import echo
from suyuan.cli.root import Shared
from suyuan.kit import Text

_NOT_LOOKED_UP: Final = Text(
    "{folder} 里没有数据库：只按编码本身作答，没有查记录。要查，请用 --data-dir 或 "
    "--database-url 指明。",
    "There is no database in {folder}: the codes alone are answered from, and nothing was looked "
    "up. To look it up, name one with --data-dir or --database-url.",
)


def say_not_looked_up(shared: Shared) -> None:
    """One line on standard error, also beside JSON, whose nulls would say as much as "unknown"."""
    echo(_NOT_LOOKED_UP.format(folder=shared.data_dir).pick(shared.lang), err=True)
