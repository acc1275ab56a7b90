"""Pages on which an enterprise issues codes, sees its packages, and takes files and labels away.

They work without script. What they order is bound to the session by a seal in the form, beside the
cookie that browsers send from our own pages alone; an order has a key, so that one sent twice is
one. Secrets under a layer are not issued here: a browser may lose the one file that has them.
"""

from collections.abc import Callable, Sequence
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
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import day_in_china
from suyuan.labels import DESIGNS, Format
from suyuan.model import Capturer
from suyuan.service import (
    For,
    Order,
    PrintOrder,
    capturer_of,
    codes,
    entitlements,
    issue,
    package_of,
    packages,
    print_labels,
    print_runs,
    printed_before,
    table,
    trade_items,
    withdraw_codes,
    withdrawn,
)
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond, to_sign_in
from suyuan.web.sealed import require_seal, seal_of

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_Made = TypeVar("_Made")

_UNAUTHORISED: Final = 401
_LONGEST: Final = 200
_SHEETS: Final = ("a4-24", "a6", "50x30", "100x70", "a5")
_NUMBER = Text("“{given}” 不是整数。", "'{given}' is no whole number.")


@get("/packages", sync_to_thread=True)
def packages_page(request: AnyRequest) -> Response[Any]:
    """The form for an order, and the packages of one's own."""
    return _guarded(request, lambda capturer: _listed(request, capturer))


@post("/packages", status_code=200)
async def packages_form(request: AnyRequest, data: Form) -> Response[Any]:
    """A package, and its page; or the form again with what is wrong."""
    return await _in_thread(lambda: _guarded(request, lambda who: _order(request, data, who)))


@get("/packages/{number:uuid}", sync_to_thread=True)
def package_page(request: AnyRequest, number: FromPath[UUID]) -> Response[Any]:
    """One package: its files, its labels, what was printed and withdrawn."""
    return _guarded(request, lambda capturer: _shown(request, number, capturer))


@get("/packages/{number:uuid}/codes.csv", sync_to_thread=True)
def package_table(request: AnyRequest, number: FromPath[UUID]) -> Response[Any] | Stream:
    """The codes of a package as a table for Excel."""

    def made(capturer: Capturer) -> Stream:
        found = codes(platform_of(request), number, capturer)
        lines = (line.encode() for line in table(found, For.EXCEL))
        return Stream(lines, media_type="text/csv; charset=utf-8", headers=_named(f"{number}.csv"))

    return _guarded(request, made)


@post("/packages/{number:uuid}/labels", status_code=200)
async def package_labels(request: AnyRequest, number: FromPath[UUID], data: Form) -> Response[Any]:
    """Labels of a package as PDF; or its page again with what is wrong."""

    def drawn(capturer: Capturer) -> Response[Any]:
        require_seal(request, data)
        printed = print_labels(platform_of(request), number, _printing(data), capturer)
        name, media, content = printed.one_file()
        return Response(content, media_type=media, headers=_named(name))

    return await _in_thread(lambda: _with_page(request, number, drawn))


@post("/packages/{number:uuid}/withdraw", status_code=200)
async def package_withdrawal(
    request: AnyRequest, number: FromPath[UUID], data: Form
) -> Response[Any]:
    """Codes of a package withdrawn; or its page again with what is wrong."""

    def gone(capturer: Capturer) -> Response[Any]:
        require_seal(request, data)
        begin, end = _number(data, "begin", 1), _number(data, "end", 0) or None
        why = data.get("reason", "")
        withdraw_codes(platform_of(request), number, why, capturer, begin=begin, end=end)
        return Redirect(f"/packages/{number}", status_code=303)

    return await _in_thread(lambda: _with_page(request, number, gone))


async def _in_thread(work: Callable[[], Response[Any]]) -> Response[Any]:
    return await sync_to_thread(work)


def _guarded(request: AnyRequest, work: Callable[[Capturer], _Made]) -> _Made | Response[Any]:
    """For who may issue; everybody else is shown the way to sign in, or why not."""
    try:
        capturer = capturer_of(asking(request))
    except SuyuanError as error:
        if error.status == _UNAUTHORISED:
            return to_sign_in(request)
        return refuse(request, "forbidden.html", error)
    return work(capturer)


def _with_page(
    request: AnyRequest, number: UUID, work: Callable[[Capturer], Response[Any]]
) -> Response[Any]:
    def tried(capturer: Capturer) -> Response[Any]:
        try:
            return work(capturer)
        except SuyuanError as error:
            return _shown(request, number, capturer, error)

    return _guarded(request, tried)


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
        "given": given or {},
        "products": trade_items(platform, capturer),
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
        order = Order(
            scheme=data.get("scheme", ""), stem=data.get("stem", ""),
            count=_number(data, "count", 0), note=data.get("note", ""),
        )  # fmt: skip
        key = data.get("key", "")[:_LONGEST] or None
        made = issue(platform_of(request), order, capturer, key)
    except SuyuanError as error:
        return _listed(request, capturer, error, data)
    return Redirect(f"/packages/{made.package.id}", status_code=303)


def _shown(
    request: AnyRequest, number: UUID, capturer: Capturer, error: SuyuanError | None = None
) -> Response[str]:
    platform = platform_of(request)
    package = package_of(platform, number, capturer)
    values: dict[str, Any] = {
        "package": package,
        "kind": making.STRUCTURES[package.scheme].name,
        "sample": next(codes(platform, number, capturer), None),
        "again": printed_before(platform, number, 1, None, capturer),
        "runs": print_runs(platform, number, capturer),
        "gone": withdrawn(platform, number, capturer),
        "day_of": day_in_china,
        "designs": _designs(package.scheme),
        "opens": platform.config.public,
        "seal": seal_of(request),
    }
    if error is not None:
        return refuse(request, "package.html", error, **values)
    return respond(request, "package.html", wrong=None, **values)


def _designs(scheme: str) -> Sequence[str]:
    with_bars = [name for name in _SHEETS if DESIGNS[name].bars]
    return with_bars if scheme == "sscc" else _SHEETS


def _printing(data: dict[str, str]) -> PrintOrder:
    lines = tuple(filter(None, (line.strip() for line in data.get("lines", "").splitlines())))
    return PrintOrder(
        begin=_number(data, "begin", 1), end=_number(data, "end", 0) or None,
        design=data.get("design", ""), format=Format.PDF, heading=data.get("heading", ""),
        lines=lines, variety=data.get("variety", ""), maker=data.get("maker", ""),
    )  # fmt: skip


def _number(data: dict[str, str], name: str, otherwise: int) -> int:
    given = normalize("NFKC", data.get(name, "")).strip()
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) < len("1000000000")):
        raise SuyuanError("form.number", _NUMBER.format(given=privacy.quoted(given, 20)), name)
    return int(given)


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
