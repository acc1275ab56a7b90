"""Permits and quotas over HTTP: entered by administrators, withdrawn by issuers, shown to both.

Holders see their own, authorities those of their area and families.
"""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.drawing import drawn, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, operator_of, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import (
    NewPermit,
    PermitInfo,
    Use,
    enter_permit,
    permit_uses,
    permits,
    withdraw_permit,
)

_TAKING = documented(400, 401, 403, 404, 409, 413, 415, 429)
_TAGS = ["Permits"]
_Kind = Annotated[str, QueryParameter(description="The kind, as `explosives_purchase_permit`")]
_Number = Annotated[str, QueryParameter(description="The number as it stands on the permit")]


class VoidPermit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permit that covers nothing from now on, of which issuer, and why."""

    kind: str
    number: str
    reason: str
    issuer: str = ""


@get(
    "/permits",
    summary="许可证和配额的余额 Balances of permits and quotas",
    description=(
        "Granted, used, left, and what was reported beyond it, line by line. An administrator's "
        "account sees everybody's, a regulator's those of its areas and families; others see what "
        "they hold or issued."
    ),
    operation_id="permits",
    responses={
        200: ResponseSpec(data_container=list[PermitInfo], description="Lines of permits"),
        **documented(400, 401, 403, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_permits(
    request: AnyRequest,
    party: Annotated[str | None, QueryParameter(description="Of one organisation")] = None,
    kind: Annotated[str | None, QueryParameter(description="Of one kind")] = None,
    number: Annotated[str | None, QueryParameter(description="Of one number")] = None,
) -> Response[Any]:
    """Lines of permits with what is left."""
    page = await sync_to_thread(drawn, request, "permits")
    if page is not None:
        return page
    known_only(request, ("party", "kind", "number"))
    return varying(as_json(await sync_to_thread(_permits, request, party, kind, number)))


@get(
    "/permits/uses",
    summary="许可证的扣减明细 What was taken from a permit",
    description="Each recorded event that took from it, the latest first, at most 1,000.",
    operation_id="permitUses",
    responses={
        200: ResponseSpec(data_container=list[Use], description="Debits"),
        **documented(400, 401, 403, 404, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_uses(request: AnyRequest, kind: _Kind, number: _Number) -> Response[bytes]:
    """What recorded events took from a permit."""
    known_only(request, ("kind", "number"))
    return as_json(await sync_to_thread(_uses, request, kind, number))


@post(
    "/permits",
    status_code=201,
    summary="登记许可证或配额 Enter a permit or quota",
    description=(
        "For administrators, who have seen it. The same kind, issuer, number and goods again "
        "changes its amount and days, never to less than is used."
    ),
    operation_id="enterPermit",
    responses={201: ResponseSpec(data_container=PermitInfo, description="As entered"), **_TAKING},
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_permit(request: AnyRequest, data: JSONBody[NewPermit]) -> Response[bytes]:
    """Enter a permit; asynchronous, or the framework wraps what shares a path twice."""
    asking = await sync_to_thread(operator_of, request)
    made = await sync_to_thread(
        enter_permit, platform_of(request), data, account=asking.viewer.account
    )
    return as_json(made, status=201)


@post(
    "/permits/withdrawals",
    status_code=204,
    summary="撤回许可证 Withdraw a permit",
    description=(
        "From now on it covers nothing; what was taken stays taken, and it stays on file. Only an "
        "account of the issuer may; for an issuer that is on file by name alone, an administrator."
    ),
    operation_id="withdrawPermit",
    responses=_TAKING,
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_void(request: AnyRequest, data: JSONBody[VoidPermit]) -> None:
    """Withdraw a permit."""
    await sync_to_thread(_withdraw, request, data)


def _permits(
    request: AnyRequest, party: str | None, kind: str | None, number: str | None
) -> list[PermitInfo]:
    viewer = account_of(request).viewer
    return permits(platform_of(request), viewer, holder=party, kind=kind, number=number)


def _uses(request: AnyRequest, kind: str, number: str) -> list[Use]:
    viewer = account_of(request).viewer
    return permit_uses(platform_of(request), kind, number, viewer)


def _withdraw(request: AnyRequest, data: VoidPermit) -> None:
    withdraw_permit(
        platform_of(request), data.kind, data.number, data.reason,
        issuer=data.issuer, viewer=account_of(request).viewer,
    )  # fmt: skip


handlers: tuple[Any, ...] = (get_permits, get_uses, post_permit, post_void)
