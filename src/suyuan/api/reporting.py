"""EPCIS capture over HTTP: `POST /capture`, `GET /capture/{id}` (EPCIS 2.0 §12)."""

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter

from suyuan.api.asking import platform_of, viewer_of
from suyuan.api.body import read_body
from suyuan.api.problems import AnyRequest, Problem, of_finding, respond
from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.kit import SuyuanError, Text
from suyuan.service import capture, capturer_of, job, who

_NO_JOB = Text(
    "没有这个采集任务，或不是你的。", "There is no such capture job, or it is not yours."
)
_BEHAVIOUR = Text(
    "GS1-Capture-Error-Behaviour 只能是 rollback 或 proceed，现为 “{found}”。",
    "GS1-Capture-Error-Behaviour must be rollback or proceed, not '{found}'.",
)
_TOO_LARGE = 413


@post(
    "/capture",
    status_code=202,
    summary="采集 EPCIS 文件 Capture an EPCIS document",
    description=(
        "EPCISDocument or EPCISQueryDocument in JSON-LD, plain or gzip. When the answer comes, "
        "everything it calls accepted, flagged or held is durable and has its position; the "
        "index follows within a second. The same Idempotency-Key and bytes get the same answer."
    ),
    responses={
        status: ResponseSpec(data_container=Problem, media_type=MediaType.JSON)
        for status in (400, 401, 403, 409, 413, 415)
    },
    tags=["EPCIS"],
)
async def post_capture(
    request: AnyRequest,
    behaviour: Annotated[
        str, HeaderParameter(name="GS1-Capture-Error-Behaviour", description="rollback or proceed")
    ] = "rollback",
    request_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", max_length=200)
    ] = None,
    strict: Annotated[bool | None, QueryParameter(name="strict")] = None,
) -> Response[Any]:
    """Take one document."""
    platform = platform_of(request)
    asking = await sync_to_thread(who, platform, request.headers.get("authorization"))
    capturer = capturer_of(asking)
    options = Options(
        strict=capturer.strict if strict is None else strict,
        on_refusal=_on_refusal(behaviour),
        request_key=request_key,
    )
    data = await read_body(request, platform.config.max_document)
    result = await sync_to_thread(capture, platform, data, capturer, options)
    return _answer(request, result)


@get(
    "/capture/{job_id:str}",
    summary="采集结果 What became of a document",
    responses={404: ResponseSpec(data_container=Problem, media_type=MediaType.JSON)},
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_capture(request: AnyRequest, job_id: str) -> Response[Any]:
    """What became of a document, to the party that sent it."""
    viewer = viewer_of(request)
    found = job(platform_of(request), _urn(job_id), viewer)
    if found is None:
        return respond(request, status=404, text=_NO_JOB, place="id", code="capture.job")
    return Response(msgspec.to_builtins(_shown(found)), status_code=200)


def _answer(request: AnyRequest, result: JobResult) -> Response[Any]:
    """202 with every event's result; a document nobody could read, or all refused, is a 4xx."""
    location = {"Location": f"/capture/{result.job.removeprefix('urn:uuid:')}"}
    if result.problem is not None:
        large = result.problem.rule.endswith(("size", "large", "events"))
        response = of_finding(request, result.problem, status=_TOO_LARGE if large else 400)
    elif result.counts.get("refused") and not _recorded(result):
        refused = [event for event in result.events if event.findings]
        findings = tuple(finding for event in refused for finding in event.findings)
        response = respond(
            request,
            status=400,
            text=findings[0].message,
            place=f"eventList/{refused[0].index}{findings[0].path}",
            code=findings[0].rule,
            findings=findings,
        )
    else:
        return Response(msgspec.to_builtins(_shown(result)), status_code=202, headers=location)
    response.headers.update(location)
    return response


def _recorded(result: JobResult) -> int:
    return sum(count for name, count in result.counts.items() if name != "refused")


def _shown(result: JobResult) -> dict[str, Any]:
    """The job as EPCIS names its members, ours beside them."""
    return {
        "captureID": result.job.removeprefix("urn:uuid:"),
        "createdAt": result.received,
        "finishedAt": result.finished,
        "running": False,
        "success": result.success,
        "captureErrorBehaviour": result.on_refusal,
        "errors": [result.problem] if result.problem else [],
        "counts": result.counts,
        "events": [
            {
                "index": event.index,
                "eventID": event.event_id,
                "verdict": event.verdict,
                "duplicate": event.duplicate,
                "position": event.position,
                "recordTime": event.recorded,
                "findings": event.findings,
            }
            for event in result.events
        ],
    }


def _on_refusal(behaviour: str) -> OnRefusal:
    try:
        return OnRefusal(behaviour.lower())
    except ValueError:
        text = _BEHAVIOUR.format(found=behaviour)
        raise SuyuanError("capture.behaviour", text, "GS1-Capture-Error-Behaviour") from None


def _urn(job_id: str) -> str:
    return job_id if job_id.startswith("urn:") else f"urn:uuid:{job_id}"
