"""Pages on which an enterprise issues codes, sees its packages, and takes files and labels away.

They work without script. What they order is bound to the session by a seal in the form, beside the
cookie that browsers send from our own pages alone; an order has a key, so that one sent twice is
one. Secrets under a layer are not issued here: a browser may lose the one file that has them.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Annotated, Any, Final, TypeVar
from unicodedata import normalize
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Stream

from suyuan.codes import making, privacy
from suyuan.codes.types import GRAIN_NAMES
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import day_in_china
from suyuan.labels import DESIGNS, Format
from suyuan.labels.types import Design, Kind
from suyuan.model import Capturer
from suyuan.service import (
    Content,
    For,
    Order,
    PrintOrder,
    codes,
    entitlements,
    issue,
    own_stems,
    package_of,
    packages,
    packed_levels,
    print_labels,
    print_runs,
    printed_before,
    symbol_choices,
    table,
    withdraw_codes,
    withdrawn,
)
from suyuan.web.forms import guarded, require_seal, seal_of
from suyuan.web.label_pictures import drawn
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_LONGEST: Final = 200
_SHEETS: Final = ("a4-24", "a6", "50x30", "100x70", "a5")
CONTENTS: Final = {
    Content.LINK: Text("数字链接：手机扫了打开商品页面", "Digital Link: opens the item's page"),
    Content.ELEMENTS: Text(
        "单元数据串：给收银、仓库的扫描器", "GS1 elements: for tills, warehouses"
    ),
    Content.MAKER_URL: Text("厂商网址：/gtin/…/ser/…", "maker's address: /gtin/…/ser/…"),
}
"""The structures of a product QR code (GB/T 33993) that an enterprise makes itself."""
SYMBOLS: Final = {
    Kind.QR: Text("QR 码", "QR code"),
    Kind.DATA_MATRIX: Text("Data Matrix 码", "Data Matrix"),
    Kind.GS1_128: Text("GS1-128 条码", "GS1-128"),
}
_TOGETHER: Final = "+"
OF_PRODUCTS: Final = ("sgtin", "lgtin")
_Choice = TypeVar("_Choice", Format, Content, Kind)
_CHOICE = Text(
    "没有 “{given}” 这一项；可选：{known}。", "There is no '{given}'; choose one of: {known}."
)
_NUMBER = Text("“{given}” 不是整数。", "'{given}' is no whole number.")
_ENOUGH: Final = 18
"""Digits beyond every limit, so that whoever has the limit says it."""


@get("/packages", sync_to_thread=True)
def packages_page(request: AnyRequest) -> Response[Any]:
    """The form for an order, and the packages of one's own."""
    return guarded(request, lambda capturer: _listed(request, capturer))


@post("/packages", status_code=200)
async def packages_form(request: AnyRequest, data: Form) -> Response[Any]:
    """A package, and its page; or the form again with what is wrong."""
    return await in_thread(lambda: guarded(request, lambda who: _order(request, data, who)))


@get("/packages/{number:uuid}", sync_to_thread=True)
def package_page(request: AnyRequest, number: FromPath[UUID]) -> Response[Any]:
    """One package: its files, its labels, what was printed and withdrawn."""
    return guarded(request, lambda capturer: _shown(request, number, capturer))


@get("/packages/{number:uuid}/codes.csv", sync_to_thread=True)
def package_table(request: AnyRequest, number: FromPath[UUID]) -> Response[Any] | Stream:
    """The codes of a package as a table for Excel."""

    def made(capturer: Capturer) -> Stream:
        found = codes(platform_of(request), number, capturer)
        lines = (line.encode() for line in table(found, For.EXCEL))
        return Stream(lines, media_type="text/csv", headers=_named(f"{number}.csv"))

    return guarded(request, made)


