"""How strictly a tenant's documents are read, over HTTP: administrators switch it."""

from typing import Any

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Struct

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.service import strictness

_TAGS = ["Strictness"]


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether documents are to be held to the published schema."""

    strict: bool


@get(
    "/tenant/strictness",
    summary="严格程度 Strictness",
    description="Whether documents that say nothing themselves are held to the published schema.",
    operation_id="strictness",
    responses={
        200: ResponseSpec(data_container=strictness.Strictness, description="How they are read"),
        **documented(400, 401, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_strictness(request: AnyRequest) -> Response[bytes]:
    """How strictly documents are read."""
    known_only(request, ())
    return as_json(await sync_to_thread(_shown, request))


@post(
    "/tenant/strictness",
    status_code=200,
    summary="切换严格程度 Switch strictness",
    description="For administrators; from the next document on. What was taken stays as it was.",
    operation_id="switchStrictness",
    responses={
        200: ResponseSpec(data_container=strictness.Strictness, description="How they are read"),
        **documented(400, 401, 403, 413, 415, 429),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_strictness(request: AnyRequest, data: JSONBody[Wanted]) -> Response[bytes]:
    """Have documents read strictly, or not."""
    known_only(request, ())
    return as_json(await sync_to_thread(_switched, request, data))


def _shown(request: AnyRequest) -> strictness.Strictness:
    return strictness.strictness(platform_of(request), account_of(request).viewer)


def _switched(request: AnyRequest, data: Wanted) -> strictness.Strictness:
    viewer = viewer_of(request)
    return strictness.switch_strictness(platform_of(request), viewer, strict=data.strict)


handlers: tuple[Any, ...] = (get_strictness, post_strictness)
