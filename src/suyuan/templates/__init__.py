"""Takes a family's step on a day; gives schema and workbook, and a filled one's events.

It is pure: bytes in, bytes out. Whether the events are lawful is judged by `families`, and they
are recorded by `capture`, as those of any other document.
"""

from suyuan.templates.books import read_workbook, sheets, write_workbook
from suyuan.templates.columns import template_of
from suyuan.templates.schema import schema_of
from suyuan.templates.types import CellFinding, Filled, Template

__all__ = [
    "CellFinding",
    "Filled",
    "Template",
    "read_workbook",
    "schema_of",
    "sheets",
    "template_of",
    "write_workbook",
]
