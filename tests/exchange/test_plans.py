"""Queries go by the indexes: what they read does not grow with the record."""

import re
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, LiteralString

import psycopg
import pytest
from msgspec import structs
from psycopg import sql

from suyuan.exchange.finding import answering
from suyuan.exchange.glancing import NAMED
from suyuan.exchange.narrow import narrowed
from suyuan.exchange.parameters import parse_query
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.exchange.walking import Narrowed
from suyuan.families import Families, load_families
from suyuan.index import terms
from suyuan.index.anatomy import Part
from suyuan.index.blocks import packed
from suyuan.index.stems import stems
from suyuan.model import Role, Verdict, Viewer
from suyuan.record import grants_of, read
from suyuan.record.types import EVENT_TYPES, VERDICTS
from suyuan.store import Queries, Store, encoded

COUNT = 40_000
DEEP = 1_000_000
MANY = 70_000  # so many that a plan made without the names would rather read them all
LIMIT = 31
MOST_READ = 6_000
"""Rows that the plan of a first page may read, of whatever table, at any size of the record."""
INVERTED = {"term_terms", "mention_names"}
LARGE = {"entry", "leaf", "act", "term"}
"""Tables that grow as the record does; here names would fit on a few pages."""

SECRET = b"secret"
VIEWER = Viewer(role=Role.CAPTURER, party="urn:suyuan:party:farm")
HEAD = "https://id.gs1.org/01/06901234567892/21/"
SELDOM_MADE = "https://id.gs1.org/01/06901234600001/21/"
KEY = "https://example.com/ns/batch"
OFTEN, SELDOM = ("urn:suyuan:party:often", "urn:suyuan:party:seldom")
SOMETIMES = "urn:suyuan:party:sometimes"
OFTEN_ORDER, SELDOM_ORDER, SOME_ORDER = "urn:x:po:often", "urn:x:po:seldom", "urn:x:po:some"
SITE, OTHER_SITE = ("https://example.com/sites/1", "https://example.com/sites/2")
STEPS = ("shipping", "receiving", "inspecting")
FILL = """
insert into record.head (digest, body, context) values ('', '', '{{}}');
insert into record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key,
    identity, digest, job, ordinal, head, tags, raw_length, normal_length, body)
select g, 1, 1, 1, 1, 0, timestamptz '2026-01-01' + g * interval '1 s', g, int8send(g), '',
    gen_random_uuid(), 0, 1, array[7, {tag}], 1, 1, '' from generate_series(1, {count}) g;
insert into ledger.leaf (position, entry, commitment, at)
select g, g, '', now() from generate_series(1, {count}) g;
insert into index.act (entry, position, line, kind, grain, held, instrument, inferred, head,
    tenant, capturer, copy_key)
select g, g, 0, 8, 1, false, false, false, '{head}' || g, 1, 1, g
from generate_series(1, {count}) g;
insert into index.period (block, earliest, latest, recorded_first, recorded_last)
select l.position / 64, min(e.event_time), max(e.event_time), min(l.at), max(l.at)
from ledger.leaf as l join record.entry as e on e.id = l.entry group by 1;
"""
BY_ENTRIES = str(Queries("suyuan.record")["by_entries"])
ASKED = {"tenant": 1, "everything": False, "tags": [7]}


@pytest.fixture(scope="module")
def families() -> Families:
    return load_families()


def fill(connection: psycopg.Connection[Any], count: int) -> None:
    """Events of a step each, every thousandth with an error declaration, all with a batch."""
    tag = grants_of(VIEWER, secret=SECRET).tags[0]
    connection.execute(FILL.format(count=count, head=HEAD, tag=tag))
    with (
        encoded.takes_encoded(connection.cursor()) as cursor,
        cursor.copy("copy index.term (block, terms, places) from stdin (format binary)") as copy,
    ):
        copy.set_types(("int8", "int4[]", "int8[]"))
        said = ((number, set(terms_at(number))) for number in range(1, count + 1))
        for block, members, places in packed(said):
            copy.write_row((block, encoded.int4_array(members), encoded.int8_array(places)))
    name = "insert into index.name (uri) values (%s) returning id"
    orders = (OFTEN_ORDER, SELDOM_ORDER, SOME_ORDER)
    numbers = [connection.execute(name, [uri]).fetchone() for uri in orders]
    mention = "insert into index.mention (block, names, places) values (%s, %s, %s)"
    named = ((number, set(named_at(number, numbers))) for number in range(1, count + 1))
    connection.cursor().executemany(mention, [list(each) for each in packed(named)])
    connection.execute("vacuum analyze")


