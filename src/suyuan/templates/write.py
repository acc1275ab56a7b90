"""Takes templates; gives one workbook: a sheet that explains, one for each step, drop-downs.

A step's sheet begins with what programs read (its address and the key of each column), then the
names in both languages, what is required by which law, and an example; then people write.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from suyuan.templates.rows import RECORD, rows_of
from suyuan.templates.types import VERSION, Column, Template, both

MARK: Final = f"suyuan-template/{VERSION}"
DIVISION: Final = "division"
EXAMPLE: Final = "示例 example"
KEYS_ROW, FIRST_ROW, LAST_ROW = 2, 6, 5000
_LISTS: Final = "词表 Lists"
_HELP: Final = "说明 Read me"
_SEPARATOR: Final = "|"
_EACH: Final = "每个值一行 a row for each value"
_NEEDS: Final = {"required": "必填 required", "conditional": "视情形 if it applies", "": ""}
_TYPES: Final = {
    "text": "文字 text", "code": "编号 code (text)",
    "date": "日期，可写时分 date: 2026-03-01, 2026-03-01 09:30",
    "time": "时间 time: 2026-03-01 09:30", "number": "数字 number", "choice": "选项 choice",
    "party": "单位编码 party's code", "place": "地点编码 place's code",
    "units": "编码 code", "amounts": "数量 quantity",
}  # fmt: skip
_RULES: Final = (
    "一行是一个事件；同一“记录号”的几行是一个事件，只写一次的内容写在第一行。",
    "One row is one event. Rows with one record are one event; what it has once is in the first.",
    "第 6 行起填写。“记录号”写着“示例”的行是例子，不会导入。",
    "Write from row 6 on. Rows whose record says 示例 example are examples and not taken in.",
    "单元格已设为文本：请不要改成数字，否则长编码会丢失末尾数字。",
    "Cells are text: do not make them numbers, or long codes lose their last digits.",
    "可以增加列，表头写在第 3 行，内容作为扩展保存。请不要删除第 1、2 行。",
    "You may add columns with a heading in row 3; they are kept as extensions. Keep rows 1 and 2.",
    "填好后：suyuan import workbook 文件 --dry-run，再去掉 --dry-run。重复导入不会重复记录。",
    "When filled: suyuan import workbook FILE --dry-run, then without it. Twice is recorded once.",
)
_SEVERAL: Final = (
    "例：一个记录写成几行（{0}）。记录号每行都写，只有一个的内容写在第一行。",
    "Example: one record in several rows ({1}). Each row states it; what there is once, the first.",
)
_BOLD, _DIM = Font(bold=True), Font(color="FF555555", italic=True)
_FILL: Final = PatternFill("solid", start_color="FFFFF2CC")


def write_workbook(
    templates: Sequence[Template], events: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> bytes:
    """The workbook of some steps; `events` by step are written as if people had filled it."""
    book = Workbook()
    help_sheet = book.active
    _explain(help_sheet, templates)
    lists = book.create_sheet(_LISTS)
    for template in templates:
        sheet = book.create_sheet(_free(book.sheetnames, template.name.zh))
        _head(sheet, template)
        _choices(sheet, lists, template)
        _rows(sheet, template, FIRST_ROW, [template.example], mark=EXAMPLE)
        begin = sheet.max_row + 1
        _rows(sheet, template, begin, (events or {}).get(template.step, ()))
    lists.sheet_state = "hidden"
    book.active = min(2, len(book.sheetnames) - 1)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _free(taken: Sequence[str], name: str) -> str:
    """The name as a sheet may have it: 31 characters, some forbidden, once."""
    plain = re.sub(r"[\\/*?:\[\]]", " ", name)[:28]
    return next(one for one in (plain, *(f"{plain} {n}" for n in range(2, 99))) if one not in taken)


def _head(sheet: Worksheet, template: Template) -> None:
    fixed = [f"{key}={value}" for key, value in template.fixed.items()]
    fixed += [f"{DIVISION}={template.division}"] if template.division else []
    sheet.cell(1, 1, _SEPARATOR.join([MARK, template.on.isoformat(), *fixed]))
    for at, column in enumerate(template.columns, start=1):
        needs = [_NEEDS[column.need], _each(column), *map(both, column.laws)]
        heads = (column.key, column.name.zh, column.name.en, "；".join(filter(None, needs)))
        for row, text in enumerate(heads, start=KEYS_ROW):
            cell = sheet.cell(row, at, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = _BOLD if row == KEYS_ROW + 1 else _DIM
            if column.need == "required":
                cell.fill = _FILL
        sheet.cell(KEYS_ROW + 1, at).comment = _comment(column)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[letter].number_format = "@"
    for row in (1, KEYS_ROW):
        sheet.row_dimensions[row].hidden = True
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2)


def _comment(column: Column) -> Comment:
    said = (_TYPES[column.type], _each(column), *map(both, column.laws), both(column.source))
    return Comment("\n".join(filter(None, said)), "suyuan")


def _each(column: Column) -> str:
    return _EACH if column.several else ""


def _choices(sheet: Worksheet, lists: Worksheet, template: Template) -> None:
    """A drop-down warns of another value and lets it pass: what happened is told as it was."""
    for at, column in enumerate(template.columns, start=1):
        if not column.choices:
            continue
        place = lists.max_column + 1 if lists.max_row > 1 or lists["A1"].value else 1
        lists.cell(1, place, f"{template.step} {column.key}")
        for row, choice in enumerate(column.choices, start=2):
            lists.cell(row, place, choice.shown)
        letter, last = get_column_letter(place), len(column.choices) + 1
        source = f"={quote_sheetname(_LISTS)}!${letter}$2:${letter}${last}"
        listed = DataValidation("list", formula1=source, allow_blank=True, errorStyle="warning")
        sheet.add_data_validation(listed)
        letter = get_column_letter(at)
        listed.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")


def _rows(
    sheet: Worksheet,
    template: Template,
    begin: int,
    events: Iterable[Mapping[str, Any]],
    mark: str = "",
) -> None:
    row = begin
    for number, event in enumerate(events, start=1):
        told = {key: one for key, one in event.items() if template.fixed.get(key) != one}
        for stated in rows_of(told):
            said = {**stated, RECORD: mark or str(number)}
            for at, column in enumerate(template.columns, start=1):
                _cell(sheet, row, at, column, said.get(column.key))
            row += 1


def _cell(sheet: Worksheet, row: int, at: int, column: Column, value: Any) -> None:
    if value is None:
        return
    cell = sheet.cell(row, at)
    if column.type == "number" and isinstance(value, int | float | Decimal):
        cell.value = value
        return
    text = str(value)
    if column.key == "eventTime":
        text = re.sub(r"(Z|[+-]\d\d:\d\d)$", "", text) if text.endswith("+08:00") else text
    cell.value, cell.data_type = text, "s"  # also what begins like a formula or an error
    cell.number_format = "@"


def _explain(sheet: Worksheet, templates: Sequence[Template]) -> None:
    sheet.title = _HELP
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 44
    for text in _RULES:
        sheet.append([text])
    heads = (
        "环节 step",
        "数据项 item",
        "须填 needed",
        "类型 type",
        "依据 law",
        "law",
        "来源 source",
    )
    _show_several(sheet, templates)
    sheet.append([])
    sheet.append(heads)
    for template in templates:
        for column in template.columns:
            sheet.append(_line(template, column))


def _show_several(sheet: Worksheet, templates: Sequence[Template]) -> None:
    """How a record of several rows is written: the steps that need it, else the first that may."""
    long = [one for one in templates if len(rows_of(one.example)) > 1]
    needing = [one for one in long if any(column.several for column in one.columns)]
    for template in needing or long[:1]:
        rows = rows_of(template.example)
        columns = [one for one in template.columns if _is_shown(one, rows)]
        sheet.append([])
        sheet.append([text.format(template.name.zh, template.name.en) for text in _SEVERAL])
        sheet.append([f"{one.name.zh} {one.name.en}" for one in columns])
        for row in rows:
            said = {**row, RECORD: "1"}
            line = sheet.max_row + 1
            for at, column in enumerate(columns, start=1):
                _cell(sheet, line, at, column, said.get(column.key))


def _is_shown(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    """The record, the time, and whatever a second row states too."""
    return column.key in (RECORD, "eventTime") or any(column.key in row for row in rows[1:])


def _line(template: Template, column: Column) -> list[str]:
    laws = "；".join(law.zh for law in column.laws), "; ".join(law.en for law in column.laws)
    name = f"{column.name.zh} {column.name.en}"
    step = f"{template.name.zh} {template.name.en}"
    needed = " · ".join(filter(None, (_NEEDS[column.need], _each(column))))
    return [step, name, needed, _TYPES[column.type], *laws, both(column.source)]
