"""Takes a package and a design; gives the labels, and keeps that they were printed."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct, structs

from suyuan.codes import making, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.digest import sha256
from suyuan.kit.text import Lang, joined
from suyuan.labels import (
    Format,
    Label,
    ProduceCertificate,
    Symbol,
    certificate_label,
    design,
    draw,
)
from suyuan.labels.types import Kind, LabelError
from suyuan.model import Capturer
from suyuan.registry import issuing, printing, withdrawing
from suyuan.registry.types import Withdrawn
from suyuan.service.gate import Gate
from suyuan.service.issuing import Code, codes_of, own_package, range_of
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, WriteConnection

GS1: Final = "https://id.gs1.org"
_COMPANY: Final = "gs1_company_prefix"
MEDIA: Final = {
    Format.PDF: "application/pdf",
    Format.SVG: "image/svg+xml",
    Format.PNG: "image/png",
    Format.ZPL: "application/zpl; charset=us-ascii",
}
MOST_LABELS: Final = 5_000
"""Labels in one print run: a PDF of so many takes twenty seconds of a core."""
_MOST_SAID: Final = 20
DOTS: Final = 500_000_000
"""Dots of PNG and ZPL for one request: 5,000 labels of 50 x 30 mm at 203 dpi, 28 of A5 at 600."""

_SEED = Text(
    "种子标签的二维码要有品种名称和企业名称（variety、maker）。",
    "A seed label's symbol needs the variety and the maker.",
)
_BASE = Text(
    "这种码的二维码里要有本平台的公开网址。请在命令最前面写出来："
    "suyuan --public-url https://trace.example.com codes print …，或设置 SUYUAN_PUBLIC_URL。",
    "The symbol of such a code holds this platform's public address. Give it before the command, "
    "suyuan --public-url https://trace.example.com codes print …, or set SUYUAN_PUBLIC_URL.",
)
_ELSEWHERE = Text(
    "扫这些标签打开的是 id.gs1.org，不是本平台；请用 suyuan --public-url https://… codes print … "
    "或 SUYUAN_PUBLIC_URL 设置本平台的公开网址，再印。",
    "A scan of these labels opens id.gs1.org and not this platform; set its own address with "
    "suyuan --public-url https://… codes print … or SUYUAN_PUBLIC_URL, and print again.",
)
_PERSON = Text(
    "标签上不能有身份证号码；请去掉。",
    "No label may have the number of somebody's identity card; leave it out.",
)
_WITHDRAWN = Text(
    "第 {places} 个码已撤回，不能再印；请用起止序号印其余的。",
    "Codes {places} were withdrawn and are not printed again; print the others by their first and "
    "last places.",
)
_AND_MORE = Text("{places} 等共 {count}", "{places} and more, {count} in all,")
_MANY = Text("一次最多印 {most} 张。", "At most {most} labels at a time.")
_DOTS = Text(
    "这些标签画成图有 {found} 百万点，一次最多 {most} 百万点；请分批、降低 dpi，或印成 PDF。",
    "As pictures these labels have {found} million dots, at most {most} million at a time; print "
    "fewer, at a lower dpi, or as PDF.",
)
_GATE: Final = Gate(
    "label",
    Text("正在画别的标签，请稍后再试。", "Other labels are being drawn; try again in a while."),
    at_once=1,
    waiting=2,
)


class Content(StrEnum):
    """What the QR code of a GTIN's lot or serial holds; product QR codes of GB/T 33993 all three.

    `link` is a Digital Link; `elements` a GS1 element string, which scanners of warehouses and
    tills read and phones show as text; `maker-url` the maker's own address.
    """

    LINK = "link"
    ELEMENTS = "elements"
    MAKER_URL = "maker-url"


class PrintOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to print of a package: places from `begin` to `end`, both included, on a design.

    `base` is the address that a phone opens, on a resolver of this platform: by default the
    platform's own, else GS1's for GS1 codes and none for others. `symbols` are `qr`, `datamatrix`
    and `gs1-128`; by default an SSCC has bars on `a6`, everything else a QR code on `50x30`.
    `content` is what a QR code holds, a Digital Link by default.
    `certificate` prints the produce certificate instead of `heading` and `lines`; `variety` and
    `maker` go onto a seed label and into its symbol.
    """

    begin: int = 1
    end: int | None = None
    design: str = ""
    format: Format = Format.PDF
    symbols: tuple[Kind, ...] = ()
    content: Content = Content.LINK
    base: str = ""
    heading: str = ""
    lines: tuple[str, ...] = ()
    certificate: ProduceCertificate | None = None
    variety: str = ""
    maker: str = ""
    dpi: int = 203
    lang: Lang = "zh"


