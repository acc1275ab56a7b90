"""The index follows the record, whole batches at a time, and can always be made again."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import shake_256
from importlib.resources import files
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan import registry
from suyuan.capture import OnRefusal, Options
from suyuan.index import catch_up, forget
from suyuan.index.blocks import SPAN
from suyuan.index.comparing import differences
from suyuan.kit.ids import random_key, random_uuid_urn
from suyuan.model import Capturer, Role
from suyuan.record import Recorder, take
from suyuan.registry.types import Account
from suyuan.store import Store

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
NOW = AT + timedelta(days=10)
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

Report = Callable[..., None]


def event(number: int, **members: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "eventTime": (AT + timedelta(minutes=number)).isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number}"],
        **members,
    }


def declared(number: int, minutes: int = 100) -> dict[str, Any]:
    at = AT + timedelta(minutes=minutes)
    return event(number) | {
        "errorDeclaration": {"declarationTime": at.isoformat(), "reason": "incorrect_data"}
    }


NAMES = ["urn:x:{}", "https://example.com/{}", "urn:suyuan:item:A:{}", "urn:epc:id:sgtin:{}"]
odd_text = st.text(min_size=1, max_size=9) | st.builds(
    # Long, and nothing that a database could compress away.
    lambda seed, half, head: head + shake_256(seed).hexdigest(half),
    st.binary(max_size=4),
    st.integers(400, 2_000),
    st.sampled_from(["", "猪", "%", "À/"]),
)
odd_names = st.builds(str.format, st.sampled_from(NAMES), odd_text)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(
        clock=lambda: NOW, ids=random_uuid_urn, draw=random_key, secret=b"s" * 32, families=None
    )


@pytest.fixture
def capturers(database: Store) -> dict[str, Capturer]:
    with database.write() as conn:
        found = {}
        for name in ("farm", "shop"):
            account = Account(name=name, role=Role.CAPTURER, party=f"urn:suyuan:party:{name}")
            opened = registry.accounts.open_account(conn, account, draw=random_key)
            found[name] = registry.accounts.capturer_of(opened)
        return found


@pytest.fixture
def report(database: Store, recorder: Recorder, capturers: dict[str, Capturer]) -> Report:
    def capture(*events: dict[str, Any], by: str = "farm") -> None:
        document = {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": AT.isoformat(),
            "epcisBody": {"eventList": list(events)},
        }
        options = Options(on_refusal=OnRefusal.PROCEED)
        data = json.dumps(document).encode()
        result = take(database, recorder, data, capturers[by], options=options)
        assert not result.counts.get("refused"), result

    return capture


def rows(database: Store, query: str) -> list[tuple[Any, ...]]:
    with database.read() as conn:
        return conn.execute(query).fetchall()


FACTS = """
select f.head || l.tail, f.line + l.place - 1, f.kind, f.position, h.party, h.site, w.position
from index.act f
cross join lateral unnest(index.tails(f.tails)) with ordinality as l (tail, place)
left join index.holder h on h.id = f.after
left join index.withdrawal w on w.entry = f.entry
order by 4, 2
"""
CURSOR = "select position from index.cursor"
HEAD = "select size from ledger.head"


def made_again(database: Store) -> int:
    """All projections from zero; gives how many entries they were made of."""
    with database.write() as conn:
        forget(conn)
    return catch_up(database)


REPEATED = """
select a.position, a.tenant = e.tenant and a.capturer = e.capturer, a.copy_key
from index.act a join record.entry e on e.id = a.entry order by 1
"""


def test_acts_say_of_whom_their_report_is_and_copies_of_one_are_known(
    database: Store, report: Report
) -> None:
    """A copy says the same under the same id, whoever captures it; nothing else is one."""
    report(event(1), event(2))
    report(event(1), event(2, bizStep="storing"), by="shop")
    assert catch_up(database) == 4
    (_, *same), (_, *other), (_, *copied), (_, *changed) = rows(database, REPEATED)
    assert copied == same
    assert len({same[1], other[1], changed[1]}) == 3
    assert all(each[0] for each in (same, other, copied, changed))


def test_it_follows_to_the_end_and_then_has_nothing_to_do(database: Store, report: Report) -> None:
    report(*(event(number) for number in range(5)))
    assert catch_up(database, limit=2) == 5
    assert catch_up(database) == 0
    assert rows(database, CURSOR) == rows(database, HEAD)


def test_made_again_from_zero_it_says_the_same(database: Store, report: Report) -> None:
    report(*(event(number) for number in range(4)), declared(2))
    catch_up(database, limit=1)
    before = rows(database, FACTS)
    assert made_again(database) == 5
    assert rows(database, FACTS) == before


@pytest.mark.parametrize("order", ["original first", "declaration first"])
def test_a_declaration_takes_out_its_original_whichever_came_first(
    database: Store, report: Report, order: str
) -> None:
    said = [event(1), declared(1)]
    for each in said if order == "original first" else reversed(said):
        report(each)
        catch_up(database)
    ((_, _, _, _, _, _, withdrawn),) = rows(database, FACTS)
    assert withdrawn == 2


def test_a_declaration_by_another_organisation_changes_nothing(
    database: Store, report: Report
) -> None:
    report(event(1), by="farm")
    report(declared(1), by="shop")
    catch_up(database)
    ((_, _, _, _, _, _, withdrawn),) = rows(database, FACTS)
    assert withdrawn is None
    assert rows(database, "select effective from index.declaration") == [(False,)]


@pytest.mark.parametrize(
    "change",
    [
        "declaration set effective = not effective",
        "declaration set position = position + 1",
        "declaration set event_key = event_key + 1",
        "declaration set capturer = capturer + 1",
        "withdrawal set position = position + 1",
        "withdrawal set declaration = declaration + 1",
    ],
)
def test_every_column_of_a_declaration_is_held_against_the_record(
    database: Store, report: Report, change: str
) -> None:
    report(declared(3), event(1), declared(2), event(2), declared(1))
    catch_up(database)
    with database.read() as conn:
        assert list(differences(conn, 5)) == []
    with psycopg.connect(database.dsn) as changing:
        changing.execute(f"update index.{change}".encode())
    with database.read() as conn:
        (found,) = differences(conn, 5)
    assert found.place == f"index.{change.partition(' ')[0]}"


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    numbers=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=8),
    limit=st.integers(1, 4),
)
def test_batches_never_change_what_is_withdrawn(
    database: Store, report: Report, numbers: Sequence[tuple[int, bool]], limit: int
) -> None:
    """However the record is cut into batches, it is the same as reading it in one."""
    for place, (number, wrong) in enumerate(numbers):
        report(declared(number, minutes=place) if wrong else event(number))
    catch_up(database, limit=limit)
    piecewise = rows(database, FACTS)
    made_again(database)
    assert rows(database, FACTS) == piecewise


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(odd_names, odd_names, odd_text, st.integers(1, 10**9))
def test_nothing_that_can_be_recorded_stops_the_index(
    database: Store,
    recorder: Recorder,
    capturers: dict[str, Capturer],
    name: str,
    other: str,
    text: str,
    number: int,
) -> None:
    """One event that no row can hold would keep everybody's later events out of every answer."""
    odd = [
        event(number, epcList=[name], bizLocation={"id": other}),
        event(number + 1, epcList=[name], **{"suyuan:recodeOf": text}),
        event(number + 2, action="ADD", ilmd={"cbvmda:lotNumber": text}),
        event(number + 3, eventID=name, action="NO"),
        event(number + 4, eventID=name, type="TransformationEvent", inputEPCList=[other],
              outputEPCList=[name]),
        event(number + 5, bizTransactionList=[{"type": "po", "bizTransaction": other}]),
        event(number + 6, bizStep="shipping",
              destinationList=[{"type": "possessing_party", "destination": name},
                               {"type": "location", "destination": other}]),
        event(number + 7, **{"suyuan:" + text: text}),
    ]  # fmt: skip
    for one in odd[4:5]:
        del one["action"], one["epcList"]
    whole = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": AT.isoformat(),
        "epcisBody": {"eventList": odd},
    }
    options = Options(on_refusal=OnRefusal.PROCEED)
    data = json.dumps(whole).encode()
    result = take(database, recorder, data, capturers["farm"], options=options)
    recorded = sum(one.entry is not None and not one.duplicate for one in result.events)
    assert catch_up(database) == recorded


