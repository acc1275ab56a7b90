"""Each column of index and state, as the catalogue has them: changed in any row, it is named.

What is free is listed with its reason, and nothing else may be.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

import pytest
from logged import BODY
from msgspec.structs import replace
from test_governed import MINE, QUOTA, SHOP, mined
from test_left import told
from test_weird import CHECKS, SCHEMAS, attacked, attacks, found

from suyuan import index
from suyuan.capture import Options
from suyuan.model import Verdict
from suyuan.service import (
    OPERATOR,
    NewPermit,
    Platform,
    capture,
    enter_permit,
    examine,
    local_capturer,
    publish,
    switch_state_rules,
)
from suyuan.service.overriding import Wish, override, verdicts

FREE = {
    ("index.cursor", "generation"): "of another one the kept bases of networks are made anew",
    ("index.period", "earliest"): "a wider period hides nothing: queries read a block more",
    ("index.period", "latest"): "the same",
    ("index.period", "recorded_first"): "the same",
    ("index.period", "recorded_last"): "the same",
    ("state.event", "marks_set"): "an empty list says what null says: nothing",
    ("state.event", "marks_cleared"): "the same",
    ("state.event", "told"): "the same of an empty object",
    ("state.scene", "digest"): "a scene is found by it to be used again; else another is made",
}
NARROWER = (
    ("earliest", "update index.period set earliest = latest"),
    ("latest", "update index.period set latest = earliest"),
    ("recorded_first", "update index.period set recorded_first = recorded_last"),
    ("recorded_last", "update index.period set recorded_last = recorded_first"),
)
"""A period that leaves out what stands in its block."""
"""Columns of which some changes are not named, and why none needs to be; others of each are."""

UNCHANGEABLE = {
    ("state.permit", "id"): "a number of PostgreSQL's own, which no statement sets",
    ("state.scene", "id"): "the same",
}
"""Columns that no statement changes; whoever changes the schema first is told of for that."""
OTHERS = (
    "update state.debit set permit = (select id from state.permit where number = '2026-2')"
    " where is_covered"
)
"""What was taken from one permit is put down to another; any other number the schema refuses."""
UNNAMED = {("index.cursor", "generation"), ("state.scene", "digest")}
"""Those of which no change is named."""
NAMES = {
    "vocabularyList": [
        {
            "type": "urn:epcglobal:epcis:vtype:ReadPoint",
            "vocabularyElementList": [
                {
                    "id": "urn:suyuan:site:gate",
                    "attributes": [{"id": "cbvmda:city", "attribute": "Hefei"}],
                    "children": ["urn:suyuan:site:door"],
                }
            ],
        }
    ]
}
"""Master data in the header of a document."""
PIG = "urn:epc:id:sgtin:6901234.056789.1"
BOX = "urn:epc:id:sscc:6901234.0000000001"
FOOD = {"suyuan:family": "food", "suyuan:step": "food_storage"}


def tell(platform: Platform, event: dict[str, object], head: dict[str, object]) -> None:
    """One event a document, of the mine."""
    context = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}]
    data = BODY | {"@context": context, "epcisHeader": head, "epcisBody": {"eventList": [event]}}
    done = capture(platform, json.dumps(data).encode(), local_capturer(platform, MINE), Options())
    assert sum(done.counts.values()) == 1
    assert "refused" not in done.counts, done


@pytest.fixture
def full(platform: Platform) -> Platform:
    """An installation of which every table of index and state has rows."""
    permit = NewPermit(
        kind=QUOTA, number="2026-1", holder=MINE, amount=Decimal(100), unit="TNE",
        valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
    )  # fmt: skip
    enter_permit(platform, permit)
    enter_permit(platform, replace(permit, number="2026-2"))
    failed = told(
        1, bizStep="inspecting",
        **{"suyuan:family": "edible-agricultural-products", "suyuan:step": "market_test",
           "suyuan:productKind": "pork", "suyuan:testResult": "unqualified"},
    )  # fmt: skip
    sprayed = told(
        2, bizStep="other", epcList=["urn:epc:id:sgtin:6901234.056789.2"],
        **{"suyuan:family": "agricultural-inputs", "suyuan:step": "input_application",
           "suyuan:productKind": "pesticide", "suyuan:parcel": "3706020010010001",
           "suyuan:useDate": "2026-02-28", "suyuan:intervalDays": 7},
    )  # fmt: skip
    both = [f"urn:epc:id:sgtin:6901234.056789.{number}" for number in (7, 8)]
    sold = {
        "sourceList": [
            {"type": "possessing_party", "source": MINE},
            {"type": "location", "source": "urn:suyuan:site:a"},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": SHOP},
            {"type": "location", "destination": "urn:suyuan:site:b"},
        ],
        "suyuan:movement": "complete",
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epc:id:gdti:6901234.00001.9"}],
    }
    declared = {
        "errorDeclaration": {
            "declarationTime": "2026-03-02T10:00:00Z",
            "reason": "urn:epcglobal:cbv:er:incorrect_data",
        }
    }
    packed = {
        "type": "AggregationEvent", "eventID": told(6)["eventID"], "action": "ADD",
        "eventTime": "2026-03-01T08:30:00+08:00", "eventTimeZoneOffset": "+08:00",
        "bizStep": "packing", "parentID": BOX, "childEPCs": both,
    }  # fmt: skip
    events = [
        failed, sprayed, told(3, epcList=both, bizStep="storing", **FOOD),
        told(4, bizStep="shipping", epcList=both, **sold),
        told(5, bizStep="receiving", epcList=both, **sold, eventTime="2026-03-01T09:30:00+08:00"),
        packed | FOOD | {"suyuan:step": "food_storage"},
        told(7, epcList=[PIG], **FOOD), told(7, epcList=[PIG], **FOOD) | declared,
        told(11, epcList=both, action="ADD"), packed | {"eventID": told(12)["eventID"]},
        mined(9, 20_000), mined(10, 90_000),  # the last has an amount
    ]  # fmt: skip
    switch_state_rules(platform, OPERATOR, on=["unpacked-from-inside"])
    for event in events:
        tell(platform, event, {"epcisMasterData": NAMES} if event is failed else {})
    publish(platform)
    index.catch_up(platform.store)
    assert examine(platform).damages == ()
    return platform


def some(every: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """The first and the last few of the changes of each column."""
    for _, group in groupby(every, key=itemgetter(0, 1)):
        own = list(group)
        yield from dict.fromkeys([*own[:2], *own[-2:]])
    yield from (("index.period", *each) for each in NARROWER)
    yield "state.debit", "permit", OTHERS
    yield "index.act", "quantities", "update index.act set quantities = '{1}' where tails is null"
    yield "state.event", "told", "update state.event set told = null where told is not null"
    yield "state.event", "marks_cleared", "update state.event set marks_cleared = '{x}'"


@pytest.mark.parametrize("schema", ["index", "state"])
def test_a_change_of_any_column_is_named_unless_it_is_free(full: Platform, schema: str) -> None:
    tried, named = set[tuple[str, str]](), set[tuple[str, str]]()
    unseen = dict[tuple[str, str], str]()
    with full.store.write() as conn:
        for (statement,) in conn.execute(CHECKS, (SCHEMAS,)).fetchall():
            conn.execute(statement.encode())
        for table, column, statement in some(attacks(conn, schema)):
            with attacked(conn, statement) as is_done:
                if not is_done:
                    continue
                tried.add((table, column))
                told_of = [each for each in found(full, conn) if each.code != "store.intruder"]
                if told_of:
                    named.add((table, column))
                elif (table, column) not in FREE:
                    unseen[table, column] = statement
        columns = conn.execute(ALL, (schema,)).fetchall()
    assert sorted(unseen) == []
    assert set(columns) - tried - UNCHANGEABLE.keys() == set()
    assert {each for each in tried - named if each not in UNNAMED} == set()


def test_a_change_of_any_column_of_an_override_is_named(full: Platform) -> None:
    """Each value that somebody may write, in the first and the last row."""
    (failed,) = verdicts(full, str(told(1)["eventID"]), OPERATOR)
    back = Wish(to=failed.verdict, ground="g", expect=Verdict.HELD)
    for wish in (Wish(to=Verdict.HELD, ground="g"), back):
        if failed.verdict is Verdict.HELD:
            pytest.fail("what is held already cannot be held")
        override(full, failed.position, wish, OPERATOR, authority="市监局")
    publish(full)
    assert examine(full).damages == ()
    tried, unseen = set[str](), set[tuple[str, str]]()
    with full.store.write() as conn:
        for table, column, statement in attacks(conn, "record"):
            if table != "record.override":
                continue
            with attacked(conn, statement) as is_done:
                if is_done:
                    tried.add(column)
                    if all(each.code == "store.intruder" for each in found(full, conn)):
                        unseen.add((column, statement))
        columns = {
            column for table, column in conn.execute(ALL, ("record",)) if table == "record.override"
        }
    assert unseen == set()
    assert tried == columns


ALL = """
select n.nspname || '.' || c.relname, a.attname from pg_attribute as a
join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = %s and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
"""
