"""Takes a request for an answer; gives the form asked for, and the answer in it as a file."""

from typing import Annotated, Final

from litestar import Response
from litestar.params import QueryParameter

from suyuan.api.readers import platform_of, who_of
from suyuan.api.types import AnyRequest
from suyuan.drawings import on_paper
from suyuan.interchange import MEDIA, Form
from suyuan.kit.accepting import ranges
from suyuan.service import export
from suyuan.trace import Question

AS_FORM: Final = (
    "As a file to hand on: epcis (EPCIS 2.0 document of the events behind it), fcl (FoodChain-Lab "
    "JSON 1.0.0), graphml, csv, fsma204 (sortable spreadsheet), pdf; else the header Accept may "
    "name the media type of any but fcl."
)
AsForm = Annotated[Form | None, QueryParameter(name="format", description=AS_FORM)]
TOLD: Final = (
    " With `format`, or by its media type, the same as a file, which says for whom it was made, on "
    "which day and how complete it is."
)
_BY_MEDIA: Final = {
    media.partition(";")[0]: form for form, (media, _) in MEDIA.items() if form is not Form.FCL
}


def asked_form(request: AnyRequest, form: Form | None) -> Form | None:
    """The form by the parameter, else by the media type that is liked best; None: JSON."""
    if form is not None:
        return form
    liked = sorted(ranges(request.headers.get("accept", "")), key=lambda each: -each[1])
    first = next((name for name, weight in liked if weight > 0), "")
    return _BY_MEDIA.get(first)


def handed_on(
    request: AnyRequest, question: Question, form: Form, *, recall: bool = False
) -> Response[bytes]:
    """The answer in that form, for whoever the key belongs to."""
    who = who_of(request)
    made = export(
        platform_of(request),
        question,
        who.viewer,
        form,
        recall=recall,
        name=who.name,
        draw=on_paper,
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Vary": "Accept"}
    return Response(made.content, media_type=made.media, headers=headers)
