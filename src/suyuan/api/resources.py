"""EPCIS top-level resources over HTTP: a business step, a place, a thing …, and its events.

`GET /bizSteps/{bizStep}` says what there is of one, `GET /bizSteps/{bizStep}/events` asks for its
events, with every parameter of `GET /events` beside it (EPCIS 2.0 REST binding, top-level).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import unquote

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from suyuan.api.epcis import NO_EVENT, NO_EVENT_CURE, PROBLEMS, page_of, parameters
from suyuan.api.problems import Wrong, respond
from suyuan.api.readers import as_json, platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.exchange import QueryError
from suyuan.kit import Text
from suyuan.model import EventType
from suyuan.service import events
from suyuan.wire.contexts import EPCIS_CONTEXT

RESOURCES: Final[Mapping[str, str]] = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
"""Each resource, and the parameter of `GET /events` that its address stands for."""

_EVENTS: Final = b"/events"
_DESCRIPTION: Final = (
    "What there is of the one that the address names (404 if no event that the caller may see "
    "names it), and with /events behind it its events, as GET /events gives them and with the "
    "same parameters. Percent-encode the name. EPC URNs and Digital Links of one key are one, "
    "and so are the spellings of a CBV word."
)
_TWICE = Text(
    "地址已经限定了 “{name}”；请去掉这个参数。",
    "The address says '{name}' already; leave the parameter out.",
)


@get(
    "/eventTypes",
    summary="事件类型 Types of events",
    description="The five types of events of EPCIS 2.0; each has its events.",
    operation_id="listEventTypes",
    responses=PROBLEMS,
    tags=["EPCIS"],
    sync_to_thread=False,
)
def get_event_types() -> Response[bytes]:
    """The types of events."""
    return _collection([kind.value for kind in EventType])


def get_resource(
    request: AnyRequest,
    value: Annotated[str, PathParameter(description="Its name, percent-encoded")],  # noqa: ARG001
) -> Response[Any]:
    """What there is of a resource, or its events."""
    raw: bytes = request.scope["raw_path"].partition(b"?")[0]
    kind, _, rest = raw.lstrip(b"/").partition(b"/")
    asked = RESOURCES[kind.decode("ascii")]
    name = unquote(rest.removesuffix(_EVENTS).decode("ascii"))
    if not rest.endswith(_EVENTS):
        return _existing(request, {asked: [name]})
    given = parameters(request)
    if asked in given:
        raise QueryError("query.once", _TWICE.format(name=asked), asked)
    return page_of(request, {asked: [name]}, raw.decode("ascii"))


def _existing(request: AnyRequest, asked: dict[str, list[str]]) -> Response[Any]:
    if events(platform_of(request), asked | {"perPage": ["1"]}, viewer_of(request)).count:
        return _collection(["events"])
    wrong = Wrong(status=404, rule="events.none", text=NO_EVENT, place="id", cure=NO_EVENT_CURE)
    return respond(request, wrong)


def _collection(members: list[str]) -> Response[bytes]:
    return as_json({"@context": EPCIS_CONTEXT, "type": "Collection", "member": members})


def _handler(name: str) -> HTTPRouteHandler:
    """The operation of one resource."""
    operation = get(
        f"/{name}/{{value:path}}",
        summary="一个词、地点或物的事件 Events of a word, a place or a thing",
        description=_DESCRIPTION,
        operation_id=f"get-{name}",
        responses=PROBLEMS,
        media_type=MediaType.JSON,
        tags=["EPCIS"],
        sync_to_thread=True,
    )
    return operation(get_resource)


handlers = (get_event_types, *map(_handler, RESOURCES))
