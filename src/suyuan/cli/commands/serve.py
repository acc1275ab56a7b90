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
@click.pass_obj
def command(shared: Shared, /, *, host: str, port: int) -> None:
    """Open the platform, say where it is, and serve."""
    with plain_errors():
        port = require_free(host, port)
    with plain_errors(), open_platform(shared.config(host=host, port=port)) as platform:
        say(_OPEN.format(url=f"http://{host}:{port}/"), shared)
        shared.launcher.serve(platform)
