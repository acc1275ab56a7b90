"""Takes errors; gives problem details (RFC 9457): what is wrong, where, the rule and the cure.

Types that EPCIS 2.0 names keep its names (`epcisException:…`); all others are ours.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Finding

AnyRequest = Request[Any, Any, Any]

PROBLEM = "application/problem+json"

_LOG = structlog.get_logger("suyuan.api")
_OWN = "urn:suyuan:problem:"
_EPCIS = {
    400: "epcisException:ValidationException",
    401: "epcisException:SecurityException",
    403: "epcisException:SecurityException",
    404: "epcisException:NoSuchResourceException",
    406: "epcisException:NotAcceptableException",
    409: "epcisException:ResourceAlreadyExistsException",
    413: "epcisException:CaptureLimitExceededException",
    414: "epcisException:URITooLongException",
    415: "epcisException:UnsupportedMediaTypeException",
    500: "epcisException:ImplementationException",
    501: "epcisException:ImplementationException",
}
_HTTP = {
    400: Text("请求不能理解：{more}", "The request cannot be understood: {more}"),
    401: Text("请先登录或给出密钥。", "Sign in or send a key."),
    403: Text("没有权限。", "This is not allowed."),
    404: Text("没有这个地址。", "There is nothing at this address."),
    405: Text("这个地址不支持该方法。", "This address does not take that method."),
    406: Text("只能给出 JSON。", "Only JSON can be given."),
    413: Text("内容太大。", "The content is too large."),
    414: Text("地址太长。", "The address is too long."),
    415: Text("只接受 application/json 或 application/ld+json。", "Send JSON or JSON-LD."),
}
_BROKEN = Text(
    "服务器出错，已记入日志（编号 {request}）；请稍后再试。",
    "The server failed; it is in the log under {request}. Try again later.",
)


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details: `detail` in the language asked for, both languages beside it."""

    type: str
    title: str
    status: int
    detail: str
    detail_zh: str
    detail_en: str
    place: str = ""
    code: str = ""
    findings: Sequence[Finding] = ()


def told(request: AnyRequest, error: SuyuanError, *, kind: str | None = None) -> Response[bytes]:
    """An error that the caller can put right."""
    return respond(
        request,
        status=error.status,
        text=error.text,
        place=error.place,
        code=error.code,
        kind=kind or getattr(error, "epcis", None),
    )


def of_finding(request: AnyRequest, finding: Finding, *, status: int) -> Response[bytes]:
    """A document that could not be read at all."""
    return respond(
        request,
        status=status,
        text=finding.message,
        place=finding.path,
        code=finding.rule,
        findings=(finding,),
    )


def of_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refuses before any of our code sees it."""
    text = _HTTP.get(error.status_code, _HTTP[400]).format(more=error.detail)
    return respond(request, status=error.status_code, text=text, code="http")


def of_anything(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A fault of ours: logged once, here; nothing of it goes out but its number."""
    number = request.scope.get("suyuan_request", "")
    _LOG.error("request.failed", request=number, exc_info=error)
    return respond(request, status=500, text=_BROKEN.format(request=number), code="internal")


def respond(
    request: AnyRequest,
    *,
    status: int,
    text: Text,
    place: str = "",
    code: str = "",
    kind: str | None = None,
    findings: Sequence[Finding] = (),
) -> Response[bytes]:
    """Problem details as a response."""
    lang = language(request)
    problem = Problem(
        type=kind or _EPCIS.get(status, f"{_OWN}{code or status}"),
        title=code or str(status),
        status=status,
        detail=text.pick(lang),
        detail_zh=text.zh,
        detail_en=text.en,
        place=place,
        code=code,
        findings=findings,
    )
    return Response(
        msgspec.json.encode(problem),
        status_code=status,
        media_type=PROBLEM,
        headers={"Content-Language": lang},
    )


def language(request: AnyRequest) -> Lang:
    """English for who asks for it first; Chinese otherwise."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
