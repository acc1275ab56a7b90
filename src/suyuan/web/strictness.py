"""The page that says how strictly an organisation's documents are read."""

from typing import Any

from litestar import Response, get

from suyuan.service import strictness
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in


@get("/strictness", sync_to_thread=True)
@signed_in
def strictness_page(request: AnyRequest) -> Response[Any]:
    """How strictly documents of who is signed in are read."""
    found = strictness.strictness(platform_of(request), asking(request).viewer)
    return respond(request, "strictness.html", found=found)


handlers = (strictness_page,)
