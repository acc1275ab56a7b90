"""Takes the sheets of the registry; gives an empty workbook: headings, drop-downs, what to know."""

import io
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from suyuan.templates.entries import HEAD_ROW, heading
from suyuan.templates.types import EntrySheet

_LISTS: Final = "词表 Lists"
_HELP: Final = "说明 Read me"
_LAST_ROW: Final = 5000
_FILL: Final = PatternFill("solid", start_color="FFFFF2CC")
_RULES: Final = (
    "一行是一项登记；底色为黄的列，新登记时必填。",
    "One row is one entry. Yellow columns are needed for what is not on file yet.",
    "空着的格保持已登记的内容不变；写一个减号（-）表示清空。",
    "A cell left empty leaves what is on file; a dash (-) clears it.",
    "一格有几项（如角色）的，用分号隔开。",
    "Several in one cell, as roles, are parted by semicolons.",
    "行政区划写六位代码（如 330106）或名称（如 浙江省杭州市西湖区）。",
    "A division is its six digits (330106) or its name.",
    "主体编码可以是统一社会信用代码、全球位置码（GLN）或 urn:suyuan:party:…。",
    "A party's code is its unified social credit code, its GLN, or urn:suyuan:party:….",
    "填好后：suyuan register 文件 --dry-run，再去掉 --dry-run；或在 /registry 页上传。",
    "When filled: suyuan register FILE --dry-run, then without it; or hand it in at /registry.",
    "有一处错，整份都不登记；同一份交两次不会变。",
    "If anything is wrong, nothing is entered; the same file twice changes nothing.",
)


def write_entry_book(sheets: tuple[EntrySheet, ...]) -> bytes:
    """The workbook, with nothing entered."""
    book = Workbook()
    _explain(book.active, sheets)
    lists = book.create_sheet(_LISTS)
    for sheet in sheets:
        _sheet(book.create_sheet(sheet.name.zh), lists, sheet)
    lists.sheet_state = "hidden"
    book.active = 2
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _sheet(page: Worksheet, lists: Worksheet, sheet: EntrySheet) -> None:
    for at, column in enumerate(sheet.columns, start=1):
        cell = page.cell(HEAD_ROW, at, heading(column))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if column.need:
            cell.fill = _FILL
        if example := sheet.example.get(column.key):
            cell.comment = Comment(f"例 for example: {example}", "suyuan")
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = 24
        page.column_dimensions[letter].number_format = "@"
        if column.choices:
            shown = [each.shown for each in column.choices]
            page.add_data_validation(_drop_down(lists, f"{sheet.kind} {column.key}", shown, letter))
    page.freeze_panes = page.cell(HEAD_ROW + 1, 2)


def _drop_down(lists: Worksheet, title: str, shown: list[str], letter: str) -> Any:
    """A list to choose from; what is typed otherwise is told when the file is handed in."""
    place = lists.max_column + 1 if lists["A1"].value else 1
    for row, text in enumerate((title, *shown), start=1):
        lists.cell(row, place, text)
    source = get_column_letter(place)
    listed = DataValidation(
        "list", allow_blank=True, showErrorMessage=False,
        formula1=f"={quote_sheetname(_LISTS)}!${source}$2:${source}${len(shown) + 1}",
    )  # fmt: skip
    listed.add(f"{letter}{HEAD_ROW + 1}:{letter}{_LAST_ROW}")
    return listed


def _explain(page: Worksheet, sheets: tuple[EntrySheet, ...]) -> None:
    page.title = _HELP
    for letter, width in zip("ABCD", (16, 32, 20, 44), strict=True):
        page.column_dimensions[letter].width = width
    for text in _RULES:
        page.append([text])
    page.append([])
    page.append(["工作表 sheet", "列 column", "必填 needed", "例 example"])
    for sheet in sheets:
        for column in sheet.columns:
            needed = "必填 required" if column.need else ""
            name = f"{column.name.zh} {column.name.en}"
            page.append([sheet.name.zh, name, needed, sheet.example.get(column.key, "")])
