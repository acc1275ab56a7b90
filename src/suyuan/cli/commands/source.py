"""`suyuan source`: where reported cases most probably come from, by the flows of goods."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import locate_lots, locate_source

if TYPE_CHECKING:
    from suyuan.network.locating import Located
    from suyuan.service import LocatedLots

_TITLE = Text("可能的问题源头（{cases} 个病例）", "Probable sources of {cases} cases")
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
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20


_HELP = """问题源头定位 · Where cases most probably come from.

FLOWS：CSV 或 JSON，列 source,target,amount；target 空白即在 source 售出。
CASES：列 place,count（无 count 即 1）。

FLOWS: CSV or JSON with source,target,amount; an empty target means sold at the source.
CASES: place,count (1 without a count).

--lots：FLOWS 列 source,window,place,day,amount（何时何地在售）；CASES 列 place,day,give。

--lots: FLOWS with source,window,place,day,amount (what was on sale where and when);
CASES with place,day,give.
"""


@click.command("source", help=_HELP)
@click.argument("flows", type=_FILE)
@click.argument("cases", type=_FILE)
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
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    flows: Path,
    cases: Path,
    *,
    priors: Path | None,
    reporting: Path | None,
    noise: float,
    lots: bool,
    as_json: bool,
) -> None:
    """Print every candidate with its posterior, the most probable first."""
    if lots and reporting:
        raise click.UsageError("--lots 不用 --reporting · --lots takes no --reporting.")
    with plain_errors(shared):
        if lots:
            _print_lots(
                locate_lots(flows, cases, priors=priors, noise=noise), shared, as_json=as_json
            )
            return
        found = locate_source(flows, cases, priors=priors, reporting=reporting, noise=noise)
    if as_json:
        emit_json(found)
    else:
        _show(found, shared)


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
