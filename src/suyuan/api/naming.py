"""Named queries over HTTP: `/queries`, `/queries/{name}`, `/queries/{name}/events`."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter
from msgspec import Struct

from suyuan.api import forms, listening
from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.epcis import asked_of, link, page_given, prefixes_of
from suyuan.api.noticing import noticed
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, platform_of
from suyuan.api.types import AnyRequest
from suyuan.exchange import QueryError, parameters, prefixes
from suyuan.kit import Text
from suyuan.registry import naming
from suyuan.service import (
    forget_query,
    name_query,
    named_events,
    named_queries,
    named_query,
)
from suyuan.service import naming as queries

_TAGS = ["EPCIS"]
_PROBLEMS = documented(400, 401, 404, 406, 413, 414, 429)
_NAME = PathParameter(description="The name of the query")


_LISTENS = Text(
    "“{name}” 用于收听，须以 WebSocket（Upgrade: websocket）打开这个地址。",
    "'{name}' is for listening: this address must be opened as a WebSocket (Upgrade: websocket).",
)
_LISTENS_CURE = Text(
    "请用 WebSocket 打开，或用 POST /queries/…/subscriptions 订阅；只查询一次就去掉 “{name}”。",
    "Open it as a WebSocket, or subscribe by POST /queries/…/subscriptions; to ask once, leave "
    "'{name}' out.",
)


class ListeningError(QueryError):
    """A question says what only a WebSocket may say."""

    def __init__(self, name: str) -> None:
        super().__init__("query.listening", _LISTENS.format(name=name), name)
        self.cure = _LISTENS_CURE.format(name=name)


class Definition(Struct, frozen=True, kw_only=True):
    """A query by its parameters (EPCIS 2.0 query schema), under a name of your own."""

    name: str
    query: dict[str, Any]


@get(
    "/queries",
    summary="列出命名查询 List named queries",
    description="Those of your organisation, by name; the next page is in the header Link.",
    operation_id="listQueries",
    responses={
        200: ResponseSpec(data_container=list[Definition], description="A page"),
        **documented(400, 401, 406, 429),
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_queries(request: AnyRequest) -> Response[bytes]:
    """The named queries; asynchronous, or the framework wraps what shares a path twice."""
    return await sync_to_thread(_queries, request)


@post(
    "/queries",
    status_code=201,
    summary="新建命名查询 Name a query",
    description=(
        "Parameters as GET /events takes them, lists as arrays; they are given back as they were "
        "sent. It is read at once: a parameter "
        "that is not known is refused by name, and what is probably not meant so is told in the "
        "header Suyuan-Notice, as by GET /events. The header Location has its address."
    ),
    operation_id="nameQuery",
    responses={
        201: ResponseSpec(data_container=Definition, description="As kept"),
        **documented(400, 401, 403, 406, 409, 413, 415, 429),
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_query(request: AnyRequest, data: JSONBody[Definition]) -> Response[bytes]:
    """Keep a query; nothing is kept whose answer could not be given."""
    forms.best(request, forms.LISTED)
    kept = await sync_to_thread(_keep, request, data)
    odd = await sync_to_thread(_odd, request, kept.name)
    headers = {"Location": f"/queries/{kept.name}", **odd}
    return forms.listed(request, _definition(kept), status=201, headers=headers)


@get(
    "/queries/{name:str}",
    summary="一个命名查询 One named query",
    description="Its parameters as they were sent, prefixes of extensions with them.",
    operation_id="getQuery",
    responses={200: ResponseSpec(data_container=Definition, description="The query"), **_PROBLEMS},
    security=SECURITY,
    tags=_TAGS,
)
async def get_query(request: AnyRequest, name: Annotated[str, _NAME]) -> Response[bytes]:
    """A named query."""
    return forms.listed(request, await sync_to_thread(_query, request, name))


@delete(
    "/queries/{name:str}",
    status_code=204,
    summary="删除命名查询 Remove a named query",
    description="The events that it found stay.",
    operation_id="forgetQuery",
    responses={**documented(400, 401, 403, 404, 429)},
    security=SECURITY,
    tags=_TAGS,
)
async def delete_query(request: AnyRequest, name: Annotated[str, _NAME]) -> None:
    """Remove a named query."""
    await sync_to_thread(_forget, request, name)


@get(
    "/queries/{name:str}/events",
    summary="命名查询的事件 Events of a named query",
    description=(
        "As GET /events; only perPage and nextPageToken may be given. The others are for "
        "listening: the same address opened as a WebSocket (Upgrade: websocket), with stream=true "
        "or times."
    ),
    operation_id="queryNamed",
    responses={
        200: ResponseSpec(data_container=dict[str, Any], description="One page of events"),
        **_PROBLEMS,
    },
    security=SECURITY,
    tags=_TAGS,
    sync_to_thread=True,
)
def get_query_events(request: AnyRequest, name: Annotated[str, _NAME]) -> Response[bytes]:
    """One page of the events that a named query finds."""
    answer, asked = forms.wanted_by(request), asked_of(request)
    viewer = account_of(request).viewer
    if listens := next((each for each in asked if each in listening.PARAMETERS), None):
        named_query(platform_of(request), name, viewer)  # what there is not is told first
        raise ListeningError(listens)
    page = named_events(platform_of(request), name, asked, viewer)
    return page_given(page, answer, f"/queries/{name}/events", asked)


def _queries(request: AnyRequest) -> Response[bytes]:
    viewer, asked = account_of(request).viewer, asked_of(request)
    per_page, token = parameters.parse_list(asked)
    page = named_queries(platform_of(request), viewer, per_page=per_page, token=token)
    headers = link("/queries", asked, page.token)
    found = [_definition(each) for each in page.members]
    return forms.listed(request, found, headers=headers)


def _keep(request: AnyRequest, data: Definition) -> naming.NamedQuery:
    return name_query(
        platform_of(request),
        data.name,
        data.query,
        account_of(request).viewer,
        extensions=prefixes_of(request),
    )


def _odd(request: AnyRequest, name: str) -> dict[str, str]:
    return noticed(queries.notices_of(platform_of(request), name, account_of(request).viewer))


def _query(request: AnyRequest, name: str) -> Definition:
    return _definition(named_query(platform_of(request), name, account_of(request).viewer))


def _forget(request: AnyRequest, name: str) -> None:
    forget_query(platform_of(request), name, account_of(request).viewer)


def _definition(kept: naming.NamedQuery) -> Definition:
    said = dict(kept.sent)
    if prefixes.CONTEXT in said:
        said[prefixes.CONTEXT] = msgspec.json.decode(said[prefixes.CONTEXT][0])
    return Definition(name=kept.name, query=said)


handlers = (get_queries, post_query, get_query, delete_query, get_query_events)