class Printed(Struct, frozen=True, kw_only=True):
    """The files of a print run; `before` are earlier runs in which one of its codes was printed.

    `opens` is the address that phones open, empty where no symbol holds one; `warning` says if that
    is not this platform. `per_file`: labels in each file, 0 where all are in one. `apart`: one of
    several runs that are kept together, so that names must sort.
    """

    run: printing.PrintRun
    media: str
    files: tuple[bytes, ...]
    before: tuple[printing.PrintRun, ...] = ()
    opens: str = ""
    warning: Text | None = None
    per_file: int = 0
    apart: bool = False

    def one_file(self) -> tuple[str, str, bytes]:
        """Name, media type and bytes of one file: several pictures go into a ZIP."""
        stem = f"labels-{self.run.begin + 1}-{self.run.end}"
        if len(self.files) == 1:
            return f"{stem}.{self.run.format}", self.media, self.files[0]
        return f"{stem}.zip", "application/zip", _zipped(self.named())

    def named(self) -> list[tuple[str, bytes]]:
        """Each file with a name that sorts as printed and says the places of the package in it."""
        if len(self.files) == 1:
            begin, end = self.run.begin + 1, self.run.end
            places = f"{begin:07}-{end:07}" if self.apart else f"{begin}-{end}"
            return [(f"labels-{places}.{self.run.format}", self.files[0])]
        return [
            (f"labels-{self._places(at)}.{self.run.format}", file)
            for at, file in enumerate(self.files)
        ]

    def _places(self, at: int) -> str:
        begin = self.run.begin + at * self.per_file + 1
        end = min(begin + self.per_file - 1, self.run.end)
        return f"{begin:07}" if begin == end else f"{begin:07}-{end:07}"


def symbol_choices(scheme: str) -> tuple[tuple[Kind, ...], ...]:
    """The symbols that labels of a scheme's codes may have, alone or together, its default first.

    A GS1-128 holds GS1 keys alone (GS1 General Specifications §5.4); a logistic unit has one. A
    QR code or Data Matrix holds any (GB/T 33993 names both).

    Raises:
        SuyuanError: no scheme that is made here.
    """
    either = ((Kind.QR,), (Kind.DATA_MATRIX,))
    if making.structure(scheme).proof != _COMPANY:
        return either
    bars = ((Kind.GS1_128,), (Kind.GS1_128, Kind.QR), (Kind.GS1_128, Kind.DATA_MATRIX))
    return (*bars, *either) if scheme == "sscc" else (*either, *bars)


