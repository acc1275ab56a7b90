"""EPCIS queries over HTTP: `GET /events`, `GET /events/{id}`."""

from typing import Annotated, Any
from urllib.parse import unquote, urlencode

from litestar import Response, delete, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from suyuan.api import forms
from suyuan.api.noticing import noticed
from suyuan.api.problems import Wrong, documented, respond
from suyuan.api.readers import platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.exchange import EventsPage, prefixes, tokens
from suyuan.kit import Text
from suyuan.service import event, events, let_go

_PREFIX = b"/events/"

Asked = dict[str, list[str]]

NO_EVENT = Text(
    "没有这个编号的事件，或你无权查看。", "There is no event of this id, or it is not yours to see."
)
NO_EVENT_CURE = Text(
    "请核对编号，或用有权查看的账户的密钥。",
    "Check the id, or send the key of an account that may.",
)

_PROBLEMS = documented(400, 401, 404, 406, 413, 414, 429)


def _document(description: str) -> ResponseSpec:
    return ResponseSpec(
        data_container=dict[str, Any], media_type=forms.JSON_LD, description=description
    )


@get(
    "/events",
    summary="查询事件 Query events",
    description=(
        "SimpleEventQuery (EPCIS 2.0 §8.2.7.1) by parameters; several values are parted by `|`, "
        "all conditions must hold, and a name that is not known is refused by name. Extensions are "
        "prefix:name, the prefixes explained in the header GS1-Extensions or in @context. EPC URNs "
        "and Digital Links of one key match alike. The next page is in the header Link; pages "
        "neither skip nor repeat, whatever is captured meanwhile. Events go to those they "
        "concern, with the fields that the family discloses to them; the public asks /answer. "
        "A bare word that the CBV has not is refused; other words and codes that are probably not "
        "meant so, a code with a wrong check digit, are answered, and told in the header "
        "Suyuan-Notice (RFC 9651). "
        "JSON-LD or XML 2.0 by Accept; GS1-EPC-Format and, for XML, GS1-CBV-XML-Format say how "
        "codes and words are spelled."
    ),
    operation_id="queryEvents",
    responses={200: _document("One page as an EPCISQueryDocument"), **_PROBLEMS},
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_events(request: AnyRequest) -> Response[bytes]:
    """One page of events."""
    answer = forms.wanted_by(request)
    asked = asked_of(request)
    page = events(platform_of(request), asked, viewer_of(request), extensions=prefixes_of(request))
    return page_given(page, answer, "/events", asked)


def asked_of(request: AnyRequest) -> Asked:
    """The parameters behind the address, each with its values in order."""
    asked: Asked = {}
    for name, value in request.query_params.multi_items():
        asked.setdefault(name, []).append(value)
    return asked


def prefixes_of(request: AnyRequest) -> dict[str, str]:
    """What the header GS1-Extensions says that prefixes mean."""
    return prefixes.extensions_of(request.headers.get("gs1-extensions"))


def page_given(page: EventsPage, answer: forms.Answer, path: str, asked: Asked) -> Response[bytes]:
    """A page of events, with the address of the next in the header Link, and what is odd."""
    headers = link(path, asked, page.token) | noticed(page.notices)
    return forms.given(page.document, answer, headers)


def link(path: str, asked: Asked, token: str | None) -> dict[str, str]:
    """The headers that say where the next page is, if there is one, and until when."""
    if token is None:
        return {}
    said = [(name, each) for name, values in asked.items() for each in values]
    kept = [(name, each) for name, each in said if name != "nextPageToken"]
    query = urlencode([*kept, ("nextPageToken", token)])
    ends = tokens.ends_of(token).isoformat()
    return {"Link": f'<{path}?{query}>; rel="next"', "GS1-Next-Page-Token-Expires": ends}


@get(
    "/events/{event_id:path}",
    summary="一个事件及其更正 An event and its corrections",
    description=(
        "Everything that bears an event id and concerns the viewer: the original, its error "
        "declarations, and what other organisations reported under the same id."
    ),
    operation_id="getEvent",
    responses={200: _document("An EPCISQueryDocument"), **_PROBLEMS},
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_event(
    request: AnyRequest,
    event_id: Annotated[str, PathParameter(description="The event's id, percent-encoded")],
) -> Response[Any]:
    """The event of an id and every error declaration that speaks of it."""
    answer = forms.wanted_by(request)
    found = event(platform_of(request), id_as_sent(request, event_id, _PREFIX), viewer_of(request))
    if found is None:
        wrong = Wrong(status=404, rule="events.none", text=NO_EVENT, place="id", cure=NO_EVENT_CURE)
        return respond(request, wrong)
    return forms.given(found, answer, {})


def id_as_sent(request: AnyRequest, parsed: str, prefix: bytes) -> str:
    """The id in the address: the router drops slashes, and ids of the web have two in a row."""
    raw = request.scope.get("raw_path", b"").partition(b"?")[0]
    at = raw.find(prefix)
    return unquote(raw[at + len(prefix) :].decode("ascii")) if at >= 0 else parsed.lstrip("/")


@delete(
    "/nextPageToken/{token:str}",
    status_code=204,
    summary="放弃翻页令牌 Let a page token go",
    description="It opens nothing from then on, though its time is not over.",
    operation_id="letTokenGo",
    responses={**documented(400, 401, 404, 429)},
    tags=["EPCIS"],
    sync_to_thread=True,
)
def delete_token(
    request: AnyRequest,
    token: Annotated[str, PathParameter(description="A nextPageToken of this platform")],
) -> None:
    """Let a token go; whoever holds it may."""
    viewer_of(request)
    let_go(platform_of(request), token)


handlers = (get_events, get_event, delete_token)
