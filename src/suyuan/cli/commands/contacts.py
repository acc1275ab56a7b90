"""`suyuan contacts`: who a holding was in contact with, through animals coming in and going out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.questions import DAY, ISSUER, OFFSET, minutes_of, of_rest, rest_given
from suyuan.cli.root import Shared
from suyuan.cli.telling import searches_told
from suyuan.kit import Text
from suyuan.service import OPERATOR, Windows, contacts, open_platform, supposing
from suyuan.trace import contact_types

_TITLE = Text("接触", "Contacts")
_FROM = Text("{root} 的来源", "What led to {root}")
_TO = Text("{root} 的去向", "Where {root} led to")
_CONTACT = Text("接触对象", "contact")
_MOVES = Text("最少移动次数", "fewest moves")
_SPARED = Text(
    "假如那样，{root} 的上游少 {came} 家，下游少 {went} 家。",
    "If so, {root} has {came} fewer upstream and {went} fewer downstream.",
)
_NO_MORE = Text("{what}，免受波及：{names}。", "{what}, spared: {names}.")
_RISK_HEADS = (
    _CONTACT, Text("波及概率", "chance"), Text("至少", "at least"), Text("至多", "at most"),
)  # fmt: skip
_EXPECTED = Text("预计波及 {expected} 家（{how}）。", "{expected} expected to be reached ({how}).")
_UNWEIGHED = Text(
    "概率按数量比例；这些天有 {count} 次移动的来源数量不全或单位不一，按次数平分。",
    "By share of amounts; of {count:move|moves} of these days the amounts at the source are not "
    "all stated in one unit, and each counts alike.",
)
_DRAWN = Text("抽样 {draws} 次，种子 {seed}", "{draws:draw|draws}, seed {seed}")
_EXACT = Text("精确", "exact")
_MOST = 200
_KNOWN = Text("{said}。完整到第 {position} 条记录。", "{said}. Complete to entry {position}.")
_OF_PARTY = Text(
    "{root}：{count} 个场所，合为一家来算：{sites}。",
    "{root}: {count:site|sites}, counted as one: {sites}.",
)
_UNKNOWN = Text(
    "不知道的起点 {count} 个：{roots}。{why}", "{count:root|roots} unknown: {roots}. {why}"
)
_MOST_NAMED = 20
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
@click.option("--in-begin", required=True, type=DAY, help="来源时间窗起 · Coming in, from.")
@click.option("--in-end", required=True, type=DAY, help="来源时间窗止 · Coming in, until.")
@click.option("--out-begin", required=True, type=DAY, help="去向时间窗起 · Going out, from.")
@click.option("--out-end", required=True, type=DAY, help="去向时间窗止 · Going out, until.")
@click.option("--roots-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ISSUER
@OFFSET
@of_rest
@click.option("--all", "every", is_flag=True, help="所有主体 · Every holder is a root.")
@click.option(
    "--distances/--no-distances",
    default=None,
    help="列出接触对象及最少移动次数（默认：--json 且不用 --all）· Each contact, by fewest moves.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="PLACE[,FROM[,TO]]",
    help="假如关掉该处（A>B 一条路，* 全部，=编码 该货没发）· "
    "What if it were shut; A>B one way, * all moves, =CODE what moved that thing alone.",
)
@click.option(
    "--risk",
    type=click.FloatRange(0, 1),
    help="每次移动传播的概率 · The probability that a move passes it on.",
)
@click.option(
    "--draws",
    type=click.IntRange(1, supposing.MOST_DRAWS),
    default=supposing.DRAWS,
    show_default=True,
    help="抽样次数 · How many draws.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="抽样种子 · The seed of the draws.",
)
@click.option(
    "--by-share",
    is_flag=True,
    help="概率乘以该次移动占其来源发出总量的比例 · "
    "Times the share that the move carried of all that left its source.",
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
    without: tuple[str, ...],
    risk: float | None,
    draws: int,
    seed: int,
    by_share: bool,
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
                supposing=supposing.Supposing(
                    without=without, risk=risk, draws=draws, seed=seed, by_share=by_share
                ),
                advance=advance,
            )
    if as_json:
        for each in found:
            emit_json(each)
    else:
        show_table(_TITLE, _HEADS, [_row(each) for each in found], shared.lang)
        _say_roots(found, shared)
        for each in found[:1]:
            _say_known(each, shared)
        for each in found if distances else ():
            for title, hops in ((_FROM, each.ingoing), (_TO, each.outgoing)):
                rows = [[name, str(count)] for name, count in (hops or {}).items()]
                show_table(title.format(root=each.root), (_CONTACT, _MOVES), rows, shared.lang)
        for each in found:
            _suppose(each, shared)


def _suppose(each: contact_types.Contacts, shared: Shared) -> None:
    if each.without is not None:
        spared = (
            each.ingoing_contact_chain - each.without.ingoing_contact_chain,
            each.outgoing_contact_chain - each.without.outgoing_contact_chain,
        )
        say(_SPARED.format(root=each.root, came=spared[0], went=spared[1]), shared)
        names = (each.without.spared_ingoing or (), each.without.spared_outgoing or ())
        for title, some in zip((_FROM, _TO), names, strict=True):
            if some:
                say(
                    _NO_MORE.format(what=title.format(root=each.root), names=", ".join(some)),
                    shared,
                )
    if each.risk is not None:
        if each.risk.by_share:
            say(_UNWEIGHED.format(count=each.risk.unweighed), shared)
        for title, passed in ((_FROM, each.risk.ingoing), (_TO, each.risk.outgoing)):
            rows = [
                [name, *(f"{share:.4f}" for share in (one.chance, one.least, one.most))]
                for name, one in passed.contacts.items()
            ]
            show_table(title.format(root=each.root), _RISK_HEADS, rows[:_MOST], shared.lang)
            how = _DRAWN.format(draws=passed.draws, seed=each.risk.seed) if passed.draws else _EXACT
            say(_EXPECTED.format(expected=f"{passed.expected:.2f}", how=how), shared)


def _say_roots(found: list[contact_types.Contacts], shared: Shared) -> None:
    """Which roots are parties, with their sites, and of which nothing is known."""
    for each in found:
        if each.sites:
            named = _some(each.sites)
            say(_OF_PARTY.format(root=each.root, count=len(each.sites), sites=named), shared)
    unknown = [each for each in found if each.unknown is not None]
    if unknown:
        named = _some([each.root for each in unknown])
        text = _UNKNOWN.format(count=len(unknown), roots=named, why=unknown[0].unknown)
        say(text, shared)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")


def _say_known(each: contact_types.Contacts, shared: Shared) -> None:
    """How far the moves are known, which is the same for every root."""
    if each.completeness is not None:
        say(_KNOWN.format(said=each.completeness.summary, position=each.position), shared)
    for assumption in each.assumptions:
        say(assumption, shared)


def _row(each: contact_types.Contacts) -> list[str]:
    return [each.root, *(_cell(each, name) for name in _COUNTS)]


def _cell(each: contact_types.Contacts, name: str) -> str:
    """A count; where days or reports are in doubt, with at least and at most how many it may be.

    Of a root that nobody knows there is none.
    """
    if each.unknown is not None:
        return "?"
    count = getattr(each, name)
    least, most = getattr(each.certain, name, count), getattr(each.possible, name, count)
    return str(count) if least == most else f"{count} ({least}–{most})"
