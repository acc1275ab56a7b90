"""What is asked of master data goes by the indexes, however many names documents described."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from test_plans import most_read

from suyuan.exchange.statements import SQL
from suyuan.store import Store

COUNT, DEEP = 40_000, 1_000_000
MOST_READ = 2_000
"""Rows that a step of a plan may read, whatever it finds of these forty thousand names."""

FARM, SHOP = "urn:suyuan:party:farm", "urn:suyuan:party:shop"
CITY = "urn:epcglobal:cbv:mda#city"
FILL = """
insert into index.vocabulary (tenant, party, type, name, position, attributes, children)
select 1, case when mod(g, 2) = 0 then 'urn:suyuan:party:farm' else 'urn:suyuan:party:shop' end,
    'urn:t:' || mod(g, 4), 'https://example.com/place/' || lpad(g::text, 7, '0'), v,
    jsonb_strip_nulls(jsonb_build_object(
        'urn:epcglobal:cbv:mda#city', jsonb_build_array('C' || g / 10, 'old C' || g / 10 - v),
        'https://example.com/ns/seldom', case when mod(g, 4000) = 0 and g <= 40000 then g end)),
    case when mod(g, 10) = 0 then array['https://example.com/place/' || lpad((g + 2)::text, 7, '0')]
         else '{}' end
from generate_series(1, %(count)s) as g cross join generate_series(1, 2) as v;
"""
EVERYBODY = {"tenant": 1, "everything": True, "party": None, "upto": 9}
OF_FARM = EVERYBODY | {"everything": False, "party": FARM}
FIRST_PAGE = {
    "after_type": "", "after_name": "", "after_party": "", "types": None, "names": None,
    "limit": 31,
}  # fmt: skip
LATER = {"after_type": "urn:t:2", "after_name": "https://example.com/place/0030002"}


def place(number: int) -> str:
    return f"https://example.com/place/{number:07}"


ASKS: dict[str, tuple[str, dict[str, Any], dict[str, Any], int]] = {
    "a city of one's own": ("described", OF_FARM, {"attributes": [CITY], "values": ["C77"]}, 5),
    "a city": ("described", EVERYBODY, {"attributes": [CITY], "values": ["C77"]}, 10),
    "a city by its last word": (
        "described", OF_FARM, {"attributes": ["city"], "values": ["C77", "C79", "none"]}, 10,
    ),
    "no such city": ("described", EVERYBODY, {"attributes": [CITY], "values": ["none"]}, 0),
    "what few have": ("described", OF_FARM, {"attributes": ["seldom"], "values": None}, 10),
    "a number": ("described", OF_FARM, {"attributes": ["seldom"], "values": ["8000"]}, 1),
    "what nobody has": ("described", EVERYBODY, {"attributes": ["none"], "values": None}, 0),
    "within": ("within", OF_FARM, {"names": [place(770)]}, 2),
    "the first page": ("master_data", EVERYBODY, FIRST_PAGE, 31),
    "the first page of one's own": ("master_data", OF_FARM, FIRST_PAGE, 31),
    "a later page": (
        "master_data", EVERYBODY,
        FIRST_PAGE | LATER, 31,
    ),
    "a later page of one's own": (
        "master_data", OF_FARM,
        FIRST_PAGE | LATER, 31,
    ),
    "of a kind": ("master_data", EVERYBODY, FIRST_PAGE | {"types": ["urn:t:3"]}, 31),
    "of a kind of one's own": ("master_data", OF_FARM, FIRST_PAGE | {"types": ["urn:t:2"]}, 31),
    "of no kind": ("master_data", EVERYBODY, FIRST_PAGE | {"types": ["urn:t:x"]}, 0),
    "some names": ("master_data", OF_FARM, FIRST_PAGE | {"names": [place(10), place(11)]}, 1),
}  # fmt: skip
"""By what is asked: the statement, who asks, for what, and how many rows that gives."""


@contextmanager
def filled(database: Store, count: int) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL, {"count": count})
        connection.execute("vacuum analyze index.vocabulary")
        yield connection


@pytest.mark.parametrize("count", [COUNT, pytest.param(DEEP, marks=pytest.mark.deep)])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_what_is_read_of_master_data_does_not_grow_with_them(
    database: Store, mode: str, count: int
) -> None:
    """Whether a plan is made for what is asked, or kept for whatever is."""
    with filled(database, count) as connection:
        connection.execute(f"set plan_cache_mode = {mode}".encode())
        for name, (statement, who, what, gives) in ASKS.items():
            told = f"explain (analyze, timing off, format json) {SQL[statement]}".encode()
            ((said,),) = connection.execute(told, who | what, prepare=True).fetchall()
            plan = said[0]["Plan"]
            assert plan["Actual Rows"] == gives, (name, plan)
            assert most_read(plan) <= MOST_READ, (name, plan)
