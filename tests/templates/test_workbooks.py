"""A workbook says what the rules say, and what is written in it comes back as it was."""

import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from suyuan.check import judge_event
from suyuan.families import Families, Knowledge, load_families
from suyuan.families.predicates.pattern import Pattern
from suyuan.families.predicates.required import Required
from suyuan.families.predicates.unit import Unit
from suyuan.families.types import Family, Rule
from suyuan.model import Event, Severity
from suyuan.templates import read_form, read_workbook, schema_of, template_of, write_workbook
from suyuan.templates.rows import rows_of
from suyuan.templates.types import Column, Filled, Template, WorkbookError
from suyuan.wire import Mode, read_event
from suyuan.wire.contexts import STANDARD
from suyuan.wire.types import RawEvent

DAY = date(2026, 11, 28)
LIFT = "check.not-theirs-to-lift"
ENCODER = msgspec.json.Encoder(decimal_format="number")
REPORTER = "urn:suyuan:uscc:91110000600037341L"


@cache
def families() -> Families:
    return load_families()


def every_step() -> list[tuple[str, str]]:
    return [(family.id, step) for family in families().by_id.values() for step in family.steps]


@cache
def made(family: str, step: str) -> Template:
    return template_of(families().by_id[family], step, DAY)


def template_for(family: str, step: str, day: str, division: str) -> Template:
    on = date.fromisoformat(day)
    return template_of(families().by_id[family], step, on, division=division)


def filled(data: bytes) -> Filled:
    return read_workbook(data, template_for)


def events_of(read: Filled) -> list[dict[str, Any]]:
    document = json.loads(read.document, parse_float=Decimal)
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found


def model(sent: dict[str, Any]) -> Event:
    raw = RawEvent(0, ENCODER.encode(sent))
    read = read_event(raw, STANDARD, capturer=REPORTER, mode=Mode.LENIENT)
    assert read.event is not None, [one.message.en for one in read.findings]
    return read.event


def found_in(sent: dict[str, Any]) -> set[str]:
    event = model(sent)
    judged = judge_event(event, Knowledge(now=event.event_time), families())
    return {one.rule for one in judged.findings}


@pytest.mark.parametrize("family", sorted(load_families().by_id))
def test_the_example_of_every_step_comes_back_and_passes_the_rules(family: str) -> None:
    """Who may lift a stop only the registry knows, so that alone may be asked of an example."""
    templates = [made(family, step) for step in families().by_id[family].steps]
    read = filled(write_workbook(templates, {one.step: [one.example] for one in templates}))
    events = events_of(read)
    assert read.findings == ()
    assert [{**one, "eventID": ""} for one in events] == [
        numbers({**one.example, "eventID": ""}) for one in templates
    ]
    assert {one["suyuan:step"]: found_in(one) - {LIFT} for one in events} == {
        one.step: set() for one in templates
    }


def test_an_unfilled_template_has_no_event() -> None:
    assert events_of(filled(write_workbook([made("food", "food_intake")]))) == []


WORDS = st.text(st.sampled_from("番茄aB1 -，(（.='#/"), min_size=1, max_size=12)
CODES = st.from_regex(r"https://id\.gs1\.org/01/06901234567892/10/[A-Z0-9]{1,6}", fullmatch=True)
NUMBERS = st.decimals(0, 10**6, places=3)


@st.composite
def reports(draw: st.DrawFn) -> tuple[Template, dict[str, Any]]:
    """The example of any step, with other values in the columns that its rules speak of."""
    template = made(*draw(st.sampled_from(every_step())))
    event: dict[str, Any] = {**template.example}
    for column in template.columns:
        plain = column.key.startswith("suyuan:") and column.key != "suyuan:productKind"
        if plain and not column.choices and draw(st.booleans()):
            event[column.key] = draw(VALUES.get(column.type, st.just("甲")))
    if "quantityList" in event:
        elements = st.builds(
            lambda code, amount: {"epcClass": code, "quantity": amount, "uom": "KGM"},
            CODES,
            NUMBERS,
        )
        event["quantityList"] = draw(st.lists(elements, min_size=1, max_size=4))
    return template, event


