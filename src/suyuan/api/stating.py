"""State rules of a tenant over HTTP: shown to whoever may report, switched by administrators."""

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
from suyuan.service import stating, switch_state_rules

_TAGS = ["State rules"]


class Switched(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules to be switched on, and off; the others stay as they are."""

    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


@get(
    "/tenant/state-rules",
    summary="状态规则 State rules",
    description=(
        "What is held, not only flagged, where the record contradicts a report, of a product "
        "family or of none (plain EPCIS). All are off until an administrator switches them on."
    ),
    operation_id="stateRules",
    responses={
        200: ResponseSpec(data_container=list[stating.StateRuleInfo], description="Every rule"),
        **documented(400, 401, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_state_rules(request: AnyRequest) -> Response[bytes]:
    """Every rule, and whether it is on."""
    known_only(request, ())
    return as_json(await sync_to_thread(_shown, request))


@post(
    "/tenant/state-rules",
    status_code=200,
    summary="启用或停用状态规则 Switch state rules",
    description=(
        "For administrators; from the next document on. What was judged stays as it was. With the "
        "first rule, what plain EPCIS said of things before is read from the record, which takes "
        "its time; 503 with Retry-After while a backup or a large document is in the way."
    ),
    operation_id="switchStateRules",
    responses={
        200: ResponseSpec(data_container=list[stating.StateRuleInfo], description="Every rule"),
        **documented(400, 401, 403, 413, 415, 429, 503),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_state_rules(request: AnyRequest, data: JSONBody[Switched]) -> Response[bytes]:
    """Switch rules on and off."""
    known_only(request, ())
    return as_json(await sync_to_thread(_switched, request, data))


def _shown(request: AnyRequest) -> list[stating.StateRuleInfo]:
    viewer = account_of(request).viewer
    return stating.described(stating.state_rules(platform_of(request), viewer))


def _switched(request: AnyRequest, data: Switched) -> list[stating.StateRuleInfo]:
    viewer = viewer_of(request)
    return switch_state_rules(platform_of(request), viewer, on=data.on, off=data.off)


handlers: tuple[Any, ...] = (get_state_rules, post_state_rules)
