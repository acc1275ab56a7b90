"""`suyuan contacts`: who a holding was in contact with, through animals coming in and going out."""

from pathlib import Path
from typing import Any

import click

from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.questions import DAY, minutes_of, of_rest, rest_given
from suyuan.cli.root import Shared
from suyuan.cli.telling import searches_told
from suyuan.kit import Text
from suyuan.service import OPERATOR, Windows, contacts, open_platform
from suyuan.trace import contact_answer

_TITLE = Text("接触", "Contacts")
_FROM = Text("{root} 的来源", "What led to {root}")
_TO = Text("{root} 的去向", "Where {root} led to")
_CONTACT = Text("接触对象", "contact")
_MOVES = Text("最少移动次数", "fewest moves")
_KNOWN = Text("{said}。完整到第 {position} 条记录。", "{said}. Complete to entry {position}.")
_COUNTS = ("in_degree", "out_degree", "ingoing_contact_chain", "outgoing_contact_chain")
_HEADS = (
    Text("起点", "root"),
    Text("直接来源", "in-degree"),
    Text("直接去向", "out-degree"),
    Text("上游接触链", "ingoing chain"),
    Text("下游接触链", "outgoing chain"),
)


@click.command("contacts", help="接触链分析 · Contact chains of holdings.")
@click.argument("roots", nargs=-1)
@click.option("--in-begin", required=True, type=DAY, help="来源时间窗起。")
@click.option("--in-end", required=True, type=DAY, help="来源时间窗止。")
@click.option("--out-begin", required=True, type=DAY, help="去向时间窗起。")
@click.option("--out-end", required=True, type=DAY, help="去向时间窗止。")
@click.option("--roots-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--issuer", default="register", show_default=True, help="编号的发放者 · Numbers' scope."
)
@click.option("--offset", default="+08:00", show_default=True, help="当地时区 · Local clock.")
@of_rest
@click.option("--all", "every", is_flag=True, help="所有主体 · Every holder is a root.")
@click.option(
    "--distances/--no-distances",
    default=None,
    help="列出接触对象及最少移动次数（默认：--json 且不用 --all）· Each contact, by fewest moves.",
)
@click.option("--json", "as_json", is_flag=True, help="每个起点一行 JSON · One object a line.")
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    roots: tuple[str, ...],
    *,
    roots_file: Path | None,
    issuer: str,
    offset: str,
    every: bool,
    distances: bool | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Print degrees and chain sizes of every root, in the order given."""
    given = [*roots, *(roots_file.read_text("utf-8").split() if roots_file else ())]
    if every == bool(given):
        raise click.UsageError("给出起点，或用 --all · Name roots, or ask for --all, not both.")
    with plain_errors(), open_platform(shared.config()) as platform:
        rest = rest_given(asked)
        with searches_told(shared.lang, quiet=as_json) as advance:
            found = contacts(
                platform,
                None if every else given,
                Windows(**asked),
                OPERATOR,
                issuer=issuer,
                minutes=minutes_of(offset),
                distances=(as_json and not every) if distances is None else distances,
                rest=rest,
                advance=advance,
            )
    if as_json:
        for each in found:
            emit_json(each)
    else:
        show_table(_TITLE, _HEADS, [_row(each) for each in found], shared.lang)
        for each in found[:1]:
            _say_known(each, shared)
        for each in found if distances else ():
            for title, hops in ((_FROM, each.ingoing), (_TO, each.outgoing)):
                rows = [[name, str(count)] for name, count in (hops or {}).items()]
                show_table(title.format(root=each.root), (_CONTACT, _MOVES), rows, shared.lang)


def _say_known(each: contact_answer.Contacts, shared: Shared) -> None:
    """How far the moves are known, which is the same for every root."""
    if each.completeness is not None:
        say(_KNOWN.format(said=each.completeness.summary, position=each.position), shared)
    for assumption in each.assumptions:
        say(assumption, shared)


def _row(each: contact_answer.Contacts) -> list[str]:
    return [each.root, *(_cell(each, name) for name in _COUNTS)]


def _cell(each: contact_answer.Contacts, name: str) -> str:
    """A count; where days or reports are in doubt, with at least and at most how many it may be."""
    count = getattr(each, name)
    least, most = getattr(each.certain, name, count), getattr(each.possible, name, count)
    return str(count) if least == most else f"{count} ({least}–{most})"
