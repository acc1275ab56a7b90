"""The open store: connections, each in one transaction that says whether it may write.

Or for one statement that only reads, without.
"""

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final, LiteralString, NewType, Self

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from suyuan.store.embedded import Server, embedded
from suyuan.store.encoded import asks_encoded
from suyuan.store.errors import StoreError, without_room
from suyuan.store.holding import holds_all
from suyuan.store.settings import OLDEST, StoreSettings
from suyuan.store.sqlfile import Queries

ReadConnection = NewType("ReadConnection", psycopg.Connection[TupleRow])
"""One REPEATABLE READ, READ ONLY transaction: every statement sees the same moment."""

WriteConnection = NewType("WriteConnection", ReadConnection)
"""One READ COMMITTED transaction that may write; serves wherever reading is asked for."""


PROGRAM: Final = "suyuan"
"""What our connections are called at the server."""

_SOON: Final = 1.5
"""Seconds after which whoever waits for a connection is told if a full disk is the cause."""

_ASKED: Final = 2
"""Seconds in which a server that is asked beside the pool answers; the driver takes no fewer."""

_SQL: Final = Queries("suyuan.store")

_LEAVING: Final = 1.0
"""Seconds that closing waits for the pool's own threads; one may be in the midst of connecting."""


class Store:
    """A database that answers; make it with `open_store`, end it with `close`."""

    def __init__(
        self,
        pool: "ConnectionPool[psycopg.Connection[TupleRow]]",
        *,
        where: Callable[[], str],
        server: Server | None = None,
    ) -> None:
        self._pool = pool
        self._where = where
        self._server = server
        self._used = set["psycopg.Connection[TupleRow]"]()
        self._guard = threading.Lock()
        self._was_full = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def dsn(self) -> str:
        """Where to connect now, for tools that need a connection of their own."""
        return self._where()

    @property
    def server(self) -> Server | None:
        """Our part in the embedded server; None when the database was given."""
        return self._server

    @contextmanager
    def read(self) -> Iterator[ReadConnection]:
        """One transaction that cannot write and sees one moment; ends with the block."""
        with self._transaction(IsolationLevel.REPEATABLE_READ, read_only=True) as connection:
            yield ReadConnection(connection)

    @contextmanager
    def write(self) -> Iterator[WriteConnection]:
        """One transaction: committed when the block ends, undone when it raises."""
        with self._transaction(IsolationLevel.READ_COMMITTED, read_only=False) as connection:
            yield WriteConnection(ReadConnection(connection))

    def ask(
        self, statement: LiteralString, given: Mapping[str, Any], *, is_kept: bool = True
    ) -> list[TupleRow]:
        """What one statement answers that cannot write.

        It sees one moment, as every statement does, and so needs no transaction around it: to
        begin and end one takes as long as what finds an event. Its plan is kept once it was asked
        often, or if not `is_kept` made for what is asked.
        """
        with self._lent(to_write=False) as connection:
            if not connection.autocommit:
                connection.autocommit = True
            prepare = None if is_kept else False
            return connection.execute(statement, given, prepare=prepare, binary=True).fetchall()

    def abandon(self) -> None:
        """Let nobody begin any more, and end with an error what still waits for the server.

        What was being committed may stand or not, as when the server is killed: nobody is told
        that it does. A statement is not cancelled, since a commit that waits for a copy elsewhere
        would then be told as done.
        """
        self._pool.close(timeout=_LEAVING)
        with self._guard:
            for connection in self._used:
                with suppress(OSError, psycopg.OperationalError):
                    _hang_up(connection.fileno())

    def let_go(self) -> None:
        """End with an error who waits for a copy of the database elsewhere; all others go on.

        Theirs is not acknowledged either, as with `abandon`.
        """
        with suppress(psycopg.OperationalError, StoreError):
            waiting = self._waiting()
            with self._guard:
                for connection in self._used:
                    with suppress(OSError, psycopg.OperationalError):
                        if connection.info.backend_pid in waiting:
                            _hang_up(connection.fileno())

    def _waiting(self) -> set[int]:
        with psycopg.connect(self.dsn, connect_timeout=_ASKED, autocommit=True) as asking:
            return {pid for (pid,) in asking.execute(_SQL["waiting_for_copies"])}

    def close(self) -> None:
        """Close the connections and, if it is ours, stop the server."""
        self._pool.close(timeout=_LEAVING)
        if self._server is not None:
            self._server.stop()

    @contextmanager
    def _transaction(
        self, isolation: IsolationLevel, *, read_only: bool
    ) -> Iterator[psycopg.Connection[TupleRow]]:
        with self._lent(to_write=not read_only) as connection, connection:
            _set_mode(connection, isolation, read_only=read_only)
            yield connection

    @contextmanager
    def _lent(self, *, to_write: bool) -> Iterator[psycopg.Connection[TupleRow]]:
        """One of the pool's; how its use ends tells whether the disk has room."""
        connection = self._living_connection()
        try:
            yield connection
            self._was_full = self._was_full and not to_write
        except psycopg.errors.DiskFull:
            self._was_full = True
            raise
        finally:
            with self._guard:
                self._used.discard(connection)
            self._pool.putconn(connection)

    def _living_connection(self) -> psycopg.Connection[TupleRow]:
        """One whose server is there; the pool's own check would pause a second per dead one."""
        while True:
            connection = self._waited_for()
            with self._guard:
                self._used.add(connection)
            if _is_alive(connection):
                return connection
            with self._guard:
                self._used.discard(connection)
            connection.close()
            self._pool.putconn(connection)  # which replaces it

    def _waited_for(self) -> psycopg.Connection[TupleRow]:
        """One from the pool; nobody waits to the end for a server that a full disk keeps down.

        Raises:
            StoreError: `store.full`.
            PoolTimeout: none came in time, for whatever other reason.
        """
        until = monotonic() + self._pool.timeout
        while True:
            left = until - monotonic()
            try:
                return self._pool.getconn(timeout=max(min(_SOON, left), 0))
            except PoolTimeout:
                if self._lacks_room():
                    raise without_room() from None
                if left <= _SOON:
                    raise

    def _lacks_room(self) -> bool:
        """Whether the server is down, and lacked room; one that answers is only busy."""
        is_short = self._server is not None and self._server.lacks_room
        return (self._was_full or is_short) and not self._answers()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn, connect_timeout=_ASKED).close()
        except (psycopg.OperationalError, StoreError):
            return False
        return True


