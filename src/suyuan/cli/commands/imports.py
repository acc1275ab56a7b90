"""`suyuan import`: tables of other registers into the record, as events."""

from pathlib import Path
from typing import Any

import click
from msgspec import structs

from suyuan.cli.output import emit_json, plain_errors, progress_bar, say
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.service import ImportTotals, import_movements, local_capturer, open_platform
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs

_WORK = Text("导入", "Bringing in")
_DONE = Text(
    "读入 {rows} 行：接受 {accepted}，提示 {flagged}，待查 {held}，"
    "拒收 {refused}，重复 {duplicate}。",
    "Read {rows} rows: {accepted} accepted, {flagged} flagged, {held} held, {refused} refused, "
    "{duplicate} repeats.",
)
_ROW = Text("第 {row} 行：{why}{cure}", "Row {row}: {why} {cure}")
_BAD_MAP = Text(
    "“{given}” 不是 字段=列名；字段为：{fields}。",
    "'{given}' is not FIELD=COLUMN; the fields are: {fields}.",
)


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
@click.option("--read-as", type=click.Choice(list(MovementsAs)), default=MovementsAs.STOCK)
@click.option(
    "--issuer", default="register", show_default=True, help="编号的发放者 · Numbers' scope."
)
@click.option("--offset", default="+08:00", show_default=True, help="当地时区 · Local clock.")
@click.option("--unit", default="", help="数量单位（UN/CEFACT）· Unit code.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def movements(shared: Shared, /, file: Path, *, as_json: bool, **options: Any) -> None:
    """Import a table; exit with 1 if any row was refused."""
    with plain_errors(shared):
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
            say(_ROW.format(row=row, why=finding.message, cure=finding.cure), shared)
