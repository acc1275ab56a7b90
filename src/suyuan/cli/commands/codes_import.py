"""`suyuan codes import|imports|withdraw`: codes that a state body gave out, brought in and back."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from suyuan.cli.commands.codes_make import party_option
from suyuan.cli.echo import echo
from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.cli.telling import Advance, progress_bar
from suyuan.codes import making
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.kit.text import joined
from suyuan.model import Capturer
from suyuan.registry.types import Import, Withdrawn
from suyuan.service import (
    Platform,
    bring_in,
    code_at,
    imports,
    local_capturer,
    open_platform,
    package_named,
    package_of,
    place_of,
    withdraw,
    withdraw_codes,
)

_NO_TEXT = Text(
    "{path} 不是文本清单：是 Excel 工作簿、PDF、网页、图片或别的。请用 Excel 或 WPS 打开，"
    "另存为“CSV UTF-8”，再导入。",
    "{path} is no list in text, but an Excel workbook, a PDF, a web page, a picture or the like. "
    "Open it with Excel or WPS, save it as 'CSV UTF-8', and import that.",
)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHERS: Final = (b"PK\x03\x04", b"%PDF", b"<")
_SCHEMES = click.Choice(list(making.STATE_ISSUED))
_LOOKED_AT = 1 << 20
_BRINGING = Text("导入", "Bringing in")
_WITHDRAWING = Text("撤回", "Withdrawing")
_MOST_SAID = 20
_BROUGHT = Text(
    "已导入 {count} 个码，批号 {batch}；记为 {party} 从{issuer}领到的，不是它生成的。",
    "Brought in as {batch}; codes: {count}. They are kept as given to {party} by {issuer}, and not "
    "as made by it.",
)
_WITHDRAWN = Text("已撤回 {batch}；记录仍保留。", "Withdrew {batch}; it stays on file.")
_TAKEN_BACK = Text(
    "已撤回码包 {package} 的第 {places} 个码，共 {count} 个；记录仍保留，验码的人会被告知。",
    "Withdrew codes {places} of package {package} ({count} in all); they stay on file, and "
    "who verifies one is told.",
)
_ONE_TAKEN_BACK = Text(
    "已撤回码 {code}（码包 {package} 的第 {begin} 个）；记录仍保留，验码的人会被告知。",
    "Withdrew code {code}, number {begin} of package {package}; it stays on file, and who "
    "verifies it is told.",
)
_ALL_TAKEN_BACK = Text(
    "已撤回码包 {package} 的全部 {count} 个码；记录仍保留，验码的人会被告知。",
    "Withdrew all codes of package {package} ({count}); they stay on file, and who verifies one is "
    "told.",
)
_NO_BATCH = Text(
    "导入的一批要写完整的批号；撤回码包或码，请加 --party。",
    "Write the whole number of an imported batch; for a package or a code add --party.",
)
_TITLE = Text("导入的码", "Codes brought in")
_HEADS = (
    Text("批号", "batch"),
    Text("单位", "party"),
    Text("编码体系", "scheme"),
    Text("首码", "first"),
    Text("数量", "count"),
    Text("与别家冲突", "disputed"),
    Text("时间", "at"),
)


@click.command("import", help="导入主管部门发放的码 · Bring in codes that a state body gave out.")
@click.argument("scheme", type=_SCHEMES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@party_option
@click.option("--column", default="", help="编码那一列的标题 · Heading of the codes' column.")
@click.pass_obj
def import_(shared: Shared, /, scheme: str, file: Path, *, party: str, column: str) -> None:
    """Take a list, FIRST-LAST for ear tags, or a table: all of its codes or none."""
    with (
        plain_errors(),
        progress_bar(_BRINGING, None, shared.lang) as advance,
        open_platform(shared.config()) as platform,
        file.open(encoding=_encoding(file), errors="replace") as lines,
    ):
        capturer = local_capturer(platform, party)
        read = _advancing(lines, advance)
        brought = bring_in(platform, scheme, read, capturer, column=column)
    told = {"count": brought.count, "batch": brought.batch, "issuer": brought.issuer}
    say(_BROUGHT.format(**told, party=capturer.party), shared)
    for doubt in brought.doubts:
        echo(doubt.pick(shared.lang), err=True)


def _advancing(lines: Iterable[str], advance: Advance) -> Iterator[str]:
    for done, line in enumerate(lines):
        if done % 1_000 == 0:
            advance(done)
        yield line


def _encoding(file: Path) -> str:
    """Excel in China saves CSV in GB 18030 unless told otherwise, "Unicode text" in UTF-16.

    Raises:
        SuyuanError: it is no text.
    """
    with file.open("rb") as opened:
        begin = opened.read(_LOOKED_AT)
    if begin.startswith(_UTF_16):
        return "utf-16"
    if b"\0" in begin or begin.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_OTHERS):
        raise SuyuanError("bringing.no-text", _NO_TEXT.format(path=file), "FILE")
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(begin)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


@click.command(
    "imports", help="列出导入的码和冲突 · List what was brought in, and what is disputed."
)
@json_option
@click.pass_obj
def imports_(shared: Shared, /, *, as_json: bool) -> None:
    """Show every batch that is not withdrawn, newest first."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = imports(platform)
    if as_json:
        for batch in found:
            emit_json(batch)
    else:
        show_table(_TITLE, _HEADS, [_row(batch) for batch in found], shared.lang)


