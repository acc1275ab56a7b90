"""`suyuan reindex`: make every projection again from the record."""

import click

from suyuan.cli.output import emit_quoted, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.kit import Text
from suyuan.service import open_platform, progress, reindex

_WORK = Text("重建索引", "Reindexing")
_DONE = Text(
    "已由记录重建索引，记录共 {count} 条。",
    "Made the index again from the record of {count:entry|entries}.",
)


@click.command("reindex", help="由记录重建索引 · Make the index again from the record.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def command(shared: Shared, /, *, as_json: bool) -> None:
    """Rebuild, showing how far it is."""
    with (
        plain_errors(),
        open_platform(shared.config()) as platform,
        progress_bar(_WORK, progress(platform).head, shared.lang) as advance,
    ):
        reindex(platform, progress=advance)
        # A server may have followed most of it meanwhile: what counts is where the index stands.
        count = progress(platform).head
    if as_json:
        emit_quoted({"entries": count})
    else:
        say(_DONE.format(count=count), shared)
