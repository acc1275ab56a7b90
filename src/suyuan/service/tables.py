"""Takes codes; gives them as lines of CSV, for programs or for people with Excel or WPS.

Excel takes CSV for its own locale's letters unless it begins with a byte order mark, and a long
number for a number: of 32 digits it keeps 15. So for people a text of digits is written as the
formula `="…"`, which every spreadsheet shows, and keeps, as that text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from suyuan.service.issuing import Code

BOM: Final = "\ufeff"
_PLAIN: Final = ("place", "code", "name", "secret")
_TITLED: Final = ("序号 place", "编码 code", "规范名 name", "涂层验证码 secret")
_KEPT: Final = 11
"""Digits that every spreadsheet shows as they are."""


class For(StrEnum):
    """Who reads the table."""

    EXCEL = "excel"
    PROGRAM = "program"


def table(found: Iterable[Code], reader: For, secrets: Sequence[str] = ()) -> Iterator[str]:
    """Lines with a head: place, code, canonical URI, and the secrets where they are given."""
    columns = 4 if secrets else 3
    titles = _TITLED if reader is For.EXCEL else _PLAIN
    mark, end = (BOM, "\r\n") if reader is For.EXCEL else ("", "\n")
    text = io.StringIO()
    write = csv.writer(text, lineterminator=end).writerow
    write(titles[:columns])
    yield mark + text.getvalue()
    for code in found:
        text.seek(0)
        text.truncate()
        spelled = as_text(code.code) if reader is For.EXCEL else code.code
        row = (code.place, spelled, code.name)
        write((*row, secrets[code.place - 1]) if secrets else row)
        yield text.getvalue()


def as_text(cell: str) -> str:
    """A cell that a spreadsheet keeps as text, whatever it looks like."""
    is_number = cell.isascii() and cell.isdigit() and (len(cell) > _KEPT or cell[0] == "0")
    return f'="{cell}"' if is_number else cell


def from_text(cell: str) -> str:
    """A cell as it was before `as_text`, or as people keep one from being a number: ' or a tab."""
    plain = cell.strip()
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1]
    return plain.removeprefix("'").strip()
