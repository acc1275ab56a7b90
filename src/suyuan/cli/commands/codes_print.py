"""`suyuan codes print`: labels of a package, as files; the print run is kept."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from suyuan.cli.commands.codes_make import package_argument, party_option
from suyuan.cli.echo import echo
from suyuan.cli.label_files import require_free, write
from suyuan.cli.output import emit_json, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.labels import DESIGNS, Format, ProduceCertificate
from suyuan.labels.types import Kind
from suyuan.model import Capturer
from suyuan.service import (
    MOST_LABELS,
    Content,
    PackageInfo,
    Platform,
    Printed,
    PrintedBefore,
    PrintOrder,
    local_capturer,
    open_platform,
    package_named,
    package_of,
    print_labels,
    printed_before,
    require_printable,
)

_FORMATS = click.Choice([form.value for form in Format])
_KINDS = click.Choice([kind.value for kind in Kind])
_ONE_WRITTEN = Text(
    "已印 {labels}到 {first}，已登记为 {run}。",
    "Printed {labels} to {first}; the run is kept as {run}.",
)
_WRITTEN = Text(
    "已印 {labels}到 {first} … {last}（{files} 个文件），已登记为 {run}。",
    "Printed {labels} to {first} … {last} ({files:file|files}); the run is kept as {run}.",
)
_LABELS = Text("{count} 张", "{count:label|labels}")
_LABEL = Text("1 张", "1 label")
_BEFORE = Text(
    "注意：第 {places} 个码（{codes}）以前印过 {times}，最近一次 {last}；这次印的是重复的标签。",
    "Note: codes {places} ({codes}) were printed before, {times}, the last time at {last}; these "
    "labels repeat them.",
)
_ONE_BEFORE = Text(
    "注意：第 {places} 个码（{codes}）以前印过 {times}，最近一次 {last}；这次印的是重复的标签。",
    "Note: code {places} ({codes}) was printed before, {times}, the last time at {last}; this "
    "label repeats it.",
)
_ONCE = Text("1 批", "in 1 run")
_TIMES = Text("{count} 批", "in {count:run|runs}")
_AND_MORE = Text(
    "还有 {count} 段以前印过。", "{count:more range was|more ranges were} printed before."
)
_MOST_SAID = 20
_OPENS = Text("扫码打开 {base}。", "A scan opens {base}.")
_CERTIFICATE = Text(
    "“{given}” 不是 FIELD=内容；FIELD 可以是：{fields}；收购人再混装的写 purchaser=yes。",
    "'{given}' is not FIELD=VALUE; the fields are: {fields}; of a purchaser purchaser=yes.",
)
_PRINTING = Text("印标签", "Printing")
_DAY = Text(
    "“{given}” 不是 年-月-日；例如：{example}。", "'{given}' is no YYYY-MM-DD like {example}."
)
_FIELDS = ("product", "quantity", "origin", "subject", "contact", "day", "basis", "purchaser")


@click.command("print", help="印标签 · Print labels: PDF, SVG, PNG or ZPL.")
@package_argument
@party_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="文件或文件夹 · Where.")
@click.option("--begin", type=click.IntRange(1), default=1, show_default=True)
@click.option("--end", type=click.IntRange(1))
@click.option(
    "--design",
    type=click.Choice(list(DESIGNS)),
    default=None,
    help="缺省按编码体系 · By the scheme if not given.",
)
@click.option("--format", "form", type=_FORMATS, default="pdf", show_default=True)
@click.option(
    "--symbol",
    "symbols",
    type=_KINDS,
    multiple=True,
    help="缺省：SSCC 为 gs1-128，其余 qr · By the scheme if not given.",
)
@click.option(
    "--content",
    type=click.Choice([each.value for each in Content]),
    default=Content.LINK.value,
    show_default=True,
    help="商品二维码（GB/T 33993）装什么：数字链接、单元数据串、厂商网址 · What the QR code holds.",
)
@click.option("--base", default="", help="扫码打开的网址 · Host that a phone opens.")
@click.option("--heading", default="", help="标题（如品名）· Heading, e.g. the product.")
@click.option(
    "--line", "lines", multiple=True, help="一行文字，可多次 · A line of text, repeatable."
)
@click.option(
    "--certificate", "pairs", multiple=True, metavar="FIELD=VALUE",
    help="印成承诺达标合格证：product、quantity、origin、subject、contact、day、basis · "
    "Print the produce certificate.",
)  # fmt: skip
@click.option(
    "--certificate-lang", "lang", type=click.Choice(["zh", "en"]), default="zh",
    show_default=True, help="合格证的文字 · What the certificate is written in.",
)  # fmt: skip
@click.option("--variety", default="", help="种子品种名称 · The seed's variety.")
@click.option("--maker", default="", help="种子生产经营者 · The seed's producer.")
@click.option("--dpi", type=click.Choice(["203", "300", "600"]), default="203", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def print_(
    shared: Shared, /, package: str, *, party: str, out: Path, as_json: bool, **asked: Any
) -> None:
    """Draw the labels and write the files; what was written is kept as printed."""
    with plain_errors():
        require_free(out)
        order = _order(**asked)
        with (
            progress_bar(_PRINTING, None, shared.lang, quiet=as_json) as advance,
            open_platform(shared.config()) as platform,
        ):
            capturer = local_capturer(platform, party)
            whole = package_of(platform, package_named(platform, package, capturer), capturer)
            runs = _runs(platform, whole, order, capturer, out, shared)
            for printed, paths in runs:
                advance(printed.run.end - order.begin + 1)
                if as_json:
                    emit_json(printed.run)
                else:
                    _tell(printed, paths, shared)


def _warn(again: Sequence[PrintedBefore], shared: Shared) -> None:
    """Say on stderr which of the codes were printed before."""
    for each in again[:_MOST_SAID]:
        one = each.begin == each.end
        text = (_ONE_BEFORE if one else _BEFORE).format(
            places=each.begin if one else f"{each.begin}–{each.end}",
            codes=each.first if one else f"{each.first} … {each.last}",
            times=_ONCE if each.runs == 1 else _TIMES.format(count=each.runs),
            last=in_china(each.at),
        )
        echo(text.pick(shared.lang), err=True)
    if len(again) > _MOST_SAID:
        more = _AND_MORE.format(count=len(again) - _MOST_SAID)
        echo(more.pick(shared.lang), err=True)


def _runs(
    platform: Platform, package: PackageInfo, order: PrintOrder, capturer: Capturer, out: Path,
    shared: Shared,
) -> Iterator[tuple[Printed, list[Path]]]:  # fmt: skip
    """Of more labels than a run has several runs, each kept and written before the next."""
    require_printable(platform, package.id, order.begin, order.end, capturer)
    again = printed_before(platform, package.id, order.begin, order.end, capturer)
    end = package.count if order.end is None else order.end
    begins = range(order.begin, max(end, order.begin) + 1, MOST_LABELS)
    paths: list[Path] = []

    def keep(printed: Printed) -> None:
        paths[:] = write(replace(printed, apart=len(begins) > 1), out)

    for begin in begins:
        last = end if begin == begins[-1] else begin + MOST_LABELS - 1
        part = replace(order, begin=begin, end=last)
        printed = print_labels(platform, package.id, part, capturer, most_dots=None, keep=keep)
        if begin == begins[0]:  # what is refused repeats no label
            _warn(again, shared)
        yield printed, paths


def _order(
    *, form: str, design: str | None, symbols: tuple[str, ...], content: str, dpi: str,
    pairs: tuple[str, ...], **rest: Any,
) -> PrintOrder:  # fmt: skip
    return PrintOrder(
        format=Format(form), design=design or "", symbols=tuple(map(Kind, symbols)),
        content=Content(content), dpi=int(dpi),
        certificate=_certificate(pairs) if pairs else None, **rest,
    )  # fmt: skip


def _certificate(pairs: tuple[str, ...]) -> ProduceCertificate:
    given = {}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair or name not in _FIELDS:
            text = _CERTIFICATE.format(given=pair, fields=ProduceCertificate.fields())
            raise SuyuanError("label.certificate", text, "--certificate")
        given[name] = value
    ProduceCertificate.require_whole({name: given.get(name, "") for name in _FIELDS[:7]})
    return ProduceCertificate(
        **{name: given[name] for name in _FIELDS[:5]},
        day=_day(given["day"]),
        basis=tuple(each.strip() for each in given.get("basis", "").split(",") if each.strip()),
        purchaser=given.get("purchaser", "") in {"1", "yes", "true"},
    )


def _day(given: str) -> date:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        text = _DAY.format(given=given, example="day=2026-11-27")
        raise SuyuanError("label.certificate", text, "--certificate") from None


def _tell(printed: Printed, paths: Sequence[Path], shared: Shared) -> None:
    run = printed.run
    count = run.end - run.begin
    said = (_ONE_WRITTEN if len(paths) == 1 else _WRITTEN).format(
        labels=_LABEL if count == 1 else _LABELS.format(count=count),
        first=paths[0],
        last=paths[-1],
        files=len(paths),
        run=run.id,
    )
    say(said, shared)
    if printed.warning:
        say(printed.warning, shared)
    elif printed.opens:
        say(_OPENS.format(base=printed.opens), shared)
