import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from psycopg.conninfo import make_conninfo
from psycopg_pool import PoolTimeout

from suyuan.store import Store, StoreError, StoreSettings, open_store
from suyuan.store.embedded import Server
from suyuan.store.scope import enter


def setting(store: Store, name: str) -> str:
    with store.read() as connection:
        row = connection.execute("select current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


def given(dsn: str, **settings: float) -> StoreSettings:
    return replace(StoreSettings(data_dir=Path(), database_url=dsn), **settings)


def test_reading_cannot_write(database: Store) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), database.read() as connection:
        connection.execute("create table t (a int)")


def test_reading_sees_one_moment(database: Store) -> None:
    with database.write() as writer:
        writer.execute("create table t (a int)")
    with database.read() as reader:
        before = reader.execute("select count(*) from t").fetchone()
        with database.write() as writer:
            writer.execute("insert into t values (1)")
        assert reader.execute("select count(*) from t").fetchone() == before == (0,)
    with database.read() as reader:
        assert reader.execute("select count(*) from t").fetchone() == (1,)


def test_a_database_cannot_be_told_to_use_other_functions_than_its_own(
    empty_database: str,
) -> None:
    with open_store(given(empty_database)) as store, store.write() as writer:
        writer.execute("create schema evil")
        writer.execute(
            "create function evil.sha256(bytea) returns bytea language sql as 'select $1'"
        )
        writer.execute(
            "do $$ begin execute format('alter database %I set search_path = evil, pg_catalog',"
            " current_database()); end $$"
        )
    with open_store(given(empty_database)) as store, store.read() as reader:
        assert reader.execute("select length(sha256(''))").fetchone() == (32,)


def test_a_write_that_raises_leaves_nothing(database: Store) -> None:
    class TroubleError(Exception):
        pass

    def write() -> None:
        with database.write() as connection:
            connection.execute("create table t (a int)")
            raise TroubleError

    with pytest.raises(TroubleError):
        write()
    with database.read() as connection:
        assert connection.execute("select to_regclass('t')").fetchone() == (None,)


def test_a_write_sees_what_others_commit_meanwhile(database: Store) -> None:
    with database.write() as connection:
        connection.execute("create table t (a int)")
    with database.write() as first:
        first.execute("select count(*) from t")
        with database.write() as second:
            second.execute("insert into t values (1)")
        assert first.execute("select count(*) from t").fetchone() == (1,)


def test_time_limits_come_from_the_settings(empty_database: str) -> None:
    limits = given(empty_database, statement_timeout=0.2, lock_timeout=0.1, idle_timeout=7)
    with open_store(limits) as store:
        assert setting(store, "lock_timeout") == "100ms"
        assert setting(store, "idle_in_transaction_session_timeout") == "7s"
        assert setting(store, "TimeZone") == "UTC"
        with pytest.raises(psycopg.errors.QueryCanceled), store.read() as connection:
            connection.execute("select pg_sleep(5)")


def test_a_lock_that_is_not_had_gives_up(empty_database: str) -> None:
    with open_store(given(empty_database, lock_timeout=0.1)) as store, store.write() as holder:
        holder.execute("select pg_advisory_xact_lock(1)")
        with pytest.raises(psycopg.errors.LockNotAvailable), store.write() as other:
            other.execute("select pg_advisory_xact_lock(1)")


def test_the_store_works_again_after_its_server_was_killed(settings: StoreSettings) -> None:
    with open_store(replace(settings, options={})) as store:  # so that a commit is on disk
        with store.write() as connection:
            connection.execute("create table kept (a int)")
        for round_ in range(3):
            kill_server(store)
            at_last(lambda round_=round_: insert(store, round_))
        at_last(lambda: all_are_there(store))


def kill_server(store: Store) -> None:
    """Kill the server as soon as there is one, and see that it was noticed."""
    assert store.server is not None
    while (killed := store.server.pid) is None:
        time.sleep(0.1)
    os.kill(killed, signal.SIGKILL)
    while store.server.pid == killed:
        time.sleep(0.01)


def at_last(act: Callable[[], None]) -> None:
    """Do it as soon as it can be done.

    Sessions outlive their killed server for a moment, longer on a machine that is busy: one that
    has just taken a row may be gone for the next question.
    """
    for _ in range(100):
        with suppress(psycopg.OperationalError):
            return act()
        time.sleep(0.1)
    return pytest.fail("the store did not work again")


