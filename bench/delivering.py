"""How fast subscribers are told: events a second, and the time from the record to the receiver.

A real `suyuan serve` in a process of its own, a real receiver, real WebSockets. How long a delivery
took is counted from the event's recordTime, which the server gives when it commits, to the moment
at which the message is whole at the receiver; both are on one clock.
"""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from bench.events import documents
from bench.figures import Figure, at_least, at_most, figure
from bench.plan import Ground, Measure, database
from suyuan.kit.clock import system_clock

SUBSCRIBERS = (1, 10, 50)
DOCUMENTS, SIZE, SINGLES = 20, 100, 40
PARTY = "urn:suyuan:party:bench"
_SUYUAN = Path(sys.executable).parent / "suyuan"
_PATIENCE = 300.0
_PAUSE = 0.1
_seeds = count(1)


class Received:
    """What came to whom: how many events each was told, and how long the last ones took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, int] = {}
        self.waits: list[float] = []

    def take(self, who: str, body: bytes | str) -> None:
        """Keep a message."""
        now = system_clock()
        answer = json.loads(body)["epcisBody"]["queryResults"]["resultsBody"]
        times = [datetime.fromisoformat(each["recordTime"]) for each in answer["eventList"]]
        with self._lock:
            self._told[who] = self._told.get(who, 0) + len(times)
            self.waits.extend((now - each).total_seconds() for each in times)

    def wait_for(self, events: int, subscribers: int) -> None:
        """Wait until each was told so many events in all.

        Raises:
            TimeoutError: somebody was not, or was told more.
        """
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with self._lock:
                if [*self._told.values()] == [events] * subscribers:
                    return
            time.sleep(0.005)
        raise TimeoutError(f"{events} events were expected: {self._told}")


class Server:
    """The product as it is installed, with an account."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self._command = [
            _SUYUAN, "--data-dir", folder, "--database-url", dsn, "--allow-network", "127.0.0.0/8",
        ]  # fmt: skip
        self.port = _free_port()
        self._child = subprocess.Popen(
            [*self._command, "serve", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()
        self.key = self._account()

    def stop(self) -> None:
        """End it."""
        self._child.terminate()
        self._child.wait(60)

    def post(self, path: str, body: bytes) -> Any:
        """Send JSON; gives the answer.

        Raises:
            RuntimeError: it was not taken.
        """
        return json.loads(self._asked("POST", path, body))

    def get(self, path: str) -> bytes:
        """The JSON at an address.

        Raises:
            RuntimeError: there is none.
        """
        return self._asked("GET", path, None)

    def _asked(self, method: str, path: str, body: bytes | None) -> bytes:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as asking:
            asking.request(method, path, body, headers)
            answer = asking.getresponse()
            said = answer.read()
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
        return said

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as asking:
                    asking.request("GET", "/readyz")
                    if asking.getresponse().status == http.client.OK:
                        return
            except OSError:
                pass
            time.sleep(_PAUSE)
        raise TimeoutError("the server did not start")

    def _account(self) -> str:
        command = [*self._command, "account", "bench", "--party", PARTY, "--json"]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return str(json.loads(told.stdout)["key"])


def measure(place: Ground) -> Iterator[Figure]:
    """Each way of being told, with each number of subscribers."""
    for way in (_webhooks, _listeners):
        for subscribers in SUBSCRIBERS:
            with database(place, "delivering") as store:
                folder = place.folder / f"delivering-{next(_seeds)}"
                folder.mkdir()
                server = Server(folder, store.dsn)
                try:
                    yield from _figures(place, server, way, subscribers)
                finally:
                    server.stop()


def _figures(place: Ground, server: Server, way: "_Way", subscribers: int) -> Iterator[Figure]:
    server.post("/queries", json.dumps({"name": "all", "query": {}}).encode())
    name = f"{way.__name__[1:]}, {subscribers} subscribers"
    rates, waits = [], []
    with way(server, subscribers) as received:
        told = 0
        for _ in range(place.plan.repeat):
            sent = documents(next(_seeds), count=place.plan.of(DOCUMENTS, least=2), size=SIZE)
            begin = time.perf_counter()
            for one in sent:
                server.post("/capture", one)
            told += SIZE * len(sent)
            received.wait_for(told, subscribers)
            rates.append(subscribers * SIZE * len(sent) / (time.perf_counter() - begin))
            received.waits.clear()
            singles = documents(next(_seeds), count=place.plan.of(SINGLES, least=10), size=1)
            for one in singles:
                server.post("/capture", one)
                time.sleep(_PAUSE)
            told += len(singles)
            received.wait_for(told, subscribers)
            waits.append(_ninety_fifth(received.waits) * 1e3)
    yield figure(f"{name}: delivered", "events/s", rates, goal=at_least(_LEAST))
    yield figure(f"{name}: recorded to received, p95", "ms", waits, goal=at_most(_MOST))


_LEAST, _MOST = 500.0, 1_000.0
_Way = Callable[[Server, int], Any]


def _ninety_fifth(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]


@contextmanager
def _webhooks(server: Server, subscribers: int) -> Iterator[Received]:
    """So many subscriptions, each with an address of its own."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Take a message."""
            received.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as hook:
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        for number in range(subscribers):
            dest = f"http://127.0.0.1:{hook.server_port}/{number}"
            body = {"dest": dest, "stream": True}
            server.post("/queries/all/subscriptions", json.dumps(body).encode())
        yield received
        hook.shutdown()


@contextmanager
def _listeners(server: Server, subscribers: int) -> Iterator[Received]:
    """So many WebSockets."""
    received = Received()
    url = f"ws://127.0.0.1:{server.port}/queries/all/events?stream=true"
    headers = {"Authorization": f"Bearer {server.key}"}

    def listen(who: str, connection: ClientConnection) -> None:
        for message in connection:
            received.take(who, message)

    with ExitStack() as ending:
        for number in range(subscribers):
            opened = connect(url, additional_headers=headers, open_timeout=60, max_size=None)
            connection = ending.enter_context(opened)
            threading.Thread(target=listen, args=(str(number), connection), daemon=True).start()
        yield received


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


MEASURE = Measure(
    name="delivering", about="subscribers told, by webhook and by WebSocket", run=measure
)
