"""`suyuan inspections`: who most probably answers for what inspections found, and what to test."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suyuan.cli.flowing import NOT_OF_RECORD, say_flows, say_more, say_truncated
from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.questions import AS_OF, instant, minutes_of
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import OPERATOR, SourceAsked, inspecting, open_platform, values_of

if TYPE_CHECKING:
    from suyuan.network.planning import Planned

_TITLE = Text(
    "谁该负责（{tests} 次检验，{positives} 次不合格）",
    "Who answers for it ({tests:test|tests}, {positives} failed)",
)
_HEADS = (
    Text("地点", "place"),
    Text("角色", "role"),
    Text("超过限度的概率", "over the limit"),
    Text("不合格率", "rate"),
    Text("90% 区间", "90 % interval"),
    Text("应负责的不合格数", "failures due to it"),
)
_SUPPLIES, _HANDLES = Text("供应方", "supplier"), Text("经手", "handles")
_ALARMS = Text("预计误报 {count} 次。", "Expected false alarms: {count}.")
_UNTOLD = Text(
    "另有 {count} 处，这些检验说明不了什么（没有在那里检验，被检的货也不源自那里）：{names}",
    "Of {count:more place|more places} these tests say nothing (none was made there, no goods "
    "tested began there): {names}",
)
_ROUGH = Text(
    "抽样未收敛，数字粗略：写明各检验的供应方（supplier 列），或用 --thing 缩小范围，再推算一次。",
    "The drawing did not come to rest: figures are rough. Name the tests' suppliers (column "
    "supplier), or take fewer places by --thing, and ask again.",
)
_PLAN = Text("下一步在哪里检验", "What to test next")
_PLAN_HEADS = (Text("地点", "place"), Text("谁的货", "whose goods"), Text("检验数", "tests"))
_LEFT = Text(
    "未定的信息 {before} → {after} 比特；预计误判 {wrong} → {then} 处。",
    "Open, in bits: {before} → {after}; places misjudged, as expected: {wrong} → {then}.",
)
_SHOWN = 20
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_HELP = """抽检推断责任供应方 · Who answers for what inspections found.

一个文件 TESTS：列 place,tests,positives,supplier（检验数、不合格数；supplier 不知道就留空）；
流向取自记录。两个文件 FLOWS TESTS：流向列 source,target,amount。
--no-flows：没有流向，每行写明供应方。

One file TESTS with place,tests,positives,supplier (how many were tested and failed; an empty
supplier is not known): flows are those on record. Two files FLOWS TESTS: flows with
source,target,amount. --no-flows: there are none, and every row names its supplier.
"""
_USAGE = "给出 TESTS，或 FLOWS 和 TESTS · Give TESTS, or FLOWS and TESTS."


def _rate(name: str, default: float, said: str) -> Callable[..., Any]:
    share = click.FloatRange(0, 1)
    return click.option(name, type=share, default=default, show_default=True, help=said)


@click.command("inspections", help=_HELP)
@click.argument("tables", metavar="[FLOWS] TESTS", nargs=-1, required=True, type=_FILE)
@click.option("--thing", "things", multiple=True, help="哪种产品 · Which goods, by their code.")
@AS_OF
@click.option("--no-flows", is_flag=True, help="没有流向 · No flows are known.")
@_rate("--sensitivity", 1.0, "不合格品被检出的概率 · How likely a bad unit fails.")
@_rate("--specificity", 1.0, "合格品通过的概率 · How likely a good unit passes.")
@_rate("--limit", 0.1, "超过此率即该负责 · The rate that one answers for.")
@_rate("--typical", 0.05, "检验前的中位不合格率 · Median rate before any test.")
@click.option("--medians", type=_FILE, help="各地的通常不合格率：name,value · Other medians.")
@click.option(
    "--plan", "tests", type=click.IntRange(0), default=0, help="再检验几次 · Plan so many tests."
)
@click.option("--tracked", is_flag=True, help="抽样时知道供应方 · Suppliers will be known.")
@click.option("--json", "as_json", is_flag=True, help="一行 JSON · One object on one line.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    tables: tuple[Path, ...],
    *,
    things: tuple[str, ...],
    as_of: str | None,
    no_flows: bool,
    medians: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Print every place with its rate, the most probably responsible first."""
    if len(tables) > 2 - no_flows:
        raise click.UsageError(_USAGE)
    on_record = len(tables) == 1 and not no_flows
    if not on_record and (things or as_of):
        raise click.UsageError(NOT_OF_RECORD)
    with plain_errors():
        samples = inspecting.samples_of(tables[-1])
        flows = SourceAsked(
            things=things, as_of=instant(as_of, minutes_of("+08:00"), "--as-of", last=True)
        )
        asked = inspecting.InspectionAsked(medians=values_of(medians), flows=flows, **given)
        if on_record:
            with open_platform(shared.config()) as platform:
                found = inspecting.inspect_on_record(
                    platform, samples, asked, OPERATOR, lang=shared.lang
                )
        else:
            found = inspecting.inspect_tables(samples, None if no_flows else tables[0], asked)
    if as_json:
        emit_json(found)
    else:
        _show(found, shared)


def _show(given: inspecting.InspectedFlows, shared: Shared) -> None:
    found = given.found
    if given.truncated:
        say_truncated(shared)
    told = [one for one in found.places if one.told]
    rows = [
        [
            one.name,
            getattr(_SUPPLIES if one.supplies else _HANDLES, shared.lang),
            f"{one.over:.0%}",
            f"{one.mean:.1%}",
            f"{one.low:.1%} – {one.high:.1%}",
            f"{one.answers_for:.1f}",
        ]
        for one in told[:_SHOWN]
    ]
    title = _TITLE.format(tests=found.tests, positives=found.positives)
    show_table(title, _HEADS, rows, shared.lang)
    say_more(len(told) - _SHOWN, shared)
    say(_ALARMS.format(count=f"{found.false_alarms:.1f}"), shared)
    if untold := [one.name for one in found.places if not one.told]:
        say(_UNTOLD.format(count=len(untold), names=_named(untold)), shared)
    if not found.settled:
        say(_ROUGH, shared)
    if given.plan is not None:
        _show_plan(given.plan, shared)
    say_flows(given.flows, given.left_out, given.position, shared)


def _named(names: list[str]) -> str:
    return "; ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _show_plan(plan: "Planned", shared: Shared) -> None:
    rows = [[place, supplier or "–", str(count)] for place, supplier, count in plan.tests]
    show_table(_PLAN, _PLAN_HEADS, rows, shared.lang)
    said = {
        "before": f"{plan.bits_now:.1f}",
        "after": f"{plan.bits:.1f}",
        "wrong": f"{plan.misjudged_now:.1f}",
        "then": f"{plan.misjudged:.1f}",
    }
    say(_LEFT.format(**said), shared)
