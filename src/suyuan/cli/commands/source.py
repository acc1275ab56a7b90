"""`suyuan source`: where reported cases most probably come from, by the flows of goods."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suyuan.cli.flowing import NOT_OF_RECORD, say_flows, say_truncated
from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.questions import instant, minutes_of, of_rest, rest_given
from suyuan.cli.root import Shared
from suyuan.cli.telling import rounds_told
from suyuan.kit import Text
from suyuan.service import (
    OPERATOR,
    SourceAsked,
    cases_of,
    locate_lots,
    locate_on_record,
    locate_source,
    open_platform,
    values_of,
)
from suyuan.trace import resting

if TYPE_CHECKING:
    from suyuan.network.locating import Located
    from suyuan.service import ByLot, LocatedLots

_TITLE = Text("可能的问题源头（{cases} 个病例）", "Probable sources of {cases:case|cases}")
_HEADS = (
    Text("候选", "candidate"),
    Text("后验概率", "posterior"),
    Text("先验", "prior"),
    Text("覆盖病例", "cases covered"),
    Text("仅它可解释", "only by it"),
    Text("95% 可信集", "in 95 % set"),
)
_LOT_HEADS = (Text("候选", "candidate"), Text("生产时段", "window"), Text("后验概率", "posterior"))
_SETS = Text("能解释全部病例的最小候选组：{sets}", "Smallest sets that explain every case: {sets}")
_SAMPLES = Text("最有用的下一次抽样", "What to test next")
_SAMPLE_HEADS = (Text("地点", "place"), Text("预期信息（比特）", "expected bits"))
_BY_LOT = Text("按批次记录和购买日期", "By lot records and days of purchase")
_OF_LOTS = Text("那时产出的批次", "lots made then")
_LOTS_SAID = Text(
    "按 {lots} 个写明产出日期的批次；{undated} 个没有日期，{left} 段没有可比的数量或日期，没有用。",
    "By {lots:lot|lots} with a day of making; {undated} without one, and {left:step|steps} without "
    "a day or an amount that compares, are left out.",
)
_NO_WINDOWS = Text("没有按批次推算：{why}", "Nothing is said by lots: {why}")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20


_HELP = """问题源头定位 · Where cases most probably come from.

一个文件 CASES：列 place,count,thing（无 count 即 1）；流向取自记录，--thing 说明吃的是什么。
每行再写 day（购买日）和 give（前后几天），就同时按批次和产出时段推算。

One file CASES with place,count,thing (1 without a count): flows are those on record, and --thing
says what was eaten. With day (of purchase) and give (or take) in each row, lots and the weeks of
their making are weighed too.

两个文件 FLOWS CASES：流向列 source,target,amount；target 空白即在 source 售出。

Two files FLOWS CASES: flows with source,target,amount; an empty target means sold at the source.

--lots：FLOWS 列 source,window,place,day,amount（何时何地在售）；CASES 列 place,day,give。

