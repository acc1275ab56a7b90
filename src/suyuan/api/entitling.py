"""Papers that prove stems, and codes withdrawn, over HTTP; both stay on file."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from suyuan.api.body import own_json
from suyuan.api.coding import NUMBER, SECURITY, TAGS, capturer_asking
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, operator_of, platform_of
from suyuan.api.types import AnyRequest
from suyuan.registry.types import Entered, Entitlement, Licence, Withdrawn
from suyuan.service import (
    disentitle,
    entitle,
    entitlements,
    withdraw_codes,
    withdrawn,
)

_TAKING = documented(400, 401, 403, 404, 409, 413, 415, 429)


class Paper(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What proves stems to be a party's: a company prefix, registration, licence or number."""

    party: str
    kind: str
    number: str
    valid_from: date | None = None
    valid_to: date | None = None


class Void(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper that no longer counts as a proof, and why."""

    party: str
    kind: str
    number: str
    reason: str


class Gone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places of a package, both included, whose codes no longer count, and why.

    Without `end` they are all from `begin` on; all of the package only if `whole` says so. With
    `whole` those are left out that were withdrawn before.
    """

    reason: str
    begin: int = 1
    end: int | None = None
    whole: bool = False


class GoneCodes(Struct, frozen=True, kw_only=True):
    """Places of a package, both included, whose codes no longer count since `at`."""

    begin: int
    end: int
    reason: str
    at: str


@get(
    "/codes/entitlements",
    summary="证明编码归属的证书 What proves stems",
    description="An administrator's account sees everybody's or a party's; others see their own.",
    operation_id="entitlements",
    responses={
        200: ResponseSpec(data_container=list[Entitlement], description="Papers"),
        **documented(400, 401, 403, 429),
    },
    security=SECURITY,
    tags=TAGS,
)
async def get_entitlements(
    request: AnyRequest,
    party: Annotated[str | None, QueryParameter(description="Of one organisation")] = None,
) -> Response[bytes]:
    """What proves stems."""
    return as_json(await sync_to_thread(_entitlements, request, party))


@post(
    "/codes/entitlements",
    status_code=201,
    summary="登记证书 Enter what proves stems",
    description=(
        "For administrators, who have seen the paper. Its number's form is checked. `others` are "
        "the parties that hold what proves the same codes: rightly, if one succeeded the other."
    ),
    operation_id="entitle",
    responses={201: ResponseSpec(data_container=Entered, description="As entered"), **_TAKING},
    security=SECURITY,
    guards=[own_json],
    tags=TAGS,
)
async def post_entitlement(request: AnyRequest, data: JSONBody[Paper]) -> Response[bytes]:
    """Enter a paper; asynchronous, or the framework wraps what shares a path twice."""
    asking = await sync_to_thread(operator_of, request)
    licence = Licence(
        party=data.party, kind=data.kind, number=data.number, valid_from=data.valid_from,
        valid_to=data.valid_to,
    )  # fmt: skip
    made = await sync_to_thread(
        entitle, platform_of(request), licence, account=asking.viewer.account
    )
    return as_json(made, status=201)


@post(
    "/codes/entitlements/withdrawals",
    status_code=204,
    summary="撤回证书 Withdraw what proves stems",
    description="From now on nothing is issued by it; what was issued stays, and it stays on file.",
    operation_id="disentitle",
    responses=_TAKING,
    security=SECURITY,
    guards=[own_json],
    tags=TAGS,
)
async def post_void(request: AnyRequest, data: JSONBody[Void]) -> None:
    """Withdraw a paper."""
    asking = await sync_to_thread(operator_of, request)
    licence = Licence(party=data.party, kind=data.kind, number=data.number)
    await sync_to_thread(
        disentitle, platform_of(request), licence, data.reason, account=asking.viewer.account
    )


@post(
    "/codes/packages/{number:uuid}/withdrawals",
    status_code=201,
    summary="撤回码 Withdraw codes",
    description=(
        "Codes of one's own package; who verifies one is told so. They stay on file. The answer "
        "is what was withdrawn now: with `whole`, the ranges that were left."
    ),
    operation_id="withdrawCodes",
    responses={
        201: ResponseSpec(data_container=list[GoneCodes], description="Withdrawn now"),
        **_TAKING,
    },
    security=SECURITY,
    guards=[own_json],
    tags=TAGS,
)
async def post_withdrawal(
    request: AnyRequest, number: NUMBER, data: JSONBody[Gone]
) -> Response[bytes]:
    """Withdraw codes of one's own package."""
    gone = await sync_to_thread(_withdraw, request, number, data)
    return as_json([_told(each) for each in gone], status=201)


@get(
    "/codes/packages/{number:uuid}/withdrawals",
    summary="撤回的码 What was withdrawn",
    description="What of one's own package was withdrawn, oldest first.",
    operation_id="withdrawnCodes",
    responses={
        200: ResponseSpec(data_container=list[GoneCodes], description="Withdrawn"),
        **documented(400, 401, 403, 404, 429),
    },
    security=SECURITY,
    tags=TAGS,
)
async def get_withdrawals(request: AnyRequest, number: NUMBER) -> Response[bytes]:
    """What of one's own package was withdrawn."""
    found = await sync_to_thread(_withdrawn, request, number)
    return as_json([_told(each) for each in found])


def _entitlements(request: AnyRequest, party: str | None) -> list[Entitlement]:
    return entitlements(platform_of(request), account_of(request).viewer, party)


def _withdrawn(request: AnyRequest, number: UUID) -> list[Withdrawn]:
    return withdrawn(platform_of(request), number, capturer_asking(request))


def _withdraw(request: AnyRequest, number: UUID, data: Gone) -> list[Withdrawn]:
    capturer = capturer_asking(request)
    return withdraw_codes(
        platform_of(request), number, data.reason, capturer, begin=data.begin, end=data.end,
        whole=data.whole,
    )  # fmt: skip


def _told(gone: Withdrawn) -> GoneCodes:
    begin = gone.begin + 1
    return GoneCodes(begin=begin, end=gone.end, reason=gone.reason, at=gone.at.isoformat())


handlers: tuple[Any, ...] = (
    get_entitlements,
    post_entitlement,
    post_void,
    post_withdrawal,
    get_withdrawals,
)
