"""`suyuan contacts`: who a holding was in contact with, through animals coming in and going out."""

from datetime import date, datetime
from pathlib import Path

import click

from suyuan.cli.output import emit_json, plain_errors, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import OPERATOR, Windows, contacts, open_platform

_TITLE = Text("接触", "Contacts")
_HEADS = (
    Text("起点", "root"),
    Text("直接来源", "in-degree"),
    Text("直接去向", "out-degree"),
    Text("上游接触链", "ingoing chain"),
    Text("下游接触链", "outgoing chain"),
)


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime) -> date:
    return value.date()


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("contacts", help="接触链分析 · Contact chains of holdings.")
@click.argument("roots", nargs=-1)
@click.option("--in-begin", required=True, type=_DAY, callback=_day, help="来源时间窗起。")
@click.option("--in-end", required=True, type=_DAY, callback=_day, help="来源时间窗止。")
@click.option("--out-begin", required=True, type=_DAY, callback=_day, help="去向时间窗起。")
@click.option("--out-end", required=True, type=_DAY, callback=_day, help="去向时间窗止。")
@click.option("--roots-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--issuer", default="register", show_default=True, help="编号的发放者 · Numbers' scope."
)
@click.option("--offset", default="+08:00", show_default=True, help="当地时区 · Local clock.")
@click.option("--json", "as_json", is_flag=True, help="每个起点一行 JSON · One object a line.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    roots: tuple[str, ...],
    *,
    roots_file: Path | None,
    issuer: str,
    offset: str,
    as_json: bool,
    **days: date,
) -> None:
    """Print degrees and chain sizes of every root, in the order given."""
    given = [*roots, *(roots_file.read_text().split() if roots_file else ())]
    with plain_errors(shared), open_platform(shared.config()) as platform:
        windows = Windows(**days)
        found = contacts(platform, given, windows, OPERATOR, issuer=issuer, offset=offset)
    rows = [
        (
            root,
            each.in_degree,
            each.out_degree,
            each.ingoing_contact_chain,
            each.outgoing_contact_chain,
        )
        for root, each in zip(given, found, strict=True)
    ]
    if as_json:
        names = ("root", "inDegree", "outDegree", "ingoingContactChain", "outgoingContactChain")
        for row in rows:
            emit_json(dict(zip(names, row, strict=True)))
    else:
        show_table(_TITLE, _HEADS, [[str(cell) for cell in row] for row in rows], shared.lang)
