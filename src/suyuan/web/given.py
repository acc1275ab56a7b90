"""Takes what people type into a form, things and days; gives canonical names and instants."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.service import require_account, subjects
from suyuan.web.reading import LONGEST
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import to_sign_in

Given = Mapping[str, str]
"""The fields of a form, as they were typed, by name."""

_CHINA: Final = 480
_MOST: Final = 100

_MANY = Text("一次最多问 {most} 个编码。", "Ask about at most {most} codes at a time.")
_UNREADABLE = Text(
    "“{text}” 不是能认出的编码；请和包装核对后再查。",
    "'{text}' is no code that we know; compare it with the package.",
)


def for_accounts(
    path: str, *fields: str
) -> Callable[
    [Callable[[AnyRequest, Given], Response[Any]]], Callable[[AnyRequest], Response[Any]]
]:
    """A page at `path` for who is signed in, given these fields of its address.

    Of identity numbers in them no browser keeps the address: it is sent to one that hides them.
    """

    def of(page: Callable[[AnyRequest, Given], Response[Any]]) -> Callable[..., Response[Any]]:
        def shown(request: AnyRequest) -> Response[Any]:
            try:
                require_account(asking(request))
            except SuyuanError:
                return to_sign_in(request)
            typed = {name: request.query_params.get(name, "").strip() for name in fields}
            given = {name: privacy.masked(text) for name, text in typed.items()}
            if given != typed:
                return Redirect(f"{path}?{urlencode(given)}")
            return page(request, given)

        shown.__name__, shown.__doc__ = page.__name__, page.__doc__
        return shown

    return of


def things_typed(request: AnyRequest, lines: str) -> list[str]:
    """The canonical names of things typed one a line, each once.

    Raises:
        SuyuanError: one is no code, or there are too many.
    """
    texts = list(dict.fromkeys(filter(None, (line.strip() for line in lines.splitlines()))))
    if len(texts) > _MOST:
        raise SuyuanError("recall.many", _MANY.format(most=_MOST), "things")
    return _names(request, texts)


def _names(request: AnyRequest, texts: Sequence[str]) -> list[str]:
    short = [privacy.cut(text, LONGEST) for text in texts]
    found = subjects(platform_of(request), short, asking(request).viewer)
    for text, each in zip(texts, found, strict=True):
        if each is None:
            said = _UNREADABLE.format(text=privacy.quoted(text))
            raise SuyuanError("recall.code", said, "things")
    return [each.canonical for each in found if each is not None]


def day_typed(day: str, *, last: bool) -> datetime | None:
    """The first or the last instant of a day in China; nothing typed is no limit.

    Raises:
        BadTimeError: it is no day.
    """
    if not day:
        return None
    span, _ = parse_instant(normalize("NFKC", day), offset_minutes=_CHINA)
    return span.hi if last else span.lo
