"""Takes a form that orders something; gives who may order, and whether it is from their session."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException

from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.service import capturer_of, form_seal
from suyuan.web.request import SESSION, AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, to_sign_in

_Made = TypeVar("_Made")

_UNAUTHORISED: Final = 401
_STALE = Text(
    "这张表单不是从您登录后的页面发出的，或登录已过期；请重新提交。",
    "This form did not come from a page of your session, or the session is over; send it again.",
)


async def sent_form(request: AnyRequest, too_large: SuyuanError) -> FormMultiDict:
    """The fields and files that were sent.

    Raises:
        SuyuanError: `too_large`, of more bytes than the form takes.
    """
    try:
        return await request.form()
    except ClientException as error:
        raise too_large if error.status_code == too_large.status else error from error


def guarded(request: AnyRequest, work: Callable[[Capturer], _Made]) -> _Made | Response[Any]:
    """For who may report; everybody else is shown the way to sign in, or why not."""
    try:
        capturer = capturer_of(asking(request))
    except SuyuanError as error:
        if error.status == _UNAUTHORISED:
            return to_sign_in(request)
        return refuse(request, "forbidden.html", error)
    return work(capturer)


def seal_of(request: AnyRequest) -> str:
    """What a form of this session has in it."""
    return form_seal(platform_of(request), request.cookies.get(SESSION, ""))


def require_seal(request: AnyRequest, data: Mapping[str, Any]) -> None:
    """See that a form is from a page of the session.

    Raises:
        SuyuanError: it is not (403).
    """
    if not hmac.compare_digest(str(data.get("seal", "")).encode(), seal_of(request).encode()):
        raise SuyuanError("form.stale", _STALE, "form", status=403)
