"""Takes nothing; gives the shapes of templates and of what was read from a filled workbook."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.model import Severity

VERSION = 1
"""Of the form of templates and schemas; it is part of their addresses."""


class WorkbookError(SuyuanError, ValueError):
    """A file that is no workbook, or too large a one."""


class Choice(Struct, frozen=True):
    """One value of a vocabulary with its name."""

    id: str
    name: Text

    @property
    def shown(self) -> str:
        """As a drop-down shows it: name and id."""
        return f"{self.name.zh} {self.id}"


class Column(Struct, frozen=True, kw_only=True):
    """One column: `key` is its place in the EPCIS event, `type` as of a data item.

    `need` is `required`, `conditional` or empty; `laws` cite what asks for it, both tongues.
    `several`: a report states several values, as one for each leg; each has a row of its own.
    """

    key: str
    name: Text
    type: str
    need: str = ""
    laws: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()
    unit: str | None = None
    source: Text = Text("", "")
    several: bool = False


class Template(Struct, frozen=True, kw_only=True):
    """The columns of one step on a day, and what every event of it has in common (`fixed`).

    With a `division` (GB/T 2260) the rules of that place are among those that it is made by.
    """

    family: str
    family_name: Text
    step: str
    name: Text
    kind: str | None
    division: str = ""
    on: date
    fixed: Mapping[str, str]
    columns: tuple[Column, ...]
    example: Mapping[str, Any]


FieldKind = Literal["one", "units", "values", "amounts"]


class Field(Struct, frozen=True):
    """What belongs together on a step's form: one column, or the three of a list of amounts.

    `kind` `units`, `values`: a line for each. `is_asked`: the law may ask for it; others are
    rarely needed.
    """

    key: str
    name: Text
    columns: tuple[Column, ...]
    kind: FieldKind
    is_asked: bool


Written = Mapping[str, Sequence[str]]
"""What stands in the fields of a form, by the key of the column; a field may come several times."""


def both(text: Text) -> str:
    """A text in both languages where they differ, for what has no language of its own."""
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


class CellFinding(Struct, frozen=True, kw_only=True):
    """What was forgiven in, or is wrong with, a cell; `column` are Excel's letters.

    `law` is what a rule of law cites; of a source that was not read it says so.
    """

    code: str
    severity: Severity
    sheet: str
    row: int
    column: str
    message: Text
    cure: Text
    law: Text | None = None


class Origin(Struct, frozen=True):
    """Where an event stands in a workbook: sheet, first row, and the column of each key."""

    sheet: str
    row: int
    columns: Mapping[str, str]


class Remark(Struct, frozen=True):
    """What is said of a cell; a refusal means that it has no value."""

    code: str
    severity: Severity
    message: Text
    cure: Text

    def at(self, sheet: str, row: int, column: str) -> CellFinding:
        """The remark said of one cell."""
        return CellFinding(
            code=self.code,
            severity=self.severity,
            sheet=sheet,
            row=row,
            column=column,
            message=self.message,
            cure=self.cure,
        )


class Meant(Struct, frozen=True):
    """The value that a cell means, None for nothing, with what is said of it."""

    value: Any = None
    remarks: tuple[Remark, ...] = ()


EntryKind = Literal["parties", "sites", "products", "licences", "documents"]
"""The sheets of the registry."""


class EntrySheet(Struct, frozen=True, kw_only=True):
    """One kind of entry: its sheet, its columns, and an example of each."""

    kind: EntryKind
    name: Text
    columns: tuple[Column, ...]
    example: Mapping[str, str]

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(each for each in self.columns if each.key == key)


class EntryRow(Struct, frozen=True):
    """An entry as it was given: values by the keys of columns, and where each stands."""

    kind: EntryKind
    said: Mapping[str, Any]
    origin: Origin


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What may be chosen: roles and kinds of licences, documents, families, kinds of products."""

    roles: tuple[Choice, ...]
    licences: tuple[Choice, ...]
    documents: tuple[Choice, ...]
    families: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    units: tuple[Choice, ...]


class Filled(Struct, frozen=True, kw_only=True):
    """A filled workbook read: an EPCIS document, each event's origin, and what was found."""

    document: bytes
    origins: tuple[Origin, ...]
    findings: tuple[CellFinding, ...]


TemplateFor = Callable[[str, str, str, str], Template]
"""The template of a family's step by the law of a day and division, as the workbook writes them."""