def require_printable(
    platform: Platform, package: UUID, begin: int, end: int | None, capturer: Capturer
) -> None:
    """See that a range can be printed as a whole, before a part of it is.

    Raises:
        SuyuanError: no such package, a range outside of it, or withdrawn codes in it.
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
        _require_valid(conn, found, *range_of(found, begin, end))


def print_labels(
    platform: Platform,
    package: UUID,
    order: PrintOrder,
    capturer: Capturer,
    *,
    most_dots: int | None = DOTS,
    keep: Callable[[Printed], object] | None = None,
) -> Printed:
    """Draw labels, then keep that they were printed; the files come after the commit.

    `keep` is given them before it: what it raises undoes the run, so that no labels are on file as
    printed which could not be kept. What ends the process in between leaves files and no run.

    Raises:
        SuyuanError: no such package, a range outside of it, or what does not fit on the label.
        BusyError: others' labels are being drawn (503).
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
        begin, end = range_of(found, order.begin, order.end)
        _require_valid(conn, found, begin, end)
    _require_nobody(order)
    order = _completed(order, found, platform.config.public)
    if end - begin > MOST_LABELS:
        raise SuyuanError("label.many", _MANY.format(most=MOST_LABELS), "range", status=413)
    with _GATE.through():
        files = _drawn(platform, order, found, begin, end, most_dots)
    printed = _printed(platform, order, files, begin, end)
    with platform.store.write() as conn:
        before = printing.keep(conn, found, printed.run, capturer)
        _log_printed(platform, conn, found, printed.run, capturer)
        _require_valid(conn, found, begin, end)  # none was withdrawn while they were drawn
        printed = structs.replace(printed, before=tuple(before))
        if keep is not None:
            keep(printed)
    return printed


def _log_printed(
    platform: Platform,
    conn: WriteConnection,
    package: issuing.Package,
    run: printing.PrintRun,
    capturer: Capturer,
) -> None:
    platform.log_act(
        conn, "codes.printed", party=capturer.party, account=capturer.account, run=str(run.id),
        package=str(package.id), begin=run.begin, past=run.end, design=run.design,
        format=run.format, digest=run.digest.hex(),
    )  # fmt: skip


def print_runs(platform: Platform, package: UUID, capturer: Capturer) -> list[printing.PrintRun]:
    """What of a party's package was printed, oldest first.

    Raises:
        SuyuanError: no such package of that party (404).
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
        return printing.runs(conn, found.id, capturer.party, tenant=capturer.tenant)


def _printed(
    platform: Platform, order: PrintOrder, files: Sequence[bytes], begin: int, end: int
) -> Printed:
    run = printing.PrintRun(
        id=platform.number(),
        begin=begin,
        end=end,
        design=_described(order),
        format=order.format.value,
        digest=sha256(b"".join(files)),
        at=platform.clock(),
    )
    of, opens = design(order.design), _opens(order)
    return Printed(
        run=run,
        media=MEDIA[order.format],
        files=tuple(files),
        opens=opens,
        warning=_ELSEWHERE if opens == GS1 else None,
        per_file=of.across * of.down if len(files) > 1 else 0,
    )


def _described(order: PrintOrder) -> str:
    content = "" if order.content is Content.LINK else f" {order.content.value}"
    return f"{order.design} {'+'.join(order.symbols)}{content} {order.dpi} dpi"


def _require_nobody(order: PrintOrder) -> None:
    """See that nobody's identity number is to stand on the labels."""
    said = {
        "base": (order.base,),
        "heading": (order.heading,),
        "lines": (*order.lines, *_joined(order)),
        "variety": (order.variety,),
        "maker": (order.maker,),
        "certificate": map(str, structs.astuple(order.certificate) if order.certificate else ()),
    }
    for place, texts in said.items():
        if any(privacy.masked(text) != text for text in texts):
            raise LabelError("label.person", _PERSON, place)


def _joined(order: PrintOrder) -> tuple[str, ...]:
    """What stands one below another on a label, as who reads on from line to line reads it."""
    shown = (order.heading, *order.lines)
    return ("".join(each.strip() for each in shown), "".join(each.strip() for each in order.lines))


def _completed(order: PrintOrder, package: issuing.Package, public: str) -> PrintOrder:
    """The order with what it leaves unsaid: design and symbols of the scheme, our own address."""
    symbols = order.symbols or symbol_choices(package.scheme)[0]
    small = "a6" if Kind.GS1_128 in symbols else "50x30"
    base = order.base or public or (GS1 if _is_gs1(package) else "")
    return structs.replace(order, design=order.design or small, symbols=symbols, base=base)


