"""Every file of FoodChain-Lab is read, or its fault is named; and says what its program reads."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from partner_files import NETWORKS, WORDS, Json, events_of, filled, network, new, old, saved

from suyuan.interchange import read
from suyuan.interchange.types import InterchangeError
from suyuan.kit import SuyuanError
from suyuan.model import Severity

ORIGINALS = {
    "All_In_One_Template_Example.xlsx": "aio_yogurt",
    "ExampleData.json": "example",
    "Scenario_1_Outbreak-Baby-Tea.json": "babytea1",
}


def said(events: list[Json]) -> tuple[set[Any], set[Any]]:
    """Moves by thing and ends, and what went into which making's output."""
    moves = {
        (
            event["quantityList"][0]["epcClass"],
            event["sourceList"][0]["source"],
            event["destinationList"][0]["destination"],
        )
        for event in events
        if event["type"] == "ObjectEvent"
    }
    makings = [event for event in events if event["type"] == "TransformationEvent"]
    made = {
        event["transformationID"]: each["epcClass"]
        for event in makings
        for each in event.get("outputQuantityList", ())
    }
    joined = {
        (each["epcClass"], made[event["transformationID"]])
        for event in makings
        for each in event.get("inputQuantityList", ())
    }
    return moves, joined


def expected(net: Json) -> tuple[set[Any], set[Any]]:
    def name(kind: str, code: str) -> str:
        return f"urn:suyuan:{kind}:fcl:{code.replace(' ', '%20')}"

    moves = {
        (name("lot", d["id"]), name("holding", d["source"]), name("holding", d["target"]))
        for d in net["deliveries"]
    }
    return moves, {(name("lot", a), name("lot", b)) for a, b in net["relations"]}


@pytest.mark.shared
@pytest.mark.parametrize("file", ORIGINALS)
def test_an_original_file_says_what_its_own_program_reads(shared_data: Path, file: str) -> None:
    data = (shared_data / "tracing/fcl/original" / file).read_bytes()
    assert said(events_of(data)) == expected(network(shared_data, ORIGINALS[file]))


@pytest.mark.shared
@pytest.mark.parametrize("form", [old, new])
@pytest.mark.parametrize("name", NETWORKS)
def test_both_versions_of_every_network_are_read(
    shared_data: Path, name: str, form: Callable[[Json], bytes]
) -> None:
    net = network(shared_data, name)
    assert said(events_of(form(net))) == expected(net)


@pytest.mark.shared
@pytest.mark.parametrize("side", ["Backward", "Forward"])
def test_an_empty_form_is_refused_with_the_cell_to_fill_in(shared_data: Path, side: str) -> None:
    data = (shared_data / f"tracing/fcl/original/Start_Tracing_{side}.xlsx").read_bytes()
    (part,) = read(data, WORDS)
    assert part.origins == ()
    (found,) = part.findings
    assert (found.code, found.severity) == ("interchange.not-filled", Severity.REFUSE)
    assert (found.row, found.column) == (1, "C")


@pytest.mark.shared
@pytest.mark.parametrize("side", ["Backward", "Forward"])
def test_a_filled_form_is_deliveries_to_or_from_who_was_asked(shared_data: Path, side: str) -> None:
    form = (shared_data / f"tracing/fcl/original/Start_Tracing_{side}.xlsx").read_bytes()
    row = 12 if side == "Backward" else 11
    sheet = "Backtracing" if side == "Backward" else "Fwdtracing"
    cells = {"C1": "Dairy", "F1": "Main Rd 1", f"A{row}": "Farm", f"E{row}": "Milk",
             f"G{row}": "L1", f"I{row}": 3, f"J{row}": 5, f"K{row}": 2026,
             f"L{row}": "45 kg", f"M{row}": "kept cool"}  # fmt: skip
    (event,) = events_of(filled(form, sheet, cells))
    assert event["quantityList"][0]["quantity"] == 45
    assert event["quantityList"][0]["uom"] == "KGM"
    assert event["suyuan:arrivalTime"] == "2026-05-03"
    assert event["suyuan:sent"]["Comments"] == "kept cool"
    head = json.loads(read(filled(form, sheet, cells), WORDS)[0].document)["epcisHeader"]
    (places,) = head["epcisMasterData"]["vocabularyList"]
    names = {e["id"]: e["attributes"][0]["attribute"] for e in places["vocabularyElementList"]}
    came_from = names[event["sourceList"][0]["source"]]
    assert came_from == ("Farm" if side == "Backward" else "Dairy")


