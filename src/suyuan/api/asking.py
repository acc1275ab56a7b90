"""Questions over HTTP: what a code is, where a thing came from or went, what may be said of it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.problems import AnyRequest, Problem
from suyuan.codes import recognise
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.model import Holder, Viewer
from suyuan.service import Platform, answer, identify, trace, who
from suyuan.trace import Direction, Question, Seed

_MOST_TEXTS = 100
_MANY = Text("一次最多识别 {most} 个文本。", "At most {most} texts at a time.")
_UNREADABLE = Text(
    "“{text}” 不是能认出的编码；用 /identify 看看。",
    "'{text}' is no code that we know; look at /identify.",
)
_BOTH = Text(
    "持有者要同时给出 holder_party 和 holder_site。",
    "A holder needs both holder_party and holder_site.",
)
_PROBLEM = {400: ResponseSpec(data_container=Problem, media_type=MediaType.JSON)}


def platform_of(request: AnyRequest) -> Platform:
    """The open platform that the composition root put into the application."""
    platform = request.app.state.platform
    assert isinstance(platform, Platform)  # noqa: S101 -- by construction
    return platform


def viewer_of(request: AnyRequest) -> Viewer:
    """Who reads: the account of the key, else the public."""
    return who(platform_of(request), request.headers.get("authorization")).viewer


@get(
    "/identify",
    summary="识别编码 Say what codes are",
    description="Per text an array of readings, best first, each with what is known of the thing.",
    responses=_PROBLEM,
    tags=["Questions"],
    sync_to_thread=True,
)
def get_identify(
    request: AnyRequest,
    text: Annotated[list[str], QueryParameter(name="text", max_items=_MOST_TEXTS)],
) -> Response[bytes]:
    """The readings of each text."""
    if len(text) > _MOST_TEXTS:
        raise SuyuanError("identify.many", _MANY.format(most=_MOST_TEXTS), "text")
    found = identify(platform_of(request), text, viewer_of(request))
    return _json(found if len(text) > 1 else found[0])


@get(
    "/trace",
    summary="追溯 Trace a thing",
    description=(
        "Backward: where it came from; forward: where it went. Every answer is certain within "
        "possible, says how complete it is and to which record position. Times are ISO 8601."
    ),
    responses=_PROBLEM,
    tags=["Questions"],
    sync_to_thread=True,
)
def get_trace(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    thing: str,
    direction: Direction = Direction.BACKWARD,
    as_of: str | None = None,
    known_at: Annotated[int | None, QueryParameter(ge=0)] = None,
    start: str | None = None,
    end: str | None = None,
    depth: Annotated[int | None, QueryParameter(ge=1)] = None,
    holder_party: str | None = None,
    holder_site: str | None = None,
) -> Response[bytes]:
    """The answer to a question about a thing, or about a thing at one holder."""
    question = Question(
        seeds=(Seed(thing=_thing(thing), holder=_holder(holder_party, holder_site)),),
        direction=direction,
        as_of=_instant(as_of, last=True),
        known_at=known_at,
        start=_instant(start, last=False),
        end=_instant(end, last=True),
        depth=depth,
    )
    return _json(trace(platform_of(request), question, viewer_of(request)))


@get(
    "/answer",
    summary="公开答案 What may be said of a thing",
    description="The same answer as the thing's page: verdict first, disclosed fields only.",
    responses=_PROBLEM,
    tags=["Questions"],
    sync_to_thread=True,
)
def get_answer(request: AnyRequest, id: str) -> Response[bytes]:  # noqa: A002 -- the query's name
    """What may be said of one thing to this viewer."""
    return _json(answer(platform_of(request), _thing(id), viewer_of(request)))


def _thing(text: str) -> str:
    found = recognise(text)
    if not found:
        raise SuyuanError("trace.thing", _UNREADABLE.format(text=text[:80]), "thing")
    return found[0].canonical


def _holder(party: str | None, site: str | None) -> Holder | None:
    if party is None and site is None:
        return None
    if party is None or site is None:
        raise SuyuanError("trace.holder", _BOTH, "holder_party")
    return Holder(party, site)


def _instant(text: str | None, *, last: bool) -> datetime | None:
    """The first or last instant of what is written; without an offset, of China's clock."""
    if text is None:
        return None
    span, _ = parse_instant(text.replace(" ", "+"), offset_minutes=480)
    return span.hi if last else span.lo


def _json(value: Any) -> Response[bytes]:
    encoder = msgspec.json.Encoder(decimal_format="number")
    return Response(encoder.encode(value), media_type=MediaType.JSON)
