"""Takes what was written into the form of a step; gives the one event that it states, and findings.

It is the workbook's row on a small screen: the same columns, read by the same reader of cells. A
list of units or values is one field with a line for each, a list of amounts has its three fields
as often as it has elements, everything else is a field of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.templates.cells import meant
from suyuan.templates.columns import by_columns
from suyuan.templates.documents import document_of, whole
from suyuan.templates.keys import AMOUNTS, IDS, PLACES
from suyuan.templates.rows import RECORD, event_of
from suyuan.templates.types import (
    CellFinding,
    Column,
    Field,
    FieldKind,
    Filled,
    Origin,
    Remark,
    Template,
    Written,
)

MOST_LINES: Final = 1000
_NOT_ASKED: Final = (RECORD, "eventID")
_FEW_ASK: Final = ("action", "eventTimeZoneOffset")
_LONG: Final = Remark(
    "form.long",
    Severity.REFUSE,
    Text("一次最多写 {most} 行。", "At most {most} lines at a time.").format(most=MOST_LINES),
    Text("请分几次填写，或用工作簿。", "Write them in parts, or use the workbook."),
)

_TWO_PLACES: Final = Remark(
    "form.two-places",
    Severity.REFUSE,
    Text("选了一个地点，又写了另一个。", "One place is chosen, and another is written."),
    Text("只留一个。", "Keep one of them."),
)


def fields_of(template: Template) -> tuple[Field, ...]:
    """The fields of the step's form in the order of its columns."""
    grouped: dict[str, list[Column]] = {}
    for column in template.columns:
        head = column.key.partition(".")[0]
        if column.key not in _NOT_ASKED:
            grouped.setdefault(head if head in AMOUNTS else column.key, []).append(column)
    return tuple(_field(key, tuple(columns)) for key, columns in grouped.items())


def _field(key: str, columns: tuple[Column, ...]) -> Field:
    kind = _kind(key, columns[0])
    is_asked = (
        kind in ("units", "amounts")
        or key in ("parentID", "readPoint.id")
        or any(column.need for column in columns)
    )
    name = by_columns(Text(key, key)) if kind == "amounts" else columns[0].name
    return Field(key, name, columns, kind, is_asked and key not in _FEW_ASK)


def _kind(key: str, column: Column) -> FieldKind:
    if key in AMOUNTS:
        return "amounts"
    return "units" if key in IDS else "values" if column.several else "one"


def read_form(template: Template, written: Written) -> Filled:
    """The event that was written, if anything was; a finding's `column` is the key of its field."""
    found: list[CellFinding] = []
    stated = {
        column.key: [_value(template, column, text, found) for text in _texts(column, written)]
        for column in template.columns
        if column.key in written and column.key not in _NOT_ASKED
    }
    rows = _rows(stated)
    found += _at_two_places(template, stated)
    if len(rows) > MOST_LINES:
        longest = max(stated, key=lambda key: len(stated[key]))
        found.append(_LONG.at(template.name.zh, 0, longest))
    if not rows or any(one.severity is Severity.REFUSE for one in found):
        return Filled(document=b"", origins=(), findings=tuple(found))
    several = {column.key for column in template.columns if column.several}
    event = whole(event_of(rows, several), template.fixed)
    keys = {column.key: column.key for column in template.columns}
    origin = Origin(template.name.zh, 0, keys)
    return Filled(document=document_of([event]), origins=(origin,), findings=tuple(found))


def _at_two_places(template: Template, stated: Mapping[str, list[Any]]) -> Iterable[CellFinding]:
    """A place can be chosen or written; not one chosen and another written."""
    for head in PLACES:
        key = f"{head}.id"
        if len({value for value in stated.get(key, ()) if value is not None}) > 1:
            yield _TWO_PLACES.at(template.name.zh, 0, key)


def _texts(column: Column, written: Written) -> Iterable[str]:
    """The values of a field in their order; empty lines of a list are nothing."""
    texts = written[column.key]
    if column.key in IDS or column.several:
        return [line for text in texts for line in text.splitlines() if line.strip()]
    return texts


def _value(template: Template, column: Column, text: str, found: list[CellFinding]) -> Any:
    read = meant(text, column)
    found.extend(remark.at(template.name.zh, 0, column.key) for remark in read.remarks)
    return read.value


def _rows(stated: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as of a workbook: what is said once stands in the first."""
    turned = zip_longest(*stated.values())
    rows = [
        {key: value for key, value in zip(stated, row, strict=True) if value is not None}
        for row in turned
    ]
    return [row for row in rows if row]
