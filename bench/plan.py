"""How much a run does, and what measures are handed: the plan, a database, a folder."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from msgspec import Struct
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench.figures import Figure
from suyuan.store import Store, StoreSettings, migrate, open_store
from suyuan.store.embedded import Server, embedded

HERE = Path(__file__).parent
CORPORA = HERE.parent.parent / "shared" / "data"


class Plan(Struct, frozen=True, kw_only=True):
    """How often and on how much: `scale` 1 is the full size, `repeat` the number of pairs."""

    repeat: int
    scale: float

    def of(self, full: int, *, least: int = 1) -> int:
        """A size scaled down."""
        return max(least, round(full * self.scale))


class Ground(Struct, frozen=True, kw_only=True):
    """Where measures run: a server of their own, and a folder to write in."""

    plan: Plan
    server: Server
    folder: Path


class Measure(Struct, frozen=True, kw_only=True):
    """Something that can be measured by name; `draw` makes a picture (SVG) of what came of it."""

    name: str
    about: str
    run: Callable[[Ground], Iterator[Figure]]
    draw: Callable[[Sequence[Figure]], str] | None = None


@contextmanager
def ground(plan: Plan) -> Iterator[Ground]:
    """A server with its own settings (durable, as installed), gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-bench-"))
    folder.chmod(0o755)  # so that root's server user can enter
    try:
        with embedded(StoreSettings(data_dir=folder / "pg", places=(folder,))) as server:
            yield Ground(plan=plan, server=server, folder=folder)
    finally:
        shutil.rmtree(folder)


def postgres_version(server: Server) -> str:
    """The server's version."""
    with psycopg.connect(server.dsn) as connection:
        return str(connection.info.parameter_status("server_version"))


@contextmanager
def database(place: Ground, name: str) -> Iterator[Store]:
    """An open store on a fresh database with all tables."""
    with psycopg.connect(place.server.dsn, autocommit=True) as connection:
        drop = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        dsn = make_conninfo(place.server.dsn, dbname=name)
        migrate(dsn)
        settings = StoreSettings(
            data_dir=place.folder, database_url=dsn, statement_timeout=600.0, idle_timeout=600.0
        )
        with open_store(settings) as store:
            yield store
        connection.execute(drop)
