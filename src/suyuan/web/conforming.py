"""The page of what EPCIS 2.0 and the resolver standard ask, and whether it is here."""

from collections import Counter

from litestar import Response, get

from suyuan.service import conformance, conforming
from suyuan.web.request import AnyRequest
from suyuan.web.respond import respond


@get("/conformance", sync_to_thread=True)
def conformance_page(request: AnyRequest) -> Response[str]:
    """Every requirement, part by part."""
    found = conformance()
    parts = [
        (title, [each for each in found if each.part == part])
        for part, title in conforming.PARTS.items()
    ]
    counts = Counter(each.state for each in found)
    return respond(
        request,
        "conformance.html",
        parts=parts,
        states=conforming.STATES,
        counts=counts,
        whole=len(found),
    )


handlers = (conformance_page,)
