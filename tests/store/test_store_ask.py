"""One statement without a transaction: it cannot write, and leaves the connection as it was."""

from pathlib import Path

import psycopg
import pytest

from suyuan.store import Store, StoreSettings, open_store
from suyuan.store.holding import FIRST, LAST

ONE_CONNECTION = {"pool_min": 1, "pool_max": 1}


@pytest.mark.parametrize(
    "statement",
    [
        "create table t (b int)",
        "insert into kept values (2) returning a",
        "with gone as (delete from kept returning a) select a from gone",
        "select nextval('numbers')",
    ],
)
def test_what_is_asked_cannot_write(database: Store, statement: str) -> None:
    with database.write() as connection:
        connection.execute("create table kept (a int)")
        connection.execute("insert into kept values (1)")
        connection.execute("create sequence numbers")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        database.ask(statement, {})  # type: ignore[arg-type]  # a statement of the test's own
    assert database.ask("select a from kept", {}) == [(1,)]


def test_asking_reading_and_writing_take_turns_on_one_connection(empty_database: str) -> None:
    settings = StoreSettings(data_dir=Path(), database_url=empty_database, **ONE_CONNECTION)
    with open_store(settings) as store:
        with store.write() as connection:
            connection.execute("create table kept (a int)")
        for number in range(3):
            with store.write() as connection:
                connection.execute("insert into kept values (%s)", (number,))
            assert store.ask("select count(*) from kept", {}) == [(number + 1,)]
            with store.read() as connection:
                row = connection.execute(
                    "select current_setting('transaction_isolation'),"
                    " current_setting('transaction_read_only')"
                ).fetchone()
                assert row == ("repeatable read", "on")
            with pytest.raises(psycopg.errors.DivisionByZero):
                store.ask("select 1 / %(zero)s", {"zero": 0})


def test_no_transaction_is_begun_for_the_statement(database: Store) -> None:
    with pytest.raises(psycopg.errors.NoActiveSqlTransaction):
        database.ask("savepoint here", {})
    with database.read() as connection:
        connection.execute("savepoint here")


def test_times_that_python_cannot_hold_read_alike_however_they_are_sent(database: Store) -> None:
    values = ["infinity", "-infinity", "0100-01-01 BC", "10000-01-01", "1999-01-01", "2026-03-01"]
    statement = "select v::timestamptz, v::date from unnest(%(v)s::text[]) as w (v)"
    given = {"v": values}
    with database.read() as connection:
        as_text = connection.execute(statement, given).fetchall()
    asked = database.ask(statement, given)
    assert asked == as_text
    assert [row[0] for row in asked[:4]] == [LAST, FIRST, FIRST, LAST]
    assert asked[0][0].utcoffset() == as_text[0][0].utcoffset()


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_plan_is_kept_unless_it_is_to_be_made_for_what_is_asked(
    empty_database: str,
    is_kept: bool,  # noqa: FBT001
) -> None:
    settings = StoreSettings(data_dir=Path(), database_url=empty_database, **ONE_CONNECTION)
    asked = "select count(*) from pg_class where relname = %(name)s"
    with open_store(settings) as store:
        for number in range(20):
            assert store.ask(asked, {"name": f"none{number}"}, is_kept=is_kept) == [(0,)]
        plans = store.ask("select statement from pg_prepared_statements", {})
    assert len(plans) == is_kept
