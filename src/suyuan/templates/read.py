"""Takes a filled workbook; gives the events that it states as one EPCIS document, and findings.

Every event without an id gets one from what it says, so the same workbook twice is a repeat.
"""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.templates.cells import meant
from suyuan.templates.documents import document_of, whole
from suyuan.templates.rows import RECORD, event_of, rows_of
from suyuan.templates.types import (
    CellFinding,
    Column,
    Filled,
    Meant,
    Origin,
    Remark,
    Template,
    TemplateFor,
    WorkbookError,
)
from suyuan.templates.write import DIVISION, EXAMPLE, FIRST_ROW, KEYS_ROW, MARK

MOST_BYTES, MOST_ROWS = 200 << 20, 100_000
UNKNOWN: Final = "urn:suyuan:column:"
"""A column of people's own, kept as an extension under its heading."""

_NO_WORKBOOK: Final = Text("这不是 xlsx 工作簿。", "This is no xlsx workbook.")
_LARGE: Final = Text("工作簿太大。", "The workbook is too large.")
_NO_SHEET: Final = Text(
    "没有一张工作表是模板：请用 suyuan template 生成，并保留第 1、2 行。",
    "No sheet is a template: make one with suyuan template, and keep rows 1 and 2.",
)
_FORMULA: Final = Remark(
    "workbook.formula",
    Severity.NOTE,
    Text("单元格是公式，已取其结果。", "The cell is a formula; its result was taken."),
    Text("将公式粘贴为值。", "Paste the formula as a value."),
)
_NO_RESULT: Final = Remark(
    "workbook.formula-without-result",
    Severity.REFUSE,
    Text("公式没有保存结果，或结果有错。", "The formula has no kept result, or it is an error."),
    Text(
        "在 Excel 或 WPS 中打开并保存，或改为值。", "Open and save it in Excel, or paste a value."
    ),
)
_MERGED: Final = Remark(
    "workbook.merged",
    Severity.NOTE,
    Text("合并的单元格：各行都按此值读取。", "Merged cells: each row was read with this value."),
    Text("请取消合并，逐行填写。", "Unmerge them and fill each row."),
)
_KEPT: Final = Remark(
    "workbook.unknown-column",
    Severity.NOTE,
    Text("模板中没有这一列，作为扩展保存。", "The template has no such column; kept as extension."),
    Text("如属模板中的数据项，请填入相应列。", "If it is an item of the template, use its column."),
)
_DIFFERS: Final = Remark(
    "workbook.rows-differ",
    Severity.REFUSE,
    Text("同一记录的各行，此列只能有一个值。", "Rows of one record have one value here."),
    Text("改正此值，或另用一个记录号。", "Correct it, or give the row its own record."),
)
_STILL_EXAMPLE: Final = Remark(
    "workbook.example",
    Severity.FLAG,
    Text("这一行标为示例，没有读取。", "The row is marked as an example and was not read."),
    Text("如是实际记录，请改写记录号。", "If it is real, change its record number."),
)
_SAME_TWICE: Final = Remark(
    "workbook.same-twice",
    Severity.FLAG,
    Text("与前面某行完全相同，只记录一次。", "Wholly the same as a row before; recorded once."),
    Text("如确是两次，请填写不同的事件编号。", "If it happened twice, state different event ids."),
)
_ONCE: Final = ("eventTime", "eventTimeZoneOffset", "eventID", "action", "parentID")


class _Cells(Struct):
    """A sheet with its results, formulas and merged ranges side by side."""

    values: Worksheet
    formulas: Worksheet
    merged: Mapping[tuple[int, int], tuple[int, int]]
    keys: tuple[Column | None, ...]
    fixed: Mapping[str, str]
    found: list[CellFinding]
    examples: int

    def say(self, row: int, at: int, remarks: Iterable[Remark]) -> None:
        letters = get_column_letter(at)
        self.found.extend(one.at(self.values.title, row, letters) for one in remarks)


def read_workbook(data: bytes, template_for: TemplateFor) -> Filled:
    """The events of every template sheet; `template_for(family, step, day, division)` its columns.

    Raises:
        WorkbookError: no workbook, too large, or no sheet of it is a template.
        SuyuanError: a sheet names a family or step that there is not.
    """
    _sized(data)
    values, formulas = _loaded(data, with_results=True), _loaded(data, with_results=False)
    events: list[dict[str, Any]] = []
    origins: list[Origin] = []
    found: list[CellFinding] = []
    sheets = [one for one in values.worksheets if str(one["A1"].value).startswith(MARK + "|")]
    if not sheets:
        raise WorkbookError("workbook.no-template", _NO_SHEET)
    seen: set[str] = set()
    for sheet in sheets:
        cells = _cells(sheet, formulas[sheet.title], template_for)
        for origin, event in _events(cells):
            if event["eventID"] in seen:
                cells.say(origin.row, 1, [_SAME_TWICE])
                continue
            seen.add(event["eventID"])
            events.append(event)
            origins.append(origin)
        found += cells.found
    return Filled(document=document_of(events), origins=tuple(origins), findings=tuple(found))


