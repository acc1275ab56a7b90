"""The interlock over HTTP: a machine asks before it fills, uses, sells or sends."""

from typing import Any

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import Act, Interlock, interlock


@post(
    "/interlock",
    status_code=200,
    summary="事前联锁 May this be done, here and now?",
    description=(
        "Whether a step may be done to these things by the account's party: `allowed`, with every "
        "reason against it (rule, law, what was found, what is needed) and what would be flagged. "
        "It asks registry, permits and the past of the things, and records nothing. What is "
        "unknown and decides is a reason. The answer is good for its instant only."
    ),
    operation_id="interlock",
    responses={
        200: ResponseSpec(data_container=Interlock, description="Yes or no, with every reason"),
        **documented(400, 401, 403, 404, 413, 415, 429),
    },
    security=SECURITY,
    guards=[own_json],
    tags=["Questions"],
)
async def post_interlock(request: AnyRequest, data: JSONBody[Act]) -> Response[bytes]:
    """Answer before the act."""
    return as_json(await sync_to_thread(_answered, request, data))


def _answered(request: AnyRequest, data: Act) -> Interlock:
    return interlock(platform_of(request), data, account_of(request).viewer)


handlers: tuple[Any, ...] = (post_interlock,)