def named_at(number: int, numbers: list[Any]) -> Iterator[int]:
    """Of the orders, one stands in every third event, and of the others one in fewer each."""
    (often,), (seldom,), (sometimes,) = numbers
    if number % 3 == 0:
        yield often
    if number % 1_000 == 0:
        yield seldom
    if number % 400 == 0:
        yield sometimes


def terms_at(number: int) -> Iterator[int]:
    yield terms.said("bizStep", STEPS[number % 3])
    yield terms.stands(Part.EVENT, KEY, inner=False)
    yield from terms.valued(Part.EVENT, KEY, f"B{number}", inner=False)
    for stem in stems(f"{SELDOM_MADE if number % 1_000 == 0 else HEAD}{number}"):
        yield terms.under(stem)
    yield from roles_at(number)
    if number % 200 == 0:
        yield terms.said("bizLocation", OTHER_SITE if number % 400 else SITE)
        yield terms.said("readPoint", SITE)
    if number % 3 == 0:
        yield terms.has("quantityElement")
    if number % 1_000 == 0:
        yield terms.has("errorDeclaration")
        yield terms.said("errorReason", "incorrect_data")
        yield terms.has("sensorElementList")
        yield terms.stands(Part.REPORT, "value", inner=False)
        yield terms.stands(Part.METADATA, "deviceID", inner=False)
        yield from terms.valued(Part.METADATA, "deviceID", f"urn:x:{number}", inner=False)


def roles_at(number: int) -> Iterator[int]:
    """A party is in every third event who it was, in few to whom it goes; others in fewer."""
    for party, every in ((OFTEN, 3), (SELDOM, 1_000), (SOMETIMES, 400)):
        if number % every == 0:
            yield terms.played("source", "owning_party", party)
    if number % 3_000 == 0:
        yield terms.played("destination", "owning_party", OFTEN)