--lots: FLOWS with source,window,place,day,amount (what was on sale where and when);
CASES with place,day,give.
"""
_USAGE = "给出 CASES，或 FLOWS 和 CASES · Give CASES, or FLOWS and CASES."
_NO_LOTS = "--lots 要 FLOWS 和 CASES，不用 --reporting · --lots takes FLOWS, no --reporting."


@click.command("source", help=_HELP)
@click.argument("tables", metavar="[FLOWS] CASES", nargs=-1, required=True, type=_FILE)
@click.option("--thing", "things", multiple=True, help="吃的是什么 · What was eaten, by its code.")
@click.option("--as-of", help="截至发生时间 · Only flows of before then.")
@of_rest
@click.option("--priors", type=_FILE, help="候选与权重：name,value · Candidates and weights.")
@click.option("--reporting", type=_FILE, help="各地报告率：name,value · Reporting rates.")
@click.option(
    "--noise",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="与来源无关的病例比例 · Share of cases from elsewhere.",
)
@click.option("--lots", is_flag=True, help="按批次记录定位 · By records of lots on sale.")
@click.option("--json", "as_json", is_flag=True, help="一行 JSON · One object on one line.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    tables: tuple[Path, ...],
    *,
    lots: bool,
    as_json: bool,
    things: tuple[str, ...],
    as_of: str | None,
    **doubts: Any,
) -> None:
    """Print every candidate with its posterior, the most probable first."""
    if len(tables) > 2:  # noqa: PLR2004 -- flows and cases
        raise click.UsageError(_USAGE)
    on_record = len(tables) == 1
    if lots and (on_record or doubts["reporting"]):
        raise click.UsageError(_NO_LOTS)
    with plain_errors():
        rest = rest_given(doubts)
        if not on_record and (things or as_of or rest):
            raise click.UsageError(NOT_OF_RECORD)
        if on_record:
            _of_record(tables[0], things, as_of, shared, as_json=as_json, rest=rest, **doubts)
            return
        if lots:
            del doubts["reporting"]
            _print_lots(locate_lots(*tables, **doubts), shared, as_json=as_json)
            return
        found = locate_source(*tables, **doubts)
    if as_json:
        emit_json(found)
    else:
        _show(found, shared)


def _of_record(  # noqa: PLR0913 -- one for each option
    cases: Path,
    things: tuple[str, ...],
    as_of: str | None,
    shared: Shared,
    *,
    as_json: bool,
    rest: resting.Rest,
    noise: float,
    priors: Path | None,
    reporting: Path | None,
) -> None:
    asked = SourceAsked(
        things=things,
        as_of=instant(as_of, minutes_of("+08:00"), last=True),
        rest=rest,
        noise=noise,
        priors=values_of(priors),
        reporting=values_of(reporting),
    )
    lang = shared.lang
    with (
        open_platform(shared.config()) as platform,
        rounds_told(lang, quiet=as_json) as limit,
    ):
        found = locate_on_record(platform, cases_of(cases), asked, OPERATOR, lang=lang, limit=limit)
    if as_json:
        emit_json(found)
        return
    if found.truncated:
        say_truncated(shared)
    _show(found.located, shared)
    if found.by_lot is not None:
        _show_windows(found.by_lot, shared)
    elif found.no_lots is not None:
        say(_NO_WINDOWS.format(why=found.no_lots), shared)
    for assumption in found.assumptions:
        say(assumption, shared)
    say_flows(found.flows, found.left_out, found.position, shared)


def _show_windows(found: "ByLot", shared: Shared) -> None:
    rows = [
        [one.source, f"{one.since} – {one.until}", f"{one.posterior:.4f}", ", ".join(one.lots[:5])]
        for one in found.windows
    ]
    show_table(_BY_LOT, (*_LOT_HEADS, _OF_LOTS), rows, shared.lang)
    said = {"lots": found.lots, "undated": found.undated, "left": found.left_out}
    say(_LOTS_SAID.format(**said), shared)


def _print_lots(found: "LocatedLots", shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_json(found)
        return
    rows = [[name, window, f"{each:.4f}"] for name, window, each in found.windows[:_SHOWN]]
    show_table(_TITLE.format(cases=found.cases), _LOT_HEADS, rows, shared.lang)


def _show(found: "Located", shared: Shared) -> None:
    rows = [
        [
            one.name,
            f"{one.posterior:.4f}",
            f"{one.prior:.4f}",
            f"{one.covered:.0%}",
            f"{one.exclusive:.0%}",
            "✓" if one.credible else "",
        ]
        for one in found.suspects[:_SHOWN]
    ]
    show_table(_TITLE.format(cases=found.cases), _HEADS, rows, shared.lang)
    sets = " | ".join("+".join(some) for some in found.explaining) or "–"
    say(_SETS.format(sets=sets), shared)
    if found.samples:
        bits = [[name, f"{drop:.3f}"] for name, drop in found.samples]
        show_table(_SAMPLES, _SAMPLE_HEADS, bits, shared.lang)
