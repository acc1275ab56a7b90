"""Documents from one form into another over HTTP: `POST /convert`; nothing is recorded."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from suyuan.api import problems
from suyuan.api.body import read_body
from suyuan.api.problems import documented, placed, respond
from suyuan.api.readers import as_json, platform_of, who_of
from suyuan.api.types import AnyRequest
from suyuan.model import Finding
from suyuan.service import capturer_of
from suyuan.wire import DocumentError, Form, Limits, Spelling, Wanted, convert, respell

_MEDIA = {
    Form.JSON: "application/ld+json",
    Form.XML: "application/xml",
    Form.XML_1_2: "application/xml",
}


class Words(StrEnum):
    """How CBV words are written in XML."""

    URN = "urn"
    WEB = "web"


class Converted(Struct, frozen=True, kw_only=True):
    """A document in its new form, as text, and what that form cannot say, each with its place."""

    document: str
    losses: tuple[Finding, ...]


@post(
    "/convert",
    status_code=200,
    summary="转换 EPCIS 文件的写法 Turn a document into another form",
    description=(
        "EPCISDocument, EPCISQueryDocument or a single event between JSON-LD, XML 2.0 and XML 1.2, "
        "its codes as EPC URNs or Digital Links. Nothing is judged or recorded. The header "
        "Suyuan-Losses says how many places the new form cannot say as they were; with "
        "`report=true` the answer is JSON with the document as text and every such place. A "
        "document with an event that cannot be read is a problem with the reasons."
    ),
    operation_id="convert",
    responses={
        200: ResponseSpec(
            data_container=Converted,
            description="The document; with report=true this object",
            generate_examples=False,
        ),
        **documented(400, 401, 403, 413, 415, 429, 507),
    },
    security=[{"key": []}, {"password": []}],
    request_max_body_size=None,  # read_body counts, after unpacking too
    tags=["EPCIS"],
)
async def post_convert(
    request: AnyRequest,
    to: Annotated[Form, QueryParameter(name="to", description="The form to write")],
    epc: Annotated[
        Spelling, QueryParameter(name="epc", description="How codes are spelled")
    ] = Spelling.AS_SENT,
    prefixes: Annotated[
        list[str] | None,
        QueryParameter(
            name="companyPrefix", description="Company prefixes, for EPC URNs of Digital Links"
        ),
    ] = None,
    words: Annotated[
        Words, QueryParameter(name="words", description="How CBV words are written in XML")
    ] = Words.URN,
    report: Annotated[
        bool | None, QueryParameter(name="report", description="Give every loss, as JSON")
    ] = None,
) -> Response[Any]:
    """The document in another form."""
    platform = platform_of(request)
    capturer_of(await sync_to_thread(who_of, request))
    data = await read_body(request, platform.config.max_document)
    wanted = Wanted(
        form=to,
        created=platform.clock().isoformat(timespec="seconds"),
        spelling=epc,
        prefixes=respell.company_prefixes(prefixes or (), "companyPrefix"),
        web=words is Words.WEB,
    )
    limits = Limits(document_bytes=platform.config.max_document)
    try:
        document, losses, refused = await sync_to_thread(_converted, data, wanted, limits)
    except DocumentError as error:
        return respond(request, problems.refused([error.finding], error.status))
    if refused:
        return respond(request, problems.refused(refused, 400))
    if report:
        return as_json(Converted(document=document.decode(), losses=tuple(losses)))
    headers = {"Suyuan-Losses": str(len(losses))}
    return Response(document, media_type=_MEDIA[to], headers=headers)


def _converted(
    data: bytes, wanted: Wanted, limits: Limits
) -> tuple[bytes, list[Finding], list[Finding]]:
    """The document, its losses and the reasons of what cannot be read, each with its place."""
    parts: list[bytes] = []
    losses: list[Finding] = []
    refused: list[Finding] = []
    for piece in convert(data, wanted, limits=limits).pieces:
        parts.append(piece.data)
        losses += _placed(piece.losses, piece.index)
        refused += _placed(piece.refused, piece.index)
    return b"".join(parts), losses, refused


def _placed(found: Iterable[Finding], index: int | None) -> Iterable[Finding]:
    return found if index is None else (placed(one, index) for one in found)


handlers = (post_convert,)
