"""Plans that connections keep for any values read no more than those made for what is asked."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from test_plans import (
    ASKS,
    COUNT,
    DEEP,
    LARGE,
    LIMIT,
    MOST_READ,
    ORDERS,
    compiled,
    explained,
    fill,
    first_page,
    most_read,
    read_whole,
)

from suyuan.exchange import stating, walking
from suyuan.families import Families, load_families
from suyuan.store import Store, encoded

REACHED = """
update ledger.head set size = {count};
insert into index.cursor (projection, position) values ('facts', {count});
"""


@pytest.fixture(scope="module")
def families() -> Families:
    return load_families()


@pytest.fixture
def long_from_the_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans of walks are kept for a record of any length."""
    monkeypatch.setattr(walking, "_LONG", 0)


@pytest.mark.usefixtures("long_from_the_begin")
@pytest.mark.parametrize("count", [COUNT, pytest.param(DEEP, marks=pytest.mark.deep)])
def test_a_plan_that_is_kept_reads_no_more(database: Store, families: Families, count: int) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as plain:
        connection = encoded.asks_encoded(plain)
        fill(connection, count)
        connection.execute(REACHED.format(count=count).encode())
        for order, asked, holds in ASKS:
            query = compiled(asked | ORDERS[order], families)
            wanted = [number for number in range(1, count + 1) if holds(number)]
            if "last" in order:
                wanted.reverse()
            found, plans = first_page(connection, query, count)
            assert found == wanted[:LIMIT], (order, asked)
            for plan in plans:
                assert_reads_little(plan, order, asked)
            for plan, first in first_looks(connection, query):
                assert first == wanted[: len(first)], (order, asked)
                assert_reads_little(plan, order, asked)


def assert_reads_little(plan: dict[str, Any], order: str, asked: dict[str, str]) -> None:
    assert most_read(plan) <= MOST_READ, (order, asked, plan)
    assert not LARGE.intersection(read_whole(plan)), (order, asked, plan)


def first_looks(
    connection: psycopg.Connection[Any], query: walking.Narrowed
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """The plans by which a first page is looked for in any blocks and in those that are listed, and
    what each finds, in order."""
    if not query.is_walked:
        return
    given = query.given_first(LIMIT)
    may_list = query.form.terms or query.form.is_shared
    for listed, blocks in ((None, 10), (None, 80), (5_000, 93))[: 3 if may_list else 2]:
        statement = stating.first_through(query.form, listed=listed)
        asked = given | {"blocks": blocks}
        ((_, positions, is_common, _),) = connection.execute(statement, asked).fetchall()
        assert not (is_common and positions)
        prepare = None if stating.is_alike(query.form, stating.FIRST) else False
        plan = explained(connection, statement, asked, prepare=prepare)
        yield plan, in_order(positions, query)


def in_order(positions: list[int] | None, query: walking.Narrowed) -> list[int]:
    """Positions as they come: in this record, later ones happened later."""
    return sorted(positions or (), reverse="desc" in query.form.order.by)
