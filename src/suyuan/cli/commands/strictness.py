"""`suyuan strictness`: whether documents are held to the published schema, or forgiven."""

import click

from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, json_option, plain_errors
from suyuan.cli.root import Shared
from suyuan.service import OPERATOR, open_platform
from suyuan.service import strictness as reading


@click.command("strictness", help="报文严格或宽松读取 · Read documents strictly, or forgive.")
@click.option(
    "--strict/--lenient", default=None, help="改为严格或宽松 · Hold to the schema, or forgive."
)
@json_option
@click.pass_obj
def command(shared: Shared, /, *, strict: bool | None, as_json: bool) -> None:
    """Switch it, if that is asked; then say how it is."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if strict is None:
            found = reading.strictness(platform, OPERATOR)
        else:
            found = reading.switch_strictness(platform, OPERATOR, strict=strict)
    if as_json:
        emit_quoted(found)
        return
    echo(found.said.pick(shared.lang))