ORDERS = {
    "as recorded": {},
    "recorded last": {"orderBy": "recordTime"},
    "happened first": {"orderBy": "eventTime", "orderDirection": "ASC"},
    "happened last": {"orderBy": "eventTime"},
}
CASES: dict[str, tuple[dict[str, str], Callable[[int], bool]]] = {
    "thing": ({"MATCH_epc": f"{HEAD}777"}, lambda number: number == 777),
    "thing and step": (
        {"MATCH_anyEPC": f"{HEAD}777", "EQ_bizStep": "shipping"}, lambda number: number == 777,
    ),
    "event id": ({"EQ_eventID": "777"}, lambda number: number == 777),
    "member": ({"EQ_ex:batch": "B777"}, lambda number: number == 777),
    "one of members": (
        {"EQ_ex:batch": "B777|B778", "EQ_bizStep": "receiving"}, lambda number: number == 778,
    ),
    "party": ({"EQ_source_owning_party": SELDOM}, lambda number: number % 1_000 == 0),
    "no such party": ({"EQ_source_owning_party": f"{OFTEN}-none"}, lambda _: False),
    "no such member": ({"EXISTS_ex:none": "true"}, lambda _: False),
    "declared": ({"EXISTS_errorDeclaration": "true"}, lambda number: number % 1_000 == 0),
    "sensors": ({"EXISTS_sensorElementList": "true"}, lambda number: number % 1_000 == 0),
    "sizes of sensors": (
        {"GE_value_CEL": "4", "LT_value_CEL": "8"}, lambda number: number % 1_000 == 0,
    ),
    "a device": ({"EQ_deviceID": "urn:x:2000"}, lambda number: number == 2_000),
    "pattern of few": (
        {"MATCH_epc": "urn:epc:idpat:sgtin:6901234.060000.*"}, lambda number: number % 1_000 == 0,
    ),
    "patterns of few, and a name": (
        {"MATCH_anyEPC": f"urn:epc:idpat:sgtin:6901234.060000.*|{SELDOM_MADE}5"},
        lambda number: number % 1_000 == 0,
    ),
    "pattern of none": ({"MATCH_epc": "urn:epc:idpat:sgtin:6909999.*.*"}, lambda _: False),
    "pattern of few and sizes": (
        {"MATCH_anyEPC": "urn:epc:idpat:sgtin:6901234.060000.*", "GE_quantity": "7"},
        lambda number: number % 3_000 == 0,
    ),
    "reason": (
        {"EQ_errorReason": "incorrect_data", "GE_errorDeclarationTime": "2026-01-01T00:00:00Z"},
        lambda number: number % 1_000 == 0,
    ),
}  # fmt: skip
MINUTE = "2026-01-01T10:00:00Z", "2026-01-01T10:01:00Z"
COMMON: dict[str, tuple[dict[str, str], Callable[[int], bool]]] = {
    "step": ({"EQ_bizStep": "receiving"}, lambda number: number % 3 == 1),
    "steps": ({"EQ_bizStep": "receiving|shipping"}, lambda number: number % 3 != 2),
    "member there": ({"EXISTS_ex:batch": "true"}, lambda _: True),
    "anything": ({}, lambda _: True),
    "pattern of all": ({"MATCH_anyEPC": "urn:epc:idpat:sgtin:6901234.*.*"}, lambda _: True),
    "sizes": ({"GE_quantity": "7"}, lambda number: number % 3 == 0),
    "sizes in a unit": (
        {"GT_quantity_KGM": "7", "LT_quantity_KGM": "9"},
        lambda number: number % 3 == 0,
    ),
    "party of many": ({"EQ_source_owning_party": OFTEN}, lambda number: number % 3 == 0),
    "party of many, in the role that it seldom plays": (
        {"EQ_destination_owning_party": OFTEN},
        lambda number: number % 3_000 == 0,
    ),
    "party of many, in both roles": (
        {"EQ_source_owning_party": OFTEN, "EQ_destination_owning_party": OFTEN},
        lambda number: number % 3_000 == 0,
    ),
    "party of many, of a type that it never is": (
        {"EQ_source_possessing_party": OFTEN},
        lambda _: False,
    ),
    "party of some, and an order of others": (
        {"EQ_source_owning_party": SOMETIMES, "EQ_bizTransaction_po": SELDOM_ORDER},
        lambda number: number % 2_000 == 0,
    ),
    "order of many": ({"EQ_bizTransaction_po": OFTEN_ORDER}, lambda number: number % 3 == 0),
    "order of many, and a word that stands in few": (
        {"EQ_bizTransaction_po": OFTEN_ORDER, "EQ_errorReason": "incorrect_data"},
        lambda number: number % 3_000 == 0,
    ),
    "order of some, and a place of others": (
        {"EQ_bizTransaction_po": SOME_ORDER, "EQ_bizLocation": OTHER_SITE},
        lambda _: False,
    ),
    "party of many, late": (
        {"EQ_source_owning_party": OFTEN, "GE_eventTime": "2026-01-01T10:00:00Z"},
        lambda number: number % 3 == 0 and number >= 36_000,
    ),
    "party of many, and a word that stands in few": (
        {"EQ_source_owning_party": OFTEN, "EQ_errorReason": "incorrect_data"},
        lambda number: number % 3_000 == 0,
    ),
    "party of few, and a word that stands in many": (
        {"EQ_source_owning_party": SELDOM, "EQ_bizStep": "receiving"},
        lambda number: number % 3_000 == 1_000,
    ),
    "place of some": ({"EQ_bizLocation": SITE}, lambda number: number % 400 == 0),
    "place of some, by a type": (
        {"EQ_readPoint": SITE, "eventType": EVENT_TYPES[1]},
        lambda number: number % 200 == 0,
    ),
    "place of some, late": (
        {"EQ_readPoint": SITE, "GE_eventTime": "2026-01-01T10:00:00Z"},
        lambda number: number % 200 == 0 and number >= 36_000,
    ),
    "places of some, never together": (
        {"EQ_readPoint": OTHER_SITE, "EQ_bizLocation": SITE},
        lambda _: False,
    ),
    "party of some, and a word that stands in many": (
        {"EQ_source_owning_party": SOMETIMES, "EQ_bizStep": "receiving"},
        lambda number: number % 1_200 == 400,
    ),
    "party of some, and a place of others": (
        {"EQ_source_owning_party": SOMETIMES, "EQ_bizLocation": OTHER_SITE},
        lambda _: False,
    ),
    "parties": (
        {"EQ_source_owning_party": f"{SELDOM}|{OFTEN}"},
        lambda number: number % 3 == 0 or number % 1_000 == 0,
    ),
    "orders": (
        {"EQ_bizTransaction_po": f"{SELDOM_ORDER}|{OFTEN_ORDER}"},
        lambda number: number % 3 == 0 or number % 1_000 == 0,
    ),
    "since late": (
        {"EQ_bizStep": "receiving", "GE_eventTime": "2026-01-01T10:00:00Z"},
        lambda number: number % 3 == 1 and number >= 36_000,
    ),
    "within a minute": (
        {"EXISTS_ex:batch": "true", "GE_eventTime": MINUTE[0], "LT_eventTime": MINUTE[1]},
        lambda number: 36_000 <= number < 36_060,
    ),
    "a minute without terms": (
        {"GE_eventTime": MINUTE[0], "LT_eventTime": MINUTE[1]},
        lambda number: 36_000 <= number < 36_060,
    ),
    "recorded by then": ({"LT_recordTime": "2100-01-01T00:00:00Z"}, lambda _: True),
    "recorded after all": ({"GE_recordTime": "2100-01-01T00:00:00Z"}, lambda _: False),
}
"""What a large part of the record answers, or would but for a time: the way goes by blocks."""

