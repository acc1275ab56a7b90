"""`suyuan coverage`: which share of the cases each station, lot and delivery can explain."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import covering

_TITLE = Text(
    "能解释多少病例（{cases} 个病例，{controls} 个对照）",
    "What explains the cases ({cases:case|cases}, {controls:control|controls})",
)
_HEADS = (
    Text("编号", "ID"),
    Text("名称", "name"),
    Text("解释的病例", "cases explained"),
    Text("与对照矛盾", "controls against"),
    Text("合计", "combined"),
)
_PARTS = (
    ("stations", Text("站点", "Stations")),
    ("lots", Text("批次", "Lots")),
    ("deliveries", Text("交货", "Deliveries")),
)
_SHOWN = 20
_MORE = Text("还有 {count} 项，见 --json。", "{count} more, in --json.")
_FORGIVEN = Text("{place}：{message} {cure}", "{place}: {message} {cure}")
_HELP = """病例覆盖率 · Which share of the cases each station, lot and delivery can explain.

FILE 是 FoodChain-Lab 的 JSON 或工作簿：站点、交货、哪批用于哪批。
文件里写的权重、交叉污染和污染终止照用；--case 等再加。

FILE is a JSON or workbook of FoodChain-Lab: stations, deliveries, and which went into which.
Weights, cross and kill contamination that it states hold; --case and the others add to them.
"""


@click.command("coverage", help=_HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--case",
    "given",
    multiple=True,
    metavar="NAME[=WEIGHT]",
    help="病例所在的站点或交货；对照的权重为负 · Where a case was; a control weighs below zero.",
)
@click.option(
    "--cross", "crossed", multiple=True, help="哪里交叉污染 · Where contamination crosses."
)
@click.option("--kill", "killed", multiple=True, help="哪里污染终止 · Where contamination ends.")
@click.option(
    "--dates",
    type=click.Choice(covering.DATES),
    default="inferred",
    show_default=True,
    help="交叉污染按哪些日期 · Which dates bound what crosses.",
)
@click.option("--plain", is_flag=True, help="不用文件里写的假定 · Without what the file assumes.")
@click.option("--json", "as_json", is_flag=True, help="一行 JSON · One object on one line.")
@click.pass_obj
def command(
    shared: Shared, /, file: Path, *, given: tuple[str, ...], as_json: bool, **assumed: Any
) -> None:
    """Print what explains most, the best first."""
    with plain_errors():
        asked = covering.CoverageAsked(cases=covering.weights_typed(given), **assumed)
        found = covering.coverage_of(file.read_bytes(), asked)
    if as_json:
        emit_json(found)
        return
    for each in found.findings:
        place = f"{each.sheet}!{each.column}{each.row}"
        say(_FORGIVEN.format(place=place, message=each.message, cure=each.cure), shared)
    say(_TITLE.format(cases=found.cases, controls=found.controls), shared)
    for part, title in _PARTS:
        _show(title, getattr(found, part), shared)


def _show(title: Text, found: Sequence[covering.Explaining], shared: Shared) -> None:
    rows = [
        [each.id, each.name, f"{each.cases:.0%}", f"{each.controls:.0%}", f"{each.combined:.0%}"]
        for each in found[:_SHOWN]
    ]
    show_table(title, _HEADS, rows, shared.lang)
    if len(found) > _SHOWN:
        say(_MORE.format(count=len(found) - _SHOWN), shared)
