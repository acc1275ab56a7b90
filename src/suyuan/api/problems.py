"""Takes errors; gives problem details (RFC 9457): what is wrong, where, by which rule, the cure.

Types that EPCIS 2.0 names keep its names (`epcisException:…`); all others are ours.
"""

import errno
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct, structs

from suyuan.api import in_xml
from suyuan.api.misfits import Misfit, misfit, of_parameter
from suyuan.api.statuses import EPCIS, MEANING, STATUS, language
from suyuan.api.types import NUMBER, AnyConnection, AnyRequest
from suyuan.capture import JobResult
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Finding, Severity
from suyuan.store import errors

PROBLEM = "application/problem+json"

_OWN = "urn:suyuan:problem:"
_UNAUTHORISED, _FORBIDDEN, _FAILED = 401, 403, 500
_MOST_SHOWN = 100
_FULL, _IS_FULL = 507, frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_ROLLED_BACK = "record.rolled-back"
STATUS_OF_RULE = {
    "wire.document.size": 413,
    "wire.document.events": 413,
    "record.event-id-conflict": 409,
}
"""Rules whose refusal of a document has a status of its own; all others are 400."""
_KEY, _SESSION = "Authorization", "Cookie"
_MISSING = re.compile("Missing required [a-z]+ parameter '([^']+)'")
_PARAMETER = Text(
    "“{name}” 缺少，或值不可用。", "'{name}' is missing, or its value cannot be used."
)
_UNKNOWN_FIELD = re.compile("Object contains unknown field `(.{1,80})`")
_UNKNOWN = Text(
    "没有字段 “{name}”；没有采用，什么也没有做。",
    "There is no field '{name}'; nothing was done, since it would have been ignored.",
)
_NOT_IN_FORM = Text("形式不对。", "it is not in form.")


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details: texts in the language asked for, and beside them in both languages.

    `place` says where in the request, `rule` by which rule, `cure` what to do.
    """

    type: str
    title: str
    title_zh: str
    title_en: str
    status: int
    detail: str
    detail_zh: str
    detail_en: str
    place: str
    rule: str
    cure: str
    cure_zh: str
    cure_en: str


class Problem(Details, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused.

    `findings` are all that is wrong with a document, `job` where its result stays, `request` the
    log's number.
    """

    findings: Sequence[Finding] = ()
    job: str = ""
    request: str = ""


class Wrong(Struct, frozen=True, kw_only=True):
    """What a problem says, before it is put in a language."""

    status: int
    rule: str
    text: Text
    place: str = ""
    cure: Text | None = None
    kind: str | None = None
    findings: Sequence[Finding] = ()
    job: str = ""


def refused(reasons: Sequence[Finding], status: int, *, job: str = "") -> Wrong:
    """A document refused: the first reason, and the others as far as an answer holds them."""
    first = reasons[0]
    return Wrong(
        status=status,
        rule=first.rule,
        text=first.message,
        place=first.path,
        cure=first.cure,
        findings=reasons[:_MOST_SHOWN],
        job=job,
    )


def placed(finding: Finding, index: int) -> Finding:
    """A finding of an event with its place in the document."""
    inside = finding.path.strip("/")
    place = f"eventList/{index}/{inside}" if inside else f"eventList/{index}"
    return structs.replace(finding, path=place)


def reasons_of(result: JobResult) -> tuple[Finding, ...]:
    """Why a document or its events were refused, each with its place in it; the first of them."""
    if result.problem is not None:
        return (result.problem,)
    found = [
        placed(finding, event.index)
        for event in result.events
        for finding in event.findings
        if finding.severity is Severity.REFUSE
    ]
    own = [finding for finding in found if finding.rule != _ROLLED_BACK]
    return tuple(own or found)[:_MOST_SHOWN]


class JobError(Details, frozen=True, kw_only=True, omit_defaults=True):
    """Why a document or an event of it was refused, as a problem is told, and by which law."""

    severity: Severity
    law: str | None = None
    law_en: str | None = None


def errors_of(result: JobResult, lang: Lang) -> tuple[JobError, ...]:
    """`reasons_of`, as the standard wants the errors of a capture job."""
    return tuple(_job_error(each, lang) for each in reasons_of(result))


def _job_error(reason: Finding, lang: Lang) -> JobError:
    wrong = refused([reason], STATUS_OF_RULE.get(reason.rule, 400))
    said = _said(wrong, lang)
    return JobError(severity=reason.severity, law=reason.law, law_en=reason.law_en, **said)


def language_of(request: AnyConnection) -> Lang:
    """The language in which a request wants its texts."""
    return language(request.headers.get("accept-language", ""))


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """What the interface's description says of the errors of an operation."""
    return {
        status: ResponseSpec(
            data_container=Problem,
            media_type=PROBLEM,
            description=MEANING[status],
            generate_examples=False,
        )
        for status in statuses
    }


def told(request: AnyConnection, error: SuyuanError) -> Response[bytes]:
    """An error that the caller can put right."""
    return respond(
        request,
        Wrong(
            status=error.status,
            rule=error.code,
            text=error.text,
            place=error.place,
            cure=getattr(error, "cure", None),
            kind=getattr(error, "epcis", None),
        ),
        headers=_when(error),
    )


def _when(error: SuyuanError) -> dict[str, str]:
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


