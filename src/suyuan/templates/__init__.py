"""Takes a family's step on a day; gives schema and workbook, and a filled one's events.

It is pure: bytes in, bytes out. Whether the events are lawful is judged by `families`, and they
are recorded by `capture`, as those of any other document.
"""

from suyuan.templates.books import read_workbook, sheets, write_workbook
from suyuan.templates.columns import by_columns, template_of
from suyuan.templates.forms import fields_of, read_form
from suyuan.templates.schema import schema_of

__all__ = [
    "by_columns",
    "fields_of",
    "read_form",
    "read_workbook",
    "schema_of",
    "sheets",
    "template_of",
    "write_workbook",
]
