"""Takes a template and its values; gives the response, in the reader's language."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from litestar import MediaType, Response

from suyuan.codes import privacy
from suyuan.kit import SuyuanError
from suyuan.service import require_account
from suyuan.web.render import page
from suyuan.web.request import AnyRequest, asking, chosen, reader_of, reading

Page = Callable[[AnyRequest], Response[Any]]
"""What draws the page of an address."""

_UNAUTHORISED: Final = 401
_OWN_PATH: Final = re.compile(r"/|(?:/[A-Za-z0-9][A-Za-z0-9._~-]{0,80}){1,8}")


def respond(request: AnyRequest, name: str, *, status: int = 200, **values: Any) -> Response[str]:
    """One page, as this reader reads."""
    reader = reader_of(request, reading(request))
    return Response(
        page(name, reader, **values),
        status_code=status,
        media_type=MediaType.HTML,
        cookies=chosen(request),
        headers={
            "Content-Language": "zh-CN" if reader.lang == "zh" else "en",
            "Vary": "Accept, Accept-Language, Authorization, Cookie",
        },
    )


def to_sign_in(request: AnyRequest) -> Response[str]:
    """The way to sign in and back, for who asks for a page of accounts: nothing went wrong."""
    back = request.url.path if request.method == "GET" else ""
    return respond(
        request, "sign_in.html", status=_UNAUTHORISED, wrong=None, needed=True, back=own_path(back)
    )


def signed_in(page: Page) -> Page:
    """The page for who has an account; everybody else is led to sign in and back."""

    @wraps(page)
    def led(request: AnyRequest) -> Response[Any]:
        try:
            require_account(asking(request))
        except SuyuanError:
            return to_sign_in(request)
        return page(request)

    return led


def own_path(text: str) -> str:
    """A path of this site that a form may lead back to; the start page for anything else.

    Two slashes, or one and a backslash, would name another host; identity numbers are no address.
    """
    safe = _OWN_PATH.fullmatch(text) is not None and privacy.masked(text) == text
    return text if safe else "/"


def refuse(request: AnyRequest, name: str, error: SuyuanError, **values: Any) -> Response[str]:
    """The form again with what is wrong, and when to come back if it was only too early."""
    again = respond(request, name, status=error.status, wrong=error.text, **values)
    if error.retry_after is not None:
        again.headers["Retry-After"] = str(error.retry_after)
    return again