def test_the_same_file_gives_the_same_events() -> None:
    net = {
        "stations": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
        "deliveries": [{"id": "d", "source": "a", "target": "b", "name": "milk"}],
        "relations": [],
    }
    assert read(new(net), WORDS) == read(new(net), WORDS)
    assert read(new(net), WORDS)[0].document == read(old(net), WORDS)[0].document


def two_stations(*deliveries: Json, relations: list[list[str]] | None = None) -> Json:
    stations = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]
    return {"stations": stations, "deliveries": list(deliveries), "relations": relations or []}


def delivery(name: str, **members: Any) -> Json:
    return {"id": name, "source": "a", "target": "b", "name": "milk"} | members


@pytest.mark.parametrize(
    ("net", "code", "place"),
    [
        (two_stations(delivery("d", source="x")), "no-station", ("deliveries", 1)),
        (two_stations(delivery("d"), delivery("d")), "twice", ("deliveries", 2)),
        (two_stations(delivery("")), "no-id", ("deliveries", 1)),
        (two_stations(delivery("d"), relations=[["d", "e"]]), "no-delivery",
         ("deliveryRelations", 1)),
        (two_stations(delivery("d"), delivery("e"), relations=[["d", "e"]]), "not-joined",
         ("deliveryRelations", 1)),
    ],
)  # fmt: skip
def test_what_would_join_the_wrong_things_refuses_the_file_at_its_row(
    net: Json, code: str, place: tuple[str, int]
) -> None:
    (part,) = read(new(net), WORDS)
    assert part.origins == ()
    refusing = [each for each in part.findings if each.severity is Severity.REFUSE]
    assert (f"interchange.{code}", *place) in [(e.code, e.sheet, e.row) for e in refusing]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2020-06-10", "2020-06-10"),
        ("10.06.2020", "2020-06-10"),
        ("21/1/2019", "2019-01-21"),
        ("2/1/2019", "unknown"),
        ("2019-02-30", "unknown"),
        ("2012", "2012"),
        ("2012-05", "2012-05"),
        ("spring", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_clear(written: str, read_as: str) -> None:
    (event,) = events_of(new(two_stations(delivery("d", dateIn=written))))
    assert event["suyuan:arrivalTime"] == read_as
    assert event["suyuan:timePrecision"] == "unknown"


@pytest.mark.parametrize("written", ["-5", "-3 kg", "- 0.5 l", "\u22122 吨", "\uff0d7", "-3 jars"])
def test_a_negative_amount_is_called_negative_at_its_row(written: str) -> None:
    table = json.loads(new(two_stations(delivery("d"))))
    table["data"]["deliveries"]["data"][0].append({"id": "Amount", "value": written})
    (part,) = read(json.dumps(table).encode(), WORDS)
    (found,) = [each for each in part.findings if each.severity is Severity.REFUSE]
    assert (found.code, found.sheet, found.row) == ("interchange.negative", "deliveries", 1)
    assert "负" in found.message.zh
    assert "negative" in found.message.en
    assert written in found.message.en


@pytest.mark.parametrize("written", ["-", "5-10 kg", "a few", "kg -5"])
def test_words_with_a_dash_are_no_negative_amount(written: str) -> None:
    table = json.loads(new(two_stations(delivery("d"))))
    table["data"]["deliveries"]["data"][0].append({"id": "Amount", "value": written})
    (part,) = read(json.dumps(table).encode(), WORDS)
    assert [each.code for each in part.findings if each.code.endswith("unit")]
    assert len(part.origins) == 1


def amount_read(written: Any) -> tuple[Any, list[Any]]:
    table = json.loads(new(two_stations(delivery("d"))))
    table["data"]["deliveries"]["data"][0].append({"id": "Amount", "value": written})
    data = json.dumps(table).encode()
    (event,) = events_of(data)
    (part,) = read(data, WORDS)
    assert event["suyuan:sent"]["Amount"] == written
    found = [each for each in part.findings if each.code != "interchange.no-date"]
    return event["quantityList"][0].get("quantity"), found


@pytest.mark.parametrize(
    ("written", "either"), [("1,000 kg", ("1000", "1")), ("1.000 kg", ("1000", "1")),
                            ("12.125", ("12125", "12.1250"))],
)  # fmt: skip
def test_an_amount_that_can_be_two_numbers_is_none_and_both_are_told(
    written: str, either: tuple[str, str]
) -> None:
    number, (found,) = amount_read(written)
    assert number is None
    assert (found.code, found.severity) == ("interchange.two-numbers", Severity.FLAG)
    assert (found.sheet, found.row, found.column) == ("deliveries", 1, "Amount")
    for words in (found.message, found.cure):
        assert all(f"{each} " in f"{words.en} ".replace(",", " ").replace(")", " ")
                   for each in either)  # fmt: skip
    for each in either:
        assert amount_read(f"{each} kg")[1] == []


@pytest.mark.parametrize(
    ("written", "number"),
    [("1.000,5 kg", 1000.5), ("1,000.5 kg", 1000.5), ("1.000.000 g", 1_000_000), ("1,5 kg", 1.5),
     ("0.125 t", 0.125), (1.125, 1.125), ("45kg", 45)],
)  # fmt: skip
def test_an_amount_that_can_be_one_number_is_that(written: Any, number: float) -> None:
    assert amount_read(written) == (number, [])


def test_what_cannot_be_read_of_an_amount_is_quoted_as_it_was_written() -> None:
    number, (found,) = amount_read("1'000,5 kg")
    assert number is None
    assert "'1'000,5 kg'" in found.message.en


def test_a_number_of_our_own_column_is_exact() -> None:
    table = json.loads(new(two_stations(delivery("d"))))
    table["data"]["deliveries"]["data"][0] += [
        {"id": "suyuan:quantity", "value": "1.125"}, {"id": "suyuan:unit", "value": "KGM"},
    ]  # fmt: skip
    (event,) = events_of(json.dumps(table).encode())
    assert event["quantityList"][0]["quantity"] == 1.125


@pytest.mark.shared
def test_an_amount_of_two_numbers_in_a_workbook_is_flagged_at_its_row(shared_data: Path) -> None:
    form = (shared_data / "tracing/fcl/original/Start_Tracing_Backward.xlsx").read_bytes()
    cells = {"C1": "Dairy", "A12": "Farm", "E12": "Milk", "L12": "1.000 kg"}
    (part,) = read(filled(form, "Backtracing", cells), WORDS)
    found = [each for each in part.findings if each.code == "interchange.two-numbers"]
    assert [(each.sheet, each.row, each.column) for each in found] == [("Backtracing", 12, "L")]
    book = load_workbook(shared_data / "tracing/fcl/original/All_In_One_Template_Example.xlsx")
    row = next(n for n, cells in enumerate(book["Deliveries"].iter_rows(values_only=True), 1)
               if n > 2 and cells[0])  # fmt: skip
    heads = [cell.value for cell in book["Deliveries"][1]]
    column = next(n for n, head in enumerate(heads, 1) if head and head.startswith("Unit weig"))
    book["Deliveries"].cell(row, column, "1,000")
    book["Deliveries"].cell(row, column + 1, "kg")
    (part,) = read(saved(book), WORDS)
    found = [each for each in part.findings if each.code == "interchange.two-numbers"]
    assert [(each.sheet, each.row) for each in found] == [("Deliveries", row)]


def test_a_relation_against_the_dates_is_kept_and_said() -> None:
    net = two_stations(
        delivery("d", dateIn="2020-06-10"),
        delivery("e", source="b", target="a"),
        relations=[["d", "e"]],
    )
    table = json.loads(new(net))
    table["data"]["deliveries"]["data"][1].append({"id": "Date Delivery", "value": "2020-06-01"})
    (part,) = read(json.dumps(table).encode(), WORDS)
    assert [each.code for each in part.findings] == ["interchange.backwards"]
    (used,) = [e for e in events_of(json.dumps(table).encode()) if "inputQuantityList" in e]
    assert used["suyuan:timePrecision"] == "unknown"


@pytest.mark.parametrize(
    ("left", "came", "early"),
    [("2026-05-03", "2026-05-02", True), ("2026-05-02", "2026-05-02", False),
     ("2026-05", "2026-05-02", False), ("2026-05-03", "2026-04", True), (None, "2026-05", False),
     ("2026-05-02T10:00:00+08:00", "2026-05-02T01:00:00Z", True),
     ("2026-05-02T10:00:00+08:00", "2026-05-02T02:00:00Z", False)],
)  # fmt: skip
def test_a_delivery_that_surely_came_before_it_left_is_told_at_its_row(
    left: str | None, came: str, *, early: bool
) -> None:
    table = json.loads(new(two_stations(delivery("d", dateIn=came))))
    table["data"]["deliveries"]["data"][0].append({"id": "Date Delivery", "value": left})
    (part,) = read(json.dumps(table).encode(), WORDS)
    told = [(each.code, each.sheet, each.row) for each in part.findings]
    assert told == ([("interchange.early", "deliveries", 1)] if early else [])
    assert len(part.origins) == 1


def test_fields_that_are_not_known_are_kept_with_their_event() -> None:
    table = json.loads(new(two_stations(delivery("d"))))
    table["data"]["deliveries"]["data"][0].append({"id": "Kühlung °C", "value": 4.5})
    (event,) = events_of(json.dumps(table).encode())
    assert event["suyuan:sent"]["Kühlung °C"] == 4.5


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"nothing", b"PK\x03\x04", b'{"data": {}}', b'{"data": 1}',
             b'{"stations": 1, "deliveries": []}', b'{"utxCore": []}',
             b'{"utxCore": {"tru": {"current": [{}]}}}'],
)  # fmt: skip
def test_what_is_no_such_file_is_an_error_in_words(data: bytes) -> None:
    with pytest.raises(SuyuanError) as caught:
        read(data, WORDS)
    assert caught.value.text.zh
    assert caught.value.text.en