ASKS = [(order, *case) for order in ORDERS for case in (CASES | COMMON).values()]


@pytest.mark.parametrize("count", [COUNT, pytest.param(DEEP, marks=pytest.mark.deep)])
def test_what_a_query_reads_does_not_grow_with_the_record(
    database: Store, families: Families, count: int
) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as plain:
        connection = encoded.asks_encoded(plain)
        fill(connection, count)
        for order, asked, holds in ASKS:
            wanted = [number for number in range(1, count + 1) if holds(number)]
            if "last" in order:
                wanted.reverse()
            found, steps = first_page(connection, compiled(asked | ORDERS[order], families), count)
            assert found == wanted[:LIMIT], (order, asked)
            for plan in (*steps, the_events(connection, found)):
                assert most_read(plan) <= MOST_READ, (order, asked, plan)
                assert not LARGE.intersection(read_whole(plan)), (order, asked, plan)


def compiled(asked: dict[str, str], families: Families) -> Narrowed:
    given = {name: [value] for name, value in asked.items()}
    query = parse_query(given, extensions={"ex": "https://example.com/ns/"})
    found = narrowed(query, {}, Asker(viewer=VIEWER, secret=SECRET, families=families))
    if "keys" not in found.params:
        return found
    assert found.params["keys"] == [read.event_key("777", secret=SECRET)]
    return structs.replace(found, params={**found.params, "keys": [777]})