VALUES = {
    "text": WORDS.map(str.strip).filter(bool),
    "code": st.from_regex(r"[0-9]{1,40}|[A-Z]{2}-[0-9]{4}", fullmatch=True),
    "number": NUMBERS,
    "date": st.dates().map(str),
}


@given(reports())
def test_a_workbook_written_then_read_is_the_same_events(
    report: tuple[Template, dict[str, Any]],
) -> None:
    template, event = report
    data = write_workbook([template], {template.step: [event]})
    once, twice = filled(data), filled(data)
    assert once.document == twice.document
    (found,) = events_of(once)
    assert {**found, "eventID": ""} == numbers({**event, "eventID": ""})


def numbers(value: Any) -> Any:
    """Numbers as JSON has them, equal whatever trailing zeros they were written with."""
    if isinstance(value, dict):
        return {key: numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def sheet_of(data: bytes) -> tuple[Any, Worksheet]:
    book = load_workbook(io.BytesIO(data))
    return book, book.worksheets[2]


def saved(book: Any) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def at(sheet: Worksheet, key: str) -> int:
    return next(cell.column for cell in sheet[2] if cell.value == key)


def with_cells(**values: Any) -> tuple[Any, Worksheet]:
    """A workbook with one row filled like the example but for some cells, `_` standing for `:`."""
    template = made("food", "food_intake")
    book, sheet = sheet_of(write_workbook([template], {template.step: [template.example]}))
    for name, value in values.items():
        sheet.cell(7, at(sheet, name.replace("_", ":")), value)
    return book, sheet


@pytest.mark.parametrize(
    ("name", "value", "meant", "code"),
    [
        ("suyuan_batchNumber", 20260310, "20260310", "workbook.number-as-text"),
        ("suyuan_batchNumber", 12.0, "12", "workbook.number-as-text"),
        ("suyuan_batchNumber", datetime(2026, 3, 5), "2026-03-05", "workbook.date-as-text"),  # noqa: DTZ001
        ("suyuan_batchNumber", "Ｆ２０２６", "F2026", "workbook.full-width"),
        ("suyuan_purchaseDate", "2026年3月1日", "2026-03-01", "workbook.date-respelled"),
        ("suyuan_purchaseDate", "2026/3/1", "2026-03-01", "workbook.date-respelled"),
        ("suyuan_purchaseDate", "２０２６－０３－０１", "2026-03-01", "workbook.full-width"),
        ("suyuan_purchaseDate", 46082, "2026-03-01", "workbook.date-serial"),
        ("suyuan_purchaseDate", "20260301", "2026-03-01", "workbook.date-respelled"),
        (
            "eventTime",
            "2026年3月11日9时05分",
            "2026-03-11T09:05:00+08:00",
            "workbook.date-respelled",
        ),
        ("eventTime", "2026-03-11 09:05", "2026-03-11T09:05:00+08:00", None),
        ("eventTime", "2026-03-11T09:05", "2026-03-11T09:05:00+08:00", None),
        ("eventTime", "2026-03-11 09:05:07Z", "2026-03-11T09:05:07Z", None),
        ("eventTime", "2026/3/11 9:05", "2026-03-11T09:05:00+08:00", "workbook.date-respelled"),
        (
            "readPoint.id",
            "（414）6901234000016",
            "https://id.gs1.org/414/6901234000016",
            "workbook.code-read",
        ),
        ("suyuan_productKind", "预包装食品", "prepackaged_food", None),
    ],
)
def test_what_excel_and_people_do_to_cells_is_forgiven_and_said(
    name: str, value: object, meant: str, code: str | None
) -> None:
    book, _ = with_cells(**{name: value})
    read = filled(saved(book))
    (event,) = events_of(read)
    head, _, part = name.replace("_", ":").partition(".")
    assert (event[head][part] if part else event[head]) == meant
    assert {one.code for one in read.findings} >= ({code} if code else set())
    assert {one.row for one in read.findings} <= {7}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("suyuan_batchNumber", 1234567890123456, "workbook.digits-lost"),
        ("suyuan_purchaseDate", "2026年2月30日", "workbook.no-date"),
        ("suyuan_purchaseDate", "昨天", "workbook.no-date"),
        ("eventTime", "2026-03-01", "workbook.no-time"),
        ("eventTime", "11月28日", "workbook.no-date"),
        ("eventTime", "2026-03-01 24:30", "workbook.no-date"),
        ("quantityList.quantity", "一百", "workbook.no-number"),
        ("quantityList.quantity", "1,000", "workbook.two-numbers"),
        ("quantityList.quantity", "1，250", "workbook.two-numbers"),
        ("suyuan_batchNumber", "=A1&B1", "workbook.formula-without-result"),
    ],
)
def test_what_is_lost_is_refused_and_never_guessed(name: str, value: object, code: str) -> None:
    book, sheet = with_cells(**{name: value})
    refused = [one for one in filled(saved(book)).findings if one.severity is Severity.REFUSE]
    letter = sheet.cell(7, at(sheet, name.replace("_", ":"))).column_letter
    assert [(one.code, one.sheet, one.row, one.column) for one in refused] == [
        (code, sheet.title, 7, letter)
    ]