def insert(store: Store, number: int) -> None:
    with store.write() as connection:
        connection.execute("insert into kept values (%s)", (number,))


def all_are_there(store: Store) -> None:
    with store.read() as connection:
        assert connection.execute("select count(distinct a) from kept").fetchone() == (3,)


def test_connections_cut_by_the_server_are_replaced_unseen(empty_database: str) -> None:
    with open_store(given(empty_database, pool_min=3)) as store:
        for _ in range(3):
            with psycopg.connect(empty_database, autocommit=True) as other:
                other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            time.sleep(0.05)
            assert setting(store, "application_name") == "suyuan"


def test_the_tenant_holds_for_one_transaction_only(database: Store) -> None:
    with database.write() as connection:
        enter(connection, 7)
        row = connection.execute("select current_setting('suyuan.tenant')").fetchone()
    assert row == ("7",)
    with database.read() as connection:
        row = connection.execute("select current_setting('suyuan.tenant', true)").fetchone()
    assert row in {("",), (None,)}


def test_row_level_security_reads_the_tenant(database: Store) -> None:
    with database.write() as connection:
        connection.execute("create table t (tenant int)")
        connection.execute("alter table t enable row level security")
        connection.execute("alter table t force row level security")
        connection.execute(
            "create policy own on t using (tenant = current_setting('suyuan.tenant')::int)"
        )
    for tenant in (1, 2):
        with database.write() as connection:
            enter(connection, tenant)
            connection.execute("insert into t values (%s)", (tenant,))
    with database.read() as connection:
        enter(connection, 2)
        assert connection.execute("select tenant from t").fetchall() == [(2,)]


@pytest.mark.parametrize("url", ["nonsense://x", "postgresql://[h/x", "no equals"])
def test_a_malformed_address_is_refused_in_both_languages(url: str) -> None:
    with pytest.raises(StoreError, match="malformed") as caught:
        open_store(given(url))
    assert "写法不对" in caught.value.zh


def test_an_address_where_nothing_answers_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Cannot connect") as caught:
        open_store(given(make_conninfo("", host=str(tmp_path), dbname="x")))
    assert "连不上数据库" in caught.value.zh


def test_a_server_too_old_is_refused(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suyuan.store.pool.OLDEST", 99)
    with pytest.raises(StoreError, match="99 or later is needed"):
        open_store(given(empty_database))


def test_a_database_that_is_not_utf8_is_refused(postgres_server: Server) -> None:
    with psycopg.connect(postgres_server.dsn, autocommit=True) as connection:
        connection.execute(
            "create database latin encoding 'latin1' lc_collate 'C' lc_ctype 'C' template template0"
        )
    with pytest.raises(StoreError, match="encoding is LATIN1"):
        open_store(given(make_conninfo(postgres_server.dsn, dbname="latin")))
    with psycopg.connect(postgres_server.dsn, autocommit=True) as connection:
        connection.execute("drop database latin with (force)")


def test_a_pool_that_is_only_busy_is_not_told_as_a_full_disk(empty_database: str) -> None:
    """A disk was full once, and reads went well since: who waits in vain is told nothing of it."""
    with open_store(given(empty_database, pool_max=1, pool_timeout=2)) as store:
        with pytest.raises(psycopg.errors.DiskFull), store.write() as writer:
            writer.execute("do $$ begin raise exception using errcode = 'disk_full'; end $$")
        with store.read() as reader:
            reader.execute("select 1")
        with store.read(), pytest.raises(PoolTimeout), store.read():
            pytest.fail("there is one connection alone")


def test_a_server_that_answers_has_room_enough_however_little_is_left(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free space is a guess at why a server is away, and one that answers is not."""
    with open_store(given(empty_database, pool_max=1, pool_timeout=2)) as store:
        short = Server(StoreSettings(data_dir=Path("nowhere")))
        monkeypatch.setattr(Server, "lacks_room", True)
        with monkeypatch.context() as crowded:
            crowded.setattr(store, "_server", short)
            with store.read(), pytest.raises(PoolTimeout), store.read():
                pytest.fail("there is one connection alone")
