"""Files that are handed on, read as somebody reads them who expects the worst of them."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import XML

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from suyuan.interchange import fcl_json, fsma204, graphml, requests, tables
from suyuan.interchange.about import about
from suyuan.interchange.cells import MOST, cell_text, listed
from suyuan.interchange.chains import chain_of, local_day, written
from suyuan.interchange.paper import much
from suyuan.interchange.types import Names
from suyuan.kit import Span
from suyuan.kit.span import instant, parse_instant
from suyuan.kit.text import legal_in_xml
from suyuan.trace import Answer, Direction, Question, Seed
from suyuan.trace import answer as answers
from suyuan.trace.types import Link, LinkKind, Node, Pool

NOW = datetime(2026, 3, 1, 18, tzinfo=UTC)
"""In China it is the second of March already."""

ANY = st.text(st.characters(), max_size=12)


def answer_of(*links: Link, things: Sequence[str] = ("t",)) -> Answer:
    """An answer with these links, each pool reached."""
    seeds = tuple(Seed(thing=each) for each in things)
    bare = answers.answer([], Question(seeds=seeds, direction=Direction.FORWARD), position=7)
    pools = dict.fromkeys(pool for link in links for pool in (link.source, link.target))
    return replaced(
        bare,
        links=links,
        nodes=tuple(Node(pool=pool, certain=True, reached=instant(NOW), hops=1) for pool in pools),
    )


def replaced(answer: Answer, **changes: Any) -> Answer:
    kept = {name: getattr(answer, name) for name in answer.__struct_fields__}
    return Answer(**(kept | changes))


def moved(thing: str, giver: str, taker: str, **more: Any) -> Link:
    given = {"departure": instant(NOW), "arrival": instant(NOW)} | more
    ends = (Pool(thing, giver, giver), Pool(thing, taker, taker))
    return Link(kind=LinkKind.MOVED, source=ends[0], target=ends[1], **given)


def graph_of(answer: Answer) -> Any:
    return XML(graphml.write(answer, Names(), about(answer, "某人", NOW)))


def spaced(name: str) -> str:
    return "{http://graphml.graphdrawing.org/xmlns}" + name


READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__, "int": int, "double": float,
    "string": str,
}  # fmt: skip


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY), max_size=4), ANY)
def test_a_graph_is_well_formed_and_each_value_is_of_its_declared_type(
    rows: list[tuple[str, str, str, str]], asked: str
) -> None:
    links = [moved(t, a, b, unit=unit, quantity=Decimal("1.50")) for t, a, b, unit in rows]
    root = graph_of(answer_of(*links, things=(asked,)))
    kinds = {each.get("id"): each.get("attr.type") for each in root.findall(spaced("key"))}
    assert len(kinds) == len(root.findall(spaced("key")))
    told = [(each.get("key"), each.text) for each in root.iter(spaced("data"))]
    for key, text in told:
        READERS[kinds[key]](text)
    (graph,) = root.findall(spaced("graph"))
    names = [each.get("id") for each in graph.findall(spaced("node"))]
    assert len(set(names)) == len(names)
    edges = graph.findall(spaced("edge"))
    assert {edge.get(end) for edge in edges for end in ("source", "target")} <= set(names)
    units = [text for key, text in told if key == "edge.unit"]
    assert units == [_read_back(unit) for _, _, _, unit in rows if unit]


def _read_back(text: str) -> str:
    """What a reader of XML gives: it takes every end of a line for the same."""
    return legal_in_xml(text).replace("\r\n", "\n").replace("\r", "\n")


def test_what_a_graph_says_of_itself_is_json_where_it_has_parts() -> None:
    root = graph_of(answer_of(moved("t", "a", "b"), things=("t", 'quote " and =')))
    told = {each.get("key"): each.text for each in root.iter(spaced("data"))}
    assert json.loads(told["graph.things"]) == ["t", 'quote " and =']
    assert json.loads(told["graph.openEnds"]) == {}
    assert told["graph.truncated"] == "false"
    assert told["graph.completeToEntry"] == "7"


def sheet_of(*links: Link) -> list[dict[str, Any]]:
    answer = answer_of(*links)
    book = load_workbook(io.BytesIO(fsma204.write(answer, Names(), about(answer, "x", NOW))))
    sheet = book["FSMA 204"]
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]


FORMULA = moved("=1+1", "a", "b", quantity=Decimal(1))


@given(st.lists(st.tuples(ANY.filter(bool), ANY, ANY), min_size=1, max_size=3))
def test_a_workbook_can_be_opened_whatever_its_codes_and_computes_none(
    rows: list[tuple[str, str, str]],
) -> None:
    links = [moved(thing, f"{a}1", f"{b}2", quantity=Decimal(2)) for thing, a, b in rows]
    found = sheet_of(FORMULA, *links)
    codes = [each["Traceability lot code"] for each in found]
    assert sheet_of(moved("#N/A", "a", "b"))[0]["Traceability lot code"].data_type == "s"
    assert all(each.data_type == "s" for each in codes if each.value)
    assert codes[0].value == "=1+1"
    assert [each.value or "" for each in codes[2::2]] == [_read_back(row[0]) for row in rows]


@given(
    st.lists(
        st.decimals(min_value=0, max_value=Decimal("1e12"), places=3, allow_nan=False),
        min_size=1,
        max_size=5,
    )
)
def test_quantities_of_the_sortable_sheet_add_up_in_a_column_beside_their_unit(
    amounts: list[Decimal],
) -> None:
    found = sheet_of(*(moved(f"t{n}", "a", "b", quantity=each, unit="KGM")
                       for n, each in enumerate(amounts)))  # fmt: skip
    shipped = [each for each in found if each["Critical tracking event"].value == "Shipping"]
    cells = [each["Quantity"] for each in shipped]
    assert {cell.data_type for cell in cells} == {"n"}
    assert [Decimal(repr(cell.value)) for cell in cells] == amounts
    assert {each["Unit of measure"].value for each in shipped} == {"KGM"}
    assert not any("Quantity" in (each["Missing elements"].value or "") for each in shipped)


@pytest.mark.parametrize(
    ("thing", "more", "value", "unit"),
    [
        ("t", {"quantity": Decimal("1234567890.123456789")}, "1234567890.123456789", "piece"),
        ("t", {"quantity": Decimal("1E+350")}, "1" + "0" * 350, "piece"),
        ("t", {"quantity": Decimal(0), "unit": "KGM"}, 0, "KGM"),
        ("t", {}, None, None),
        ("https://id.gs1.org/01/06901234567892/21/A", {}, 1, "piece"),
    ],
)
def test_a_spreadsheet_keeps_every_digit_and_a_single_thing_is_one(
    thing: str, more: dict[str, Any], value: Any, unit: str | None
) -> None:
    shipped = sheet_of(moved(thing, "a", "b", **more))[0]
    assert (shipped["Quantity"].value, shipped["Unit of measure"].value) == (value, unit)
    missing = shipped["Missing elements"].value
    assert ("Quantity" in missing) == (value is None)


def test_received_amounts_stand_with_the_receipt() -> None:
    shipped, received = sheet_of(moved("t", "a", "b", quantity=Decimal(5), received=Decimal(4)))
    assert (shipped["Quantity"].value, received["Quantity"].value) == (5, 4)
    assert shipped["Date of event"].value == "2026-03-02T02:00:00+08:00"


def test_a_row_that_is_certain_itself_says_so_apart_from_whether_it_is_reached_for_certain() -> (
    None
):
    answer = answer_of(
        moved("t", "a", "b"), moved("t", "b", "c"), moved("u", "d", "e", certain=False)
    )
    doubted = replaced(
        answer,
        nodes=tuple(replaced_node(each, certain=each.pool.party != "c") for each in answer.nodes),
    )
    rows = [dict(zip(tables.LINKS, row, strict=True)) for row in tables.links(doubted, Names())]
    assert [(row["certain"], row["reached"]) for row in rows] == [
        (True, "certain"), (True, "possible"), (False, "possible"),
    ]  # fmt: skip
    text = tables.written_csv(
        tables.LINKS, tables.links(doubted, Names()), about(doubted, "x", NOW)
    )
    assert "追到 reached" in text.decode("utf-8-sig")


def replaced_node(node: Node, *, certain: bool) -> Node:
    return Node(pool=node.pool, certain=certain, reached=node.reached, hops=node.hops)


def test_a_receipt_in_another_unit_than_its_dispatch_stands_in_its_own() -> None:
    amounts: dict[str, Any] = {"quantity": Decimal(5), "unit": "KGM"}
    link = moved("t", "a", "b", **amounts, received=Decimal(4800), received_unit="GRM")
    shipped, received = sheet_of(link)
    assert (shipped["Quantity"].value, shipped["Unit of measure"].value) == (5, "KGM")
    assert (received["Quantity"].value, received["Unit of measure"].value) == (4800, "GRM")
    (row,) = tables.links(answer_of(link), Names())
    told = dict(zip(tables.LINKS, row, strict=True))
    assert (told["unit"], told["received unit"]) == ("KGM", "GRM")
    edge = {each.get("key"): each.text for each in graph_of(answer_of(link)).iter(spaced("data"))}
    assert (edge["edge.unit"], edge["edge.received_unit"]) == ("KGM", "GRM")
    assert much(link) == "5 KGM → 4800 GRM"
    (delivery,) = chain_of(answer_of(link), Names()).deliveries
    assert (delivery.quantity, delivery.unit) == (5, "KGM")


def test_days_are_those_of_china_and_as_exact_as_they_are_known() -> None:
    assert local_day(written(instant(NOW))) == "2026-03-02"
    for text in ("2026", "2026-03", "2026-03-05"):
        for zone in ("+08:00", "-05:00", "Z"):
            assert local_day(written(parse_instant(text + zone)[0])) == text
    assert local_day(None) == local_day(written(Span(NOW, NOW + timedelta(days=900)))) == ""
    link = moved("t", "a", "b", arrival=parse_instant("2026-03+08:00")[0])
    made = json.loads(fcl_json.write(chain_of(answer_of(link), Names()), {}))
    (row,) = made["data"]["deliveries"]["data"]
    cells = {cell["id"]: cell["value"] for cell in row}
    assert cells["Date Delivery"] == "2026-03-02"
    assert cells["Date Delivery Arrival"] == "2026-03"
    forms = requests.write(chain_of(answer_of(link), Names()), Direction.BACKWARD)
    (form,) = forms.values()
    asked = load_workbook(io.BytesIO(form))["Products in Focus"]
    assert [asked.cell(3, column).value for column in range(5, 11)] == [
        "02", "03", "2026", None, "03", "2026",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["1", "1#2", "1#3", "?1"]), min_size=1, max_size=8))
def test_no_two_deliveries_or_stations_of_a_file_share_an_id(numbers: list[str]) -> None:
    """Two partners number theirs alike, and one already writes what would tell them apart."""
    links = [
        moved(
            f"urn:suyuan:lot:p{at}:{name.replace('#', '%23').replace('?', '%3F')}",
            f"urn:suyuan:holding:p{at}:{name.replace('#', '%23').replace('?', '%3F')}",
            "urn:suyuan:holding:shop:1",
        )
        for at, name in enumerate(numbers)
    ]
    chain = chain_of(answer_of(*links), Names())
    ids = [each.id for each in chain.deliveries]
    stations = {each.id: each.party for each in chain.stations}
    assert len(set(ids)) == len(ids) == len(numbers)
    assert len(stations) == len(chain.stations) == len(numbers) + 1
    assert [stations[each.source] for each in chain.deliveries] == [
        link.source.party for link in links
    ]


def test_what_does_not_fit_a_cell_is_said_to_be_cut() -> None:
    assert cell_text("a" * MOST) == "a" * MOST
    assert cell_text("a" * (MOST + 1)) == "a" * (MOST - 1) + "…"
    names = [f"lot {number}" for number in range(10_000)]
    text = listed(names)
    assert len(text) <= MOST
    *whole, rest = text.split(", ")
    assert whole == names[: len(whole)]
    assert rest == f"… +{len(names) - len(whole)}"
    assert listed(names[:3]) == "lot 0, lot 1, lot 2"
