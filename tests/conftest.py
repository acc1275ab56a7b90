"""A PostgreSQL server per test process, and a fresh database per test from a migrated template."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from suyuan.service import Config, Platform, on_store
from suyuan.store import Store, StoreSettings, migrate, open_store
from suyuan.store.binaries import SYSTEM
from suyuan.store.embedded import Server, embedded

# Crash safety costs time and is tested by the tests that kill servers, with their own settings.
# A vacuum worker is the superuser's, and the tests' role may not send it away from a database.
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def postgres_binaries() -> Path | None:
    """None takes the ladder; SUYUAN_TEST_POSTGRES=system takes the newest system PostgreSQL."""
    wanted = os.environ.get("SUYUAN_TEST_POSTGRES", "")
    if wanted != "system":
        return None
    found = sorted(SYSTEM.glob("[0-9]*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        pytest.fail(f"SUYUAN_TEST_POSTGRES=system, but {SYSTEM} has no PostgreSQL")
    return found[-1]


@pytest.fixture(scope="session")
def hasty() -> dict[str, str]:
    """Server settings that trade crash safety for speed."""
    return HASTY


@pytest.fixture(scope="session")
def postgres_server(postgres_binaries: Path | None) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="suyuan-test-"))
    folder.chmod(0o755)  # so that root's server user can enter
    settings = StoreSettings(
        data_dir=folder / "pg", places=(folder,), binaries=postgres_binaries, options=HASTY
    )
    with embedded(settings) as server:
        yield server
    shutil.rmtree(folder)


@contextmanager
def new_database(server: Server, *, template: str = "template0") -> Iterator[str]:
    """The address of a copy of `template`, dropped afterwards."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        yield make_conninfo(server.dsn, dbname=name)
        drop(connection, name)


def drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database and its sessions; a vacuum of the server's own ends when it is done."""
    for _ in range(100):
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
            )
            return
        time.sleep(0.1)
    pytest.fail(f"{name} stays in use")


@pytest.fixture(scope="session")
def copy_database(postgres_server: Server) -> Callable[[str], AbstractContextManager[str]]:
    """Copies of a database by its name, each dropped afterwards; nobody may be connected to it."""
    return lambda template: new_database(postgres_server, template=template)


@pytest.fixture
def other_database(postgres_server: Server) -> Iterator[str]:
    """A second empty database, to compare with."""
    with new_database(postgres_server) as dsn:
        yield dsn


@pytest.fixture
def empty_database(postgres_server: Server) -> Iterator[str]:
    """The address of a database without anything in it."""
    with new_database(postgres_server) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def migrated_template(postgres_server: Server) -> Iterator[str]:
    """The name of a database to copy, with all migrations applied."""
    with new_database(postgres_server) as dsn:
        migrate(dsn)
        yield str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def migrated_database(postgres_server: Server, migrated_template: str) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    with new_database(postgres_server, template=migrated_template) as dsn:
        yield dsn


@pytest.fixture
def database(migrated_database: str) -> Iterator[Store]:
    """An open store on a fresh, migrated database."""
    settings = StoreSettings(data_dir=Path(), database_url=migrated_database, pool_max=8)
    with open_store(settings) as store:
        yield store


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """A whole platform on a fresh database, with the real clock and real randomness."""
    return on_store(database, Config(data_dir=tmp_path))


@pytest.fixture(scope="session")
def papers() -> dict[str, str]:
    """A licence of each kind that proves stems, by its kind: what may issue codes of every kind."""
    return {
        "gs1_company_prefix": "6901234",
        "pesticide_registration": "PD20092927",
        "seed_licence": "B(京)农种许字(2020)第0001号",
        "mv_operator": "3706000040001",
    }


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The corpora beside the checkout; the tests that read them are skipped without it."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no corpora at {folder}")
    return folder
