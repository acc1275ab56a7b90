"""Verdicts over HTTP: how an event was judged and counts now, and an authority's decision on it."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.epcis import id_as_sent
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.service import overriding

_TAGS: Final = ["Verdicts"]
_PREFIX: Final = b"/verdicts/"

EventId = Annotated[str, PathParameter(description="The event's id, percent-encoded")]


@get(
    "/verdicts/{event_id:path}",
    summary="一个事件的核验结论和历次改判 The verdict on an event, and its overrides",
    description=(
        "How each event of an id was judged when it came, which verdict counts now, and every "
        "decision since, the oldest first. For whom the event concerns; the ground and who decided "
        "are its reporter's and the authorities' to read."
    ),
    operation_id="getVerdicts",
    responses={
        200: ResponseSpec(data_container=list[overriding.VerdictTold], description="Verdicts"),
        **documented(400, 401, 404, 409, 429),
    },
    tags=_TAGS,
)
async def get_verdicts(request: AnyRequest, event_id: EventId) -> Response[bytes]:
    """How the events of an id count; asynchronous, since it shares its path with another."""
    known_only(request, ())
    return as_json(await sync_to_thread(_verdicts, request, event_id))


def _verdicts(request: AnyRequest, event_id: str) -> list[overriding.VerdictTold]:
    name = id_as_sent(request, event_id, _PREFIX)
    return overriding.verdicts(platform_of(request), name, viewer_of(request))


@post(
    "/verdicts/{event_id:path}",
    status_code=200,
    summary="改判一个事件 Override the verdict on an event",
    description=(
        "What counts from now on, on a stated ground; a decision of the log, beside the event, "
        "which stays as it was judged. For administrators, and for "
        "authorities whose areas and families cover the event; never for who reported it (403). "
        "Where another verdict counts than was seen (`expect`, by default the one judged), or the "
        "same already, nothing is done (409)."
    ),
    operation_id="overrideVerdict",
    responses={
        200: ResponseSpec(data_container=overriding.VerdictTold, description="As it counts now"),
        **documented(400, 401, 403, 404, 409, 413, 415, 429),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_override(
    request: AnyRequest, event_id: EventId, data: JSONBody[overriding.Wish]
) -> Response[bytes]:
    """Override a verdict."""
    known_only(request, ())
    return as_json(await sync_to_thread(_overridden, request, event_id, data))


def _overridden(
    request: AnyRequest, event_id: str, wish: overriding.Wish
) -> overriding.VerdictTold:
    viewer = account_of(request).viewer
    name = id_as_sent(request, event_id, _PREFIX)
    return overriding.override(platform_of(request), name, wish, viewer)


handlers: tuple[Any, ...] = (get_verdicts, post_override)
