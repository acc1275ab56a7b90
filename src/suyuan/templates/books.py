"""Takes templates or a workbook; loads the library for workbooks only when one is made or read."""

from collections.abc import Mapping, Sequence
from typing import Any

from suyuan.templates.types import EntrySheet, Filled, Template, TemplateFor


def write_workbook(
    templates: Sequence[Template], events: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> bytes:
    """One xlsx workbook of the templates; `events` by step are written as if people had done so."""
    from suyuan.templates import write  # noqa: PLC0415 -- openpyxl is slow to load

    return write.write_workbook(templates, events)


def read_workbook(data: bytes, template_for: TemplateFor) -> Filled:
    """The events that a filled workbook states; `template_for` gives its columns.

    Raises:
        WorkbookError: no workbook, too large, or no sheet of it is a template.
    """
    from suyuan.templates import read  # noqa: PLC0415 -- openpyxl is slow to load

    return read.read_workbook(data, template_for)


def write_entry_book(of: tuple[EntrySheet, ...]) -> bytes:
    """One xlsx workbook in which people fill in entries of the registry."""
    from suyuan.templates import entry_books  # noqa: PLC0415 -- openpyxl is slow to load

    return entry_books.write_entry_book(of)


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The values of any workbook's sheets by name, row by row; of a formula its kept result.

    Raises:
        WorkbookError: no workbook, or too large.
    """
    from suyuan.templates import read  # noqa: PLC0415 -- openpyxl is slow to load

    return read.sheets(data)
