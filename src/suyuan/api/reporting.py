"""EPCIS capture over HTTP: `POST /capture`, `POST /events`, `GET /capture/{id}` (EPCIS 2.0 §12)."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from msgspec import Struct, field, structs

from suyuan.api import forms, in_xml, preferring
from suyuan.api.body import spooled_body
from suyuan.api.jobs import VARY, CaptureJob, said_of
from suyuan.api.problems import (
    STATUS_OF_RULE,
    Wrong,
    documented,
    language_of,
    reasons_of,
    refused,
    respond,
)
from suyuan.api.readers import as_json, checked_key, known_only, platform_of, viewer_of, who_of
from suyuan.api.types import AnyRequest
from suyuan.capture import EventResult, JobResult, OnRefusal, Options
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Capturer, Finding, Verdict
from suyuan.service import Platform, capture, capturer_of, job, waiting
from suyuan.wire import DocumentError, Form, Source, read_document
from suyuan.wire.types import Kind

_NO_JOB = Text("没有这个采集任务，或不是你的。", "There is no such capture job of yours.")
_BEHAVIOUR = Text(
    "GS1-Capture-Error-Behaviour 只能是 rollback 或 proceed，现为 “{found}”。",
    "GS1-Capture-Error-Behaviour must be rollback or proceed, not '{found}'.",
)
_SAID = Text(
    "标为 accepted、flagged、held 的事件已入库并有位置；索引随后跟上，通常不到一秒。",
    "Events called accepted, flagged or held are durable and have their positions; the index "
    "follows, as a rule within a second.",
)
_WAITS = Text(
    "报文已收下，不会丢失，正在等待采集；何时采集、结果如何，请再查询本任务。",
    "The document is kept and will not be lost; it waits to be captured. Ask for this job again to "
    "learn what became of it.",
)
_NOT_SINGLE = Text("这里只收一个事件。", "A single event is taken here.")
_NOT_SINGLE_CURE = Text("整份文件请发到 /capture。", "Send a document to /capture.")
_EXISTS = Text("这个事件已经入库。", "This event had been recorded before.")
_EXISTS_CURE = Text(
    "无需重发；更正请发带 errorDeclaration 的事件。",
    "There is no need to send it again; a correction has an errorDeclaration.",
)
_URN = "urn:uuid:"


class EventOutcome(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of one event of the document, by its place in the event list."""

    index: int
    event_id: str | None = field(name="eventID")
    verdict: Verdict
    duplicate: bool
    position: int | None
    record_time: datetime | None
    findings: tuple[Finding, ...]


class CaptureOutcome(CaptureJob, frozen=True, kw_only=True, rename="camel"):
    """What became of one document: EPCIS names for its members, ours beside them.

    `counts` are the events by verdict, those recorded before under `duplicate`; `errors` is
    why the document could not be read, or its first events were refused; `notes` is what is odd
    about the document around its events. `message` says how far this is final. While it is
    `running` it waits to be captured: then it has no end, and nothing is known of its events.
    """

    notes: tuple[Finding, ...]
    events: tuple[EventOutcome, ...]
    message: Text


Prefer = Annotated[
    str | None,
    HeaderParameter(
        name="Prefer",
        description="respond-async: answered once the document is kept, captured later (RFC 7240)",
    ),
]
RequestKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", description="Makes the request repeatable: same key and bytes"
    ),
]
Strict = Annotated[
    bool | None,
    QueryParameter(name="strict", description="Read by the published schema, forgive nothing"),
]
_OUTCOME = ResponseSpec(
    data_container=CaptureOutcome,
    description="What became of each event",
    generate_examples=False,
)


