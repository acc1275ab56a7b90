"""Takes a request; gives the platform it is for, who asks, and what its plain parameters mean."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from suyuan.api.types import WHO, AnyConnection, AnyRequest
from suyuan.codes import privacy, unknown
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Viewer
from suyuan.service import (
    Platform,
    Who,
    day_of,
    meant,
    require_account,
    require_operator,
    today,
    who,
)

_CHINA = 480
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode
_MOST_TEXTS = 100
_MANY = Text("一次最多识别 {most} 个文本。", "At most {most} texts at a time.")

_UNKNOWN = Text(
    "没有参数 “{name}”；可用：{known}。", "There is no parameter '{name}'; use one of: {known}."
)

_NONE_KNOWN = Text(
    "没有参数 “{name}”：这个地址不带参数；有正文的请求，字段写在正文里。",
    "There is no parameter '{name}': this address takes none; the fields of a request that has a "
    "body stand in the body.",
)

_KEY = Text(
    "Idempotency-Key 须为 1 至 200 个可见的 ASCII 字符。",
    "Idempotency-Key must be 1 to 200 visible ASCII characters.",
)
_LONGEST_KEY = 200


def platform_of(request: AnyConnection) -> Platform:
    """The open platform that the composition root put into the application."""
    platform = request.app.state.platform
    assert isinstance(platform, Platform)  # noqa: S101 -- by construction
    return platform


def viewer_of(request: AnyRequest) -> Viewer:
    """Who reads: the account of the key, else the public.

    Raises:
        AccessError: a key that is not valid (401); it is never taken for the public.
    """
    return who_of(request).viewer


def who_of(request: AnyConnection) -> Who:
    """Who asks, by the header Authorization, and what they may do; looked up once for a request.

    Raises:
        AccessError: a key or password that is not valid (401), or too many of them (429).
    """
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]  # a key of ours, as ASGI allows
    if WHO not in scope:
        address = request.client.host if request.client else ""
        given = request.headers.get("authorization")
        scope[WHO] = who(platform_of(request), given, address=address)
    asking: Who = scope[WHO]
    return asking


def keyed(connection: AnyConnection, _handler: BaseRouteHandler) -> None:
    """Guard a large body: whoever shows no key is refused before any of it is read.

    Raises:
        AccessError: no key at all (401); whether it is a valid one is seen later.
    """
    if "authorization" not in connection.headers:
        account_of(connection)


def account_of(request: AnyConnection) -> Who:
    """Who asks, where that must be somebody.

    Raises:
        AccessError: nobody (401), or as `who_of` says.
    """
    asking = who_of(request)
    require_account(asking)
    return asking


def operator_of(request: AnyConnection) -> Who:
    """Who asks, where that must be an administrator.

    Raises:
        AccessError: nobody (401), or somebody else (403).
    """
    asking = account_of(request)
    require_operator(asking.viewer)
    return asking


def require_few(texts: Sequence[str], place: str) -> None:
    """See that a request gives no more texts than one may.

    Raises:
        SuyuanError: it does.
    """
    if len(texts) > _MOST_TEXTS:
        raise SuyuanError("identify.many", _MANY.format(most=_MOST_TEXTS), place)


def things(request: AnyRequest, texts: Sequence[str], place: str, viewer: Viewer) -> list[str]:
    """The canonical names of a few things, as `named`.

    Raises:
        SuyuanError: no code that we know, or there are too many.
    """
    require_few(texts, place)
    return named(request, texts, place, viewer)


def named(request: AnyRequest, texts: Sequence[str], place: str, viewer: Viewer) -> list[str]:
    """The canonical names of things, each given by any of its codes.

    A code that several recorded as they wrote it has several; one that is given again is read once.

    Raises:
        SuyuanError: no code that we know.
    """
    places = dict[str, str]()
    for at, text in enumerate(texts):
        places.setdefault(text, place if len(texts) == 1 else f"{place}[{at}]")
    found = meant(platform_of(request), tuple(places), viewer)
    read = zip(places.items(), found, strict=True)
    unknown.require_read({text: at for (text, at), some in read if not some})
    return [each.canonical for some in found for each in some]


def instant(text: str | None, place: str, *, last: bool) -> datetime | None:
    """The first or last instant of what is written; without an offset, on China's clock.

    Raises:
        SuyuanError: no time.
    """
    if text is None:
        return None
    # A plus that nobody escaped comes as a space; but behind a day alone stands a time of day.
    written = text.replace(" ", "+") if "T" in text else text
    try:
        span, _ = parse_instant(written, offset_minutes=_CHINA)
    except BadTimeError as error:
        raise SuyuanError(error.code, error.text, place) from error
    return span.hi if last else span.lo


OnDay = Annotated[
    str | None,
    QueryParameter(
        name="on", description="The day of the law, as 2026-03-01; without it, today in China"
    ),
]


def law_day(request: AnyRequest, on: str | None) -> date:
    """The day by whose law something is asked.

    Raises:
        SuyuanError: no date.
    """
    return day_of(on, "on") or today(platform_of(request).clock)


def as_json(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """A value as JSON, quantities as the exact numbers that they are."""
    return Response(_ENCODE(value), media_type=MediaType.JSON, status_code=status, headers=headers)


def known_only(request: AnyRequest, known: Sequence[str]) -> None:
    """See that a question has no parameter that would be ignored: it would be another question.

    Raises:
        SuyuanError: it has one, named.
    """
    require_known(request.query_params, known)


def require_known(names: Iterable[str], known: Sequence[str]) -> None:
    """See that nothing is given by a name that would be ignored.

    Raises:
        SuyuanError: something is, named.
    """
    for name in names:
        if name not in known:
            shown = privacy.quoted(name)
            said = _UNKNOWN if known else _NONE_KNOWN
            text = said.format(name=shown, known=", ".join(known))
            raise SuyuanError("query.parameter", text, shown)


def checked_key(request_key: str | None) -> str | None:
    """The key that makes a request repeatable, from its header Idempotency-Key.

    Raises:
        SuyuanError: no such key.
    """
    if request_key is None:
        return None
    key = request_key.strip().strip('"')
    if not 1 <= len(key) <= _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise SuyuanError("http.idempotency-key", _KEY, "Idempotency-Key")
    return key
