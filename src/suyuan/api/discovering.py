"""The address `/`: what there is, for a program as EPCIS 2.0 has it; people get the first page."""

from typing import Any, Final

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec

from suyuan.api.drawing import DRAWN, varying
from suyuan.api.problems import documented
from suyuan.api.resources import RESOURCES, Collection, collection
from suyuan.api.types import AnyRequest

TOP_LEVEL: Final = ("queries", "capture", "events", *RESOURCES, "vocabularies")
"""What is at the top; `vocabularies` is ours."""


@get(
    "/",
    summary="顶层资源 Top-level resources",
    description=(
        "The names of the top-level resources (EPCIS 2.0 §12.2); a browser is given the first page."
    ),
    operation_id="listResources",
    responses={
        200: ResponseSpec(data_container=Collection, description="Names"),
        **documented(400, 401, 429),
    },
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_resources(request: AnyRequest) -> Response[Any]:
    """What there is."""
    draw = request.app.state[DRAWN].get("listResources")
    accepted = request.headers.get("accept", "")
    if draw is not None and ("json" not in accepted or "text/html" in accepted):
        page: Response[Any] = draw(request)
        return page
    return varying(collection([*TOP_LEVEL], {}))
