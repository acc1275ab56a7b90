"""The page on which somebody who is responsible sees how far a recall of things reaches.

It works without script. Drawn from what its reader may see; contacts are the operator's alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Redirect

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.model import Role
from suyuan.service import Recall, recall, require_account, subjects
from suyuan.trace import Direction, Question, Seed
from suyuan.web.picture import picture
from suyuan.web.reached import amount, by_holder, chart_of_recall, plain
from suyuan.web.reading import LONGEST
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.respond import refuse, respond, to_sign_in

_CHINA: Final = 480
_MOST: Final = 100
_SHOWN: Final = 200

_MANY = Text("一次最多问 {most} 个编码。", "Ask about at most {most} codes at a time.")
_UNREADABLE = Text(
    "“{text}” 不是能认出的编码；请和包装核对后再查。",
    "'{text}' is no code that we know; compare it with the package.",
)


@get("/recall", sync_to_thread=True)
def recall_page(
    request: AnyRequest, things: FromQuery[str] = "", on: FromQuery[str] = ""
) -> Response[Any]:
    """The form; and, once codes are given, who has or had what they may be in."""
    try:
        require_account(asking(request))
    except SuyuanError:
        return to_sign_in(request)
    given = {"things": privacy.masked(things.strip()), "on": privacy.masked(on.strip())}
    if given != {"things": things.strip(), "on": on.strip()}:  # no browser keeps it in an address
        return Redirect(f"/recall?{urlencode(given)}")
    try:
        found = _found(request, things, on.strip())
    except SuyuanError as error:
        return refuse(request, "recall.html", error, given=given, found=None)
    return respond(request, "recall.html", wrong=None, given=given, **_shown(request, found))


def _found(request: AnyRequest, things: str, on: str) -> Recall | None:
    texts = list(dict.fromkeys(filter(None, (line.strip() for line in things.splitlines()))))
    if not texts:
        return None
    if len(texts) > _MOST:
        raise SuyuanError("recall.many", _MANY.format(most=_MOST), "things")
    question = Question(
        seeds=tuple(Seed(thing=each) for each in _names(request, texts)),
        direction=Direction.FORWARD,
        as_of=_end_of(on),
    )
    return recall(platform_of(request), question, asking(request).viewer)


def _names(request: AnyRequest, texts: Sequence[str]) -> list[str]:
    short = [privacy.cut(text, LONGEST) for text in texts]
    found = subjects(platform_of(request), short, asking(request).viewer)
    for text, each in zip(texts, found, strict=True):
        if each is None:
            said = _UNREADABLE.format(text=privacy.quoted(text))
            raise SuyuanError("recall.code", said, "things")
    return [each.canonical for each in found if each is not None]


def _end_of(day: str) -> datetime | None:
    """The last instant of a day in China; nothing typed is no limit."""
    if not day:
        return None
    span, _ = parse_instant(normalize("NFKC", day), offset_minutes=_CHINA)
    return span.hi


def _shown(request: AnyRequest, found: Recall | None) -> dict[str, Any]:
    if found is None or not found.cost.facts:
        return {"found": found}
    holders = by_holder(found)
    return {
        "found": found,
        "holders": holders[:_SHOWN],
        "more": max(len(holders) - _SHOWN, 0),
        "having": sum(each.still is not None for each in holders),
        "picture": picture(chart_of_recall(found), reader_of(request, asking(request))),
        "sees_all": asking(request).viewer.role is Role.ADMIN,
        "amount": amount,
        "plain": plain,
    }


handlers: Final = (recall_page,)
