"""Codes over HTTP: packages ordered and fetched, labels printed, codes brought in and verified."""

import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from msgspec import Struct

from suyuan.api.body import own_json
from suyuan.api.problems import documented
from suyuan.api.readers import as_json, checked_key, platform_of, viewer_of, who_of
from suyuan.api.types import AnyRequest
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.service import (
    Brought,
    For,
    Issue,
    Order,
    PackageInfo,
    PrintOrder,
    Verification,
    bring_in,
    capturer_of,
    issue,
    listed,
    packages,
    print_labels,
    print_runs,
    table,
    verify,
)

_MOST_SECRETS = 100_000
_MEGABYTE = 1 << 20
_MANY_SECRETS = Text(
    "经接口一次最多发 {most} 个带验证码的码；更多请用 suyuan codes issue。",
    "At most {most} codes with secrets at a time over HTTP; use suyuan codes issue for more.",
)
NUMBER = Annotated[UUID, PathParameter(description="The package's number")]
TAGS = ["Codes"]
SECURITY: list[dict[str, list[str]]] = [{"key": []}, {"password": []}]
_PROBLEMS = documented(400, 401, 403, 404, 409, 429)
_TAKING = documented(400, 401, 403, 409, 413, 415, 429, 503)


class Given(Struct, frozen=True, kw_only=True):
    """Codes that a state body gave out: each a code, or FIRST-LAST where they are consecutive."""

    scheme: str
    codes: list[str]


class Asked(Struct, frozen=True, kw_only=True):
    """A code as it stands on the package, and the secret under its scratch layer if it has one."""

    code: str
    secret: str | None = None


class Run(Struct, frozen=True, kw_only=True):
    """A print run: places from `begin` to `end`, both included, and the SHA-256 of its files."""

    id: UUID
    begin: int
    end: int
    design: str
    format: str
    sha256: str
    at: str


@post(
    "/codes/packages",
    status_code=201,
    summary="发码 Make a package of codes",
    description=(
        "Hands out a range of serials that nobody else gets, under a stem that the registry proves "
        "to be the caller's own. With `scratch` the answer holds the secrets: this once, in the "
        "order of the codes. The same Idempotency-Key and order get the same package again (200, "
        "`repeated`), without its secrets, which nothing keeps: if the first answer with them was "
        "lost, order anew and leave that package unprinted. Schemes that a state body gives out "
        "are refused (403)."
    ),
    operation_id="issueCodes",
    responses={
        201: ResponseSpec(data_container=Issue, description="The package"),
        200: ResponseSpec(data_container=Issue, description="The package it got before"),
        **_TAKING,
    },
    security=SECURITY,
    guards=[own_json],
    tags=TAGS,
)
async def post_package(
    request: AnyRequest,
    data: JSONBody[Order],
    request_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key", description="Makes the order repeatable: same key and order"
        ),
    ] = None,
) -> Response[bytes]:
    """Make a package of codes; asynchronous, or the framework wraps what shares a path twice."""
    if data.scratch and data.count > _MOST_SECRETS:
        text = _MANY_SECRETS.format(most=_MOST_SECRETS)
        raise SuyuanError("issuing.many-secrets", text, "count", status=413)
    capturer = await sync_to_thread(capturer_asking, request)
    key = checked_key(request_key)
    made = await sync_to_thread(issue, platform_of(request), data, capturer, key)
    return as_json(made, status=200 if made.repeated else 201)


@get(
    "/codes/packages",
    summary="码包列表 One's own packages",
    description="The packages of the caller's party, newest first, a thousand at most.",
    operation_id="packages",
    responses={
        200: ResponseSpec(data_container=list[PackageInfo], description="Packages"),
        **documented(401, 403, 429),
    },
    security=SECURITY,
    tags=TAGS,
    sync_to_thread=True,
)
def get_packages(request: AnyRequest) -> Response[bytes]:
    """The packages of the caller's party."""
    return as_json(packages(platform_of(request), capturer_asking(request)))


@get(
    "/codes/packages/{number:uuid}/codes",
    summary="一包码 The codes of a package",
    description=(
        "As CSV: place, code, name, without codes that were withdrawn; the header "
        "X-Codes-Withdrawn says how many. Another party's package is as if it were not there."
    ),
    operation_id="codesOfPackage",
    media_type="text/csv",
    responses={200: ResponseSpec(data_container=str, description="CSV"), **_PROBLEMS},
    security=SECURITY,
    tags=TAGS,
    sync_to_thread=True,
)
def get_codes(
    request: AnyRequest,
    number: NUMBER,
    begin: Annotated[int, QueryParameter(ge=1, description="First place")] = 1,
    end: Annotated[int | None, QueryParameter(ge=1, description="Last place")] = None,
    reader: Annotated[
        For, QueryParameter(name="for", description="`excel`: with titles, long digits as text")
    ] = For.PROGRAM,
) -> Stream:
    """The codes of one's own package."""
    found = listed(platform_of(request), number, capturer_asking(request), begin=begin, end=end)
    return Stream(
        in_pieces(table(found.codes, reader)),
        media_type="text/csv",
        headers={"X-Codes-Withdrawn": str(found.withdrawn)},
    )


