"""Says on a terminal how far long work has come, in words or by a bar, and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from suyuan.cli.echo import visible
from suyuan.kit import Text
from suyuan.kit.text import Lang

if TYPE_CHECKING:
    from suyuan.trace import gather

_ASKING: Final = Text("查询记录", "Asking the record")
_ROUND: Final = Text(
    "第 {rounds} 轮：已读 {facts} 条事实", "Round {rounds}: {facts:fact|facts} read"
)
_SEARCHED: Final = Text("逐个起点查找：{done}/{total}", "Chains followed: {done} of {total}")

Advance = Callable[[int], None]
Count = Callable[[int, int], None]


@contextmanager
def progress_bar(
    label: Text, total: int | None, lang: Lang, *, quiet: bool = False
) -> Iterator[Advance]:
    """To be called with how much is done; the bar moves by itself until the first is.

    Without a total it leaves nothing behind.
    """
    columns = (MofNCompleteColumn(), TimeRemainingColumn())
    with _telling(label, lang, *columns, quiet=quiet, stays=total is not None) as tell:
        yield lambda done: tell(label, done, total)


@contextmanager
def rounds_told(lang: Lang, *, quiet: bool) -> Iterator["gather.Limit"]:
    """What a question is bounded by, which says after every round how much has been read."""
    from suyuan.trace import gather  # noqa: PLC0415 -- what needs no database loads no driver

    with _telling(_ASKING, lang, TimeElapsedColumn(), quiet=quiet) as tell:
        yield gather.Limit(
            advance=lambda rounds, facts: tell(_ROUND.format(rounds=rounds, facts=facts))
        )


@contextmanager
def searches_told(lang: Lang, *, quiet: bool) -> Iterator[Count]:
    """To be called with how many searches are done, and of how many."""
    with _telling(_ASKING, lang, TimeElapsedColumn(), quiet=quiet) as tell:
        yield lambda done, total: tell(_SEARCHED.format(done=done, total=total), done, total)


@contextmanager
def _telling(
    first: Text, lang: Lang, *more: ProgressColumn, quiet: bool, stays: bool = False
) -> Iterator[Callable[..., None]]:
    """On stderr, so that stdout stays clean; silent where that is no terminal, or if `quiet`."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), *more)
    silent = quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=silent, transient=not stays) as progress:
        task = progress.add_task(_shown(first, lang), total=None)

        def tell(text: Text, done: int = 0, total: int | None = None) -> None:
            said = _shown(text, lang)
            progress.update(task, description=said, completed=done, total=total)

        yield tell


def _shown(text: Text, lang: Lang) -> str:
    return escape(visible(text.pick(lang)))