@click.command("withdraw", help="撤回误发的码或误导入的一批 · Take codes back, or a batch.")
@click.argument("what")
@click.option("--reason", required=True, help="原因，留作记录 · Why, for the file.")
@click.option("--party", help="码包和码要写代表的单位 · Whose package or code it is.")
@click.option("--begin", type=click.IntRange(1), help="码包里的起始序号 · First place.")
@click.option("--end", type=click.IntRange(1), help="截止序号 · Last place.")
@click.option(
    "--all", "whole", is_flag=True, help="码包里余下的全部 · All that are left of the package."
)
@click.pass_obj
def withdraw_(
    shared: Shared, /, what: str, *, reason: str, party: str | None, begin: int | None,
    end: int | None, whole: bool,
) -> None:  # fmt: skip
    """Keep on file that codes no longer count: a package or its places, one code, or a batch."""
    with (
        plain_errors(),
        progress_bar(_WITHDRAWING, None, shared.lang),
        open_platform(shared.config()) as platform,
    ):
        if party is None:
            withdraw(platform, _batch(what), reason)
            said = _WITHDRAWN.format(batch=what)
        else:
            capturer = local_capturer(platform, party)
            number, place = _codes(platform, what, capturer)
            first, last = place or begin or 1, place or end
            gone = withdraw_codes(
                platform, number, reason, capturer, begin=first, end=last, whole=whole
            )
            said = _taken_back(platform, number, gone, capturer)
    say(said, shared)


def _batch(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise SuyuanError("bringing.batch", _NO_BATCH, "WHAT") from None


def _codes(platform: Platform, what: str, capturer: Capturer) -> tuple[UUID, int | None]:
    """A package by its number's beginning or note, or else the place of one code."""
    try:
        return package_named(platform, what, capturer), None
    except SuyuanError as error:
        if error.code != "issuing.none":
            raise
        return place_of(platform, what, capturer)


def _taken_back(
    platform: Platform, number: UUID, gone: Sequence[Withdrawn], capturer: Capturer
) -> Text:
    """What was withdrawn now: one code, some of a package, or all of it."""
    count, begin = sum(each.count for each in gone), gone[0].begin + 1
    if count == 1:
        code = code_at(platform, number, begin, capturer).code
        return _ONE_TAKEN_BACK.format(code=code, package=number, begin=begin)
    if count == package_of(platform, number, capturer).count:
        return _ALL_TAKEN_BACK.format(package=number, count=count)
    return _TAKEN_BACK.format(package=number, places=_places(gone), count=count)


def _places(gone: Sequence[Withdrawn]) -> Text:
    said = [f"{each.begin + 1}" + f"–{each.end}" * (each.count > 1) for each in gone[:_MOST_SAID]]
    names = joined(said)
    return Text(names.zh + " 等", names.en + " …") if len(gone) > _MOST_SAID else names


def _row(batch: Import) -> list[str]:
    return [
        str(batch.batch),
        batch.party,
        batch.scheme,
        batch.first,
        str(batch.count),
        "✗" if batch.disputed else "",
        in_china(batch.at),
    ]
