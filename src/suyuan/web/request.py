"""Takes a request; gives who is asking, and in which language and size they read."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from suyuan.kit.accepting import ranges
from suyuan.kit.text import Lang
from suyuan.service import AccessError, Platform, Who, who, who_of_session
from suyuan.web.render import Reader

SESSION = "suyuan_session"
_WHO = "suyuan_session_of"
_LANG, _TEXT = "suyuan_lang", "suyuan_text"
_YEAR = 365 * 24 * 3600
_READING = frozenset({"GET", "HEAD"})
_KEY = "bearer "

PAGE = "page"
"""What handlers of pages alone are marked with."""

AnyRequest = Request[Any, Any, Any]


def platform_of(request: AnyRequest) -> Platform:
    """The open platform that the composition root put into the application."""
    platform = request.app.state.platform
    assert isinstance(platform, Platform)  # noqa: S101 -- by construction
    return platform


def asking(request: AnyRequest) -> Who:
    """The account of the key, or the one signed in, else the public; looked up once for a request.

    A page at the address of an operation is shown to whoever its file would be given to. A key
    only reads here, and only where a program sends it: a browser sends a password by itself. On a
    page that is no operation's, one that is not ours is somebody else's affair: what stands before
    this server may send its own with everything.

    Raises:
        AccessError: at an operation's address, a key that is not valid (401); it is never taken
            for the public.
    """
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]  # a key of ours, as ASGI allows
    if _WHO not in scope:
        given = request.headers.get("authorization", "")
        if request.method in _READING and given.lower().startswith(_KEY):
            address = request.client.host if request.client else ""
            try:
                scope[_WHO] = who(platform_of(request), given, address=address)
            except AccessError:
                if not _is_only_page(request):
                    raise
        if _WHO not in scope:
            scope[_WHO] = who_of_session(platform_of(request), request.cookies.get(SESSION))
    found: Who = scope[_WHO]
    return found


def reading(request: AnyRequest) -> Who:
    """As `asking`, for the frame of a page alone: also that which says a key is not valid."""
    try:
        return asking(request)
    except AccessError:
        return who_of_session(platform_of(request), request.cookies.get(SESSION))


def _is_only_page(request: AnyRequest) -> bool:
    """Whether no operation is at the address; where nothing is, neither is one."""
    return PAGE in getattr(request.scope.get("route_handler"), "opt", {PAGE})


def reader_of(request: AnyRequest, who: Who) -> Reader:
    """Language and size: asked for in the address, else chosen before, else the browser's."""
    return Reader(
        lang=_lang(request),
        large=request.query_params.get("text", request.cookies.get(_TEXT)) == "large",
        name=who.name,
        path=request.url.path,
        query=tuple(request.query_params.multi_items()),
    )


def chosen(request: AnyRequest) -> list[Cookie]:
    """Cookies that keep what this address asks for; none when it asks for nothing."""
    asked = ((_LANG, "lang"), (_TEXT, "text"))
    return [
        Cookie(key=key, value=value, max_age=_YEAR, httponly=True, samesite="lax")
        for key, name in asked
        if (value := request.query_params.get(name)) in {"zh", "en", "large", "normal"}
    ]


def _lang(request: AnyRequest) -> Lang:
    asked = request.query_params.get("lang") or request.cookies.get(_LANG)
    if asked in {"zh", "en"}:
        return "zh" if asked == "zh" else "en"
    accepted = request.headers.get("accept-language", "zh").lower()
    return "en" if _rank(accepted, "en") > _rank(accepted, "zh") else "zh"


def _rank(accepted: str, lang: str) -> float:
    """The weight a browser gives a language (RFC 9110 §12.5.4); 0 when it does not name it."""
    return max((liked for word, liked in ranges(accepted) if word.split("-")[0] == lang), default=0)