def first_page(
    connection: psycopg.Connection[Any], query: Narrowed, count: int
) -> tuple[list[int], list[dict[str, Any]]]:
    """The entries of a first page, and the plans of all that was asked for it."""
    plans: list[dict[str, Any]] = []

    class Explained:
        def execute(self, statement: LiteralString, given: dict[str, Any], **more: Any) -> Any:
            plans.append(explained(connection, statement, given, **more))
            return connection.execute(statement, given, **more)

    found: list[int] = []
    with connection.transaction():  # in which a reader's settings hold
        for rows in query.portions(
            Explained(),  # type: ignore[arg-type]  # all that is used of a connection
            Place(upto=count),
            indexed=count,
            limits=repeat(LIMIT),
        ):
            found += [row[0] for row in rows]
            if len(found) >= LIMIT:
                break
    return found[:LIMIT], plans


def explained(
    connection: psycopg.Connection[Any],
    statement: LiteralString,
    given: dict[str, Any],
    *,
    prepare: bool | None,
) -> dict[str, Any]:
    """The plan of a statement as it is carried out; for any values if it may be kept."""
    told = "explain (analyze, timing off, format json) "
    if prepare is False:
        ((said,),) = connection.execute(f"{told}{statement}".encode(), given, prepare=False)
    else:
        connection.execute("set plan_cache_mode = force_generic_plan", prepare=False)
        connection.execute(statement, given, prepare=True)
        ((said,),) = connection.execute(executed(connection, statement, given, told)).fetchall()
    plan: dict[str, Any] = said[0]["Plan"]
    return plan


def the_events(connection: psycopg.Connection[Any], entries: list[int]) -> dict[str, Any]:
    """The plan of the statement by which the events of a page are read."""
    told = f"explain (analyze, timing off, format json) {BY_ENTRIES}"
    ((said,),) = connection.execute(told.encode(), ASKED | {"entries": entries}).fetchall()
    plan: dict[str, Any] = said[0]["Plan"]
    assert plan["Actual Rows"] == len(entries)
    return plan


def most_read(plan: dict[str, Any]) -> float:
    """The most rows that one step of a plan gave or threw away, over all of its turns.

    What an inverted index says of where a value stands is no row: one entry for 64 events, a byte
    or two each. It is read whole, and that grows with the record.
    """
    if plan["Node Type"] == "Bitmap Index Scan" and plan["Index Name"] in INVERTED:
        return 0.0
    turns = plan["Actual Loops"]
    given = plan["Actual Rows"] + sum(plan.get(name, 0) for name in THROWN)
    return max([given * turns, *(most_read(part) for part in plan.get("Plans", ()))])


def read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from their begin, by no index."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from read_whole(part)


THROWN = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")


def test_of_a_short_record_no_plan_of_a_walk_is_kept(database: Store, families: Families) -> None:
    """While it is short its tables are best read as a whole, which they are not when it is long."""
    asker = Asker(viewer=VIEWER, secret=SECRET, families=families)
    query = parse_query({"EQ_bizStep": ["shipping"]})
    with database.read() as connection:
        for _ in range(20):
            assert not list(answering(connection, query, asker, Place(upto=10)))
        kept = connection.execute("select statement from pg_prepared_statements").fetchall()
    assert kept, "the driver keeps no plans at all"
    assert not [text for (text,) in kept if "record.entry" in text]


KEPT = {
    ("suyuan.trace", "level"): {
        "names": [f"{HEAD}777"], "parts": [0], "keys": [], "known_at": None, "as_of": None,
        "positions": [], "lines": [],
        "room": 1000, "held": VERDICTS.index(Verdict.HELD),
    },
    ("suyuan.publish", "entries_of_things"): {
        "uris": [f"{HEAD}777"], "sides": [0], "linked": [], "linked_sides": [], "made": 0,
        "subject": f"{HEAD}777", "flagged": 1, "most": 200,
    },
    ("suyuan.service", "known_thing"): {"uri": f"{HEAD}777", "own": []},
}  # fmt: skip


