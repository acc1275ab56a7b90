"""`suyuan import`: tables of other registers into the record, as events."""

from pathlib import Path
from typing import Any

import click
from msgspec import structs

from suyuan.cli.commands.check import SEVERITIES
from suyuan.cli.echo import echo
from suyuan.cli.output import emit_json, plain_errors, say
from suyuan.cli.questions import ISSUER, OFFSET, minutes_of
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.codes import privacy
from suyuan.families import load_families
from suyuan.interchange import Words
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.model import Severity
from suyuan.service import (
    ImportTotals,
    TakenIn,
    check_interchange,
    check_workbook,
    follow,
    import_interchange,
    import_movements,
    import_workbook,
    local_capturer,
    open_platform,
)
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs

_WORK = Text("导入", "Bringing in")
_DONE = Text(
    "读入 {rows} 行：接受 {accepted}，提示 {flagged}，待查 {held}，"
    "拒收 {refused}，重复 {duplicate}。",
    "Read {rows:row|rows}: {accepted} accepted, {flagged} flagged, {held} held, {refused} refused, "
    "{duplicate:repeat|repeats}.",
)
_ROW = Text("第 {row} 行：{why}{cure}{law}", "Row {row}: {why} {cure}{law}")
_BAD_MAP = Text(
    "“{given}” 不是 字段=列名；字段为：{fields}。",
    "'{given}' is not FIELD=COLUMN; the fields are: {fields}.",
)
_COUNTED = ("accepted", "flagged", "held", "refused", "duplicate")
_CELL = Text("{place} {severity}：{why} {cure}{law}", "{place} {severity}: {why} {cure}{law}")
_LAW = Text("（依据：{law}）", " (By: {law})")
_NO_LAW = Text("", "")
_TAKEN = Text(
    "已记录：接受 {accepted}，提示 {flagged}，待查 {held}，拒收 {refused}，重复 {duplicate}。",
    "Recorded: {accepted} accepted, {flagged} flagged, {held} held, {refused} refused, "
    "{duplicate:repeat|repeats}.",
)
_CHECKED = Text(
    "只检查，没有记录：接受 {accepted}，提示 {flagged}，待查 {held}，拒收 {refused}。",
    "Checked, nothing recorded: {accepted} accepted, {flagged} flagged, {held} held, "
    "{refused} refused.",
)
_UNTOUCHED = Text(
    "有读不出或被拒收的，什么都没有记录。改正后再导入。",
    "Something cannot be read or is refused: nothing was recorded. Mend it, then import it again.",
)
_NOTHING = Text("文件里没有可记录的内容。", "There is nothing to record in this file.")


@click.group("import", help="导入表格 · Bring tables in as events.")
def command() -> None:
    """Hold one subcommand for each kind of table."""


