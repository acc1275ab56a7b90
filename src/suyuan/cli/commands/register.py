"""`suyuan register`: parties, sites, products, licences and documents, entered from a file."""

from pathlib import Path

import click

from suyuan.cli import usage
from suyuan.cli.commands.check import SEVERITIES
from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.writing import put
from suyuan.codes import privacy
from suyuan.families import load_families
from suyuan.kit import Text
from suyuan.service import Filings, entry_book, file_table, open_platform

_WRITTEN = Text(
    "已写出 {file}。填好后：suyuan register {file} --dry-run",
    "Wrote {file}. When it is filled in: suyuan register {file} --dry-run",
)
_CELL = Text("{place} {severity}：{why} {cure}", "{place} {severity}: {why} {cure}")
_NOTHING = Text(
    "有不能登记的内容：整份都没有登记。改正后再交。",
    "Something cannot be entered: nothing was. Mend it, then hand it in again.",
)
_SITES = Text(
    "场所有变。要让此前记录的事件按新的登记推出经手单位，请运行 suyuan reindex。",
    "Sites changed. For the holders of earlier events to go by it, run suyuan reindex.",
)
_NO_FILE = Text("请写明 FILE，或用 --template。", "Name a FILE, or say --template.")


@click.command(
    "register", help="登记主体、场所、产品、证照、单据 · Enter who is who, from a workbook or CSV."
)
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写一份空的工作簿 · Write an empty workbook to fill in.",
)
@click.option("--dry-run", is_flag=True, help="只检查，不登记 · Check it, enter nothing.")
@json_option
@click.pass_obj
def command(
    shared: Shared, /, file: Path | None, template: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    """Enter all that a file states or, if anything is wrong, nothing; exit with 1 then."""
    if template is not None:
        _write(template, shared)
    elif file is None:
        raise usage.SaidError(_NO_FILE, click.get_current_context())
    else:
        _enter(shared, file, dry_run=dry_run, as_json=as_json)


def _write(file: Path, shared: Shared) -> None:
    with plain_errors():
        put(file, entry_book(load_families()), "--template")
    say(_WRITTEN.format(file=file), shared)


def _enter(shared: Shared, file: Path, *, dry_run: bool, as_json: bool) -> None:
    with plain_errors(), open_platform(shared.config()) as platform:
        done = file_table(platform, file.read_bytes(), title=file.stem, dry_run=dry_run)
    if as_json:
        emit_quoted(done)
    else:
        _told(done, shared)
    raise SystemExit(1 if done.is_refused else 0)


def _told(done: Filings, shared: Shared) -> None:
    for each in done.findings:
        said = _CELL.format(
            place=f"{each.sheet}!{each.column}{each.row}",
            severity=SEVERITIES[each.severity],
            why=each.message,
            cure=each.cure,
        )
        echo(privacy.masked(said.pick(shared.lang)))
    say(_NOTHING if done.is_refused else done.summary, shared)
    if done.entered and any(each.kind == "sites" and each.state != "same" for each in done.filings):
        say(_SITES, shared)
