"""Credit decisions over HTTP: entered and withdrawn by authorities; credit files of parties.

What holds is shown to everybody, what is over to the party and those above it.
"""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.drawing import drawn, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.service import crediting, day_of

_TAGS = ["Credit"]
_TAKING = documented(400, 401, 403, 404, 413, 415, 429)
_KINDS = ", ".join(f"`{each}`" for each in crediting.kinds())
_WAYS = ", ".join(f"`{each}`" for each in crediting.ways())
_On = Annotated[str | None, QueryParameter(description="As of a day, as 2026-03-01; else today")]
_Before = Annotated[
    int | None, QueryParameter(description="Earlier ones than this number: `before` of an answer")
]


@get(
    "/credit",
    summary="信用档案 Credit file of a party",
    description=(
        "Decisions of authorities about a registered party, the latest 100 first. Everybody is "
        "shown published decisions that hold, today and on the day asked about; the party itself, "
        "authorities of its areas and administrators (`whole`) also those that are over, taken "
        "back or not published, licences with their validity, and inspections of the two years "
        "before. `verified` false: the text that a kind comes from was not read."
    ),
    operation_id="creditFile",
    responses={
        200: ResponseSpec(data_container=crediting.CreditFile, description="The file"),
        **documented(400, 401, 404, 429),
    },
    tags=_TAGS,
)
async def get_file(
    request: AnyRequest,
    party: Annotated[
        str, QueryParameter(description="Unified social credit code, GLN or URI")
    ] = "",
    on: _On = None,
    before: _Before = None,
) -> Response[Any]:
    """A party's credit file."""
    page = await sync_to_thread(drawn, request, "creditFile")
    if page is not None:
        return page
    known_only(request, ("party", "on", "before"))
    return varying(as_json(await sync_to_thread(_file, request, party, on, before)))


@get(
    "/credit/decisions",
    summary="信用决定 Credit decisions",
    description=(
        "The latest 100, withdrawn ones too: an administrator's account sees all, a regulator's "
        "those about parties in its areas and its families, others those about themselves. `on` "
        "asks for those alone that hold on a day."
    ),
    operation_id="creditDecisions",
    responses={
        200: ResponseSpec(data_container=crediting.CreditPage, description="Decisions"),
        **documented(400, 401, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_decisions(
    request: AnyRequest,
    party: Annotated[str, QueryParameter(description="About one party, by any code of it")] = "",
    on: _On = None,
    before: _Before = None,
) -> Response[bytes]:
    """Credit decisions that are the account's to see."""
    known_only(request, ("party", "on", "before"))
    return as_json(await sync_to_thread(_decisions, request, party, on, before))


@post(
    "/credit/decisions",
    status_code=201,
    summary="登记信用决定 Enter a credit decision",
    description=(
        "For administrators, and for authorities: about registered parties that are or have a site "
        f"in their areas, and about their families. Kinds: {_KINDS}. It is never changed; a wrong "
        "one is withdrawn and entered anew. What is on file already, and was not withdrawn, is "
        "not entered again."
    ),
    operation_id="enterCreditDecision",
    responses={
        201: ResponseSpec(data_container=crediting.CreditInfo, description="As entered"),
        **_TAKING,
        **documented(409),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_decision(
    request: AnyRequest, data: JSONBody[crediting.NewDecision]
) -> Response[bytes]:
    """Enter a decision; asynchronous, or the framework wraps what shares a path twice."""
    known_only(request, ())
    return as_json(await sync_to_thread(_decide, request, data), status=201)


@post(
    "/credit/withdrawals",
    status_code=201,
    summary="撤回信用决定 Withdraw a credit decision",
    description=(
        "It holds no more from the day stated, or today, and stays on file with why. Who may enter "
        f"a decision about the party may withdraw it, once. Ways: {_WAYS}."
    ),
    operation_id="withdrawCreditDecision",
    responses={
        201: ResponseSpec(data_container=crediting.CreditInfo, description="As it is now"),
        **_TAKING,
        **documented(409),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_withdrawal(
    request: AnyRequest, data: JSONBody[crediting.NewWithdrawal]
) -> Response[bytes]:
    """Withdraw a decision."""
    known_only(request, ())
    return as_json(await sync_to_thread(_withdraw, request, data), status=201)


def _file(
    request: AnyRequest, party: str, on: str | None, before: int | None
) -> crediting.CreditFile:
    viewer, day = viewer_of(request), day_of(on, "on")
    return crediting.credit_file(platform_of(request), party, viewer, on=day, before=before)


def _decisions(
    request: AnyRequest, party: str, on: str | None, before: int | None
) -> crediting.CreditPage:
    viewer, day = account_of(request).viewer, day_of(on, "on")
    return crediting.decisions(platform_of(request), viewer, party=party, on=day, before=before)


def _decide(request: AnyRequest, data: crediting.NewDecision) -> crediting.CreditInfo:
    return crediting.decide(platform_of(request), data, account_of(request).viewer)


def _withdraw(request: AnyRequest, data: crediting.NewWithdrawal) -> crediting.CreditInfo:
    return crediting.withdraw(platform_of(request), data, account_of(request).viewer)


handlers: tuple[Any, ...] = (get_file, get_decisions, post_decision, post_withdrawal)