EVENTS = 150
MIGRATION = files("suyuan.store") / "migrations" / "0190_pre_blocks.sql"
BEFORE = """
create table index.term_then as
select t.block * 64 + g.place as position, array_agg(k.term order by k.term) as terms
from index.term as t cross join unnest(t.terms, t.places) as k (term, places)
cross join generate_series(0, 63) as g (place)
where k.places >> g.place & 1 = 1 group by 1;
create table index.mention_then as
select l.entry, k.name < 0 as states, array_agg(abs(k.name) order by k.name) as names
from index.mention as m cross join unnest(m.names, m.places) as k (name, places)
cross join generate_series(0, 63) as g (place)
join ledger.leaf as l on l.position = m.block * 64 + g.place
where k.places >> g.place & 1 = 1 group by 1, 2;
create table index.value_then as
select v.tenant, v.kind, v.value, s.tag
from index.shown as s cross join unnest(s.places) as p (place)
join index.value as v on v.id = s.block * 1024 + p.place;

drop table index.term, index.mention, index.value, index.shown;
drop index index.name_hash;
alter table index.term_then rename to term;
alter table index.term add primary key (position);
create index term_terms on index.term using gin (terms) with (fastupdate = off);
alter table index.mention_then rename to mention;
create index mention_names on index.mention using gin (names) with (fastupdate = off);
alter table index.value_then rename to value;
alter table index.value add primary key (tenant, kind, value, tag);
create index name_uri on index.name using hash (uri);
"""
"""Turns the tables back into those that 0171 left."""


