"""`suyuan codes issue|list|export`: packages of codes, and their files."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.cli.telling import Advance, progress_bar
from suyuan.cli.usage import SaidError
from suyuan.cli.writing import writing_to
from suyuan.codes import making
from suyuan.kit import SuyuanError, Text, durable, unnamed
from suyuan.kit.clock import in_china
from suyuan.kit.text import Lang
from suyuan.service import (
    Code,
    For,
    Issue,
    Order,
    PackageInfo,
    listed,
    local_capturer,
    open_platform,
    package_named,
    packages,
    table,
)
from suyuan.service import (
    issue as hand_out,
)


class _Made(click.ParamType[str]):
    """A scheme whose codes an enterprise makes; one that a state body gives out says what to do."""

    name = "scheme"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,  # noqa: ARG002 -- click's signature
        ctx: click.Context | None,
    ) -> str:
        try:
            return making.structure(value).scheme
        except SuyuanError as error:
            raise SaidError(error.text, ctx) from error


class _Stem(click.Argument):
    """A stem of the scheme before it; one that is missing is told in the form that it has."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """As click does it."""
        if self.value_is_missing(value) and "scheme" in ctx.params:
            of = making.structure(ctx.params["scheme"])
            raise SaidError(_NO_STEM.format(wanted=making.stem_wanted(of)), ctx)
        return super().process_value(ctx, value)


_NO_STEM = Text("缺少参数 STEM（前段）。{wanted}", "Missing: STEM. {wanted}")
_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)

_ISSUED = Text(
    "码包 {id}：{count} 个，每个序列号 {length} 位；猜中一个的概率不超过 {odds:.1e}。",
    "Package {id}; codes: {count}; length of serials: {length}; a guess hits with probability of "
    "at most {odds:.1e}.",
)
_COUNTED = Text(
    "码包 {id}：{count} 个，从 0 开始顺序编号（没有规定最小的号），可以被猜到。",
    "Package {id}; codes: {count}; they count up from 0 (no rule sets a lowest number) and can be "
    "guessed.",
)
_WRITTEN = Text("已写入 {path}。", "Written to {path}.")
_LEFT_OUT = Text("未写入已撤回的 {count} 个码。", "Left out because they were withdrawn: {count}.")
_SECRETS = Text(
    "涂层验证码只在这个文件里，系统不保存原文。请妥善保管。",
    "The secrets under the layer are in this file alone; the system keeps none. Guard it.",
)
_SECRETS_OUT = Text(
    "有涂层验证码时要用 --out 指定文件：验证码只给这一次。",
    "With --scratch give a file with --out: the secrets are given this once.",
)
_EXISTS = Text(
    "{path} 已存在；请换一个文件名。如果是中断的发码留下的：用 suyuan codes verify 查其中一个码，"
    "没有发出的，可删去。",
    "{path} exists; choose another name. If an order that was stopped left it, suyuan codes verify "
    "with one of its codes says whether they were handed out; if not, delete it.",
)
_ISSUING = Text("发码", "Issuing codes")
_WRITING = Text("写码", "Writing codes")
_TITLE = Text("码包", "Packages")
_HEADS = (
    Text("编号", "number"),
    Text("编码体系", "scheme"),
    Text("前段", "stem"),
    Text("数量", "count"),
    Text("验证码", "secrets"),
    Text("时间", "made at"),
    Text("备注", "note"),
)

_CONTAINERS = Text("码包 {package} 的容器", "containers of package {package}")
_SHOWN = 8
"""Of a package's number, which has 36 characters, those that a list shows."""

Command = Callable[..., None]


def package_argument(command: Command) -> Command:
    """A package by the beginning of its number, or by its note."""
    return click.argument("package")(command)


def reader_option(command: Command) -> Command:
    """Who reads the table."""
    told = "excel：表头双语、长数字存为文本；program：纯文本 · For Excel and WPS, or for programs."
    kinds = click.Choice([each.value for each in For])
    return click.option(
        "--for", "reader", type=kinds, default="excel", show_default=True, help=told
    )(command)


def party_option(command: Command) -> Command:
    """Which organisation the operator at the machine acts for."""
    told = "代表的单位（规范名）· The organisation's URI."
    return click.option("--party", required=True, help=told)(command)