@command.command("movements", help="牲畜等移动记录 CSV · A register's table of movements.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="列对应：source、destination、date、thing、quantity、kind · Which column holds what.",
)
@click.option(
    "--read-as",
    type=click.Choice([each.value for each in MovementsAs], case_sensitive=False),
    default=MovementsAs.STOCK.value,
)
@ISSUER
@OFFSET
@click.option("--unit", default="", help="数量单位（UN/CEFACT）· Unit code.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def movements(shared: Shared, /, file: Path, *, as_json: bool, **options: Any) -> None:
    """Import a table; exit with 1 if any row was refused."""
    with plain_errors():
        reading = _reading(**options)
        with open_platform(shared.config()) as platform:
            capturer = local_capturer(platform, None)
            with progress_bar(_WORK, None, shared.lang) as advance:
                totals = import_movements(platform, file, reading, capturer, progress=advance)
    _show(totals, shared, as_json=as_json)
    raise SystemExit(1 if totals.refused else 0)


def _reading(
    *, pairs: tuple[str, ...], read_as: str, issuer: str, offset: str, unit: str
) -> MovementReading:
    return MovementReading(
        columns=_columns(pairs),
        reading=MovementsAs(read_as),
        issuer=issuer,
        offset=offset,
        unit=unit,
    )


def _columns(pairs: tuple[str, ...]) -> MovementMap:
    fields = MovementMap.__struct_fields__
    named = dict(pair.partition("=")[::2] for text in pairs for pair in text.split(","))
    for field, column in named.items():
        if field not in fields or not column:
            text = _BAD_MAP.format(given=f"{field}={column}", fields=", ".join(fields))
            raise SuyuanError("movements.map", text, place="--map")
    return MovementMap(**named)


def _show(totals: ImportTotals, shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_json(totals)
    else:
        say(_DONE.format(**structs.asdict(totals)), shared)
        for row, finding in totals.findings:
            law = _law(finding.cited)
            say(_ROW.format(row=row, why=finding.message, cure=finding.cure, law=law), shared)


@command.command("workbook", help="填好的模板工作簿 · A filled workbook of `suyuan template`.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不记录 · Check only, record nothing.")
@click.option("--as", "party", default=None, help="以哪个单位报告 · The reporting party's URI.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def workbook(
    shared: Shared, /, file: Path, *, dry_run: bool, party: str | None, as_json: bool
) -> None:
    """Import a workbook; exit with 1 if something is wrong, or nothing is in it."""
    with plain_errors():
        if dry_run:
            taken = check_workbook(load_families(), file.read_bytes(), system_clock())
        else:
            with open_platform(shared.config()) as platform:
                capturer = local_capturer(platform, party, option="--as")
                taken = import_workbook(platform, file.read_bytes(), capturer)
                follow(platform)
    _tell(taken, shared, as_json=as_json, dry_run=dry_run)
    raise SystemExit(0 if taken.is_sound else 1)


@command.command("partner", help="FoodChain-Lab 或 UTX 的文件 · A file of FoodChain-Lab or UTX.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--issuer", default="fcl", show_default=True, help="编号的发放者 · Whose numbers they are."
)
@OFFSET
@click.option("--dry-run", is_flag=True, help="只检查，不记录 · Check only, record nothing.")
@click.option("--as", "party", default=None, help="以哪个单位报告 · The reporting party's URI.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def partner(
    shared: Shared,
    /,
    file: Path,
    *,
    issuer: str,
    offset: str,
    dry_run: bool,
    party: str | None,
    as_json: bool,
) -> None:
    """Import stations and deliveries; exit with 1 if something is refused, or nothing is in it."""
    with plain_errors():
        minutes_of(offset)
        words = Words(issuer=issuer, offset=offset)
        if dry_run:
            taken = check_interchange(load_families(), file.read_bytes(), words, system_clock())
        else:
            with open_platform(shared.config()) as platform:
                capturer = local_capturer(platform, party, option="--as")
                taken = import_interchange(platform, file.read_bytes(), words, capturer)
                follow(platform)
    _tell(taken, shared, as_json=as_json, dry_run=dry_run)
    raise SystemExit(0 if taken.is_sound else 1)


def _tell(taken: TakenIn, shared: Shared, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        emit_json(taken)
        return
    for each in taken.findings:
        place = f"{each.sheet}!{each.column}{each.row}"
        said = _CELL.format(
            place=place,
            severity=SEVERITIES[each.severity],
            why=each.message,
            cure=each.cure,
            law=_law(each.law),
        )
        echo(privacy.masked(said.pick(shared.lang)))
    counts = {name: taken.counts.get(name, 0) for name in _COUNTED}
    if not taken.is_sound and not any(counts.values()):
        refused = any(each.severity is Severity.REFUSE for each in taken.findings)
        say(_UNTOUCHED if refused else _NOTHING, shared)
        return
    said = _CHECKED if dry_run else _TAKEN if taken.recorded else _UNTOUCHED
    say(said.format(**counts), shared)


def _law(cited: Text | None) -> Text:
    return _NO_LAW if cited is None else _LAW.format(law=cited)
