"""Request, reply, merge: a filled form takes the trace a round further, and repeats nothing."""

import io
from typing import Any

import pytest
from deliveries import bring_in, delivery, fcl
from oil import BOTTLER, LOT, PRESS, SHOP, moved, pressed
from oil import told as all_told
from openpyxl import load_workbook

from suyuan.service import OPERATOR, Platform, requests, told
from suyuan.trace import Direction, Question, Seed

FORMS = {Direction.BACKWARD: ("Backtracing", 12), Direction.FORWARD: ("Fwdtracing", 11)}


def ask(thing: str, direction: Direction) -> Question:
    return Question(seeds=(Seed(thing=thing),), direction=direction)


def filled(book: bytes, direction: Direction, *rows: dict[str, Any]) -> bytes:
    sheet, first = FORMS[direction]
    opened = load_workbook(io.BytesIO(book))
    for number, cells in enumerate(rows, first):
        for column, value in cells.items():
            opened[sheet][f"{column}{number}"] = value
    kept = io.BytesIO()
    opened.save(kept)
    return kept.getvalue()


def holders(platform: Platform, question: Question) -> set[str]:
    return {each.name for each in told(platform, question, OPERATOR).responsible}


@pytest.mark.parametrize("direction", list(Direction))
def test_a_filled_form_takes_the_trace_a_round_further(
    platform: Platform, direction: Direction
) -> None:
    back = direction is Direction.BACKWARD
    members = {"Name": "Cheese", "Lot Number": "C1", "Date Delivery": "2026-05-10",
               "Date Delivery Arrival": "2026-05-11", "Amount": "5 kg"}  # fmt: skip
    bring_in(platform, fcl([delivery("d", "dairy", "shop", **members)], []))
    question = ask("urn:suyuan:lot:fcl:d", direction)
    assert holders(platform, question) == {"DAIRY", "SHOP"}
    (book,) = requests(platform, question, OPERATOR).values()
    partner = {"A": "Farm" if back else "Canteen", "E": "Milk" if back else "Cheese",
               "G": "M7", "I": 8 if back else 12, "J": 5, "K": 2026, "L": "9 l"}  # fmt: skip
    reply = filled(book, direction, partner)
    counts = bring_in(platform, reply)
    assert counts == {"accepted": 3}
    assert holders(platform, question) == {"DAIRY", "SHOP", partner["A"]}
    assert bring_in(platform, reply) == {"duplicate": 3}
    asked_next = requests(platform, question, OPERATOR)
    (name,) = asked_next
    assert partner["A"] in name
    second = {"A": "Feed mill", "E": "Feed", "G": "F1", "I": 1 if back else 13, "J": 5, "K": 2026}
    bring_in(platform, filled(asked_next[name], direction, second))
    assert holders(platform, question) == {"DAIRY", "SHOP", partner["A"], "Feed mill"}


def test_a_row_goes_into_the_delivery_that_it_names_and_into_no_other(platform: Platform) -> None:
    first = delivery("d", "dairy", "shop", Name="Cheese")
    second = delivery("e", "dairy", "shop", Name="Butter")
    mixed = delivery("f", "shop", "canteen", Name="Meal")
    bring_in(platform, fcl([first, second, mixed], [("d", "f"), ("e", "f")]))
    question = ask("urn:suyuan:lot:fcl:f", Direction.BACKWARD)
    (book,) = requests(platform, question, OPERATOR).values()
    rows = (
        {"A": "Farm", "E": "Milk", "N": "d"},
        {"A": "Other farm", "E": "Cream", "N": "e"},
    )
    bring_in(platform, filled(book, Direction.BACKWARD, *rows))
    cheese = holders(platform, ask("urn:suyuan:lot:fcl:d", Direction.BACKWARD))
    assert "Farm" in cheese
    assert "Other farm" not in cheese
    assert {"Farm", "Other farm"} <= holders(platform, question)


def test_a_form_with_nothing_in_it_adds_nothing_and_a_wrong_id_is_named(
    platform: Platform,
) -> None:
    bring_in(platform, fcl([delivery("d", "dairy", "shop", Name="Cheese")], []))
    question = ask("urn:suyuan:lot:fcl:d", Direction.BACKWARD)
    (book,) = requests(platform, question, OPERATOR).values()
    row = {"A": "Farm", "E": "Milk", "N": "x"}
    with pytest.raises(AssertionError, match="no-delivery"):
        bring_in(platform, filled(book, Direction.BACKWARD, row))
    assert holders(platform, question) == {"DAIRY", "SHOP"}


@pytest.mark.parametrize("direction", list(Direction))
def test_a_form_calls_the_goods_as_the_partner_calls_them(
    platform: Platform, direction: Direction
) -> None:
    members = {"Name": "鲜奶", "Lot Number": "L1"}
    bring_in(platform, fcl([delivery("d", "dairy", "shop", **members)], []))
    (book,) = requests(platform, ask("urn:suyuan:lot:fcl:d", direction), OPERATOR).values()
    opened = load_workbook(io.BytesIO(book))
    assert opened[FORMS[direction][0]]["B3"].value == "鲜奶 L1"
    assert [cell.value for cell in opened["Products in Focus"][3]][2:4] == ["鲜奶", "L1"]


@pytest.mark.parametrize("direction", list(Direction))
def test_who_is_silent_though_both_sides_name_him_is_asked_both_ways(
    platform: Platform, direction: Direction
) -> None:
    """The press shipped 400 to the bottler, and the shop had 250 of him; he says nothing."""
    shipped = moved(10, 2, PRESS, BOTTLER, much=400)[0]
    had = moved(20, 4, BOTTLER, SHOP, much=250)[1]
    all_told(platform, [(PRESS, [pressed(1, 1, LOT, 400), shipped]), (SHOP, [had])])
    books = requests(platform, ask(LOT, direction), OPERATOR, lang="en")
    asked = set[tuple[str, str, str]]()
    for book in books.values():
        opened = load_workbook(io.BytesIO(book))
        way, focus = opened.worksheets[0], opened["Products in Focus"]
        amounts = [row[10] for row in focus.iter_rows(min_row=3, values_only=True)]
        asked.add((way.title, way["C1"].value.partition(" ")[0], ",".join(amounts)))
    end = ("Backtracing", "Press", "400"), ("Fwdtracing", "Shop", "250")
    silent = {("Backtracing", "Bottler", "250"), ("Fwdtracing", "Bottler", "400")}
    assert asked == silent | {end[direction is Direction.FORWARD]}
