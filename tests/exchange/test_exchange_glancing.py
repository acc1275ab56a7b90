"""What is answered at a glance is what is answered in portions, whatever is asked and by whom."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import pytest
from exchange_given import (
    FARM,
    FIRST,
    INSTANCES,
    LOTS,
    ORDERS,
    PARTIES,
    SHOP,
    STEPS,
    STRANGER,
    Told,
    all_pages,
    capturer,
    corpus,
    document,
    names,
    reader,
    take,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.capture import OnRefusal, Options
from suyuan.exchange import EventsPage, QueryError, parse_query
from suyuan.exchange import events as pages
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.service import Config, Platform, capture, on_store
from suyuan.service.querying import asker_of
from suyuan.store import StoreSettings, migrate, open_store

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ADMIN = Viewer(role=Role.ADMIN)
VIEWERS = [ADMIN, reader(), reader(SHOP), reader(STRANGER), PUBLIC]
LATER = FIRST.replace(day=FIRST.day + 2).isoformat()


def some(table: list[tuple[str, ...]]) -> st.SearchStrategy[str]:
    """One or two names, each in any spelling."""
    names = st.sampled_from(table).flatmap(st.sampled_from)
    return st.lists(names, min_size=1, max_size=2).map("|".join)


LED = st.one_of(
    st.tuples(st.sampled_from(["MATCH_epc", "MATCH_anyEPC", "MATCH_parentID"]), some(INSTANCES)),
    st.tuples(st.sampled_from(["MATCH_epcClass", "MATCH_anyEPCClass"]), some(LOTS)),
    st.tuples(st.just("EQ_bizTransaction_po"), some(ORDERS)),
    st.tuples(
        st.just("EQ_eventID"),
        st.lists(st.integers(0, 37), min_size=1, max_size=4).map(
            lambda numbers: "|".join(f"urn:uuid:{number + 1:032x}" for number in numbers)
        ),
    ),
)
MORE = st.fixed_dictionaries(
    {"perPage": st.sampled_from(["1", "3", "30"])},
    optional={
        "EQ_bizStep": some(STEPS),
        "EQ_source_owning_party": some(PARTIES),
        "EQ_action": st.sampled_from(["ADD", "OBSERVE|DELETE"]),
        "eventType": st.sampled_from(["ObjectEvent", "AggregationEvent|TransformationEvent"]),
        "GE_eventTime": st.just(LATER),
        "LT_eventTime": st.just(LATER),
        "LT_recordTime": st.just("2100-01-01T00:00:00Z"),
        "GE_quantity": st.just("2"),
        "EXISTS_errorDeclaration": st.just("true"),
        "EQ_INNER_ex:none": st.just("1"),
        "maxEventCount": st.sampled_from(["2", "40"]),
        "orderBy": st.sampled_from(["eventTime", "recordTime"]),
        "orderDirection": st.sampled_from(["ASC", "DESC"]),
    },
)


def spelt(asked: dict[str, str]) -> dict[str, list[str]]:
    """The parameters, ids as UUIDs are written."""
    ids = asked.get("EQ_eventID", "")
    written = "|".join(
        f"urn:uuid:{each[9:17]}-{each[17:21]}-{each[21:25]}-{each[25:29]}-{each[29:]}"
        for each in ids.split("|")
    )
    return {name: [written if name == "EQ_eventID" else value] for name, value in asked.items()}


def answered(ask: Callable[[], EventsPage | None]) -> EventsPage | str | None:
    """The page, or by what rule there is none."""
    try:
        return ask()
    except QueryError as error:
        return error.code


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return corpus(36)


def filled(platform: Platform, told: list[Told]) -> None:
    """Events of two parties, of which the index has followed the first two thirds."""
    farm, shop = capturer(platform, FARM), capturer(platform, SHOP)
    take(platform, [one.sent for one in told[:12]], farm)
    take(platform, [one.sent for one in told[12:24]], shop)
    wanted = Options(on_refusal=OnRefusal.PROCEED)
    capture(platform, document(one.sent for one in told[24:30]), farm, wanted)
    capture(platform, document(one.sent for one in told[30:]), shop, wanted)


def test_a_glance_is_the_page_that_is_found_in_portions(
    platform: Platform, told: list[Told]
) -> None:
    filled(platform, told)
    glanced, empty = set[str](), set[str]()

    @settings(max_examples=250)
    @given(LED, MORE, st.sampled_from(VIEWERS))
    def compare(led: tuple[str, str], more: dict[str, str], viewer: Viewer) -> None:
        name, wanted = led
        query = parse_query(
            spelt({name: wanted, **more}), extensions={"ex": "https://example.com/ns/"}
        )
        asker = asker_of(platform, viewer)
        page = answered(lambda: pages.glanced_page(platform.store.ask, query, asker, now=NOW))
        with platform.store.read() as conn:
            slow = answered(lambda: pages.events_page(conn, query, asker, now=NOW))
        assert page is not None, "so few are told at a glance"
        if isinstance(page, str) or isinstance(slow, str):
            assert page == slow
            return
        assert slow is not None
        assert page.document == slow.document
        assert (page.token is None) is (slow.token is None)
        (empty if b'"eventList":[]' in page.document else glanced).add(name)
        if page.token is not None and slow.token is not None:
            following = [structs.replace(query, token=each) for each in (page.token, slow.token)]
            with platform.store.read() as conn:
                one, other = (pages.events_page(conn, each, asker, now=NOW) for each in following)
            assert one.document == other.document

    compare()
    assert {"MATCH_anyEPC", "MATCH_anyEPCClass", "EQ_eventID", "EQ_bizTransaction_po"} <= glanced
    assert empty, "no query finds nothing"


def test_other_queries_are_not_answered_at_a_glance(platform: Platform, told: list[Told]) -> None:
    filled(platform, told)
    asker = asker_of(platform, ADMIN)

    def never(
        statement: LiteralString, given: Mapping[str, Any], /, *, is_kept: bool = True
    ) -> list[tuple[Any, ...]]:
        raise AssertionError(statement, given, is_kept)

    for asked in (
        {},
        {"EQ_bizStep": ["shipping"], "maxEventCount": ["7"]},
        {"EQ_bizStep": ["shipping"], "perPage": ["500"]},
        {"EQ_source_owning_party": [FARM], "nextPageToken": ["some"]},
        {"MATCH_anyEPC": [INSTANCES[0][0]], "WD_bizLocation": ["urn:x:place"]},
        {"MATCH_anyEPC": [INSTANCES[0][0]], "orderBy": ["https://example.com/ns/a"]},
        {"MATCH_anyEPC": [INSTANCES[0][0]], "nextPageToken": ["some"]},
    ):
        assert pages.glanced_page(never, parse_query(asked), asker, now=NOW) is None


def test_a_thing_of_too_many_events_is_paged_as_ever(platform: Platform) -> None:
    told = corpus(300)
    take(platform, [one.sent for one in told], capturer(platform))
    wanted = [one.name for one in told if 0 in one.epcs]
    assert len(wanted) > 50
    query = parse_query({"MATCH_epc": [INSTANCES[0][0]]})
    assert pages.glanced_page(platform.store.ask, query, asker_of(platform, ADMIN), now=NOW) is None
    found = all_pages(platform, {"MATCH_epc": INSTANCES[0][0], "perPage": "20"}, ADMIN)
    assert names(found) == wanted


def test_the_plan_of_a_glance_is_made_for_good(empty_database: str, tmp_path: Path) -> None:
    """To make one takes longer than to find an event, and it would be the same for each."""
    migrate(empty_database)
    settings = StoreSettings(data_dir=tmp_path, database_url=empty_database, pool_min=1, pool_max=1)
    told = corpus(40)
    with open_store(settings) as store:
        platform = on_store(store, Config(data_dir=tmp_path))
        take(platform, [one.sent for one in told], capturer(platform))
        asker = asker_of(platform, ADMIN)
        for given in ({"EQ_eventID": [told[3].name]}, {"MATCH_anyEPC": [INSTANCES[0][0]]}):
            before = store.ask(PLANS, {})
            for _ in range(20):
                query = parse_query(given)
                assert pages.glanced_page(store.ask, query, asker, now=NOW) is not None
            ((_, made, kept),) = set(store.ask(PLANS, {})) - set(before)
            assert made < 10 <= kept, given


PLANS = (
    "select statement, custom_plans, generic_plans from pg_prepared_statements"
    " where statement like '%%record.entry%%'"
)
