"""Coverage over HTTP: which deliveries of a file that is sent explain the cases; for people too."""

from typing import Any, Final

from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import ClientException
from litestar.openapi.datastructures import ResponseSpec

from suyuan.api.drawing import drawn, sent_drawn, varying
from suyuan.api.forms import FormError
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, require_few, require_known
from suyuan.api.types import AnyRequest
from suyuan.kit import SuyuanError, Text
from suyuan.service import covering

_FORM_AROUND: Final = 64 << 10
_TOO_LARGE: Final = 413
_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
BODY: Final = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "JSON or workbook of FoodChain-Lab, at most 4 MB; it is not kept",
        },
        "case": _TEXTS | {"description": "`NAME[=WEIGHT]`: a control weighs below zero; repeated"},
        "cross": _TEXTS | {"description": "Where contamination crosses; repeated"},
        "kill": _TEXTS | {"description": "Where contamination ends; repeated"},
        "dates": {
            "type": "string",
            "enum": list(covering.DATES),
            "default": "inferred",
            "description": "Which dates bound what crosses",
        },
        "plain": {
            "type": "boolean",
            "default": False,
            "description": "Without what the file itself assumes",
        },
    },
}
"""The form that is sent, as OpenAPI has it."""
_DATES = Text("dates 写 {known} 之一。", "Give one of {known} as dates.")
_PAGE = Text(
    "这个地址用 GET 只给出网页（text/html），请求头 Accept 不接受它。",
    "By GET this address gives a page alone (text/html), which the header Accept does not take.",
)
_PAGE_CURE = Text(
    "程序请用 POST 把文件发到 /coverage；要看网页请在 Accept 中写 text/html。",
    "A program sends its file to /coverage by POST; to see the page, take text/html in Accept.",
)
_PLAIN = Text("plain 写 true 或 false。", "Give true or false as plain.")


@post(
    "/coverage",
    status_code=200,
    summary="病例覆盖率 Which deliveries explain the cases",
    description=(
        "Sent as a form with a file of FoodChain-Lab: for every station, lot and delivery in it, "
        "the share of the cases that it can explain, and of the controls that speak against it; "
        "the best first. A name is an ID or a name in the file; what the file states of cases, "
        "cross and kill contamination stands, unless `plain`. Nothing is recorded and the record "
        "is not asked. Needs an account."
    ),
    operation_id="coverage",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(
            data_container=covering.CoverageFound, description="What explains the cases"
        ),
        **documented(400, 401, 413, 429),
    },
    request_max_body_size=covering.SIZE + _FORM_AROUND,
    tags=["Questions"],
)
async def post_coverage(request: AnyRequest) -> Response[Any]:
    """What explains most, the best first."""
    page = await sent_drawn(request, "coverage")
    if page is not None:
        return page
    known_only(request, ())
    await sync_to_thread(account_of, request)
    try:
        form = await request.form()
    except ClientException as error:  # more bytes than this operation takes
        raise covering.too_large() if error.status_code == _TOO_LARGE else error from error
    asked, sent = _asked(form), form.get("file")
    data = await sent.read(covering.SIZE + 1) if isinstance(sent, UploadFile) else b""
    return varying(as_json(await sync_to_thread(covering.coverage_sent, data, asked)))


def _asked(form: FormMultiDict) -> covering.CoverageAsked:
    require_known(form, tuple(BODY["properties"]))
    dates, plain = _texts(form, "dates") or ["inferred"], _texts(form, "plain") or ["false"]
    if dates[-1] not in covering.DATES:
        said = _DATES.format(known=", ".join(covering.DATES))
        raise SuyuanError("coverage.dates", said, "dates")
    if plain[-1] not in {"true", "false"}:
        raise SuyuanError("coverage.plain", _PLAIN, "plain")
    return covering.CoverageAsked(
        cases=covering.weights_typed(_texts(form, "case")),
        crossed=_texts(form, "cross"),
        killed=_texts(form, "kill"),
        dates=dates[-1],
        plain=plain[-1] == "true",
    )


def _texts(form: FormMultiDict, name: str) -> list[str]:
    """What stands in the fields of a name; a file there is nothing that was written."""
    found = [each for each in form.getall(name, []) if isinstance(each, str)]
    require_few(found, name)
    return found


@get("/coverage", include_in_schema=False)
async def get_coverage(request: AnyRequest) -> Response[Any]:
    """The form for people; a program sends one."""
    page = await sync_to_thread(drawn, request, "coverageForm")
    if page is None:
        raise FormError("http.accept", _PAGE, "Accept", cure=_PAGE_CURE)
    return page


handlers: Final = (post_coverage, get_coverage)
