"""Top-level resources over HTTP: what is listed, the events of one, and master data.

`GET /bizSteps`, `/bizSteps/{bizStep}`, `/bizSteps/{bizStep}/events`, and so on (EPCIS 2.0 §12.6). A
name in an address is percent-encoded, so that its own slashes and those of the address differ.
"""

from typing import Annotated, Any, Final
from urllib.parse import unquote

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter
from msgspec import Struct

from suyuan.api import forms
from suyuan.api.epcis import asked_of, link, page_given, prefixes_of
from suyuan.api.noticing import noticed
from suyuan.api.problems import documented
from suyuan.api.readers import platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.exchange import closed, prefixes
from suyuan.service import events, values, vocabularies
from suyuan.wire.contexts import EPCIS_CONTEXT

_PROBLEMS = documented(400, 401, 404, 406, 413, 414, 429)
_TAGS = ["EPCIS"]
_EVENTS: Final = b"/events"
_VARY: Final = "Accept, GS1-Extensions"

RESOURCES: Final = {
    "eventTypes": ("eventType", "eventType"),
    "epcs": ("epc", "MATCH_anyEPC"),
    "bizSteps": ("bizStep", "EQ_bizStep"),
    "bizLocations": ("bizLocation", "EQ_bizLocation"),
    "readPoints": ("readPoint", "EQ_readPoint"),
    "dispositions": ("disposition", "EQ_disposition"),
}
"""Each resource with the name of one of it, and the parameter that finds the events of one."""


class Collection(Struct, frozen=True, kw_only=True):
    """A list as the standard gives it."""

    context: str | list[Any] = msgspec.field(default=EPCIS_CONTEXT, name="@context")
    type: str = "Collection"
    member: list[Any]


def collection(request: AnyRequest, members: list[Any], headers: dict[str, str]) -> Response[bytes]:
    """A list as an answer."""
    return forms.listed(request, Collection(member=members), headers=headers)


def _listing(resource: str, kind: str) -> HTTPRouteHandler:
    @get(
        f"/{resource}",
        summary=f"列出 List {resource}",
        description=(
            "Those that stand in events the viewer may see, each once: EPCs in the order of the "
            "record, all others in that of their names; the next page is in the header Link. An "
            "event is listed once the index has followed it. Prefixes that GS1-Extensions explains "
            "are used where they fit."
        ),
        operation_id=f"list_{resource}",
        responses={200: ResponseSpec(data_container=Collection, description="A page"), **_PROBLEMS},
        tags=_TAGS,
        sync_to_thread=True,
    )
    def listed(request: AnyRequest) -> Response[bytes]:
        asked = asked_of(request)
        found = values(platform_of(request), kind, asked, viewer_of(request))
        members, used = prefixes.compacted(found.members, prefixes_of(request))
        headers = {"Vary": _VARY, **link(f"/{resource}", asked, found.token)}
        context = [EPCIS_CONTEXT, used] if used else EPCIS_CONTEXT
        return forms.listed(request, Collection(context=context, member=members), headers=headers)

    return listed


def _one(resource: str, kind: str, parameter: str) -> HTTPRouteHandler:
    @get(
        f"/{resource}/{{name:path}}",
        summary=f"其中之一的事件 Events of one of {resource}",
        description=(
            f"The events that name it, asked as GET /events is. The same as {parameter}, in any "
            "spelling of the name. What no event can name, a type that EPCIS has not or a word "
            "that the CBV has not, is a 404."
        ),
        operation_id=f"events_of_{kind}",
        responses={
            200: ResponseSpec(data_container=dict[str, Any], description="One page of events"),
            **_PROBLEMS,
        },
        tags=_TAGS,
        sync_to_thread=True,
    )
    def one(
        request: AnyRequest,
        name: Annotated[str, PathParameter(description="Its name, percent-encoded")],
    ) -> Response[bytes]:
        path, said = _as_sent(request, name, resource)
        closed.require_possible(kind, said)
        if not path.endswith(_EVENTS):
            return collection(request, ["events"], {})
        answer, asked = forms.wanted_by(request), asked_of(request)
        page = events(
            platform_of(request),
            asked,
            viewer_of(request),
            extensions=prefixes_of(request),
            fixed=(parameter, said),
        )
        return page_given(page, answer, path.decode("ascii"), asked)

    return one


def _as_sent(request: AnyRequest, parsed: str, resource: str) -> tuple[bytes, str]:
    """The address as it came, and the name in it; the router drops slashes that a name has."""
    raw: bytes = request.scope.get("raw_path", b"").partition(b"?")[0]
    beginning = f"/{resource}/".encode()
    at = raw.find(beginning)
    if at < 0:
        return f"/{resource}/{parsed}".encode(), parsed.removesuffix("/events").lstrip("/")
    return raw, unquote(raw[at + len(beginning) :].removesuffix(_EVENTS).decode("ascii"))


@get(
    "/vocabularies",
    summary="查询主数据 Query master data",
    description=(
        "SimpleMasterDataQuery (EPCIS 1.2 §8.2.7.2) over REST, an extension: what headers of your "
        "own documents said of places, parties and goods, as each said it last; the operator sees "
        "all. Parameters: vocabularyName, EQ_name, WD_name, HASATTR, EQATTR_…, includeAttributes, "
        "includeChildren, attributeNames, maxElementCount, perPage, nextPageToken."
    ),
    operation_id="queryMasterData",
    responses={200: ResponseSpec(data_container=Collection, description="A page"), **_PROBLEMS},
    tags=_TAGS,
    sync_to_thread=True,
)
def get_vocabularies(request: AnyRequest) -> Response[bytes]:
    """A page of master data."""
    asked = asked_of(request)
    extensions = prefixes_of(request)
    found = vocabularies(platform_of(request), asked, viewer_of(request), extensions=extensions)
    headers = link("/vocabularies", asked, found.token) | noticed(found.notices)
    return collection(request, found.members, headers)


handlers = (
    *(_listing(resource, kind) for resource, (kind, _) in RESOURCES.items()),
    *(_one(resource, kind, parameter) for resource, (kind, parameter) in RESOURCES.items()),
    get_vocabularies,
)
