"""A small disk of PostgreSQL's own, which can be filled to its end and emptied again."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg
import pytest
from faulty import EVENTS, PATIENCE, Outcome, Workers
from scenes import AFTER, Site, order_of

from suyuan.store import StoreError, StoreSettings, errors, migrate
from suyuan.store.cluster import SUPERUSER
from suyuan.store.embedded import Server, embedded
from suyuan.store.options import dsn
from suyuan.store.place import recorded_place

ROOM: Final = 200 << 20
_MOST: Final = 2_000
"""Documents after which the last free page of any table is long used."""


@contextmanager
def small_disk(folder: Path) -> Iterator["Disk"]:
    """A disk in memory, mounted at a folder; only root may, and not everywhere."""
    folder.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=755", "tmpfs", str(folder)]
    found = shutil.which("mount") and os.geteuid() == 0
    if not found or subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        pytest.skip("not on this system: nobody may mount a small disk here")
    with ExitStack() as ending:
        ending.callback(subprocess.run, ["umount", str(folder)], check=True)
        yield Disk(folder)


class Disk:
    """A disk, and the file that takes all its room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room for another page."""
        piece = bytes(1 << 20)
        with suppress(OSError), self._filler.open("ab", buffering=0) as filler:
            while True:
                filler.write(piece)

    def make_room(self) -> None:
        """Give all of it back."""
        self._filler.unlink()


class Crowded:
    """An installation on such a disk."""

    def __init__(self, disk: Disk, server: Server, settings: StoreSettings, folder: Path) -> None:
        self.disk, self.server, self._settings = disk, server, settings
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("create database spare")
        migrate(server.dsn)
        spare = psycopg.conninfo.make_conninfo(server.dsn, dbname="spare")
        self.site = Site(server.dsn, spare, folder, many=2, settings=settings)

    def fill_data(self) -> None:
        """Record until a table cannot grow; what was acknowledged is there all the same."""
        self.disk.fill()
        assert told_of_full(self.site).code == "store.full"

    def fill_log(self) -> None:
        """Let PostgreSQL begin pieces of its log until there is no room for one, which ends it."""
        self.disk.fill()
        place = recorded_place(self._settings)
        assert place is not None
        with suppress(psycopg.OperationalError):
            with psycopg.connect(
                dsn(place, role=SUPERUSER, database="postgres"), autocommit=True
            ) as connection:
                for at in range(100):
                    connection.execute("select pg_logical_emit_message(false, 'x', %s)", [str(at)])
                    connection.execute("select pg_switch_wal()")
            pytest.fail("the log never ends")

    def answers(self) -> None:
        """Wait until the server is there."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.server.dsn).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "it does not come again"
                time.sleep(0.05)
            else:
                return

    def strike(self, workers: Workers, component: str, full: str) -> Outcome:
        """Work on a full disk; once there is room again, all must be as it must be."""
        site, target = self.site, self.site.folder / "target"
        site.clients = site.sessions()  # the server may have begun again since
        order, first = order_of(site, component, target)
        fill = {"data": self.fill_data, "log": self.fill_log}[full]
        numbers = list[int]()

        def begin() -> None:
            first()
            numbers.append(site.number)
            fill()
            numbers.append(site.number)

        try:
            done = workers.run(None, first=begin, component=component, patience=5, **order)
        finally:
            self.disk.make_room()
        self.answers()
        site.alone()
        own, last = numbers
        assert all(site.there(each) == EVENTS for each in range(own + 1, last))
        site.number = own
        AFTER[component](site, done, target)
        site.number = last
        return done


@contextmanager
def crowded(folder: Path, binaries: Path | None) -> Iterator[Crowded]:
    """A server with PostgreSQL's own settings on a small disk, and an installation there."""
    with small_disk(folder / "disk") as disk:
        settings = StoreSettings(
            data_dir=disk.folder / "pg", places=(disk.folder / "places",), binaries=binaries
        )
        with embedded(settings) as server:
            made = Crowded(disk, server, settings, folder)
            yield made
            made.site.store.close()


def told_of_full(site: Site) -> StoreError:
    """Record until one is refused; what is said of it, within two seconds and a little."""
    for _ in range(_MOST):
        begin = time.monotonic()
        try:
            site.capture()
        except (psycopg.OperationalError, StoreError) as error:
            assert time.monotonic() - begin < 2.5
            told = errors.in_midst(error) or error
            assert isinstance(told, StoreError)
            if told.retry_after is None:  # else the server ended under it
                return told
    pytest.fail("the disk has room")
