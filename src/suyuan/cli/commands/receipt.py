"""`suyuan receipt`: what proves that something was logged, as a file to keep and to give."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.output import plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.writing import print_bytes, put
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.kit.text import Lang
from suyuan.model import Viewer
from suyuan.service import (
    OPERATOR,
    Platform,
    open_platform,
    publish,
    receipt,
    receipt_pdf,
    receipting,
    viewer_for,
)
from suyuan.tlog.receipt import chosen

_DIGITS: Final = 18
"""An event's id is a URI, so what is digits alone is a position."""

_WRITTEN: Final = Text(
    "已写入 {file}；用 suyuan verify 回执 --key … 离线核验。",
    "Written: {file}; verify the receipt offline with suyuan verify RECEIPT --key …",
)
_NONE: Final = Text(
    "没有编号（或位置）为 “{event}” 的条目，或无权查看；请核对。已依法销毁的事件，请给出它的"
    "回执文件，或其位置：不是回执上的序号（index，在分片内从 0 起），而是序号加分片的首个位置"
    "（suyuan ledger shards；不分年时为 1）。",
    "There is no event of the id, or entry at the position, '{event}', or it is not to be seen; "
    "check it. Of an event that was lawfully destroyed give the file of its receipt, or its "
    "position: that is not the index on the receipt, which counts from 0 in its shard, but that "
    "index and the first position of the shard (suyuan ledger shards; 1 if there are no years).",
)
_AT: Final = Text(
    "{file} 证明的是位置 {position} 的条目。",
    "By {file} the entry at position {position} is proven.",
)


@click.command(
    "receipt",
    help="出具事件、操作、销毁决定的存证回执 · Give the receipt of an event, an act, a decision.",
)
@click.argument("event")
@click.option("--as", "party", metavar="PARTY", help="以某单位的权限 · What this party may see.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件，默认打印 · Write it to a file instead of printing it.",
)
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, path_type=Path),
    help="另写一张带二维码的 PDF，内附回执 · Also a paper with a symbol, the receipt attached.",
)
@click.option(
    "--fields",
    multiple=True,
    metavar="NAMES",
    help="只出示这些字段，以逗号分开 · Show these fields alone, parted by commas.",
)
@click.option("--base", metavar="URL", help="二维码里的本平台网址 · The address in the symbol.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    event: str,
    *,
    party: str | None,
    output: Path | None,
    pdf: Path | None,
    fields: tuple[str, ...],
    base: str | None,
    lang: Lang,
) -> None:
    """EVENT is an event's id, or the position of an entry in the log; publish, then prove it.

    Where it is the file of a receipt, that one is reduced to --fields, without a platform; without
    --fields its position is told, and what is there is proven again.
    """
    if fields and pdf is None and Path(event).is_file():
        with plain_errors():
            _give(chosen(Path(event).read_bytes(), fields), output, shared)
        return
    with plain_errors(), open_platform(shared.config()) as platform:
        publish(platform)
        event = _position(platform, event, shared)
        viewer = viewer_for(platform, party) if party else OPERATOR
        found = _found(platform, event, viewer)
        found = chosen(found, fields) if fields else found
        if pdf is not None:
            put(pdf, receipt_pdf(platform, found, lang, base=base), "--pdf")
            say(_WRITTEN.format(file=pdf), shared)
        if output is not None or pdf is None:
            _give(found, output, shared)


def _give(found: bytes, output: Path | None, shared: Shared) -> None:
    if output is None:
        print_bytes(found)
    else:
        put(output, found, "--output")
        say(_WRITTEN.format(file=output), shared)


def _position(platform: Platform, event: str, shared: Shared) -> str:
    """What was asked for; of a receipt's file the position that the log here has its entry at."""
    try:
        data = Path(event).read_bytes() if Path(event).is_file() else None
    except OSError as error:
        raise SuyuanError("receipt.file", oserrors.why(error), event) from error
    if data is None:
        return event
    position = receipting.position_of(platform, data)
    say(_AT.format(file=event, position=position), shared)
    return str(position)


def _found(platform: Platform, event: str, viewer: Viewer) -> bytes:
    is_position = event.isascii() and event.isdigit() and len(event) <= _DIGITS
    found = (
        receipt(platform, int(event), viewer) if is_position else receipt(platform, event, viewer)
    )
    if found is None:
        raise SuyuanError("receipt.no-event", _NONE.format(event=event), "EVENT", status=404)
    return found
