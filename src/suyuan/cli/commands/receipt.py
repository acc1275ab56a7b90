"""`suyuan receipt`: what proves that an event was recorded, as a file to keep and to give."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.output import plain_errors, say
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.service import OPERATOR, open_platform, publish, receipt, viewer_for

_WRITTEN: Final = Text(
    "回执已写入 {file}；用 suyuan verify {file} --key … 离线核验。",
    "The receipt is in {file}; verify it offline with suyuan verify {file} --key …",
)
_NONE: Final = Text(
    "没有编号为 “{event}” 的事件，或无权查看；请核对编号。",
    "There is no event of the id '{event}', or it is not to be seen; check the id.",
)


@click.command("receipt", help="出具事件的存证回执 · Give the receipt of an event.")
@click.argument("event")
@click.option("--as", "party", metavar="PARTY", help="以某单位的权限 · What this party may see.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件，默认打印 · Write it to a file instead of printing it.",
)
@click.pass_obj
def command(shared: Shared, /, event: str, *, party: str | None, output: Path | None) -> None:
    """Publish what is recorded, then give the event's receipt."""
    with plain_errors(shared), open_platform(shared.config()) as platform:
        publish(platform)
        found = receipt(platform, event, viewer_for(platform, party) if party else OPERATOR)
        if found is None:
            raise SuyuanError("receipt.no-event", _NONE.format(event=event), "EVENT", status=404)
    if output is None:
        click.echo(found.decode(), nl=False)
    else:
        output.write_bytes(found)
        say(_WRITTEN.format(file=output), shared)
