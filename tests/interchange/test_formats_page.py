"""The page of formats names every column that an importer reads."""

import re
from pathlib import Path

import pytest

from suyuan.interchange import fcl_json, fcl_sheets, utx
from suyuan.wire import movements

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "formats.md").read_text("utf-8")
SOURCES = [Path(str(module.__file__)) for module in (fcl_json, fcl_sheets, utx)]
READ = re.compile(r"""\.get\("([^"]+)"|item\["([a-z]\w+)"|Delivery Date (\w+)""")
NO_COLUMN = {"contains", "elements", "value", "deliveries", "stations"}


def columns(source: Path) -> set[str]:
    found = {name for names in READ.findall(source.read_text("utf-8")) for name in names if name}
    return found - NO_COLUMN


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_column_that_is_read_is_named(source: Path) -> None:
    assert columns(source)
    assert {name for name in columns(source) if name not in PAGE} == set()


def test_the_columns_of_forms_and_movements_are_named() -> None:
    assert {name for name in fcl_sheets._FORM_COLUMNS if f"`{name}`" not in PAGE} == set()
    fields = movements.MovementMap.__struct_fields__
    assert {name for name in fields if f"| {name} | `{name}` |" not in PAGE} == set()
    assert {
        each.value for each in movements.MovementsAs if f"`--read-as {each}`" not in PAGE
    } == set()
