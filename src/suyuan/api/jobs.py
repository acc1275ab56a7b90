"""The list of capture jobs over HTTP: `GET /capture` (EPCIS 2.0 §12.5)."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, get
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Struct, UnsetType, field

from suyuan.api import forms
from suyuan.api.coding import SECURITY
from suyuan.api.epcis import asked_of, link
from suyuan.api.problems import JobError, documented, errors_of, language_of
from suyuan.api.readers import account_of, platform_of
from suyuan.api.types import AnyRequest
from suyuan.capture import JobResult, OnRefusal
from suyuan.exchange import parameters
from suyuan.kit.text import Lang
from suyuan.service import recent_jobs

VARY: Final = {"Vary": "Accept, Accept-Language"}
"""A job tells its errors in the language that is asked for."""


class CaptureJob(Struct, frozen=True, kw_only=True, rename="camel"):
    """A capture job as the standard has it; `counts` are its events by verdict.

    One that is `running` waits to be captured, and has no end yet.
    """

    capture_id: str = field(name="captureID")
    created_at: datetime
    finished_at: datetime | UnsetType = UNSET
    running: bool
    success: bool
    capture_error_behaviour: OnRefusal
    errors: tuple[JobError, ...]
    counts: dict[str, int]


@get(
    "/capture",
    summary="列出采集任务 List capture jobs",
    description=(
        "What became of your organisation's documents, the newest first; those that are running "
        "wait to be captured. GET /capture/{id} tells of each event. The next page is in the "
        "header Link."
    ),
    operation_id="listCaptures",
    responses={
        200: ResponseSpec(data_container=list[CaptureJob], description="A page"),
        **documented(400, 401, 406, 429),
    },
    security=SECURITY,
    tags=["EPCIS"],
)
async def get_captures(request: AnyRequest) -> Response[bytes]:
    """The capture jobs."""
    return await sync_to_thread(_listed, request)


def _listed(request: AnyRequest) -> Response[bytes]:
    viewer, asked = account_of(request).viewer, asked_of(request)
    per_page, token = parameters.parse_list(asked)
    page = recent_jobs(platform_of(request), viewer, per_page=per_page, token=token)
    headers = {**VARY, **link("/capture", asked, page.token)}
    told = [CaptureJob(**said_of(each, language_of(request))) for each in page.members]
    return forms.listed(request, told, headers=headers)


def said_of(result: JobResult, lang: Lang) -> dict[str, Any]:
    """The fields of `CaptureJob` that say what became of a document, its errors in a language."""
    return {
        "capture_id": result.job.removeprefix("urn:uuid:"),
        "created_at": result.received,
        "finished_at": UNSET if result.finished is None else result.finished,
        "running": result.running,
        "success": result.success,
        "capture_error_behaviour": result.on_refusal,
        "errors": errors_of(result, lang),
        "counts": result.counts,
    }


handlers = (get_captures,)
