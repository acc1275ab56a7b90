"""`suyuan serve`: pages and API until stopped."""

import click

from suyuan.cli.output import plain_errors, say
from suyuan.cli.ports import require_free
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import open_platform

_OPEN = Text("请打开 {url}（按 Ctrl+C 停止）", "Open {url} (Ctrl+C stops it)")


@click.command("serve", help="启动网页与接口服务 · Serve pages and API until stopped.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · Address.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535))
@click.option(
    "--finish",
    default=10.0,
    show_default=True,
    envvar="SUYUAN_FINISH",
    type=click.FloatRange(3, 3600),
    help="停止时，已收到的请求至多再用几秒 · Seconds that requests have to end in when it stops.",
)
@click.option(
    "--capture-workers",
    default=1,
    show_default=True,
    envvar="SUYUAN_CAPTURE_WORKERS",
    type=click.IntRange(1, 8),
    help="同时采集几份等待的报文 · Documents that wait captured at a time, of different parties.",
)
@click.pass_obj
def command(
    shared: Shared, /, *, host: str, port: int, finish: float, capture_workers: int
) -> None:
    """Open the platform, say where it is, and serve."""
    with plain_errors():
        port = require_free(host, port)
        config = shared.config(host=host, port=port, finish=finish, capture_workers=capture_workers)
    with plain_errors(), open_platform(config) as platform:
        say(_OPEN.format(url=f"http://{host}:{port}/"), shared)
        shared.launcher.serve(platform)