@post("/packages/{number:uuid}/labels", status_code=200)
async def package_labels(request: AnyRequest, number: FromPath[UUID], data: Form) -> Response[Any]:
    """Labels of a package as PDF; or its page again with what is wrong."""

    def printed(capturer: Capturer) -> Response[Any]:
        require_seal(request, data)
        made = print_labels(platform_of(request), number, _printing(data), capturer)
        name, media, content = made.one_file()
        return Response(content, media_type=media, headers=_named(name))

    return await in_thread(lambda: with_page(request, number, printed, data))


@post("/packages/{number:uuid}/withdraw", status_code=200)
async def package_withdrawal(
    request: AnyRequest, number: FromPath[UUID], data: Form
) -> Response[Any]:
    """Codes of a package withdrawn; or its page again with what is wrong."""

    def gone(capturer: Capturer) -> Response[Any]:
        require_seal(request, data)
        begin, end = number_in(data, "begin", 1), number_in(data, "end", 0) or None
        withdraw_codes(
            platform_of(request), number, data.get("reason", ""), capturer, begin=begin, end=end,
        )  # fmt: skip
        return Redirect(f"/packages/{number}", status_code=303)

    return await in_thread(lambda: with_page(request, number, gone))


async def in_thread(work: Callable[[], Response[Any]]) -> Response[Any]:
    """What takes a while, beside other requests."""
    return await sync_to_thread(work)


def with_page(
    request: AnyRequest,
    number: UUID,
    work: Callable[[Capturer], Response[Any]],
    given: dict[str, str] | None = None,
) -> Response[Any]:
    """For who may report, of a package; or its page with what is wrong."""

    def tried(capturer: Capturer) -> Response[Any]:
        try:
            return work(capturer)
        except SuyuanError as error:
            return _shown(request, number, capturer, error, given)

    return guarded(request, tried)


def _listed(
    request: AnyRequest,
    capturer: Capturer,
    error: SuyuanError | None = None,
    given: dict[str, str] | None = None,
) -> Response[str]:
    platform = platform_of(request)
    mine = entitlements(platform, asking(request).viewer)
    proofs = {each.kind for each in mine if not each.withdrawn}
    values: dict[str, Any] = {
        "schemes": [each for each in making.STRUCTURES.values() if each.proof in proofs],
        "found": packages(platform, capturer),
        "names": {scheme: each.name for scheme, each in making.STRUCTURES.items()},
        "given": _without_persons(given),
        "grains": GRAIN_NAMES,
        "own": [
            (making.STRUCTURES[scheme], list(stems))
            for scheme, stems in groupby(own_stems(platform, capturer), lambda each: each.scheme)
        ],
        "day_of": day_in_china,
        "key": platform.ids(),
        "seal": seal_of(request),
    }
    if error is not None:
        return refuse(request, "packages.html", error, **values)
    return respond(request, "packages.html", wrong=None, **values)


def _order(request: AnyRequest, data: dict[str, str], capturer: Capturer) -> Response[Any]:
    try:
        require_seal(request, data)
        scheme, stem = _chosen(data)
        order = Order(
            scheme=scheme, stem=stem, count=number_in(data, "count", 0),
            expected=number_in(data, "expected", 0), checks=number_in(data, "checks", 0),
            note=data.get("note", ""),
        )  # fmt: skip
        key = data.get("key", "")[:_LONGEST] or None
        made = issue(platform_of(request), order, capturer, key)
    except SuyuanError as error:
        return _listed(request, capturer, error, data)
    return Redirect(f"/packages/{made.package.id}", status_code=303)


def _chosen(data: dict[str, str]) -> tuple[str, str]:
    """Scheme and stem: those written out, else the one of the party's own that was chosen."""
    if data.get("stem", "").strip():
        return data.get("scheme", ""), data["stem"]
    scheme, _, stem = data.get("own", "").partition(":")
    return (scheme, stem) if stem else (data.get("scheme", ""), "")


