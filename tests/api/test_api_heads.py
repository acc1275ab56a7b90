"""Connections on which no request comes are given up; those that are asked and answered are not."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import connect

from suyuan import api, main
from suyuan.api import TimedHeads

SECONDS = 0.4
ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Hasty(TimedHeads):
    """As served, but for how long it waits."""

    head_seconds = SECONDS


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answers later than a head may come; a listener is told as late."""
    await receive()
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await asyncio.sleep(3 * SECONDS)
        await send({"type": "websocket.send", "text": "late"})
        return
    await asyncio.sleep(2 * SECONDS)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        slow, http=Hasty, ws="websockets-sansio", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    running.join()


def closed_after(open_: socket.socket, drip: bytes = b"") -> float:
    """Seconds until the other side closes, while something comes now and then."""
    begun = time.monotonic()
    open_.settimeout(SECONDS / 8)
    for at in range(200):
        try:
            open_.sendall(drip[at : at + 1])
            if open_.recv(100) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - begun


@pytest.mark.parametrize("drip", [b"", ASK[:-4] + b"\r\nX: " + b"y" * 150])
def test_a_head_that_does_not_come_or_comes_by_letters_ends_the_connection(
    port: int, drip: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as open_:
        assert SECONDS * 0.8 <= closed_after(open_, drip) < SECONDS * 6


def test_a_late_answer_comes_and_the_next_head_is_waited_for_as_long(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as open_:
        for _ in range(2):
            open_.sendall(ASK)
            answer = b""
            while not answer.endswith(b"ok"):
                answer += open_.recv(1000)
        open_.sendall(ASK[:10])  # which ends the server's own wait between requests
        assert SECONDS * 0.8 <= closed_after(open_) < SECONDS * 6


def test_a_listener_is_no_idle_connection(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/") as listening:
        assert listening.recv(timeout=10 * SECONDS) == "late"


def test_what_is_served_waits_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[uvicorn.Server] = []

    def run(server: uvicorn.Server) -> None:
        server.started = True
        served.append(server)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(api, "configure_logs", lambda: None)  # loggers once used keep their form
    main.serve_witness(tmp_path, "127.0.0.1", 0)
    assert [each.config.http for each in served] == [TimedHeads]
    assert 5 <= TimedHeads.head_seconds <= 60
