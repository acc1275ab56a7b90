"""What is written into a step's form is what a workbook would say, and codes are read there."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.families import Families, load_families
from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.templates import by_columns, fields_of, read_form, template_of
from suyuan.templates.cells import meant
from suyuan.templates.forms import MOST_LINES
from suyuan.templates.keys import AMOUNTS, IDS, ILMD
from suyuan.templates.rows import rows_of
from suyuan.templates.types import Column, Filled, Template

DAY = date(2026, 11, 28)
PIG = "131010200000001"


@cache
def families() -> Families:
    return load_families()


def made(family: str, step: str) -> Template:
    return template_of(families().by_id[family], step, DAY)


EVERY_STEP = [
    (family.id, step) for family in load_families().by_id.values() for step in family.steps
]


def written(event: dict[str, Any], template: Template) -> dict[str, list[str]]:
    """The fields of a form filled with an event: units a line each, the rest a field each."""
    rows = rows_of(event)
    fields = {}
    for column in template.columns:
        values = [str(row.get(column.key, "")) for row in rows]
        if column.key in IDS or column.several:
            fields[column.key] = ["\r\n".join(values)]
        elif any(values):
            fields[column.key] = values if column.key.partition(".")[0] in AMOUNTS else values[:1]
    return fields


def event_in(read: Filled) -> dict[str, Any]:
    document = json.loads(read.document, parse_float=Decimal, parse_int=Decimal)
    (found,) = document["epcisBody"]["eventList"]
    return {**found, "eventID": ""}


@pytest.mark.parametrize(("family", "step"), EVERY_STEP)
def test_the_example_of_every_step_written_into_its_form_is_that_event(
    family: str, step: str
) -> None:
    template = made(family, step)
    several = {column.key.removeprefix(ILMD) for column in template.columns if column.several}
    single = single_of(template.example, several)
    read = read_form(template, written(single, template))
    assert read.findings == ()
    assert event_in(read) == json.loads(
        json.dumps({**single, "eventID": ""}), parse_float=Decimal, parse_int=Decimal
    )


def single_of(event: Mapping[str, Any], several: Collection[str]) -> dict[str, Any]:
    """Without lists that no rule counts: a form has one field for it, a workbook is for more."""
    lists = {*IDS, *AMOUNTS, *several}
    kept = {key: single_of(one, several) if key == "ilmd" else one for key, one in event.items()}
    return {key: one for key, one in kept.items() if key in lists or not is_many(one)}


def is_many(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1


def test_every_column_has_its_field_once_and_what_the_law_asks_for_is_asked() -> None:
    for family, step in EVERY_STEP:
        template = made(family, step)
        fields = fields_of(template)
        columns = [column.key for field in fields for column in field.columns]
        assert sorted(columns) == sorted(
            column.key for column in template.columns if column.key not in ("record", "eventID")
        )
        asked = {column.key for field in fields if field.is_asked for column in field.columns}
        assert asked >= {column.key for column in template.columns if column.need}


@given(st.permutations([PIG, "131010200000002", " "]), st.booleans())
def test_the_same_written_twice_has_one_id_and_other_things_another(
    lines: list[str],
    more: bool,  # noqa: FBT001 -- drawn
) -> None:
    template = made("edible-agricultural-products", "slaughterhouse_entry")
    fields = {"eventTime": ["2026-03-01T09:30"], "epcList": ["\n".join(lines)]}
    once, twice = read_form(template, fields), read_form(template, fields)
    assert once == twice
    other = {**fields, "epcList": [PIG if more else "131010200000003"]}
    assert read_form(template, other).document != once.document


def test_an_empty_form_says_nothing_and_too_long_a_one_is_refused() -> None:
    template = made("food", "food_intake")
    nothing = read_form(template, {"eventTime": [" "], "epcList": ["\n\n"], "unknown": ["x"]})
    assert (nothing.origins, nothing.findings) == ((), ())
    lines = "\n".join(f"urn:suyuan:x:{at}" for at in range(MOST_LINES + 1))
    long = read_form(template, {"epcList": [lines]})
    assert [(one.code, one.column) for one in long.findings] == [("form.long", "epcList")]
    assert long.origins == ()


def test_a_place_is_chosen_or_written_and_not_both() -> None:
    template = made("food", "food_intake")
    here, there = "https://id.gs1.org/414/6901234000016", "https://id.gs1.org/414/6922266443114"
    for places, codes in (
        (["", there], []), ([here, ""], []), ([here, here], []),
        ([here, there], ["form.two-places"]),
    ):  # fmt: skip
        read = read_form(template, {"eventTime": ["2026-03-01 09:30"], "readPoint.id": places})
        assert [one.code for one in read.findings] == codes
        if not codes:
            assert event_in(read)["readPoint"] == {"id": next(filter(None, places))}


def column(key: str) -> Column:
    return Column(key=key, name=Text(key, key), type="code")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("kind", ["text", "number", "date", "time", "code"])
def test_a_number_that_is_none_is_no_number_and_no_day(value: float, kind: str) -> None:
    read = meant(value, Column(key="x", name=Text("某", "Some"), type=kind))
    assert (read.value is None) == (kind in {"number", "date", "time"})
    assert all(one.message.zh for one in read.remarks)


@pytest.mark.parametrize(
    ("key", "text", "value", "code"),
    [
        ("epcList", PIG, f"urn:suyuan:ear-tag:{PIG}", "workbook.code-read"),
        ("epcList", 131010200000001, f"urn:suyuan:ear-tag:{PIG}", "workbook.code-read"),
        ("epcList", "urn:any:thing", "urn:any:thing", None),
        ("epcList", "06901234001013", None, "workbook.code-other"),
        ("epcList", "(01)06901234001014(21)5", None, "code.check"),
        ("quantityList.epcClass", "010690123400101310L1",
         "https://id.gs1.org/01/06901234001013/10/L1", "workbook.code-read"),
        ("readPoint.id", "6922266443114", "https://id.gs1.org/414/6922266443114",
         "workbook.code-read"),
        ("destinationList.owning_party", "91110000600037341L",
         "urn:suyuan:uscc:91110000600037341L", "workbook.code-read"),
        ("destinationList.owning_party", "11010519491231002X", "11010519491231002X", None),
        ("suyuan:batchNumber", "91110000600037341L", "91110000600037341L", None),
    ],
)  # fmt: skip
def test_a_code_is_read_where_a_column_names_something(
    key: str, text: object, value: str | None, code: str | None
) -> None:
    found = meant(text, column(key))
    assert found.value == value
    assert [one.code for one in found.remarks if one.code != "workbook.number-as-text"] == (
        [code] if code else []
    )
    assert all((one.severity is Severity.REFUSE) is (value is None) for one in found.remarks)


@given(st.text(st.sampled_from("0123456789()ABL-/:.urn"), max_size=24), st.sampled_from(
    ["epcList", "quantityList.epcClass", "readPoint.id", "sourceList.owning_party", "suyuan:x"]
))  # fmt: skip
def test_of_two_readings_that_fit_none_is_chosen_and_no_text_becomes_another(
    text: str, key: str
) -> None:
    read = meant(text, column(key)).value
    if read is not None and read != text.strip():
        assert read in {one.canonical for one in recognise(text) if one.valid}


def test_members_of_the_document_are_called_as_their_columns_are() -> None:
    said = by_columns(Text("缺少 epcList / readPoint。", "It lacks epcList / readPoint."))
    assert said == Text("缺少 单件编码 / 地点。", "It lacks unit code / place.")
    kept = Text("urn:epcList 和 suyuan:eventTime", "https://x/epcList")
    assert by_columns(kept) == kept