@pytest.mark.parametrize(
    ("value", "number", "codes"),
    [("1.250", 1.25, {"workbook.decimal-point"}), ("1,5", 1.5, set()), ("1.000,5", 1000.5, set()),
     ("1,000,000", 1_000_000, set()), (1.125, 1.125, set())],
)  # fmt: skip
def test_a_number_typed_with_a_point_or_comma_is_the_one_that_it_can_be(
    value: object, number: float, codes: set[str]
) -> None:
    book, _ = with_cells(**{"quantityList.quantity": value})
    read = filled(saved(book))
    (event,) = events_of(read)
    assert event["quantityList"][0]["quantity"] == number
    assert {each.code for each in read.findings} == codes


@pytest.mark.parametrize("value", ["2026-03-01", "11月28日", "昨天9点", "9:30"])
def test_the_time_that_a_refusal_asks_for_is_taken(value: str) -> None:
    book, _ = with_cells(eventTime=value)
    (refused,) = [one for one in filled(saved(book)).findings if one.severity is Severity.REFUSE]
    book, _ = with_cells(eventTime=refused.cure.zh.removeprefix("请写成 ").removesuffix("。"))
    (event,) = events_of(filled(saved(book)))
    assert event["eventTime"] == "2026-03-01T09:30:00+08:00"


def test_merged_cells_are_read_in_each_row_and_a_column_of_ones_own_is_kept() -> None:
    template = made("food", "food_intake")
    events = [template.example, {**template.example, "suyuan:batchNumber": "F2"}]
    book, sheet = sheet_of(write_workbook([template], {template.step: events}))
    own = sheet.max_column + 1
    sheet.cell(3, own, "车间备注")
    sheet.cell(7, own, "一号线")
    name = at(sheet, "suyuan:productName")
    sheet.merge_cells(start_row=7, end_row=8, start_column=name, end_column=name)
    read = filled(saved(book))
    first, second = events_of(read)
    assert first["suyuan:productName"] == second["suyuan:productName"] == "饼干"
    assert [value for key, value in first.items() if key.startswith("urn:suyuan:column:")] == [
        "一号线"
    ]
    assert {one.code for one in read.findings} == {"workbook.merged", "workbook.unknown-column"}
    assert "一号线" in model(first).extensions.values()


def test_a_row_copied_from_the_example_with_its_mark_is_not_dropped_in_silence() -> None:
    book, _ = with_cells(record="示例")
    read = filled(saved(book))
    assert [(one.code, one.row) for one in read.findings] == [("workbook.example", 7)]


def test_rows_of_one_record_that_contradict_each_other_are_refused() -> None:
    book, sheet = with_cells()
    for cell in sheet[7]:
        sheet.cell(8, cell.column, cell.value)
    sheet.cell(8, at(sheet, "eventTime"), "2026-03-12 09:00")
    assert "workbook.rows-differ" in {one.code for one in filled(saved(book)).findings}


