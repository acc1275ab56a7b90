"""`suyuan codes import|imports|withdraw`: codes that a state body gave out, brought in and back."""

from pathlib import Path
from uuid import UUID

import click

from suyuan.cli.commands.codes_make import SCHEMES, json_option, party_option
from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.clock import CHINA, there
from suyuan.registry.types import Import
from suyuan.service import bring_in, imports, local_capturer, open_platform, withdraw

_BROUGHT = Text("已导入 {count} 个码，批号 {batch}。", "Brought in {count} codes as {batch}.")
_WITHDRAWN = Text("已撤回 {batch}；记录仍保留。", "Withdrew {batch}; it stays on file.")
_TITLE = Text("导入的码", "Codes brought in")
_HEADS = (
    Text("批号", "batch"),
    Text("单位", "party"),
    Text("编码体系", "scheme"),
    Text("首码", "first"),
    Text("数量", "count"),
    Text("与别家冲突", "disputed"),
    Text("时间", "at"),
)


@click.command("import", help="导入主管部门发放的码 · Bring in codes that a state body gave out.")
@click.argument("scheme", type=SCHEMES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@party_option
@click.pass_obj
def import_(shared: Shared, /, scheme: str, file: Path, *, party: str) -> None:
    """Take one code a line, or FIRST-LAST for ear tags: all of them or none."""
    with (
        plain_errors(shared),
        open_platform(shared.config()) as platform,
        file.open(encoding="utf-8-sig", errors="replace") as lines,
    ):
        brought = bring_in(platform, scheme, lines, local_capturer(platform, party))
    say(_BROUGHT.format(count=brought.count, batch=brought.batch), shared)


@click.command(
    "imports", help="列出导入的码和冲突 · List what was brought in, and what is disputed."
)
@json_option
@click.pass_obj
def imports_(shared: Shared, /, *, as_json: bool) -> None:
    """Show every batch that is not withdrawn, newest first."""
    with plain_errors(shared), open_platform(shared.config()) as platform:
        found = imports(platform)
    if as_json:
        for batch in found:
            emit_json(batch)
    else:
        show_table(_TITLE, _HEADS, [_row(batch) for batch in found], shared.lang)


@click.command("withdraw", help="撤回一批误导入的码 · Take back a batch brought in wrongly.")
@click.argument("batch", type=click.UUID)
@click.option("--reason", required=True, help="原因，留作记录 · Why, for the file.")
@click.pass_obj
def withdraw_(shared: Shared, /, batch: UUID, *, reason: str) -> None:
    """Keep on file that a batch no longer counts, from when and why."""
    with plain_errors(shared), open_platform(shared.config()) as platform:
        withdraw(platform, batch, reason)
    say(_WITHDRAWN.format(batch=batch), shared)


def _row(batch: Import) -> list[str]:
    return [
        str(batch.batch),
        batch.party,
        batch.scheme,
        batch.first,
        str(batch.count),
        "✗" if batch.disputed else "",
        f"{there(batch.at, CHINA):%Y-%m-%d %H:%M}",
    ]
