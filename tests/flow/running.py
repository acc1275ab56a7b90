"""A real `suyuan serve` of one's own: started, asked over HTTP, looked into, killed."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from suyuan.store import StoreSettings
from suyuan.store.cluster import earlier_server
from suyuan.store.options import dsn
from suyuan.store.place import Place, recorded_place

SUYUAN = Path(sys.executable).parent / "suyuan"
PARTY = "urn:suyuan:uscc:91330106MA2ABCDEX7"
NO_ANSWER = (OSError, http.client.HTTPException)
"""What a client meets when the server dies: no connection, or an answer that is not whole."""


Report = Callable[[str], None]
"""Says a figure."""


class Told(NamedTuple):
    """A whole HTTP answer."""

    status: int
    body: Any


class Serving:
    """One installation in a folder, and the process that serves it while there is one."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder, self._more = folder, settings
        self._settings = StoreSettings(data_dir=folder / "pg")
        self._child: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.key = ""

    def start(self) -> None:
        """Serve; returns once it is ready, at the first time with an account to capture by."""
        with (self._folder / "serve.log").open("ab") as log:
            self._child = subprocess.Popen(
                [SUYUAN, "serve", "--port", str(self.port)],
                env=self._environment(), stdout=log, stderr=log,
            )  # fmt: skip
        self.wait_until_ready()
        self.key = self.key or self._open_account()

    def stop(self, order: int = signal.SIGTERM) -> int:
        """Stop it as a service manager or a person at the terminal does; its exit status."""
        if self._child is None:
            return 0
        self._child.send_signal(order)
        try:
            return self._child.wait(60)
        finally:
            self._child.kill()
            self._child = None

    def kill(self) -> None:
        """End the process as the kernel or a power cut would."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()
        self._child = None

    @property
    def pid(self) -> int:
        """The serving process."""
        assert self._child is not None
        return self._child.pid

    @property
    def place(self) -> Place:
        """Where the embedded PostgreSQL has its files."""
        place = recorded_place(self._settings)
        assert place is not None
        return place

    @property
    def dsn(self) -> str:
        """Where to look into the database beside the server."""
        return dsn(self.place)

    def postmaster(self) -> int:
        """PostgreSQL's first process."""
        pid = earlier_server(self.place)
        assert pid is not None
        return pid

    def backend(self) -> int:
        """The process behind one of the server's connections, a working one if there is one."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(
                "select pid from pg_stat_activity where application_name = 'suyuan'"
                " order by state = 'active' desc, backend_start limit 1"
            ).fetchone()
        assert row is not None
        return int(row[0])

    def wait_until_ready(self) -> None:
        """Until it answers that database and index are there."""

        def ready() -> bool:
            assert self._child is not None
            assert self._child.poll() is None, self.log()
            try:
                return self.ask("GET", "/readyz", timeout=5).status == 200
            except NO_ANSWER:
                return False

        assert eventually(ready, seconds=60), self.log()

    def capture(self, document: bytes, *, request_key: str, timeout: float = 120) -> Told:
        """Send a document; the answer counts only if it comes whole.

        Raises:
            OSError, http.client.HTTPException: no answer, or half of one.
        """
        headers = {
            "Content-Type": "application/ld+json",
            "Idempotency-Key": request_key,
            "GS1-Capture-Error-Behaviour": "proceed",
        }
        return self.ask("POST", "/capture", document, headers=headers, timeout=timeout)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> Told:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        known = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            connection.request(method, path, body, known | (headers or {}))
            answer = connection.getresponse()
            found = answer.read()
            return Told(answer.status, json.loads(found) if found else None)
        finally:
            connection.close()

    def log(self) -> str:
        """The end of what the server printed."""
        return (self._folder / "serve.log").read_text(errors="replace")[-4_000:]

    def command(self, *words: str) -> str:
        """Run another command on the same data; what it printed."""
        done = self.tried(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The same, be its exit status what it may."""
        return subprocess.run(
            [SUYUAN, *words],
            env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _open_account(self) -> str:
        said = self.command("account", "flow", "--party", PARTY, "--json")
        return str(json.loads(said)["key"])

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "SUYUAN" not in name}
        return {**kept, "SUYUAN_DATA_DIR": str(self._folder), **self._more}


@contextmanager
def a_home() -> Iterator[Path]:
    """A folder that every user may enter, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="suyuan-flow-")).resolve()
    made.chmod(0o755)
    yield made
    for place in list(made.rglob("place.json")):  # a closed home has its data outside
        shutil.rmtree(json.loads(place.read_bytes())["base"], ignore_errors=True)
    shutil.rmtree(made, ignore_errors=os.geteuid() != 0)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Whether it comes true in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause)
    return condition()
