"""Takes the process; gives the whole system put together: the only place that knows every face."""

import threading
from typing import TYPE_CHECKING

from suyuan.cli import Launcher, cli

if TYPE_CHECKING:  # the command line must answer before the web framework is loaded
    from litestar import Litestar

    from suyuan.service import Platform


def run() -> None:
    """The `suyuan` command."""
    cli.main(obj=Launcher(serve=serve), prog_name="suyuan")


def asgi(platform: "Platform") -> "Litestar":
    """Pages and API on one platform, as an ASGI application."""
    from suyuan import api, web  # noqa: PLC0415 -- only when serving

    return api.application(platform, faces=[web.router], page=web.problem_page)


def serve(platform: "Platform") -> None:
    """Serve until stopped; the index follows the record in a thread of its own."""
    import uvicorn  # noqa: PLC0415 -- only when serving

    from suyuan.service import keep_following  # noqa: PLC0415

    config = platform.config
    stop = threading.Event()
    follower = threading.Thread(target=keep_following, args=(platform, stop), name="follower")
    follower.start()
    try:
        uvicorn.run(
            asgi(platform),
            host=config.host,
            port=config.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        stop.set()
        follower.join()
