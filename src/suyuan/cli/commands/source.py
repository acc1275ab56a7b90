"""`suyuan source`: where reported cases most probably come from, by the flows of goods."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from suyuan.cli.flowing import NOT_OF_RECORD
from suyuan.cli.located import show_located, show_lots, show_sourced
from suyuan.cli.output import emit_json, plain_errors
from suyuan.cli.questions import AS_OF, instant, minutes_of, of_rest, rest_given
from suyuan.cli.root import Shared
from suyuan.cli.telling import rounds_told
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
    from suyuan.service import LocatedLots

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_INSPECTIONS: Final = "inspections"


class _Priors(click.Path):
    """A table, or the word that means inspections on record."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word as it is, anything else as a file that is there."""
        return value if value == _INSPECTIONS else super().convert(value, param, ctx)


_HELP = """问题源头定位 · Where cases most probably come from.

一个文件 CASES：列 place,count,thing（无 count 即 1）；流向取自记录，--thing 说明吃的是什么。
每行再写 day（购买日）和 give（前后几天），就同时按批次和产出时段推算。

One file CASES with place,count,thing (1 without a count): flows are those on record, and --thing
says what was eaten. With day (of purchase) and give (or take) in each row, lots and the weeks of
their making are weighed too.

两个文件 FLOWS CASES：流向列 source,target,amount；target 空白即在 source 售出。

Two files FLOWS CASES: flows with source,target,amount; an empty target means sold at the source.

--lots：FLOWS 列 source,window,place,day,amount（何时何地在售）；CASES 列 place,count,day,give。

--lots: FLOWS with source,window,place,day,amount (what was on sale where and when);
CASES with place,count,day,give.
"""
_USAGE = "给出 CASES，或 FLOWS 和 CASES · Give CASES, or FLOWS and CASES."
_NOT_INSPECTED = (
    "--half-life、--detection 配 --priors inspections，只用于记录 · "
    "--half-life and --detection go with --priors inspections, which is of the record."
)
_NO_LOTS = "--lots 要 FLOWS 和 CASES，不用 --reporting · --lots takes FLOWS, no --reporting."


@click.command("source", help=_HELP)
@click.argument("tables", metavar="[FLOWS] CASES", nargs=-1, required=True, type=_FILE)
@click.option("--thing", "things", multiple=True, help="吃的是什么 · What was eaten, by its code.")
@AS_OF
@of_rest
@click.option(
    "--priors",
    type=_Priors(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE|inspections",
    help="候选与权重 name,value，或记录里的检查 · Candidates, weights, or what is on record.",
)
@click.option(
    "--half-life",
    type=click.FloatRange(0, 36_500, min_open=True),
    help="检查过几天只算一半，默认 365 · Days after which one counts half, 365 if not said.",
)
@click.option(
    "--detection",
    type=click.FloatRange(0, 1, min_open=True),
    help="检查的检出率，默认 1 · How probably one finds what there is, 1 if not said.",
)
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
    shared: Shared, /, tables: tuple[Path, ...], *, lots: bool, as_json: bool, **said: Any
) -> None:
    """Print every candidate with its posterior, the most probable first."""
    with plain_errors():
        rest = rest_given(said)
        _require_fitting(len(tables), said | {"rest": rest}, lots=lots)
        if len(tables) == 1:
            _of_record(tables[0], _asked(rest=rest, **said), shared, as_json=as_json)
            return
        doubts = {name: said[name] for name in ("priors", "noise")}
        if lots:
            _print_lots(locate_lots(*tables, **doubts), shared, as_json=as_json)
            return
        found = locate_source(*tables, reporting=said["reporting"], **doubts)
    if as_json:
        emit_json(found)
    else:
        show_located(found, shared)


def _require_fitting(tables: int, said: Mapping[str, Any], *, lots: bool) -> None:
    on_record, inspected = tables == 1, said["priors"] == _INSPECTIONS
    if tables > 2:  # noqa: PLR2004 -- flows and cases
        raise click.UsageError(_USAGE)
    if lots and (on_record or said["reporting"]):
        raise click.UsageError(_NO_LOTS)
    if not on_record and (said["things"] or said["as_of"] or said["rest"]):
        raise click.UsageError(NOT_OF_RECORD)
    counted = said["half_life"] is not None or said["detection"] is not None
    if (counted and not inspected) or (inspected and not on_record):
        raise click.UsageError(_NOT_INSPECTED)


def _asked(  # noqa: PLR0913 -- one for each option
    *,
    things: tuple[str, ...],
    as_of: str | None,
    rest: resting.Rest,
    noise: float,
    priors: Path | Literal["inspections"] | None,
    reporting: Path | None,
    half_life: float | None,
    detection: float | None,
) -> SourceAsked:
    usual = SourceAsked()
    return SourceAsked(
        things=things,
        as_of=instant(as_of, minutes_of("+08:00"), "--as-of", last=True),
        rest=rest,
        noise=noise,
        priors=values_of(priors) if isinstance(priors, Path) else {},
        inspections=priors == _INSPECTIONS,
        half_life=usual.half_life if half_life is None else half_life,
        detection=usual.detection if detection is None else detection,
        reporting=values_of(reporting, most=1),
    )


def _of_record(cases: Path, asked: SourceAsked, shared: Shared, *, as_json: bool) -> None:
    lang = shared.lang
    with (
        open_platform(shared.config()) as platform,
        rounds_told(lang, quiet=as_json) as limit,
    ):
        found = locate_on_record(platform, cases_of(cases), asked, OPERATOR, lang=lang, limit=limit)
    if as_json:
        emit_json(found)
    else:
        show_sourced(found, shared)


def _print_lots(found: "LocatedLots", shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_json(found)
    else:
        show_lots(found, shared)
