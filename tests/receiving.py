"""A receiver of one's own: a real HTTP server that keeps what comes and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class Got(Struct, frozen=True):
    """A message as it came, and the status that it was answered with."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def name(self) -> str:
        return self.headers["webhook-id"]

    @property
    def events(self) -> list[str]:
        """The ids of the events in it, in order."""
        told = json.loads(self.body)
        found = told["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return [event["eventID"] for event in found]


Answer = Callable[[bytes], int]


class Receiver:
    """What came so far; `answer` says what the next one is answered with."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.answer: Answer = lambda _body: 200
        self.headers: dict[str, str] = {}
        self.got: list[Got] = []
        self._lock = threading.Lock()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        status = self.answer(body)
        with self._lock:
            self.got.append(Got(headers, body, status))
        return status

    def taken(self) -> list[Got]:
        """The messages that were taken, each once however often it came; repeats must be equal."""
        kept: dict[str, Got] = {}
        with self._lock:
            got = list(self.got)
        for each in got:
            if 200 <= each.status < 300:
                first = kept.setdefault(each.name, each)
                assert first.body == each.body, "one number, two messages"
        return list(kept.values())

    def events(self) -> list[str]:
        """The events of the messages that were taken, in the order in which they came."""
        return [event for each in self.taken() for event in each.events]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(heard, body))
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
