"""A first page of what many events have: one statement has it, and it is what portions give."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import pytest
from exchange_given import (
    FARM,
    FIRST,
    ORDERS,
    PARTIES,
    SHOP,
    SITES,
    STEPS,
    STRANGER,
    Told,
    capturer,
    corpus,
    document,
    reader,
    take,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.capture import Options
from suyuan.exchange import EventsPage, parse_query, walking
from suyuan.exchange import events as pages
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.service import Config, Platform, capture, on_store
from suyuan.service.querying import asker_of
from suyuan.store import Store, StoreSettings, migrate, open_store

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ADMIN = Viewer(role=Role.ADMIN)
VIEWERS = [ADMIN, reader(), reader(SHOP), reader(STRANGER), PUBLIC]
LATER = FIRST.replace(day=FIRST.day + 2).isoformat()
LATEST = FIRST.replace(day=FIRST.day + 3).isoformat()
OFTEN = {"EQ_source_owning_party": [FARM], "EQ_bizStep": ["shipping"], "perPage": ["5"]}


def some(table: list[tuple[str, ...]]) -> st.SearchStrategy[str]:
    """One or two names, each in any spelling."""
    names = st.sampled_from(table).flatmap(st.sampled_from)
    return st.lists(names, min_size=1, max_size=2).map("|".join)


ASKED = st.fixed_dictionaries(
    {"perPage": st.sampled_from(["1", "3", "30"])},
    optional={
        "EQ_bizStep": some(STEPS),
        "EQ_bizLocation": some(SITES),
        "EQ_readPoint": some(SITES),
        "EQ_source_owning_party": some(PARTIES),
        "EQ_bizTransaction_po": some(ORDERS),
        "EQ_action": st.sampled_from(["ADD", "OBSERVE|DELETE"]),
        "MATCH_anyEPC": st.just("urn:epc:idpat:sgtin:6901234.000001.*"),
        "eventType": st.sampled_from(["ObjectEvent", "AggregationEvent|TransformationEvent"]),
        "GE_eventTime": st.just(LATER),
        "LT_eventTime": st.just(LATEST),
        "LT_recordTime": st.just("2100-01-01T00:00:00Z"),
        "GE_quantity": st.sampled_from(["2", "10"]),
        "EXISTS_errorDeclaration": st.just("true"),
        "eventCountLimit": st.sampled_from(["2", "40"]),
        "orderBy": st.sampled_from(["eventTime", "recordTime"]),
        "orderDirection": st.sampled_from(["ASC", "DESC"]),
    },
)


@pytest.fixture(autouse=True)
def as_at_the_begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One block is looked at first, and so few are common that all ways are gone."""
    monkeypatch.setattr(walking, "_FIRST", 1)
    monkeypatch.setattr(walking, "_EACH", 1)
    monkeypatch.setattr(walking, "_EACH_OF_SEVERAL", 1)


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return corpus(200)


def filled(platform: Platform, told: list[Told]) -> None:
    """Events of two parties, all followed."""
    farm, shop = capturer(platform, FARM), capturer(platform, SHOP)
    for begin in range(0, len(told), 20):
        take(platform, [one.sent for one in told[begin : begin + 10]], farm)
        take(platform, [one.sent for one in told[begin + 10 : begin + 20]], shop)


@pytest.mark.parametrize("listed", [1, 3, 5_000])
def test_a_first_look_is_the_page_that_is_found_in_portions(
    platform: Platform, told: list[Told], monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    monkeypatch.setattr(walking, "_MOST_LISTED", listed)
    filled(platform, told)
    glanced = set[str]()

    @settings(max_examples=120)
    @example({"GE_eventTime": LATER}, VIEWERS[0])
    @given(ASKED, st.sampled_from(VIEWERS))
    def compare(asked: dict[str, str], viewer: Viewer) -> None:
        ordered = ({"orderBy": "eventTime"} if "eventCountLimit" in asked else {}) | asked
        query = parse_query({name: [value] for name, value in ordered.items()})
        asker = asker_of(platform, viewer)
        page = pages.glanced_page(platform.store.ask, query, asker, now=NOW)
        if page is None:
            return
        with platform.store.read() as conn:
            slow = pages.events_page(conn, query, asker, now=NOW)
            assert page.document == slow.document
            assert (page.token is None) is (slow.token is None)
            if page.token is not None and slow.token is not None:
                both = [structs.replace(query, token=each) for each in (page.token, slow.token)]
                one, other = (pages.events_page(conn, each, asker, now=NOW) for each in both)
                assert one.document == other.document
        if b'"eventID"' in page.document:
            glanced.update(asked)

    compare()
    assert {"EQ_bizStep", "EQ_bizLocation", "EQ_source_owning_party", "GE_eventTime"} <= glanced


class Counted:
    """What a store is asked outside of transactions."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: list[str] = []

    def __call__(
        self, statement: LiteralString, given_: Mapping[str, Any], /, *, is_kept: bool = True
    ) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return self.store.ask(statement, given_, is_kept=is_kept)


def first_page(platform: Platform, asked: Counted) -> EventsPage | None:
    return pages.glanced_page(asked, parse_query(OFTEN), asker_of(platform, ADMIN), now=NOW)


def test_one_statement_has_a_page(
    platform: Platform, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_EACH_OF_SEVERAL", 3)
    filled(platform, told)
    asked = Counted(platform.store)
    page = first_page(platform, asked)
    assert page is not None
    assert page.document.count(b'"eventID"') == 5
    assert page.token is not None
    assert len(asked.asked) == 1


def test_what_the_index_has_not_followed_is_not_told_by_a_first_look(
    platform: Platform, told: list[Told]
) -> None:
    filled(platform, told)
    by = capturer(platform, STRANGER)
    capture(platform, document([corpus(201)[200].sent]), by, Options())
    asked = Counted(platform.store)
    assert first_page(platform, asked) is None
    assert len(asked.asked) == 1


PLANS = (
    "select custom_plans, generic_plans from pg_prepared_statements"
    " where statement like '%%index.term%%'"
)


@pytest.mark.parametrize("is_long", [True, False])
def test_a_plan_is_kept_once_the_record_is_long(
    empty_database: str,
    tmp_path: Path,
    told: list[Told],
    monkeypatch: pytest.MonkeyPatch,
    is_long: bool,  # noqa: FBT001
) -> None:
    """Before that, tables are best read as a whole, which is bad for ever after."""
    monkeypatch.setattr(walking, "_LONG", 100 if is_long else 1_000)
    monkeypatch.setattr(walking, "_EACH_OF_SEVERAL", 3)
    migrate(empty_database)
    settings_ = StoreSettings(
        data_dir=tmp_path, database_url=empty_database, pool_min=1, pool_max=1
    )
    with open_store(settings_) as store:
        platform = on_store(store, Config(data_dir=tmp_path))
        filled(platform, told)
        store.ask("select from (select set_config('enable_seqscan', 'off', false)) as s", {})
        for _ in range(30):
            assert first_page(platform, Counted(store)) is not None
        plans = store.ask(PLANS, {})
    assert len(plans) == is_long
    assert all(made < 10 < kept for made, kept in plans)
