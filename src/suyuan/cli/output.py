"""Takes answers; gives what a terminal shows: tables, progress bars, errors, JSON lines."""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final, Generic, NoReturn, TypeVar

import click
import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line
from rich.tree import Tree

from suyuan.cli.echo import echo, echo_json, visible
from suyuan.cli.errors import show_error
from suyuan.cli.root import Shared
from suyuan.cli.writing import to_stdout, unusable
from suyuan.codes import Candidate, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Finding

_ANY_WIDTH = 1_000_000
"""Columns: more than any table has."""

_T = TypeVar("_T")

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def say(text: Text, shared: Shared, *, err: bool = False) -> None:
    """One sentence in the language asked for, masked; with `err` beside what is printed."""
    echo(privacy.masked(_in(text, shared.lang)), err=err)


def emit_json(value: Any) -> None:
    """One value as one line of JSON."""
    echo_json(_ENCODER.encode(value).decode())


def emit_quoted(value: Any) -> None:
    """The same of what quotes somebody's words, names of files, messages: these are masked.

    Digests and ids that no person writes are what they are: a star in them would make them void.
    """
    plain = msgspec.to_builtins(value, str_keys=True, builtin_types=(Decimal,))
    emit_json(_masked(plain))


_REFERENCE: Final = re.compile(
    r"(?:[a-z]+:/*[a-z0-9-]+;)?(?=[0-9-]*[a-f])[0-9a-f]{32,}(?:\?ver=CBV[0-9.]+)?"
    r"|(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
"""Hexadecimal digests, `ni:` names of hashes, UUIDs."""


def _masked(value: Any) -> Any:
    match value:
        case str() if _REFERENCE.fullmatch(value):
            return value
        case str():
            return privacy.masked(value)
        case dict():
            return {privacy.masked(name): _masked(each) for name, each in value.items()}
        case list() | tuple():
            return [_masked(each) for each in value]
        case _:
            return value


def show_table(
    title: Text, heads: Sequence[Text], rows: Sequence[Sequence[str]], lang: Lang
) -> None:
    """A table within the terminal; where there is none, as wide as it needs to be.

    What a pipe or file takes is searched and cut by lines: no word there may be folded. Brackets
    and colons in it are what they are, no markup. All is masked, for it may quote.
    """
    table = Table(
        title=Line(visible(privacy.masked(_in(title, lang)))),
        title_justify="left",
        header_style="bold",
    )
    for each in heads:
        table.add_column(_in(each, lang), overflow="fold")
    for row in rows:
        table.add_row(*(Line(visible(_masked(cell))) for cell in row))
    console = Printed()
    if not sys.stdout.isatty():
        console.width = _ANY_WIDTH
        console.width = console.measure(table).maximum
    print_shown(console, table)


class Printed(Console):
    """Standard output; a reader that left ends the program as wherever else it prints."""

    def on_broken_pipe(self) -> NoReturn:
        """Not rich's own way, whose exit status is that of something found wrong."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def print_shown(console: Printed, shown: Table | Tree) -> None:
    """Print what rich draws.

    Raises:
        SuyuanError: `cli.stdout`.
    """
    with to_stdout():
        console.print(shown)


class Listing(Struct, Generic[_T], frozen=True, kw_only=True):
    """How one kind of thing is listed: in a table under its heads, and as JSON."""

    title: Text
    heads: Sequence[Text]
    row: Callable[[_T, Lang], Sequence[str]]
    told: Callable[[_T], Any] = lambda each: each


def show_list(listing: Listing[_T], found: Iterable[_T], shared: Shared, *, as_json: bool) -> None:
    """What was found: a table for people, or a line of JSON for each."""
    if as_json:
        for each in found:
            emit_json(listing.told(each))
    else:
        rows = [listing.row(each, shared.lang) for each in found]
        show_table(listing.title, listing.heads, rows, shared.lang)


def outcome(found: Candidate) -> Text:
    """Whether a reading holds: ✓ only where check characters say so, ✗ where something is wrong."""
    mark = "✗ " if not found.valid else "✓ " if found.check == "passed" else ""
    said = found.said_of_check
    return Text(f"{mark}{said.zh}", f"{mark}{said.en}")


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """JSON instead of words."""
    return click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")(command)


@contextmanager
def plain_errors() -> Iterator[None]:
    """An error that a person can mend becomes a sentence and an exit status, not a traceback."""
    try:
        yield
    except SuyuanError as error:
        fail(error)
    except OSError as error:
        if (unusable_file := unusable(error)) is None:
            raise
        fail(unusable_file)
    except Exception as error:
        from suyuan.store import errors  # noqa: PLC0415 -- what needs no database loads no driver

        if (told := errors.in_midst(error)) is None:
            raise
        fail(told)


def fail(error: SuyuanError) -> NoReturn:
    """Say what is wrong, where, and in which code, masked.

    Leave with status 1 if something was checked and found wrong, else with 2.
    """
    tell(error)
    sys.exit(1 if error.found_wrong else 2)


def tell(error: SuyuanError) -> None:
    """Say what is wrong, where, and in which code; as JSON if the command's answer is that."""
    context = click.get_current_context(silent=True)
    as_json = context is not None and bool(context.params.get("as_json"))
    show_error(error.text, error.code, error.place, as_json=as_json)


def told(finding: Finding) -> dict[str, Any]:
    """A finding as JSON shows it: place, rule, sentence, cure and where the rule comes from."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "cure": finding.cure,
        "law": finding.law,
        "law_en": finding.law_en,
        "verified": finding.verified,
    }


def _in(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en
