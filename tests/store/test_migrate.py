import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import psycopg
import pytest
from msgspec.structs import replace

from suyuan.store import ReadConnection, StoreError, migrate, standing
from suyuan.store.describe import describe
from suyuan.store.embedded import Server
from suyuan.store.migrate import Migration, known_migrations
from waiting import insist

FOLDER = files("suyuan.store")


def described(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        return describe(connection)


def tables(dsn: str) -> str:
    return "\n".join(line for line in described(dsn).splitlines() if line.startswith("relation"))


def made(number: int, name: str, text: str) -> Migration:
    return Migration(name=f"{number:04}_{name}.sql", text=text)  # type: ignore[arg-type]  # a test's own text


def test_migrations_from_zero_equal_the_schema(empty_database: str, other_database: str) -> None:
    migrate(empty_database)
    with psycopg.connect(other_database) as connection:
        connection.execute((FOLDER / "schema.sql").read_bytes())
    assert described(empty_database) == described(other_database)
    assert "relation | store.migration" in described(empty_database)


def test_what_our_tables_do_by_themselves_is_listed(empty_database: str) -> None:
    """Whoever alters the schema says so in `acting.txt` and `form.txt`, or it is an intruder's."""
    migrate(empty_database)
    with psycopg.connect(empty_database) as connection:
        conn = ReadConnection(connection)
        assert tuple(standing.acting(conn)) == standing.ours()
        assert tuple(standing.form(conn)) == standing.shipped_form()
        assert standing.intruders(conn) == []


def test_each_migration_may_run_twice(empty_database: str, other_database: str) -> None:
    for dsn, times in ((empty_database, 1), (other_database, 2)):
        with psycopg.connect(dsn) as connection:
            for migration in known_migrations():
                for _ in range(times):
                    connection.execute(migration.text)
    assert described(empty_database) == described(other_database)


def test_a_second_run_applies_nothing(empty_database: str) -> None:
    assert migrate(empty_database) == tuple(each.name for each in known_migrations())
    assert migrate(empty_database) == ()


def test_the_head_file_names_the_newest_migration() -> None:
    head = (FOLDER / "migrations" / ".head").read_text(encoding="utf-8").strip()
    assert head == known_migrations()[-1].name


def test_a_file_changed_after_it_was_applied_is_refused(empty_database: str) -> None:
    migrate(empty_database)
    first, *rest = known_migrations()
    changed = (replace(first, text=first.text + "\n-- changed"), *rest)
    with pytest.raises(StoreError, match=f"{first.name} was changed") as caught:
        migrate(empty_database, migrations=changed)
    assert "请恢复原文件" in caught.value.zh


def test_a_database_newer_than_the_program_is_refused(empty_database: str) -> None:
    later = made(9999, "pre_later", "create schema if not exists later")
    migrate(empty_database, migrations=(*known_migrations(), later))
    with pytest.raises(StoreError, match="newer than the program"):
        migrate(empty_database)


def test_a_migration_that_fails_leaves_nothing_of_itself(empty_database: str) -> None:
    bad = made(9999, "pre_bad", "create schema halfway; select 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty_database, migrations=(*known_migrations(), bad))
    assert "halfway" not in described(empty_database)
    assert migrate(empty_database) == ()


def test_post_migrations_at_the_end_can_be_held_back(empty_database: str) -> None:
    base = known_migrations()
    early = made(9001, "post_early", "create schema early")
    middle = made(9002, "pre_middle", "create schema middle")
    late = made(9003, "post_late", "create schema late")
    every = (*base, early, middle, late)
    held = migrate(empty_database, migrations=every, hold_back=True)
    assert held == tuple(each.name for each in (*base, early, middle))
    assert migrate(empty_database, migrations=every, hold_back=True) == ()
    assert migrate(empty_database, migrations=every) == (late.name,)


def test_migrations_started_at_once_are_applied_once(empty_database: str) -> None:
    results: list[tuple[str, ...]] = []
    runs = [
        threading.Thread(target=lambda: results.append(migrate(empty_database))) for _ in range(4)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(results, key=len) == [(), (), (), tuple(m.name for m in known_migrations())]


def test_a_lock_not_had_in_time_is_said_and_leaves_nothing(empty_database: str) -> None:
    migrate(empty_database)
    change = made(9999, "pre_change", "alter table store.migration add column extra int")
    with psycopg.connect(empty_database) as reader:
        reader.execute("select * from store.migration")
        with pytest.raises(StoreError, match="run it again later"):
            migrate(empty_database, migrations=(*known_migrations(), change), lock_timeout=0.2)
    assert "extra" not in described(empty_database)


def test_a_migration_that_waits_crosswise_for_another_is_to_be_run_again(
    empty_database: str,
) -> None:
    migrate(empty_database)
    change = made(
        9999, "pre_change",
        "lock table registry.tenant in share mode; lock table"
        " store.migration in access exclusive mode",
    )  # fmt: skip
    with psycopg.connect(empty_database) as other, ThreadPoolExecutor(1) as pool:
        other.execute("select * from store.migration")
        done = pool.submit(migrate, empty_database, migrations=(*known_migrations(), change))
        while not other.execute("select 1 from pg_locks where not granted").fetchone():
            assert not done.done()
        insist(other, "lock table registry.tenant in row exclusive mode", done)
        with pytest.raises(StoreError, match="run it again later"):
            done.result()


@pytest.mark.parametrize(
    ("change", "trace"),
    [
        ("alter table t add column b int", "t.b | integer"),
        ("alter table t alter column a set not null", "NOT NULL"),
        ("alter table t alter column a set default 7", "DEFAULT 7"),
        ("alter table t add constraint positive check (a > 0)", "CHECK"),
        ("create index on t (a)", "index"),
        ("create unique index on t (a)", "UNIQUE INDEX"),
        ("alter table t enable row level security", "rls"),
        ("create policy own on t using (a = 1)", "policy"),
        ("create function f() returns int language sql return 1", "function"),
        ("create view v as select a from t", "view"),
        ("create type mood as enum ('calm')", "calm"),
        ("create domain positive as int check (value > 0)", "positive"),
        ("create sequence s", "sequence"),
        ("comment on column t.a is 'said'", "said"),
        ("grant select on t to public", "=r/"),
        ("create extension pg_trgm", "pg_trgm"),
        ("create statistics several on a, (a + 1) from t", "statistics"),
    ],
)
def test_the_description_shows_every_kind_of_change(
    empty_database: str, change: str, trace: str
) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("create table t (a int)")
        before = describe(connection).splitlines()
        connection.execute(change.encode())
        after = describe(connection).splitlines()
    new = [line for line in after if line not in before]
    assert new
    assert trace.lower() in "\n".join(new).lower()


def test_the_description_does_not_depend_on_the_order_of_columns(
    empty_database: str, other_database: str
) -> None:
    for dsn, columns in ((empty_database, "a int, b text"), (other_database, "b text, a int")):
        with psycopg.connect(dsn) as connection:
            connection.execute(f"create table t ({columns})".encode())
    assert tables(empty_database) == tables(other_database)
    assert described(empty_database) == described(other_database)


def test_the_clients_role_is_bound_by_row_level_security(postgres_server: Server) -> None:
    with psycopg.connect(postgres_server.dsn) as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == (False, False)