def test_a_workbook_of_other_things_is_an_error_in_words() -> None:
    with pytest.raises(InterchangeError):
        read(saved(Workbook()), WORDS)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(RUBBISH, st.sampled_from(["stations", "deliveries", "deliveryRelations"]))
def test_rubbish_in_a_table_is_refused_in_words_or_read(rubbish: Any, table: str) -> None:
    value = json.loads(new(two_stations(delivery("d"))))
    value["data"][table] = rubbish
    with suppress(SuyuanError):  # anything else would be a fault of ours
        assert read(json.dumps(value).encode(), WORDS)


@given(
    RUBBISH,
    st.sampled_from(
        [
            "id", "stationId", "activityStart", "truInput", "truOutput", "trus", "loadingDate",
            "activityPrimaryTypeCV", "lotId",
        ]
    ),
    st.sampled_from(["activity", "logisticUnit", "tru"]),
)  # fmt: skip
def test_rubbish_in_an_object_of_utx_is_refused_in_words_or_read(
    rubbish: Any, member: str, table: str
) -> None:
    tables: Json = {
        "station": [{"id": "s"}],
        "tru": [{"id": "u", "stationId": "s", "lotId": "l"}],
        "activity": [{"id": "a", "truInput": [{"truIds": ["u"]}], "activityStart": "2026-05-01"}],
        "logisticUnit": [{"id": "b", "trus": [{"truId": "u"}], "loadingDate": "2026-05-01"}],
    }
    tables[table][0][member] = rubbish
    core = {name: {"current": rows} for name, rows in tables.items()}
    with suppress(SuyuanError):  # anything else would be a fault of ours
        assert read(json.dumps({"utxCore": core}).encode(), WORDS)
