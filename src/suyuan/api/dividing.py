"""Divisions over HTTP: what a code meant on a day and means now; one address for people too."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from suyuan.api.drawing import drawn, varying
from suyuan.api.problems import documented
from suyuan.api.readers import as_json, known_only
from suyuan.api.types import AnyRequest
from suyuan.service import (
    Divided,
    NamedDivision,
    day_of,
    divided,
    divisions_named,
    provinces,
    require_name,
)

_PROBLEMS = documented(400, 404)
_ON = "The day, as 2010-07-01; without it, today, or when the code was last valid"


@get(
    "/divisions",
    summary="按名称查行政区划 Divisions of a name",
    description=(
        "Divisions (GB/T 2260) of a name: full, short, former, or pinyin; those in force first. "
        "If none had it on the day, those of another time: `outside` then says of each when it "
        "ended or came, and where its area lay on the day. Without a name, the provinces."
    ),
    operation_id="divisions",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[NamedDivision], description="Divisions of that name"),
        **_PROBLEMS,
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_divisions(
    request: AnyRequest,
    name: Annotated[
        str | None, QueryParameter(name="name", description="A name, pinyin, or a code")
    ] = None,
    code: Annotated[
        str | None, QueryParameter(name="code", description="A code, as a name")
    ] = None,
    on: Annotated[str | None, QueryParameter(name="on", description=_ON)] = None,
) -> Response[Any]:
    """The divisions of a name."""
    page = drawn(request, "divisions")
    if page is not None:
        return page
    known_only(request, ("name", "code", "on"))
    if code is not None:
        require_name(code, "code")
    name, day = code or name, day_of(on, "on")
    return varying(as_json(divisions_named(name, day) if name else provinces()))


@get(
    "/divisions/{code:str}",
    summary="查行政区划代码 A division's code",
    description=(
        "What a code of GB/T 2260 means on a day or now: its periods, what is above and below, "
        "what its area became, and where it lies today. Of a code that was not in force on the "
        "day, `outside` says when it ended or came, and `then` where its area lay. Codes inside "
        "identifiers stay valid if they ever were."
    ),
    operation_id="division",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=Divided, description="All that is known of the code"),
        **_PROBLEMS,
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_division(
    request: AnyRequest,
    code: Annotated[str, PathParameter(description="Six digits")],
    on: Annotated[str | None, QueryParameter(name="on", description=_ON)] = None,
) -> Response[Any]:
    """All that is known of a code."""
    page = drawn(request, "division")
    if page is not None:
        return page
    known_only(request, ("on",))
    return varying(as_json(divided(code, day_of(on, "on"))))


handlers = (get_divisions, get_division)
