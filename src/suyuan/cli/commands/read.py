"""`suyuan read`: the codes in photos and PDFs, and what each of them is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from suyuan.cli.looking import say_not_looked_up
from suyuan.cli.output import emit_json, outcome, plain_errors, say, show_table, tell
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.kit.clock import CHINA, system_clock, there
from suyuan.kit.text import counted
from suyuan.service import OPERATOR, ReadCode, open_platform, read, reading

_HEADS = (
    Text("页", "page"),
    Text("码制", "symbology"),
    Text("内容", "text"),
    Text("编码体系", "scheme"),
    Text("规范名", "canonical"),
    Text("校验", "check"),
    Text("记录", "known"),
)
_TITLE = Text("{path} 里的码", "Codes in {path}")
_NOTHING = Text(
    "{path}：没有读到码；请拍得近一些、平一些、亮一些。",
    "{path}: no code was read; take the picture closer, flatter, brighter.",
)
_GONE = Text(
    "没有这个文件；请核对路径和文件名。",
    "There is no such file; check the folder and the name.",
)
_CLOSED = Text("打不开这个文件：{why}。", "The file cannot be opened: {why}.")
_UNREAD: Final = 2
_Read = Callable[[bytes], list[ReadCode]]


@click.command("read", help="识别照片和 PDF 里的码 · Read the codes in photos and PDFs.")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="每张图一行 JSON · One JSON array a line.")
@click.pass_obj
def command(shared: Shared, /, pictures: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the codes of each picture; exit: 1 if one has none, 2 if one cannot be read."""
    status = 0
    with plain_errors(), _reading(shared) as reads:
        for path in pictures:
            codes = _read(reads, path)
            status = max(status, _UNREAD if codes is None else int(not codes))
            if codes is not None:
                _show(path, codes, shared, as_json=as_json)
            elif as_json:
                emit_json([])
    raise SystemExit(status)


@contextmanager
def _reading(shared: Shared) -> Iterator[_Read]:
    """What reads a picture: with what the record knows, or where there is none, by codes alone."""
    if not shared.has_database():
        say_not_looked_up(shared)
        hosts, today = shared.hosts(), there(system_clock(), CHINA).date()
        yield lambda data: reading.read_alone(data, hosts, on=today)
        return
    with open_platform(shared.config()) as platform:
        yield lambda data: read(platform, data, OPERATOR)


def _show(path: Path, codes: list[ReadCode], shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_json(codes)
    elif codes:
        title = _TITLE.format(path=path)
        show_table(title, _HEADS, [_row(code, shared) for code in codes], shared.lang)
        for doubt in dict.fromkeys(each.found.doubt for each in codes if each.found.doubt):
            say(doubt, shared)
    else:
        say(_NOTHING.format(path=path), shared)


def _read(reads: _Read, path: Path) -> list[ReadCode] | None:
    """The codes of one file; None, and an error that names it, if it cannot be read."""
    try:
        return reads(path.read_bytes())
    except FileNotFoundError:
        tell(SuyuanError("picture.file", _GONE, str(path)))
    except OSError as error:
        closed = _CLOSED.format(why=oserrors.with_cure(error))
        tell(SuyuanError("picture.file", closed, str(path)))
    except SuyuanError as error:
        tell(SuyuanError(error.code, error.text, str(path)))
    return None


def _row(code: ReadCode, shared: Shared) -> list[str]:
    best = code.readings[0] if code.readings else None
    known = best.known if best else None
    return [
        str(code.found.page),
        code.found.symbology,
        code.found.text,
        best.name.pick(shared.lang) if best else "",
        best.canonical if best else "",
        "" if best is None else outcome(best).pick(shared.lang),
        counted(known.events, "条", "event", "events").pick(shared.lang) if known else "",
    ]
