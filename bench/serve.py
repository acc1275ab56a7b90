"""Serves one application on a free port, which it prints: `python -m bench.serve NAME DSN`.

`suyuan` is the product as installed. `bare` does the look-up of `GET /identify` and nothing
else: no reading of codes, no framework, no transaction, its statement prepared.
"""

import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import psycopg
import uvicorn
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from bench.market import KNOWN, asked
from suyuan.api import configure_logs
from suyuan.kit.collector import settle
from suyuan.main import asgi
from suyuan.service import Config, Platform, on_store
from suyuan.store import StoreSettings, open_store
from suyuan.store.encoded import asks_encoded

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def bare(platform: Platform) -> App:
    """An ASGI application around one query."""

    async def ready(connection: psycopg.AsyncConnection[TupleRow]) -> None:
        asks_encoded(connection)

    pool = AsyncConnectionPool(
        platform.store.dsn,
        min_size=4,
        max_size=4,
        open=False,
        kwargs={"autocommit": True},
        configure=ready,
    )

    async def lifespan(receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            await (pool.open() if kind == "lifespan.startup" else pool.close())
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        (text,) = parse_qs(scope["query_string"].decode())["text"]
        async with pool.connection() as connection:
            cursor = await connection.execute(KNOWN, asked(platform, text))
            body = msgspec.json.encode(await cursor.fetchall())
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def _log_to_nobody() -> None:
    """Each request is still logged, as it is when installed, but nobody wants to read it here."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nobody, stream.fileno())
    os.close(nobody)


def main(name: str, dsn: str) -> None:
    """Serve until told to end."""
    settle()  # as the product does, for both
    configure_logs()
    # With the protocol named, as by host and port: only then asyncio turns Nagle's delay off.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # who asks while the application still starts, waits
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        platform = on_store(store, Config(data_dir=Path()))
        app = bare(platform) if name == "bare" else asgi(platform)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        print(listening.getsockname()[1], flush=True)
        _log_to_nobody()
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
