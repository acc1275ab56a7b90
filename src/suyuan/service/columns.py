"""Takes the lines of a list or table of codes; gives each code or range with its line.

A list has a code a line, or FIRST-LAST, also with another sign or 至 between them; a code may have
dashes or spaces within it. A table, as spreadsheets save it, has cells parted by comma, semicolon
or tab, maybe headings, and other columns: the codes' column is the one that is named, or the one in
which the first row has a code, or two of them as first and last. A line that has more than that is
told with all of its codes: none is left out in silence.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from suyuan.codes import privacy, shortened
from suyuan.codes.types import WIDE
from suyuan.kit import SuyuanError, Text
from suyuan.registry import bringing
from suyuan.service.tables import BOM, from_text

_PARTING: Final = (",", "\t", ";", "，", "；")
_BREAK: Final = re.compile("[\r\n]+")
_GAP: Final = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_PARTS: Final = re.compile(r"[\s、/|+和及与]+")
_BESIDE: Final = re.compile(f"(?<=[0-9]){_PARTS.pattern}(?=[0-9])")
_UNTIL: Final = re.compile(r"(?<=[0-9])\s*(?:[~〜—―–−‐-]{1,2}|\.{2,3}|…{1,2}|至|到)\s*(?=[0-9])")
"""What stands between first and last as people write it, wide signs aside."""
_QUOTES: Final = re.compile('["“”](?=[0-9])|(?<=[0-9])["“”]')
_ENDS: Final = re.compile(r"^(?:自|从|由)\s*(?=[0-9])|(?<=[0-9])\s*止$")
_CLOSING: Final = "。、."
_ATTEMPT: Final = re.compile("[0-9]{6}")
"""What no heading has and every code does."""

_NO_COLUMN = Text(
    "这一行没有{name}；请核对，或用 --column 写出编码那一列的标题。",
    "There is no {name} in this line; compare it, or name the heading of the codes' column with "
    "--column.",
)
_NOTHING_LIKE = Text(
    "文件里没有一行像编码：每行应有一个{name}，或“起-止”一段。请核对是不是选错了文件或工作表。",
    "No line of the file is like a code: each should have one (here: {name}), or FIRST-LAST. See "
    "whether this is the right file or sheet.",
)
_LONG_LINE = Text(
    "这一行超过 {most} 个字符，不是一个码，也不是表格的一行；请核对是不是选错了文件，"
    "或有一行没有换行。",
    "This line has more than {most} characters: it is no code and no row of a table. See whether "
    "this is the right file, or lines have run into one.",
)
_NO_HEAD = Text(
    "没有标题为 “{column}” 的一列；有：{known}。",
    "There is no column with the heading '{column}'; there are: {known}.",
)
_HEADLESS = Text(
    "第一行就有编码，没有标题行，所以没有标题为 “{column}” 的一列；请在第一行写上标题，"
    "或不指明哪一列。",
    "The first line has codes already: there are no headings, so no column '{column}'. Write "
    "headings into the first line, or name no column.",
)
_LONGEST_LINE: Final = 100_000
"""Characters; what reads cells takes no more than 131,072 of one."""
_SHOWN: Final = 40
_MOST_HEADS: Final = 20

Sound = Callable[[str], bool]
Row = tuple[int, list[str]]


def spans(
    lines: Iterable[str], is_code: Sound, *, name: Text, column: str = ""
) -> Iterator[bringing.Span]:
    """Every code or range in its order; empty lines are read over.

    `is_code` tells a code of the scheme, `name` what the scheme's codes are called, `column` the
    heading of the column to take.

    Raises:
        SuyuanError: no column holds codes, or a line is too long (413); its place is the line.
    """
    rows = ((at, _cells(_short(line, at), is_code)) for at, line in enumerate(lines, start=1))
    filled = (row for row in rows if any(row[1]))
    heads: list[Row] = []
    first = next(filled, None)
    while first and not _is_attempt(first[1]):
        heads.append(first)
        first = next(filled, None)
    if first is None and heads:
        raise SuyuanError("bringing.none", _NOTHING_LIKE.format(name=name), "file")
    if first is None:
        return
    taken = _named(heads[:1], column, first[0]) if column else _taken(first, is_code, name)
    for at, cells in chain([first], filled):
        beside = [] if column else _beside(cells, taken, is_code)
        yield _span(at, cells, taken, is_code, beside)


def _short(line: str, at: int) -> str:
    if len(line) > _LONGEST_LINE:
        text = _LONG_LINE.format(most=_LONGEST_LINE)
        raise SuyuanError("bringing.line", text, f"line {at}", status=413)
    return line


def _is_attempt(cells: Sequence[str]) -> bool:
    """Whether a row has what a code is, or was before a spreadsheet shortened it."""
    return _ATTEMPT.search(" ".join(cells)) is not None or any(map(shortened.is_shortened, cells))


def _cells(line: str, is_code: Sound) -> list[str]:
    """The cells of a line, by the sign that parts most; a cell holds no line break."""
    plain = _BREAK.sub(" ", line.strip("\r\n").lstrip(BOM))
    sign = max(_PARTING, key=plain.count)
    is_row = sign in plain or plain.startswith('"')
    found = next(csv.reader([plain], delimiter=sign), []) if is_row else [plain]
    return [_cell(each.translate(WIDE), is_code) for each in found]


def _cell(text: str, is_code: Sound) -> str:
    """What a cell says, without spaces between digits, unless they part whole codes or ranges."""
    bare = _ENDS.sub("", _QUOTES.sub("", from_text(text)).rstrip(_CLOSING))
    bare = _UNTIL.sub("-", bare)
    if not _BESIDE.search(bare):
        return bare
    return " ".join(_listed(bare, is_code)) or _GAP.sub("", bare)


_LONGEST_CELL: Final = 100
"""Longer than any two codes."""


def _taken(row: Row, is_code: Sound, name: Text) -> tuple[int, ...]:
    at, cells = row
    taken = (0,) if len(cells) == 1 else _codes_in(cells, is_code)
    if not taken:
        raise SuyuanError("bringing.column", _NO_COLUMN.format(name=name), f"line {at}")
    return taken


def _codes_in(cells: Sequence[str], is_code: Sound) -> tuple[int, ...]:
    """The columns with a code in them, FIRST-LAST, or what was a code: two at most."""

    def is_like(cell: str) -> bool:
        is_end = any(map(is_code, _ends(cell, is_code)))
        return is_end or shortened.is_shortened(cell) or bool(_listed(cell, is_code))

    return tuple(at for at, cell in enumerate(cells) if is_like(cell))[:2]


def _listed(cell: str, is_code: Sound) -> list[str]:
    """The codes and ranges of a cell that has nothing else in it, as FIRST-LAST; else nothing."""
    found = [_ends(each, is_code) for each in _PARTS.split(cell.strip())]
    is_all = all(is_code(each) for ends in found for each in dict.fromkeys(ends))
    return ["-".join(dict.fromkeys(ends)) for ends in found] if is_all else []


def _beside(cells: Sequence[str], taken: Sequence[int], is_code: Sound) -> list[str]:
    """The codes and ranges in other cells than those that are taken."""
    others = (cell for at, cell in enumerate(cells) if at not in taken and _ATTEMPT.search(cell))
    return [code for cell in others for code in _listed(cell, is_code)]


def _ends(cell: str, is_code: Sound) -> tuple[str, str]:
    """The code of a cell twice, or FIRST and LAST; dashes within a code part it for the eye.

    What is neither stays as it was typed, so that it is told as that.
    """
    if len(cell) > _LONGEST_CELL or " " in cell:
        return cell, cell
    parts = [part.strip() for part in cell.split("-")]
    for at in range(len(parts), 0, -1):
        first, last = "".join(parts[:at]), "".join(parts[at:])
        if is_code(first) and (at == len(parts) or is_code(last)):
            return first, last or first
    begin, *more = parts
    return (cell, cell) if len(more) > 1 else (begin, "".join(more) or begin)


def _named(headings: Sequence[Row], column: str, first: int) -> tuple[int, ...]:
    """The column under a heading; of a file without headings nothing is quoted: it is data."""
    shown = privacy.quoted(column, _SHOWN)
    if not headings:
        raise SuyuanError("bringing.head", _HEADLESS.format(column=shown), f"line {first}")
    at, heads = headings[0]
    found = [place for place, head in enumerate(heads) if column.strip() in (head, *head.split())]
    if not found:
        known = "、".join(privacy.quoted(each, _SHOWN) for each in heads[:_MOST_HEADS] if each)
        raise SuyuanError("bringing.head", _NO_HEAD.format(column=shown, known=known), f"line {at}")
    return tuple(found[:1])


def _span(
    line: int, cells: Sequence[str], taken: Sequence[int], is_code: Sound, beside: Sequence[str]
) -> bringing.Span:
    """What a row gives; of more than a code, FIRST-LAST or both ends all of it, to be told."""
    one, *other = (cells[at] if at < len(cells) else "" for at in taken)
    first, last = _ends(one, is_code)
    until = next(filter(None, other), "")
    if one and (beside or (until and first != last)):
        ends = ("-".join(dict.fromkeys(_ends(each, is_code))) for each in (one, until))
        every = " ".join(filter(None, (*ends, *beside)))
        return bringing.Span(every, every, line)
    return bringing.Span(first, _ends(until, is_code)[1] if until else last, line)