def _sized(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as error:
        raise WorkbookError("workbook.form", _NO_WORKBOOK) from error
    if size > MOST_BYTES:
        raise WorkbookError("workbook.large", _LARGE, status=413)


def _loaded(data: bytes, *, with_results: bool) -> Any:
    """The workbook; what the library warns that it leaves out, as footers, is not read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=with_results)
    except Exception as error:  # the library raises whatever its parts raise on a broken file
        raise WorkbookError("workbook.form", _NO_WORKBOOK) from error


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The values of every sheet by its name, row by row; of a formula its kept result.

    Raises:
        WorkbookError: no workbook, or too large.
    """
    _sized(data)
    book = _loaded(data, with_results=True)
    for sheet in book.worksheets:
        if sheet.max_row > MOST_ROWS:
            raise WorkbookError("workbook.large", _LARGE, sheet.title, status=413)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def _cells(values: Worksheet, formulas: Worksheet, template_for: TemplateFor) -> _Cells:
    _, day, *fixed = str(values["A1"].value).split("|")
    said = dict(one.partition("=")[::2] for one in fixed)
    division = said.pop(DIVISION, "")
    family, step = said.get("suyuan:family", ""), said.get("suyuan:step", "")
    template = template_for(family, step, day, division)
    if values.max_row > MOST_ROWS:
        raise WorkbookError("workbook.large", _LARGE, values.title, status=413)
    merged = {
        (row, at): (span.min_row, span.min_col)
        for span in formulas.merged_cells.ranges
        for row in range(span.min_row, span.max_row + 1)
        for at in range(span.min_col, span.max_col + 1)
        if (row, at) != (span.min_row, span.min_col)
    }
    keys = tuple(_key(values, at, template) for at in range(1, values.max_column + 1))
    examples = len(rows_of(template.example))
    cells = _Cells(values, formulas, merged, keys, said, [], examples)
    for at, column in enumerate(keys, start=1):
        if column is not None and column.key.startswith(UNKNOWN):
            cells.say(KEYS_ROW + 1, at, [_KEPT])
    return cells


def _key(sheet: Worksheet, at: int, template: Template) -> Column | None:
    """The column by its key, else by its name in either tongue; else one of people's own."""
    key, zh, en = (str(sheet.cell(row, at).value or "").strip() for row in range(2, 5))
    for column in template.columns:
        if key == column.key or (not key and (column.name.zh in (zh, en) or column.name.en == en)):
            return column
    own = zh or en or key
    name = Text(own, own)
    return Column(key=UNKNOWN + quote(own, safe=""), name=name, type="text") if own else None


def _events(cells: _Cells) -> Iterator[tuple[Origin, dict[str, Any]]]:
    rows = [(row, stated) for row, stated in _rows(cells) if stated]
    named = groupby(rows, key=lambda one: one[1].get(RECORD) or one[0])
    told = [(at, column) for at, column in enumerate(cells.keys, start=1) if column is not None]
    columns = {column.key: get_column_letter(at) for at, column in told}
    several = {column.key for _, column in told if column.several}
    for _, group in named:
        together = list(group)
        _agree(cells, together, columns)
        event = whole(event_of([stated for _, stated in together], several), cells.fixed)
        yield Origin(cells.values.title, together[0][0], columns), event


def _rows(cells: _Cells) -> Iterator[tuple[int, dict[str, Any]]]:
    for row in range(FIRST_ROW, cells.values.max_row + 1):
        if str(cells.values.cell(row, 1).value or "").strip() in (*EXAMPLE.split(), EXAMPLE):
            if row >= FIRST_ROW + cells.examples:
                cells.say(row, 1, [_STILL_EXAMPLE])
            continue
        read = {
            column.key: _cell(cells, row, at, column)
            for at, column in enumerate(cells.keys, start=1)
            if column is not None
        }
        stated = {key: value for key, value in read.items() if value is not None}
        yield row, stated if stated.keys() - {RECORD} else {}


def _cell(cells: _Cells, row: int, at: int, column: Column) -> Any:
    top = cells.merged.get((row, at), (row, at))
    value = cells.values.cell(*top).value
    formula = cells.formulas.cell(*top)
    if formula.data_type == "f":
        if value is None or cells.values.cell(*top).data_type == "e":
            cells.say(row, at, [_NO_RESULT])
            return None
        cells.say(row, at, [_FORMULA])
    if top != (row, at) and value is not None:
        cells.say(row, at, [_MERGED])
    found: Meant = meant(value, column)
    said = () if column.key == RECORD else found.remarks
    cells.say(row, at, said)
    return found.value


def _agree(
    cells: _Cells, rows: list[tuple[int, dict[str, Any]]], columns: Mapping[str, str]
) -> None:
    for key in _ONCE:
        first = next((stated[key] for _, stated in rows if key in stated), None)
        for row, stated in rows:
            if stated.get(key, first) != first:
                cells.say(row, column_index_from_string(columns[key]), [_DIFFERS])
