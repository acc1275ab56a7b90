"""The address `/`: what there is, for a program as EPCIS 2.0 has it; people get the first page."""

from typing import Any, Final

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec

from suyuan.api import forms, in_xml
from suyuan.api.drawing import DRAWN
from suyuan.api.problems import documented
from suyuan.api.resources import RESOURCES, Collection, collection
from suyuan.api.types import AnyRequest
from suyuan.kit.accepting import ranges
from suyuan.wire import Form

TOP_LEVEL: Final = ("queries", "capture", "events", *RESOURCES, "vocabularies")
"""What is at the top; `vocabularies` is ours."""
_HTML: Final = "text/html"
_ANYTHING: Final = frozenset(("", "*/*", "text/*", _HTML))
"""What says nothing against a page."""


@get(
    "/",
    summary="顶层资源 Top-level resources",
    description=(
        "The names of the top-level resources (EPCIS 2.0 §12.2), as JSON or XML by Accept; a "
        "browser is given the first page."
    ),
    operation_id="listResources",
    responses={
        200: ResponseSpec(data_container=Collection, description="Names"),
        **documented(400, 401, 406, 429),
    },
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_resources(request: AnyRequest) -> Response[Any]:
    """What there is."""
    draw = request.app.state[DRAWN].get("listResources")
    if draw is not None and _is_for_a_person(request.headers.get("accept", "")):
        page: Response[Any] = draw(request)
        return page
    media = forms.best(request, forms.TOP)
    if forms.TOP[media] is Form.JSON:
        return collection(request, [*TOP_LEVEL], {})
    return Response(in_xml.top(TOP_LEVEL), media_type=media, headers={"Vary": "Accept"})


def _is_for_a_person(accept: str) -> bool:
    """Whether a page is wanted, or whatever there is."""
    liked = {kind for kind, weight in ranges(accept) if weight > 0}
    return _HTML in liked or (bool(liked) and liked <= _ANYTHING)