@post(
    "/capture",
    status_code=202,
    summary="采集 EPCIS 文件 Capture an EPCIS document",
    description=(
        "EPCISDocument, EPCISQueryDocument or a single event, in JSON-LD or XML (2.0, 1.2, 1.1, "
        "1.0), plain or gzip. When the "
        "answer comes, everything it calls accepted, flagged or held is durable and has its "
        "position; the index follows within a second. The same Idempotency-Key and bytes get the "
        "same answer. A document that rolls back, though events of it were on record before, or of "
        "which nothing was recorded is a problem with at most 100 findings; the job at the address "
        "in Location has them all. With Prefer: respond-async the "
        "answer comes as soon as the document is kept, says Preference-Applied, and has a job that "
        "is running; that at Location tells when it is captured, in the order of arrival."
    ),
    operation_id="capture",
    responses={202: _OUTCOME, **documented(400, 401, 403, 409, 413, 415, 429, 503, 507)},
    security=[{"key": []}, {"password": []}],
    request_max_body_size=None,  # read_body counts, after unpacking too
    tags=["EPCIS"],
)
async def post_capture(
    request: AnyRequest,
    behaviour: Annotated[
        str,
        HeaderParameter(
            name="GS1-Capture-Error-Behaviour",
            description="rollback: one refused event refuses all; proceed: the others go in",
            enum=list(OnRefusal),
        ),
    ] = "rollback",
    request_key: RequestKey = None,
    strict: Strict = None,
    prefer: Prefer = None,
) -> Response[Any]:
    """Take one document."""
    capturer, options = await _asked(
        request, request_key=request_key, strict=strict, behaviour=behaviour
    )
    platform = platform_of(request)
    if prefer is not None and preferring.is_asynchronous(request):
        return await _handed_over(request, platform, capturer, options)
    async with spooled_body(request, platform.config.max_document) as sent:
        result = await sync_to_thread(capture, platform, sent, capturer, options)
    return _answer(request, result)


async def _handed_over(
    request: AnyRequest, platform: Platform, capturer: Capturer, options: Options
) -> Response[Any]:
    """202 once the document is kept; what was handed over by that key before, as it stands now."""
    if options.request_key is None:  # else it may be there already, and needs no room
        await sync_to_thread(waiting.require_room, platform, capturer)
    async with spooled_body(request, platform.config.max_document) as sent:
        result = await sync_to_thread(waiting.hand_over, platform, sent, capturer, options)
    response = _accepted(request, result)
    response.headers.update(preferring.APPLIED)
    return response


@post(
    "/events",
    status_code=201,
    summary="采集一个事件 Capture one event",
    description=(
        "A single event in JSON-LD or XML. When the answer comes the event is durable, and "
        "Location is where it is found, once the index has followed. One that had been recorded "
        "before is a problem (409), except for the same Idempotency-Key and bytes."
    ),
    operation_id="captureEvent",
    responses={
        201: ResponseSpec(
            data_container=EventOutcome, description="What became of it", generate_examples=False
        ),
        **documented(400, 401, 403, 409, 413, 415, 429, 503, 507),
    },
    security=[{"key": []}, {"password": []}],
    request_max_body_size=None,  # read_body counts, after unpacking too
    tags=["EPCIS"],
)
async def post_event(
    request: AnyRequest,
    request_key: RequestKey = None,
    strict: Strict = None,
) -> Response[Any]:
    """Take one event."""
    capturer, options = await _asked(
        request, request_key=request_key, strict=strict, behaviour=OnRefusal.ROLLBACK
    )
    platform = platform_of(request)
    async with spooled_body(request, platform.config.max_document) as sent:
        if not await sync_to_thread(_is_single, sent):
            wrong = Wrong(
                status=400,
                rule="epcis.single",
                text=_NOT_SINGLE,
                place="type",
                cure=_NOT_SINGLE_CURE,
            )
            return respond(request, wrong)
        result = await sync_to_thread(capture, platform, sent, capturer, options)
    return _answer_one(request, result)


async def _asked(
    request: AnyRequest, *, request_key: str | None, strict: bool | None, behaviour: str
) -> tuple[Capturer, Options]:
    """Who reports, and how it is to be taken; what would be ignored is not taken in silence."""
    known_only(request, ("strict",))
    capturer = capturer_of(await sync_to_thread(who_of, request))
    options = Options(
        strict=capturer.strict if strict is None else strict,
        on_refusal=_on_refusal(behaviour),
        request_key=checked_key(request_key),
    )
    return capturer, options