def _is_gs1(package: issuing.Package) -> bool:
    return making.structure(package.scheme).proof == _COMPANY


def _opens(order: PrintOrder) -> str:
    holds_address = Kind.QR in order.symbols and order.content is not Content.ELEMENTS
    return order.base.rstrip("/") if holds_address else ""


def _require_valid(conn: ReadConnection, package: issuing.Package, begin: int, end: int) -> None:
    met = [each for each in withdrawing.of(conn, package) if each.touches(begin, end)]
    if met:
        text = _WITHDRAWN.format(places=_places(met))
        raise SuyuanError("label.withdrawn", text, "range", status=409)


def _places(met: Sequence[Withdrawn]) -> Text:
    """Withdrawn places from 1, upwards; of very many the first, and how many codes they are."""
    said = [
        f"{each.begin + 1}" if each.count == 1 else f"{each.begin + 1}–{each.end}"
        for each in sorted(met, key=lambda each: each.begin)
    ]
    places = joined(said[:_MOST_SAID])
    if len(said) <= _MOST_SAID:
        return places
    return _AND_MORE.format(places=places, count=sum(each.count for each in met))


def _drawn(
    platform: Platform,
    order: PrintOrder,
    package: issuing.Package,
    begin: int,
    end: int,
    most: int | None,
) -> list[bytes]:
    of, resolvers = design(order.design), platform.config.resolvers
    found = of.dots(end - begin, dpi=order.dpi)
    if most is not None and found > most and order.format in {Format.PNG, Format.ZPL}:
        text = _DOTS.format(found=-(-found // 10**6), most=most // 10**6)
        raise LabelError("label.dots", text, "range", status=413)
    labels = (_label(order, package, code, resolvers) for code in codes_of(package, begin, end))
    return draw(labels, of, order.format, dpi=order.dpi)


def _label(
    order: PrintOrder, package: issuing.Package, code: Code, resolvers: frozenset[str]
) -> Label:
    symbols = tuple(
        Symbol(kind, _said(order, package, code, kind, resolvers)) for kind in order.symbols
    )
    if order.certificate is not None:
        return certificate_label(order.certificate, symbols, code=code.code, lang=order.lang)
    if package.scheme == "seed-unit" and not order.heading and not order.lines:
        lines = tuple(filter(None, (order.maker.strip(),)))
        return Label(heading=order.variety.strip(), lines=lines, code=code.code, symbols=symbols)
    return Label(heading=order.heading, lines=order.lines, code=code.code, symbols=symbols)


def _said(
    order: PrintOrder, package: issuing.Package, code: Code, kind: Kind, resolvers: frozenset[str]
) -> str:
    """What a symbol says: a Data Matrix of a GS1 key its element string, all others an address.

    A QR code says what is ordered.
    """
    if kind is Kind.GS1_128 or (_is_gs1(package) and kind is Kind.DATA_MATRIX):
        return code.code
    if order.content is not Content.LINK and kind is Kind.QR:
        return _product_qr(order, code, resolvers)
    if not order.base:
        raise SuyuanError("label.base", _BASE, "base")
    address = making.link(code.name, code.code, order.base, resolvers)
    if package.scheme != "seed-unit":
        return address
    if not order.variety.strip() or not order.maker.strip():
        raise SuyuanError("label.seed", _SEED, "variety")
    return making.seed_lines(order.variety.strip(), order.maker.strip(), code.code, address)


def _product_qr(order: PrintOrder, code: Code, resolvers: frozenset[str]) -> str:
    """The element string, or the maker's address, of a product QR code (GB/T 33993)."""
    if order.content is Content.ELEMENTS:
        making.require_product(code.name)
        return code.code
    if order.base in {"", GS1}:
        raise SuyuanError("label.base", _BASE, "base")
    return making.maker_address(code.name, order.base, resolvers)


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