@post(
    "/codes/packages/{number:uuid}/labels",
    status_code=200,
    summary="印标签 Print labels",
    description=(
        "Labels as PDF, ZPL, PNG or SVG (several pictures as ZIP). The run is kept; the header "
        "X-Printed-Before says how many earlier runs had one of these codes, X-Label-Address which "
        "address a scan opens (empty where no symbol holds one)."
    ),
    operation_id="printLabels",
    media_type="application/octet-stream",
    responses={
        200: ResponseSpec(data_container=bytes, description="The labels"),
        **documented(400, 401, 403, 404, 409, 413, 415, 429, 503),
    },
    security=SECURITY,
    guards=[own_json],
    tags=TAGS,
    sync_to_thread=True,
)
def post_labels(request: AnyRequest, number: NUMBER, data: JSONBody[PrintOrder]) -> Response[bytes]:
    """Print labels of one's own package."""
    printed = print_labels(platform_of(request), number, data, capturer_asking(request))
    name, media, content = printed.one_file()
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "X-Print-Run": str(printed.run.id),
        "X-Printed-Before": str(len(printed.before)),
        "X-Label-Address": printed.opens,
    }
    return Response(content, media_type=media, headers=headers)


@get(
    "/codes/packages/{number:uuid}/prints",
    summary="印制记录 What was printed",
    description="The print runs of one's own package, oldest first.",
    operation_id="printRuns",
    responses={200: ResponseSpec(data_container=list[Run], description="Runs"), **_PROBLEMS},
    security=SECURITY,
    tags=TAGS,
    sync_to_thread=True,
)
def get_prints(request: AnyRequest, number: NUMBER) -> Response[bytes]:
    """The print runs of one's own package."""
    runs = print_runs(platform_of(request), number, capturer_asking(request))
    return as_json(
        [
            Run(
                id=run.id,
                begin=run.begin + 1,
                end=run.end,
                design=run.design,
                format=run.format,
                sha256=run.digest.hex(),
                at=run.at.isoformat(),
            )
            for run in runs
        ]
    )


@post(
    "/codes/imports",
    status_code=201,
    summary="导入已领的码 Bring in codes that were given out",
    description=(
        "Codes of veterinary drugs, drugs and ear tags, which state bodies give out: all of them "
        "are taken or, with an error that names the line, none. It is the caller's word: another's "
        "that contradicts it is kept beside it, and the operator is shown both. `issuer` gives "
        "such codes out, `doubts` says what looks made up: drug codes that count up one by one."
    ),
    operation_id="importCodes",
    responses={201: ResponseSpec(data_container=Brought, description="How many"), **_TAKING},
    security=SECURITY,
    request_max_body_size=32 * _MEGABYTE,
    guards=[own_json],
    tags=TAGS,
    sync_to_thread=True,
)
def post_imports(request: AnyRequest, data: JSONBody[Given]) -> Response[bytes]:
    """Bring codes in."""
    brought = bring_in(platform_of(request), data.scheme, data.codes, capturer_asking(request))
    return as_json(brought, status=201)


@post(
    "/codes/verify",
    status_code=200,
    summary="验码 Verify a code",
    description=(
        "Whether a code was issued here. With the secret under its scratch layer the verification "
        "is counted: `first` once, `again` ever after, with the time of the first."
    ),
    operation_id="verifyCode",
    responses={
        200: ResponseSpec(data_container=Verification, description="What is known of it"),
        **documented(400, 401, 403, 413, 415, 429),
    },
    guards=[own_json],
    tags=TAGS,
    sync_to_thread=True,
)
def post_verify(request: AnyRequest, data: JSONBody[Asked]) -> Response[bytes]:
    """Verify a code."""
    answer = verify(platform_of(request), data.code, data.secret, viewer_of(request))
    return as_json(answer, headers={"Cache-Control": "no-store"})


def capturer_asking(request: AnyRequest) -> Capturer:
    """The account of the key as somebody who reports."""
    return capturer_of(who_of(request))


def in_pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines in pieces of a few thousand."""
    text = io.StringIO()
    for line in lines:
        text.write(line)
        if text.tell() > _MEGABYTE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


handlers: tuple[Any, ...] = (
    post_package,
    get_packages,
    get_codes,
    post_labels,
    get_prints,
    post_imports,
    post_verify,
)