COUNTED = [
    (template, column)
    for template in (made(*step) for step in every_step())
    for column in template.columns
    if column.several
]


@pytest.mark.parametrize(
    ("template", "column"), COUNTED, ids=[f"{one.step}-{column.key}" for one, column in COUNTED]
)
@pytest.mark.parametrize("values", [("5", "5"), ("5", "4", "5"), ("5",)])
def test_of_what_is_counted_each_row_has_a_value_even_the_same_again(
    template: Template, column: Column, values: tuple[str, ...]
) -> None:
    """Two legs equally warm are two legs, in the workbook and on the form."""
    said = [int(one) for one in values] if column.type == "number" else [*values]
    stated = said if len(said) > 1 else said[0]
    head, _, name = column.key.rpartition(".")
    member = {head: {**template.example[head], name: stated}} if head else {name: stated}
    (found,) = events_of(
        filled(write_workbook([template], {template.step: [{**template.example, **member}]}))
    )
    fields = {"eventTime": ["2026-03-01 09:30"], column.key: ["\n".join(values)]}
    (written,) = events_of(read_form(template, fields))
    for event in (found, written):
        assert numbers((event[head] if head else event)[name]) == numbers(stated)


def test_the_row_that_people_read_cites_the_law_in_both_languages() -> None:
    cited = [one for one in made("food", "food_import").columns if one.laws]
    sheet = load_workbook(io.BytesIO(write_workbook((made("food", "food_import"),)))).worksheets[-1]
    shown = {cell.value: sheet.cell(5, cell.column).value for cell in sheet[2]}
    assert cited
    for column in cited:
        for law in column.laws:
            assert law.zh in shown[column.key]
            assert law.en in shown[column.key]


def test_the_steps_that_need_a_second_row_show_it_where_people_read_first() -> None:
    steps = {template.step for template, _ in COUNTED}
    assert steps >= {"vaccine_receipt", "cold_storage"}
    for step in steps:
        (template,) = {id(one): one for one, _ in COUNTED if one.step == step}.values()
        sheet = load_workbook(io.BytesIO(write_workbook([template]))).worksheets[0]
        rows = [[cell for cell in row if cell is not None] for row in sheet.values]
        shown = [row for row in rows if row and row[0] == "1"]
        assert len(shown) == len(rows_of(template.example)) > 1, step
        assert any(template.name.zh in str(row[0]) and "几行" in str(row[0]) for row in rows if row)


@given(st.binary(max_size=200))
def test_what_is_no_workbook_is_told(data: bytes) -> None:
    with pytest.raises(WorkbookError):
        filled(data)


SAYABLE = (Required, Pattern, Unit)


@given(st.data())
def test_the_schema_accepts_what_the_rules_accept_and_refuses_what_they_refuse(
    data: st.DataObject,
) -> None:
    """For required, pattern and unit; whatever is taken out of an example, or spoilt in it."""
    name, step = data.draw(st.sampled_from(every_step()))
    family = families().by_id[name]
    sent = spoilt(data, made(name, step).example)
    schema = schema_of(family, step, DAY)
    said = {
        rule.id: part
        for part in schema["allOf"]
        for rule in family.rules
        if part.get("$comment", "").startswith(rule.id + ":")
        if isinstance(rule.require, SAYABLE)
    }
    event = model(sent)
    judged = judge_event(event, Knowledge(now=event.event_time), families(), on=DAY)
    broken = {one.rule for one in judged.findings} & said.keys()
    refused = {rule for rule, part in said.items() if not Draft202012Validator(part).is_valid(sent)}
    assert refused == broken


def spoilt(data: st.DataObject, example: Any) -> dict[str, Any]:
    sent = dict(example)
    if "ilmd" in sent:
        sent["ilmd"] = loosened(data, sent["ilmd"], ())
    for key in ("quantityList", "inputQuantityList", "outputQuantityList"):
        if key in sent and data.draw(st.booleans()):
            unit = data.draw(st.sampled_from(["KGM", "TNE", "LTR", "MTR"]))
            sent[key] = [{**one, "uom": unit} for one in sent[key]]
    kept = ("suyuan:family", "suyuan:step", "suyuan:productKind")
    return loosened(data, sent, kept)