def _shown(
    request: AnyRequest,
    number: UUID,
    capturer: Capturer,
    error: SuyuanError | None = None,
    given: dict[str, str] | None = None,
) -> Response[str]:
    platform = platform_of(request)
    package = package_of(platform, number, capturer)
    values: dict[str, Any] = {
        "package": package,
        "given": _without_persons(given),
        "kind": making.STRUCTURES[package.scheme].name,
        "sample": next(codes(platform, number, capturer), None),
        "again": printed_before(platform, number, 1, None, capturer),
        "runs": print_runs(platform, number, capturer),
        "gone": withdrawn(platform, number, capturer),
        "day_of": day_in_china,
        "designs": [
            (each, drawn(each, with_bars=package.scheme == "sscc"))
            for each in _designs(package.scheme)
        ],
        "symbols": [_symbols_named(each) for each in symbol_choices(package.scheme)],
        "contents": CONTENTS if package.scheme in OF_PRODUCTS else {},
        "formats": [each.value for each in Format],
        "levels": packed_levels(platform, number, capturer),
        "containers": [each for each in own_stems(platform, capturer) if each.scheme == "sscc"],
        "opens": platform.config.public,
        "seal": seal_of(request),
    }
    if error is not None:
        return refuse(request, "package.html", error, **values)
    return respond(request, "package.html", wrong=None, **values)


def _without_persons(given: dict[str, str] | None) -> dict[str, str]:
    """What was typed, to stand in the form again, but no person's number."""
    return {name: privacy.masked(text) for name, text in (given or {}).items()}


def _designs(scheme: str) -> Sequence[Design]:
    """An SSCC has bars, which small labels have no room for."""
    designs = [DESIGNS[name] for name in _SHEETS]
    return [each for each in designs if each.bars] if scheme == "sscc" else designs


def _printing(data: dict[str, str]) -> PrintOrder:
    lines = tuple(filter(None, (line.strip() for line in data.get("lines", "").splitlines())))
    return PrintOrder(
        begin=number_in(data, "begin", 1), end=number_in(data, "end", 0) or None,
        design=data.get("design", ""), symbols=_symbols_in(data),
        format=_one_of(Format, data, "format", Format.PDF),
        content=_one_of(Content, data, "content", Content.LINK), base=data.get("base", ""),
        heading=data.get("heading", ""), lines=lines,
        variety=data.get("variety", ""), maker=data.get("maker", ""),
    )  # fmt: skip


def _symbols_named(kinds: Sequence[Kind]) -> tuple[str, Text]:
    """Symbols of a label as the form sends them, and what people call them."""
    names = [SYMBOLS[each] for each in kinds]
    both = Text(" 和 ".join(each.zh for each in names), " and ".join(each.en for each in names))
    return _TOGETHER.join(kinds), both


def _symbols_in(data: dict[str, str]) -> tuple[Kind, ...]:
    """The symbols that were chosen; none leaves them to the scheme."""
    given = filter(None, data.get("symbols", "").split(_TOGETHER)[: len(Kind)])
    return tuple(_one_of(Kind, {"symbols": each}, "symbols", Kind.QR) for each in given)


def _one_of(kind: type[_Choice], data: dict[str, str], name: str, otherwise: _Choice) -> _Choice:
    given = data.get(name, "")
    try:
        return kind(given) if given else otherwise
    except ValueError:
        known = ", ".join(each.value for each in kind)
        text = _CHOICE.format(given=privacy.quoted(given, 20), known=known)
        raise SuyuanError("form.choice", text, name) from None


def number_in(data: dict[str, str], name: str, otherwise: int) -> int:
    """A number of a form, in whatever digits; `otherwise` if nothing was typed.

    Raises:
        SuyuanError: it is no whole number.
    """
    given = normalize("NFKC", data.get(name, "")).strip()
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit()):
        raise SuyuanError("form.number", _NUMBER.format(given=privacy.quoted(given, 20)), name)
    return int(given.lstrip("0")[:_ENOUGH] or "0")


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


handlers: Final = (
    packages_page,
    packages_form,
    package_page,
    package_table,
    package_labels,
    package_withdrawal,
)
