"""An answer handed on is the same where it is read again, and no more than its viewer knows."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import XML

import jsonschema
import psycopg
import pypdfium2
import pytest
from deliveries import delivery, fcl
from openpyxl import load_workbook
from psycopg.conninfo import make_conninfo
from pypdfium2 import raw

from suyuan.capture import Options
from suyuan.demo import cast, play
from suyuan.demo.play import today_of
from suyuan.drawings import on_paper
from suyuan.interchange import Form, Words
from suyuan.interchange.types import Pictures
from suyuan.kit.text import Lang
from suyuan.model import PUBLIC, Viewer
from suyuan.service import (
    OPERATOR,
    Config,
    Export,
    Platform,
    Recall,
    Told,
    capture,
    export,
    follow,
    import_interchange,
    local_capturer,
    on_store,
    register,
    trace,
    viewer_for,
)
from suyuan.store import StoreSettings, open_store
from suyuan.store.embedded import Server
from suyuan.trace import Answer, Direction, Question, Seed

Json = dict[str, Any]
CELLS = {"type": "array", "items": {"type": "object", "required": ["id", "value"],
         "properties": {"id": {"type": "string"}}}}  # fmt: skip
TABLE = {
    "type": "object",
    "required": ["columnProperties", "data"],
    "properties": {
        "columnProperties": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {"id": {"type": "string"}, "type": {"type": "string"}},
            },
        },
        "data": {"type": "array", "items": CELLS},
    },
}
SHAPE = {  # FoodChain-Lab's exchange format 1.0.0, as its program and its published files have it
    "type": "object",
    "required": ["version", "data"],
    "properties": {
        "version": {"const": "1.0.0"},
        "data": {
            "type": "object",
            "required": ["stations", "deliveries", "deliveryRelations"],
            "properties": dict.fromkeys(("stations", "deliveries", "deliveryRelations"), TABLE),
        },
    },
}


def ask(thing: str, direction: Direction) -> Question:
    return Question(seeds=(Seed(thing=thing),), direction=direction)


def of_form(platform: Platform, question: Question, form: Form, **more: Any) -> Export:
    return export(platform, question, OPERATOR, form, **more)


def cells(table: Json) -> list[Json]:
    return [{cell["id"]: cell["value"] for cell in row} for row in table["data"]]


SAID = ("confirmed", "quantity", "unit", "received", "receivedUnit", "begun", "begunQuantity")


def passages(data: bytes) -> tuple[set[Any], set[Any]]:
    """Deliveries: what went from whom to whom, as told by whom, and which of them lead to which."""
    tables = json.loads(data)["data"]
    stations = {row["ID"]: (row.get("suyuan:party"), row.get("suyuan:site"))
                for row in cells(tables["stations"])}  # fmt: skip
    moves = {
        row["ID"]: (
            *(row["suyuan:thing"], stations[row["from"]], stations[row["to"]]),
            *(row.get(f"suyuan:{name}") for name in SAID),
        )
        for row in cells(tables["deliveries"])
    }
    joined = {(moves[row["from"]], moves[row["to"]]) for row in cells(tables["deliveryRelations"])}
    return set(moves.values()), joined


def held(answer: Answer) -> set[Any]:
    return {(n.pool.thing, n.pool.party, n.pool.site) for n in answer.nodes if n.pool.thing}


def some_things(platform: Platform) -> list[str]:
    """Things of the story that go far: a lot of pork at its retailer, and a pig."""
    with platform.store.read() as conn:
        rows = conn.execute(
            "select a.head || t from index.act as a cross join unnest(index.tails(a.tails)) as t "
            "where a.head || t like 'https://id.gs1.org/01/%' "
            "group by 1 order by count(*) desc, 1 limit 6"
        ).fetchall()
    return [row[0] for row in rows]


@pytest.fixture(scope="module")
def story(
    postgres_server: Server, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The pork story told once: packing, making, silence and doubt. Nobody adds to it."""
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute(f"create database handed_story template {migrated_template}")
    dsn = make_conninfo(postgres_server.dsn, dbname="handed_story")
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        platform = on_store(store, Config(data_dir=tmp_path_factory.mktemp("story")))
        play(platform)
        follow(platform)
        yield platform
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute("drop database handed_story with (force)")


