"""Takes what a command says; gives it to the terminal, with nothing in it that the terminal obeys.

All that commands print goes this way, for it may quote what anybody typed, scanned or sent: an
escape sequence in that could rename the window, hide what follows, or write over what was said.
"""

import re
from contextlib import AbstractContextManager, suppress
from typing import Any, Final

import click

from suyuan.cli.writing import to_stdout

_OBEYED: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
)
"""Control characters but line feed and tab, what turns the direction of writing, lone halves."""

_UNSEEN: Final = re.compile(f"[{_OBEYED}]")
_NAMES: Final = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR"),
    *("SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB"),
    *("ESC", "FS", "GS", "RS", "US"),
)


def visible(text: str) -> str:
    """The text with a name for what a terminal would obey: `<ESC>`, `<U+202E>`."""
    return _UNSEEN.sub(_named, text)


def echo(text: str = "", *, err: bool = False, **style: Any) -> None:
    """Print a line that people read, in the `style` of click."""
    with _given(err=err):
        click.secho(visible(text), err=err, **style)


def echo_json(line: str, *, err: bool = False) -> None:
    """Print a line of JSON; such characters stand only in its strings, and escaped mean the same.

    A lone half of a character is escaped as well: no encoding could write it.
    """
    with _given(err=err):
        click.echo(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line), err=err)


def _given(*, err: bool) -> AbstractContextManager[None]:
    """Of standard error nobody could be told that it fails; the exit status still tells."""
    return suppress(OSError) if err else to_stdout()


def _named(found: re.Match[str]) -> str:
    place = ord(found[0])
    if place < len(_NAMES):
        return f"<{_NAMES[place]}>"
    return "<DEL>" if found[0] == "\x7f" else f"<U+{place:04X}>"
