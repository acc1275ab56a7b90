"""Two small things that HTTP measures need: servers in processes of their own, and a client."""

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from threading import Thread
from time import perf_counter
from typing import IO

from bench.plan import HERE


@contextmanager
def served(app: str, dsn: str) -> Iterator[int]:
    """The port of `bench.serve` on one of its applications, until the block ends."""
    command = [sys.executable, "-m", "bench.serve", app, dsn]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as child:
        try:
            yield _port(child.stdout)
        finally:
            child.terminate()


def _port(said: IO[str] | None) -> int:
    line = said.readline() if said is not None else ""
    if not line.strip().isdigit():
        raise RuntimeError("the server did not start")
    return int(line)


class Client:
    """One connection that stays open; requests follow one another on it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.settimeout(30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()

    def get(self, path: str) -> bytes:
        """The body of a good answer."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return self._answer(path)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The body of a good answer to what is sent."""
        said = {"Host": "localhost", "Content-Length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self._socket.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return self._answer(path)

    def _answer(self, path: str) -> bytes:
        status = self._answers.readline().split()
        length = 0
        while (line := self._answers.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self._answers.read(length)
        if len(status) < 2 or status[1] != b"200":
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        return body


def latencies(port: int, paths: list[str]) -> list[float]:
    """Milliseconds of each request, one after the other."""
    times = []
    with closing(Client(port)) as client:
        for path in paths:
            begun = perf_counter()
            client.get(path)
            times.append((perf_counter() - begun) * 1e3)
    return times


def rate(port: int, paths: list[str], *, clients: int) -> float:
    """Requests a second, asked by several clients at once; each asks its share of the paths.

    Raises:
        RuntimeError: an answer was not good.
    """
    answered: list[int] = []

    def ask(share: list[str]) -> None:
        answered.append(len(latencies(port, share)))

    threads = [Thread(target=ask, args=(paths[at::clients],)) for at in range(clients)]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if sum(answered) != len(paths):
        raise RuntimeError("some requests were not answered")
    return len(paths) / (perf_counter() - begun)
