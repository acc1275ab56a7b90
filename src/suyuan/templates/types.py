"""Takes nothing; gives the shapes of templates and of what was read from a filled workbook."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

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
    """

    key: str
    name: Text
    type: str
    need: str = ""
    laws: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()
    unit: str | None = None
    source: str = ""


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


class CellFinding(Struct, frozen=True, kw_only=True):
    """What was forgiven in, or is wrong with, a cell; `column` are Excel's letters."""

    code: str
    severity: Severity
    sheet: str
    row: int
    column: str
    message: Text
    cure: Text


class Origin(Struct, frozen=True):
    """Where an event stands in a workbook: sheet, first row, and the column of each key."""

    sheet: str
    row: int
    columns: Mapping[str, str]


class Filled(Struct, frozen=True, kw_only=True):
    """A filled workbook read: an EPCIS document, each event's origin, and what was found."""

    document: bytes
    origins: tuple[Origin, ...]
    findings: tuple[CellFinding, ...]


TemplateFor = Callable[[str, str, str, str], Template]
"""The template of a family's step by the law of a day and division, as the workbook writes them."""
