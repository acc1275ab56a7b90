"""Takes a form of a signed-in page; sees that it came from a page of this very session.

The seal stands in the form, beside the cookie that browsers send from our own pages alone.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from suyuan.kit import SuyuanError, Text
from suyuan.service import form_seal
from suyuan.web.request import SESSION, AnyRequest, platform_of

_STALE = Text(
    "这张表单不是从您登录后的页面发出的，或登录已过期；请重新提交。",
    "This form did not come from a page of your session, or the session is over; send it again.",
)


def seal_of(request: AnyRequest) -> str:
    """What a form of this session has in it."""
    return form_seal(platform_of(request), request.cookies.get(SESSION, ""))


def require_seal(request: AnyRequest, data: Mapping[str, Any]) -> None:
    """See that a form has it.

    Raises:
        SuyuanError: it is missing, or another session's (403).
    """
    if not hmac.compare_digest(str(data.get("seal", "")).encode(), seal_of(request).encode()):
        raise SuyuanError("form.stale", _STALE, "form", status=403)
