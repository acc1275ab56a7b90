"""Takes the process; gives the whole system put together: the only place that knows every face."""

import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from suyuan.cli import Launcher, cli
from suyuan.kit.collector import settle

_CONNECTIONS: Final = 1000
"""Connections at once, those of listeners included; whoever asks beyond them is answered 503.

Each holds no more than a piece of what it sends, and systems let a process have 1024 files open.
"""

_NOT_STARTED: Final = 3
"""The exit status where the address could not be listened on."""

_AWAITED: Final = 2.0
"""Seconds after which, once it is to stop, nobody waits any more for who may be away for ever."""

_AGAIN: Final = 0.5
"""Seconds until those are looked for again who came to wait meanwhile."""

_TELLING: Final = 1.0
"""Seconds before the end of its time in which a request that is cut off is still told so."""

_WITNESS_ENDS: Final = 3.0
"""Seconds in which a witness answers once it is to stop; it does nothing that takes longer."""

_FOLLOWED: Final = 1.0
"""Seconds that followers have after that: what they leave undone, the next start does."""

if TYPE_CHECKING:  # the command line must answer before the web framework is loaded
    from litestar import Litestar

    from suyuan.service import Platform


def run() -> None:
    """The `suyuan` command."""
    _compute_in_one_thread()
    settle()
    cli.main(obj=Launcher(serve=serve, witness=serve_witness), prog_name="suyuan")


def _compute_in_one_thread() -> None:
    """Let the libraries of linear algebra compute in the thread that asks; before one is loaded.

    OpenBLAS, which numpy brings, starts a thread for every processor but one as it is loaded, with
    40 MB of address space each. On matrices of some hundred rows they wait for one another: on two
    busy processors the rates of 300 suppliers took 0.4 s in one thread and 2.3 s in two. What the
    environment says stands.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 -- here is main


def asgi(platform: "Platform") -> "Litestar":
    """Pages and API on one platform, as an ASGI application."""
    from suyuan import api, web  # noqa: PLC0415 -- only when serving

    return api.application(platform, faces=[web.router], page=web.problem_page, drawn=web.drawn)


def serve(platform: "Platform") -> None:
    """Serve until stopped; index, log and messages have a thread each, documents that wait some.

    SIGINT and SIGTERM both end it in order: requests answered, followers and database stopped. What
    is at work has `Config.finish` seconds to end. Only for two of them it waits for who may be away
    for ever, such as a copy of the database elsewhere, a witness or a receiver: what waits for them
    is not acknowledged, and is begun again at the next start.
    """
    from suyuan.api import configure_logs  # noqa: PLC0415 -- only when serving
    from suyuan.service import (  # noqa: PLC0415
        keep_following,
        keep_notifying,
        keep_publishing,
        networking,
        waiting,
    )

    configure_logs()
    config = platform.config
    stop = threading.Event()
    followers = [
        threading.Thread(target=work, args=(platform, stop), name=work.__name__, daemon=True)
        for work in (
            keep_following,
            keep_publishing,
            keep_notifying,
            networking.keep_network,
            *[waiting.keep_capturing] * config.capture_workers,
        )
    ]
    # uvicorn raises the signal again once it has stopped; by default that would end us on the
    # spot, and leave the database to end by itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for each in followers:
        each.start()

    def end(answered: threading.Event) -> None:
        _let_go(platform, stop, answered)

    try:
        _listen(asgi(platform), config.host, config.port, within=config.finish, end=end)
    finally:
        stop.set()
        platform.store.abandon()
        _join(followers)


def _let_go(platform: "Platform", stop: threading.Event, answered: threading.Event) -> None:
    """Until all is answered, end by and by what does not end by itself.

    First who waits for somebody elsewhere; when its time is over, everybody.
    """
    until = time.monotonic() + platform.config.finish - _TELLING
    answered.wait(_AWAITED)
    stop.set()
    while not answered.is_set() and time.monotonic() < until:
        platform.store.let_go()
        answered.wait(_AGAIN)
    platform.store.abandon()


def _join(followers: Iterable[threading.Thread]) -> None:
    """Wait until they have ended, but not for ever."""
    until = time.monotonic() + _FOLLOWED
    for each in followers:
        each.join(max(until - time.monotonic(), 0))


def serve_witness(folder: Path, host: str, port: int) -> None:
    """Serve a witness until stopped; it needs no database."""
    from suyuan.api import configure_logs, witness_application  # noqa: PLC0415 -- only when serving

    configure_logs()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _listen(witness_application(folder), host, port, within=_WITNESS_ENDS)


def _listen(
    app: "Litestar",
    host: str,
    port: int,
    *,
    within: float,
    end: Callable[[threading.Event], None] = lambda _: None,
) -> None:
    """Answer until told to stop, and then no longer than `within` seconds.

    `end` runs beside that from then on, and returns once its event says that all is answered.
    """
    import uvicorn  # noqa: PLC0415 -- only when serving

    from suyuan.api import TimedHeads  # noqa: PLC0415

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            answered = threading.Event()
            ending = threading.Thread(target=end, args=(answered,), daemon=True)
            ending.start()
            await super().shutdown(sockets)
            answered.set()
            ending.join()  # before the threads of requests are waited for

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(within),
        limit_concurrency=_CONNECTIONS,
        http=TimedHeads,
        ws="websockets-sansio",
        ws_max_size=64 << 10,  # listeners have nothing to say
    )
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_NOT_STARTED)