def told(number: int) -> dict[str, Any]:
    """An event with a step, places, documents and members, of which some are its own."""
    return event(number) | {
        "bizStep": ("inspecting", "storing", "shipping")[number % 3],
        "readPoint": {"id": f"https://example.com/gate/{number % 7}"},
        "bizLocation": {"id": f"https://example.com/hall/{number}"},
        "bizTransactionList": [{"type": "po", "bizTransaction": f"urn:x:order:{number // 10}"}],
        "https://example.com/ns/batch": f"B{number}",
    }


def declaration(number: int) -> dict[str, Any]:
    """The event, declared wrong: then something is stated of its things."""
    said = {"declarationTime": event(number)["eventTime"], "reason": "incorrect_data"}
    return told(number) | {"errorDeclaration": said}


@pytest.fixture
def reported(database: Store, report: Report) -> Store:
    report(*(told(number) for number in range(EVENTS)), *map(declaration, range(0, EVENTS, 40)))
    return database


def counted(connection: psycopg.Connection[Any]) -> tuple[int, ...]:
    """How many rows of terms there are, and of mentions."""
    return connection.execute(
        "select (select count(*) from index.term), (select count(*) from index.mention)"
    ).fetchall()[0]


def found_wrong(store: Store) -> list[object]:
    with store.read() as conn:
        ((size,),) = conn.execute("select size from ledger.head").fetchall()
        return list(differences(conn, size))


@pytest.mark.parametrize("limit", [1, 7, 64, 65, 1_000])
def test_in_batches_of_any_size_the_index_says_what_the_record_gives(
    reported: Store, limit: int
) -> None:
    catch_up(reported, limit=limit)
    assert not found_wrong(reported)


def test_an_index_of_the_shape_before_says_the_same_when_turned_over_also_twice(
    reported: Store,
) -> None:
    catch_up(reported, limit=40)
    with psycopg.connect(reported.dsn) as connection:
        connection.execute(BEFORE)
        terms, mentions = counted(connection)
        for _ in range(2):
            connection.execute(MIGRATION.read_bytes())
        blocks = counted(connection)
    assert terms == EVENTS + len(range(0, EVENTS, 40)) > SPAN
    assert mentions > terms, "nothing is stated of what is mentioned"
    assert blocks == (1 + terms // SPAN,) * 2
    assert not found_wrong(reported)


def test_an_index_that_was_turned_over_follows_on(reported: Store, report: Report) -> None:
    catch_up(reported)
    with psycopg.connect(reported.dsn) as connection:
        connection.execute(BEFORE)
        connection.execute(MIGRATION.read_bytes())
    report(*(told(number) for number in range(EVENTS, 2 * EVENTS)))
    catch_up(reported, limit=30)
    assert not found_wrong(reported)