def test_an_epcis_export_captured_elsewhere_gives_the_same_trace(
    story: Platform, platform: Platform
) -> None:
    today = today_of(platform)
    register(platform, [*cast.registry(today), *cast.quarantine_papers(today)])
    thing = some_things(story)[0]
    for direction in Direction:
        question = ask(thing, direction)
        made = of_form(story, question, Form.EPCIS)
        said = json.loads(made.content)["suyuan:about"]
        assert (said["viewer"], said["things"]) == ("平台操作员", [thing])
        result = capture(platform, made.content, local_capturer(platform, None), Options())
        assert not result.counts.get("refused")
        follow(platform)
        here = held(trace(story, question, OPERATOR))
        assert here
        assert held(trace(platform, question, OPERATOR)) == here


def test_a_foodchain_lab_export_read_again_is_the_same_trace(
    story: Platform, platform: Platform
) -> None:
    passed = 0
    for direction in Direction:
        for thing in some_things(story):
            question = ask(thing, direction)
            made = of_form(story, question, Form.FCL).content
            jsonschema.validate(json.loads(made), SHAPE)
            moves, joined = passages(made)
            passed += len(joined)
            bring_in(platform, made)
            again = passages(of_form(platform, question, Form.FCL).content)
            assert again == (moves, joined)
    assert passed > 0


def test_what_one_side_told_and_what_came_short_is_so_where_a_foodchain_lab_export_is_read(
    platform: Platform,
) -> None:
    """Told here by a file that has our own columns, read again under other numbers."""
    told = {
        "sent": {"suyuan:confirmed": "sent", "suyuan:quantity": "7", "suyuan:unit": "KGM"},
        "came": {"suyuan:confirmed": "received", "suyuan:quantity": "250", "suyuan:unit": "KGM"},
        "short": {"suyuan:quantity": "100", "suyuan:unit": "KGM", "suyuan:received": "90.125",
                  "suyuan:receivedUnit": "KGM"},
        "whole": {"Amount": "5 kg"},
    }  # fmt: skip
    dates = {"Date Delivery": "2026-05-01", "Date Delivery Arrival": "2026-05-02"}
    rows = [delivery(name, f"{name}-farm", "shop", **said, **dates) for name, said in told.items()]
    bring_in(platform, fcl(rows, []))
    for name, confirmed in (("sent", "sent"), ("came", "received"), ("short", "both"),
                            ("whole", "both")):  # fmt: skip
        question = ask(f"urn:suyuan:lot:there:{name}", Direction.FORWARD)
        answer = trace(platform, question, OPERATOR)
        (link,) = answer.links
        assert link.confirmed.value == confirmed
        assert answer.completeness.confirmed == (confirmed == "both")
        (row,) = cells(
            json.loads(of_form(platform, question, Form.FCL).content)["data"]["deliveries"]
        )
        assert row["suyuan:confirmed"] == confirmed
        more = {key: value for key, value in told[name].items() if key.startswith("suyuan:")}
        assert more.items() <= row.items()
        assert ("suyuan:received" in row) == (name == "short")
        shown = readable(of_form(platform, question, Form.PDF).content, Form.PDF)
        for figure in (value for value in more.values() if value[:1].isdigit()):
            assert figure in shown


def bring_in(platform: Platform, made: bytes) -> None:
    words = Words(issuer="there")
    taken = import_interchange(platform, made, words, local_capturer(platform, None))
    assert taken.recorded or not json.loads(made)["data"]["deliveries"]["data"], taken.findings
    follow(platform)


@pytest.mark.parametrize("asked", ["trace forward", "recall scope"])
@pytest.mark.parametrize("form", list(Form))
def test_every_export_says_for_whom_on_which_day_and_how_complete(
    story: Platform, form: Form, asked: str
) -> None:
    question = ask(some_things(story)[0], Direction.FORWARD)
    made = of_form(
        story, question, form, recall=asked == "recall scope", name="inspector Li", lang="en"
    )
    text = readable(made.content, form)
    answer = trace(story, question, OPERATOR)
    assert "inspector Li" in text
    assert str(answer.position) in text
    assert f"{story.clock():%Y-%m-%d}" in text or f"{story.clock():%Y%m%d}" in made.name
    assert made.media
    assert asked in text or form is Form.CSV


BREAK = "\u200b"
"""Where a line may break within a code."""


def readable(content: bytes, form: Form) -> str:
    """What a person or program finds in the bytes."""
    match form:
        case Form.PDF:
            pages = pypdfium2.PdfDocument(content)
            text = "\n".join(page.get_textpage().get_text_range() for page in pages)
            return text.replace(BREAK, "")
        case Form.FSMA204:
            book = load_workbook(io.BytesIO(content))
            rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
            return "\n".join(str(cell) for row in rows for cell in row)
        case _:
            return content.decode("utf-8-sig")


