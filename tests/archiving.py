"""The commands of the page on points in time, run as they stand there, beside a server."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypedDict, Unpack

import psycopg

from suyuan.store import StoreSettings
from suyuan.store.binaries import find_binaries
from suyuan.store.cluster import SUPERUSER, data_version
from suyuan.store.install import runnable
from suyuan.store.options import dsn
from suyuan.store.place import Place, User, recorded_place, server_user

PAGE: Final = Path(__file__).parents[1] / "docs/howto/point-in-time.md"
ADDRESSES, SLOT, RECEIVE, COPY, WAIT, LET_GO, BACK, MOMENT, OLDER, AFTERWARDS = re.findall(
    r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
"""The blocks of the page, in their order."""


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Archive:
    """What is kept elsewhere of one server: its log as it is written, and a base copy."""

    def __init__(self, settings: StoreSettings, folder: Path) -> None:
        """`folder` is made; the server has run before."""
        self.place = _place(settings)
        self._user = server_user(self.place)
        found = find_binaries(preferred=settings.binaries, major=data_version(self.place))
        programs = runnable(found, self._user, settings).folder
        self._environment = {
            "PATH": f"{programs}:/usr/bin:/bin", "PGHOST": str(self.place.sockets),
            "PGUSER": SUPERUSER, "PGDATABASE": "postgres", "PGDATA": str(self.place.data),
            "WAL": str(folder / "wal"), "BASE": str(folder / "base"), "LC_ALL": "C",
        }  # fmt: skip
        folder.mkdir()
        os.chown(folder, self._user.uid, self._user.gid)

    def run(self, commands: str, **more: str) -> None:
        """Run a block of the page as the server's user."""
        self._run(commands, more, **_as(self._user))

    def _run(self, commands: str, more: dict[str, str], **user: Unpack[_As]) -> None:
        done = subprocess.run(
            ["bash", "-euc", commands],
            env=self._environment | more, cwd="/", capture_output=True, text=True, check=False,
            **user,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    @contextmanager
    def kept(self) -> Iterator["subprocess.Popen[bytes]"]:
        """All that the page says to keep, while the server and the block run; the receiver."""
        self.run(SLOT)
        receiver = subprocess.Popen(
            ["bash", "-euc", RECEIVE],
            env=self._environment, cwd="/", stderr=subprocess.DEVNULL, **_as(self._user),
        )  # fmt: skip
        with ExitStack() as ending:
            ending.callback(receiver.wait)
            ending.callback(receiver.terminate)
            self.run(COPY)
            self.run(WAIT)
            yield receiver

    def go_back(self, moment: str | None = None) -> None:
        """Put the base copy in the place of the data, to be brought to a moment or to the end."""
        self._run(BACK, {})
        if moment is not None:
            self._run(MOMENT, {"MOMENT": moment})

    def mark_as_older(self, log: Path) -> None:
        """Say of a copy of the log's folder that it is an older one."""
        self._run(OLDER, {"LOG": str(log)})

    def asked(self, question: str) -> str:
        """What the server answers its superuser."""
        address = dsn(self.place, role=SUPERUSER, database="postgres")
        with psycopg.connect(address, autocommit=True) as conn:
            ((answer,),) = conn.execute(question.encode()).fetchall()
        return str(answer)


def _place(settings: StoreSettings) -> Place:
    place = recorded_place(settings)
    assert place is not None
    return place


def _as(user: User) -> _As:
    if os.geteuid() != 0:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}