def _is_single(sent: Source) -> bool:
    """Whether it is one event; what is no document at all is told by capturing it."""
    try:
        return read_document(sent).kind is Kind.EVENT
    except DocumentError:
        return True


def _answer_one(request: AnyRequest, result: JobResult) -> Response[Any]:
    if reasons_of(result):
        return _answer(request, result)
    (event,) = result.events
    if event.duplicate:
        wrong = Wrong(
            status=409, rule="epcis.exists", text=_EXISTS, place="eventID", cure=_EXISTS_CURE
        )
        return respond(request, wrong)
    headers = {"Location": f"/events/{quote(event.event_id or '', safe='')}"}
    event = structs.replace(event, findings=(*event.noted, *event.findings))
    return as_json(_event_outcome(event), status=201, headers=headers)


@get(
    "/capture/{job_id:str}",
    summary="采集结果 What became of a document",
    description=(
        "To the party that sent it; anybody else is told that there is no such job. As XML it has "
        "the members of the standard alone."
    ),
    operation_id="getCapture",
    responses={200: _OUTCOME, **documented(400, 401, 404, 406, 429)},
    tags=["EPCIS"],
    sync_to_thread=True,
)
def get_capture(
    request: AnyRequest,
    job_id: Annotated[str, PathParameter(description="The number that the header Location gave")],
) -> Response[Any]:
    """What became of a document, to the party that sent it."""
    name = job_id if job_id.startswith(_URN) else _URN + job_id
    found = job(platform_of(request), name, viewer_of(request))
    if found is None:
        return respond(request, Wrong(status=404, rule="capture.none", text=_NO_JOB, place="id"))
    return _told(request, found, forms.best(request, forms.TOP))


def _told(
    request: AnyRequest, result: JobResult, media: str, *, status: int = 200
) -> Response[bytes]:
    outcome = _outcome(result, language_of(request))
    if forms.TOP[media] is Form.JSON:
        answer = as_json(outcome, status=status)
    else:
        answer = Response(in_xml.job(msgspec.to_builtins(outcome)), status_code=status)
    answer.media_type = media
    answer.headers.update(VARY)
    return answer


def _answer(request: AnyRequest, result: JobResult) -> Response[Any]:
    """202 with every event's result; where nothing was recorded or all was undone, a problem."""
    reasons = reasons_of(result)
    stands = any(event.entry is not None for event in result.events)  # a repeat has an entry too
    if not reasons or (stands and result.on_refusal is OnRefusal.PROCEED):
        return _accepted(request, result)
    status = STATUS_OF_RULE.get(reasons[0].rule, 400)
    response = respond(request, refused(reasons, status, job=_short(result.job)))
    return _located(response, result)


def _accepted(request: AnyRequest, result: JobResult) -> Response[Any]:
    """202: what is recorded or kept is told, though it be in a form that was not asked for."""
    is_xml = in_xml.wants_xml(request.headers.get("accept", ""))
    media = in_xml.XML if is_xml else MediaType.JSON
    return _located(_told(request, result, media, status=202), result)


def _located(response: Response[Any], result: JobResult) -> Response[Any]:
    response.headers["Location"] = f"/capture/{_short(result.job)}"
    return response


def _outcome(result: JobResult, lang: Lang) -> CaptureOutcome:
    return CaptureOutcome(
        **said_of(result, lang),
        notes=result.notes,
        events=tuple(map(_event_outcome, result.events)),
        message=_WAITS if result.running else _SAID,
    )


def _event_outcome(event: EventResult) -> EventOutcome:
    return EventOutcome(
        index=event.index,
        event_id=event.event_id,
        verdict=event.verdict,
        duplicate=event.duplicate,
        position=event.position,
        record_time=event.recorded,
        findings=event.findings,
    )


def _short(job_id: str) -> str:
    return job_id.removeprefix(_URN)


def _on_refusal(behaviour: str) -> OnRefusal:
    try:
        return OnRefusal(behaviour.strip().lower())
    except ValueError:
        text = _BEHAVIOUR.format(found=privacy.quoted(behaviour, 40))
        raise SuyuanError("capture.behaviour", text, "GS1-Capture-Error-Behaviour") from None


handlers = (post_capture, post_event, get_capture)