@pytest.mark.parametrize(("package", "name"), KEPT)
def test_the_plan_that_a_connection_keeps_for_any_names_goes_by_the_index(
    database: Store, package: str, name: str
) -> None:
    """A connection that has asked some five times keeps one plan, made without the names."""
    statement, asked = Queries(package)[name], ASKED | KEPT[package, name]
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=MANY, head=HEAD, tag=7))
        connection.execute("vacuum analyze")
        connection.execute("set plan_cache_mode = force_generic_plan")
        found = connection.execute(statement, asked, prepare=True).fetchall()
        plan = kept_plan(connection, str(statement), asked)
    assert len(found) == 1
    assert "act_keys" in plan, plan
    assert not re.search(r"Seq Scan on (act|entry|leaf)\b", plan), plan


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("events of an id", None),
        ("events of an id", 51),
        ("which events have an id", None),
        ("entries", None),
        ("what names a thing", 51),
    ],
)
def test_the_plan_that_a_connection_keeps_for_any_event_id_goes_by_the_index(
    database: Store, families: Families, what: str, most: int | None
) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(FILL.format(count=MANY, head=HEAD, tag=7))
        connection.execute("vacuum analyze")
        connection.execute("set plan_cache_mode = force_generic_plan")
        statement = str(Queries("suyuan.record")["by_event_keys"])
        asked: dict[str, Any] = ASKED | {"event_keys": [777], "most": most}
        if what == "which events have an id":
            statement, asked = asked_for_an_id(families)
        if what == "entries":
            statement, asked = BY_ENTRIES, ASKED | {"entries": [777, 778]}
        if what == "what names a thing":
            statement, asked = str(NAMED), ASKED | {"names": [f"{HEAD}777"], "most": most}
        connection.execute(statement.encode(), asked, prepare=True)
        plan = kept_plan(connection, statement, asked)
    ways = {"entries": "entry_pkey", "what names a thing": "act_keys"}
    assert ways.get(what, "entry_event_key") in plan, plan
    assert not re.search(r"Seq Scan on (act|entry|leaf)\b", plan), plan


def asked_for_an_id(families: Families) -> tuple[str, dict[str, Any]]:
    """What a query of an event id asks for, of which the driver keeps the plan."""
    said = Asked()
    portions = compiled({"EQ_eventID": "777"}, families).portions(
        said,  # type: ignore[arg-type]  # all that is used of a connection
        Place(upto=MANY),
        indexed=MANY,
        limits=repeat(LIMIT),
    )
    assert list(portions) == [[]]
    ((statement, given, prepare),) = said.all
    assert prepare is None, "the driver is told not to keep it"
    return statement, given | ASKED


class Asked:
    """A connection that notes what it is asked, and has nothing."""

    def __init__(self) -> None:
        self.all: list[tuple[LiteralString, dict[str, Any], bool | None]] = []

    def execute(
        self, statement: LiteralString, given: dict[str, Any], *, prepare: bool | None
    ) -> "Asked":
        self.all.append((statement, given, prepare))
        return self

    def fetchall(self) -> list[Any]:
        return []


def kept_plan(connection: psycopg.Connection[Any], statement: str, asked: dict[str, Any]) -> str:
    """The plan of a statement that a connection has prepared."""
    told = connection.execute(executed(connection, statement, asked, "explain ")).fetchall()
    return "\n".join(line[0] for line in told)


def executed(
    connection: psycopg.Connection[Any], statement: str, asked: dict[str, Any], told: LiteralString
) -> sql.Composed:
    """What carries out a statement that a connection has prepared."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)[sb]", statement)))
    sent = re.sub(r"%\((\w+)\)[sb]", lambda found: f"${names.index(found[1]) + 1}", statement)
    row = connection.execute(
        "select name from pg_prepared_statements where statement = %s", [sent.replace("%%", "%")]
    ).fetchone()
    assert row is not None
    given = sql.SQL(", ").join(sql.Literal(plain(asked[name])) for name in names)
    return sql.SQL("{} execute {} ({})").format(sql.SQL(told), sql.Identifier(row[0]), given)


def plain(value: Any) -> Any:
    """A value as who writes a literal has it: of an encoded array, its numbers (12 bytes each)."""
    if not isinstance(value, encoded.Int8Array):
        return value
    return [
        int.from_bytes(value[at + 4 : at + 12], signed=True) for at in range(20, len(value), 12)
    ]
