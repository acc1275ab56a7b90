"""Divisions over HTTP: what a code meant on a day and means now; one address for people too.

A browser that asks for HTML is given the page of the same name, where the web face hands one in.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

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

Drawn = Callable[[AnyRequest], Response[str]]
"""The page of an operation, for a person."""

DRAWN: Final = "drawn"
_HTML = "text/html"
_PROBLEMS = documented(400, 404)
_ON = "The day, as 2010-07-01; without it, today, or when the code was last valid"


@get(
    "/divisions",
    summary="按名称查行政区划 Divisions of a name",
    description=(
        "Divisions (GB/T 2260) of a name: full, short, former, or pinyin; those in force first. "
        "Without a name, the provinces."
    ),
    operation_id="divisions",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[NamedDivision], description="Divisions of that name"),
        **documented(400),
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
        "what its area became, and where it lies today. Codes inside identifiers stay valid if "
        "they ever were."
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


def drawn(request: AnyRequest, operation: str) -> Response[str] | None:
    """The page, where a browser asks and there is one."""
    if _HTML not in request.headers.get("accept", ""):
        return None
    draw: Drawn | None = request.app.state[DRAWN].get(operation)
    return None if draw is None else draw(request)


def varying(response: Response[bytes]) -> Response[bytes]:
    """A cache must keep the page and the JSON of one address apart."""
    response.headers["Vary"] = "Accept"
    return response


handlers = (get_divisions, get_division)
