"""Columns of the registry's workbook are called as spreadsheets call them."""

from openpyxl.utils import get_column_letter

from suyuan.templates import entries
from suyuan.templates.types import Vocabulary


def test_a_heading_that_is_not_known_is_named_by_its_column() -> None:
    words = Vocabulary(roles=(), licences=(), documents=(), families=(), kinds=(), units=())
    sheets = entries.entry_sheets(words)
    known = [entries.heading(column) for column in sheets[0].columns]
    odd = [f"odd {number}" for number in range(800)]
    _, found = entries.rows_of_tables({sheets[0].name.en: [[*known, *odd]]}, sheets)
    places = range(len(known) + 1, len(known) + len(odd) + 1)
    assert [each.column for each in found] == [get_column_letter(at) for at in places]