@pytest.mark.parametrize("of_recall", [False, True])
def test_a_pdf_holds_the_drawings_of_the_page_in_lines_and_letters(
    story: Platform, *, of_recall: bool
) -> None:
    question = ask(some_things(story)[0], Direction.FORWARD)
    pictures: list[str] = []

    def kept(about: Told, scope: Recall | None, lang: Lang) -> Pictures:
        drawn = on_paper(about, scope, lang)
        pictures.extend(drawn.drawn)
        return drawn

    bare = of_form(story, question, Form.PDF, recall=of_recall)
    made = of_form(story, question, Form.PDF, recall=of_recall, draw=kept)
    texts = {each.text or "" for one in pictures for each in XML(one).iter("text")}
    assert texts
    letters = "".join(readable(made.content, Form.PDF).split())
    assert [each for each in texts if "".join(each.split()) not in letters] == []
    shapes, before = shapes_of(made.content), shapes_of(bare.content)
    assert raw.FPDF_PAGEOBJ_IMAGE not in shapes
    boxes = sum(1 for one in pictures for _ in XML(one).iter("rect"))
    assert shapes[raw.FPDF_PAGEOBJ_PATH] >= before[raw.FPDF_PAGEOBJ_PATH] + boxes
    of_form(story, question, Form.CSV, recall=of_recall, draw=never)


OFFSETS = re.compile(r"(?:T|\s)\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(Z|[+-]\d\d:\d\d)?")
FOREIGN = {
    "Date Delivery": "2026-05-09T23:30:00Z",
    "Date Delivery Arrival": "2026-05-10T09:00:00-05:00",
}


@pytest.mark.parametrize("form", [Form.CSV, Form.PDF, Form.FCL, Form.GRAPHML, Form.FSMA204])
@pytest.mark.parametrize("of_recall", [False, True])
def test_every_time_of_a_file_is_china_s_and_says_so(
    platform: Platform, form: Form, *, of_recall: bool
) -> None:
    bring_in(platform, fcl([delivery("d", "dairy", "shop", Name="Cheese", **FOREIGN)], []))
    question = ask("urn:suyuan:lot:there:d", Direction.FORWARD)
    text = readable(of_form(platform, question, form, recall=of_recall).content, form)
    text = " ".join(text.split())  # a narrow column breaks behind the day
    offsets = OFFSETS.findall(text)
    assert offsets
    assert set(offsets) == {"+08:00"}
    if not of_recall or form is Form.PDF:
        assert "2026-05-10" in text  # 23:30 of the day before is the next day's 07:30 there
        assert "07:30" in text
        assert "22:00" in text


def shapes_of(content: bytes) -> Counter[int]:
    """What is on the pages, by kind."""
    pages = pypdfium2.PdfDocument(content)
    return Counter(each.type for page in pages for each in page.get_objects(max_depth=15))


def never(_about: Told, _scope: Recall | None, _lang: Lang) -> Pictures:
    raise AssertionError("a table has no pictures, and none are drawn for it")


def test_tables_and_graphs_hold_every_link_of_the_answer(story: Platform) -> None:
    question = ask(some_things(story)[0], Direction.BACKWARD)
    links = trace(story, question, OPERATOR).links
    table = of_form(story, question, Form.CSV).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["种类 kind"] for row in rows] == [link.kind.value for link in links]
    space = "{http://graphml.graphdrawing.org/xmlns}"
    graph = XML(of_form(story, question, Form.GRAPHML).content).find(f"{space}graph")
    assert graph is not None
    names = {node.get("id") for node in graph.findall(f"{space}node")}
    edges = graph.findall(f"{space}edge")
    assert len(edges) == len(links)
    assert {edge.get(end) for edge in edges for end in ("source", "target")} <= names


def test_the_sortable_sheet_has_a_row_for_each_shipping_receiving_and_making(
    story: Platform,
) -> None:
    question = ask(some_things(story)[0], Direction.BACKWARD)
    book = load_workbook(io.BytesIO(of_form(story, question, Form.FSMA204).content))
    head, *rows = book["FSMA 204"].iter_rows(values_only=True)
    events = [dict(zip(head, row, strict=True)) for row in rows]
    kinds = {each["Critical tracking event"] for each in events}
    assert kinds == {
        "Shipping", "Receiving", "Transformation: food used", "Transformation: new food",
    }  # fmt: skip
    assert all(each["Traceability lot code"] for each in events)
    shipped = [each for each in events if each["Critical tracking event"] == "Shipping"]
    assert any(each["Reference document number"] for each in shipped)
    assert all(each["Missing elements"] for each in shipped if not each["Quantity"])