def _hang_up(handle: int) -> None:
    """End a connection under the thread that waits for its answer."""
    with socket.socket(fileno=os.dup(handle)) as line:
        line.shutdown(socket.SHUT_RDWR)


def open_store(settings: StoreSettings) -> Store:
    """Open the given database, or the embedded one on `data_dir`.

    Raises:
        StoreError: nothing answers there, or it is too old, not UTF-8 or recovering.
    """
    if settings.database_url is not None:
        url = _checked_url(settings.database_url)
        return _opened(settings, lambda: url, None)
    server = Server(settings)
    server.start()
    try:
        return _opened(settings, lambda: server.dsn, server)
    except BaseException:
        server.stop()
        raise


@contextmanager
def served(settings: StoreSettings) -> Iterator[str]:
    """Where to connect to the same database, for who has one connection of their own.

    Raises:
        StoreError: as `open_store` does.
    """
    if settings.database_url is not None:
        url = _checked_url(settings.database_url)
        _require_fit(url)
        yield url
        return
    with embedded(settings) as server:
        _require_fit(server.dsn)
        yield server.dsn


def _opened(settings: StoreSettings, where: Callable[[], str], server: Server | None) -> Store:
    _require_fit(where())
    pool = ConnectionPool(
        lambda: make_conninfo(where(), application_name=PROGRAM),
        min_size=settings.pool_min,
        max_size=settings.pool_max,
        timeout=settings.pool_timeout,
        configure=lambda connection: _configure(connection, settings),
        reconnect_timeout=_GIVE_UP,
        reconnect_failed=ConnectionPool.check,  # begins anew if somebody waits
        open=False,
        name="suyuan",
    )
    pool.open(wait=True, timeout=settings.pool_timeout)
    return Store(pool, where=where, server=server)


