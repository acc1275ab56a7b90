"""A PostgreSQL server of our own, which lives while the process that started it lives.

Whoever holds the lock on `data_dir` owns the server: runs it as a child process, restarts it
when it dies, stops it at the end. Others join it, and one of them takes over when the owner ends.
If the owner is killed, the kernel tells the server to shut down (Linux); a server that outlived
its owner all the same is stopped by the next owner before it starts its own.
"""

import atexit
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

import psycopg
from msgspec.structs import replace

from suyuan.kit import oserrors
from suyuan.store.binaries import find_binaries
from suyuan.store.cluster import (
    clear_earlier_server,
    data_version,
    earlier_server,
    log_tail,
    make_data,
    spawn,
)
from suyuan.store.errors import StoreError
from suyuan.store.install import runnable
from suyuan.store.options import command, dsn, prepare_database
from suyuan.store.place import Place, discard_sockets, recorded_place, server_user, settle
from suyuan.store.settings import StoreSettings

_log = logging.getLogger(__name__)
_PAUSE = 0.02
_FOLLOW = 0.25
_AGAIN = 0.5
_STOP_PATIENCE = 60.0
_PIECE = 16 << 20
"""Bytes of one file of its log, as it is made where nobody asks for another size."""


@contextmanager
def embedded(settings: StoreSettings) -> "Iterator[Server]":
    """A running server on `settings.data_dir` for the length of the block.

    Raises:
        StoreError: it cannot be started or joined.
    """
    server = Server(settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Server:
    """One process's part in the embedded server: its owner, or a guest."""

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = replace(settings, data_dir=settings.data_dir.absolute())
        self._stopping = Event()
        self._decided = Event()
        self._failure: Exception | None = None
        self._place: Place | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._guard = Lock()
        self._lock: int | None = None
        # The kernel's death signal follows the thread that started the child: this one stays.
        self._thread = Thread(target=self._run, name="suyuan-postgres", daemon=True)

    @property
    def owner(self) -> bool:
        """Whether the server is this process's child."""
        return self._lock is not None

    @property
    def pid(self) -> int | None:
        """The server's process, if it is ours and runs."""
        child = self._child
        return child.pid if child is not None and child.returncode is None else None

    @property
    def lacks_room(self) -> bool:
        """Whether its disk has no room for a piece of its log, without which it cannot go on."""
        place = self._place or recorded_place(self._settings)
        if place is None:
            return False
        with suppress(OSError):
            found = [shutil.disk_usage(each).free for each in (place.data, place.data / "pg_wal")]
            return min(found) < _PIECE
        return False

    @property
    def dsn(self) -> str:
        """Where to connect now; the socket may move when another process takes over."""
        place = self._place or recorded_place(self._settings)
        if place is None:
            raise _not_answering(self._settings, None)
        return dsn(place)

    def start(self) -> None:
        """Own or join the server; returns when it answers.

        Raises:
            StoreError: it does not answer within `start_timeout`, or cannot be started.
        """
        self._make_home()
        atexit.register(self.stop)
        self._thread.start()
        answered = self._decided.wait(self._settings.start_timeout)
        if answered and self._failure is None:
            return
        self.stop()
        if isinstance(self._failure, StoreError):
            raise self._failure
        raise _not_answering(self._settings, self._place) from self._failure

    def stop(self) -> None:
        """End the server if it is ours (fast shutdown, waited for); else only leave it."""
        atexit.unregister(self.stop)
        self._stopping.set()
        self._tell_child(signal.SIGINT)
        if not self._thread.is_alive():
            return
        self._thread.join(_STOP_PATIENCE)
        if self._thread.is_alive():
            self._tell_child(signal.SIGQUIT)
            self._thread.join()

    def _make_home(self) -> None:
        home = self._settings.data_dir
        try:
            home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            os.close(os.open(home / "lock", os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            why = oserrors.why(error)
            raise StoreError(
                zh=f"不能写入数据文件夹 {home}：{why.zh}。请以它的主人运行，"
                "或用 --data-dir 指定另一个。",
                en=f"Cannot write the data folder {home}: {why.en}. Run as its owner, "
                "or name another with --data-dir.",
            ) from error
        self._settings = replace(self._settings, data_dir=home.resolve())

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._take_lock():
                    self._serve()
                else:
                    self._follow()
        except OSError as failure:  # the data folder went away
            self._give_up(failure)
        finally:
            if self._place is not None:
                discard_sockets(self._place)
            self._release_lock()

    def _take_lock(self) -> bool:
        if self._lock is None:
            handle = os.open(self._settings.data_dir / "lock", os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            self._lock = handle
        return True

    def _release_lock(self) -> None:
        if self._lock is not None:
            handle, self._lock = self._lock, None
            os.close(handle)

    def _follow(self) -> None:
        """As a guest: say once that the owner's server answers, then watch for the lock."""
        if not self._decided.is_set():
            place = recorded_place(self._settings)
            if place is not None and earlier_server(place) is not None and _answers(place):
                self._decided.set()
        self._stopping.wait(_FOLLOW if self._decided.is_set() else _PAUSE)

    def _serve(self) -> None:
        """As the owner: one life of the child, from its start to its end."""
        try:
            child = self._launch()
            self._await_answer(child)
        except Exception as failure:  # noqa: BLE001 (handed to start(), or logged and tried again)
            self._fail(failure)
            return
        self._decided.set()
        status = child.wait()
        if not self._stopping.is_set():
            _log.warning("PostgreSQL ended with status %s; starting it again", status)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = self._settings
        self._place = place = settle(settings)
        clear_earlier_server(place, patience=settings.start_timeout / 2)
        user = server_user(place)
        found = find_binaries(preferred=settings.binaries, major=data_version(place))
        binaries = runnable(found, user, settings)
        if data_version(place) is None:
            make_data(binaries, place=place, user=user)
        with self._guard:
            if self._stopping.is_set():
                raise _not_answering(settings, place)
            program = command(binaries, place, user, settings.options)
            self._child = spawn(program, place=place, user=user, on_orphaned=signal.SIGINT)
            return self._child

    def _await_answer(self, child: subprocess.Popen[bytes]) -> None:
        while not self._stopping.is_set():
            if child.poll() is not None or self._place is None:
                raise _not_answering(self._settings, self._place)
            # Read-only is one that still applies an archived log (docs/howto/point-in-time.md).
            with suppress(psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction):
                prepare_database(self._place)
                return
            time.sleep(_PAUSE)

    def _fail(self, failure: Exception) -> None:
        """At first tell start(); later keep trying, for the stores that are open."""
        self._tell_child(signal.SIGINT)
        if self._child is not None:
            self._child.wait()
        if not self._decided.is_set() and not _passes(self._place):
            self._give_up(failure)
        elif not self._stopping.is_set():
            _log.error("PostgreSQL did not start: %s", failure)
        self._stopping.wait(_AGAIN)

    def _give_up(self, failure: Exception) -> None:
        self._failure = failure
        self._stopping.set()
        self._decided.set()

    def _tell_child(self, order: signal.Signals) -> None:
        with self._guard:
            child = self._child
            if child is not None and child.returncode is None:
                with suppress(ProcessLookupError):
                    child.send_signal(order)


def _answers(place: Place) -> bool:
    try:
        with psycopg.connect(dsn(place), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _passes(place: Place | None) -> bool:
    """Whether the start failed only because sessions of a killed server are still ending."""
    fatal = [line for line in log_tail(place).splitlines() if "FATAL" in line] if place else []
    return bool(fatal) and "shared memory block" in fatal[-1]


def _not_answering(settings: StoreSettings, place: Place | None) -> StoreError:
    said = f"\n{log_tail(place)}" if place else ""
    return StoreError(
        zh=f"{settings.data_dir} 的 PostgreSQL 没有应答。请看它的日志 server.log。",
        en=f"PostgreSQL on {settings.data_dir} does not answer. See its server.log.{said}",
    )