BEGUN = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-05-01T00:00:00Z",
    "epcisBody": {"eventList": [{
        "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
        "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "quantityList": [{"epcClass": "urn:suyuan:lot:there:d", "quantity": 100, "uom": "KGM"}],
        "bizLocation": {"id": "urn:suyuan:holding:there:farm"},
        "destinationList": [
            {"type": "possessing_party", "destination": "urn:suyuan:holding:there:farm"}],
    }]},
}  # fmt: skip


@pytest.mark.parametrize("direction", list(Direction))
def test_a_lot_that_began_on_record_has_its_source_in_the_sortable_sheet(
    platform: Platform, direction: Direction
) -> None:
    bring_in(platform, fcl([delivery("d", "farm", "shop", Name="Milk", **FOREIGN)], []))
    document = json.dumps(BEGUN).encode()
    result = capture(platform, document, local_capturer(platform, None), Options())
    assert not result.counts.get("refused"), result
    follow(platform)
    made = of_form(platform, ask("urn:suyuan:lot:there:d", direction), Form.FSMA204).content
    head, *rows = load_workbook(io.BytesIO(made))["FSMA 204"].iter_rows(values_only=True)
    for row in rows:
        told = dict(zip(head, row, strict=True))
        assert "FARM" in told["Traceability lot code source location description"]
        assert "source" not in (told["Missing elements"] or "")


@pytest.mark.parametrize("recall", [False, True])
def test_a_lot_that_was_made_of_others_has_its_source_though_its_trace_is_asked_forward(
    platform: Platform, *, recall: bool
) -> None:
    rows = [delivery("d", "farm", "dairy", **FOREIGN), delivery("e", "dairy", "shop", **FOREIGN)]
    bring_in(platform, fcl(rows, [("d", "e")]))
    question = ask("urn:suyuan:lot:there:e", Direction.FORWARD)
    made = of_form(platform, question, Form.FSMA204, recall=recall).content
    head, *said = load_workbook(io.BytesIO(made))["FSMA 204"].iter_rows(values_only=True)
    assert said
    for row in said:
        told = dict(zip(head, row, strict=True))
        assert "DAIRY" in told["Traceability lot code source location description"]
        assert "source" not in (told["Missing elements"] or "")


def test_a_lot_that_began_on_record_begins_where_a_foodchain_lab_export_is_read(
    platform: Platform,
) -> None:
    own = {"suyuan:begun": "2026-05-01T08:00:00+08:00", "suyuan:begunQuantity": "100.125",
           "suyuan:begunUnit": "KGM"}  # fmt: skip
    rows = [
        delivery("d", "farm", "shop", **own, **FOREIGN),
        delivery("e", "farm", "shop", **FOREIGN),
    ]
    bring_in(platform, fcl(rows, []))
    for name, kind in (("d", "made"), ("e", "unknown")):
        question = ask(f"urn:suyuan:lot:there:{name}", Direction.BACKWARD)
        (origin,) = trace(platform, question, OPERATOR).origins
        assert origin.kind.value == kind
        (row,) = cells(
            json.loads(of_form(platform, question, Form.FCL).content)["data"]["deliveries"]
        )
        begun = {key: value for key, value in row.items() if "begun" in key}
        assert begun == (own if name == "d" else {})


def test_an_export_holds_what_its_viewer_may_see_and_nothing_else(story: Platform) -> None:
    question = ask(some_things(story)[0], Direction.BACKWARD)
    whole = json.loads(of_form(story, question, Form.EPCIS).content)
    every = {event["eventID"] for event in whole["epcisBody"]["eventList"]}
    party = cast.STALL_LI.party
    own = ids_for(story, question, viewer_for(story, party))
    assert own < every
    assert ids_for(story, question, PUBLIC) == set()
    moves, _ = passages(export(story, question, PUBLIC, Form.FCL).content)
    assert moves == set()


def ids_for(platform: Platform, question: Question, viewer: Viewer) -> set[str]:
    made = export(platform, question, viewer, Form.EPCIS)
    return {event["eventID"] for event in json.loads(made.content)["epcisBody"]["eventList"]}