def of_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refuses before any of our code sees it."""
    status = min(error.status_code, _FAILED)
    first = _first(error)
    if (found := _body_fault(request, first)) is not None:
        wrong = Wrong(status=status, rule=found.rule, text=found.text, place=found.place)
        return respond(request, wrong, headers=error.headers)
    if unknown := _UNKNOWN_FIELD.search(str(first.get("message", ""))):
        wrong = Wrong(
            status=400,
            rule="http.unknown-field",
            text=_UNKNOWN.format(name=unknown[1]),
            place=unknown[1],
        )
        return respond(request, wrong)
    if (unfit := _parameter_fault(request, first)) is not None:
        wrong = Wrong(status=status, rule=unfit.rule, text=unfit.text, place=unfit.place)
        return respond(request, wrong, headers=error.headers)
    missing = _MISSING.match(error.detail)
    place = str(first.get("key", missing[1] if missing else ""))
    text = STATUS.get(status, STATUS[400]).detail.format(more=_NOT_IN_FORM)
    if place:
        text = _PARAMETER.format(name=place)
    wrong = Wrong(status=status, rule=f"http.{status}", text=text, place=place)
    return respond(request, wrong, headers=error.headers)


def of_anything(request: AnyConnection, error: Exception) -> Response[bytes]:
    """A full disk, a database that went away; or a fault of ours.

    Of that only the number goes out that the log has it by.
    """
    if isinstance(error, OSError) and error.errno in _IS_FULL:
        wrong = Wrong(status=_FULL, rule="http.no-room", text=STATUS[_FULL].detail)
        return respond(request, wrong)
    known = errors.in_midst(error)
    if known is not None and known.status != _FAILED:  # what it says is for whoever runs the server
        said = STATUS[known.status].detail
        wrong = Wrong(status=known.status, rule=known.code, text=said, place=known.place)
        return respond(request, wrong, headers=_when(known))
    text = STATUS[_FAILED].detail.format(more=request.scope.get(NUMBER, ""))
    return respond(request, Wrong(status=_FAILED, rule="internal", text=text))


def _keyed(request: AnyConnection, status: int) -> str:
    """Where in the request it says who asks, if that is what the status is about."""
    if status == _UNAUTHORISED:
        return _KEY
    if status != _FORBIDDEN:
        return ""
    return _KEY if _KEY in request.headers else _SESSION


def respond(
    request: AnyConnection, wrong: Wrong, *, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Problem details as a response; whatever they quote is masked."""
    lang = language_of(request)
    place = wrong.place or _keyed(request, wrong.status)
    problem = Problem(
        findings=wrong.findings,
        job=wrong.job,
        request=str(request.scope.get(NUMBER, "")),
        **_said(structs.replace(wrong, place=place), lang),
    )
    added = {
        "Content-Language": "zh-CN" if lang == "zh" else "en",
        "Vary": "Accept, Accept-Language",
    }
    if wrong.status == _UNAUTHORISED:  # RFC 9110 §15.5.2 asks for the header
        added["WWW-Authenticate"] = 'Bearer realm="suyuan", Basic realm="suyuan", charset="UTF-8"'
    if getattr(request.scope.get("route_handler"), "opt", {}).get("any_site"):
        added["Access-Control-Allow-Origin"] = "*"
    is_xml = in_xml.wants_xml(request.headers.get("accept", ""))
    return Response(
        in_xml.problem(structs.asdict(problem)) if is_xml else msgspec.json.encode(problem),
        status_code=wrong.status,
        media_type=in_xml.PROBLEM_XML if is_xml else PROBLEM,
        headers={**(headers or {}), **added},
    )


def _said(wrong: Wrong, lang: Lang) -> dict[str, Any]:
    """The members of `Details`; whatever they quote is masked."""
    meant = STATUS.get(wrong.status, STATUS[400])
    detail = Text(privacy.masked(wrong.text.zh), privacy.masked(wrong.text.en))
    texts = {"title": meant.title, "detail": detail, "cure": wrong.cure or meant.cure}
    told: dict[str, Any] = {
        "type": wrong.kind or EPCIS.get(wrong.status, f"{_OWN}{wrong.rule}"),
        "status": wrong.status,
        "place": privacy.masked(wrong.place),
        "rule": wrong.rule,
    }
    for name, text in texts.items():
        told |= {name: text.pick(lang), f"{name}_zh": text.zh, f"{name}_en": text.en}
    return told


def _body_fault(request: AnyRequest, fault: Mapping[str, object]) -> Misfit | None:
    """What is wrong with the body, if that is what the framework found."""
    handler = request.scope.get("route_handler")
    if fault.get("source") != "body" or not isinstance(handler, HTTPRouteHandler):
        return None
    form = handler.parsed_data_field
    if form is None:
        return None
    return misfit(form.annotation, str(fault.get("message", "")), str(fault.get("key", "")))


def _parameter_fault(request: AnyRequest, fault: Mapping[str, object]) -> Misfit | None:
    """What is wrong with a parameter, if that is what the framework found."""
    handler = request.scope.get("route_handler")
    if "key" not in fault or not isinstance(handler, HTTPRouteHandler):
        return None
    parameter = handler.parsed_fn_signature.parameters.get(str(fault["key"]))
    return None if parameter is None else of_parameter(parameter)


def _first(error: HTTPException) -> Mapping[str, object]:
    """The first fault that the framework found, with its parameter."""
    listed = error.extra if isinstance(error.extra, list) else []
    return listed[0] if listed and isinstance(listed[0], dict) else {}
