"""EPCIS queries over HTTP: `GET /events`, `GET /events/{id}`."""

from typing import Any
from urllib.parse import unquote, urlencode

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec

from suyuan.api.asking import platform_of, viewer_of
from suyuan.api.problems import AnyRequest, Problem, respond
from suyuan.kit import Text
from suyuan.service import event, events

_JSON_LD = "application/ld+json"
_NO_EVENT = Text(
    "没有这个编号的事件，或你无权查看。", "There is no event of this id, or it is not yours to see."
)
_PROBLEMS = {
    status: ResponseSpec(data_container=Problem, media_type=MediaType.JSON)
    for status in (400, 401, 404, 413)
}


@get(
    "/events",
    summary="查询事件 Query events",
    description=(
        "SimpleEventQuery (EPCIS 2.0 §8.2.7.1) by parameters; a name that is not supported is "
        "refused by name. The next page is in the Link header. The public gets no raw events: "
        "use /answer. Fields are given as far as the family discloses them to the viewer."
    ),
    responses=_PROBLEMS,
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_events(request: AnyRequest) -> Response[bytes]:
    """One page of events."""
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        given.setdefault(name, []).append(value)
    page = events(platform_of(request), given, viewer_of(request))
    headers = {}
    if page.token is not None:
        kept = [(name, value) for name, values in given.items() for value in values]
        asked = [(name, value) for name, value in kept if name != "nextPageToken"]
        query = urlencode([*asked, ("nextPageToken", page.token)])
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return Response(page.document, media_type=_JSON_LD, headers=headers)


@get(
    "/events/{event_id:path}",
    summary="一个事件及其更正 An event and its corrections",
    responses=_PROBLEMS,
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_event(request: AnyRequest, event_id: str) -> Response[Any]:
    """The event of an id and every error declaration that speaks of it."""
    name = unquote(event_id.removeprefix("/"))
    found = event(platform_of(request), name, viewer_of(request))
    if found is None:
        return respond(request, status=404, text=_NO_EVENT, place="id", code="events.none")
    return Response(found, media_type=_JSON_LD)


handlers = (get_events, get_event)
