"""How the embedded server is started: no network, one user's socket, peers by name."""

import os
import pwd
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from suyuan.store.binaries import Binaries
from suyuan.store.cluster import SUPERUSER
from suyuan.store.place import Place, User, starter

ROLE = "suyuan"
"""Owner of the database and of everything in it; no superuser, so row-level security holds."""

DATABASE = "suyuan"


_OWN_READS_SINCE = 18
"""From this version on a server has processes that read for others, if it is not told otherwise."""


def command(binaries: Binaries, place: Place, user: User, options: dict[str, str]) -> list[str]:
    """The server's argument list; writes the files that it names."""
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": '"' + str(place.sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "hba_file": str(_written(place.base / "hba.conf", _ADMITTED, user)),
        "ident_file": str(_written(place.base / "ident.conf", _names(user), user)),
        "cluster_name": "suyuan",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",  # statements carry data; a log is no place for it
        **_reading(binaries),
        **options,
    }
    pairs = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries.folder / "postgres"), "-D", str(place.data), *pairs]


def _reading(binaries: Binaries) -> dict[str, str]:
    """How pages are read that a recall needs from all over the index.

    The system is told of many ahead, where it can be; each backend reads its own, since to hand
    single pages over takes longer than to copy them.
    """
    if sys.platform != "linux":
        return {}
    ahead = {"effective_io_concurrency": "256"}
    return ahead | ({"io_method": "sync"} if binaries.major >= _OWN_READS_SINCE else {})


def dsn(place: Place, *, role: str = ROLE, database: str = DATABASE) -> str:
    """Where clients connect."""
    return make_conninfo("", host=str(place.sockets), port=5432, user=role, dbname=database)


def prepare_database(place: Place) -> None:
    """Make the role and the database that clients use, if they are not there."""
    administer = dsn(place, role=SUPERUSER, database="postgres")
    with psycopg.connect(administer, autocommit=True, connect_timeout=5) as connection:
        with suppress(psycopg.errors.DuplicateObject):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
            )
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(ROLE)
                )
            )


_ADMITTED = "local all,replication all peer map=suyuan\n"
"""To the databases, and to the log as PostgreSQL writes it, which a base copy needs too."""


def _names(user: User) -> str:
    """Root, the server's user and the starter, as either role; nobody else on the machine."""
    people = {pwd.getpwuid(0).pw_name, user.name, starter().name}
    return "".join(
        f'suyuan "{person}" {role}\n' for person in sorted(people) for role in (SUPERUSER, ROLE)
    )


def _written(path: Path, text: str, user: User) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o640)
    os.chown(path, -1, user.gid)
    return path