def loosened(data: st.DataObject, members: dict[str, Any], kept: tuple[str, ...]) -> dict[str, Any]:
    own = [key for key in members if key.startswith("suyuan:") and key not in kept]
    changes = {key: data.draw(st.sampled_from(["", "drop", "x 1", "  ", None])) for key in own}
    told = {key: changes[key] or members[key] if changes.get(key) != "  " else "  " for key in own}
    rest = {key: value for key, value in members.items() if key not in own}
    return rest | {key: value for key, value in told.items() if changes[key] != "drop"}


def test_every_schema_is_a_schema() -> None:
    for family, step in every_step():
        Draft202012Validator.check_schema(schema_of(families().by_id[family], step, DAY))


def local_rules() -> list[tuple[Family, Rule, str]]:
    return [(family, rule, step) for family in families().by_id.values()
            for rule in family.overlays for step in rule.when.step]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "rule", "step"), local_rules(), ids=lambda one: getattr(one, "id", one)
)
def test_the_rules_of_a_place_are_in_its_schema_and_template_from_their_day_and_nowhere_else(
    family: Family, rule: Rule, step: str
) -> None:
    def told(on: date, division: str) -> tuple[bool, bool]:
        schema = schema_of(family, step, on, division=division)
        comments = {part["$comment"].split(":")[0] for part in schema["allOf"] if part}
        laws = [law for column in template_of(family, step, on, division=division).columns
                for law in column.laws]  # fmt: skip
        asked = any(rule.article in law.zh and f"{rule.since} 起" in law.zh for law in laws)
        return rule.id in comments | set(schema["x-suyuan-other-rules"]), asked

    asks = isinstance(rule.require, Required)
    assert told(rule.since, rule.division) == (True, asks)
    for day, place in ((rule.since - timedelta(days=1), rule.division), (rule.since, "650000"),
                       (rule.since, "")):  # fmt: skip
        assert told(day, place) == (False, False)


def test_a_places_own_items_are_shown_as_not_verified_and_read_back() -> None:
    family = families().by_id["special-equipment"]
    shanghai = template_of(family, "cylinder_filling", DAY, division="310115")
    (mark,) = [one for one in shanghai.columns if one.key.endswith("stationMark")]
    assert "上海市，2021-03-01 起）（未核实）" in mark.laws[-1].zh
    assert mark.laws[-1].en.endswith("since 2021-03-01) (unverified)")
    book = write_workbook([shanghai], {"cylinder_filling": [shanghai.example]})
    read = filled(book)
    assert not [one for one in read.findings if one.code == "workbook.unknown-column"]
    (event,) = json.loads(read.document)["epcisBody"]["eventList"]
    assert "division" not in event


@pytest.mark.parametrize(
    ("family", "step", "item", "shown"),
    [
        ("dangerous-goods", "explosives_production", "explosiveKind", "工业雷管"),
        ("agricultural-inputs", "input_production", "feedClass", "配合饲料"),
        ("drugs", "drug_sale", "drugCategory", "麻醉药品"),
        ("dangerous-goods", "danger_destruction", "seized", "是"),
    ],
)
def test_what_a_licence_has_words_for_is_offered_in_a_list(
    family: str, step: str, item: str, shown: str
) -> None:
    (column,) = [one for one in made(family, step).columns if one.key.endswith(item)]
    assert shown in {one.name.zh for one in column.choices}


def test_every_step_of_a_second_account_has_a_column_for_what_it_confirms() -> None:
    steps = [
        (family.id, step.id)
        for family in families().by_id.values()
        for step in family.steps.values()
        if step.confirms
    ]
    assert len(steps) == 4
    for family, step in steps:
        (column,) = [one for one in made(family, step).columns if one.key == "suyuan:confirms"]
        assert column.need == "required"
        schema = schema_of(families().by_id[family], step, DAY)
        assert "suyuan:confirms" in json.dumps(schema)