@click.command("issue", help="生成一包码 · Make a package of codes.")
@click.argument("scheme", type=_Made())
@click.argument("stem", cls=_Stem)
@click.argument("count", type=click.IntRange(1))
@party_option
@click.option("--expected", type=click.IntRange(0), default=0, help="预计总量 · In all, one day.")
@click.option("--checks", type=click.IntRange(0, 4), default=0, help="校验字符 · Check characters.")
@click.option("--scratch", is_flag=True, help="每个码带涂层验证码 · A secret for each code.")
@click.option("--note", default="", help="备注 · A note of your own.")
@click.option("--out", type=_FILE, help="写入 CSV 文件 · Write a CSV file.")
@reader_option
@json_option
@click.pass_obj
def issue(
    shared: Shared, /, *, party: str, out: Path | None, reader: str, as_json: bool, **order: Any
) -> None:
    """Reserve a range, and write its codes if a file is named."""
    with plain_errors():
        if order["scratch"] and out is None:
            raise SuyuanError("issuing.out", _SECRETS_OUT, "--out")
        total = order["count"] if out else None
        with (
            progress_bar(_ISSUING, total, shared.lang, quiet=as_json) as advance,
            open_platform(shared.config()) as platform,
            _opened(out) as write,
        ):
            capturer = local_capturer(platform, party)

            def keep(made: Issue, found: Iterator[Code]) -> None:
                lines = table(found, For(reader), made.secrets)
                write(_advancing(lines, advance))

            made = hand_out(platform, Order(**order), capturer, keep=keep)
    if as_json:
        emit_json(made.package)
        return
    tell(made.package, shared)
    if out is not None:
        say(_WRITTEN.format(path=out), shared)
    if made.secrets:
        say(_SECRETS, shared)


@click.command("list", help="列出码包 · List packages.")
@party_option
@json_option
@click.pass_obj
def list_(shared: Shared, /, party: str, *, as_json: bool) -> None:
    """Show the packages of a party, newest first."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = packages(platform, local_capturer(platform, party))
    if as_json:
        for package in found:
            emit_json(package)
    else:
        show_table(_TITLE, _HEADS, [_row(each, shared.lang) for each in found], shared.lang)


@click.command("export", help="导出一包码 · Write the codes of a package.")
@package_argument
@party_option
@click.option("--begin", type=click.IntRange(1), default=1, show_default=True)
@click.option("--end", type=click.IntRange(1))
@click.option("--out", type=_FILE, required=True, help="CSV 文件 · The CSV file.")
@reader_option
@click.pass_obj
def export(
    shared: Shared, /, package: str, *, party: str, begin: int, end: int | None, out: Path,
    reader: str,
) -> None:  # fmt: skip
    """Make the codes again from their package; secrets cannot be made again."""
    with (
        plain_errors(),
        progress_bar(_WRITING, None, shared.lang) as advance,
        open_platform(shared.config()) as platform,
        _opened(out) as write,
    ):
        capturer = local_capturer(platform, party)
        number = package_named(platform, package, capturer)
        found = listed(platform, number, capturer, begin=begin, end=end)
        write(_advancing(table(found.codes, For(reader)), advance))
    say(_WRITTEN.format(path=out), shared)
    if found.withdrawn:
        say(_LEFT_OUT.format(count=found.withdrawn), shared)


Write = Callable[[Iterable[str]], None]


@contextmanager
def _opened(out: Path | None) -> Iterator[Write]:
    """A new CSV file: whole and by its name before the order lasts, or nothing is handed out.

    It has no name before it is whole, so that a run that is killed leaves none of its secrets; what
    one left where the system has no such files goes. Its owner alone may read it. What goes wrong
    once it has its name leaves it there, since the order may have lasted.
    """
    if out is None:
        yield lambda _: None
        return
    _require_fresh(out)
    with writing_to(out, "--out"):
        durable.clear(out)
        with unnamed.fresh(out) as (file, name):

            def write(lines: Iterable[str]) -> None:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
                _require_fresh(out)
                name()
                _keep_name(out)

            yield write


def _keep_name(out: Path) -> None:
    """Have the name on the disk before the order lasts, or no file of that name."""
    try:
        durable.sync(out.parent)
    except OSError:
        out.unlink()
        raise


def _require_fresh(path: Path) -> None:
    if path.exists():
        raise SuyuanError("cli.exists", _EXISTS.format(path=path), "--out")


def _advancing(rows: Iterable[str], advance: Advance) -> Iterator[str]:
    for done, row in enumerate(rows):
        if done % 10_000 == 0:
            advance(done)
        yield row


def tell(package: PackageInfo, shared: Shared) -> None:
    """Say what a package has, and how well it is guarded."""
    said = _COUNTED if package.odds is None else _ISSUED
    facts = {"id": package.id, "count": package.count, "length": package.serial_length}
    say(said.format(**facts, odds=package.odds or 0.0), shared)


def _row(package: PackageInfo, lang: Lang) -> list[str]:
    note = package.note
    if package.holds and not note:
        note = _CONTAINERS.format(package=str(package.holds)[:_SHOWN]).pick(lang)
    return [
        str(package.id)[:_SHOWN],
        package.scheme,
        package.stem,
        str(package.count),
        "✓" if package.scratch else "",
        in_china(package.made_at),
        note,
    ]
