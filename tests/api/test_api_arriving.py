"""Bodies that do not come, or too many at once: nobody holds the server's memory by being slow."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, WebSocket, post, websocket
from websockets.sync.client import connect

from suyuan.api.arriving import Arrivals, Pace
from suyuan.api.middleware import around
from suyuan.api.problems import told
from suyuan.api.types import AnyRequest
from suyuan.kit import BusyError, SuyuanError

PACE = Pace(idle=0.4, grace=1.5, least=1_000, large=1_000, places=3, each=2)


@post("/held", request_max_body_size=1 << 20)
async def held(request: AnyRequest) -> str:
    """A body that is held whole; what is done with it takes longer than a body may idle."""
    got = len(await request.body())
    await asyncio.sleep(2 * PACE.idle)
    return str(got)


@post("/spooled", request_max_body_size=None)
async def spooled(request: AnyRequest) -> str:
    return str(sum([len(each) async for each in request.stream()]))


@websocket("/listen")
async def listen(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Those operations behind a real server."""
    app = Litestar([held, spooled, listen], exception_handlers={SuyuanError: told})
    app.asgi_handler = around(
        app.asgi_handler, {}, {}, PACE, shown=lambda _request, problem: problem
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio"))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            serving.join()


@contextmanager
def begun(port: int, size: int, path: str = "/held") -> Iterator[socket.socket]:
    """A connection on which a body of that size is announced."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
        link.sendall(head.encode())
        yield link


def drip(link: socket.socket, *, seconds: int) -> None:
    for _ in range(10 * seconds):
        link.sendall(b"x")
        time.sleep(0.1)


def answer(link: socket.socket) -> tuple[int, bytes]:
    got = link.recv(1 << 16)
    while b"\r\n\r\n" not in got or not got.partition(b"\r\n\r\n")[2]:
        got += link.recv(1 << 16)
    return int(got.split()[1]), got


def test_a_body_that_stops_coming_is_told_so_and_its_connection_ends(port: int) -> None:
    with begun(port, 900) as link:
        link.sendall(b"x" * 10)
        status, said = answer(link)
        assert status == 408
        assert b"http.late" in said
        assert "太慢".encode() in said
        assert b"too slowly" in said
        assert link.recv(1) == b""


def test_a_body_that_drips_is_ended_though_it_never_stops(port: int) -> None:
    with begun(port, 900) as link:
        begin = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(link, seconds=10)
        assert PACE.grace / 2 < time.monotonic() - begin < 8


def test_a_body_that_comes_steadily_is_taken_and_may_be_worked_at_for_long(port: int) -> None:
    with begun(port, 40_000) as link:
        for _ in range(8):
            link.sendall(b"x" * 5_000)
            time.sleep(0.25)
        status, said = answer(link)
    assert status in {200, 201}
    assert said.endswith(b"40000")


@pytest.mark.parametrize("path", ["/held", "/spooled"])
def test_of_many_large_bodies_from_one_address_few_hold_a_place(port: int, path: str) -> None:
    with ExitStack() as stack:
        links = [stack.enter_context(begun(port, 900_000, path)) for _ in range(10)]
        for link in links:
            link.sendall(b"x" * 2_000)
        statuses = [answer(link)[0] for link in links]
    few = PACE.each if path == "/held" else 10  # what is spooled holds a piece alone
    assert sorted(statuses) == [408] * few + [503] * (10 - few)
    with begun(port, 2_000) as link:
        link.sendall(b"x" * 2_000)
        assert answer(link)[0] in {200, 201}


def test_while_the_places_are_held_small_bodies_are_taken(port: int) -> None:
    with begun(port, 9_000), begun(port, 9_000), begun(port, 500) as link:
        link.sendall(b"x" * 500)
        assert answer(link)[0] in {200, 201}


def test_one_who_listens_may_be_silent_as_long_as_they_like(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/listen") as listening:
        time.sleep(PACE.grace + PACE.idle)
        listening.send("still here")
        assert listening.recv() == "still here"


CALLERS = st.sampled_from(["198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8::ffff", ""])


@given(st.lists(st.tuples(CALLERS, st.booleans()), max_size=30))
def test_places_are_never_more_than_there_are_and_all_come_back(
    order: Sequence[tuple[str, bool]],
) -> None:
    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        apart.submit(asyncio.run, come_and_go(order)).result()


async def come_and_go(order: Sequence[tuple[str, bool]]) -> None:
    """The oracle counts by network; IPv6 of one network is one caller."""
    arrivals, inside = Arrivals(PACE, time.monotonic), list[tuple[str, ExitStack]]()
    for address, leaves in order:
        if leaves and inside:
            inside.pop(0)[1].close()
            continue
        network = "2001:db8" if ":" in address else address
        held_by = [each for each, _ in inside]
        is_free = len(inside) < PACE.places and held_by.count(network) < PACE.each
        stack = ExitStack()
        assert await arrives(arrivals, address, stack) == is_free
        if is_free:
            inside.append((network, stack))
    for _, stack in inside:
        stack.close()
    for _ in range(PACE.each):
        arrivals.take("203.0.113.1")


async def arrives(arrivals: Arrivals, address: str, stack: ExitStack) -> bool:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * 2_000, "more_body": True}

    scope: Any = {"client": (address, 1) if address else None, "headers": []}
    arrival = stack.enter_context(arrivals.one(scope, receive))
    try:
        await arrival.receive()
    except BusyError:
        stack.close()
        return False
    return True