def _checked_url(url: str) -> str:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StoreError(
            zh="数据库地址写法不对；应为 postgresql://用户@主机/数据库。",
            en="The database URL is malformed; write postgresql://user@host/database.",
        ) from error
    return url


def _require_fit(dsn: str) -> None:
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
            encoding = connection.info.parameter_status("server_encoding")
            is_recovering = connection.info.parameter_status("in_hot_standby") == "on"
    except psycopg.OperationalError as error:
        raise StoreError(
            zh=f"连不上数据库：{str(error).strip()}。请检查 --database-url 与服务器是否在运行。",
            en=f"Cannot connect to the database: {str(error).strip()}. "
            "Check --database-url and that the server runs.",
        ) from error
    if is_recovering:
        raise StoreError(
            code="store.recovering",
            zh="数据库还在恢复，或是只读的备机，不能写入。请等它恢复完"
            "（select pg_is_in_recovery()），或把 --database-url 指向主机。",
            en="The database is still recovering, or a standby, and takes no writes. Wait until it "
            "is done (select pg_is_in_recovery()), or point --database-url at the primary.",
        )
    if version < OLDEST:
        raise StoreError(
            zh=f"数据库是 PostgreSQL {version}，需要 {OLDEST} 或更新。"
            "请升级，或不给 --database-url。",
            en=f"The database is PostgreSQL {version}; {OLDEST} or later is needed. "
            "Upgrade it, or leave out --database-url.",
        )
    if encoding != "UTF8":
        raise StoreError(
            zh=f"数据库的编码是 {encoding}，需要 UTF8。"
            "请用 CREATE DATABASE … ENCODING 'UTF8' 新建。",
            en=f"The database's encoding is {encoding}; UTF8 is needed. "
            "Make one with CREATE DATABASE … ENCODING 'UTF8'.",
        )


_GIVE_UP = 2.0
"""Seconds after which the pool begins a new series of attempts; its pauses double meanwhile, and a
server that is there again is to be used at once."""

# No jit: the planner expects the worst of a look-up by hash; compiling takes longer than all of it.
# PostgreSQL's own functions first, whatever the database or the role was given to search before.
# Who is to write says so; a statement outside of any transaction cannot.
_LIMITS = """
SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', %s, false),
       set_config('timezone', 'UTC', false), set_config('jit', 'off', false),
       set_config('search_path', 'public', false),
       set_config('default_transaction_read_only', 'on', false)
"""


def _configure(connection: psycopg.Connection[TupleRow], settings: StoreSettings) -> None:
    limits = (settings.statement_timeout, settings.lock_timeout, settings.idle_timeout)
    holds_all(asks_encoded(connection))
    connection.execute(_LIMITS, [f"{round(each * 1000)}ms" for each in limits])
    connection.commit()


def _set_mode(
    connection: psycopg.Connection[TupleRow], isolation: IsolationLevel, *, read_only: bool
) -> None:
    """How the next transaction begins; saying again what holds already takes the driver time."""
    if connection.autocommit:
        connection.autocommit = False
    if connection.isolation_level is not isolation:
        connection.isolation_level = isolation
    if connection.read_only is not read_only:
        connection.read_only = read_only


def _is_alive(connection: psycopg.Connection[TupleRow]) -> bool:
    """Whether the server is there, without a round trip when the socket is quiet.

    An idle socket has nothing to read; a closed one is readable at once.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if not poll.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return False
    return True
